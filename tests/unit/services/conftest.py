"""Services on stores in memory, with a user to act for."""

from __future__ import annotations

import pytest

from chalicelib.domain.accounts import Caller
from tests.fakes.services import FakeServices

PASSWORD = "correct horse battery"


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def ada(services: FakeServices) -> Caller:
    return Caller(services.accounts.sign_up(email="ada@example.org", password=PASSWORD, name="Ada").id)


@pytest.fixture
def bob(services: FakeServices) -> Caller:
    return Caller(services.accounts.sign_up(email="bob@example.org", password=PASSWORD, name="Bob").id)
