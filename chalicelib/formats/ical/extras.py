"""What a slot knows and iCalendar has no word for, in properties named ``X-SLOTPORT-…``; and slots made here, as text.

Each such property completes one that every program understands, and counts only while that one still says the same:
whoever changes a CLASS or a LOCATION elsewhere is believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import orjson

from chalicelib.domain.slots import FLOATING, Group, Location, Slot
from chalicelib.formats.exact_json import is_whole, loss
from chalicelib.formats.ical.lines import Line
from chalicelib.formats.ical.text import escape, fold, is_exact, unescape
from chalicelib.formats.ical.zones import known_zone

PREFIX: Final = "X-SLOTPORT-"
VISIBILITY: Final = PREFIX + "VISIBILITY"
TIMEZONE: Final = PREFIX + "TIMEZONE"
START: Final = PREFIX + "START"
END: Final = PREFIX + "END"
EXACT_UID: Final = PREFIX + "UID"
TITLE: Final = PREFIX + "TITLE"
DESCRIPTION: Final = PREFIX + "DESCRIPTION"
LOCATION: Final = PREFIX + "LOCATION"
MEDIA: Final = PREFIX + "MEDIA"
NOTES: Final = PREFIX + "NOTES"
SETTINGS: Final = PREFIX + "SETTINGS"
GROUPS: Final = PREFIX + "GROUPS"

OPEN: Final = "OPEN"
"""The `END` of an all-day slot without an end: without DTEND a date would last one day."""

UNCHANGED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""DTSTAMP of a slot that does not say when it was changed."""


def spell_utc(moment: datetime) -> str:
    """Write an instant as a UTC time, without its fraction of a second."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if moment.year >= 1_000 else _early(moment.astimezone(UTC)) + "Z"


def spell_local(moment: datetime) -> str:
    """Write what a clock shows."""
    return moment.strftime("%Y%m%dT%H%M%S") if moment.year >= 1_000 else _early(moment)


def spell_date(moment: datetime) -> str:
    """Write a date."""
    return spell_local(moment)[:8]


def _early(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds").replace("-", "").replace(":", "")


def place(location: Location) -> str:
    """Give a location as one line of text that people read."""
    town = f"{location.postalcode} {location.city}".strip()
    return ", ".join(part for part in (location.name, location.address, town, location.country) if part)


def render(slot: Slot, groups: Mapping[str, Group]) -> str:
    """Write a slot that has no kept text as a VEVENT; its groups are described where they are known."""
    return "".join(["BEGIN:VEVENT\r\n", *(fold(line.text) for line in lines_of(slot, groups)), "END:VEVENT\r\n"])


def lines_of(slot: Slot, groups: Mapping[str, Group]) -> Iterator[Line]:
    """Yield the properties of a slot that has no kept text, in the order in which they are written."""
    yield Line("DTSTAMP", "", spell_utc(slot.changed or UNCHANGED))
    yield Line("UID", "", escape(slot.uid))
    yield from time_lines(slot)
    yield Line("CLASS", "", "PUBLIC" if slot.visibility == "public" else "PRIVATE")
    yield Line("DESCRIPTION", "", escape(slot.description))
    yield Line("SUMMARY", "", escape(slot.title))
    if slot.sequence:
        yield Line("SEQUENCE", "", str(slot.sequence))
    yield from location_lines(slot.location)
    yield from extra_lines(slot)
    if slot.groups:
        described = [groups.get(uuid) or Group(uuid, "") for uuid in slot.groups]
        yield _json(GROUPS, [{key: value for key, value in group._asdict().items() if value} for group in described])


def time_lines(slot: Slot) -> Iterator[Line]:
    """Yield DTSTART and DTEND: in the slot's zone where that names the instant, else in UTC."""
    yield time_line("DTSTART", slot.start, slot)
    if slot.end is not None:
        yield time_line("DTEND", slot.end, slot)


def time_line(name: str, moment: datetime, slot: Slot) -> Line:
    """Write one time of a slot."""
    if slot.all_day:
        return Line(name, ";VALUE=DATE", spell_date(moment))
    if moment.tzinfo is None:
        return Line(name, "", spell_local(moment))
    local = _local(moment, slot.timezone)
    if local is None:
        return Line(name, "", spell_utc(moment))
    return Line(name, f";TZID={slot.timezone}", spell_local(local))


def _local(moment: datetime, timezone: str | None) -> datetime | None:
    zone = known_zone(timezone) if timezone is not None and timezone != FLOATING else None
    return wall_clock(moment, zone.rules) if zone is not None and zone.name == timezone else None


def wall_clock(moment: datetime, rules: tzinfo) -> datetime | None:
    """Give what the clock of a zone shows at an instant; None where that does not name it: in the second 2:30 of a night, and
    where it shows a year before 1 or after 9999."""
    try:
        local = moment.astimezone(rules)
        back = local.replace(tzinfo=None, fold=0).replace(tzinfo=rules).astimezone(UTC)
    except OverflowError:
        return None
    return local if back == moment else None


def location_lines(location: Location | None) -> Iterator[Line]:
    """Yield LOCATION and GEO."""
    if location is None:
        return
    text = place(location)
    if text:
        yield Line("LOCATION", "", escape(text))
    if location.latitude is not None and location.longitude is not None:
        yield Line("GEO", "", f"{location.latitude!r};{location.longitude!r}")


