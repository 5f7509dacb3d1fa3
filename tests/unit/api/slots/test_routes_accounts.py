"""Accounts over HTTP: sign up, sign in, tokens, leaving."""

import re

import pytest

from tests.fakes.services import FakeServices
from tests.http_client import HttpClient
from tests.unit.api.slots.conftest import PASSWORD

INVALID = {
    "error": {"code": "invalid_token", "message": "The token is missing, unknown or expired: send `Authorization: Token token=…`."}
}
WRONG = {"error": {"code": "wrong_credentials", "message": "E-mail address or password is wrong."}}


def _sign_in(client: HttpClient, email: str = "ada@example.org") -> str:
    reply = client.post("/v1/users/signin", json={"email": email, "password": PASSWORD})
    assert reply.status == 200
    token: str = reply.json()["authToken"]
    return token


def test_sign_up_and_in(client: HttpClient) -> None:
    made = client.post("/v1/users", json={"email": "ada@example.org", "password": PASSWORD, "username": "Ada"})
    user = made.json()
    assert (made.status, user) == (
        201,
        {"id": user["id"], "email": "ada@example.org", "username": "Ada", "created": "2026-03-01T12:00:00.000Z"},
    )
    reply = client.post("/v1/users/signin", json={"email": "ADA@example.org", "password": PASSWORD})
    opened = reply.json()
    assert (reply.status, opened) == (
        200,
        {
            "authToken": opened["authToken"],
            "expires": "2026-03-31T12:00:00.000Z",
            "user": {"id": user["id"], "email": "ada@example.org", "username": "Ada"},
        },
    )
    me = client.get("/v1/me", headers={"Authorization": f"Token token={opened['authToken']}"})
    assert (me.status, me.json(), me.headers["cache-control"]) == (200, user, "no-store")


