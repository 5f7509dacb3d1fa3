"""The whole way out: DynamoDB wire bytes to compressed .ics parts on S3, both replayed, beside each stage alone.

The way out is one process and one core, so that all stages add up; what the pipeline itself costs is what is left. Memory
is the peak while slots are streamed that are never all in memory, and time per slot is compared from ten thousand slots on.
Rounds are interleaved, the figures are medians of processor time.

    python -m benchmarks.store [--million] [--check]

Targets: the pipeline takes at most the stages' sum, at least 60 % of the slowest stage's rate; memory flat, time linear within
15 %. `--million` goes up to a million slots.
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from isal import isal_zlib

from benchmarks._replay import OWNER, pages, plain_slot, realistic_slot, replayed_objects, replayed_slots
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical

SLOTS: Final = 20_000
ROUNDS: Final = 5
TARGET: Final = 0.6
MOST_MEMORY: Final = 60_000_000
"""Bytes, at any number of slots: two pages, two parts, and what is made of them."""


def compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Deflate a stream as our archives do."""
    compressor = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def stages(make: Callable[[int], Slot], count: int) -> dict[str, Callable[[], object]]:
    """Give the stages, each alone on what the one before it gives, and the pipeline of them all."""
    bodies = pages(map(make, range(count)))
    store, objects = replayed_slots(bodies), replayed_objects([])
    slots = [stored.slot for stored in store.stream(OWNER)]
    calendar = list(ical.write(slots))
    archive = list(compressed(calendar))
    if slots != [make(number) for number in range(count)]:
        sys.exit("the store reads something else")
    return {
        "read": lambda: sum(1 for _ in store.stream(OWNER)),
        "write": lambda: sum(map(len, ical.write(slots))),
        "compress": lambda: sum(map(len, compressed(calendar))),
        "upload": lambda: objects.write("archive", archive),
        "pipeline": lambda: objects.write("archive", compressed(ical.write(stored.slot for stored in store.stream(OWNER)))),
    }


def compare(kind: str, make: Callable[[int], Slot]) -> float:
    """Print slots per second of each stage and the pipeline; give the pipeline's part of the slowest stage."""
    works = stages(make, SLOTS)
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            taken[name].append(_seconds(work))
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    slowest = max(seconds for name, seconds in medians.items() if name != "pipeline")
    summed = sum(seconds for name, seconds in medians.items() if name != "pipeline")
    for name, seconds in medians.items():
        print(f"{kind:10} {name:10} {SLOTS / seconds:12,.0f} slots/s")
    part = slowest / medians["pipeline"]
    print(f"{kind:10} pipeline at {part:.0%} of its slowest stage alone, {summed / medians['pipeline']:.0%} of all stages in a row")
    return part


def _way_out(count: int) -> Callable[[], object]:
    """Give the pipeline for so many plain slots."""
    bodies = pages(map(plain_slot, range(count)))
    store, objects = replayed_slots(bodies), replayed_objects([])
    return lambda: objects.write("archive", compressed(ical.write(stored.slot for stored in store.stream(OWNER))))


def growth(counts: list[int]) -> tuple[float, int]:
    """Print time per slot and peak memory at growing numbers; give the largest deviation in time and the largest peak."""
    runs = {count: _way_out(count) for count in counts}
    taken: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(ROUNDS):
        for count, run in runs.items():
            taken[count].append(statistics.median(_seconds(run) for _ in range(max(1, 50_000 // count))) / count)
    per_slot = {count: statistics.median(seconds) for count, seconds in taken.items()}
    peak = 0
    for count, run in runs.items():
        tracemalloc.start()
        if count <= 100_000:  # under a trace everything takes five times as long
            run()
        peak = max(peak, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        print(f"{count:9,} slots: {per_slot[count] / per_slot[counts[0]]:5.2f} x the time per slot, {peak / 1e6:5.1f} MB at most")
    return max(abs(value / per_slot[counts[0]] - 1) for value in per_slot.values()), peak


def main() -> None:
    """Print the comparison; with --check, fail far under the targets."""
    parts = [compare("plain", plain_slot), compare("realistic", realistic_slot)]
    deviation, peak = growth([10_000, 100_000, *([1_000_000] if "--million" in sys.argv else [])])
    part = " and ".join(f"{part:.0%}" for part in parts)
    print(f"=> the pipeline at {part} of its slowest stage alone (target {TARGET:.0%}), {peak / 1e6:.0f} MB at any size")
    if "--check" in sys.argv and (min(parts) < TARGET * 0.7 or peak > MOST_MEMORY or deviation > 0.5):
        sys.exit("far from the targets")


if __name__ == "__main__":
    main()
