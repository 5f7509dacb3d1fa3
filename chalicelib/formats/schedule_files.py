"""Reading a schedule from whatever file it comes in: iCalendar, the conference JSON of pretalx and frab, or CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import BytesSource, Rejection
from chalicelib.domain.schedule_entries import ScheduleEntry
from chalicelib.domain.slots import FLOATING, Slot
from chalicelib.formats import schedule_csv
from chalicelib.formats.encoding import encoding_of, utf8_chunks
from chalicelib.formats.ical.lines import walk
from chalicelib.formats.ical.text import unescape

_DURATION: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)")


def read(content: bytes, *, charset: str | None = None) -> Iterator[ScheduleEntry | Rejection]:
    """Yield the entries of a schedule file, recognised by its content.

    Raises `InvalidInput` (`empty_file`, `unknown_format`, `not_json` …), `InvalidEncoding`.
    """
    source = BytesSource(content)
    utf8 = b"".join(utf8_chunks(source, encoding_of(content[:4], charset))).removeprefix(b"\xef\xbb\xbf")
    start = utf8.lstrip()[:16].upper()
    if not start:
        raise InvalidInput("empty_file")
    if start.startswith(b"{"):
        return _conference(utf8)
    if start.startswith(b"BEGIN:VCALENDAR"):
        return _calendar(utf8)
    return schedule_csv.read(utf8.decode())


# iCalendar


def _calendar(content: bytes) -> Iterator[ScheduleEntry | Rejection]:
    from chalicelib.formats import ical

    for found in ical.read([content]):
        if isinstance(found, Rejection):
            yield found
        elif found.slot.recurring:
            yield Rejection(found.number, found.line, found.slot.uid, "a recurring event is no time slot: list its occurrences")
        else:
            yield _entry(found.number, found.line, found.slot)


def _entry(number: int, line: int, slot: Slot) -> ScheduleEntry | Rejection:
    seconds = (slot.end - slot.start).total_seconds() if slot.end is not None else None
    if seconds is not None and seconds % 60:
        return Rejection(number, line, slot.uid, "its end is not whole minutes after its start")
    said = _said(slot.ical)
    floating = slot.timezone == FLOATING or slot.all_day
    return ScheduleEntry(
        number=number,
        line=line,
        uid=slot.uid,
        title=slot.title.strip(),
        start=slot.start.replace(tzinfo=None) if floating else slot.start,
        minutes=int(seconds) // 60 if seconds is not None else None,
        places=(slot.location.name,) if slot.location is not None and slot.location.name else (),
        hosts=tuple((name, "") for name in dict.fromkeys(said.get("CONTACT", ()))),
        description=slot.description,
        cancelled=[status.upper() for status in said.get("STATUS", ())] == ["CANCELLED"],
    )


def _said(kept: str) -> dict[str, list[str]]:
    """Give what an event's own lines say of contact and status."""
    found: dict[str, list[str]] = {}
    for depth, line in walk(kept):
        if depth == 1 and line.name in ("CONTACT", "STATUS"):
            found.setdefault(line.name, []).append(unescape(line.value).strip())
    return found


# conference JSON


def _conference(content: bytes) -> Iterator[ScheduleEntry | Rejection]:
    try:
        days = orjson.loads(content)["schedule"]["conference"]["days"]
        found = [(name, event) for day in days for name, events in day["rooms"].items() for event in events]
    except orjson.JSONDecodeError as error:
        raise InvalidInput("not_json", line=error.lineno, column=error.colno, reason=error.msg) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput("unknown_format", expected="schedule.conference.days[].rooms{}") from error
    for number, (room, rooms, event) in enumerate(_joined(found), 1):
        yield _session(number, room, rooms, event)


def _joined(found: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Join what is the same session in several rooms: the same address, start and title."""
    rooms: dict[Any, list[str]] = {}
    firsts: dict[Any, tuple[str, Any]] = {}
    for number, (room, event) in enumerate(found):
        known = isinstance(event, dict) and bool(event.get("url"))
        key = tuple(str(event.get(name)) for name in ("url", "date", "title")) if known else number
        firsts.setdefault(key, (room, event))
        rooms.setdefault(key, []).append(room)
    for key, (room, event) in firsts.items():
        yield room, tuple(dict.fromkeys(rooms[key])), event


def _session(number: int, room: str, rooms: tuple[str, ...], event: Any) -> ScheduleEntry | Rejection:
    uid = str(event.get("guid") or "") if isinstance(event, dict) else ""
    try:
        start = datetime.fromisoformat(event["date"])
        return ScheduleEntry(
            number=number,
            line=0,
            uid=uid,
            title=_string(event, "title").strip(),
            start=start,
            minutes=_minutes(event),
            places=rooms,
            hosts=tuple((_person(person), "") for person in event.get("persons") or ()),
            teaser=_string(event, "abstract"),
            description=_string(event, "description"),
            notes=_string(event, "subtitle"),
            tags={name: (_string(event, name),) for name in ("track", "type", "language") if _string(event, name)},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Rejection(number, 0, uid, f"not a session of {room!r}: {error}")


def _minutes(event: Mapping[str, Any]) -> int:
    match = _DURATION.fullmatch(str(event.get("duration", "")))
    if match is None:
        raise ValueError(f"duration {event.get('duration')!r}")
    return int(match[1] or 0) * 1_440 + int(match[2]) * 60 + int(match[3])


def _person(person: Mapping[str, Any]) -> str:
    name = str(person.get("name") or person.get("public_name") or "").strip()
    if not name:
        raise ValueError("a person without a name")
    return name


def _string(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value