def test_sign_in_takes_a_form(client: HttpClient, ada: HttpClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = client.post("/v1/users/signin", body="email=ada%40example.org&password=correct+horse+battery", headers=form)
    assert reply.status == 200


def test_password_in_a_query_string_is_none(client: HttpClient) -> None:
    reply = client.post(f"/v1/users?email=eve%40example.org&password={PASSWORD.replace(' ', '+')}&username=Eve")
    assert (reply.status, reply.json()["error"]["fields"].keys()) == (422, {"email", "password", "username"})


def test_sign_up_names_every_bad_field(client: HttpClient) -> None:
    reply = client.post("/v1/users", json={"email": "ada", "password": "short", "username": " "})
    assert (reply.status, reply.json()) == (
        422,
        {
            "error": {
                "code": "invalid_fields",
                "message": "Some fields are not valid.",
                "fields": {
                    "email": "must be an e-mail address",
                    "password": "must have at least 8 characters",
                    "username": "must not be empty",
                },
            }
        },
    )
    reply = client.post("/v1/users", json={"email": 5, "nickname": "a"})
    assert reply.json()["error"]["fields"] == {
        "email": "must be a text",
        "password": "is required",
        "username": "is required",
        "nickname": "is not known here",
    }


def test_address_that_is_taken_is_a_conflict(client: HttpClient, ada: HttpClient) -> None:
    reply = client.post("/v1/users", json={"email": "Ada@Example.org", "password": PASSWORD, "username": "A"})
    assert (reply.status, reply.json()["error"]["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    "form",
    ["Token token={}", 'Token token="{}"', "Token {}", "Bearer {}", "token TOKEN={}", "bearer {}", 'Token token="{}", nonce="x"'],
)
def test_token_is_read_however_it_is_spelled(client: HttpClient, ada: HttpClient, form: str) -> None:
    assert client.get("/v1/me", headers={"Authorization": form.format(_sign_in(client))}).status == 200


@pytest.mark.parametrize(
    "header",
    [None, "", "Token", "Token token=", 'Token token=""', "Token token=unknown", "Basic YTpi", "Token token=a b", "x" * 5_000],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/me"), ("DELETE", "/v1/me"), ("POST", "/v1/users/signout"), ("GET", "/v1/groups"), ("POST", "/v1/groups"),
        ("GET", "/v1/groups/x"), ("PATCH", "/v1/groups/x"), ("DELETE", "/v1/groups/x"), ("GET", "/v1/groups/x/slots"),
        ("GET", "/v1/slots"), ("POST", "/v1/slots"), ("GET", "/v1/slots/x"), ("PATCH", "/v1/slots/x"), ("DELETE", "/v1/slots/x"),
        ("POST", "/v1/export/timeslot"), ("POST", "/v1/export/ical"), ("POST", "/v1/export/google"), ("POST", "/v1/export/outlook"),
        ("POST", "/v1/import/"), ("POST", "/v1/import"), ("POST", "/v1/import/uploads"), ("GET", "/v1/import/x"),
    ],
)  # fmt: skip
def test_without_a_good_token_nothing_is_told(client: HttpClient, method: str, path: str, header: str | None) -> None:
    reply = client.request(method, path, headers={} if header is None else {"Authorization": header})
    assert (reply.status, reply.json(), reply.headers["www-authenticate"]) == (401, INVALID, "Token")


def test_sign_out_ends_the_token(client: HttpClient, ada: HttpClient) -> None:
    reply = ada.post("/v1/users/signout")
    assert (reply.status, reply.body) == (204, b"")
    assert ada.get("/v1/me").status == 401
    assert ada.post("/v1/users/signout").status == 401


def test_wrong_password_and_unknown_address_answer_alike_then_lock(client: HttpClient, ada: HttpClient) -> None:
    for email in ("ada@example.org", "nobody@example.org"):
        for _ in range(10):
            reply = client.post("/v1/users/signin", json={"email": email, "password": "wrong password"})
            assert (reply.status, reply.json(), reply.headers["www-authenticate"]) == (401, WRONG, "Token")
        locked = client.post("/v1/users/signin", json={"email": email, "password": PASSWORD})
        assert (locked.status, locked.json()) == (
            429,
            {"error": {"code": "too_many_attempts", "message": "Too many failed logins. Try again later.", "retry_after": 900}},
        )
        assert locked.headers["retry-after"] == "900"


def test_leaving_removes_everything_for_the_password(client: HttpClient, ada: HttpClient, services: FakeServices) -> None:
    ada.post("/v1/slots", json={"title": "Mine", "start": "2026-03-01T10:00:00Z"})
    assert ada.delete("/v1/me", json={"password": "wrong password"}).status == 401
    assert ada.delete(f"/v1/me?password={PASSWORD.replace(' ', '+')}").status == 422
    reply = ada.delete("/v1/me", json={"password": PASSWORD})
    assert (reply.status, reply.body) == (204, b"")
    assert ada.get("/v1/me").status == 401
    assert services.fake_slots._slots == {}
    reply = client.post("/v1/users/signin", json={"email": "ada@example.org", "password": PASSWORD})
    assert (reply.status, reply.json()) == (401, WRONG)


def test_leaving_with_much_to_remove_asks_to_be_repeated(
    ada: HttpClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(services.fake_slots, "delete_all", lambda owner, *, until=None: False)
        reply = ada.delete("/v1/me", json={"password": PASSWORD})
    assert (reply.status, reply.headers["retry-after"], reply.json()["state"]) == (202, "1", "removing")
    assert ada.get("/v1/me").status == 200
    assert ada.delete("/v1/me", json={"password": PASSWORD}).status == 204


def test_every_answer_carries_the_headers_of_the_service(client: HttpClient) -> None:
    for reply in (client.get("/v1/me"), client.post("/v1/users", body="{"), client.put("/v1/me")):
        assert {
            "x-frame-options": "SAMEORIGIN",
            "x-xss-protection": "1; mode=block",
            "x-content-type-options": "nosniff",
            "vary": "Accept-Encoding, Origin",
            "x-request-id": "11111111-1111-4111-8111-111111111111",
            "content-length": str(len(reply.body)),
        }.items() <= reply.headers.items()
        assert re.fullmatch(r"\d+\.\d{6}", reply.headers["x-runtime"])


def test_method_that_a_path_does_not_have_is_named(client: HttpClient) -> None:
    reply = client.put("/v1/me")
    assert (reply.status, reply.headers["allow"], reply.headers["access-control-allow-origin"]) == (405, "DELETE, GET", "*")
    assert reply.json() == {"error": {"code": "method_not_allowed", "message": "Method not allowed.", "allowed": ["DELETE", "GET"]}}


def test_fault_of_ours_tells_its_id_and_nothing_else(
    ada: HttpClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("secret details")

    monkeypatch.setattr(services.fake_accounts, "user", broken)
    reply = ada.get("/v1/me")
    assert (reply.status, reply.json()) == (
        500,
        {
            "error": {
                "code": "internal_error",
                "message": "Something went wrong here. The request id tells us where to look.",
                "request_id": "11111111-1111-4111-8111-111111111111",
            }
        },
    )
