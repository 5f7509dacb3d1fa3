"""Reading and writing Outlook CSV and Timeslot JSON, beside the standard library's `csv` and `json`.

The anchors only turn bytes into lists and dictionaries of texts and back; ours also checks every value and makes slots
with times of them. Rounds are interleaved, the figures are medians, and memory is the peak while a stream is read or
written that is never whole in memory.

    python -m benchmarks.csv_and_json [--check]
"""

from __future__ import annotations

import csv
import io
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.domain.imports import BytesSource, Entry
from chalicelib.domain.slots import Location, Slot
from chalicelib.formats import outlook_csv, timeslot_json
from chalicelib.formats.detect import open_calendar

SLOTS: Final = 20_000
ROUNDS: Final = 5
LEAST: Final = {"write json": 0.1, "read json": 0.1, "write csv": 0.1, "read csv": 0.05}
"""The ratio to the anchor under which `--check` fails; far below what is measured, for busy machines."""
MOST_MEMORY: Final = 30_000_000
"""Bytes, at any number of slots."""


def slots(count: int) -> Iterator[Slot]:
    """Make plain slots, every fifth with a place, a description and a zone."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        begin = start + timedelta(minutes=number)
        slot = Slot(
            uid=f"0845ce4a-fddc-4763-9b0b-{number:012d}",
            title=f"Slot title {number}",
            start=begin,
            end=begin + timedelta(minutes=45),
            visibility="public",
        )
        if number % 5 == 0:
            slot = slot._replace(location=Location(name="Hall 5"), description="Bring ä pen\nand paper", timezone="Europe/Berlin")
        yield slot


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _read(content: bytes) -> list[Slot]:
    return [item.slot for item in open_calendar(BytesSource(content)) if isinstance(item, Entry)]


def rates() -> dict[str, tuple[float, float]]:
    """Measure slots per second of the anchor and of ours."""
    values = list(slots(SLOTS))
    in_json = b"".join(timeslot_json.write(values))
    in_csv = b"".join(outlook_csv.write(values))
    objects = json.loads(in_json)
    rows = list(csv.reader(io.StringIO(in_csv.decode(), newline="")))
    if _read(in_json) != values or len(_read(in_csv)) != len(values):
        raise SystemExit("what was written does not come back")
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "write json": (
            lambda: json.dumps(objects, separators=(",", ":"), ensure_ascii=False).encode(),
            lambda: b"".join(timeslot_json.write(values)),
        ),
        "read json": (lambda: json.loads(in_json), lambda: _read(in_json)),
        "write csv": (
            lambda: csv.writer(io.StringIO(), quoting=csv.QUOTE_ALL).writerows(rows),
            lambda: b"".join(outlook_csv.write(values)),
        ),
        "read csv": (lambda: list(csv.reader(io.StringIO(in_csv.decode(), newline=""))), lambda: _read(in_csv)),
    }
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in pairs}
    for _ in range(ROUNDS):
        for name, (anchor, ours) in pairs.items():
            times[name][0].append(_seconds(anchor))
            times[name][1].append(_seconds(ours))
    return {name: (SLOTS / statistics.median(first), SLOTS / statistics.median(second)) for name, (first, second) in times.items()}


class _Endless:
    """A file that is made while it is read; its size is only claimed, as that of an upload is."""

    def __init__(self, head: bytes, piece: bytes, count: int, tail: bytes = b"") -> None:
        self._head, self._piece, self._count, self._tail = head, piece, count, tail
        self.size = len(head) + len(piece) * count + len(tail)

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` to the end; only from the beginning, which is all that reading asks for."""
        if start:
            raise ValueError("only from the beginning")
        yield self._head
        for _ in range(self._count):
            yield self._piece
        yield self._tail

    def slice(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` up to, not including, `end`, of the beginning."""
        return (self._head + self._piece)[start:end]


def peaks(count: int) -> dict[str, int]:
    """Measure the peak memory in bytes of streams of about `count` slots."""
    some = list(slots(500))
    in_json = b"".join(timeslot_json.write(some))
    head, _, body = b"".join(outlook_csv.write(some)).partition(b"\n")
    works: dict[str, Callable[[], Iterator[object]]] = {
        "write json": lambda: timeslot_json.write(slots(count)),
        "read json": lambda: iter(open_calendar(_Endless(b"[", in_json[1:-1] + b",", count // 500, b"{}]"))),
        "write csv": lambda: outlook_csv.write(slots(count)),
        "read csv": lambda: iter(open_calendar(_Endless(head + b"\n", body, count // 500))),
    }
    found = {}
    for name, work in works.items():
        tracemalloc.start()
        for _ in work():
            pass
        found[name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found


def main() -> None:
    """Print the table; with `--check`, fail when a ratio is too small or memory grows."""
    measured = rates()
    small, large = peaks(5_000), peaks(50_000)
    print(f"{'':12}{'stdlib/s':>12}{'ours/s':>12}{'ratio':>8}{'peak MB at 5,000':>19}{'at 50,000':>11}")
    faults, ratios = [], []
    for name, (anchor, ours) in measured.items():
        ratio = ours / anchor
        print(f"{name:12}{anchor:12,.0f}{ours:12,.0f}{ratio:8.2f}{small[name] / 1e6:19.1f}{large[name] / 1e6:11.1f}")
        ratios.append(f"{name} {ratio:.2f} (at least {LEAST[name]:g})")
        if ratio < LEAST[name]:
            faults.append(f"{name} is only {ratio:.2f} of the standard library")
        if large[name] > MOST_MEMORY or large[name] > 2 * small[name] + 1_000_000:
            faults.append(f"{name} takes memory that grows")
    print(f"=> of the standard library's bare speed: {', '.join(ratios)}; memory flat")
    if faults and "--check" in sys.argv:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
