r"""The fast way to read an event: one regular expression over its folded text.

It takes only what it reads exactly as `event.read_event` does (a property test says so) and leaves everything odd to
that: names in small letters or folded, values with parameters in quotes, components in components other than alarms.

Text is CRLF text with one character per octet: decoding UTF-8 is reversible then, and done for captured values alone.
All loops are possessive, so that a text that does not match is left after one pass.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Location, Slot
from chalicelib.formats.ical.extras import parse_geo
from chalicelib.formats.ical.lines import param
from chalicelib.formats.ical.stream import MAX_LINE
from chalicelib.formats.ical.text import is_tidy, is_unfolded, refold, unescape
from chalicelib.formats.ical.times import ONE_DAY, Frame
from chalicelib.formats.ical.zones import known_zone

_REST: Final = r".*+\n(?:[ \t].*+\n)*+"
"""The rest of a logical line, through its folds."""
_PLAIN_PARAMS: Final = r'(?:;[A-Z0-9-]++=(?![ \t])(?:[^":;=\\\n\r \t]++|[ \t](?![;=:\r]))*+)*+'
"""Parameters with their names in capitals, on one line, without quotes and without blanks to drop."""
_TIME: Final = rf"({_PLAIN_PARAMS}):([0-9]{{8}}(?:T[0-9]{{6}}Z?)?)\r\n(?![ \t])"
_ANY_PARAMS: Final = (
    r'(?=;)(?:;[A-Z0-9-]++=(?![ \t])[^":;=\\\n\r \t]*+|[^":;=\\\n\r \t]++|"[^"\n]*+(?:"|(?:\n[ \t][^"\n]*+)++")'
    r"|[ \t](?![;=:\r])|=(?![ \t\r])|\r\n[ \t](?![ \t]))*+:"
)
"""Parameters with their names in capitals and in one piece, their values of any kind but without blanks to drop; and the colon."""
_ANY_LINE: Final = rf"[A-Z0-9-]*+(?::|{_ANY_PARAMS}){_REST}"
_NESTED: Final = rf"(?!BEGIN[;:]|END[;:])[A-Z]{_ANY_LINE}"
_OTHER: Final = (
    r"(?:[AFHIJKMNOPQTVWYZ]|S(?!UMMARY|EQUENCE)|C(?!LASS)|L(?!OCATION)|D(?!TSTART|TEND|URATION|ESCRIPTION)|X(?!-SLOTPORT-)|U(?!ID[;:])"
    rf"|E(?!ND[;:])|R(?!RULE|DATE|ECURRENCE-ID)|G(?!EO)|B(?!EGIN[;:])){_ANY_LINE}"
)
"""A property that is only kept: its name is none of those that are looked at."""

EVENT: Final = re.compile(
    r"BEGIN:VEVENT\r\n(?:"
    r"DTSTAMP:[0-9TZ]++\r\n(?![ \t])"
    rf"|UID:({_REST})"
    rf"|DTSTART{_TIME}"
    rf"|DTEND{_TIME}"
    rf"|SUMMARY(?::|{_PLAIN_PARAMS}:)({_REST})"
    rf"|DESCRIPTION(?::|{_PLAIN_PARAMS}:)({_REST})"
    r"|CLASS:([A-Z]++)\r\n(?![ \t])"
    rf"|LOCATION(?::|{_PLAIN_PARAMS}:)({_REST})"
    r"|SEQUENCE:([0-9]{1,9})\r\n(?![ \t])"
    rf"|{_OTHER}"
    rf"|(?:RRULE|RDATE|RECURRENCE-ID)(:|{_ANY_PARAMS}){_REST}"
    rf"|BEGIN:VALARM\r\n(?:{_NESTED})*+END:VALARM\r\n(?![ \t])"
    rf"|GEO:({_REST})"
    r")*+END:VEVENT\r\n(?![ \t\r\n])"
)
"""Groups: UID, DTSTART parameters and value, DTEND parameters and value, SUMMARY, DESCRIPTION, CLASS, LOCATION, SEQUENCE,
a mark of recurrence, GEO. Each opens after the name, and once one is open only that branch can match: Python 3.11 mixes up
groups that a possessive loop has opened in vain. Of several properties of one name the last counts, as in the complete reader."""

_UNANCHORED: Final = re.compile(r"\n(?:RECURRENCE-ID|RDATE|EXDATE)(?!;TZID=)")
"""Finds times that a calendar may have to give its zone, DTSTART and DTEND aside."""
_TZID: Final = re.compile(r'TZID="?([^:;,"\r\n]*)')


class Clock:
    """What the parameters of a DTSTART or DTEND say: no zone, or one with a known name."""

    __slots__ = ("_offsets", "name", "rules")

    def __init__(self, rules: tzinfo | None, name: str | None) -> None:
        self.rules = rules
        self.name = name
        self._offsets: dict[str, timedelta | None] = {}
        """By day, the offset from UTC that holds all day; None for a day on which it changes."""

    def read(self, value: str) -> datetime:
        """Read a time. Raises `ValueError`, `OverflowError`.

        Looking offsets up by the day costs a fifth of what converting does.
        """
        if self.rules is None:
            return datetime.fromisoformat(value)
        day = value[:8]
        offset = self._offsets[day] if day in self._offsets else self._offset(day)
        if offset is not None:
            return datetime.fromisoformat(value[:15] + "Z") - offset
        return datetime.fromisoformat(value[:15]).replace(tzinfo=self.rules).astimezone(UTC)

    def _offset(self, day: str) -> timedelta | None:
        midnight = datetime.fromisoformat(day).replace(tzinfo=self.rules)
        offset = midnight.utcoffset()
        if any((midnight + timedelta(hours=hours)).utcoffset() != offset for hours in (-6, 6, 12, 18, 24, 30)):
            offset = None
        if len(self._offsets) > 10_000:
            self._offsets.clear()
        self._offsets[day] = offset
        return offset


class _Span(NamedTuple):
    """When an event is."""

    start: datetime
    end: datetime | None
    all_day: bool
    timezone: str | None


class QuickReader:
    """Reads events of one calendar out of blocks of its text."""

    def __init__(self, frame: Frame) -> None:
        self.match = EVENT.match
        self._floats = frame.zone == FLOATING
        self._clocks: dict[str, Clock | None] = {"": Clock(None, None)}
        self._strange: tuple[str, ...] = ()
        self._unfolded = False
        self._tidy = False
        self._simple = False
        self._careful = False

    def look_at(self, text: str) -> None:
        """Learn what holds for a whole block, to look at single events only for what is in it at all."""
        tzids = set(_TZID.findall(text)) if "TZID" in text else ()
        self._strange = tuple(tzid for tzid in tzids if known_zone(tzid) is None)
        self._unfolded = is_unfolded(text)
        self._tidy = self._unfolded or is_tidy(text)
        self._simple = self._unfolded and text.isascii() and "\\" not in text
        self._careful = bool(self._strange) or not self._floats or len(text) > MAX_LINE

    def slot(self, found: re.Match[str]) -> Slot | None:
        """Make the slot of an event that `match` found; None for what the complete reader has to judge."""
        (uid, start_params, start, end_params, end, title, description, access, place, sequence, recurrence, geo) = found.groups()
        text = found[0]
        if start is None or (self._careful and not self._takes(text)):
            return None
        try:
            if end is not None and not start_params and not end_params and start[-1] == "Z" == end[-1]:
                span: tuple[datetime, datetime | None, bool, str | None] = (
                    datetime.fromisoformat(start),
                    datetime.fromisoformat(end),
                    False,
                    None,
                )
            else:
                found_span = self._span(start, start_params, end, end_params or "")
                if found_span is None:
                    return None
                span = found_span
            simple = self._simple or (
                text.isascii() and "\\" not in text and (self._unfolded or ("\n " not in text and "\n\t" not in text))
            )
            if not self._tidy and not is_tidy(text):
                text = refold(text)
            if simple:
                uid = "" if uid is None else uid[:-2]
                title = "" if title is None else title[:-2]
                description = "" if description is None else description[:-2]
                place = "" if place is None else place[:-2]
            else:
                if not text.isascii():
                    text = text.encode("latin-1").decode()
                uid, title, description, place = _text(uid), _text(title), _text(description), _text(place)
        except (ValueError, OverflowError):  # no such day, no such instant, or no UTF-8
            return None
        if len(text) > MAX_TITLE and (
            len(title) > MAX_TITLE or len(place) > MAX_TITLE or len(description) > MAX_TEXT or len(uid) > MAX_TEXT
        ):
            return None
        return tuple.__new__(
            Slot,
            (
                uid,
                title,
                span[0],
                span[1],
                "public" if access == "PUBLIC" else "private",
                span[2],
                span[3],
                None if not place and geo is None else _location(place, geo),
                description,
                (),
                (),
                None,
                (),
                recurrence is not None,
                0 if sequence is None else int(sequence),
                None,
                text,
            ),
        )

    def _takes(self, text: str) -> bool:
        """Whether an event names only known zones, has no time that the calendar gives a zone, and no line too long."""
        if len(text) > MAX_LINE or any(tzid in text for tzid in self._strange):
            return False
        return self._floats or _UNANCHORED.search(text) is None

    def _span(self, start: str, start_params: str, end: str | None, end_params: str) -> _Span | None:
        """Tell when an event is; None when that is not plain. Raises `ValueError`, `OverflowError`."""
        clock = self._clock(start_params)
        if clock is None:
            return None
        if len(start) == 8:
            day = datetime.fromisoformat(start)
            if end is None:
                return _Span(day, day + ONE_DAY, True, None)
            return _Span(day, datetime.fromisoformat(end), True, None) if len(end) == 8 else None
        begins = clock.read(start)
        timezone = clock.name if clock.rules is not None else None if begins.tzinfo is not None else FLOATING
        if timezone == FLOATING and not self._floats:
            return None
        if end is None:
            return _Span(begins, None, False, timezone)
        if end_params != start_params:
            clock = self._clock(end_params)
        if clock is None or len(end) == 8:
            return None
        ends = clock.read(end)
        return _Span(begins, ends, False, timezone) if (begins.tzinfo is None) is (ends.tzinfo is None) else None

    def _clock(self, params: str) -> Clock | None:
        """Tell what parameters say; None when the complete reader has to tell."""
        if params in self._clocks:
            return self._clocks[params]
        clock = None
        tzid = param(params, "TZID")
        if not params.replace(";VALUE=DATE-TIME", "").replace(";VALUE=DATE", "").replace(f";TZID={tzid}", ""):
            zone = known_zone(tzid) if tzid else None
            clock = Clock(zone.rules, zone.name) if zone is not None else None if tzid else Clock(None, None)
        if len(self._clocks) < 1_000:
            self._clocks[params] = clock
        return clock


def _location(name: str, geo: str | None) -> Location | None:
    latitude, longitude = parse_geo(_text(geo)) if geo is not None else (None, None)
    return Location(name, latitude=latitude, longitude=longitude) if name or latitude is not None else None


def _text(value: str | None) -> str:
    """Give the text of a captured value: unfolded, decoded, unescaped; empty when there is none."""
    if value is None:
        return ""
    value = value[:-2]
    if "\n" in value:
        value = value.replace("\r\n ", "")
        if "\n" in value:
            value = value.replace("\r\n\t", "")
    if not value.isascii():
        value = value.encode("latin-1").decode()
    return unescape(value) if "\\" in value else value
