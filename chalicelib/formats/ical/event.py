"""One VEVENT as a slot: what its properties mean (RFC 5545 §3.6.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Group, Slot, Visibility
from chalicelib.formats.ical import extras
from chalicelib.formats.ical.lines import Line, param, parse_line, parse_params
from chalicelib.formats.ical.nested import UNREADABLE, readable
from chalicelib.formats.ical.stream import MAX_LINE
from chalicelib.formats.ical.text import unescape
from chalicelib.formats.ical.times import ONE_DAY, Frame, Moment, moment, next_midnight, parse_duration, parse_moment
from chalicelib.formats.ical.zones import custom_zone, known_zone

MAX_DEPTH: Final = 20
"""Components in each other."""
RECURRENCE: Final = ("RRULE", "RDATE", "RECURRENCE-ID")
STANDS_FOR_START: Final = ("RECURRENCE-ID", "RDATE", "DTEND", "DTSTAMP", "CREATED", "LAST-MODIFIED")
"""What an entry without a readable DTSTART is put at: the first of these that it has."""
NOWHEN: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - floating
"""Where an entry that names no time at all stands."""
LAST_DAY: Final = datetime(9999, 12, 31)  # noqa: DTZ001
TIMES: Final = frozenset(("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"))
_TZID: Final = re.compile(r';TZID=(?:"[^"]+"|[^";:]+)')
_EMPTY_TZID: Final = re.compile(r';TZID=(?:"")?(?=;|$)', re.IGNORECASE)

Properties = Mapping[str, Line]
"""The properties of one component by name; of several of one name the last."""


class Unreadable(ValueError):
    """An entry that cannot be imported, and why."""


class Event(NamedTuple):
    """A VEVENT that has been read."""

    slot: Slot
    groups: tuple[Group, ...]
    dropped: int = 0
    """Lines that are no properties and have been left out."""
    startless: bool = False
    """Whether it has no DTSTART."""
    nested: int = 0
    """Other VEVENTs that stand in it."""
    unreadable: int = 0
    """Lines that make no sense, kept as `nested.UNREADABLE`."""
    senseless_zone: bool = False
    """Whether it names a zone whose VTIMEZONE makes no sense. That is not kept: most programs refuse all of a file with it."""


def read_event(lines: list[str], frame: Frame) -> Event:
    """Read the unfolded lines of one VEVENT, from BEGIN to END, and keep their text. Raises `Unreadable`."""
    properties: dict[str, Line] = {}
    kept: list[Line] = []
    own_times: list[int] = []
    tzids: set[str] = set()
    open_names: list[str] = []
    dropped = nested = unreadable = 0
    senseless: str | None = None
    for text in lines:
        if len(text) > MAX_LINE or (len(text) * 4 > MAX_LINE and len(text.encode()) > MAX_LINE):
            raise Unreadable(f"a line is longer than {MAX_LINE} bytes")
        if "\0" in text:
            raise Unreadable("it contains a NUL character (RFC 5545 §3.1)")
        line = parse_line(text.rstrip("\r").replace("\r", "\\n"))
        if line is None:
            dropped += 1
            continue
        if line.name == "BEGIN":
            kind = line.value.replace("\\n", " ").strip().upper()  # a CR is no part of a name
            if open_names:
                nested += kind == "VEVENT"
                if kind in ("VTIMEZONE", "VCALENDAR"):  # one would have to stand beside the event, and the other around it
                    unreadable += 1
                    kind = UNREADABLE
            open_names.append(kind)
            if len(open_names) > MAX_DEPTH:
                raise Unreadable(f"components are nested deeper than {MAX_DEPTH}")
            line = Line("BEGIN", "", open_names[-1])
        elif line.name == "END":
            line = Line("END", "", open_names.pop())
        else:
            if line.name in TIMES and len(open_names) == 1:
                line = anchored(_without_blanks(line), frame)
                own_times.append(len(kept))
            if line.params:
                tzids.update(parse_params(line.params).get("TZID", ())[:1])
            found = readable(line, open_names[-1])
            if line.name == "DTSTART" and len(open_names) == 1:
                senseless = found.value if found is not line else None
            if found is not line:
                line = found
                unreadable += 1
            if len(open_names) == 1:
                properties[line.name] = line
        kept.append(line)
    if senseless is not None:
        raise Unreadable(f"DTSTART is no date or time (RFC 5545 §3.8.2.4): {senseless[:80]!r}")
    start = start_of(properties, frame)
    recurring = any(name in properties for name in RECURRENCE)
    for at in own_times:
        if kept[at].name in ("DTSTART", "DTEND") or (kept[at].name == "EXDATE" and not recurring):
            kept[at] = _beside(start, kept[at], properties)
    described = [frame.vtimezones[tzid] for tzid in sorted(tzids) if tzid in frame.vtimezones and known_zone(tzid) is None]
    vtimezones = [component for component in described if custom_zone(component) is not None]
    slot = slot_of(properties, frame)
    groups = extras.groups_of(properties)
    text = "".join([line.folded for line in kept])
    if any(name.startswith(extras.PREFIX) for name in properties):
        own = slot._replace(groups=tuple(group.uuid for group in groups), changed=_changed(properties))
        if extras.render(own, {group.uuid: group for group in groups}) == text:
            return Event(own._replace(groups=()), groups)
    return Event(
        slot._replace(ical="".join(vtimezones) + text),
        groups,
        dropped,
        "DTSTART" not in properties,
        nested,
        unreadable,
        vtimezones != described,
    )


def anchored(line: Line, frame: Frame) -> Line:
    """Write the calendar's zone at a time without one, so that it means the same outside its calendar."""
    if frame.zone == FLOATING or param(line.params, "TZID"):
        return line
    values = line.value.split(",")
    if not any(_is_floating(part) for value in values for part in value.split("/")):
        return line
    if frame.zone == "UTC":
        mark = ["/".join(part + "Z" if _is_floating(part) else part for part in value.split("/")) for value in values]
        return line._replace(value=",".join(mark))
    return line._replace(params=f"{_EMPTY_TZID.sub('', line.params)};TZID={frame.zone}")


