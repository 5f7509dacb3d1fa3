"""Holds functions to their roles: every call to AWS on behalf of one is compared with what the template lets it do.

No emulator asks for permission, so without this a right that is missing would show on AWS alone.

with acting_as("ImportStep"), calls_judged() as refused: ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from botocore.client import BaseClient

from deployment.package import ROOT
from deployment.template import additions
from tests.tables import BUCKET, NAMES

Action = tuple[str, str]
"""What IAM is asked: an action, and the resource by its logical id, such as `("s3:GetObject", "Bucket/tmp/a")`."""

_BY_NAME: Final = {**{name: logical_id for logical_id, name in NAMES.items()}, BUCKET: "Bucket"}
_WRITES: Final = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_OBJECTS: Final = {
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
_BUCKETS: Final = {"ListObjectsV2": "ListBucket", "ListMultipartUploads": "ListBucketMultipartUploads"}
_acting: list[str] = []


class Refused(NamedTuple):
    """A call that AWS would not have answered."""

    function: str
    action: str
    resource: str


@contextmanager
def acting_as(function: str) -> Iterator[None]:
    """Make calls on behalf of a function, by its logical id. Threads that act at the same time act as the same one."""
    _acting.append(function)
    try:
        yield
    finally:
        _acting.pop()


@contextmanager
def calls_judged() -> Iterator[list[Refused]]:
    """Judge the calls that functions make meanwhile; they are answered all the same."""
    refused: list[Refused] = []
    original = BaseClient._make_api_call

    def judged(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
        if _acting and operation != "DescribeExecution":  # with which tests wait
            function = _acting[-1]
            asked = asked_for(client.meta.service_model.service_name, operation, parameters)
            refused.extend(Refused(function, *action) for action in asked if not is_allowed(function, action))
        return original(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", judged):
        yield refused


def is_allowed(function: str, asked: Action) -> bool:
    """Tell whether the role of a function covers an action."""
    action, resource = asked
    return any(
        action in actions and any(fnmatchcase(resource, each) for each in patterns) for actions, patterns in _grants(function)
    )


def asked_for(service: str, operation: str, parameters: Mapping[str, Any]) -> list[Action]:
    """Give what IAM is asked when an operation is called."""
    match service:
        case "dynamodb":
            return [(f"dynamodb:{action}", resource) for action, resource in _asked_of_tables(operation, parameters)]
        case "s3":
            return [(f"s3:{action}", resource) for action, resource in _asked_of_buckets(operation, parameters)]
        case "stepfunctions":
            arn = parameters.get("stateMachineArn") or parameters["executionArn"]
            return [(f"states:{operation}", arn.split(":", 5)[5])]
        case _:
            return [("ses:SendEmail", "identity/any")]


def _asked_of_tables(operation: str, parameters: Mapping[str, Any]) -> Iterator[Action]:
    match operation:
        case "TransactWriteItems":
            for written in parameters["TransactItems"]:
                [(kind, item)] = written.items()
                yield _WRITES[kind], _BY_NAME[item["TableName"]]
        case "BatchExecuteStatement":
            for statement in parameters["Statements"]:
                yield "PartiQLInsert", _BY_NAME[re.findall(r'^INSERT INTO "([^"]+)"', statement["Statement"])[0]]
        case "BatchGetItem" | "BatchWriteItem":
            for table in parameters["RequestItems"]:
                yield operation, _BY_NAME[table]
        case _:
            index = parameters.get("IndexName")
            yield operation, _BY_NAME[parameters["TableName"]] + (f"/index/{index}" if index else "")


def _asked_of_buckets(operation: str, parameters: Mapping[str, Any]) -> Iterator[Action]:
    bucket = _BY_NAME.get(parameters["Bucket"], "CopyBucket")
    if operation in _BUCKETS:
        yield _BUCKETS[operation], bucket
    elif operation == "DeleteObjects":
        yield from (("DeleteObject", f"{bucket}/{each['Key']}") for each in parameters["Delete"]["Objects"])
    elif operation in ("CopyObject", "UploadPartCopy"):
        source = parameters["CopySource"]
        yield "GetObject", f"{_BY_NAME[source['Bucket']]}/{source['Key']}"
        yield "PutObject", f"{bucket}/{parameters['Key']}"
    else:
        yield _OBJECTS.get(operation, operation), f"{bucket}/{parameters['Key']}"


@cache
def _template() -> dict[str, Any]:
    resources: dict[str, Any] = additions(ROOT / ".chalice")["Resources"]
    return resources


@cache
def _grants(function: str) -> list[tuple[list[str], list[str]]]:
    """Give what a function's role lets it do: actions, and the patterns of resources that each of them is for."""
    [role, _] = _template()[function]["Properties"]["Role"]["Fn::GetAtt"]
    grants = []
    for policy in _template()[role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            granted = statement["Fn::If"][1] if "Fn::If" in statement else statement
            assert granted["Effect"] == "Allow"
            grants.append((_listed(granted["Action"]), [_named(resource) for resource in _listed(granted["Resource"])]))
    return grants


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(resource: Any) -> str:
    """Give a resource of the template as a pattern of logical ids."""
    if isinstance(resource, str):
        return resource
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    text = str(resource["Fn::Sub"])
    text = re.sub(r"^arn:\$\{AWS::Partition\}:\w+:(?:\$\{AWS::Region\})?:(?:\$\{AWS::AccountId\})?:", "", text)
    return re.sub(r"\$\{(\w+)(?:\.Arn)?\}", r"\1", text.replace("${AWS::StackName}-", ""))
