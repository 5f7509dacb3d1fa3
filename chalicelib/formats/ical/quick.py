r"""The fast way to read an event: one regular expression over its folded text.

It takes only what it reads exactly as `event.read_event` does (a property test says so) and leaves everything odd to
that: names in small letters or folded, values with parameters in quotes, components in components other than alarms.

Text is CRLF text with one character per octet: decoding UTF-8 is reversible then, and done for captured values alone.
All loops are possessive, so that a text that does not match is left after one pass.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, TypeAlias

from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Location, Slot
from chalicelib.formats.ical.clocks import MAX_CLOCKS, Clock, clock_of
from chalicelib.formats.ical.extras import parse_geo
from chalicelib.formats.ical.nested import SOUND
from chalicelib.formats.ical.noted import NotedText, names_floating_times
from chalicelib.formats.ical.stream import MAX_LINE
from chalicelib.formats.ical.text import is_tidy, refold, unescape
from chalicelib.formats.ical.times import ONE_DAY, Frame
from chalicelib.formats.ical.zones import known_zone

_REST: Final = r".*+\n(?:[ \t].*+\n)*+"
"""The rest of a logical line, through its folds."""
_ODD_VALUE: Final = "VALUE=(?![A-OQ-Z][A-Z-]*+[:;])"
"""A VALUE that may be PERIOD and is not written so, or that is several."""
_PLAIN_PARAMS: Final = rf'(?:;(?!{_ODD_VALUE})[A-Z0-9-]++=(?![ \t])(?:[^":;=\\\n\r \t]++|[ \t](?![;=:\r]))*+)*+'
"""Parameters with their names in capitals, on one line, without quotes and without blanks to drop."""
_TEXT_PARAMS: Final = rf"(?::|{_PLAIN_PARAMS.replace(';', ';(?!TZID=)', 1)}:)"
_TIME: Final = r":([0-9]{8}+(?:T[0-9]{6}+Z?+|))\r\n(?![ \t])"
_PERSON: Final = (
    r";(?:CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=[A-Z-]++;(?:RSVP=TRUE;|)|)"
    r'CN=(?:"[^"\n]*+(?:"|\n[ \t][^"\n]*+")|[^":;=\\\n\r \t]++(?: [^":;=\\\n\r \t]++|)):'
)
"""Parameters of people as most programs write them; letter by letter is three times as fast as by what letters there may be."""
_ANY_PARAMS: Final = (
    r"(?=;)(?:[;A-UWXY0-9=-]++(?:(?<==)(?![ \t\r])|(?=:))"
    rf"|;(?!TZID=|{_ODD_VALUE})"
    r'[A-Z0-9-]++=(?![ \t])[^":;=\\\n\r \t]*+|[^":;=\\\n\r \t]++|"[^"\n]*+(?:"|(?:\n[ \t][^"\n]*+)++")'
    r"|[ \t](?![;=:\r])|=(?![ \t\r])|\r\n[ \t](?![ \t]))*+:"
)
"""Parameters with their names in capitals and in one piece, their values of any kind but without blanks to drop; and the colon.
None of them is a TZID or a VALUE of periods. What has neither small letters nor V or Z is taken at once."""
_TIME_PARAMS: Final = _ANY_PARAMS.replace("TZID=|", "")
_ANY_LINE: Final = rf"[A-Z0-9-]*+(?::|{_ANY_PARAMS}).*+\n"
_FOLD: Final = r"[ \t].*+\n"
_NESTED: Final = rf"{SOUND}|{_FOLD}"
_OTHER: Final = rf"[AHIJKMNOPQTVWYZ][A-Z0-9-]*+(?::|{_PERSON}|{_ANY_PARAMS}).*+\n|" + "|".join(
    first + _ANY_LINE
    for first in (
        "B(?!EGIN[;:])",
        "C(?!LASS|ATEGORIES;)",
        "D(?!TSTART|TEND|TSTAMP[;:]|URATION|ESCRIPTION)",
        "E(?!ND[;:]|XDATE)",
        "F(?!REEBUSY)",
        "G(?!EO)",
        "L(?!OCATION|AST-MODIFIED[;:])",
        "R(?!RULE|DATE|ECURRENCE-ID)",
        "S(?!UMMARY|EQUENCE)",
        "U(?!ID[;:])",
        "X(?!-SLOTPORT-)",
    )
)
"""A property that is only kept: its name is none of those that are looked at."""

EVENT: Final = re.compile(
    r"BEGIN:VEVENT\r\n(?![ \t])(?:"
    rf"DTSTAMP(?(1)(?!)){_TEXT_PARAMS}({_REST})"
    rf"|UID:({_REST})"
    rf"|DTSTART(?(4)(?!))(;TZID=[A-Za-z/_]++(?=:)|{_PLAIN_PARAMS}){_TIME}"
    rf"|DTEND(?(6)(?!))(\3(?=:)|{_PLAIN_PARAMS}){_TIME}"
    rf"|SUMMARY(?(7)(?!)){_TEXT_PARAMS}({_REST})"
    rf"|DESCRIPTION(?(8)(?!)){_TEXT_PARAMS}({_REST})"
    r"|CLASS(?(9)(?!)):([A-Z]++\r\n)(?![ \t])"
    rf"|LOCATION(?(10)(?!)){_TEXT_PARAMS}({_REST})"
    r"|SEQUENCE(?(11)(?!)):([0-9]{1,9}+\r\n)(?![ \t])"
    rf"|LAST-MODIFIED(?(12)(?!)){_TEXT_PARAMS}({_REST})"
    rf"|{_OTHER}|{_FOLD}"
    rf"|(?:RRULE|(?:RDATE|RECURRENCE-ID)(?=;TZID=)\3(?=:))(:|{_ANY_PARAMS}){_REST}"
    rf"|EXDATE(?=;TZID=)\3:{_REST}"
    rf"|(?:RDATE|RECURRENCE-ID|EXDATE)(:|{_TIME_PARAMS})[!-~]*+\r\n(?:[ \t][!-~]*+\r\n)*+"
    rf"|BEGIN:VALARM\r\n(?![ \t])(?:{_NESTED})*+END:VALARM\r\n(?![ \t])"
    rf"|GEO:({_REST})"
    r")*+END:VEVENT\r\n(?![ \t\r\n])"
)
"""Groups: DTSTAMP, UID, DTSTART parameters and value, DTEND parameters and value, SUMMARY, DESCRIPTION, CLASS, LOCATION, SEQUENCE,
LAST-MODIFIED, a mark of recurrence, a mark of times that may be in another zone than DTSTART, GEO. What an edit replaces goes
through its line end and is there only once. Each opens after the name, and once one is open only that branch can match:
Python 3.11 mixes up groups that a possessive loop has opened in vain. Of several UIDs the last counts, as elsewhere."""
UID: Final = 2
"""The group of the UID."""
PLACES: Final = {"DTSTAMP": 1, "SUMMARY": 7, "DESCRIPTION": 8, "CLASS": 9, "LOCATION": 10, "SEQUENCE": 11, "LAST-MODIFIED": 12}
"""The groups of properties that an edit replaces."""

_instant: Final = datetime.fromisoformat
_NOTHING_ELSE: Final = Location()[1:]
_UNANCHORED: Final = re.compile(r"\n(?:RECURRENCE-ID|RDATE|EXDATE)(?!;TZID=)")
"""Finds times that a calendar may have to give its zone, DTSTART and DTEND aside."""
_TZID: Final = re.compile(r';TZID=(?:"([^"\n]*)"(?=[:;])|([^:;"\n]*))')
_RECURS: Final = re.compile(r"\n(?:RDATE|RECURRENCE-ID)[:;]")


SMALL: Final = 8_192
"""Characters of a block that the notes of its events may hold in memory; of a long file that is at most the last."""

_Span: TypeAlias = tuple[datetime, datetime | None, bool, str | None, tuple[str, ...]]
"""When an event is: `Slot.start`, `end`, `all_day` and `timezone`, and the TZIDs that say so."""


class QuickReader:
    """Reads events of one calendar out of blocks of its text."""

    def __init__(self, frame: Frame) -> None:
        self.match = EVENT.match
        self._floats = frame.zone == FLOATING
        self._clocks: dict[str, Clock] = {}
        """The zones of times that have been read, by their parameters."""
        self.octets = b""
        """The block, as its text."""
        self._tidy = False
        self._simple = False
        self._small = False
        self._careful = False

    def look_at(self, text: str, *, tidy: bool, folded: bool) -> None:
        """Learn what holds for a whole block, its lines being `tidy` and some of them `folded`: what is nowhere needs no look."""
        self.octets = text.encode("latin-1")
        self._tidy = tidy
        self._simple = tidy and not folded and "\\" not in text and text.isascii()
        self._small = len(text) <= SMALL
        self._careful = not self._floats or len(text) > MAX_LINE

    def slot(self, found: re.Match[str]) -> Slot | None:
        """Make the slot of an event that `match` found; None for what the complete reader has to judge."""
        (
            _, uid, start_params, start, end_params, end, title, description, access, place, sequence, _,
            recurrence, elsewhere, geo,
        ) = found.groups()  # fmt: skip
        if start is None or (self._careful and not self._takes(found[0], elsewhere)):
            return None
        try:
            ends: datetime | None
            clock = self._clocks.get(start_params)
            if clock is not None and start_params == end_params and end is not None and len(start) == 15 == len(end):
                begins, ends = clock.span(start, end)
                all_day, timezone, zones = False, clock.name, clock.zones
            elif not start_params and not end_params and end is not None and start[-1] == "Z" == end[-1]:
                begins, ends, all_day, timezone, zones = _instant(start), _instant(end), False, None, ()
            else:
                span = self._span(start, start_params, end, end_params or "")
                if span is None:
                    return None
                begins, ends, all_day, timezone, zones = span
            first, last = found.span()
            octets = self.octets[first:last]
            places = found if self._small else None
            if not self._tidy and not is_tidy(found[0]):
                octets = refold(found[0]).encode("latin-1")
                places = None
            if self._simple:
                text = str.__new__(NotedText, found[0])
                uid = "" if uid is None else uid[:-2]
                title = "" if title is None else title[:-2]
                description = "" if description is None else description[:-2]
                place = "" if place is None else place[:-2]
            else:
                text = str.__new__(NotedText, octets.decode())
                uid = _text(uid) if uid is not None else ""
                title = _text(title) if title is not None else ""
                description = _text(description) if description is not None else ""
                place = _text(place) if place is not None else ""
        except (ValueError, OverflowError):  # no such day, no such instant, or no UTF-8
            return None
        if last - first > MAX_TITLE and (
            len(title) > MAX_TITLE or len(place) > MAX_TITLE or len(description) > MAX_TEXT or len(uid) > MAX_TEXT
        ):
            return None
        recurring = recurrence is not None
        if elsewhere is not None:
            found_zones = _zones(text)
            if found_zones is None:
                return None
            zones = found_zones
            recurring = recurring or _RECURS.search(text) is not None
        text.octets, text.zones, text.places = octets, zones, places
        kept: str = text
        if elsewhere is not None and names_floating_times(text):
            if not recurring:
                return None
            kept = str(text)
        return tuple.__new__(
            Slot,
            (
                uid,
                title,
                begins,
                ends,
                "public" if access == "PUBLIC\r\n" else "private",
                all_day,
                timezone,
                _location(place, geo) if geo is not None else tuple.__new__(Location, (place, *_NOTHING_ELSE)) if place else None,
                description,
                (),
                (),
                None,
                (),
                recurring,
                0 if sequence is None else int(sequence),
                None,
                kept,
            ),
        )

    def _takes(self, text: str, elsewhere: str | None) -> bool:
        """Whether an event has no time that the calendar gives a zone, DTSTART and DTEND aside, no line too long."""
        return len(text) <= MAX_LINE and (self._floats or elsewhere is None or _UNANCHORED.search(text) is None)

    def _span(self, start: str, start_params: str, end: str | None, end_params: str) -> _Span | None:
        """Tell when an event is; None when that is not plain. Raises `ValueError`, `OverflowError`."""
        clock = clock_of(start_params)
        if clock is None:
            return None
        if clock.rules is not None and len(self._clocks) < MAX_CLOCKS:
            self._clocks[start_params] = clock
        end_clock = clock_of(end_params)
        if end_clock is None:
            return None
        zones = clock.zones if end_clock.zones in ((), clock.zones) else (*clock.zones, *end_clock.zones)
        if len(start) == 8:
            if end is not None and len(end) != 8:
                return None
            day = datetime.fromisoformat(start)
            return day, day + ONE_DAY if end is None else datetime.fromisoformat(end), True, None, zones
        begins = clock.read(start)
        timezone = clock.name if clock.rules is not None else None if begins.tzinfo is not None else FLOATING
        if timezone == FLOATING and not self._floats:
            return None
        if end is None:
            return begins, None, False, timezone, zones
        if len(end) == 8:
            return None
        ends = end_clock.read(end)
        return (begins, ends, False, timezone, zones) if (begins.tzinfo is None) is (ends.tzinfo is None) else None


def _zones(text: str) -> tuple[str, ...] | None:
    """Find the TZIDs in a text, in their order; None if there is one that no known zone has, or that is not ASCII."""
    found = dict.fromkeys(quoted or plain for quoted, plain in _TZID.findall(text))
    return tuple(found) if all(map(str.isascii, found)) and all(map(known_zone, found)) else None


def _location(name: str, geo: str) -> Location | None:
    latitude, longitude = parse_geo(_text(geo))
    return Location(name, latitude=latitude, longitude=longitude) if name or latitude is not None else None


def _text(value: str) -> str:
    """Give the text of a captured value: unfolded, decoded, unescaped."""
    value = value[:-2]
    if "\n" in value:
        value = "".join(value.split("\r\n "))
        if "\n" in value:
            value = value.replace("\r\n\t", "")
    if "\\" in value:
        value = unescape(value)
    return value if value.isascii() else value.encode("latin-1").decode()
