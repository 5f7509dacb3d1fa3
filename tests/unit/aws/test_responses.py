from __future__ import annotations

import json
from base64 import b64encode
from binascii import crc32
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.exceptions import ChecksumError, ClientError
from botocore.parsers import create_parser

from chalicelib.aws import responses
from chalicelib.aws.dynamodb import Patience, Table, items_of
from chalicelib.domain.errors import Unavailable


def b64(content: bytes) -> str:
    return b64encode(content).decode()


ITEM = {
    "pk": {"S": "1#0"},
    "d": {"B": b64(b"\x00\xff")},
    "n": {"N": "7"},
    "bs": {"BS": [b64(b"x")]},
    "l": {"L": [{"B": b64(b"y")}]},
}
VALUES = {"pk": "1#0", "d": b"\x00\xff", "n": 7, "bs": {b"x"}, "l": [b"y"]}
KEY = {"pk": {"S": "1#0"}, "sk": {"B": b64(b"\x01")}}
ANSWERS: dict[str, dict[str, Any]] = {
    "Query": {"Items": [ITEM, ITEM], "Count": 2, "ScannedCount": 3, "LastEvaluatedKey": KEY},
    "Scan": {"Items": [], "Count": 0, "ScannedCount": 0},
    "GetItem": {"Item": ITEM},
    "BatchGetItem": {
        "Responses": {"slots": [ITEM], "other": [ITEM]},
        "UnprocessedKeys": {"slots": {"Keys": [KEY], "ConsistentRead": True, "ProjectionExpression": "pk,d"}},
    },
}


class Wire:
    """Answers a client's requests with prepared HTTP responses, in order; keeps what was sent."""

    def __init__(self, *answers: tuple[int, dict[str, str], bytes]) -> None:
        self._answers = list(answers)
        self.sent: list[dict[str, Any]] = []

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        self.sent.append(json.loads(request.body))
        status, headers, body = self._answers.pop(0)

        class Raw:
            def stream(self) -> Any:
                yield body

        return AWSResponse(request.url, status, headers, Raw())


def client(wire: Wire, *, fast: bool = True) -> Any:
    session = botocore.session.get_session()
    if fast:
        responses.install(session)
    made = session.create_client("dynamodb", region_name="eu-central-1")
    made.meta.events.register("before-send.dynamodb", wire)
    return made


def answer(value: Any, *, crc: int | None = None) -> tuple[int, dict[str, str], bytes]:
    body = json.dumps(value).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "r-1", "x-amz-crc32": str(crc or crc32(body))}
    return 200, headers, body


def shape(operation: str) -> Any:
    return client(Wire()).meta.service_model.operation_model(operation).output_shape


@pytest.mark.parametrize("operation", ANSWERS)
def test_answer_says_what_the_stock_parser_says(operation: str) -> None:
    status, headers, body = answer(ANSWERS[operation])
    response = {"status_code": status, "headers": HeadersDict(headers), "body": body}
    ours = responses.FastParserFactory().create_parser("json").parse(response, shape(operation))
    stock = create_parser("json").parse(response, shape(operation))
    assert items_of(ours) == items_of(stock) == [VALUES] * (body.count(b'"n"'))
    for name in ("LastEvaluatedKey", "UnprocessedKeys", "Count", "ScannedCount"):
        assert ours.get(name) == stock.get(name)
    assert ours["ResponseMetadata"] == stock["ResponseMetadata"]


def test_client_uses_the_fast_parser() -> None:
    """When this fails, botocore has changed: everything still works, with the stock parser, and slower."""
    read = client(Wire(answer(ANSWERS["GetItem"]))).get_item(TableName="slots", Key={"pk": {"S": "x"}})
    assert read[responses.PLAIN] is True
    assert read["Item"] == VALUES


@pytest.mark.parametrize("fast", [True, False], ids=["our parser", "stock parser"])
def test_table_reads_alike_with_either_parser(fast: bool) -> None:
    wire = Wire(answer(ANSWERS["Query"]), answer(ANSWERS["Scan"]), answer(ANSWERS["BatchGetItem"]), answer({"Responses": {}}))
    table = Table(client(wire, fast=fast), "slots", patience=Patience(sleep=lambda _: None))
    assert list(table.query("pk = :pk", values={":pk": "1#0"})) == [[VALUES, VALUES], []]
    assert list(table.get_many([{"pk": "1#0", "sk": b"\x01"}])) == [VALUES, VALUES]
    assert wire.sent[1]["ExclusiveStartKey"] == KEY
    assert wire.sent[3]["RequestItems"] == ANSWERS["BatchGetItem"]["UnprocessedKeys"]


def test_session_without_the_seam_is_left_alone() -> None:
    responses.install(object())


def test_damaged_answer_is_asked_for_again() -> None:
    good, damaged = answer(ANSWERS["GetItem"]), answer(ANSWERS["GetItem"], crc=1)
    table = Table(client(Wire(damaged, damaged, good)), "slots", patience=Patience(sleep=lambda _: None))
    assert table.get({"pk": "1#0"}) == VALUES
    table = Table(client(Wire(*[damaged] * 3)), "slots", patience=Patience(attempts=3, sleep=lambda _: None))
    with pytest.raises(Unavailable, match="storage_busy"):
        table.get({"pk": "1#0"})
    with pytest.raises(ChecksumError):
        client(Wire(damaged)).get_item(TableName="slots", Key={"pk": {"S": "x"}})


def test_errors_stay_botocores() -> None:
    body = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": "no"}).encode()
    wire = Wire((400, {"Content-Type": "application/x-amz-json-1.0"}, body))
    with pytest.raises(ClientError) as raised:
        client(wire).get_item(TableName="slots", Key={"pk": {"S": "x"}})
    assert raised.value.response["Error"] == {"Message": "no", "Code": "ValidationException"}


def test_other_answers_stay_botocores() -> None:
    wire = Wire(answer({"Attributes": ITEM}))
    written = client(wire).delete_item(TableName="slots", Key={"pk": {"S": "x"}}, ReturnValues="ALL_OLD")
    assert written["Attributes"]["d"] == {"B": b"\x00\xff"}
    assert responses.PLAIN not in written
