"""Accounts of the conventions' interface, and the password reset by mail."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.fakes.services import FakeServices
from tests.http_client import HttpClient
from tests.unit.api.conventions.conftest import PASSWORD, signed_up

NEW = "a wholly new password"


def code(services: FakeServices) -> str:
    found = re.search(r"within an hour: (\S+)", services.fake_mailer.sent[-1].text)
    assert found is not None
    return found[1]


def sign_in(client: HttpClient, password: str) -> int:
    return client.post("/auth/signin", json={"email": "ada@example.org", "password": password}).status


@pytest.fixture
def ada(client: HttpClient) -> HttpClient:
    return signed_up(client, "ada@example.org", "Ada")


def test_token_verifies_until_it_is_signed_out(ada: HttpClient) -> None:
    assert ada.get("/auth/verify").json() == {"status": True}
    assert ada.post("/auth/id").json() == {"email": "ada@example.org", "name": "Ada"}
    assert ada.post("/auth/logout").json() == {"status": True}
    assert (ada.get("/auth/verify").json(), ada.get("/auth/id").status) == ({"status": False}, 403)
    assert ada.get("/auth/list").json() == ["email-auth"]


def test_address_is_taken_once_and_a_wrong_password_is_refused(ada: HttpClient, client: HttpClient) -> None:
    again = client.post("/auth/register", json={"email": "ADA@example.org", "password-register": PASSWORD, "name": "A"})
    assert (again.status, again.json()["details"]["code"]) == (409, "email_taken")
    assert (sign_in(client, PASSWORD), sign_in(client, "wrong password")) == (200, 403)


def test_reset_token_changes_the_password_once_and_opens_nothing_else(
    ada: HttpClient, client: HttpClient, services: FakeServices
) -> None:
    assert client.post("/auth/passwordreset", json={"email": "ADA@example.org"}).json() == {"status": True}
    token = client.with_headers(Authorization=code(services))
    assert token.get("/auth/verify").json() == {"status": True}
    assert token.get("/auth/id").status == 403
    assert token.post("/auth/passwordchange", json={"password": NEW}).json() == {"status": True}
    assert token.post("/auth/passwordchange", json={"password": PASSWORD}).status == 403
    assert (token.get("/auth/verify").json(), ada.get("/auth/verify").json()) == ({"status": False}, {"status": False})
    assert (sign_in(client, PASSWORD), sign_in(client, NEW)) == (403, 200)


def test_reset_token_works_once_also_for_many_at_once(ada: HttpClient, client: HttpClient, services: FakeServices) -> None:
    client.post("/auth/passwordreset", json={"email": "ada@example.org"})
    token = client.with_headers(Authorization=code(services))
    assert token.post("/auth/passwordchange", json={"password": "short"}).status == 400
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda number: token.post("/auth/passwordchange", json={"password": f"{NEW} {number}"}), range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[403] * 7]
    assert [sign_in(client, f"{NEW} {number}") for number in range(8)] == [reply.status for reply in replies]


def test_reset_token_ends_after_an_hour(ada: HttpClient, client: HttpClient, services: FakeServices) -> None:
    client.post("/auth/passwordreset", json={"email": "ada@example.org"})
    services.now += timedelta(hours=1)
    reply = client.with_headers(Authorization=code(services)).post("/auth/passwordchange", json={"password": NEW})
    assert (reply.status, sign_in(client, NEW)) == (403, 403)


def test_nobody_learns_who_has_an_account_and_no_mailbox_is_flooded(
    ada: HttpClient, client: HttpClient, services: FakeServices
) -> None:
    assert client.post("/auth/passwordreset", json={"email": "nobody@example.org"}).json() == {"status": True}
    assert services.fake_mailer.sent == []
    for _ in range(10):
        assert client.post("/auth/passwordreset", json={"email": "ada@example.org"}).json() == {"status": True}
    assert [mail.to for mail in services.fake_mailer.sent] == ["ada@example.org"] * 3
    assert sign_in(client, PASSWORD) == 200


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://slotport.test/reset?a=1", "https://slotport.test/reset?a=1&token="),
        ("https://evil.example/reset", None),
        ("https://slotport.test@evil.example/reset", None),
        ("https://slotport.test.evil.example/", None),
        ("javascript:alert(1)", None),
        ("https://[", None),
    ],
)
def test_mail_links_only_to_this_service(
    ada: HttpClient, client: HttpClient, services: FakeServices, link: str, expected: str | None
) -> None:
    assert client.post("/auth/passwordreset", json={"email": "ada@example.org", "redirect-url": link}).status == 200
    text = services.fake_mailer.sent[-1].text
    found = re.search(r"follow this link: (\S+)", text)
    assert (None if found is None else found[1].removesuffix(code(services))) == expected


def test_password_changes_with_a_session_too_and_everybody_signs_in_again(ada: HttpClient, client: HttpClient) -> None:
    assert ada.post("/auth/passwordchange", json={"password": "short"}).status == 400
    assert ada.post("/auth/passwordchange", json={"password": NEW}).json() == {"status": True}
    assert ada.get("/auth/verify").json() == {"status": False}
    assert sign_in(client, NEW) == 200
