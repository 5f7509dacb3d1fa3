"""The stretch of time a slot can touch, known without expanding a recurrence rule.

For a recurring slot the stretch is an estimate that is never too short: it may hold times at which nothing happens, and
never misses one at which something does. Whoever needs to be exact looks closer afterwards.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from chalicelib.domain.slots import Slot, Window, instant

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_SLACK: Final = timedelta(days=2)
"""More than any two zones and both ends of a day lie apart: dates in the text are taken as they stand, without their zone."""
_TIME_LINE: Final = re.compile(r"^(?:DTSTART|DTEND|RDATE|RECURRENCE-ID)[;:].*", re.MULTILINE | re.IGNORECASE)
_RULE_LINE: Final = re.compile(r"^RRULE(?:;[^:]*)?:(.*)", re.MULTILINE | re.IGNORECASE)
_DATE: Final = re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)(?!\d)")
_DURATION: Final = re.compile(r"(?<=[:=/,;+-])\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)
_ZONES: Final = re.compile(r"^BEGIN:VTIMEZONE\r?\n.*?^END:VTIMEZONE\r?\n", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_COUNTABLE: Final = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(days=7)}
"""Frequencies of which each period has at least one occurrence, and how long a period is."""
_HARMLESS: Final = {"FREQ", "INTERVAL", "COUNT", "WKST"}


class Span(NamedTuple):
    """From the first instant to the last, both aware; `reach` is None when there is no last one that is known."""

    first: datetime
    reach: datetime | None


def span_of(slot: Slot) -> Span:
    """Give the stretch of time that `slot`, or any of its occurrences, can touch.

    A slot without an end takes place at its start (RFC 4791 §9.9).
    """
    start = instant(slot.start)
    end = start if slot.end is None else max(start, instant(slot.end))
    if not slot.recurring:
        return Span(start, end)
    try:
        return _series_span(slot.ical, start, end)
    except (OverflowError, ValueError):  # dates at the edge of what a datetime can hold, or no dates at all
        return Span(BEGINNING, None)


def may_touch(slot: Slot, window: Window) -> bool:
    """Whether `slot` overlaps `window`, or may have an occurrence that does."""
    first, reach = span_of(slot)
    return first < window.latest and (reach is None or reach > window.earliest or first >= window.earliest)


def _series_span(ical: str, start: datetime, end: datetime) -> Span:
    text = _ZONES.sub("", ical.replace("\r\n ", "").replace("\r\n\t", ""))
    moments = [start, end]
    for line in _TIME_LINE.findall(text):
        moments += [datetime(int(year), int(month), int(day), tzinfo=UTC) for year, month, day in _DATE.findall(line)]
    first = min(moments) - _SLACK
    if re.search(r"RANGE\s*=", text, re.IGNORECASE):  # THISANDFUTURE moves what the rule says by an amount that is not ours to know
        return Span(BEGINNING, None)
    for rule in _RULE_LINE.findall(text):
        last = _last_start(rule.strip(), start)
        if last is None:
            return Span(first, None)
        moments.append(last)
    longest = (end - start) + sum(map(_duration, _DURATION.finditer(text)), timedelta())
    return Span(first, max(moments) + longest + _SLACK)


def _last_start(rule: str, start: datetime) -> datetime | None:
    """Give a time at or after the start of a rule's last occurrence; None when the rule has none or does not say."""
    parts = {name.upper(): value for name, _, value in (part.partition("=") for part in rule.split(";"))}
    if "UNTIL" in parts:
        found = _DATE.search(parts["UNTIL"].upper().replace("T", " "))
        return None if found is None else datetime.combine(date(*map(int, found.groups())), datetime.min.time(), UTC)
    frequency = parts.get("FREQ", "").upper()
    others = parts.keys() - _HARMLESS - ({"BYDAY"} if frequency == "WEEKLY" else set())
    if "COUNT" not in parts or frequency not in _COUNTABLE or others:
        return None
    return start + _COUNTABLE[frequency] * (int(parts.get("INTERVAL", "1")) * int(parts["COUNT"]) + 1)


def _duration(match: re.Match[str]) -> timedelta:
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
