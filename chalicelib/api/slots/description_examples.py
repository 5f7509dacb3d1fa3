"""Examples of what the Timeslot data API prints and takes."""

from __future__ import annotations

from typing import Final

GROUP: Final = "5b0f6a2e-3a4d-4b6f-9a53-0d6c7a1f4e21"
IMPORT: Final = "9d2b7c14-1f0e-4c55-8a8e-7f3f6f1c2b90"
CALENDAR: Final = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nBEGIN:VEVENT\r\nUID:talk@example.org\r\nDTSTAMP:20190915T204402Z\r\n"
    "DTSTART:20190915T204402Z\r\nDTEND:20190915T214402Z\r\nSUMMARY:A talk\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
TABLE: Final = (
    '"Subject","Start Date","Start Time","End Date","End Time"\r\n"A talk","9/15/2019","8:44:02 PM","9/15/2019","9:44:02 PM"\r\n'
)
SLOT: Final = {
    "uid": "talk@example.org",
    "title": "A talk",
    "visibility": "private",
    "start": "2019-09-15T20:44:02.000Z",
    "end": "2019-09-15T21:44:02.000Z",
    "location": None,
}
SHOWN_GROUP: Final = {"uuid": GROUP, "name": "Talks", "image": "", "public": False, "description": ""}
REPORT: Final = {
    "created": 1,
    "updated": 0,
    "unchanged": 0,
    "rejected": [{"entry": 2, "line": 9, "uid": "b", "reason": "no DTSTART"}],
    "ignored": {"VTODO": 1},
    "notes": [],
    "group": GROUP,
}
NEW_SLOT: Final = {"title": "A talk", "start": "2019-09-15T22:44:02+02:00", "timezone": "Europe/Berlin", "groups": [GROUP]}
USER: Final = {"id": 7, "email": "ada@example.org", "username": "Ada"}
