"""The same cases on the fakes and on the adapters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws import responses
from tests.tables import create_bucket, create_tables, new_session


@pytest.fixture
def session() -> Iterator[Any]:
    """A botocore session whose clients reach moto."""
    with mock_aws():
        made = new_session()
        responses.install(made)
        yield made


@pytest.fixture
def dynamodb(session: Any) -> Any:
    client = session.create_client("dynamodb")
    create_tables(client)
    return client


@pytest.fixture
def s3(session: Any) -> Any:
    client = session.create_client("s3")
    create_bucket(client)
    return client
