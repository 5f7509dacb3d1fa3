"""Lines of an event as every program can read them.

Programs forgive an event most properties that make no sense, but refuse all of a file for one in a component of another
kind: one alarm would take away all that its owner has. So such a property stands as the value of one that means nothing.
"""

from __future__ import annotations

import re
from typing import Final

from chalicelib.formats.ical.lines import Line

UNREADABLE: Final = "X-UNREADABLE"
"""Name of a property, and of a component, that stands for one that makes no sense where it is; the value is its line."""

_PARAMS: Final = r'(?:;(?!VALUE=|TZID=)[A-Z0-9-]++=(?:"[^"\x00-\x1f\x7f]*+"|(?:[^":;=\\\x00- \x7f]++|(?<!=) (?![;=: \r]))++))*+'
_DURATION: Final = (
    r"[-+]?P(?:[0-9]{1,4}W|(?=[0-9T])(?:[0-9]{1,4}D)?+(?:T(?=[0-9])(?:[0-9]{1,5}H)?+(?:[0-9]{1,5}M)?+(?:[0-9]{1,5}S)?+)?+)"
)
_TIME: Final = r"[12][0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z"
_END: Final = r"\r\n(?![ \t])"

SOUND: Final = (
    rf"TRIGGER(?:;RELATED=(?:START|END)|;VALUE=DURATION)*+:{_DURATION}{_END}"
    rf"|(?:ACTION|DESCRIPTION|SUMMARY|UID|ATTENDEE|ATTACH(?:;VALUE=URI)?+|X-[A-Z0-9-]++){_PARAMS}:.*+\n"
    rf"|(?:TRIGGER;VALUE=DATE-TIME|ACKNOWLEDGED):{_TIME}{_END}"
    rf"|DURATION:{_DURATION}{_END}|REPEAT:[0-9]{{1,4}}{_END}"
)
"""Most lines of most alarms, which any program can read."""

_SOUND: Final = re.compile(SOUND)


_ENDS_OF_ITS_OWN: Final = ("RDATE", "EXDATE")


def readable(line: Line, kind: str) -> Line:
    """Give a property of a component of a kind, or what stands for it where `icalendar` cannot read it.

    In an event these are CATEGORIES that are no text, and periods that end outside the calendar or before they begin.
    """
    if kind == "VEVENT":
        if line.name == "CATEGORIES":
            doubtful = bool(line.params)
        else:
            doubtful = "/" in line.value and (line.name == "FREEBUSY" or "PERIOD" in line.params.upper())
        if not doubtful or line.name in _ENDS_OF_ITS_OWN:
            return line
    elif _SOUND.fullmatch(f"{line.text}\r\n") is not None:
        return line
    from icalendar import Component

    kind = kind if kind == "VEVENT" else "X-A"
    try:
        Component.from_ical(f"BEGIN:{kind}\r\n{line.folded}END:{kind}\r\n")
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError, AssertionError):
        return Line(UNREADABLE, "", line.text)
    return line
