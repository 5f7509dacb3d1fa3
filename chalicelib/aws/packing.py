"""A slot as one packed binary attribute and back.

DynamoDB bills by the kilobyte and its JSON costs time per attribute, so a slot's fields are one attribute: a format byte,
sixteen bytes of revision, and a JSON array whose trailing defaults are left out, deflated with a preset dictionary once that
pays. The uid is not in it: it is the end of the sort key that every index holds anyway.

| format byte | what follows the revision |
|---|---|
| 1 | the array |
| 2 | the array, deflated (RFC 1951) with `_DICTIONARY` |
| 3 | the key of the object that holds format byte and array |
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import orjson

from chalicelib.aws.slot_keys import CUT_PLACE, INSTANT_BYTES
from chalicelib.domain.slots import VISIBILITIES, Location, Slot
from chalicelib.services.ports.slots import StoredSlot

PLAIN: Final = b"\1"
DEFLATED: Final = b"\2"
SPILLED: Final = b"\3"
_PLAIN, _DEFLATED = PLAIN[0], DEFLATED[0]
_HEADER: Final = 17
_DEFLATE_OVER: Final = 350
"""Bytes of an array from which it is deflated: all that came with a calendar's text, which takes less than half then. That halves
what is stored and what a megabyte's page of a query does not hold; of a large slot it saves write units too."""
_NUMBERS: Final = {name: number for number, name in enumerate(VISIBILITIES)}
_DEFAULTS: Final[list[Any]] = ["", None, None, None, 0, 0, "", None, None, 0, 0, "", (), (), None, None]
"""title, start, end, changed, groups, visibility, description, timezone, location, flags, sequence, ical, media, notes,
settings, and the uid where the sort key had no room for it. Only ever added to at the end."""
_ALL_DAY: Final = 1
_RECURRING: Final = 2
_TAILS: Final = [_DEFAULTS[length:] for length in range(len(_DEFAULTS) + 1)]
"""What was left out of an array, by its length."""

_DICTIONARY: Final = (
    b'"LOCATION:\r\nURL:https://\r\nCATEGORIES:\r\nCOMMENT:\r\nCONTACT:\r\nGEO:\r\nPRIORITY:5\r\nATTACH;FMTTYPE=text/plain;FILENAME='
    b"X-GOOGLE-CONFERENCE:https://meet.google.com/\r\nX-MOZ-LASTACK:\r\nX-MOZ-GENERATION:1\r\nX-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\r\n"
    b"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=70;X-TITLE=\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n"
    b"X-MICROSOFT-CDO-IMPORTANCE:1\r\nX-MICROSOFT-DISALLOW-COUNTER:FALSE\r\nX-MICROSOFT-CDO-ALLDAYEVENT:FALSE\r\n"
    b"X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY\r\nX-ALT-DESC;FMTTYPE=text/html:<html><body></body></html>\r\n"
    b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n"
    b"DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nTZNAME:CEST\r\n"
    b"DTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    b"EXDATE;TZID=America/New_York:\r\nRECURRENCE-ID;TZID=America/Los_Angeles:\r\nRDATE;VALUE=DATE:\r\n"
    b"RRULE:FREQ=DAILY;COUNT=10;INTERVAL=2\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1\r\nRRULE:FREQ=WEEKLY;WKST=MO;UNTIL=20261231T225959Z;BYDAY=MO,TU,WE,TH,FR\r\n"
    b"ORGANIZER;CN=mailto:\r\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT=DECLINED;CN=\r\n"
    b"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=;X-NUM-GUESTS=0:mailto:@gmail.com\r\n"
    b"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=:mailto:@example.com\r\n"
    b"BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER;VALUE=DATE-TIME:\r\nATTACH;VALUE=URI:\r\nACTION:EMAIL\r\nACTION:DISPLAY\r\n"
    b"DESCRIPTION:Reminder\r\nTRIGGER;RELATED=START:-PT15M\r\nTRIGGER:-P0DT0H10M0S\r\nEND:VALARM\r\n"
    b'"Europe/Berlin","America/New_York",'
    b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:2026\r\nDTEND;VALUE=DATE:2026\r\nDTSTART;TZID=Europe/Berlin:20260101T090000\r\n"
    b"DTEND;TZID=Europe/Berlin:20260101T100000\r\nDTSTART:20260101T080000Z\r\nDTEND:20260101T090000Z\r\nDTSTAMP:20260101T080000Z\r\n"
    b"UID:@google.com\r\nCLASS:PUBLIC\r\nCLASS:PRIVATE\r\nCREATED:20260101T080000Z\r\nDESCRIPTION:\r\nLAST-MODIFIED:20260101T080000Z\r\n"
    b"LOCATION:\r\nSEQUENCE:0\r\nSTATUS:TENTATIVE\r\nSTATUS:CONFIRMED\r\nSUMMARY:\r\nTRANSP:TRANSPARENT\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"
    b',"2026-01-01T08:00:00Z","2026-01-01T09:00:00Z",0,0,"BEGIN:VEVENT\\r\\nDTSTART:\\r\\nEND:VEVENT\\r\\n"]'
).replace(b"\r\n", b"\\r\\n")
"""What calendars repeat, as it stands in the array; the commonest last. Part of format 2: another dictionary is another format."""

