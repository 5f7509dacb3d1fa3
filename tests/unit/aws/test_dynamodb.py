from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.aws.attributes import typed
from chalicelib.aws.dynamodb import ConditionFailed, Patience, Table
from chalicelib.domain.errors import Unavailable


class Script:
    """A client that gives prepared answers or raises prepared errors, in order, and keeps its calls."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> Any:
            self.calls.append((operation, parameters))
            answer = self._answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def failure(code: str, *reasons: str | None) -> ClientError:
    return ClientError({"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}, "operation")


def table(client: Script, waits: list[float] | None = None, attempts: int = 4) -> Table:
    pauses = [] if waits is None else waits
    return Table(client, "slots", patience=Patience(attempts, first=1, longest=3, sleep=pauses.append, jitter=lambda: 0.5))


def test_backoff_grows_to_its_longest_and_then_gives_up() -> None:
    waits: list[float] = []
    client = Script(*[failure("ThrottlingException")] * 4)
    with pytest.raises(Unavailable, match="storage_busy"):
        table(client, waits).get({"pk": "a"})
    assert waits == [0.5, 1.0, 1.5]
    assert len(client.calls) == 4


@pytest.mark.parametrize(
    "error",
    [
        failure("TransactionConflictException"),
        failure("ProvisionedThroughputExceededException"),
        failure("TransactionInProgressException"),
        failure("TransactionCanceledException", None, "TransactionConflict"),
        failure("TransactionCanceledException", "ThrottlingError", "None"),
    ],
    ids=str,
)
def test_what_contradicts_nobody_is_tried_again(error: ClientError) -> None:
    client = Script(error, error, {})
    table(client).transact([table(client).putting({"pk": "a"})])
    assert (
        client.calls
        == [("transact_write_items", {"TransactItems": [{"Put": {"TableName": "slots", "Item": {"pk": {"S": "a"}}}}]})] * 3
    )


def test_failed_condition_names_its_actions() -> None:
    one = Script(failure("ConditionalCheckFailedException"))
    with pytest.raises(ConditionFailed) as failed:
        table(one).put({"pk": "a"}, condition="attribute_not_exists(pk)")
    assert failed.value.actions == (0,)
    several = Script(
        failure("TransactionCanceledException", "None", "ConditionalCheckFailed", "TransactionConflict", "ConditionalCheckFailed")
    )
    with pytest.raises(ConditionFailed) as failed:
        table(several).transact([])
    assert failed.value.actions == [1, 3]


@pytest.mark.parametrize(
    "error",
    [failure("ValidationException"), failure("AccessDeniedException"), failure("TransactionCanceledException", "ValidationError")],
)
def test_fault_of_ours_rises_at_once(error: ClientError) -> None:
    client = Script(error)
    with pytest.raises(ClientError) as raised:
        table(client).transact([])
    assert raised.value is error


@pytest.mark.parametrize("error", [ConnectTimeoutError(endpoint_url="x"), ReadTimeoutError(endpoint_url="x")])
def test_unreachable_table_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable, match="storage_unreachable"):
        table(Script(error)).get({"pk": "a"})


def test_unprocessed_deletions_are_sent_again() -> None:
    waits: list[float] = []
    keys = [{"pk": str(number)} for number in range(30)]
    deletions = [{"DeleteRequest": {"Key": typed(key)}} for key in keys]
    left = {"slots": deletions[3:5]}
    client = Script({"UnprocessedItems": left}, {"UnprocessedItems": {}}, {})
    table(client, waits).delete_many(keys)
    sent = [parameters["RequestItems"]["slots"] for _, parameters in client.calls]
    assert sent == [deletions[:25], deletions[3:5], deletions[25:]]
    assert waits == [0.5]


def test_insert_says_what_was_there_and_sends_the_throttled_again() -> None:
    items = [{"pk": "a", "n": number} for number in range(5)]

    def error(code: str) -> dict[str, Any]:
        return {"Error": {"Code": code, "Message": ""}}

    client = Script(
        {"Responses": [{}, error("DuplicateItem"), error("ThrottlingError"), {}, error("TransactionConflict")]},
        {"Responses": [error("DuplicateItem"), error("ProvisionedThroughputExceeded")]},
        {"Responses": [{}]},
    )
    assert table(client).insert(items) == [1, 2]
    statement = """INSERT INTO "slots" VALUE {'pk':?,'n':?}"""
    sent = [parameters["Statements"] for _, parameters in client.calls]
    expected = [{"Statement": statement, "Parameters": [{"S": "a"}, {"N": str(number)}]} for number in range(5)]
    assert sent == [expected, [expected[2], expected[4]], [expected[4]]]
    refused = Script({"Responses": [error("ValidationError")]})
    with pytest.raises(ClientError, match="ValidationError"):
        table(refused).insert(items[:1])


def test_reads_are_consistent_and_leave_out_what_is_not_asked() -> None:
    client = Script({"Items": []}, {}, {"Responses": {}})
    reading = table(client)
    list(reading.query("pk = :pk", values={":pk": "a"}, index="by_start"))
    reading.get({"pk": "a"})
    list(reading.get_many([{"pk": "a"}]))
    assert client.calls == [
        (
            "query",
            {
                "TableName": "slots",
                "IndexName": "by_start",
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": "a"}},
                "ScanIndexForward": True,
                "ConsistentRead": True,
            },
        ),
        ("get_item", {"TableName": "slots", "Key": {"pk": {"S": "a"}}, "ConsistentRead": True}),
        ("batch_get_item", {"RequestItems": {"slots": {"Keys": [{"pk": {"S": "a"}}], "ConsistentRead": True}}}),
    ]
