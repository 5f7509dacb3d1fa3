"""Batch requests that we write ourselves are what botocore would have written."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws import clients, requests
from chalicelib.aws.attributes import typed
from tests.tables import REGION

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
) | st.sets(st.binary(), min_size=1, max_size=3)  # fmt: skip
ITEMS = st.dictionaries(TEXTS, VALUES, max_size=4)


@cache
def client_for(*, fast: bool) -> Any:
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="s")
    if fast:
        requests.install(client)
    return client


def sent(operation: str, parameters: dict[str, Any], *, fast: bool) -> tuple[dict[str, Any], Any]:
    """Give a request as it is before it is signed, and its body read."""
    client = client_for(fast=fast)
    model = client.meta.service_model.operation_model(operation)
    request = client._serializer.serialize_to_request(parameters, model)
    return {**request, "body": None}, json.loads(request["body"])


@given(items=st.lists(ITEMS, min_size=1, max_size=4))
def test_inserts_are_what_botocore_writes(items: list[dict[str, Any]]) -> None:
    parameters = {
        "Statements": [
            {"Statement": "INSERT INTO \"slots\" VALUE {'a':?}", "Parameters": list(typed(item).values()) or [{"S": "-"}]}
            for item in items
        ]
    }
    assert sent("BatchExecuteStatement", parameters, fast=True) == sent("BatchExecuteStatement", parameters, fast=False)


@given(keys=st.lists(ITEMS, min_size=1, max_size=4))
def test_look_ups_are_what_botocore_writes(keys: list[dict[str, Any]]) -> None:
    wanted = {"Keys": [typed(key) for key in keys], "ConsistentRead": True, "ProjectionExpression": "pk,d"}
    parameters = {"RequestItems": {"slots": wanted}}
    assert sent("BatchGetItem", parameters, fast=True) == sent("BatchGetItem", parameters, fast=False)


def test_other_requests_stay_botocores() -> None:
    parameters = {"TableName": "slots", "Key": {"pk": {"S": "1"}, "sk": {"B": b"\x00"}}}
    assert sent("GetItem", parameters, fast=True) == sent("GetItem", parameters, fast=False)


def test_what_is_no_value_is_refused() -> None:
    parameters = {"Statements": [{"Statement": "-", "Parameters": [{"S": object()}]}]}
    with pytest.raises(TypeError):
        sent("BatchExecuteStatement", parameters, fast=True)


def test_our_client_writes_batches_fast() -> None:
    """Fails when botocore no longer has the place that ours is put in; imports are slower then, and nothing else."""
    assert type(clients.dynamodb_client()._serializer) is requests._BatchSerializer


def test_client_without_that_place_stays_as_it_is() -> None:
    client = object()
    requests.install(client)
    assert not hasattr(client, "_serializer")
