"""A time slot as a calendar entry (RFC 5545 §3.6.1). Names of hosts, never their addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.domain.conventions import ScheduledSlot
from chalicelib.domain.slots import Location, Slot
from chalicelib.formats.ical.text import escape, fold


def calendar_slot(scheduled: ScheduledSlot, *, url: str = "") -> Slot:
    """Give the time slot as a slot whose kept text has all a calendar program needs to follow it.

    UID never changes; SEQUENCE rises with every change of what is printed; a cancelled one has STATUS:CANCELLED. Times are
    instants: they are right in every zone and need no VTIMEZONE.
    """
    slot = scheduled.slot
    place = ", ".join(place_line(scheduled))
    return Slot(
        uid=scheduled.uid,
        title=scheduled.event.title,
        start=slot.start,
        end=slot.end,
        visibility="public",
        location=Location(name=place) if place else None,
        description=description(scheduled),
        sequence=scheduled.sequence,
        changed=_whole(scheduled.changed),
        ical="".join(fold(line) for line in _lines(scheduled, place, url)),
    )


def place_line(scheduled: ScheduledSlot) -> list[str]:
    """Name the places, each with its area."""
    return [f"{place.title} ({place.area})" if place.area else place.title for place in scheduled.places]


def description(scheduled: ScheduledSlot) -> str:
    """Join what visitors want to read: teaser, description, notes, and who makes it happen."""
    event = scheduled.event
    hosts = ", ".join(host.name for host in scheduled.slot.hosts)
    return "\n\n".join(part for part in (event.teaser, event.description, scheduled.slot.notes_to_attendees, hosts) if part)


def _lines(scheduled: ScheduledSlot, place: str, url: str) -> Iterator[str]:
    slot, event = scheduled.slot, scheduled.event
    yield "BEGIN:VEVENT"
    yield f"DTSTAMP:{_utc(scheduled.changed)}"
    yield f"UID:{escape(scheduled.uid)}"
    yield f"SEQUENCE:{scheduled.sequence}"
    yield f"LAST-MODIFIED:{_utc(scheduled.changed)}"
    yield f"STATUS:{'CANCELLED' if slot.cancelled else 'CONFIRMED'}"
    yield f"DTSTART:{_utc(slot.start)}"
    yield f"DTEND:{_utc(slot.end)}"
    yield "CLASS:PUBLIC"
    yield f"SUMMARY:{escape(event.title)}"
    if text := description(scheduled):
        yield f"DESCRIPTION:{escape(text)}"
    if place:
        yield f"LOCATION:{escape(place)}"
    if categories := [value for values in event.tags.values() for value in values]:
        yield f"CATEGORIES:{','.join(escape(value) for value in dict.fromkeys(categories))}"
    for host in slot.hosts:
        yield f"CONTACT:{escape(host.name)}"
    if url:
        yield f"URL:{url}"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
