r"""The fast way to read an event: one regular expression over its folded text.

It takes only what it reads exactly as `event.read_event` does (a property test says so) and leaves everything odd to
that: names in small letters or folded, values with parameters in quotes, components in components other than alarms.

Text is CRLF text with one character per octet: decoding UTF-8 is reversible then, and done for captured values alone.
All loops are possessive, so that a text that does not match is left after one pass.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final, NamedTuple

from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Location, Slot
from chalicelib.formats.ical.extras import parse_geo
from chalicelib.formats.ical.lines import param
from chalicelib.formats.ical.stream import MAX_LINE
from chalicelib.formats.ical.text import UNTIDY, refold, unescape
from chalicelib.formats.ical.times import ONE_DAY, Frame
from chalicelib.formats.ical.zones import known_zone

_REST: Final = r".*+\n(?:[ \t].*+\n)*+"
"""The rest of a logical line, through its folds."""
_PARAMS: Final = r'(?:;[^:"\\\n \t]*+)?:'
_TIME: Final = r'((?:;[^:"\\\n \t]*+)?):([0-9]{8}(?:T[0-9]{6}Z?)?)\r\n(?![ \t])'
_ANY_PARAM: Final = (
    r';[A-Z0-9-]++=(?![ \t])(?:[^":;=\\\n\r \t]++|=(?![ \t\r])|[ \t](?![;=:\r])|"(?:[^"\n]++|\n[ \t])*+"|\r\n[ \t](?![ \t]))*+'
)
"""One parameter with its name in capitals and in one piece, its value of any kind but without blanks to drop."""
_ANY_LINE: Final = rf"[A-Z0-9-]*+(?:{_ANY_PARAM})*+:{_REST}"
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
    rf"|SUMMARY{_PARAMS}({_REST})"
    rf"|DESCRIPTION{_PARAMS}({_REST})"
    r"|CLASS:([A-Z]++)\r\n(?![ \t])"
    rf"|LOCATION{_PARAMS}({_REST})"
    r"|SEQUENCE:([0-9]{1,9})\r\n(?![ \t])"
    rf"|{_OTHER}"
    rf"|(?:RRULE|RDATE|RECURRENCE-ID)(:|(?:{_ANY_PARAM})++:){_REST}"
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


class _Clock(NamedTuple):
    """What the parameters of a DTSTART or DTEND say: no zone, or one with a known name."""

    rules: tzinfo | None
    name: str | None


class QuickReader:
    """Reads events of one calendar out of blocks of its text."""

    def __init__(self, frame: Frame) -> None:
        self.match = EVENT.match
        self._floats = frame.zone == FLOATING
        self._clocks: dict[str, _Clock | None] = {"": _Clock(None, None)}
        self._strange: tuple[str, ...] = ()
        self._untidy = False

    def look_at(self, text: str) -> None:
        """Learn what holds for a whole block: which zones in it nobody knows, whether all lines are folded as ours."""
        self._strange = tuple(tzid for tzid in set(_TZID.findall(text)) if known_zone(tzid) is None)
        self._untidy = UNTIDY.search(text) is not None

    def slot(self, found: re.Match[str]) -> Slot | None:
        """Make the slot of an event that `match` found; None for what the complete reader has to judge."""
        (uid, start_params, start, end_params, end, title, description, access, place, sequence, recurrence, geo) = found.groups()
        text = found[0]
        if start is None or len(text) > MAX_LINE:
            return None
        clock = self._clocks[start_params] if start_params in self._clocks else self._clock(start_params)
        if clock is None or (self._strange and any(tzid in text for tzid in self._strange)):
            return None
        if not self._floats and _UNANCHORED.search(text) is not None:
            return None
        all_day = len(start) == 8
        ends: datetime | None
        timezone: str | None
        try:
            if all_day:
                begins = datetime.fromisoformat(start)
                timezone = None
                if end is None:
                    ends = begins + ONE_DAY
                elif len(end) == 8:
                    ends = datetime.fromisoformat(end)
                else:
                    return None
            else:
                if clock.rules is None:
                    begins = datetime.fromisoformat(start)
                    timezone = None if begins.tzinfo is not None else FLOATING
                else:
                    begins = datetime.fromisoformat(start[:15]).replace(tzinfo=clock.rules).astimezone(UTC)
                    timezone = clock.name
                ends = None
                if end is not None:
                    if end_params != start_params:
                        clock = self._clock(end_params)
                    if clock is None or len(end) == 8:
                        return None
                    if clock.rules is None:
                        ends = datetime.fromisoformat(end)
                    else:
                        ends = datetime.fromisoformat(end[:15]).replace(tzinfo=clock.rules).astimezone(UTC)
                if begins.tzinfo is None and (not self._floats or (ends is not None and ends.tzinfo is not None)):
                    return None
                if ends is not None and ends.tzinfo is None and begins.tzinfo is not None:
                    return None
            untidy = self._untidy and UNTIDY.search(text) is not None
            if not text.isascii():
                text = text.encode("latin-1").decode()
            if untidy:
                text = refold(text)
        except (ValueError, OverflowError):  # no such day, no such instant, or a character that a fold cuts in two
            return None
        if text.isascii() and "\\" not in text and "\n " not in text and not untidy:  # no value needs more than its line end off
            uid = "" if uid is None else uid[:-2]
            title = "" if title is None else title[:-2]
            description = "" if description is None else description[:-2]
            place = "" if place is None else place[:-2]
        else:
            uid, title, description, place = map(_text, (uid, title, description, place))
        if len(title) > MAX_TITLE or len(place) > MAX_TITLE or len(description) > MAX_TEXT:
            return None
        location = None
        if place or geo is not None:
            latitude, longitude = parse_geo(_text(geo)) if geo is not None else (None, None)
            if place or latitude is not None:
                location = Location(place, latitude=latitude, longitude=longitude)
        return tuple.__new__(
            Slot,
            (
                uid,
                title,
                begins,
                ends,
                "public" if access == "PUBLIC" else "private",
                all_day,
                timezone,
                location,
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

    def _clock(self, params: str) -> _Clock | None:
        """Tell what parameters say; None when the complete reader has to tell."""
        if params in self._clocks:
            return self._clocks[params]
        clock = None
        tzid = param(params, "TZID")
        if not params.lower().replace(";value=date-time", "").replace(";value=date", "").replace(f";tzid={tzid.lower()}", ""):
            zone = known_zone(tzid) if tzid else None
            clock = _Clock(zone.rules, zone.name) if zone is not None else None if tzid else _Clock(None, None)
        if len(self._clocks) < 1_000:
            self._clocks[params] = clock
        return clock


def _text(value: str | None) -> str:
    """Give the text of a captured value: unfolded, decoded, unescaped; empty when there is none."""
    if value is None:
        return ""
    value = value[:-2]
    if "\n" in value:
        value = value.replace("\r\n ", "").replace("\r\n\t", "")
    if not value.isascii():
        value = value.encode("latin-1").decode()
    return unescape(value) if "\\" in value else value
