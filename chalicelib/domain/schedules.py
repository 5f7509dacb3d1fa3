"""When a schedule comes due: wall-clock rules in a time zone, to the minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEFAULT_HOUR: Final = 2
DEFAULT_


@dataclass(frozen=True, slots=True)
class Schedule:
    """All conditions together: a day of the week, a day of the month, an hour and a minute, in a time zone.

    Each tuple is sorted and without repetition; no days mean every day.
    """

    weekdays: tuple[int, ...] = ()
    """0 is Monday."""
    days_of_month: tuple[int, ...] = ()
    hours: tuple[int, ...] = (DEFAULT_HOUR,)
    minutes: tuple[int, ...] = (DEFAULT_MINUTE,)
    timezone: str = "UTC"
    """IANA."""
