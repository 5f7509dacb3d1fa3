"""AWS clients: each made once per container, when it is first needed.

They come from botocore itself: boto3 adds nothing we use, and importing it costs a cold start.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config

from chalicelib.aws import models, requests, responses

CONNECT_TIMEOUT: Final = 3
"""Seconds; inside AWS a connection that takes longer never comes."""
READ_TIMEOUT: Final = 20
"""Seconds; below API Gateway's 29, so that a hanging call ends as an error of ours and not as a cut connection."""
POOL_SIZE: Final = 32
"""Connections kept open: at least as many as threads read or write at once."""


@cache
def session() -> Any:
    """Give the container's botocore session; its credentials and loaded service models serve every client."""
    made = botocore.session.get_session()
    made.register_component("data_loader", models.ServiceLoader())
    responses.install(made)
    return made


def _client(service: str, **options: Any) -> Any:
    config = Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_pool_connections=POOL_SIZE,
        retries={"mode": "adaptive", "total_max_attempts": 6},
        tcp_keepalive=True,
        **options,
    )
    return session().create_client(service, config=config)


@cache
def dynamodb_client() -> Any:
    """Give the DynamoDB client."""
    client = _client("dynamodb")
    requests.install(client)
    return client


@cache
def s3_client() -> Any:
    """Give the S3 client: SigV4, so that presigned URLs work in every region, and checksums only where S3 asks for them."""
    return _client(
        "s3",
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@cache
def step_functions_client() -> Any:
    """Give the Step Functions client."""
    return _client("stepfunctions")


@cache
def ses_client() -> Any:
    """Give the client of SES, version 2 of its API."""
    return _client("sesv2")
