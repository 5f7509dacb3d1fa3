"""The slot table on the wire: recorded answers to the queries of an export, and answers to the writes of an import."""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from benchmarks._replay import PAGE_BYTES, item_bytes
from chalicelib.aws.slot_items import draft
from chalicelib.domain.slots import Slot
from chalicelib.services.ports.slots import Mark, Owner

_INDEXED: Final = ("pk", "sk", "s", "d")
_NUMBER: Final = 12
"""Digits at the end of a uid that say its slot's number."""
_MARK: Final = Mark("0845ce4a-fddc-4763-9b0b-000000000000", 0, "created")


class _Partition:
    """The items of one partition in start order: their JSON in a file, one after the other."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=1 << 20)  # noqa: SIM115 - as long as the partition
        self.numbers = array("I")
        self._offsets = array("Q", [0])
        self._billed = array("Q", [0])

    def add(self, number: int, item: Mapping[str, Any]) -> None:
        """Record the item of a slot."""
        text = orjson.dumps({name: {"B": b64encode(item[name]).decode()} for name in ("d", "s")}) + b","
        self._file.write(text)
        self.numbers.append(number)
        self._offsets.append(self._offsets[-1] + len(text))
        self._billed.append(self._billed[-1] + item_bytes(dict(item), _INDEXED))

    def close(self) -> None:
        """End the recording."""
        self._file.flush()

    def page(self, low: int, high: int) -> tuple[bytes, int, int | None]:
        """Give the items from the first numbered `low` to the last numbered `high`, a megabyte at most: their JSON, how many
        they are, and the number after which there are more."""
        first, end = bisect_left(self.numbers, low), bisect_right(self.numbers, high)
        full = bisect_right(self._billed, self._billed[first] + PAGE_BYTES) - 1
        last = min(end, max(full, first))
        start, size = self._offsets[first], self._offsets[last] - self._offsets[first]
        text = os.pread(self._file.fileno(), size, start)[:-1]
        return text, last - first, self.numbers[last - 1] if last < end else None


class RecordedSlots:
    """Answers the queries of exports: slots by start, numbered from 0, at the spread of their owner."""

    def __init__(self, make: Callable[[int], Slot], count: int, owner: Owner) -> None:
        self._partitions: dict[str, _Partition] = {f"{owner.user_id}#{part}": _Partition() for part in range(owner.spread)}
        self.billed = 0
        """Bytes of the index that the slots take."""
        for number in range(count):
            item = draft(owner, make(number), _MARK, new_id=str).item
            self._partitions[item["pk"]].add(number, item)
            self.billed += item_bytes(item, _INDEXED)
        for partition in self._partitions.values():
            partition.close()

    def answer(self, operation: str, body: bytes) -> bytes:
        """Answer a query of `by_start`."""
        assert operation == "Query", operation
        asked = orjson.loads(body)
        values = asked["ExpressionAttributeValues"]
        low, high = 0, 1 << 32
        if ":low" in values:
            low, high = _number(values[":low"], 0), _number(values[":high"], 1 << 32)
        if "ExclusiveStartKey" in asked:
            low = _number(asked["ExclusiveStartKey"]["s"], 0) + 1
        text, count, after = self._partitions[values[":pk"]["S"]].page(low, high)
        key = "" if after is None else f',"LastEvaluatedKey":{{"pk":{{"S":"p"}},"sk":{{"B":"aw=="}},"s":{{"B":"{_place(after)}"}}}}'
        return b'{"Count":%d,"Items":[%b],"ScannedCount":%d%b}' % (count, text, count, key.encode())


def _place(number: int) -> str:
    """Give a place in start order that tells the number of its slot."""
    return b64encode(b"\0" * 8 + f"{number:0{_NUMBER}d}".encode()).decode()


def _number(place: Mapping[str, str], otherwise: int) -> int:
    """Give the number of the slot at a place; `otherwise` for the ends of start order."""
    digits = b64decode(place["B"]).rstrip(b"\0")[-_NUMBER:]
    return int(digits) if digits.isdigit() and len(digits) == _NUMBER else otherwise


class SlotSink:
    """Answers the look-ups and inserts of an import; with `keep`, what was inserted is found and not inserted again.

    `keys` counts what was looked up, each of which is billed as a read, found or not.
    """

    _FIELDS: Final = re.compile(r"'(\w+)':\?")

    def __init__(self, *, keep: bool = False) -> None:
        self.inserted = 0
        self.keys = 0
        self._kept: dict[str, bytes] | None = {} if keep else None

    def answer(self, operation: str, body: bytes) -> bytes:
        """Answer a batch."""
        if operation == "BatchGetItem":
            self.keys += body.count(b'"sk":')
            return self._look_up(body)
        if operation == "Query":  # whether there is any
            self.keys += 1
            assert self._kept is not None or not self.inserted
            found = b",".join(list(self._kept.values())[:1]) if self._kept else b""
            return b'{"Count":%d,"Items":[%b]}' % (bool(found), found)
        assert operation == "BatchExecuteStatement", operation
        if self._kept is None:
            count = body.count(b'"Statement":')
            self.inserted += count
            return b'{"Responses":[' + b",".join([b"{}"] * count) + b"]}"
        return b'{"Responses":[' + b",".join(map(self._insert, orjson.loads(body)["Statements"])) + b"]}"

    def _look_up(self, body: bytes) -> bytes:
        if not self._kept:
            return b'{"Responses":{},"UnprocessedKeys":{}}'
        ((table, wanted),) = orjson.loads(body)["RequestItems"].items()
        found = [self._kept[each["sk"]["B"]] for each in wanted["Keys"] if each["sk"]["B"] in self._kept]
        return b'{"Responses":{"%b":[%b]},"UnprocessedKeys":{}}' % (table.encode(), b",".join(found))

    def _insert(self, statement: Mapping[str, Any]) -> bytes:
        assert self._kept is not None
        item = dict(zip(self._FIELDS.findall(statement["Statement"]), statement["Parameters"], strict=True))
        key = item["sk"]["B"]
        if key in self._kept:
            return b'{"Error":{"Code":"DuplicateItem"}}'
        self._kept[key] = orjson.dumps({name: item[name] for name in ("pk", "sk", "s", "d", "m", "v")})
        self.inserted += 1
        return b"{}"
