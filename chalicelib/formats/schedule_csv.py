"""A schedule as CSV (RFC 4180, UTF-8): one time slot a row, for spreadsheets and back.

Cells that a spreadsheet would run as a formula are guarded, and come back unchanged. Several places or hosts stand in one
cell, a line each.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from chalicelib.domain.conventions import ScheduledSlot
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Rejection
from chalicelib.domain.schedule_entries import ScheduleEntry
from chalicelib.domain.slots import MAX_TEXT
from chalicelib.formats.outlook_csv.cells import guard, unguard

COLUMNS: Final = (
    "uid",
    "title",
    "start",
    "end",
    "duration",
    "locations",
    "hosts",
    "tags",
    "teaser",
    "description",
    "notes",
    "status",
)
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "event": "title",
    "subject": "title",
    "summary": "title",
    "name": "title",
    "location": "locations",
    "room": "locations",
    "rooms": "locations",
    "host": "hosts",
    "speaker": "hosts",
    "speakers": "hosts",
    "persons": "hosts",
    "abstract": "teaser",
    "minutes": "duration",
    "notestoattendees": "notes",
    "begin": "start",
    "guid": "uid",
}
_NUMBER: Final = re.compile(r"\d{1,6}")
_HOURS: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::00)?")
_HOST: Final = re.compile(r"(.*?)\s*<([^<>\s]+@[^<>\s]+)>", re.DOTALL)


def write(slots: Iterable[ScheduledSlot]) -> Iterator[bytes]:
    """Write the schedule, header first."""
    yield _row(COLUMNS)
    for scheduled in slots:
        slot, event = scheduled.slot, scheduled.event
        zone = scheduled.convention.zone
        texts = (
            scheduled.uid,
            event.title,
            slot.start.astimezone(zone).isoformat(),
            slot.end.astimezone(zone).isoformat(),
            str(slot.minutes),
            "\n".join(place.title for place in scheduled.places),
            "\n".join(host.name for host in slot.hosts),
            "\n".join(f"{title}: {value}" for title, values in event.tags.items() for value in values),
            event.teaser,
            event.description,
            slot.notes_to_attendees,
            "cancelled" if slot.cancelled else "confirmed",
        )
        yield _row(guard(text) for text in texts)


def read(text: str) -> Iterator[ScheduleEntry | Rejection]:
    """Read a schedule; columns in any order, separated by comma, semicolon or tab.

    Raises `InvalidInput("unknown_format")` when there are no columns for title, start and location.
    """
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    columns: list[str] = []
    number = 0
    try:
        for cells in rows:
            line, before = before + 1, rows.line_num
            if not columns:
                columns = [_column(cell) for cell in cells]
                if not {"title", "start", "locations"} <= set(columns):
                    raise InvalidInput("unknown_format", expected=["title", "start", "locations"])
            elif any(cell.strip() for cell in cells):
                number += 1
                yield _entry(number, line, dict(zip(columns, map(unguard, cells), strict=False)))
    except csv.Error as error:
        raise InvalidInput("unreadable_csv", line=rows.line_num, reason=str(error)) from error
    if not columns:
        raise InvalidInput("empty_file")


def _entry(number: int, line: int, cells: Mapping[str, str]) -> ScheduleEntry | Rejection:
    uid = cells.get("uid", "").strip()
    try:
        start = _moment(cells.get("start", ""))
        return ScheduleEntry(
            number=number,
            line=line,
            uid=uid,
            title=cells.get("title", "").strip(),
            start=start,
            minutes=_minutes(cells.get("duration", ""), cells.get("end", ""), start),
            places=_lines(cells.get("locations", "")),
            hosts=tuple(_host(text) for text in _lines(cells.get("hosts", ""))),
            teaser=_text(cells.get("teaser", "")),
            description=_text(cells.get("description", "")),
            notes=_text(cells.get("notes", "")),
            tags=_tags(cells.get("tags", "")),
            cancelled=cells.get("status", "").strip().casefold() == "cancelled",
        )
    except ValueError as error:
        return Rejection(number, line, uid, str(error))


def _row(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _column(cell: str) -> str:
    name = re.sub(r"[\s_-]+", "", cell.strip("\ufeff \t").casefold())
    return _OTHER_NAMES.get(name, name)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"start: not an ISO-8601 time: {text.strip()[:40]!r}") from None


def _minutes(duration: str, end: str, start: datetime) -> int | None:
    duration, end = duration.strip(), end.strip()
    if _NUMBER.fullmatch(duration):
        return int(duration)
    if hours := _HOURS.fullmatch(duration):
        return int(hours[1]) * 60 + int(hours[2])
    if duration:
        raise ValueError(f"duration: neither minutes nor hours:minutes: {duration[:40]!r}")
    if not end:
        return None
    try:
        seconds = (datetime.fromisoformat(end) - start).total_seconds()
    except (ValueError, TypeError):
        raise ValueError(f"end: not a time like start: {end[:40]!r}") from None
    if seconds % 60:
        raise ValueError("end: not whole minutes after start")
    return int(seconds) // 60


def _lines(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in cell.splitlines() if line.strip()))


def _host(text: str) -> tuple[str, str]:
    match = _HOST.fullmatch(text)
    return (match[1], match[2]) if match is not None else (text, "")


def _text(cell: str) -> str:
    if len(cell) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT} characters")
    return cell


def _tags(cell: str) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for line in _lines(cell):
        title, colon, value = line.partition(":")
        if not colon or not title.strip() or not value.strip():
            raise ValueError(f"tags: not `title: value`: {line[:40]!r}")
        tags[title.strip()] = (*tags.get(title.strip(), ()), value.strip())
    return tags
