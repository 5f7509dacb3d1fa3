from __future__ import annotations

from tests.fakes.services import FakeServices
from tests.http_client import HttpClient, Reply
from tests.unit.api.exports.conftest import PASSWORD, User


def open_session(client: HttpClient) -> str:
    reply = client.get("/api/v1/session")
    assert reply.status == 200
    token = reply.json()["token"]
    assert reply.json() == {"token": token, "authenticated": False, "user": None, "expires": "2026-03-31T12:00:00Z"}
    return str(token)


def user_error(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.json()["realm"], reply.json()["code"]) == (status, "user", f"error.user.{code}")


def test_session_is_opened_authenticated_shown_and_ended(client: HttpClient, ada: User) -> None:
    token = open_session(client)
    user_error(client.get(f"/api/v1/export?token={token}"), 403, "not_authenticated")
    login = f"token={token}&login=ADA%40example.org&password={PASSWORD.replace(' ', '+')}"
    authenticated = client.post(f"/api/v1/session/authenticate?{login}")
    assert authenticated.status == 200
    assert authenticated.json() == {
        "token": token,
        "authenticated": True,
        "user": {"_id": ada.id, "email": "ada@example.org", "name": "ada"},
        "expires": "2026-03-31T12:00:00Z",
    }
    assert client.get(f"/api/v1/session?token={token}").json() == authenticated.json()
    assert client.get("/api/v1/export", headers={"Authorization": f"Bearer {token}"}).status == 200
    ended = client.post(f"/api/v1/session/deauthenticate?token={token}")
    assert (ended.status, ended.json()) == (200, {"authenticated": False})
    user_error(client.get(f"/api/v1/session?token={token}"), 400, "session_not_found")
    user_error(client.get(f"/api/v1/export?token={token}"), 403, "not_authenticated")


def test_credentials_may_come_as_a_form(client: HttpClient, ada: User) -> None:
    token = open_session(client)
    form = f"token={token}&login=ada@example.org&password={PASSWORD.replace(' ', '+')}"
    reply = client.post("/api/v1/session/authenticate", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (reply.status, reply.json()["authenticated"]) == (200, True)


def test_credentials_may_come_as_a_multipart_form(client: HttpClient, ada: User) -> None:
    token = open_session(client)
    fields = {"token": token, "login": "ada@example.org", "password": PASSWORD}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = client.post("/api/v1/session/authenticate", body=f"{body}--b--\r\n", headers=headers)
    assert (reply.status, reply.json()["token"], reply.json()["authenticated"]) == (200, token, True)
    ended = client.post("/api/v1/session/deauthenticate", body=f"{body}--b--\r\n", headers=headers)
    assert (ended.status, ended.json()) == (200, {"authenticated": False})
    broken = client.post("/api/v1/session/authenticate", body="--c", headers=headers)
    assert (broken.status, broken.json()["code"]) == (400, "error.api.invalid_content")


def test_wrong_password_and_lockout(client: HttpClient, services: FakeServices, ada: User) -> None:
    token = open_session(client)
    url = f"/api/v1/session/authenticate?token={token}&login=ada%40example.org&password="
    for _ in range(10):
        user_error(client.post(url + "wrong"), 400, "login_failed")
    user_error(client.post(url + PASSWORD.replace(" ", "+")), 400, "login_blocked")


def test_authenticate_needs_a_session_and_both_parameters(client: HttpClient) -> None:
    user_error(client.post("/api/v1/session/authenticate?login=a&password=b"), 400, "session_not_found")
    user_error(client.post("/api/v1/session/authenticate?token=nonsense&login=a&password=b"), 400, "session_not_found")
    missing = client.post(f"/api/v1/session/authenticate?token={open_session(client)}&login=a")
    assert (missing.status, missing.json()) == (
        400,
        {
            "realm": "api",
            "code": "error.api.attribute_expected",
            "description": "The input needs the attribute password.",
            "attribute": "password",
            "path": "",
        },
    )


def test_every_endpoint_needs_an_authenticated_session(client: HttpClient, ada: User) -> None:
    export = ada.create()["export"]["_id"]
    calls = [
        ("GET", ""),
        ("PUT", ""),
        ("GET", f"/{export}"),
        ("POST", f"/{export}"),
        ("DELETE", f"/{export}"),
        ("POST", f"/{export}/start"),
        ("POST", f"/{export}/stop"),
        ("POST", f"/{export}/passkey"),
        ("GET", f"/{export}/files"),
        ("GET", f"/{export}/file/a"),
        ("GET", f"/{export}/zip"),
        ("GET", f"/{export}/zip/a/b"),
    ]
    for token in ("", "nonsense", open_session(client)):
        for method, path in calls:
            user_error(client.request(method, f"/api/v1/export{path}?token={token}", json={}), 403, "not_authenticated")
