"""The schedule XML that conference apps read (frab, pentabarf, pretalx; application/vnd.c3voc.schedule+xml)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from chalicelib.domain.conventions import Place
from chalicelib.formats.conference import KIND, LANGUAGE, TRACK, Conference, Day, Entry, clock_time, guid_of, writable


def write(conference: Conference) -> Iterator[bytes]:
    """Write the schedule, a day at a time."""
    convention = conference.convention
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<schedule>\n'
    head = [
        '<generator name="slotport"/>',
        _element("version", conference.version),
        "<conference>",
        _element("title", convention.title),
        _element("acronym", conference.acronym),
        _element("start", conference.days[0].date.isoformat()),
        _element("end", conference.days[-1].date.isoformat()),
        _element("days", str(len(conference.days))),
        _element("timeslot_duration", clock_time(conference.minutes)),
        *([_element("url", convention.website)] if convention.website else []),
        _element("time_zone_name", convention.timezone),
        "</conference>",
    ]
    yield ("\n".join(head) + "\n").encode()
    for day in conference.days:
        yield ("\n".join(_day(day, conference)) + "\n").encode()
    yield b"</schedule>\n"


def _day(day: Day, conference: Conference) -> Iterator[str]:
    bounds = f"start={quoteattr(day.start.isoformat())} end={quoteattr(day.end.isoformat())}"
    yield f'<day index="{day.number}" date="{day.date.isoformat()}" {bounds}>'
    for place, entries in day.rooms:
        yield f"<room name={_attribute(place.title)} guid={quoteattr(_room_guid(conference, place))}>"
        for entry in entries:
            yield from _event(entry)
        yield "</room>"
    yield "</day>"


def _event(entry: Entry) -> Iterator[str]:
    event, slot = entry.scheduled.event, entry.scheduled.slot
    yield f'<event guid="{entry.guid}" id="{entry.id}">'
    yield _element("date", entry.start.isoformat())
    yield _element("start", entry.start.strftime("%H:%M"))
    yield _element("duration", _duration(slot.minutes))
    yield _element("room", entry.place.title)
    yield _element("slug", entry.slug)
    yield _element("url", entry.url)
    yield _element("title", event.title)
    yield _element("subtitle", slot.notes_to_attendees)
    yield _element("track", entry.tag(TRACK))
    yield _element("type", entry.tag(KIND) or "other")
    yield _element("language", entry.tag(LANGUAGE))
    yield _element("abstract", event.teaser)
    yield _element("description", event.description)
    yield "<persons>" + "".join(_element("person", host.name) for host in slot.hosts) + "</persons>"
    yield "<links/>"
    yield "</event>"


def _duration(minutes: int) -> str:
    """Write hours and minutes; from a hundred hours on days too, since hours have two digits at most."""
    if minutes < 6_000:
        return clock_time(minutes)
    return f"{minutes // 1_440:02d}:{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(writable(text), {chr(13): '&#13;'})}</{name}>"


def _attribute(text: str) -> str:
    return quoteattr(writable(text))


def _room_guid(conference: Conference, place: Place) -> str:
    return guid_of(conference.convention.key, place.slug)
