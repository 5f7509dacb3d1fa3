"""When a schedule comes due: wall-clock rules in a time zone, to the minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEFAULT_HOUR: Final = 2
DEFAULT_MINUTE: Final = 0

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_HORIZON: Final = 3 * 366
"""Days to look ahead: a day of the month falls on each day of the week at least once in that time."""


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

    def next_run(self, after: datetime) -> datetime | None:
        """Give the first minute after `after` for which the schedule is due, in UTC; None when there is none.

        A local time that DST skips is due at the next minute that exists, one that occurs twice at its first occurrence.
        """
        zone = ZoneInfo(self.timezone)
        moments = (_instant(local, zone) for local in self._local_times(after.astimezone(zone)))
        return next((moment for moment in moments if moment > after), None)

    def _local_times(self, after: datetime) -> Iterator[datetime]:
        """Yield the naive local times that the conditions name, rising, from the day before `after`.

        From the day before, since a time that was skipped there can be due at the first minute of this day.
        """
        day = after.date() - _DAY
        for _ in range(_HORIZON):
            if (not self.weekdays or day.weekday() in self.weekdays) and (not self.days_of_month or day.day in self.days_of_month):
                for hour in self.hours:
                    for minute in self.minutes:
                        yield datetime.combine(day, time(hour, minute))
            day += _DAY


def next_run(schedules: Iterable[Schedule], after: datetime) -> datetime | None:
    """Give the first minute after `after` for which any of the schedules is due, in UTC; None when there is none."""
    return min((moment for schedule in schedules if (moment := schedule.next_run(after)) is not None), default=None)


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Give the first instant at which clocks in `zone` show `local`, or the first minute after it that they show."""
    while True:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += _MINUTE
