"""The same cases on the fakes and on the adapters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from chalicelib.aws import responses
from tests.tables import REGION, create_bucket, create_tables


@pytest.fixture
def session() -> Iterator[Any]:
    """A botocore session whose clients reach moto."""
    with mock_aws():
        made = botocore.session.get_session()
        made.set_config_variable("region", REGION)
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
