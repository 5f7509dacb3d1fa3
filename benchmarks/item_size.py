"""What a slot takes in DynamoDB, and what a million of them cost there: computed from the very items that are written.

    python -m benchmarks.item_size [--check]

A write unit is a kilobyte of an item and, each for itself, of its index entries; a consistent read unit is four kilobytes.
Prices are AWS's list prices.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import orjson

from benchmarks._replay import imported_slot, item_bytes, items, realistic_slot
from chalicelib.domain.slots import Slot

SLOTS: Final = 2_000
MILLION: Final = 1_000_000
MAY_COST: Final = 3.0
"""Dollars."""
PRICES_OF: Final = "us-east-1, on demand, as published since November 2024"
WRITE_UNIT: Final = 0.625 / MILLION
READ_UNIT: Final = 0.125 / MILLION
STORED_GB: Final = 0.25 + 0.20
"""A month, with continuous backups."""
INDEX_OVERHEAD: Final = 100
"""Bytes that DynamoDB adds to an item and to an index entry, for storage only."""
INDEXES: Final = {
    "by_start": ("pk", "sk", "s", "d"),
    "by_group": ("pk", "sk", "g", "d"),
    "by_series": ("pk", "sk", "r", "d", "f", "e"),
}


class Cost(NamedTuple):
    """What one slot takes, on average."""

    item: float
    entry: float
    write_units: float
    stored: float

    def dollars(self) -> tuple[float, float, float]:
        """Give what a million cost: written once, read in start order once, stored for a month."""
        reading = MILLION * self.entry / 4_096 * READ_UNIT
        return MILLION * self.write_units * WRITE_UNIT, reading, MILLION * self.stored / 1e9 * STORED_GB


def looking_up(keys: float) -> float:
    """Give what it costs to look slots up by uid: a unit for a key, found or not."""
    return keys * READ_UNIT


def cost_of(rows: list[dict[str, Any]]) -> Cost:
    """Measure items."""
    sizes = [item_bytes(item) for item in rows]
    entries = [[item_bytes(item, attributes) for attributes in INDEXES.values() if attributes[2] in item] for item in rows]
    units = [
        math.ceil(size / 1_024) + sum(math.ceil(entry / 1_024) for entry in each) for size, each in zip(sizes, entries, strict=True)
    ]
    stored = [
        size + INDEX_OVERHEAD + sum(entry + INDEX_OVERHEAD for entry in each) for size, each in zip(sizes, entries, strict=True)
    ]
    return Cost(sum(sizes) / SLOTS, sum(each[0] for each in entries) / SLOTS, sum(units) / SLOTS, sum(stored) / SLOTS)


def unpacked(slots: list[Slot], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the same items with the slot's fields as a JSON object and not packed."""
    texts = [
        orjson.dumps({name: value for name, value in slot._asdict().items() if value not in (None, "", (), False)}, default=list)
        for slot in slots
    ]
    return [{**item, "d": text} for item, text in zip(rows, texts, strict=True)]


def show(kind: str, make: Callable[[int], Slot]) -> float:
    """Print the figures of one kind of slots; give what a million of them cost in a month."""
    slots = [make(number) for number in range(SLOTS)]
    rows = list(items(slots))
    total, looked_up = 0.0, looking_up(MILLION)
    for name, chosen in (("packed", rows), ("a JSON object", unpacked(slots, rows))):
        cost = cost_of(chosen)
        write, read, store = cost.dollars()
        print(
            f"{kind:10} {name:14} {cost.item:6.0f} B an item, {cost.entry:6.0f} B in by_start, {cost.write_units:4.1f} write units;"
            f" a million: {write:5.2f} $ written, {looked_up:4.2f} $ looked up, {read:4.2f} $ read, {store:4.2f} $ stored a month"
        )
        if name == "packed":
            total = write + looked_up + read + store
    return total


def main() -> None:
    """Print the figures; with --check, fail when a million plain slots cost more than they may."""
    print(f"Prices of {PRICES_OF}")
    totals = {kind: show(kind, make) for kind, make in (("plain", imported_slot), ("realistic", realistic_slot))}
    said = ", ".join(f"{kind} {total:.2f} $" for kind, total in totals.items())
    print(f"=> a million slots written, looked up, read and kept a month: {said} (at most {MAY_COST:.2f})")
    if "--check" in sys.argv and max(totals.values()) > MAY_COST:
        sys.exit(f"a million slots cost {totals}")


if __name__ == "__main__":
    main()
