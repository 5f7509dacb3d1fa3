"""Rules of hours, minutes and seconds (RFC 5545 §3.3.10), stepped through one period at a time.

`dateutil` searches a period that fits without coming back, for hours where a rule fits on no day. Here every period that
is looked at is a step, and the steps are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Final

MAX_STEPS: Final = 10_000
"""Periods that are looked at."""
_PERIODS: Final = {"SECONDLY": timedelta(seconds=1), "MINUTELY": timedelta(minutes=1), "HOURLY": timedelta(hours=1)}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LIMITS: Final[Mapping[str, Callable[[datetime], tuple[int, ...]]]] = {
    "BYMONTH": lambda at: (at.month,),
    "BYMONTHDAY": lambda at: (at.day, at.day - 1 - _days_in_month(at)),
    "BYYEARDAY": lambda at: (at.timetuple().tm_yday, at.timetuple().tm_yday - 1 - _days_in_year(at)),
    "BYHOUR": lambda at: (at.hour,),
    "BYMINUTE": lambda at: (at.minute,),
    "BYSECOND": lambda at: (at.second,),
}
"""What a part compares with; negative numbers count from the end."""
_PARTS: Final = frozenset(("FREQ", "WKST", "BYDAY", *_LIMITS))


def small_steps(parts: Mapping[str, str], interval: int, start: datetime) -> Iterator[datetime]:
    """Yield the occurrences of a rule from its start, within `MAX_STEPS` periods; nothing for one that makes no sense.

    BYSETPOS makes no sense here: a period holds what BYMINUTE and BYSECOND pick from it, and they can pick it alone.
    """
    try:
        numbers = {name: {int(value) for value in parts[name].split(",")} for name in _LIMITS if name in parts}
    except ValueError:
        return
    days = set(parts.get("BYDAY", ",".join(_WEEKDAYS)).split(","))
    if not parts.keys() <= _PARTS or not days <= set(_WEEKDAYS):
        return
    minutes = sorted(numbers.pop("BYMINUTE")) if parts["FREQ"] == "HOURLY" and "BYMINUTE" in numbers else [None]
    seconds = sorted(numbers.pop("BYSECOND")) if parts["FREQ"] != "SECONDLY" and "BYSECOND" in numbers else [None]
    if not set(minutes) - {None} <= set(range(60)) or not set(seconds) - {None} <= set(range(60)):
        return
    period = _PERIODS[parts["FREQ"]] * interval
    at = start
    for _ in range(MAX_STEPS):
        if _WEEKDAYS[at.weekday()] in days and all(not allowed.isdisjoint(_LIMITS[name](at)) for name, allowed in numbers.items()):
            for minute, second in product(minutes, seconds):
                found = at.replace(minute=at.minute if minute is None else minute, second=at.second if second is None else second)
                if found >= start:
                    yield found
        try:
            at += period
        except OverflowError:
            return


def _days_in_month(at: datetime) -> int:
    return ((at.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


def _days_in_year(at: datetime) -> int:
    return at.replace(month=12, day=31).timetuple().tm_yday
