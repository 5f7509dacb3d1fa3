"""Slots in start order, read page by page from one or more partitions and indexes.

A query yields rows, `(place, packed)`: small, sorted as they stand, and made into slots only when somebody takes them. Each
partition has one page in memory and, for streams, the next one on its way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from datetime import datetime, timedelta
from heapq import merge
from typing import Any, Final, NamedTuple

from chalicelib.aws.attributes import Item, TypedItem
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.slot_keys import group_key, instant_key
from chalicelib.domain.slots import Slot, Window, instant
from chalicelib.domain.spans import BEGINNING, span_of

LONGEST: Final = timedelta(days=7)
"""What lasts longer stands in `by_series`, so that a window reads no more than this before it in `by_start`. What is stored
relies on it: another value needs every slot written again."""
_END: Final = b"\xff" * 9
"""Sorts after every place."""

Row = tuple[bytes, bytes]
"""Place and packed slot."""


class Range(NamedTuple):
    """A part of start order: places from `low` (inclusive) to `high` (exclusive), either end open when empty."""

    low: bytes = b""
    high: bytes = b""
    forward: bool = True


class Query(NamedTuple):
    """One query of one partition."""

    partition: str
    by: str
    key: str
    """The index's sort key attribute."""
    range: Range
    prefix: bytes = b""
    only: str | None = None
    values: Mapping[str, Any] = {}


def is_series(slot: Slot) -> bool:
    """Whether a slot stands in `by_series`: it may be in a window that begins long after its start."""
    return slot.recurring or (slot.end is not None and instant(slot.end) - instant(slot.start) > LONGEST)


def series_attributes(slot: Slot, place: bytes) -> Item:
    """Give the attributes that put a series in `by_series`: its place, first instant and reach."""
    if not is_series(slot):
        return {}
    first, reach = span_of(slot)
    return {"r": place, "f": _number(first)} | ({} if reach is None else {"e": _number(reach)})


def plan(partitions: list[str], part: Range, *, group: str | None, window: Window | None) -> list[Query]:
    """Give the queries that together find every slot of a part of start order, of a group, or near a window.

    With a window, slots that last no longer than `LONGEST` come from `by_start` or `by_group`, the others from `by_series`.
    """
    near = part
    if window is not None:
        earliest = instant_key(max(window.earliest, BEGINNING + LONGEST) - LONGEST)
        latest = instant_key(window.latest)
        near = part._replace(low=max(part.low, earliest), high=min(part.high or latest, latest))
    queries = []
    for partition in partitions:
        if near.high and near.low >= near.high:
            pass  # DynamoDB refuses an empty range
        elif group is None:
            queries.append(Query(partition, "by_start", "s", near))
        else:
            queries.append(Query(partition, "by_group", "g", near, prefix=group_key(group)))
        if window is not None:
            queries.append(
                Query(
                    partition,
                    "by_series",
                    "r",
                    part,
                    only="f < :latest AND (attribute_not_exists(e) OR e > :earliest OR f >= :earliest)",
                    values={":latest": _number(window.latest), ":earliest": _number(window.earliest)},
                )
            )
    return queries


def rows(table: Table, queries: list[Query], *, pool: Executor | None = None, limit: int | None = None) -> Iterator[Row]:
    """Yield the rows of all queries in one order, each place once: a series near a window is found in two indexes, and a slot
    stands in two partitions for a while when two imports made it at the very moment its owner's spread was raised.

    With a `pool`, first pages are asked for at once and every next page while the one before is taken; without, a page is
    read when it is needed. `limit` is the size of a page.
    """
    streams = [_pages(table, query, pool, limit) for query in queries]
    if pool is not None and len(streams) > 1:
        for stream in streams:
            next(stream)  # every stream first yields nothing, once its first page is on its way
    ordered = merge(*(_rows(stream) for stream in streams), reverse=not queries[0].range.forward) if queries else iter(())
    last = b""
    for row in ordered:
        if row[0] != last:
            yield row
        last = row[0]


def _rows(pages: Iterator[list[Row]]) -> Iterator[Row]:
    for page in pages:
        yield from page


def _pages(table: Table, query: Query, pool: Executor | None, limit: int | None) -> Iterator[list[Row]]:
    condition, values = _condition(query)
    options: dict[str, Any] = {
        "values": values,
        "index": query.by,
        "only": query.only,
        "attributes": f"{query.key},d",
        "forward": query.range.forward,
        "limit": limit,
    }

    def read(start: TypedItem | None) -> tuple[list[Item], TypedItem | None]:
        return table.query_page(condition, start=start, **options)

    skip, key, high = len(query.prefix), query.key, query.range.high
    if pool is None:
        start: TypedItem | None = None
        while True:
            page, start = read(start)
            yield _inside(page, key, skip, high)
            if start is None:
                return
    future = pool.submit(read, None)
    yield []
    while True:
        page, start = future.result()
        if start is not None:
            future = pool.submit(read, start)
        yield _inside(page, key, skip, high)
        if start is None:
            return


def _inside(page: list[Item], key: str, skip: int, high: bytes) -> list[Row]:
    """Give the rows of a page; BETWEEN includes its upper end, a range does not."""
    rows = [(item[key][skip:], item["d"]) for item in page]
    return [row for row in rows if row[0] < high] if high else rows


def _condition(query: Query) -> tuple[str, Item]:
    values: Item = {":pk": query.partition, **query.values}
    low, high = query.range.low, query.range.high
    if not (query.prefix or low or high):
        return "pk = :pk", values
    values[":low"] = query.prefix + (low or b"\0")
    values[":high"] = query.prefix + (high or _END)
    return f"pk = :pk AND {query.key} BETWEEN :low AND :high", values


def _number(moment: datetime) -> int:
    return int.from_bytes(instant_key(moment), "big")
