"""The Timeslot data API on services in memory, called as API Gateway calls it."""

from __future__ import annotations

from collections.abc import Iterator

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
    """A client without a token."""
    return HttpClient(app)


def signed_up(client: HttpClient, services: FakeServices, email: str) -> HttpClient:
    """Give a client that carries the token of a new account."""
    services.accounts.sign_up(email=email, password=PASSWORD, name=email.partition("@")[0])
    token = services.accounts.sign_in(email=email, password=PASSWORD).token
    return client.with_headers(Authorization=f"Token token={token}")


@pytest.fixture
def ada(client: HttpClient, services: FakeServices) -> HttpClient:
    """A signed-in user's client."""
    return signed_up(client, services, "ada@example.org")


@pytest.fixture
def bob(client: HttpClient, services: FakeServices) -> HttpClient:
    """Another signed-in user's client."""
    return signed_up(client, services, "bob@example.org")
