"""The schedule JSON that conference apps read and conference systems write (frab, pretalx; c3voc's schedule schema)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from chalicelib.domain.conventions import Place
from chalicelib.formats.conference import KIND, LANGUAGE, TRACK, Conference, Day, Entry, ascii_slug, clock_time, guid_of

_ZONE: Final = re.compile(r"([A-Z][a-z]+/[A-Z][a-z]+.*)|UTC")
"""The zones that the schema has a word for."""


def write(conference: Conference) -> Iterator[bytes]:
    """Write the schedule, a day at a time."""
    convention = conference.convention
    head: dict[str, Any] = {
        "acronym": conference.acronym,
        "title": convention.title,
        "start": conference.days[0].date.isoformat(),
        "end": conference.days[-1].date.isoformat(),
        "daysCount": len(conference.days),
        "timeslot_duration": clock_time(conference.minutes),
    }
    if _ZONE.fullmatch(convention.timezone):
        head["time_zone_name"] = convention.timezone
    if convention.website:
        head["url"] = convention.website
    head["rooms"] = [_room(conference, place) for place in conference.rooms]
    yield b'{"$schema":"https://c3voc.de/schedule/schema.json","generator":{"name":"slotport"},"schedule":{"version":'
    yield orjson.dumps(conference.version) + b',"conference":' + orjson.dumps(head)[:-1] + b',"days":['
    for number, day in enumerate(conference.days):
        yield (b"," if number else b"") + orjson.dumps(_day(day))
    yield b"]}}}\n"


def _room(conference: Conference, place: Place) -> dict[str, Any]:
    room: dict[str, Any] = {
        "name": place.title,
        "guid": guid_of(conference.convention.key, place.slug),
        "description": place.area or None,
        "capacity": place.max_attendees,
    }
    if place.slug == ascii_slug(place.slug):
        room["slug"] = place.slug
    return room


def _day(day: Day) -> dict[str, Any]:
    return {
        "index": day.number,
        "date": day.date.isoformat(),
        "day_start": day.start.isoformat(),
        "day_end": day.end.isoformat(),
        "rooms": _by_name(day),
    }


def _by_name(day: Day) -> dict[str, list[dict[str, Any]]]:
    rooms: dict[str, list[dict[str, Any]]] = {}
    for place, entries in day.rooms:
        rooms.setdefault(place.title, []).extend(_event(entry) for entry in entries)
    return rooms


def _event(entry: Entry) -> dict[str, Any]:
    event, slot = entry.scheduled.event, entry.scheduled.slot
    return {
        "guid": entry.guid,
        "id": entry.id,
        "date": entry.start.isoformat(),
        "start": entry.start.strftime("%H:%M"),
        "end": entry.end.isoformat(),
        "duration": clock_time(slot.minutes),
        "room": entry.place.title,
        "slug": entry.slug,
        "url": entry.url,
        "title": event.title,
        "subtitle": slot.notes_to_attendees or None,
        "track": entry.tag(TRACK) or None,
        "type": entry.tag(KIND) or "other",
        "language": entry.tag(LANGUAGE) or None,
        "abstract": event.teaser or None,
        "description": event.description or None,
        "persons": [{"name": host.name} for host in slot.hosts],
        "links": [],
    }
