"""Making ZIP archives, beside the standard library's `zipfile` at level 6.

Ours deflates with isal and knows every size before it writes a header. Each archive is read back and compared. Rounds are
interleaved, the figures are medians of processor time.

    python -m benchmarks.archives [--check]
"""

from __future__ import annotations

import hashlib
import io
import statistics
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from isal import isal_zlib

from chalicelib.formats.archives.deflate import Deflater, deflate
from chalicelib.formats.archives.zip import Member, ZipContainer

MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK: Final = 1 << 18
LEAST: Final = 5.0
"""Times as fast as the anchor."""
MOST: Final = 1.3
"""Times as large as the anchor's archive."""


def calendar(size: int) -> bytes:
    """Make a calendar's text of about that many bytes, as varied as real ones."""
    out: list[str] = []
    written = 0
    number = 0
    while written < size:
        number += 1
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        out.append(
            f"BEGIN:VEVENT\r\nUID:{digest[:32]}@example.org\r\nDTSTAMP:20260101T000000Z\r\n"
            f"DTSTART:2026{number % 12 + 1:02d}{number % 28 + 1:02d}T{number % 24:02d}0000Z\r\n"
            f"SUMMARY:Meeting {number} about {digest[32:38]}\r\nDESCRIPTION:{digest[38:50]} and {digest[50:]}\r\nEND:VEVENT\r\n"
        )
        written += len(out[-1])
    return "".join(out).encode()[:size]


def ours(files: list[bytes]) -> bytes:
    """Make the archive as an export does: deflate, a file of a single object at once, then put headers around."""
    container = ZipContainer(MOMENT)
    out: list[bytes] = []
    for number, content in enumerate(files):
        if len(content) < CHUNK:
            data = [deflate(content)]
            member = Member(f"{number}.ics", len(content), isal_zlib.crc32(content), len(data[0]))
        else:
            deflater = Deflater()
            data = [*map(deflater.feed, _chunks(content)), deflater.finish()]
            member = Member(f"{number}.ics", deflater.size, deflater.crc, deflater.deflated)
        out.append(container.open(member))
        out += data
    out.append(container.close())
    return b"".join(out)


def anchor(files: list[bytes]) -> bytes:
    """Make the archive with `zipfile`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for number, content in enumerate(files):
            archive.writestr(f"{number}.ics", content)
    return out.getvalue()


def measure(make: Callable[[list[bytes]], bytes], files: list[bytes]) -> tuple[float, bytes]:
    """Give the processor seconds it took, and the archive."""
    started = time.process_time()
    made = make(files)
    return time.process_time() - started, made


def main() -> None:
    """Print the table; with `--check`, fail when a target is missed."""
    missed = False
    ratios: list[str] = []
    text = calendar(50_000_000)
    cases = {
        "1,000 x 20 kB": ([text[start : start + 20_000] for start in range(0, 20_000_000, 20_000)], 7),
        "10 x 50 MB": ([text] * 10, 1),
    }
    print(f"{'files':<16}{'zipfile MB/s':>14}{'ours MB/s':>12}{'faster':>9}{'larger':>9}")
    for name, (files, rounds) in cases.items():
        pairs = [(measure(anchor, files), measure(ours, files)) for _ in range(rounds)]
        theirs, mine = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
        (_, their_archive), (_, my_archive) = pairs[0]
        with zipfile.ZipFile(io.BytesIO(my_archive)) as archive:
            assert all(archive.read(f"{number}.ics") == content for number, content in enumerate(files[:20]))
        size = sum(map(len, files)) / 1e6
        faster, larger = theirs / mine, len(my_archive) / len(their_archive)
        ratios.append(f"{name} {faster:.1f} x as fast and {larger:.2f} x as large")
        missed |= faster < LEAST or larger > MOST
        print(f"{name:<16}{size / theirs:>14.0f}{size / mine:>12.0f}{faster:>8.1f}x{larger:>8.2f}x")
    print(f"=> ZIP of {', of '.join(ratios)} as zipfile (at least {LEAST:g}, at most {MOST})")
    if missed and "--check" in sys.argv:
        sys.exit(f"missed: at least {LEAST} times as fast, at most {MOST} times as large")


def _chunks(content: bytes) -> Iterator[bytes]:
    return (content[start : start + CHUNK] for start in range(0, len(content), CHUNK))


if __name__ == "__main__":
    main()
