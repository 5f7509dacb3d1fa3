"""What the conventions' interface prints: property lists with dashed names, numbers as strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import orjson

from chalicelib.api.conventions.errors import say
from chalicelib.api.http import Answer, Request, json_answer
from chalicelib.domain.convention_access import Standing
from chalicelib.domain.conventions import Convention, Event, Manager, Person, Place, ScheduledSlot, TagType
from chalicelib.services.conventions.places import Furnished
from chalicelib.services.conventions.schedule import Opened
from chalicelib.services.conventions.time_slots import Notice, Outcome
from chalicelib.services.conventions.visits import Visit

if TYPE_CHECKING:
    from chalicelib.services.conventions.schedule_import import ScheduleReport

DONE: Final = json_answer({"status": True})
MAX_REJECTIONS: Final = 1_000
PAGE_BYTES: Final = 4_000_000
"""Of a list; a longer one goes on at the next address."""


def convention(shown: Convention, standing: Standing) -> dict[str, Any]:
    """Print a convention; its keys to those who see everything."""
    printed: dict[str, Any] = {
        "id": str(shown.id),
        "title": shown.title,
        "slug": shown.slug,
        "series": shown.series,
        "website": shown.website,
        "location": shown.location,
        "start-date": _day(shown.start_date),
        "end-date": _day(shown.end_date),
        "timezone": shown.timezone,
    }
    if standing.sees_all:
        printed |= {
            "host-clash": shown.host_clash,
            "hide-host-emails": shown.hide_host_emails,
            "public-key": shown.key,
            "secret-key": shown.secret,
        }
    return printed


def created_convention(made: Convention) -> dict[str, Any]:
    """Print what the creator needs to go on."""
    return {"status": True, "slug": made.slug, "id": str(made.id), "key": made.key, "secret": made.secret}


def account(person: Person) -> dict[str, Any]:
    """Print an account as managers see it."""
    return {"id": str(person.user_id), "email": person.email, "name": person.name}


def managers(found: Iterable[Manager]) -> list[dict[str, Any]]:
    """Print the managers."""
    return [account(manager.person) for manager in found]


def place(shown: Place) -> dict[str, Any]:
    """Print a location as it stands in a time slot."""
    return {
        "title": shown.title,
        "area": shown.area or None,
        "max-attendees": _number(shown.max_attendees),
        "slug": shown.slug,
        "parallel": shown.parallel,
    }


def furnished(shown: Furnished) -> dict[str, Any]:
    """Print a location with what happens there."""
    slots = [
        {
            "id": str(scheduled.slot.id),
            "start": _local(scheduled, scheduled.slot.start),
            "end": _local(scheduled, scheduled.slot.end),
            "duration": str(scheduled.slot.minutes),
            "event": {"id": str(scheduled.event.id), "title": scheduled.event.title},
        }
        for scheduled in shown.slots
    ]
    return {**place(shown.place), "timeslots": slots}


def event(shown: Event, visit: Visit) -> dict[str, Any]:
    """Print an event; what is between owner and staff only to those who see it."""
    printed: dict[str, Any] = {
        "id": str(shown.id),
        "title": shown.title,
        "teaser": shown.teaser or None,
        "description": shown.description or None,
        "requires-registration": shown.requires_registration,
        "duration": _number(shown.duration),
        "min-attendees": _number(shown.min_attendees),
        "max-attendees": _number(shown.max_attendees),
        "notes-to-attendees": shown.notes_to_attendees or None,
        "data": shown.data,
        "tags": _tags(shown, visit),
        "user": person(shown.owner, visit),
        "price": shown.price,
        "status": str(int(shown.status)),
    }
    if visit.standing.sees_staff_notes(shown):
        printed |= {
            "notes-to-staff": shown.notes_to_staff or None,
            "logistical-requirements": shown.logistical_requirements or None,
            "scheduling-constraints": shown.scheduling_constraints or None,
        }
    return printed


def person(shown: Person, visit: Visit) -> dict[str, Any]:
    """Print a host or owner, with the address where it is not hidden."""
    if visit.standing.sees_addresses(visit.convention) or shown.email:
        return {"name": shown.name, "email": shown.email or None}
    return {"name": shown.name}


def tag_type(shown: TagType) -> dict[str, Any]:
    """Print a tag type."""
    return {
        "title": shown.title,
        "requirement": shown.requirement,
        "public": shown.public,
        "values": list(shown.values),
    }


def time_slot(shown: ScheduledSlot, visit: Visit) -> dict[str, Any]:
    """Print a time slot with its event, locations and hosts."""
    slot = shown.slot
    return {
        "id": str(slot.id),
        "duration": str(slot.minutes),
        "min-attendees": _number(slot.min_attendees),
        "max-attendees": _number(slot.max_attendees),
        "notes-to-attendees": slot.notes_to_attendees or None,
        "event": event(shown.event, visit),
        "start": _local(shown, slot.start),
        "end": _local(shown, slot.end),
        "locations": [place(found) for found in shown.places],
        "hosts": [person(host, visit) for host in slot.hosts],
    }


def outcome(done: Outcome) -> Answer:
    """Print a time slot that was written, and what should be known about it."""
    printed = {"status": True, **time_slot(done.scheduled, done.visit)}
    if done.notices:
        printed["warnings"] = [
            {"code": notice.code, "message": say(notice.code, notice.details), **notice.details} for notice in done.notices
        ]
    return json_answer(printed)


def warning(notice: Notice) -> dict[str, Any]:
    """Print something that should be known."""
    return {"code": notice.code, "message": say(notice.code, notice.details), **notice.details}


def time_slots(request: Request, opened: Opened, slots: Iterable[ScheduledSlot]) -> Answer:
    """Print a list of time slots, as far as one answer goes; the address of the rest stands in `Link`."""
    headers = {"ETag": etag(opened.version), "Cache-Control": "private, no-cache"}
    printed = ((time_slot(found, opened.visit), f"{int(found.slot.start.timestamp())}-{found.slot.id}") for found in slots)
    return _paged(request, "timeslots", printed, headers)


def conventions(request: Request, found: Iterable[tuple[Convention, Standing]]) -> Answer:
    """Print a list of conventions, as far as one answer goes; the address of the rest stands in `Link`."""
    printed = ((convention(shown, standing), str(shown.id)) for shown, standing in found)
    return _paged(request, "conventions", printed, {"Cache-Control": "no-store"})


def locations(request: Request, found: Iterable[Furnished]) -> Answer:
    """Print a list of locations, as far as one answer goes; the address of the rest stands in `Link`."""
    printed = ((furnished(shown), shown.place.slug) for shown in found)
    return _paged(request, "locations", printed, {"Cache-Control": "no-store"})


def people(request: Request, found: Iterable[Person]) -> Answer:
    """Print a list of accounts, as far as one answer goes; the address of the rest stands in `Link`."""
    return _paged(request, "users", ((account(shown), str(shown.user_id)) for shown in found), {"Cache-Control": "no-store"})


def tag_types(request: Request, found: Iterable[TagType]) -> Answer:
    """Print a list of tag types, as far as one answer goes; the address of the rest stands in `Link`."""
    return _paged(request, "tagtypes", ((tag_type(shown), shown.title) for shown in found), {"Cache-Control": "no-store"})


def events(request: Request, visit: Visit, found: Iterable[Event]) -> Answer:
    """Print a list of events, as far as one answer goes; the address of the rest stands in `Link`."""
    return _paged(request, "events", ((event(shown, visit), str(shown.id)) for shown in found), {"Cache-Control": "no-store"})


def _paged(request: Request, listed_as: str, printed: Iterable[tuple[dict[str, Any], str]], headers: dict[str, str]) -> Answer:
    """Join property lists, each with the cursor behind it, up to `PAGE_BYTES`."""
    parts: list[bytes] = []
    size, last = 2, ""
    for properties, cursor in printed:
        part = orjson.dumps(properties)
        if parts and size + len(part) + 1 > PAGE_BYTES:
            headers = {**headers, "Link": f'<{_following(request, listed_as, last)}>; rel="next"'}
            break
        parts.append(part)
        size += len(part) + 1
        last = cursor
    return Answer(200, b"[" + b",".join(parts) + b"]", {"Content-Type": "application/json", **headers})


def import_report(report: ScheduleReport, *, dry_run: bool) -> dict[str, Any]:
    """Print what an import did; at most `MAX_REJECTIONS` refused entries are listed, all are counted."""
    rejected = report.rejected[:MAX_REJECTIONS]
    return {
        "status": True,
        "dry-run": dry_run,
        "created": str(report.created),
        "updated": str(report.updated),
        "unchanged": str(report.unchanged),
        "cancelled": str(report.cancelled),
        "created-events": str(report.events),
        "created-locations": report.locations,
        "rejected": [{**entry, "entry": str(entry["entry"]), "line": str(entry["line"])} for entry in rejected],
        "rejected-total": str(len(report.rejected)),
        "remaining": str(report.remaining),
    }


def not_modified(request: Request, version: str, headers: dict[str, str]) -> Answer | None:
    """Answer 304 when the client has this version already (RFC 9110 §13.1.2), else None."""
    known = [tag.strip().removeprefix("W/") for tag in request.header("if-none-match").split(",")]
    if "*" in known or etag(version).removeprefix("W/") in known:
        return Answer(304, b"", {"ETag": etag(version), **headers})
    return None


def etag(version: str) -> str:
    """Give the weak entity tag of a version."""
    return f'W/"{version}"'


def _following(request: Request, listed_as: str, cursor: str) -> str:
    query = [(name, value) for name, values in request.query.items() if name not in ("after", "token") for value in values]
    return f"{request.base_url}/entities/{listed_as}?{urlencode([*query, ('after', cursor)], quote_via=quote)}"


def _tags(shown: Event, visit: Visit) -> dict[str, Any]:
    """Print one value bare where the type takes one, else a list."""
    printed: dict[str, Any] = {}
    for title, values in shown.tags.items():
        known = visit.head.tag_types.get(title)
        single = known.requirement == "1" if known is not None else len(values) == 1
        printed[title] = values[0] if single and len(values) == 1 else list(values)
    return printed


def _local(scheduled: ScheduledSlot, moment: datetime) -> str:
    return moment.astimezone(scheduled.convention.zone).isoformat()


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def listed(values: Sequence[Any]) -> Answer:
    """Answer with an array of property lists."""
    return json_answer(values)
