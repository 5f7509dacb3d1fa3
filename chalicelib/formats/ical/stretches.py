"""A calendar written in stretches, by several who do not know of each other, and put together without looking into them.

Each writes the components of its stretch, and tells which time zones they name; whoever puts the stretches together writes what
stands around them. So a file of any size is one calendar object (RFC 5545 §3.4): many programs read only the first of several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from chalicelib.domain.slots import Group, Slot
from chalicelib.formats.ical.writer import END, ObjectWriter, contradict, header
from chalicelib.formats.ical.zones import vtimezone

MAX_CUSTOM: Final = 200
"""VTIMEZONEs of kept text that a stretch leaves to others, in memory; one calendar object holds five times as many."""


class Around(NamedTuple):
    """What has to stand around a stretch. Plain values, so that it can be passed on as JSON."""

    tzids: Sequence[str] = ()
    """Known zones that it names."""
    custom: Mapping[str, str] = {}
    """VTIMEZONEs of other zones that it names, by TZID."""
    ended: bool = False
    """Whether it has ended the calendar object that it began in: it describes one TZID in two ways, or too many."""


class StretchWriter:
    """Writes components of a calendar object that others begin and end. `groups` is as for `CalendarWriter`."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._writer = _Stretch()

    def add(self, slots: Sequence[Slot]) -> bytes:
        """Give the bytes of some more slots."""
        return self._writer.slots(slots, self._groups)

    def end(self) -> tuple[bytes, Around]:
        """Give what ends the stretch, and what has to stand around it."""
        around = self._writer.around
        return (b"", self._writer.so_far(ended=False)) if around is None else (self._writer.end(), around)


class _Stretch(ObjectWriter):
    """Leaves VTIMEZONEs to others, until the object has to end within the stretch; what follows then has its own."""

    max_zones = MAX_CUSTOM

    def __init__(self) -> None:
        super().__init__(header("", "", google=False))
        self._begun = True
        self._tzids: list[str] = []
        self.around: Around | None = None
        """What stands around the stretch, once it has ended the object that it began in."""

    def so_far(self, *, ended: bool) -> Around:
        """Tell what has come up."""
        return Around(tuple(self._tzids), dict(self._custom), ended)

    def end(self) -> bytes:
        """Close the object, be it the one that others began."""
        if self.around is None:
            self.around = self.so_far(ended=True)
        return super().end()

    def _zone(self, tzid: str) -> str:
        zone = super()._zone(tzid)
        if self.around is not None:
            return zone
        if zone:
            self._tzids.append(tzid)
        return ""

    def _new(self, zones: Mapping[str, str]) -> list[str]:
        return [] if self.around is None else super()._new(zones)


def joints(arounds: Sequence[Around]) -> tuple[list[bytes], bytes]:
    """Give what is to be written before each of some stretches, and behind the last.

    They are one calendar object, unless two of them describe one TZID differently (or too many of them).
    """
    before: list[bytes] = [b""] * len(arounds)
    begins: list[tuple[int, _Object]] = []
    current: _Object | None = None
    for place, around in enumerate(arounds):
        if current is None or not current.takes(around):
            before[place] = b"" if current is None else END
            current = _Object()
            begins.append((place, current))
        current.add(around)
        if around.ended:
            current = None
    for place, shared in begins:
        before[place] += shared.head()
    if not arounds:
        return [], _Object().head() + END
    return before, b"" if current is None else END


class _Object:
    """A calendar object of some stretches."""

    def __init__(self) -> None:
        self._tzids: dict[str, None] = {}
        self._custom: dict[str, str] = {}

    def takes(self, around: Around) -> bool:
        return len(self._custom) <= 5 * MAX_CUSTOM and not contradict(self._custom, around.custom)

    def add(self, around: Around) -> None:
        self._tzids |= dict.fromkeys(around.tzids)
        self._custom |= around.custom

    def head(self) -> bytes:
        zones = "".join([*map(vtimezone, self._tzids), *self._custom.values()])
        return f"{header('', '', google=False)}{zones}".encode()
