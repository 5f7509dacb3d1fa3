"""A whole run of an export job, through the tasks of the state machine: from the slot table to json, ical, csv and zip.

AWS is replayed at the wire. It prints, at growing sizes, objects per second of processor time (AWS's own taken out, botocore's part
of each call in it), the requests to S3 and to DynamoDB, objects of the bucket that were read more than once, the state transitions,
and the peak of memory of a container that runs all tasks. Then the same of runs that write a file for each object.

    python -m benchmarks.export_job [--million] [--check]

Targets: at most 500 requests to S3 (with a file for each object one more for each of them), nothing read twice, 15 + 3 transitions
per shard, time linear within 15 %, and under 256 MB at any size. `--million` goes up to a million slots, and to 100,000 files.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks._replay import PAGE_BYTES, imported_slot
from benchmarks._slot_wire import RecordedSlots
from benchmarks._wire import Peak, measured_apart, replayed_services, spread_of
from chalicelib.domain.accounts import Caller
from chalicelib.domain.exports import Definition, RunRef
from chalicelib.domain.slots import Group, Slot
from chalicelib.formats.export_files.layout import EXTENSIONS
from chalicelib.services.import_groups import IMPORTS
from chalicelib.services.ports.slots import Owner
from chalicelib.tasks.export_job import export_step

JOB: Final = Definition(formats=("json", "csv", "ical"))
FILES: Final = Definition(formats=("ical",), one_file_per_object=("ical",))
MOST_REQUESTS: Final = 500
"""To S3, beside one for each file of a single object."""
MOST_MEMORY: Final = 256
"""MB, of a container that runs all tasks."""
MOST_SLOPE: Final = 1.5
"""Seconds an object takes, compared with the size before, over which `--check` fails; well over the target, for busy machines."""


class Measured(NamedTuple):
    """One run."""

    seconds: float
    transitions: int
    shards: int
    calls: dict[str, int]
    """By operation."""
    reads: int
    """The most often that an object of the bucket was read."""
    pages: int
    """Megabytes of the index that the slots take, which is what reading them once has to ask for."""
    archive: int
    """Bytes."""
    peak: int

    @property
    def s3(self) -> int:
        """Requests to S3."""
        return sum(number for name, number in self.calls.items() if name not in _DYNAMODB)


_DYNAMODB: Final = frozenset({"Query", "GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})


def run(count: int, folder: Path, definition: Definition = JOB, make: Callable[[int], Slot] = imported_slot) -> Measured:
    """Do one run of so many objects, with the bucket in `folder`."""
    nothing = RecordedSlots(make, 0, Owner(0))
    with replayed_services(folder, nothing) as services:
        user = services.accounts.sign_up(email="a@example.org", password="correct horse", name="A")
        caller, spread = Caller(user.id), spread_of(count)
        group = services.groups.create(caller, Group("", IMPORTS)).uuid
        if spread > 1:
            services.account_store.raise_spread(user.id, spread)

        def slot(number: int) -> Slot:
            return make(number)._replace(groups=(group,))

        recorded = services.slots_wire = RecordedSlots(slot, count, Owner(user.id, spread))
        export = services.export_jobs.create(caller, definition).export
        services.export_jobs.start(caller, export.id)
        services.meter.reset()
        peak = Peak()
        transitions, shards = _work(export.id)
        seconds, calls, most_memory = services.meter.seconds, dict(services.meter.calls), peak.megabytes()
        done = services.export_jobs.dossier(caller, export.id).export
        archive = services.bucket.path(RunRef(export.id, 1).archive_key("zip"))
        if done.state != "done" or _objects(archive, definition) != count:
            sys.exit(f"exported something else: {done}")
        most = max(services.bucket.reads.values())
        return Measured(
            seconds, transitions, shards, calls, most, -(-recorded.billed // PAGE_BYTES), archive.stat().st_size, most_memory
        )


def _work(export_id: int) -> tuple[int, int]:
    """Go through the states of the machine; give how many were entered, and the number of shards."""

    def step(name: str, **given: Any) -> Any:
        return export_step({"step": name, "export_id": export_id, "run": 1, **given}, None)

    shards = step("prepare")["shards"]
    for shard in shards:
        step("shard", shard=shard)
    for name in ("assemble", "publish", "finish"):
        step(name)
    # the choice at the start and the one of the order, five tasks, three maps, the end, and one per shard
    return 11 + len(shards), len(shards)


def _objects(path: Path, definition: Definition) -> int:
    """Count the objects in the archive."""
    with zipfile.ZipFile(path) as archive:
        if definition.one_file_per_object:
            return sum(name.endswith(f".{EXTENSIONS['ical']}") for name in archive.namelist())
        with archive.open("slots.csv") as rows:
            return sum(1 for _ in csv.DictReader(io.TextIOWrapper(rows, newline="")))


def main() -> None:
    """Print the tables; with `--check`, fail when a target is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--million", action="store_true")
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--one", nargs=2, metavar=("KIND", "COUNT"))
    given = arguments.parse_args()
    if given.one:
        kind, count = given.one
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(run(int(count), Path(folder), FILES if kind == "files" else JOB)._asdict()))
        return
    tables = {
        "job": [10_000, 100_000, *([1_000_000] if given.million else [])],
        "files": [1_000, 10_000, *([100_000] if given.million else [])],
    }
    missed = [fault for kind, counts in tables.items() for fault in table(kind, counts)]
    print(f"=> at most {MOST_REQUESTS} requests to S3, 15 + 3 transitions per shard, {MOST_MEMORY} MB: {missed or 'all kept'}")
    if missed and given.check:
        sys.exit(f"missed: {missed}")


def table(kind: str, counts: list[int]) -> list[str]:
    """Measure runs of growing size, and print them; give what is over its target."""
    missed = []
    before = 0.0
    print({"job": "json, csv, ical and zip", "files": "a file for each object, and zip"}[kind])
    print(
        f"{'objects':>10}{'objects/s':>11}{'time/object':>13}{'S3':>8}{'queries':>9}{'others':>8}{'MB read':>9}{'most reads':>12}"
        f"{'transitions':>13}{'peak MB':>9}"
    )
    found = None
    for count in counts:
        found = Measured(**measured_apart("benchmarks.export_job", kind, str(count)))
        slope, calls = found.seconds / count, Counter(found.calls)
        others = sum(number for name, number in calls.items() if name in _DYNAMODB - {"Query"})
        growth = slope / (before or slope)
        print(
            f"{count:>10,}{count / found.seconds:>11,.0f}{growth:>12.2f}x{found.s3:>8}{calls['Query']:>9}{others:>8}"
            f"{found.pages:>9}{found.reads:>12}{found.transitions:>13}{found.peak:>9}",
            flush=True,
        )
        requests = found.s3 - (count if kind == "files" else 0)
        if requests > MOST_REQUESTS or found.reads > 1 or found.transitions > 15 + 3 * found.shards:
            missed.append(f"requests of {count} {kind}")
        if found.peak > MOST_MEMORY or growth > MOST_SLOPE:
            missed.append(f"memory or growth of {count} {kind}")
        before = slope
    if found is not None:
        print(f"the last one's calls: {found.calls}\n")
    return missed


if __name__ == "__main__":
    main()
