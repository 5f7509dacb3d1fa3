"""Writing iCalendar as a stream: slots to bytes in batches, in the order given, the same slots always as the same bytes.

A slot with kept text is copied. Memory does not grow with the calendar, so a VTIMEZONE stands right before the first
batch that needs it, which puts it before its events as most programs like it best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, cast

from chalicelib.domain.slots import Group, Slot
from chalicelib.formats.ical.extras import render
from chalicelib.formats.ical.lines import components, tzid_of
from chalicelib.formats.ical.noted import NotedText, names_floating_times
from chalicelib.formats.ical.plain import Batch, batches
from chalicelib.formats.ical.text import escape, fold
from chalicelib.formats.ical.zones import vtimezone

PRODID: Final = "-//Slotport//EN"
FEW_ZONES: Final = 3
"""Zones for which counting is faster than looking."""
MAX_ZONES: Final = 10_000
"""Different TZIDs in one calendar object; with more another one begins, so that memory stays flat."""

END: Final = b"END:VCALENDAR\r\n"
TIMES_ARE_FLOATING: Final = "BEGIN:X-SLOTPORT\r\nX-SLOTPORT-TIMES:FLOATING\r\nEND:X-SLOTPORT\r\n"
"""Stands before the first floating time, because a time without a zone under our PRODID is an instant otherwise."""

_UTC_TIME: Final = re.compile(r"\n(DTSTART|DTEND)((?:;VALUE=DATE-TIME)?):([0-9]{8}T[0-9]{6})Z(?=\r)")
_RECURS: Final = re.compile(r"\n(?:RRULE|RDATE|RECURRENCE-ID)[;:]")
_TZID: Final = b";TZID="
_FOLDS: Final = (b" ", b"\t")
_NO_COLON: Final = re.compile(rb'[^":]*+(?:"[^"]*+"[^":]*+)*+\Z')
_TZID_VALUE: Final = re.compile(r'"([^"]*)"|([^:;,]*)')


def write(
    slots: Iterable[Slot],
    *,
    google: bool = False,
    groups: Mapping[str, Group] | None = None,
    name: str = "",
    timezone: str = "",
) -> Iterator[bytes]:
    """Write slots as a calendar (RFC 5545 §3.4) in the order given.

    `groups` describes, by uuid, the groups that slots without kept text are in. `google` writes it as Google Calendar
    reads it best: with `name` and `timezone` for the calendar, a TZID at recurring events, no METHOD.
    """
    described = groups or {}
    writer = ObjectWriter(header(name, timezone, google=google))
    for batch in batches(slots, lambda slot: render(slot, described)):
        if google:
            texts = [_UTC_TIME.sub(r"\n\1\2;TZID=UTC:\3", text) if _RECURS.search(text) else text for text in batch.texts]
            batch = batch._replace(texts=texts, noted=False)
        yield writer.batch(batch)
    yield writer.end()


class CalendarWriter:
    """Writes a calendar like `write`, at the pace of a caller that writes other files of the same slots beside it."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._writer = ObjectWriter(header("", "", google=False))

    def add(self, slots: Sequence[Slot]) -> bytes:
        """Give the bytes of some more slots."""
        return self._writer.slots(slots, self._groups)

    def end(self) -> bytes:
        """Give what closes the calendar."""
        return self._writer.end()


