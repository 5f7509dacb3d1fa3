"""The conventions' interface on services in memory, called as API Gateway calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from chalicelib import wiring
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient

PASSWORD = "correct horse battery"


@pytest.fixture
def services() -> Iterator[FakeServices]:
    made = FakeServices()
    wiring.use(made)
    yield made
    wiring.use(None)


@pytest.fixture
def client(services: FakeServices) -> HttpClient:
    """A client without token and convention."""
    return HttpClient(app)


def signed_up(client: HttpClient, email: str, name: str = "") -> HttpClient:
    """Give a client that carries the token of a new account."""
    account = {"email": email, "password-register": PASSWORD, "name": name or email.partition("@")[0]}
    reply = client.post("/auth/register", json=account)
    assert reply.status == 200, reply.text
    return client.with_headers(Authorization=reply.json()["token"])


class Con:
    """A convention of Mona's, and everybody's clients for it."""

    def __init__(self, client: HttpClient, **properties: Any) -> None:
        mona = signed_up(client, "mona@example.org", "Mona Manager")
        self.made = mona.post("/entities/conventions", json={"title": "My Con", "timezone": "Europe/Berlin", **properties}).json()
        self.public = client.with_headers(Convention=self.made["key"])
        self.mona = mona.with_headers(Convention=self.made["key"])
        self._client = client

    def join(self, email: str, name: str = "") -> HttpClient:
        """Sign somebody up and bring them here."""
        return signed_up(self._client, email, name).with_headers(Convention=self.made["key"])

    def room(self, title: str, **properties: Any) -> str:
        """Add a location and give its slug."""
        reply = self.mona.post("/entities/locations", json={"title": title, **properties})
        assert reply.status == 200, reply.text
        return str(reply.json()["slug"])

    def event(self, title: str = "A game", **properties: Any) -> str:
        """Submit an event of Mona's and give its id."""
        reply = self.mona.post("/entities/events", json={"title": title, "duration": 60, **properties})
        assert reply.status == 200, reply.text
        return str(reply.json()["id"])

    def slot(self, event: str, start: str, *locations: str, **properties: Any) -> Any:
        """Ask for a time slot and give the reply."""
        body = {"event": event, "start": start, "locations": list(locations), **properties}
        return self.mona.post("/entities/timeslots", json=body)


@pytest.fixture
def con(client: HttpClient) -> Con:
    return Con(client)
