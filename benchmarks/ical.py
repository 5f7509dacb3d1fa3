"""Reading and writing iCalendar, beside `icalendar` and libical (C).

Rounds are interleaved, the figures are medians of CPU time, and the ratios medians of the ratio in each round; each
comparison first shows that both sides say the same of the same events, judged by `icalendar`. What is written goes to
a file that keeps nothing: ours batch after batch, as an export writes it, `icalendar`'s in one piece, as it makes it;
libical's text stays in its memory. libical is compared when its headers and a C compiler are there (Debian: libical-
dev). Memory is the peak while a stream is read or written that is never whole in memory.

    python -m benchmarks.ical [--check] [--million]
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import icalendar

from chalicelib.domain.imports import Entry
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical
from chalicelib.formats.ical.text import fold

EVENTS: Final = 10_000
FEW: Final = 400
"""Events that `icalendar` gets in a round; it takes as long for each of them as for each of many."""
ROUNDS: Final = 7
PIECE: Final = 65_536
FIRST: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
LEAST: Final = {
    "plain: write values": 70,
    "plain: read": 28,
    "realistic: read": 37,
    "  folded elsewhere": 33,
    "realistic: write unedited": 400,
    "realistic: write edited": 45,
    "  from the store": 28,
}
"""How many times as fast as `icalendar` under which `--check` fails; well below what is measured, for busy machines."""
MOST_MEMORY: Final = 30_000_000
"""Bytes, at any number of events."""


AGENDA: Final = (
    "Agenda of meeting {0}\\n\\n1. What was decided last time\\, and by whom\\n2. Numbers of the quarter\\; please read"
    "\\n3. Anything else that people want to talk about for some time"
    "\\n\\nDial in: https://meet.example.org/j/{0:010d}?pwd=c2VjcmV0\\, see you there"
)


class Row(NamedTuple):
    """One comparison; all works take seconds for a number of events."""

    name: str
    ours: Callable[[], object]
    anchor: Callable[[], object]
    anchor_events: int
    target: float
    """How many times as fast as `icalendar`."""
    libical: tuple[str, Path] | None = None
    libical_target: float = 0.0


def plain(count: int) -> Iterator[Slot]:
    """Make slots without anything special; their text is about 195 bytes."""
    stamp = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        start = FIRST + timedelta(minutes=15 * number)
        yield Slot(
            uid=f"0845ce4a-fddc-4763-9b0b-{number:012d}",
            title=f"Slot title {number}",
            start=start,
            end=start + timedelta(minutes=45),
            visibility="public",
            changed=stamp + timedelta(seconds=number),
        )


def realistic(count: int, *, octets: int = 75) -> Iterator[bytes]:
    """Make the text of events as groupware writes them, about 1.2 kB each, every fourth not in ASCII, folded at so many octets."""
    for number in range(count):
        place = "Größe M" if number % 4 == 0 else "size M"
        start = FIRST + timedelta(hours=number % 5_000)
        local, later = start.strftime("%Y%m%dT%H%M%S"), (start + timedelta(minutes=50)).strftime("%Y%m%dT%H%M%S")
        people = [
            f'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN="Doe, Jane {who}":mailto:jane{who}@example.org'
            for who in range(3)
        ]
        lines = [
            "BEGIN:VEVENT",
            f"DTSTART;TZID=Europe/Berlin:{local}",
            f"DTEND;TZID=Europe/Berlin:{later}",
            *(["RRULE:FREQ=WEEKLY;COUNT=10;BYDAY=MO,TH", f"EXDATE;TZID=Europe/Berlin:{local}"] if number % 3 == 0 else []),
            "DTSTAMP:20260101T000000Z",
            f"UID:{number:032x}@example.org",
            "ORGANIZER;CN=Ada Lovelace:mailto:ada@example.org",
            *people,
            "CREATED:20251201T101010Z",
            f"DESCRIPTION:{AGENDA.format(number)}",
            "LAST-MODIFIED:20260101T000000Z",
            f"LOCATION:Hall 5\\, second floor\\, {place}",
            f"SEQUENCE:{number % 4}",
            "STATUS:CONFIRMED",
            f"SUMMARY:Weekly meeting of team {number}\\, open to all",
            "TRANSP:OPAQUE",
            "CATEGORIES:Work,Meetings",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:Reminder",
            "TRIGGER:-P0DT0H15M0S",
            "END:VALARM",
            "END:VEVENT",
        ]
        yield "".join(_folded(line, octets) for line in lines).encode()


def _folded(line: str, octets: int) -> str:
    if octets == 75 or len(line.encode()) <= octets:
        return fold(line)
    pieces = re.findall(f".{{1,{octets - 2}}}", line)
    return "\r\n ".join(pieces) + "\r\n"


def calendar(events: Iterator[bytes]) -> bytes:
    """Put events into a calendar of another program's."""
    return b"".join([b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Else//EN\r\n", *events, b"END:VCALENDAR\r\n"])


def pieces(content: bytes) -> list[bytes]:
    """Cut a file as it arrives."""
    return [content[start : start + PIECE] for start in range(0, len(content), PIECE)]


def read(chunks: list[bytes]) -> list[Slot]:
    """Read all slots of a calendar that has nothing to reject."""
    return [entry.slot for entry in ical.read(chunks) if isinstance(entry, Entry)]


def _passed(chunks: list[bytes]) -> None:
    """Read a calendar as an import does, one slot after the other."""
    deque(ical.read(chunks), maxlen=0)


def _events(content: bytes) -> list[icalendar.Component]:
    return [event for each in icalendar.Calendar.from_ical(content, multiple=True) for event in each.walk("VEVENT")]


def _through_icalendar(slots: list[Slot]) -> bytes:
    made = icalendar.Calendar()
    for slot in slots:
        event = icalendar.Event()
        event.add("dtstamp", slot.changed)
        event.add("uid", slot.uid)
        event.add("dtstart", slot.start)
        event.add("dtend", slot.end)
        event.add("class", "PUBLIC")
        event.add("description", slot.description)
        event.add("summary", slot.title)
        made.add_component(event)
    return bytes(made.to_ical())


def _read_by_icalendar(content: bytes) -> None:
    """Parse, and look at the properties that a slot has, as the libical driver does."""
    events: list[Any] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    for event in events:
        _ = (
            event["UID"],
            event.get("SUMMARY"),
            event.get("DESCRIPTION"),
            event.get("LOCATION"),
            event["DTSTART"].dt,
            event["DTEND"].dt,
        )


def _edited_by_icalendar(parsed: icalendar.Calendar) -> bytes:
    for event in parsed.walk("VEVENT"):
        event["SUMMARY"] = icalendar.vText("Edited")
        event["SEQUENCE"] = icalendar.vInt(9)
    return bytes(parsed.to_ical())


def _edited(slots: list[Slot]) -> Iterator[Slot]:
    return (ical.edit(slot, {"title": "Edited", "sequence": 9}) for slot in slots)


def _written(slots: Iterable[Slot]) -> bytes:
    return b"".join(ical.write(slots))


def _written_out(slots: Iterable[Slot]) -> None:
    """Write a calendar as an export does, batch after batch; nothing is kept."""
    with Path(os.devnull).open("wb") as file:
        file.writelines(ical.write(slots))


def _edited_out(slots: list[Slot], times: int) -> None:
    for _ in range(times):
        _written_out(_edited(slots))


def _out(content: bytes) -> None:
    Path(os.devnull).write_bytes(content)


def rows(scratch: Path) -> list[Row]:
    """Make the works to compare; fails when the two sides of one do not say the same."""
    values = list(plain(EVENTS))
    few = values[:FEW]
    written = _written(values)
    own = written.replace(b"PRODID:-//Slotport//EN", b"PRODID:-//Else//EN")
    few_own = calendar(iter([_written(few).partition(b"METHOD:PUBLISH\r\n")[2].removesuffix(b"END:VCALENDAR\r\n")]))
    rich, few_rich = calendar(realistic(EVENTS)), calendar(realistic(FEW))
    elsewhere = calendar(realistic(EVENTS, octets=60))
    kept, kept_few = read(pieces(rich)), read([few_rich])
    parsed = icalendar.Calendar.from_ical(few_rich)
    _same(_events(_through_icalendar(few)), _events(_written(few)))
    _same(_events(few_own), _events(_written(read([few_own]))))
    _same(_events(few_rich), _events(_written(kept_few)))
    _same(_events(_edited_by_icalendar(icalendar.Calendar.from_ical(few_rich))), _events(_written(_edited(kept_few))))
    if list(map(revision_of, read(pieces(elsewhere)))) != list(map(revision_of, kept)):
        raise SystemExit("the same calendar folded elsewhere is read as another")
    print(f"plain: {len(own) / EVENTS:.0f} bytes an event, realistic: {len(rich) / EVENTS:.0f}\n")
    plain_file, rich_file, values_file = scratch / "plain.ics", scratch / "rich.ics", scratch / "values.tsv"
    plain_file.write_bytes(own)
    rich_file.write_bytes(rich)
    values_file.write_text("".join(f"{_tab(slot)}\n" for slot in values))
    own_pieces, rich_pieces, elsewhere_pieces = pieces(own), pieces(rich), pieces(elsewhere)
    parse: Callable[[], object] = lambda: _read_by_icalendar(few_rich)  # noqa: E731
    alone = [read([calendar(iter([event]))])[0] for event in realistic(1_000)]
    stored = [slot._replace(ical=str(slot.ical)) for slot in alone]
    return [
        Row(
            "plain: write values",
            lambda: _written_out(values),
            lambda: _out(_through_icalendar(few)),
            FEW,
            100,
            ("write", values_file),
            2,
        ),
        Row(
            "plain: read",
            lambda: _passed(own_pieces),
            lambda: _read_by_icalendar(few_own),
            FEW,
            40,
            ("read", plain_file),
            1.5,
        ),
        Row("realistic: read", lambda: _passed(rich_pieces), parse, FEW, 60, ("read", rich_file), 2),
        Row("  folded elsewhere", lambda: _passed(elsewhere_pieces), parse, FEW, 50, ("read", rich_file), 1.5),
        Row("realistic: write unedited", lambda: _written_out(kept), lambda: _out(parsed.to_ical()), FEW, 500),
        Row(
            "realistic: write edited",
            lambda: _edited_out(alone, EVENTS // len(alone)),
            lambda: _out(_edited_by_icalendar(parsed)),
            FEW,
            60,
        ),
        Row(
            "  from the store",
            lambda: _edited_out(stored, EVENTS // len(stored)),
            lambda: _out(_edited_by_icalendar(parsed)),
            FEW,
            40,
        ),
    ]


def _tab(slot: Slot) -> str:
    moments = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in (slot.changed, slot.start, slot.end))
    return "\t".join([slot.uid, *moments, slot.title])


def _same(first: list[icalendar.Component], second: list[icalendar.Component]) -> None:
    if first != second or [each.to_ical() for each in first] != [each.to_ical() for each in second]:
        raise SystemExit("the two sides do not say the same")


def _driver(scratch: Path) -> Path | None:
    """Build the libical driver; None where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    driver = scratch / "libical_driver"
    source = Path(__file__).with_name("libical_driver.c")
    done = subprocess.run([compiler, "-O2", "-o", driver, source, "-lical"], capture_output=True, check=False)
    return driver if done.returncode == 0 else None


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


class Measured(NamedTuple):
    """What an event took, in seconds, and how much longer it took the others; medians."""

    ours: float
    anchor: float
    native: float
    """Of libical; 0: not measured."""
    ratio: float
    """Times as fast as `icalendar`, round by round: the speed of a shared machine changes between them."""
    native_ratio: float


def measure(found: list[Row], driver: Path | None) -> dict[str, Measured]:
    """Measure all rows, round after round."""
    times: dict[str, tuple[list[float], list[float], list[float]]] = {row.name: ([], [], []) for row in found}
    for _ in range(ROUNDS):
        for row in found:
            ours, anchor, native = times[row.name]
            ours.append(_cpu(row.ours) / EVENTS)
            anchor.append(_cpu(row.anchor) / row.anchor_events)
            if driver is not None and row.libical is not None:
                done = subprocess.run([driver, *map(str, row.libical)], capture_output=True, check=True, text=True)
                native.append(float(done.stdout.split()[0]) / EVENTS)
    return {
        name: Measured(
            *(statistics.median(each) if each else 0.0 for each in (ours, anchor, native)),
            *(_median_ratio(other, ours) for other in (anchor, native)),
        )
        for name, (ours, anchor, native) in times.items()
    }


def _median_ratio(others: list[float], ours: list[float]) -> float:
    return statistics.median(other / mine for other, mine in zip(others, ours, strict=True)) if others else 0.0


def peaks(count: int) -> dict[str, int]:
    """Measure the peak memory in bytes of streams of `count` events."""

    def endless() -> Iterator[bytes]:
        yield b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Else//EN\r\n"
        some = b"".join(realistic(100))
        for _ in range(count // 100):
            yield some
        yield b"END:VCALENDAR\r\n"

    works: dict[str, Callable[[], Iterator[object]]] = {
        "read": lambda: iter(ical.read(endless())),
        "write": lambda: ical.write(plain(count)),
        "read and write": lambda: ical.write(entry.slot for entry in ical.read(endless()) if isinstance(entry, Entry)),
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
    """Print the tables; with `--check`, fail when something got much slower or memory grows."""
    faults = []
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        driver = _driver(scratch)
        found = rows(scratch)
        measured = measure(found, driver)
    print(f"{'':28}{'ours':>12}{'icalendar':>12}{'libical':>12}   {'x icalendar':>11}{'target':>8}{'x libical':>11}{'target':>8}")
    for row in found:
        took = measured[row.name]
        line = f"{row.name:28}{1 / took.ours:10,.0f}/s{1 / took.anchor:10,.0f}/s"
        line += f"{1 / took.native:10,.0f}/s" if took.native else f"{'-':>12}"
        line += f"   {took.ratio:11.1f}{row.target:8.0f}"
        line += f"{took.native_ratio:11.2f}{row.libical_target:8.1f}" if took.native else ""
        print(line)
        if took.ratio < LEAST[row.name]:
            faults.append(f"{row.name} is only {took.ratio:.1f} times as fast as icalendar")
        if took.native and took.native_ratio < 1:
            faults.append(f"{row.name} is slower than libical")
    if driver is None:
        print("\nlibical or a C compiler is not installed (Debian: libical-dev, gcc): not compared")
    sizes = (10_000, 100_000, 1_000_000) if "--million" in sys.argv else (10_000, 50_000)
    memory = {size: peaks(size) for size in sizes}
    print("\npeak memory, MB" + "".join(f"{size:>14,}" for size in sizes))
    for name in memory[sizes[0]]:
        print(f"{name:15}" + "".join(f"{memory[size][name] / 1e6:14.1f}" for size in sizes))
        if memory[sizes[-1]][name] > min(MOST_MEMORY, 2 * memory[sizes[0]][name] + 1_000_000):
            faults.append(f"{name} takes memory that grows")
    ratios = [f"{row.name.strip()} {measured[row.name].ratio:.0f} (target {row.target:g})" for row in found]
    print(f"\n=> times icalendar: {', '.join(ratios)}; memory {'grows' if any('memory' in fault for fault in faults) else 'flat'}")
    if faults and "--check" in sys.argv:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