_make: Final[Callable[..., Any]] = tuple.__new__
_moment: Final = datetime.fromisoformat


def pack(slot: Slot, place: bytes, revision: str) -> bytes:
    """Pack everything in a slot but the uid, which its place in order ends with."""
    location = slot.location
    values: list[Any] = [
        slot.title,
        slot.start,
        slot.end,
        slot.changed,
        (slot.groups[0] if len(slot.groups) == 1 else slot.groups) if slot.groups else 0,
        _NUMBERS[slot.visibility],
        slot.description,
        slot.timezone,
        None if location is None else list(location),
        _ALL_DAY * slot.all_day + _RECURRING * slot.recurring,
        slot.sequence,
        slot.ical,
        slot.media,
        slot.notes,
        slot.settings,
    ]
    if len(place) == CUT_PLACE:
        values.append(slot.uid)
    while values[-1] == _DEFAULTS[len(values) - 1]:
        values.pop()
    array = orjson.dumps(values, option=orjson.OPT_UTC_Z)
    header = bytes.fromhex(revision)
    if len(array) <= _DEFLATE_OVER:
        return PLAIN + header + array
    return DEFLATED + header + _deflate(array)


def unpack(place: bytes, packed: bytes) -> StoredSlot:
    """Give back the slot at that place; not for what is `spilled`. Raises `UnknownFormat`."""
    kind = packed[0]
    if kind == _PLAIN:
        values = orjson.loads(packed[_HEADER:])
    elif kind == _DEFLATED:
        values = orjson.loads(zlib.decompressobj(-15, _DICTIONARY).decompress(packed[_HEADER:]))
    else:
        raise UnknownFormat(packed[:1])
    values += _TAILS[len(values)]
    (title, start, end, changed, groups, visibility, description, zone, location, flags, sequence, ical, media, notes,
     settings, uid) = values  # fmt: skip
    slot = _make(
        Slot,
        (
            place[INSTANT_BYTES:].decode() if uid is None else uid,
            title,
            _moment(start),
            None if end is None else _moment(end),
            VISIBILITIES[visibility],
            flags & _ALL_DAY != 0 if flags else False,
            zone,
            None if location is None else Location(*location),
            description,
            tuple(media) if media else (),
            tuple(notes) if notes else (),
            settings,
            (groups,) if type(groups) is str else tuple(groups) if groups else (),
            flags & _RECURRING != 0 if flags else False,
            sequence,
            None if changed is None else _moment(changed),
            ical,
        ),
    )
    return _make(StoredSlot, (slot, packed[1:_HEADER].hex(), None))  # type: ignore[no-any-return]  # tuple.__new__ is typed as any


class UnknownFormat(Exception):
    """A slot was packed by a later version of this service."""


def spill(packed: bytes, key: str) -> tuple[bytes, bytes]:
    """Give what stays in the item, which is where the rest is, and what goes to the object of that key."""
    return SPILLED + packed[1:_HEADER] + key.encode(), packed[:1] + packed[_HEADER:]


def spilled(packed: bytes) -> str | None:
    """Give the key of the object that holds a slot, None when the item does."""
    return packed[_HEADER:].decode() if packed[:1] == SPILLED else None


def unspill(packed: bytes, body: bytes) -> bytes:
    """Undo `spill`."""
    return body[:1] + packed[1:_HEADER] + body[1:]


def _deflate(array: bytes) -> bytes:
    window, memory = (13, 5) if len(array) < 5_000 else (15, 8)  # a small window is ten times cheaper to set up
    deflater = zlib.compressobj(6, zlib.DEFLATED, -window, memory, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return deflater.compress(array) + deflater.flush()