def _beside(start: Moment, line: Line, properties: Properties) -> Line:
    """Write the start's zone at a time without one that stands beside it, because that is how it is read."""
    if start.kind == "floating":
        return line
    if start.kind == "zoned" and _is_floating(line.value) and not param(line.params, "TZID"):
        for name in ("DTSTART", *STANDS_FOR_START):
            found = _TZID.search(properties[name].params) if name in properties else None
            if found is not None:
                return line._replace(params=_EMPTY_TZID.sub("", line.params) + found[0])
    return anchored(line, Frame("UTC"))


def _without_blanks(line: Line) -> Line:
    """Drop blanks around times without a zone, which then can be seen to be some."""
    if line.value.isprintable() and " " not in line.value:
        return line
    parts = [[part.strip() for part in value.split("/")] for value in line.value.split(",")]
    if not any(_is_floating(part) for value in parts for part in value):
        return line
    return line._replace(value=",".join(map("/".join, parts)))


def _is_floating(value: str) -> bool:
    try:
        return moment(value, "", Frame()).kind == "floating"
    except (ValueError, OverflowError):
        return False


def start_of(properties: Properties, frame: Frame) -> Moment:
    """Tell where a component stands. Raises `Unreadable`."""
    return _start(properties["DTSTART"], frame) if "DTSTART" in properties else _stand_in(properties, frame)


def slot_of(properties: Properties, frame: Frame) -> Slot:
    """Make a slot of a component's properties, without its text. Raises `Unreadable`."""
    start = start_of(properties, frame)
    _text(properties, "LOCATION", MAX_TITLE)
    return extras.complete(
        Slot(
            uid=_text(properties, "UID", MAX_TEXT),
            title=_text(properties, "SUMMARY", MAX_TITLE),
            start=start.value,
            end=_end(properties, start, frame),
            visibility=_visibility(properties),
            all_day=start.kind == "date",
            timezone=start.timezone,
            location=extras.read_place(properties),
            description=_text(properties, "DESCRIPTION", MAX_TEXT),
            recurring=any(name in properties for name in RECURRENCE),
            sequence=_sequence(properties),
        ),
        properties,
    )


def _text(properties: Properties, name: str, limit: int) -> str:
    line = properties.get(name)
    if line is None:
        return ""
    text = unescape(line.value)
    if len(text) > limit:
        raise Unreadable(f"{name} is longer than {limit} characters")
    return text


def _visibility(properties: Properties) -> Visibility:
    line = properties.get("CLASS")
    return "public" if line is not None and line.value.strip().upper() == "PUBLIC" else "private"


def _changed(properties: Properties) -> datetime | None:
    stamp = _moment(properties, "DTSTAMP", Frame())
    return stamp.value if stamp is not None and stamp.kind == "utc" else None


def _sequence(properties: Properties) -> int:
    line = properties.get("SEQUENCE")
    value = line.value.strip() if line is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _moment(properties: Properties, name: str, frame: Frame) -> Moment | None:
    line = properties.get(name)
    if line is None:
        return None
    try:
        return parse_moment(line, frame)
    except (ValueError, OverflowError):
        return None


def _start(line: Line, frame: Frame) -> Moment:
    try:
        return parse_moment(line, frame)
    except OverflowError as error:
        raise Unreadable(f"DTSTART is outside the calendar, which has the years 1 to 9999: {line.text[:80]!r}") from error
    except ValueError as error:
        raise Unreadable(f"DTSTART is no date or time (RFC 5545 §3.8.2.4): {line.value[:80]!r}") from error


def _stand_in(properties: Properties, frame: Frame) -> Moment:
    for name in STANDS_FOR_START:
        line = properties.get(name)
        if line is None:
            continue
        first = line.value.partition(",")[0].partition("/")[0]
        found = _moment({name: line._replace(value=first)}, name, frame)
        if found is not None:
            return found
    return Moment(NOWHEN, "floating")


def _end(properties: Properties, start: Moment, frame: Frame) -> datetime | None:
    """Tell the end by DTEND, else by DURATION, else one day after a date and open after a time (RFC 5545 §3.6.1)."""
    end = _moment(properties, "DTEND", frame)
    if end is None and "DURATION" in properties:
        try:
            end = start.plus(parse_duration(properties["DURATION"].value))
        except (ValueError, OverflowError):
            end = None
    if end is None:
        return _day_after(start.local) if start.kind == "date" else None
    if start.kind == "date":
        return _midnight(end.local)
    if start.kind == "floating":
        return end.local
    if end.kind in ("date", "floating"):  # it is in the start's zone
        return _utc_or_none(end._replace(kind=start.kind, zone=start.zone))
    return _utc_or_none(end)


def _day_after(local: datetime) -> datetime | None:
    return local + ONE_DAY if local < LAST_DAY else None


def _midnight(local: datetime) -> datetime | None:
    return next_midnight(local) if local <= LAST_DAY else None


def _utc_or_none(end: Moment) -> datetime | None:
    try:
        return end.value.astimezone(UTC)
    except OverflowError:
        return None
