"""A whole run of an export job: slots to json, ical, csv and zip, with real adapters on an S3 that is a folder.

The slots are made as they are read, so that what is measured is the run: rendering, compressing, assembling. It prints the
requests to S3, objects that were read more than once, the state transitions, the peak of memory and the rate, at growing sizes.

    python -m benchmarks.export_job [--million] [--check]
"""

# ruff: noqa: ARG002, D102 - stand-ins that need little of what they are given

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from chalicelib.aws.archive_bucket import S3ObjectStore
from chalicelib.domain.exports import Definition, Export, LogEntry, Run, RunRef
from chalicelib.domain.slots import Slot
from chalicelib.services.export_failures import ExportFailures
from chalicelib.services.export_run import ExportRun
from chalicelib.services.ports.exports import ExportObject, Limits, Shard
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.exports import FakeExportStore
from tests.fakes.folder_s3 import FolderS3
from tests.fakes.jobs import FakeMailer

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
MOST_REQUESTS: Final = 500
MOST_MEMORY: Final = 256
"""MB, of the whole process."""
MOST_SLOPE: Final = 1.15
"""Seconds per slot at a size, compared with the size before."""


class MadeSlots:
    """Fulfils `ObjectSource` with slots that are made when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def shards(self, export: Export, *, objects: int) -> Sequence[Shard]:
        starts = range(0, self._count, objects)
        return [
            Shard(number, str(start), str(start + objects), min(objects, self._count - start))
            for number, start in enumerate(starts)
        ]

    def objects(self, export: Export, shard: Shard) -> Iterator[ExportObject]:
        for number in range(int(shard.start or 0), int(shard.start or 0) + shard.objects):
            start = NOW + timedelta(minutes=number)
            uid = f"0845ce4a-fddc-4763-9b0b-{number:012d}"
            slot = Slot(
                uid, f"Slot title {number}", start, start + timedelta(minutes=45), description="Bring a pen " * 4, changed=NOW
            )
            yield ExportObject(uid, uid, slot)

    def is_sorted(self, export: Export) -> bool:
        return False

    def sort_key(self, export: Export, found: ExportObject) -> bytes:
        return b""

    def columns(self, export: Export) -> Sequence[str]:
        return ("uid", "title", "description", "visibility", "start", "end")

    def adds_columns(self, export: Export) -> bool:
        return False

    def record(self, export: Export, found: ExportObject) -> Mapping[str, Any]:
        slot = found.slot
        assert slot.end is not None
        return {
            "uid": slot.uid,
            "title": slot.title,
            "description": slot.description,
            "visibility": slot.visibility,
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
        }


class Deliverer:
    """No transport is asked for."""

    def deliver(self, delivery: object) -> None:
        raise AssertionError


def run(count: int, folder: Path) -> tuple[float, int, FolderS3]:
    """Do one run; gives its seconds, its state transitions, and what S3 was asked."""
    client = FolderS3(folder)
    objects = S3ObjectStore(client, bucket="b")
    exports = FakeExportStore()
    accounts = FakeAccountStore()
    source = MadeSlots(count)
    definition = Definition(formats=("json", "csv", "ical"))
    exports.create_export(Export(1, 7, NOW, definition, ""), LogEntry(0, "EXPORT_INSERT", NOW), limits=Limits(9, 9))
    was = exports.dossier(1)
    assert was is not None
    ref = RunRef(1, 1)
    begun = Run(ref, 7, 1, "pending", NOW)
    exports.begin_run(begun, was=was, next_run=None, log=LogEntry(1, "EXPORT_START", NOW), limits=Limits(9, 9))
    failures = ExportFailures(exports=exports, runs=exports, users=accounts, mailer=FakeMailer, clock=lambda: NOW)
    job = ExportRun(
        runs=exports,
        exports=exports,
        source=lambda _: source,
        objects=objects,
        transports=Deliverer(),  # type: ignore[arg-type]  # never asked
        failures=failures,
        clock=lambda: NOW,
    )
    started = time.perf_counter()
    outline = job.prepare(ref)
    for shard in outline.shards:
        job.write_shard(ref, shard)
    job.assemble(ref)
    job.publish(ref)
    job.finish(ref)
    seconds = time.perf_counter() - started
    done = exports.dossier(1)
    assert done is not None
    assert done.export.state == "done"
    with zipfile.ZipFile(folder / quote(ref.archive_key("zip"), safe="")) as archive, archive.open("slots.csv") as rows:
        assert sum(1 for _ in io.TextIOWrapper(rows)) == count + 1
    # entered states: the choice at the start and the one of the order, five tasks, three maps, the end, and one per shard
    return seconds, 11 + len(outline.shards), client


def main() -> None:
    """Print the table; with `--check`, fail when a target is missed."""
    sizes = [10_000, 100_000, *([1_000_000] if "--million" in sys.argv or "--check" in sys.argv else [])]
    missed = []
    before = 0.0
    print(f"{'slots':>10}{'slots/s':>10}{'S3 requests':>13}{'read twice':>12}{'transitions':>13}{'peak MB':>9}")
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            seconds, transitions, client = run(count, Path(folder))
        requests = sum(client.requests.values())
        twice = sum(times > 1 for times in client.read.values())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        print(f"{count:>10,}{count / seconds:>10,.0f}{requests:>13}{twice:>12}{transitions:>13}{peak:>9.0f}")
        slope = seconds / count
        if requests > MOST_REQUESTS or twice or peak > MOST_MEMORY or (before and slope > before * MOST_SLOPE):
            missed.append(count)
        before = slope
    print(dict(client.requests))
    if missed and "--check" in sys.argv:
        sys.exit(f"missed at {missed}")


if __name__ == "__main__":
    main()
