"""Lines of an event as every program can read them.

Programs forgive an event most properties that make no sense, but refuse all of a file for one in a component of another
kind: one alarm would take away all that its owner has. So such a property stands as the value of one that means nothing.
"""

from __future__ import annotations

import re
from typing import Final

from chalicelib.formats.ical.lines import Line, parse_line

UNREADABLE: Final = "X-UNREADABLE"
"""Name of a property, and of a component, that stands for one that makes no sense where it is; the value is its line."""

_PARAMS: Final = r'(?:;(?!VALUE=|TZID=)[A-Z0-9-]++=(?:"[^"\x00-\x1f\x7f]*+"|(?:[^":;=\\\x00- \x7f]++|(?<!=) (?![;=: \r]))++))*+'
_DURATION: Final = (
    r"[-+]?P(?:[0-9]{1,4}W|(?=[0-9T])(?:[0-9]{1,4}D)?+(?:T(?=[0-9])(?:[0-9]{1,5}H)?+(?:[0-9]{1,5}M)?+(?:[0-9]{1,5}S)?+)?+)"
)
_TIME: Final = r"[12][0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z"
_END: Final = r"\r\n(?![ \t])"

SOUND: Final = (
    rf"ACTION:.*+\n|DESCRIPTION:.*+\n|TRIGGER:-P(?:0DT0H|T)[0-9]{{1,3}}+M(?:0S|){_END}"
    rf"|TRIGGER(?:;RELATED=(?:START|END)|;VALUE=DURATION)*+:{_DURATION}{_END}"
    rf"|(?:ACTION|DESCRIPTION|SUMMARY|UID|X-[A-Z0-9-]++){_PARAMS}:.*+\n"
    rf"|(?:ATTENDEE|ATTACH(?:;VALUE=URI)?+){_PARAMS}:[^\\\n]*+\n(?:[ \t][^\\\n]*+\n)*+(?![ \t])"
    rf"|(?:TRIGGER;VALUE=DATE-TIME|ACKNOWLEDGED):{_TIME}{_END}"
    rf"|DURATION:{_DURATION}{_END}|REPEAT:[0-9]{{1,4}}{_END}"
)
"""Most lines of most alarms, which any program can read; first those that nearly all consist of, which the rest would take too."""

_SOUND: Final = re.compile(SOUND)
_ENDS_OF_ITS_OWN: Final = ("RDATE", "EXDATE")


def readable(line: Line, kind: str) -> Line:
    """Give a property of a component of a kind, or what stands for it where `icalendar` cannot read it.

    In an event these are CATEGORIES that are no text, periods that end outside the calendar or before they begin, and values
    of several kinds or time zones. Of any property they are parameters that no colon ends, because of a quote that is never
    closed or a backslash at their end.
    """
    if ("\\" in line.params or ('"' in line.params and not line.value)) and parse_line(line.text) != line:
        return Line(UNREADABLE, "", line.text if line.value else line.name + line.params)
    if kind == "VEVENT":
        if not _is_doubtful(line):
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


def _is_doubtful(line: Line) -> bool:
    """Whether `icalendar` has to be asked of a property of an event."""
    if line.name == "CATEGORIES":
        return bool(line.params)
    params = line.params.upper()
    if "," in params and ("VALUE" in params or "TZID" in params):
        return True
    return "/" in line.value and line.name not in _ENDS_OF_ITS_OWN and ("PERIOD" in params or line.name == "FREEBUSY")
