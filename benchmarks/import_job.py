"""A whole import job: an uploaded calendar, through the tasks of the state machine, into the slot table, AWS replayed at the wire.

It prints, at growing sizes, events per second of processor time (AWS's own taken out, botocore's part of each call in it), the
calls to AWS, and the peak of memory of a container that runs all tasks. A job of which tasks are killed in the middle has to end
with the same report and each slot once.

    python -m benchmarks.import_job [--million] [--check]

Targets: calls at most ⌈n / 25⌉ batch writes, and three batch reads, because the user has no slots before; beside them, five and
a progress note per batch of a thousand. Time linear within 15 % and under 256 MB at any size.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from benchmarks._replay import plain_slot
from benchmarks._slot_wire import SlotSink
from benchmarks._wire import Killed, Peak, Replayed, measured_apart, replayed_services
from chalicelib.domain.accounts import Caller
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical
from chalicelib.services.import_options import ImportOptions
from chalicelib.tasks.slot_import import import_step

MOST_MEMORY: Final = 256
"""MB, of a container that runs all tasks."""
MOST_SLOPE: Final = 1.5
"""Seconds an event takes, compared with the size before, over which `--check` fails; well over the target, for busy machines."""
MOST_READS: Final = 3
"""Batch reads by an import into nothing, at any size: of the first hundred slots, each in two places once they are spread."""
KILLED: Final = 50_000
"""Events of the job whose tasks are killed."""
DEATHS: Final = (700, 1_500, 2_200)
"""The calls to AWS, counted over all tasks, at which a task dies."""


class Measured(NamedTuple):
    """One job."""

    seconds: float
    calls: dict[str, int]
    tasks: int
    looked_up: int
    """Keys."""
    peak: int
    report: dict[str, Any]


def start(services: Replayed, slots: Iterable[Slot]) -> tuple[Caller, dict[str, Any]]:
    """Upload a file and start its import; give the state of its first task."""
    user = services.accounts.sign_up(email="a@example.org", password="correct horse", name="A")
    caller = Caller(user.id)
    upload = services.import_jobs.open_upload(caller)
    services.objects.write(unquote(urlsplit(upload.url).path[1:]), ical.write(slots))
    services.import_jobs.start(caller, upload.id, ImportOptions())
    return caller, dict(services.machine.executions[upload.id])


def measure(count: int, make: Callable[[int], Slot] = plain_slot, *, deaths: tuple[int, ...] = ()) -> Measured:
    """Import so many events."""
    sink = SlotSink(keep=bool(deaths))
    with tempfile.TemporaryDirectory() as folder, replayed_services(Path(folder), sink) as services:
        caller, state = start(services, (make(number)._replace(groups=()) for number in range(count)))
        services.meter.reset()
        services.meter.deaths = list(deaths)
        peak = Peak()
        tasks = 0
        while state.get("next") != "finished":
            tasks += 1
            try:
                state = import_step(state, None)
            except Killed:
                continue
        seconds, calls = services.meter.seconds, dict(services.meter.calls)
        job = services.import_jobs.status(caller, state["import_id"])
        if sink.inserted != count or job.report is None or job.report["created"] != count:
            sys.exit(f"imported something else: {sink.inserted} slots, {job}")
        return Measured(seconds, calls, tasks, sink.keys, peak.megabytes(), {**job.report, "group": None})


def main() -> None:
    """Print the table; with `--check`, fail when a target is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--million", action="store_true")
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--one", type=int)
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.one)._asdict()))
        return
    missed = []
    before = 0.0
    print(f"{'events':>10}{'events/s':>10}{'time/event':>12}{'tasks':>7}{'writes':>8}{'reads':>7}{'others':>8}{'peak MB':>9}")
    for count in [10_000, 100_000, *([1_000_000] if given.million else [])]:
        found = Measured(**measured_apart("benchmarks.import_job", str(count)))
        calls = Counter(found.calls)
        writes, reads = calls.pop("BatchExecuteStatement"), calls.pop("BatchGetItem")
        slope = found.seconds / count
        before = before or slope
        print(
            f"{count:>10,}{count / found.seconds:>10,.0f}{slope / before:>11.2f}x{found.tasks:>7}{writes:>8}{reads:>7}"
            f"{sum(calls.values()):>8}{found.peak:>9}",
            flush=True,
        )
        if writes > -(-count // 25) + count // 1_000 or reads > MOST_READS:
            missed.append(f"calls at {count}: {found.calls}")
        if found.peak > MOST_MEMORY or slope > before * MOST_SLOPE:
            missed.append(f"memory or growth at {count}")
        before = slope
    print(f"others: {dict(calls)}")
    calm, killed = measure(KILLED), measure(KILLED, deaths=DEATHS)
    same = calm.report == killed.report
    print(f"{KILLED:,} events, {len(DEATHS)} of {killed.tasks} tasks killed: {'the same report' if same else killed.report}")
    counts = f"{writes} batch writes, {reads} batch reads (at most {MOST_READS}), {found.peak} MB (at most {MOST_MEMORY})"
    print(f"=> {count:,} events: {counts}; killed tasks {'change nothing' if same else 'change the report'}")
    if not same:
        missed.append("a killed task ends otherwise")
    if missed and given.check:
        sys.exit(f"missed: {missed}")


if __name__ == "__main__":
    main()