def extra_lines(slot: Slot) -> Iterator[Line]:
    """Yield what only we understand, groups aside."""
    if slot.visibility in ("friends", "foaf"):
        yield Line(VISIBILITY, "", slot.visibility)
    if (
        slot.timezone is not None
        and slot.timezone != FLOATING
        and (slot.all_day or slot.start.tzinfo is None or _local(slot.start, slot.timezone) is None)
    ):
        yield Line(TIMEZONE, "", escape(slot.timezone))
    if slot.start.microsecond:
        yield Line(START, "", slot.start.isoformat())
    if slot.end is None and slot.all_day:
        yield Line(END, "", OPEN)
    elif slot.end is not None and slot.end.microsecond:
        yield Line(END, "", slot.end.isoformat())
    for name, text in ((EXACT_UID, slot.uid), (TITLE, slot.title), (DESCRIPTION, slot.description)):
        if not is_exact(text):
            yield _json(name, text)
    location = slot.location
    if location is not None and _seen(location) != location:
        yield _json(LOCATION, {key: value for key, value in location._asdict().items() if value not in ("", None)})
    if slot.media:
        yield _json(MEDIA, slot.media)
    if slot.notes:
        yield _json(NOTES, slot.notes)
    if slot.settings is not None:
        yield _json(SETTINGS, slot.settings)


def _json(name: str, value: object) -> Line:
    return Line(name, "", escape(orjson.dumps(value).decode().replace("\x7f", "\\u007f")))


def _parsed(properties: Mapping[str, Line], name: str, kind: type) -> Any:
    """Read the JSON of a property; None when it is not there or not of its kind."""
    line = properties.get(name)
    if line is None:
        return None
    text = unescape(line.value).encode()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, kind) and (is_whole(text, value) or loss(text) is None) else None


def read_place(properties: Mapping[str, Line]) -> Location | None:
    """Read LOCATION and GEO as every program does."""
    name = unescape(properties["LOCATION"].value) if "LOCATION" in properties else ""
    latitude, longitude = parse_geo(unescape(properties["GEO"].value)) if "GEO" in properties else (None, None)
    return Location(name=name, latitude=latitude, longitude=longitude) if name or latitude is not None else None


def parse_geo(value: str) -> tuple[float, float] | tuple[None, None]:
    """Read an unescaped GEO (RFC 5545 §3.8.1.6); two Nones for what is no place on Earth."""
    latitude, _, longitude = value.partition(";")
    try:
        place = (float(latitude), float(longitude))
    except ValueError:
        return (None, None)
    return place if abs(place[0]) <= 90 and abs(place[1]) <= 180 else (None, None)


def complete(slot: Slot, properties: Mapping[str, Line]) -> Slot:
    """Add to a slot what our properties know better, as far as they do not contradict the others."""
    if not any(name.startswith(PREFIX) for name in properties):
        return slot
    visibility = properties[VISIBILITY].value if VISIBILITY in properties else ""
    if slot.visibility == "private" and visibility in ("friends", "foaf"):
        slot = slot._replace(visibility="friends" if visibility == "friends" else "foaf")
    if TIMEZONE in properties and slot.timezone is None:
        slot = slot._replace(timezone=unescape(properties[TIMEZONE].value))
    slot = slot._replace(
        uid=_exact_text(properties, EXACT_UID, slot.uid),
        title=_exact_text(properties, TITLE, slot.title),
        description=_exact_text(properties, DESCRIPTION, slot.description),
        start=_exact_moment(properties, START, slot.start) or slot.start,
        end=_exact_moment(properties, END, slot.end),
        location=_exact_location(properties, slot.location),
        media=tuple(_parsed(properties, MEDIA, list) or ()),
        notes=tuple(_parsed(properties, NOTES, list) or ()),
        settings=_parsed(properties, SETTINGS, dict),
    )
    if slot.all_day and END in properties and properties[END].value == OPEN and not {"DTEND", "DURATION"} & properties.keys():
        slot = slot._replace(end=None)
    return slot


def groups_of(properties: Mapping[str, Line]) -> tuple[Group, ...]:
    """Read the groups an entry says it is in."""
    found = []
    for item in _parsed(properties, GROUPS, list) or ():
        if isinstance(item, dict):
            texts = {key: item[key] for key in ("uuid", "name", "image", "description") if isinstance(item.get(key), str)}
            found.append(Group(**{"uuid": "", "name": "", **texts}, public=item.get("public") is True))
    return tuple(found)


def _exact_text(properties: Mapping[str, Line], name: str, text: str) -> str:
    exact = _parsed(properties, name, str)
    return exact if exact is not None and unescape(escape(exact)) == text else text


def _exact_moment(properties: Mapping[str, Line], name: str, moment: datetime | None) -> datetime | None:
    line = properties.get(name)
    if line is None or moment is None:
        return moment
    try:
        exact = datetime.fromisoformat(line.value)
    except ValueError:
        return moment
    if exact.tzinfo is not None:
        exact = exact.astimezone(UTC)
    return exact if exact.tzinfo == moment.tzinfo and exact.replace(microsecond=0) == moment else moment


def _exact_location(properties: Mapping[str, Line], location: Location | None) -> Location | None:
    parts = _parsed(properties, LOCATION, dict)
    if parts is None:
        return location
    texts = {key: parts[key] for key in Location._fields[:5] if isinstance(parts.get(key), str)}
    latitude, longitude = (
        float(parts[key]) if isinstance(parts.get(key), int | float) else None for key in ("latitude", "longitude")
    )
    exact = Location(**texts, latitude=latitude, longitude=longitude)
    return exact if _seen(exact) == location else location


def _seen(location: Location) -> Location | None:
    """Give what other programs see of a location."""
    return read_place({line.name: line for line in location_lines(location)})
