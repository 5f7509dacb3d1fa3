"""What the guard of the roles makes of calls, and of the template."""

from __future__ import annotations

from typing import Any

import pytest
from moto import mock_aws

from tests.permissions import Refused, acting_as, asked_for, calls_judged, is_allowed
from tests.tables import BUCKET, new_session


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "asked"),
    [
        ("dynamodb", "GetItem", {"TableName": "accounts"}, [("dynamodb:GetItem", "AccountTable")]),
        ("dynamodb", "Query", {"TableName": "slots", "IndexName": "by_start"}, [("dynamodb:Query", "SlotTable/index/by_start")]),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "slots"}}, {"ConditionCheck": {"TableName": "exports"}}]},
            [("dynamodb:PutItem", "SlotTable"), ("dynamodb:ConditionCheckItem", "ExportTable")],
        ),
        ("s3", "UploadPart", {"Bucket": BUCKET, "Key": "tmp/a"}, [("s3:PutObject", "Bucket/tmp/a")]),
        (
            "s3",
            "CopyObject",
            {"Bucket": "elsewhere", "Key": "b", "CopySource": {"Bucket": BUCKET, "Key": "exports/a"}},
            [("s3:GetObject", "Bucket/exports/a"), ("s3:PutObject", "CopyBucket/b")],
        ),
        (
            "stepfunctions",
            "StopExecution",
            {"executionArn": "arn:aws:states:eu-central-1:123456789012:execution:export:export-1-1"},
            [("states:StopExecution", "execution:export:export-1-1")],
        ),
    ],
)
def test_call_asks_for(service: str, operation: str, parameters: dict[str, Any], asked: list[tuple[str, str]]) -> None:
    assert asked_for(service, operation, parameters) == asked


def test_jobs_are_started_by_those_whose_they_are() -> None:
    functions = ("APIHandler", "ImportStep", "ExportStep", "Tick")
    wanted = [(function, job) for function in functions for job in ("import", "export")]
    assert [
        (function, job) for function, job in wanted if is_allowed(function, ("states:StartExecution", f"stateMachine:{job}"))
    ] == [
        ("APIHandler", "import"),
        ("APIHandler", "export"),
        ("Tick", "export"),
    ]
    assert is_allowed("Tick", ("states:StopExecution", "execution:export:export-1-1"))


@pytest.mark.parametrize(
    ("action", "key"),
    [("PutObject", "uploads/1/a"), ("GetObject", "tmp/exports/1/a"), ("GetObject", "exports/1/1/archives/all.zip")],
)
def test_links_are_signed_by_who_may_do_it_itself(action: str, key: str) -> None:
    assert is_allowed("APIHandler", (f"s3:{action}", f"Bucket/{key}"))


def test_import_may_remove_the_slots_of_somebody_who_left_meanwhile() -> None:
    assert is_allowed("ImportStep", ("dynamodb:BatchWriteItem", "SlotTable"))


def test_call_that_a_role_does_not_cover_is_seen() -> None:
    with mock_aws():
        s3 = new_session().create_client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        with calls_judged() as refused:
            s3.put_object(Bucket=BUCKET, Key="uploads/1/a", Body=b"")  # on behalf of nobody
            with acting_as("ImportFailed"):
                s3.put_object(Bucket=BUCKET, Key="uploads/1/a", Body=b"")
                s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "uploads/1/a"}, {"Key": "spill/1/a"}]})
    assert refused == [
        Refused("ImportFailed", "s3:PutObject", "Bucket/uploads/1/a"),
        Refused("ImportFailed", "s3:DeleteObject", "Bucket/spill/1/a"),
    ]