def header(name: str, timezone: str, *, google: bool) -> str:
    """Give what a calendar object begins with."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]
    if not google:
        lines.append("METHOD:PUBLISH")
    if name:
        lines.append(f"X-WR-CALNAME:{escape(name)}")
    if google:
        lines.append(f"X-WR-TIMEZONE:{escape(timezone or 'UTC')}")
    return "".join(map(fold, lines))


def _octets(texts: list[str]) -> bytes:
    """Join texts in UTF-8; one by one where one is not ASCII, for joining would widen all characters of all of them."""
    if all(map(str.isascii, texts)):
        return "".join(texts).encode()
    return b"".join([text.encode() for text in texts])


class ObjectWriter:
    """A calendar object that is being written: what stands in it already. Another one follows where it has to."""

    max_zones = MAX_ZONES

    def __init__(self, header: str) -> None:
        self._header = header
        self._begun = False
        self._known: set[bytes] = set()
        """What has been found behind ``;TZID=``, as it stands there, for which nothing is to be done any more."""
        self._described: set[str] = set()
        """TZIDs whose VTIMEZONE stands in this calendar object, or that nobody knows."""
        self._custom: dict[str, str] = {}
        """VTIMEZONEs from kept text that stand in this calendar object, by TZID."""
        self._floating = False

    def slots(self, slots: Sequence[Slot], groups: Mapping[str, Group]) -> bytes:
        """Write some slots with everything that has to stand before them; `groups` describes those that they are in."""
        return b"".join(map(self.batch, batches(slots, lambda slot: render(slot, groups))))

    def batch(self, batch: Batch) -> bytes:
        """Write a batch of components with everything that has to stand before them."""
        texts, floating, recurring, noted = batch
        if noted:
            return self._copied(cast("list[NotedText]", texts), floating=floating)
        if not floating and not self._floating:
            floating = any(map(names_floating_times, recurring))
        content = _octets(texts)
        if b"END:VTIMEZONE\r\nBEGIN:VEVENT\r\n" not in content:
            return self._components(content, floating=floating)
        return b"".join(self._with_custom_zones(texts, floating=floating))

    def _copied(self, texts: list[NotedText], *, floating: bool) -> bytes:
        """Write a batch of which everything is known that writing it needs."""
        zones = "".join([self._zone(tzid) for some in dict.fromkeys([text.zones for text in texts]) for tzid in some])
        return b"".join([self._before(floating=floating), zones.encode(), *[text.octets or text.encode() for text in texts]])

    def end(self) -> bytes:
        """Close the calendar object; what is written next begins another."""
        begin = b"" if self._begun else self._header.encode()
        self._begun = self._floating = False
        self._known.clear()
        self._described.clear()
        self._custom.clear()
        return begin + END

    def _components(self, content: bytes, *, floating: bool) -> bytes:
        return b"".join((self._before(floating=floating), self._zones(content).encode(), content))

    def _before(self, *, floating: bool) -> bytes:
        """Write what has not been written yet of what stands before all components."""
        before = ""
        if not self._begun:
            before = self._header
            self._begun = True
        if floating and not self._floating:
            self._floating = True
            before += TIMES_ARE_FLOATING
        return before.encode()

    def _zones(self, content: bytes) -> str:
        """Make the VTIMEZONEs of all TZIDs that come up for the first time.

        Counting is faster than looking, so look only when there are more TZIDs than those that are known.
        """
        count = content.count(_TZID)
        if not count:
            return ""
        few = self._known if len(self._known) <= FEW_ZONES else ()
        if few and count == sum(content.count(b"%b%b:" % (_TZID, found)) for found in few):
            return ""
        zones: list[str] = []
        at = -1
        while (at := content.find(_TZID, at + 1)) >= 0:
            found = content[at + len(_TZID) : content.find(b":", at)]
            if found not in self._known and _is_in_parameters(content, at):
                self._known.add(found)
                value = _TZID_VALUE.match(found.decode().replace("\r\n ", "").replace("\r\n\t", ""))
                zones.append(self._zone((value[1] or value[2] or "") if value else ""))
        return "".join(zones)

    def _zone(self, tzid: str) -> str:
        if tzid in self._described:
            return ""
        self._described.add(tzid)
        return vtimezone(tzid)

    def _with_custom_zones(self, texts: list[str], *, floating: bool) -> Iterator[bytes]:
        """Write each VTIMEZONE of kept text once; one that contradicts another of its TZID begins a new calendar object."""
        part: list[str] = []
        for text in texts:
            if not text.startswith("BEGIN:VTIMEZONE"):
                part.append(text)
                continue
            found = components(text)
            zones = {tzid_of(component): component for component in found if component.startswith("BEGIN:VTIMEZONE")}
            if contradict(self._custom, zones) or len(self._custom) > self.max_zones:
                yield self._components(_octets(part), floating=floating) + self.end()
                part = []
            part += self._new(zones)
            part += [component for component in found if not component.startswith("BEGIN:VTIMEZONE")]
            self._custom.update(zones)
            self._described.update(zones)
        yield self._components(_octets(part), floating=floating)

    def _new(self, zones: Mapping[str, str]) -> list[str]:
        """Give those VTIMEZONEs of kept text that are to be written: they do not stand in this object yet."""
        return [zone for tzid, zone in zones.items() if tzid not in self._custom]


def contradict(some: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether two lots of VTIMEZONEs, by TZID, describe one TZID differently."""
    return any(some.get(tzid, zone) != zone for tzid, zone in others.items())


def _is_in_parameters(content: bytes, at: int) -> bool:
    """Whether a place in a calendar is before the colon of its line, and not in a text that speaks of time zones."""
    begin = content.rfind(b"\n", 0, at) + 1
    while content[begin : begin + 1] in _FOLDS:
        begin = content.rfind(b"\n", 0, begin - 1) + 1
    return _NO_COLON.match(content, begin, at) is not None
