"""What a million slots cost on AWS: imported, kept for a month, exported as json, ical, csv and zip, and downloaded once.

    python -m benchmarks.cost [--check]

Units, requests, bytes and processor seconds are counted and measured on a part of the million, with AWS replayed at the wire,
and multiplied; the waiting for AWS that a task is billed for is reckoned from its calls. The prices here and in
`benchmarks.item_size` are AWS's list prices.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks import export_job, import_job, item_size
from benchmarks._replay import imported_slot, items, realistic_slot
from chalicelib.domain.slots import Slot

GB_SECOND: Final = 0.0000166667
"""Lambda on x86."""
TRANSITION: Final = 0.025 / 1_000
S3_WRITE: Final = 0.005 / 1_000
S3_READ: Final = 0.0004 / 1_000
S3_WRITES: Final = (
    *("PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"),
    *("ListObjectsV2", "ListMultipartUploads"),
)
"""Those that are billed as writes; removing is free."""
S3_READS: Final = ("GetObject", "HeadObject")
S3_GB_MONTH: Final = 0.023
DOWNLOADED_GB: Final = 0.09
MEMORY_GB: Final = 1_769 / 1_024
CALL_SECONDS: Final = 0.01
"""What a call to DynamoDB or S3 is reckoned to take; calls of a batch go side by side, that is left out."""

MILLION: Final = 1_000_000
IMPORTED: Final = 20_000
EXPORTED: Final = 50_000
EXPORTS_MAY_COST: Final = 0.05
ALL_MAY_COST: Final = 3.00


def exported(make: Callable[[int], Slot]) -> export_job.Measured:
    """Run an export job."""
    with tempfile.TemporaryDirectory() as folder:
        return export_job.run(EXPORTED, Path(folder), make=make)


def main() -> None:
    """Print the bill; with --check, fail when it is over what it may be."""
    print(f"Prices of {item_size.PRICES_OF}")
    over = False
    totals: list[str] = []
    for kind, make in (("plain", imported_slot), ("realistic", realistic_slot)):
        table = item_size.cost_of(list(items(make(number) for number in range(item_size.SLOTS))))
        written, read, stored = table.dollars()
        run = exported(make)
        times = MILLION / EXPORTED
        writes = sum(run.calls.get(name, 0) for name in S3_WRITES)
        reads = sum(run.calls.get(name, 0) for name in S3_READS)
        transitions = run.transitions + run.shards * (times - 1)
        job = import_job.measure(IMPORTED, make)
        waiting = sum(job.calls.values()) * CALL_SECONDS
        scale = MILLION / IMPORTED
        looked_up = item_size.looking_up(job.looked_up * scale)
        bill_import = written + looked_up + (job.seconds + waiting) * scale * MEMORY_GB * GB_SECOND
        bill_export = (
            2 * read  # once to cut the shards, once to write them
            + (run.seconds + sum(run.calls.values()) * CALL_SECONDS) * times * MEMORY_GB * GB_SECOND
            + transitions * TRANSITION
            + (writes * S3_WRITE + reads * S3_READ) * times
        )
        size = run.archive * times / 1e9
        bill_kept = stored + size * 2 * S3_GB_MONTH  # the archive, and the files it holds compressed
        bill_download = size * DOWNLOADED_GB
        total = bill_import + bill_kept + bill_export + bill_download
        totals.append(f"{kind} {total:.2f} $, of it exported {bill_export:.3f} $")
        over = over or total > ALL_MAY_COST or bill_export > EXPORTS_MAY_COST
        print(
            f"{kind:10} imported {bill_import:5.2f} $ (of it {written:.2f} $ for {table.write_units:.1f} write units a slot),"
            f" kept a month {bill_kept:5.2f} $, exported {bill_export:6.3f} $, downloaded {bill_download:6.3f} $:"
            f" {total:5.2f} $ together"
        )
    twice = 2 * item_size.looking_up(MILLION)
    print(f"Into a calendar that is not empty each is looked up first, in two places once it is that large: {twice:.2f} $ more.")
    print("What decides it: the two index entries that keep every slot in start order and by group, each a write of its own.")
    print(f"=> a million slots: {'; '.join(totals)} (at most {ALL_MAY_COST:.2f} and {EXPORTS_MAY_COST})")
    if over and "--check" in sys.argv:
        sys.exit("over the target")


if __name__ == "__main__":
    main()
