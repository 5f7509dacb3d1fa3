"""DynamoDB for all our tables: plain values in and out, pages, batches, transactions, retries and errors.

`Table` is what an adapter holds. Items and values are plain Python (see `attributes`). Reads are consistent.

    table = Table(client, "conventions")
    table.put({"pk": "con", "sk": "room#1", "rev": 1}, condition="attribute_not_exists(pk)")
    table.update({"pk": "con", "sk": "room#1"}, "SET rev = :new", condition="rev = :old", values={":old": 1, ":new": 2})
    for page in table.query("pk = :pk AND begins_with(sk, :sk)", values={":pk": "con", ":sk": "room#"}): ...
    table.transact([table.putting(room), table.checking(convention, condition="rev = :rev", values={":rev": 2})])

Errors: `ConditionFailed` when a condition does not hold, for the adapter to turn into `Conflict` or `NotFound`;
`Unavailable` when DynamoDB throttles or fails for longer than `Patience` lasts; every other `ClientError` is a fault of ours
and rises. A write that collides with a running transaction contradicts nobody: it is tried again, never answered.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from botocore.exceptions import ChecksumError, ClientError

from chalicelib.aws.attributes import Item, TypedItem, plain, typed
from chalicelib.aws.failures import UNREACHABLE
from chalicelib.aws.responses import PLAIN
from chalicelib.domain.errors import Unavailable

MAX_BATCH_READ: Final = 100
"""Keys in a BatchGetItem."""
MAX_BATCH_WRITE: Final = 25
"""Items in a BatchWriteItem or statements in a BatchExecuteStatement."""
MAX_TRANSACTION: Final = 100
"""Actions in a TransactWriteItems."""

_COLLISIONS: Final = frozenset({"TransactionConflictException", "TransactionConflict", "TransactionInProgressException"})
_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
    }
)
_FAILED: Final = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed"})

_T = TypeVar("_T")


class ConditionFailed(Exception):
    """A condition of a write did not hold, and nothing was written. `actions` are the places in a transaction that failed."""

    def __init__(self, actions: Sequence[int] = (0,)) -> None:
        super().__init__(f"condition failed: {list(actions)}")
        self.actions = actions


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try again: exponential backoff with full jitter, in seconds."""

    attempts: int = 12
    first: float = 0.025
    longest: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def wait(self, attempt: int) -> None:
        """Pause before attempt number `attempt` + 1. Raises `Unavailable` when that would be one too many."""
        if attempt + 1 >= self.attempts:
            raise Unavailable("storage_busy")
        self.sleep(min(self.longest, self.first * 2**attempt) * self.jitter())


