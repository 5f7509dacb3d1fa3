"""Dates, times and durations as iCalendar spells them (RFC 5545 §3.3.4 to §3.3.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from chalicelib.domain.slots import FLOATING
from chalicelib.formats.ical.lines import Line, param
from chalicelib.formats.ical.zones import Zone, custom_zone, known_zone

_MOMENT: Final = re.compile(r"([0-9]{8})(?:T([0-9]{4})([0-9]{2})(Z?))?")
_DURATION: Final = re.compile(r"([-+]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)

ONE_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Frame:
    """What a calendar says of all its entries."""

    zone: str = FLOATING
    """What a time without a zone means: `FLOATING`, or the IANA name of the zone it is in (``UTC`` for instants)."""
    vtimezones: Mapping[str, str] = field(default_factory=dict)
    """By TZID, the VTIMEZONEs of zones that no known name stands for."""

    @property
    def default(self) -> Zone | None:
        """The zone of a time without one, unless that is floating or an instant."""
        return None if self.zone in (FLOATING, "UTC") else known_zone(self.zone)

    def resolve(self, tzid: str) -> Zone | None:
        """Tell what a TZID stands for here; None when nobody knows."""
        zone = known_zone(tzid)
        if zone is None and tzid in self.vtimezones:
            zone = custom_zone(self.vtimezones[tzid])
        return zone


class Moment(NamedTuple):
    """A DATE or DATE-TIME: what the clock shows, and which clock."""

    local: datetime
    """Naive."""
    kind: Literal["date", "utc", "floating", "zoned"]
    zone: Zone | None = None

    @property
    def value(self) -> datetime:
        """As `Slot.start` has it: aware and in UTC for an instant, else naive."""
        if self.kind == "utc":
            return self.local.replace(tzinfo=UTC)
        if self.zone is not None and self.kind == "zoned":
            return self.local.replace(tzinfo=self.zone.rules).astimezone(UTC)
        return self.local

    @property
    def timezone(self) -> str | None:
        """As `Slot.timezone` has it."""
        if self.kind == "zoned" and self.zone is not None:
            return self.zone.name
        return FLOATING if self.kind == "floating" else None

    def plus(self, duration: Duration) -> Moment:
        """Add a duration: days by the calendar, the rest by the clock (RFC 5545 §3.3.6)."""
        day = self._replace(local=self.local + duration.days)
        if not duration.time:
            return day
        if day.zone is None:
            return day._replace(local=day.local + duration.time)
        later = (day.value + duration.time).astimezone(day.zone.rules)
        return day._replace(local=later.replace(tzinfo=None))


class Duration(NamedTuple):
    """A DURATION; both parts have its sign."""

    days: timedelta
    time: timedelta


def parse_moment(line: Line, frame: Frame) -> Moment:
    """Read the value of DTSTART and its like. Raises `ValueError` for what is no date or time.

    As in `icalendar`, a TZID that is known counts more than a ``Z``, and one that is not known counts nothing. Second
    60 becomes 59.
    """
    return moment(line.value, param(line.params, "TZID"), frame)


def moment(value: str, tzid: str, frame: Frame) -> Moment:
    """Read one date or time of the zone `tzid`; see `parse_moment`."""
    match = _MOMENT.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value[:40]!r} is no date or time")
    day, minutes, seconds, utc = match.groups()
    if minutes is None:
        return Moment(datetime.fromisoformat(day), "date")
    local = datetime.fromisoformat(f"{day}T{minutes}{min(int(seconds), 59) if seconds == '60' else seconds}")
    zone = frame.resolve(tzid) if tzid else None if utc else frame.default
    if zone is not None:
        try:
            local.replace(tzinfo=zone.rules).astimezone(UTC)  # a time at the very ends of the calendar has no instant
        except (TypeError, AttributeError, LookupError) as error:  # rules of a VTIMEZONE that cannot be followed to this time
            raise ValueError(f"{tzid[:40]!r} does not tell the offset of {value[:40]!r}") from error
        return Moment(local, "zoned", zone)
    if utc or (frame.zone == "UTC" and not tzid):
        return Moment(local, "utc")
    return Moment(local, "floating")


def parse_duration(value: str) -> Duration:
    """Read a DURATION. Raises `ValueError` for anything else, `OverflowError` for one that no calendar can hold."""
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value[:40]!r} is no duration")
    sign = -1 if match[1] == "-" else 1
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    return Duration(
        sign * timedelta(weeks=weeks, days=days),
        sign * timedelta(hours=hours, minutes=minutes, seconds=seconds),
    )


def next_midnight(local: datetime) -> datetime:
    """Give the midnight that ends the day, or `local` itself when it is one."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == local else midnight + ONE_DAY
