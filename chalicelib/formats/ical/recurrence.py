"""When a slot happens: the occurrences of a series in a window.

`dateutil` steps through the rules; everything is bounded, so that a rule with a billion occurrences or with none at all
costs no more than any other: at most `MAX_STEPS` occurrences are looked at, and none further than a hundred years away
from where the search begins. A rule without COUNT is entered near the window, not at its beginning.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from chalicelib.domain.slots import Slot, Window, instant
from chalicelib.formats.ical.event import slot_of
from chalicelib.formats.ical.lines import Line, components, own_properties, param, tzid_of, walk
from chalicelib.formats.ical.small_steps import small_steps
from chalicelib.formats.ical.times import Frame, Moment, parse_moment

MAX_STEPS: Final = 10_000
"""Occurrences that are looked at for one slot and window, of those that are listed (RDATE, EXDATE) as many each."""
MAX_RULES: Final = 5
"""Rules that are looked at: a series has one (RFC 5545 §3.8.5.3), and one that never comes costs as much as all steps."""
HORIZON: Final = timedelta(days=36_525)
"""How far from its beginning a search looks."""
_SLACK: Final = timedelta(days=2)
"""More than any two clocks differ."""
_PERIODS: Final = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": timedelta(days=31),
    "YEARLY": timedelta(days=366),
}
_DAY_PARTS: Final = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER")
_SMALL: Final = ("SECONDLY", "MINUTELY", "HOURLY")
_MAX_POSITIONS: Final = 20
_LAST_YEAR: Final = 9_999
_MIDDLE: Final = 5_000
"""A year that is far from both ends of the calendar."""
_LAST_CENTURY: Final = 9_900
_CYCLE: Final = 400
"""Years after which the calendar repeats itself, weekdays and all."""
_NUMBER: Final = re.compile(r"[0-9]+")


class Occurrence(NamedTuple):
    """One occurrence; both ends aware, floating times and dates counted as UTC."""

    start: datetime
    end: datetime


def occurrences(slot: Slot, window: Window, *, limit: int = 1_000) -> list[Occurrence]:
    """List the occurrences that overlap a window, in their order, at most `limit`.

    An occurrence without length is in the window when it starts in it. What the search does not reach within its bounds
    is not found.
    """
    if not slot.recurring or not slot.ical:
        found = [Occurrence(instant(slot.start), instant(slot.end or slot.start))]
    else:
        found = list(_Series(slot.ical).occurrences(window))
    inside = {
        item
        for item in found
        if item.start < window.latest and (item.end > window.earliest or item.start == item.end == window.earliest)
    }
    return sorted(inside)[:limit]


class _Event(NamedTuple):
    """One component of a series."""

    start: Moment
    length: timedelta
    recurrence_id: Moment | None
    this_and_future: bool
    lines: list[Line]


class _Rule(NamedTuple):
    """An RRULE without its bounds, which are kept apart."""

    parts: dict[str, str]
    interval: int
    times: int | None
    """Its COUNT."""
    until: datetime | None
    """On the clock of the series."""


class _Series:
    """The components of one slot, ready to be asked."""

    def __init__(self, text: str) -> None:
        parts = components(text)
        self._frame = Frame(vtimezones={tzid_of(part): part for part in parts if part.startswith("BEGIN:VTIMEZONE")})
        events = [self._event(part) for part in parts if not part.startswith("BEGIN:VTIMEZONE")]
        self._masters = [event for event in events if event.recurrence_id is None]
        self._overrides = [event for event in events if event.recurrence_id is not None]
        self._budget = MAX_STEPS

    def _event(self, text: str) -> _Event:
        named = own_properties(text)
        slot = slot_of(named, self._frame)
        start = self._moment(named.get("DTSTART")) or _plain_moment(slot)
        length = instant(slot.end) - instant(slot.start) if slot.end is not None else timedelta()
        recurrence_id, ranged = None, False
        if "RECURRENCE-ID" in named:
            recurrence_id = self._moment(named["RECURRENCE-ID"]) or start
            ranged = param(named["RECURRENCE-ID"].params, "RANGE").upper() == "THISANDFUTURE"
        lines = [line for depth, line in walk(text) if depth == 1]
        return _Event(start, max(length, timedelta()), recurrence_id, ranged, lines)

    def _moment(self, line: Line | None) -> Moment | None:
        try:
            return parse_moment(line, self._frame) if line is not None else None
        except (ValueError, OverflowError):
            return None

    def occurrences(self, window: Window) -> Iterator[Occurrence]:
        """Yield occurrences in and around a window, in no order."""
        for override in self._overrides:
            yield _occurrence(override.start, override.length)
        later = sorted((item for item in self._overrides if item.this_and_future), key=lambda item: item.recurrence_id.local)  # type: ignore[union-attr]  # an override has one
        for master in self._masters:
            longest = max([master.length, *(item.length + abs(_shift(item)) for item in later)])
            earliest = _near(window.earliest, -(longest + _SLACK))
            latest = _near(window.latest, longest + _SLACK)
            left_out = _Times([item.recurrence_id for item in self._overrides if item.recurrence_id is not None])
            left_out.add(self._listed(master, "EXDATE"))
            for local in self._starts(master, earliest, latest):
                start = master.start._replace(local=local)
                if not _has_instant(start) or start in left_out:
                    continue
                follows = [item for item in later if item.recurrence_id is not None and item.recurrence_id.local <= local]
                if follows:
                    yield _occurrence(start._replace(local=local + _shift(follows[-1])), follows[-1].length)
                else:
                    yield _occurrence(start, master.length)

    def _starts(self, master: _Event, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        """Yield where occurrences of a series start, on its own clock."""
        yield master.start.local
        for listed in self._listed(master, "RDATE"):
            yield _on_clock(listed, master.start)
        for line in islice((line for line in master.lines if line.name == "RRULE"), MAX_RULES):
            yield from self._steps(self._rule(line, master.start), master.start.local, earliest, latest)

    def _listed(self, event: _Event, name: str) -> list[Moment]:
        """Give the times of all properties of a name, the first of very many; a period counts by its start."""
        values = (line._replace(value=value) for line in event.lines if line.name == name for value in line.value.split(","))
        moments = (self._moment(line._replace(value=line.value.partition("/")[0])) for line in islice(values, MAX_STEPS))
        return [moment for moment in moments if moment is not None]

    def _rule(self, line: Line, start: Moment) -> _Rule | None:
        """Read a rule; None for one that makes no sense."""
        pairs = (part.partition("=") for part in line.value.replace(" ", "").upper().split(";"))
        parts = {name: value for name, equals, value in pairs if equals}
        interval, count = parts.pop("INTERVAL", "1"), parts.pop("COUNT", None)
        until = None
        if "UNTIL" in parts:
            end = self._moment(Line("UNTIL", "", parts.pop("UNTIL")))
            if end is None:
                return None
            until = _on_clock(end, start) if end.kind != "date" else end.local + timedelta(hours=23, minutes=59, seconds=59)
        if parts.get("FREQ") not in _PERIODS or not _NUMBER.fullmatch(interval) or _bounded(interval) == 0:
            return None
        if count is not None and not _NUMBER.fullmatch(count):
            return None
        return _Rule(parts, _bounded(interval), _bounded(count) if count is not None else None, until)

    def _steps(self, rule: _Rule | None, start: datetime, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        """Step through a rule for as long as the budget lasts."""
        if rule is None:
            return
        if rule.times is None:
            rule, start = _enter(rule, start, earliest)
        period = _PERIODS[rule.parts["FREQ"]] * min(rule.interval, MAX_STEPS)
        end = min(latest, _near(start, min(HORIZON, period * MAX_STEPS)), rule.until or latest)
        steps = small_steps(rule.parts, rule.interval, start) if rule.parts["FREQ"] in _SMALL else _large_steps(rule, start, end)
        for local in islice(steps, rule.times):
            if self._budget == 0 or local > end:
                return
            self._budget -= 1
            yield local


class _Times:
    """Times that occurrences are compared with; a date stands for its whole day."""

    def __init__(self, moments: list[Moment]) -> None:
        self._values: set[datetime] = set()
        self._days: set[date] = set()
        self.add(moments)

    def add(self, moments: list[Moment]) -> None:
        """Add times."""
        self._values.update(moment.value for moment in moments)
        self._days.update(moment.local.date() for moment in moments if moment.kind == "date")

    def __contains__(self, start: Moment) -> bool:
        return start.value in self._values or start.local.date() in self._days


def _plain_moment(slot: Slot) -> Moment:
    return Moment(slot.start.replace(tzinfo=None), "utc" if slot.start.tzinfo is not None else "floating")


def _shift(event: _Event) -> timedelta:
    """Tell by how much an occurrence was moved from where its rule puts it."""
    return event.start.local - event.recurrence_id.local if event.recurrence_id is not None else timedelta()


def _occurrence(start: Moment, length: timedelta) -> Occurrence:
    begins = instant(start.value) if _has_instant(start) else instant(_end_of_calendar(start.local))
    try:
        return Occurrence(begins, begins + length)
    except OverflowError:
        return Occurrence(begins, begins)


def _on_clock(moment: Moment, start: Moment) -> datetime:
    """Give what the clock of a series shows at a time."""
    if moment.kind in ("utc", "zoned"):
        if start.kind == "zoned" and start.zone is not None:
            try:
                return moment.value.astimezone(start.zone.rules).replace(tzinfo=None)
            except OverflowError:  # an UNTIL of the year 9999 means for ever
                return _end_of_calendar(moment.local)
        return moment.value.replace(tzinfo=None)
    return moment.local


def _near(moment: datetime, distance: timedelta) -> datetime:
    """Go a distance from a moment, on a clock of no zone, as far as the calendar goes."""
    local = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment
    try:
        return local + distance
    except OverflowError:
        return datetime.min if distance < timedelta() else datetime.max  # noqa: DTZ901


def _has_instant(moment: Moment) -> bool:
    """Whether a time is in the years 1 to 9999 of UTC, too."""
    if 1 < moment.local.year < _LAST_YEAR:
        return True
    try:
        instant(moment.value)
    except OverflowError:
        return False
    return True


def _end_of_calendar(local: datetime) -> datetime:
    """Give the first or the last moment that there is, whichever is nearer."""
    return datetime.max if local.year > _MIDDLE else datetime.min  # noqa: DTZ901


def _bounded(number: str) -> int:
    """Read a number of any length; none larger than nine digits makes a difference."""
    return int(number) if len(number) < 10 else 10**9


def _enter(rule: _Rule, start: datetime, earliest: datetime) -> tuple[_Rule, datetime]:
    """Find a later start from which a rule gives the same occurrences from `earliest` on.

    What the rule takes from its start (a day of the month, a month) is written into it first.
    """
    frequency = rule.parts["FREQ"]
    if start >= earliest:
        return rule, start
    if frequency not in ("MONTHLY", "YEARLY"):
        try:
            period = _PERIODS[frequency] * rule.interval
        except OverflowError:
            return rule, start
        return rule, start + (earliest - start) // period * period
    parts = dict(rule.parts)
    if not any(name in parts for name in _DAY_PARTS):
        parts["BYMONTHDAY"] = str(start.day)
        if frequency == "YEARLY":
            parts.setdefault("BYMONTH", str(start.month))
    rule = rule._replace(parts=parts)
    if frequency == "YEARLY":
        years = (earliest.year - start.year) // rule.interval * rule.interval
        return rule, start.replace(year=start.year + years, month=1, day=1)
    months = ((earliest.year - start.year) * 12 + earliest.month - start.month) // rule.interval * rule.interval
    month = start.year * 12 + start.month - 1 + months
    return rule, start.replace(year=month // 12, month=month % 12 + 1, day=1)


def _far(first: int, last: int) -> int:
    """Give a number of years from which the days of some years, and those around them, are the same, and few follow.

    Days are the same again after 28 years where every fourth year is a leap year, which all centuries but one in four end.
    """
    if all(isleap(year) == (year % 4 == 0) for year in range(first - 1, last + 2)):
        years = (_LAST_YEAR - 1 - last) // 4 * 4
        while years > 0 and first - 1 + years > _LAST_CENTURY:
            if date(first + years, 1, 1).weekday() == date(first, 1, 1).weekday():
                return years
            years -= 4
    return (_LAST_YEAR - last) // _CYCLE * _CYCLE


def _large_steps(rule: _Rule, start: datetime, end: datetime) -> Iterator[datetime]:
    """Step through a rule of days and longer, up to `end`.

    `dateutil` looks for a day that never comes until its years run out. So it looks in far years that have the same days.
    """
    if end < start or rule.parts.get("BYSETPOS", "").count(",") >= _MAX_POSITIONS:
        return
    years = _far(start.year, end.year)
    text = ";".join(f"{name}={value}" for name, value in rule.parts.items())
    try:
        from dateutil.rrule import rrulestr

        until = end.replace(year=end.year + years)
        for local in rrulestr(
            f"{text};INTERVAL={rule.interval};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=start.replace(year=start.year + years)
        ):
            yield local.replace(year=local.year - years)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        return
