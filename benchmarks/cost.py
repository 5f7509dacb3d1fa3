"""What a million slots cost on AWS: imported, kept for a month, exported as json, ical, csv and zip, and downloaded once.

    python -m benchmarks.cost [--check]

Units, requests, bytes and processor seconds are counted and measured on a part of the million, with AWS replayed at the wire,
and multiplied; the waiting for AWS that a task is billed for is reckoned from its calls. The prices here and in
`benchmarks.item_size` are AWS's list prices.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import orjson

from benchmarks import export_job, item_size
from benchmarks._replay import items, plain_slot, realistic_slot, replayed, replayed_objects
from chalicelib.aws.slot_table import DynamoSlotStore
from chalicelib.domain.accounts import Caller
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical
from chalicelib.services.import_options import ImportOptions
from tests.fakes.services import FakeServices

GB_SECOND: Final = 0.0000166667
"""Lambda on x86."""
TRANSITION: Final = 0.025 / 1_000
S3_WRITE: Final = 0.005 / 1_000
S3_READ: Final = 0.0004 / 1_000
S3_GB_MONTH: Final = 0.023
DOWNLOADED_GB: Final = 0.09
MEMORY_GB: Final = 1_769 / 1_024
CALL_SECONDS: Final = 0.01
"""What a call to DynamoDB or S3 is reckoned to take; calls of a batch go side by side, that is left out."""

MILLION: Final = 1_000_000
IMPORTED: Final = 20_000
EXPORTED: Final = 100_000
EXPORTS_MAY_COST: Final = 0.05
ALL_MAY_COST: Final = 3.00


def imported(slots: list[Slot]) -> tuple[float, Counter[str]]:
    """Import a calendar of these slots through the service; give its processor seconds and the calls it makes."""
    calls: Counter[str] = Counter()

    def answer(request: Any) -> tuple[dict[str, str], bytes]:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        calls[operation] += 1
        asked = orjson.loads(request.body)
        written: dict[str, Any] = {"Responses": [{} for _ in asked.get("Statements", ())]}
        body = orjson.dumps(written if "Statements" in asked else {"Responses": {}, "UnprocessedKeys": {}})
        return {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(crc32(body))}, body

    services = FakeServices()
    vars(services)["slot_store"] = DynamoSlotStore(
        replayed("dynamodb", answer), table="slots", objects=lambda: replayed_objects([])
    )
    user = services.accounts.sign_up(email="a@example.org", password="correct horse", name="A")
    content = b"".join(ical.write(slots))
    started = time.process_time()
    report = services.slot_import.import_file(Caller(user.id), content, ImportOptions(), until=time.time() + 3_600)
    seconds = time.process_time() - started
    if getattr(report, "created", 0) != len(slots):
        sys.exit(f"imported something else: {report}")
    return seconds, calls


def exported() -> tuple[float, int, Counter[str], int]:
    """Run an export job; give its processor seconds, state transitions, S3 requests, and the bytes of the archive."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        _, transitions, client = export_job.run(EXPORTED, Path(folder))
        seconds = time.process_time() - started
        archive = max(file.stat().st_size for file in Path(folder).rglob("*all.zip"))
    return seconds, transitions, Counter(client.requests), archive


def main() -> None:
    """Print the bill; with --check, fail when it is over what it may be."""
    print(f"Prices of {item_size.PRICES_OF}")
    seconds, transitions, requests, archive = exported()
    times = MILLION / EXPORTED
    writes = sum(count for name, count in requests.items() if name.startswith(("Put", "Create", "Upload", "Complete", "List")))
    reads = sum(count for name, count in requests.items() if name.startswith(("Get", "Head")))
    over = False
    for kind, make in (("plain", plain_slot), ("realistic", realistic_slot)):
        slots = [make(number) for number in range(IMPORTED)]
        table = item_size.cost_of(list(items(slots[: item_size.SLOTS])))
        written, read, stored = table.dollars()
        looked_up = MILLION * item_size.READ_UNIT
        working, calls = imported(slots)
        waiting = sum(calls.values()) * CALL_SECONDS
        scale = MILLION / IMPORTED
        bill_import = written + looked_up + (working + waiting) * scale * MEMORY_GB * GB_SECOND
        pages = MILLION * table.entry / 1_048_576
        bill_export = (
            (read - looked_up)
            + (seconds * times + (pages + sum(requests.values()) * times) * CALL_SECONDS) * MEMORY_GB * GB_SECOND
            + transitions * TRANSITION
            + (writes * S3_WRITE + reads * S3_READ) * times
        )
        size = archive * times / 1e9
        bill_kept = stored + size * 2 * S3_GB_MONTH  # the archive, and the files it holds compressed
        bill_download = size * DOWNLOADED_GB
        total = bill_import + bill_kept + bill_export + bill_download
        over = over or total > ALL_MAY_COST or bill_export > EXPORTS_MAY_COST
        print(
            f"{kind:10} imported {bill_import:5.2f} $ (of it {written:.2f} $ for {table.write_units:.1f} write units a slot),"
            f" kept a month {bill_kept:5.2f} $, exported {bill_export:6.3f} $, downloaded {bill_download:6.3f} $:"
            f" {total:5.2f} $ together"
        )
    print("What decides it: the two index entries that keep every slot in start order and by group, each a write of its own.")
    if over and "--check" in sys.argv:
        sys.exit("over the target")


if __name__ == "__main__":
    main()