class Table:
    """One DynamoDB table."""

    def __init__(self, client: Any, name: str, *, patience: Patience = Patience()) -> None:
        self._client = client
        self.name = name
        self._patience = patience

    # reads

    def get(self, key: Item, *, attributes: str | None = None) -> Item | None:
        """Find one item; `attributes` is a projection expression."""
        response = self._call("get_item", TableName=self.name, Key=typed(key), ConsistentRead=True, ProjectionExpression=attributes)
        items = items_of(response)
        return items[0] if items else None

    def get_many(self, keys: Iterable[Item], *, attributes: str | None = None) -> Iterator[Item]:
        """Yield the items that are there, in any order, by batches of a hundred."""
        for batch in batched(keys, MAX_BATCH_READ):
            request: dict[str, Any] = {"Keys": [typed(key) for key in batch], "ConsistentRead": True}
            if attributes is not None:
                request["ProjectionExpression"] = attributes
            wanted = {self.name: request}
            attempt = 0
            while wanted:
                response = self._call("batch_get_item", RequestItems=wanted)
                yield from items_of(response)
                wanted = response.get("UnprocessedKeys") or {}
                if wanted:
                    self._patience.wait(attempt)
                    attempt += 1

    def query(self, condition: str, *, values: Item, **options: Any) -> Iterator[list[Item]]:
        """Yield the items that match a key condition, a page at a time; options as those of `query_page` but `start`."""
        start: TypedItem | None = None
        while True:
            page, start = self.query_page(condition, values=values, start=start, **options)
            yield page
            if start is None:
                return

    def query_page(
        self,
        condition: str,
        *,
        values: Item,
        index: str | None = None,
        only: str | None = None,
        names: Mapping[str, str] | None = None,
        attributes: str | None = None,
        forward: bool = True,
        limit: int | None = None,
        start: TypedItem | None = None,
        consistent: bool = True,
    ) -> tuple[list[Item], TypedItem | None]:
        """Give one page (at most 1 MB) and where the next one starts, None at the end.

        `only` is a filter expression; `limit` counts the items looked at, before the filter. A global index cannot be
        read with `consistent`.
        """
        response = self._call(
            "query",
            TableName=self.name,
            IndexName=index,
            KeyConditionExpression=condition,
            FilterExpression=only,
            ExpressionAttributeValues=typed(values),
            ExpressionAttributeNames=names,
            ProjectionExpression=attributes,
            ScanIndexForward=forward,
            Limit=limit,
            ExclusiveStartKey=start,
            ConsistentRead=consistent,
        )
        return items_of(response), response.get("LastEvaluatedKey") or None

    # writes of one item

    def put(self, item: Item, **condition: Any) -> None:
        """Write an item over whatever is there; keywords as those of `putting`. Raises `ConditionFailed`."""
        self._call("put_item", **self.putting(item, **condition)["Put"])

    def update(self, key: Item, expression: str, **condition: Any) -> Item:
        """Change an item and give it as it is then; keywords as those of `updating`. Raises `ConditionFailed`."""
        response = self._call("update_item", **self.updating(key, expression, **condition)["Update"], ReturnValues="ALL_NEW")
        return plain(response.get("Attributes", {}))

    def delete(self, key: Item, **condition: Any) -> Item | None:
        """Remove an item and give what it was; keywords as those of `deleting`. Raises `ConditionFailed`."""
        response = self._call("delete_item", **self.deleting(key, **condition)["Delete"], ReturnValues="ALL_OLD")
        return plain(response["Attributes"]) if response.get("Attributes") else None

    # actions of a transaction

    def putting(self, item: Item, **condition: Any) -> dict[str, Any]:
        """Write an item, in a transaction; with `condition`, and its `values` and `names`."""
        return {"Put": {"TableName": self.name, "Item": typed(item), **_expressions(**condition)}}

    def updating(self, key: Item, expression: str, **condition: Any) -> dict[str, Any]:
        """Change an item, in a transaction; with `condition`, `values` and `names`."""
        return {"Update": {"TableName": self.name, "Key": typed(key), "UpdateExpression": expression, **_expressions(**condition)}}

    def deleting(self, key: Item, **condition: Any) -> dict[str, Any]:
        """Remove an item, in a transaction; with `condition`, and its `values` and `names`."""
        return {"Delete": {"TableName": self.name, "Key": typed(key), **_expressions(**condition)}}

    def checking(self, key: Item, **condition: Any) -> dict[str, Any]:
        """Hold a transaction to a `condition`, with its `values` and `names`, on an item that it does not write."""
        return {"ConditionCheck": {"TableName": self.name, "Key": typed(key), **_expressions(**condition)}}

    def transact(self, actions: Sequence[dict[str, Any]]) -> None:
        """Do all or none of up to a hundred actions, also on other tables. Raises `ConditionFailed` naming those that failed."""
        self._call("transact_write_items", TransactItems=list(actions))

    # batches

    def delete_many(self, keys: Iterable[Item]) -> None:
        """Remove items in batches of 25; no error for those that are gone."""
        for batch in batched(keys, MAX_BATCH_WRITE):
            wanted: dict[str, Any] = {self.name: [{"DeleteRequest": {"Key": typed(key)}} for key in batch]}
            attempt = 0
            while wanted:
                wanted = self._call("batch_write_item", RequestItems=wanted).get("UnprocessedItems") or {}
                if wanted:
                    self._patience.wait(attempt)
                    attempt += 1

    def insert(self, items: Sequence[Item]) -> list[int]:
        """Write up to 25 items whose keys are not there yet, and give the places of those whose were.

        PartiQL's INSERT is the one batch write that never overwrites: BatchWriteItem takes no condition, and a transaction
        costs twice as much and fails as a whole.
        """
        taken: list[int] = []
        places = list(range(len(items)))
        attempt = 0
        while places:
            response = self._call("batch_execute_statement", Statements=[_insertion(self.name, items[place]) for place in places])
            again: list[int] = []
            for place, outcome in zip(places, response["Responses"], strict=True):
                code = outcome.get("Error", {}).get("Code")
                if code == "DuplicateItem":
                    taken.append(place)
                elif code in _BUSY or code in _COLLISIONS:
                    again.append(place)
                elif code is not None:
                    raise ClientError({"Error": outcome["Error"]}, "BatchExecuteStatement")
            places = again
            if places:
                self._patience.wait(attempt)
                attempt += 1
        return taken

    def _call(self, operation: str, **arguments: Any) -> Any:
        """Call botocore, leaving out what is None; try again what may pass, translate what means something."""
        call = getattr(self._client, operation)
        given = {name: value for name, value in arguments.items() if value is not None}
        attempt = 0
        while True:
            try:
                return call(**given)
            except ClientError as error:
                _judge(error)
            except ChecksumError:
                pass
            except UNREACHABLE as error:
                raise Unavailable("storage_unreachable") from error
            self._patience.wait(attempt)
            attempt += 1


def items_of(response: Mapping[str, Any]) -> list[Item]:
    """Give the items of a read as plain values, whichever parser read it."""
    if "Responses" in response:
        items = [item for items in response["Responses"].values() for item in items]
    elif "Items" in response:
        items = response["Items"]
    else:
        items = [response["Item"]] if "Item" in response else []
    return items if PLAIN in response else [plain(item) for item in items]


def batched(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield lists of up to `size` values."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def _judge(error: ClientError) -> None:
    """Return for what is worth another try, else raise what it means."""
    code = error.response["Error"]["Code"]
    if code in _FAILED:
        raise ConditionFailed from error
    if code == "TransactionCanceledException":
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", ())]
        failed = [place for place, reason in enumerate(reasons) if reason in _FAILED]
        if failed:
            raise ConditionFailed(failed) from error
        if all(reason in (None, "None") or reason in _COLLISIONS or reason in _BUSY for reason in reasons):
            return
    elif code in _COLLISIONS or code in _BUSY:
        return
    raise error


def _expressions(
    *, condition: str | None = None, values: Item | None = None, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    expressions: dict[str, Any] = {}
    if condition:
        expressions["ConditionExpression"] = condition
    if values:
        expressions["ExpressionAttributeValues"] = typed(values)
    if names:
        expressions["ExpressionAttributeNames"] = dict(names)
    return expressions


def _insertion(table: str, item: Item) -> dict[str, Any]:
    fields = ",".join(f"'{name}':?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{fields}}}', "Parameters": list(typed(item).values())}
