"""A schedule as the conference formats see it: days, rooms, and an entry for each room a time slot is in.

The frab/pentabarf family of formats (https://c3voc.de/wiki/schedule) has one room to an entry, ASCII acronyms and slugs, and
ids and guids that are unique over the whole schedule.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from chalicelib.domain.conventions import Convention, Place, ScheduledSlot

TRACK: Final = ("track",)
KIND: Final = ("type", "event-type", "event_type")
LANGUAGE: Final = ("language", "lang")
_FURTHER_ROOM: Final = 1_000_000_000
"""Added to a time slot's id for each further room it is in: ids of time slots stay below."""
_UNWRITABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(NamedTuple):
    """A time slot in one of its rooms."""

    scheduled: ScheduledSlot
    place: Place
    id: int
    guid: str
    slug: str
    start: datetime
    """In the convention's zone."""
    url: str

    @property
    def end(self) -> datetime:
        """In the convention's zone."""
        return self.scheduled.slot.end.astimezone(self.start.tzinfo)

    def tag(self, titles: Sequence[str]) -> str:
        """Give the first value of the first of these tag types, compared without case; empty when there is none."""
        by_title = {title.casefold(): values for title, values in self.scheduled.event.tags.items()}
        return next((by_title[title][0] for title in titles if by_title.get(title)), "")


class Day(NamedTuple):
    """A day in the convention's zone, from midnight to midnight, with its entries by room."""

    number: int
    """Counted from 1."""
    date: date
    start: datetime
    end: datetime
    rooms: Sequence[tuple[Place, Sequence[Entry]]]


class Conference(NamedTuple):
    """The whole schedule."""

    convention: Convention
    acronym: str
    days: Sequence[Day]
    rooms: Sequence[Place]
    minutes: int
    """The grid all times are on."""
    version: str


def arrange(convention: Convention, slots: Iterable[ScheduledSlot], *, version: str, url: str) -> Conference:
    """Arrange time slots by day and room. An entry's address is `url` and the time slot's id."""
    acronym = acronym_of(convention)
    entries = [entry for scheduled in slots for entry in _entries(scheduled, acronym, url)]
    rooms = sorted({entry.place.slug: entry.place for entry in entries}.values(), key=lambda place: (place.title, place.slug))
    dates = sorted({entry.start.date() for entry in entries}) or [convention.start_date or convention.created.date()]
    days = [_day(number, date, convention, rooms, entries) for number, date in enumerate(dates, 1)]
    grid = math.gcd(*(number for entry in entries for number in (entry.start.minute, entry.scheduled.slot.minutes))) or 5
    return Conference(convention, acronym, days, rooms, min(grid, 60), version)


def acronym_of(convention: Convention) -> str:
    """Give a short ASCII name (``[a-z0-9_]{4,}``): of the slug, or of the id where that has too few such letters."""
    short = ascii_slug(convention.slug).replace("-", "_")
    return short if len(short) >= 4 else f"convention_{convention.id}"


def ascii_slug(text: str) -> str:
    """Give what of a text can stand in an ASCII slug: lower case, accents dropped, words joined by dashes; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def guid_of(*parts: str) -> str:
    """Give the same UUID for the same parts, for ever."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


def clock_time(minutes: int) -> str:
    """Write a duration as hours and minutes."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def writable(text: str) -> str:
    """Replace what XML 1.0 has no way to write."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _entries(scheduled: ScheduledSlot, acronym: str, url: str) -> list[Entry]:
    slot = scheduled.slot
    start = slot.start.astimezone(scheduled.convention.zone)
    title = ascii_slug(scheduled.event.title)[:60].strip("-")
    found = []
    for number, place in enumerate(scheduled.places):
        entry_id = slot.id + number * _FURTHER_ROOM
        guid = guid_of(scheduled.uid, place.slug) if number else guid_of(scheduled.uid)
        slug = f"{acronym}-{entry_id:04d}" + (f"-{title}" if title else "")
        found.append(Entry(scheduled, place, entry_id, guid, slug, start, f"{url}/{slot.id}?convention={scheduled.convention.key}"))
    return found


def _day(number: int, day: date, convention: Convention, rooms: Sequence[Place], entries: Sequence[Entry]) -> Day:
    start = datetime.combine(day, time(), convention.zone)
    end = datetime.combine(day + timedelta(days=1), time(), convention.zone)
    here = [entry for entry in entries if entry.start.date() == day]
    by_room = [(room, [entry for entry in here if entry.place.slug == room.slug]) for room in rooms]
    return Day(number, day, start, end, [(room, found) for room, found in by_room if found])
