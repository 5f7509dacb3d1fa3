"""What the user should know of a calendar that was read: how often something was assumed or left out, and where first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TEXTS: Final[Mapping[str, str]] = {
    "startless": "{} entries have no start (DTSTART, RFC 5545 §3.6.1) and stand at another of their times",
    "dropped": "{} lines that are no properties were left out (RFC 5545 §3.1)",
    "between": "{} lines between the components are no properties (RFC 5545 §3.1), first line {first_between}",
    "nested": "{} entries stand inside another and are kept as a part of it (RFC 5545 §3.6), first in entry {first_nested}",
    "unreadable": "{} lines inside of entries make no sense and are kept as X-UNREADABLE, first in entry {first_unreadable}",
    "unfinished": "the file ends before its END:VCALENDAR",
    "senseless_zones": "{} entries stand at their wall clock time: the VTIMEZONE of their zone makes no sense (RFC 5545 §3.6.5)",
    "late_zones": "{} entries name a time zone that is described too far behind them and stand at their wall clock time",
}


class Notes:
    """Counts what is noted, by the names above; `counts` is also the state to go on from."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)

    def add(self, name: str, count: int = 1, first: int | None = None) -> None:
        """Count, and keep the number `first` of a line or an entry if it is the first one."""
        if not count:
            return
        self.counts[name] = self.counts.get(name, 0) + count
        if first is not None:
            self.counts.setdefault(f"first_{name}", first)

    def with_those_of(self, before: Mapping[str, int]) -> dict[str, int]:
        """Give the counts together with earlier ones."""
        counts = {name: count + (before.get(name, 0) if name in _TEXTS else 0) for name, count in self.counts.items()}
        return {**before, **counts, **{name: first for name, first in before.items() if name not in _TEXTS}}

    def texts(self) -> list[str]:
        """Give the notes, in the order in which their cause was met first."""
        return [_TEXTS[name].format(count, **self.counts) for name, count in self.counts.items() if name in _TEXTS]
