"""What holds in every integration test."""

from collections.abc import Iterator

import pytest

from chalicelib import wiring
from chalicelib.aws import clients
from tests.permissions import calls_judged
from tests.tables import REGION


@pytest.fixture(autouse=True)
def functions_keep_to_their_roles() -> Iterator[None]:
    """Fail a test in which a function calls AWS in a way that its role does not allow."""
    with calls_judged() as refused:
        yield
    assert sorted(set(refused)) == []


@pytest.fixture
def new_container(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Begin without clients and services, as a new container does, and leave none."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    cached = (clients.session, clients.dynamodb_client, clients.s3_client, clients.step_functions_client, clients.ses_client)
    for client in cached:
        client.cache_clear()
    yield
    wiring.use(None)
    for client in cached:
        client.cache_clear()
