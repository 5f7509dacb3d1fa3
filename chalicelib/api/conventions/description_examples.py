"""Examples of what the conventions' interface prints and takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

CONVENTION: Final[Json] = {
    "id": "5",
    "title": "My Con",
    "slug": "my-con",
    "series": "",
    "website": "https://con.example",
    "location": "Berlin",
    "start-date": "2026-03-01",
    "end-date": "2026-03-03",
    "timezone": "Europe/Berlin",
}
LOCATION: Final[Json] = {"title": "Table A", "area": "Hall 1", "max-attendees": "5", "slug": "table-a", "parallel": False}
EVENT: Final[Json] = {
    "id": "3",
    "title": "A game",
    "teaser": "Roll the dice.",
    "description": None,
    "requires-registration": False,
    "duration": "60",
    "min-attendees": "1",
    "max-attendees": "5",
    "notes-to-attendees": None,
    "data": None,
    "tags": {"system": "dice"},
    "user": {"name": "Ada", "email": "ada@example.org"},
    "price": "0",
    "status": "4",
}
TAG_TYPE: Final[Json] = {"title": "system", "requirement": "1", "public": True, "values": ["dice", "cards"]}
TIME_SLOT: Final[Json] = {
    "id": "2",
    "duration": "60",
    "min-attendees": "1",
    "max-attendees": "5",
    "notes-to-attendees": None,
    "event": EVENT,
    "start": "2026-03-01T10:00:00+01:00",
    "end": "2026-03-01T11:00:00+01:00",
    "locations": [LOCATION],
    "hosts": [{"name": "Ada", "email": "ada@example.org"}],
}
FURNISHED: Final[Json] = {
    **LOCATION,
    "timeslots": [
        {
            "id": "2",
            "start": "2026-03-01T10:00:00+01:00",
            "end": "2026-03-01T11:00:00+01:00",
            "duration": "60",
            "event": {"id": "3", "title": "A game"},
        }
    ],
}
REPORT: Final[Json] = {
    "status": True,
    "dry-run": False,
    "created": "1",
    "updated": "0",
    "unchanged": "0",
    "cancelled": "0",
    "created-events": "1",
    "created-locations": ["Table A"],
    "rejected": [{"entry": "2", "line": "9", "uid": "b", "reason": "unknown_location", "locations": ["Table Z"]}],
    "rejected-total": "1",
    "remaining": "0",
}
FILES: Final[Mapping[str, str]] = {
    "text/calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:game@example.org\r\n"
    "DTSTAMP:20260301T090000Z\r\nDTSTART:20260301T090000Z\r\nDTEND:20260301T100000Z\r\nSUMMARY:A game\r\nLOCATION:Table A\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n",
    "text/csv": "title,start,duration,locations\r\nA game,2026-03-01T10:00:00,60,Table A\r\n",
}
