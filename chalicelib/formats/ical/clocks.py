"""What the parameters of a time say, and its instant, looked up by the day: that costs a fifth of converting it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from chalicelib.formats.ical.lines import param
from chalicelib.formats.ical.zones import known_zone

MAX_CLOCKS: Final = 32
MAX_DAYS: Final = 4_000
"""Days of which a clock keeps the offset."""

_instant: Final = datetime.fromisoformat


class Clock:
    """What the parameters of a DTSTART or DTEND say: no zone, or one with a known name."""

    __slots__ = ("_changes", "_offsets", "name", "rules", "zones")

    def __init__(self, rules: tzinfo | None, name: str | None, *zones: str) -> None:
        self.rules = rules
        self.name = name
        self.zones = zones
        """The TZID, if there is one."""
        self._offsets: dict[str, timedelta] = {}
        """By day, the offset from UTC, if that holds all day."""
        self._changes: set[str] = set()
        """Days on which it does not."""

    def read(self, value: str) -> datetime:
        """Read a time. Raises `ValueError`, `OverflowError`."""
        if self.rules is None:
            return _instant(value)
        offset = self._offsets.get(value[:8])
        if offset is None:
            offset = self._offset(value[:8])
        if offset is not None:
            return _instant(value[:15] + "Z") - offset
        return _instant(value[:15]).replace(tzinfo=self.rules).astimezone(UTC)

    def span(self, start: str, end: str) -> tuple[datetime, datetime]:
        """Read two times of a zone, neither with a Z. Raises `ValueError`, `OverflowError`."""
        day = start[:8]
        offset = self._offsets.get(day)
        if offset is None or end[:8] != day:
            return self.read(start), self.read(end)
        return _instant(start + "Z") - offset, _instant(end + "Z") - offset

    def _offset(self, day: str) -> timedelta | None:
        if day in self._changes:
            return None
        midnight = _instant(day).replace(tzinfo=self.rules)
        offset = midnight.utcoffset()
        if len(self._offsets) + len(self._changes) > MAX_DAYS:
            self._offsets.clear()
            self._changes.clear()
        if offset is None or any((midnight + timedelta(hours=hours)).utcoffset() != offset for hours in (-6, 6, 12, 18, 24, 30)):
            self._changes.add(day)
            return None
        self._offsets[day] = offset
        return offset


@lru_cache(maxsize=MAX_CLOCKS)
def clock_of(params: str) -> Clock | None:
    """Tell what the parameters of a DTSTART or DTEND say; None when that is not plain ASCII, or no zone that is known."""
    if not params.isascii():  # they are octets
        return None
    tzid = param(params, "TZID")
    if params.replace(";VALUE=DATE-TIME", "").replace(";VALUE=DATE", "").replace(f";TZID={tzid}", ""):
        return None
    zone = known_zone(tzid) if tzid else None
    if zone is None:
        return None if tzid else Clock(None, None)
    return Clock(zone.rules, zone.name, tzid)
