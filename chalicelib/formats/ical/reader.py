"""Reading iCalendar as a stream: bytes in chunks of any size to entries, in memory that does not grow with the file.

Events that look as most do are read by `quick`; everything else goes line by line, so that what is odd costs time but
never correctness. An event whose zone is described only further down in its calendar waits for it, with those behind it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Final, NamedTuple

from chalicelib.domain.errors import InvalidEncoding, InvalidInput
from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import FLOATING, MAX_TITLE
from chalicelib.formats.ical.event import MAX_DEPTH, Unreadable, read_event
from chalicelib.formats.ical.lines import Line, param, parse_line
from chalicelib.formats.ical.notes import Notes
from chalicelib.formats.ical.quick import QuickReader
from chalicelib.formats.ical.stream import MAX_LINE, Stream, count
from chalicelib.formats.ical.text import fold, unescape, unfold
from chalicelib.formats.ical.times import Frame
from chalicelib.formats.ical.zones import known_zone

MAX_ENTRY: Final = 16_000_000
"""Octets of one entry."""
SOON: Final = 4_096
"""Octets of an event without an end in sight that are not looked at before more have come."""
MAX_HELD: Final = 8_000_000
"""Characters of events that wait for their time zone."""
MAX_ZONE: Final = 100_000
"""Characters of a VTIMEZONE."""
UTC_PRODUCTS: Final = ("-//Slotport//EN", "icalendar-ruby")
"""Products whose times without a zone are UTC."""
FLOATING_MARK: Final = "X-SLOTPORT"
"""A component of ours: from here on times without a zone are floating, whatever PRODID and X-WR-TIMEZONE say."""

_LOGICAL: Final = re.compile(r".*+\n(?:(?:\r?\n)*+[ \t].*+\n)*+")
_UNMARKED: Final = re.compile(r"(?:(?![BbEe]).*+\n)*+")
"""Lines that neither begin nor end a component."""
_BOMS: Final = re.compile(r"(?:\xef\xbb\xbf)++")
_BEGINS: Final = re.compile(r"(?:\xef\xbb\xbf)*+BEGIN[ \t]*:[ \t]*VEVENT", re.IGNORECASE)
_BLANK_TO_END: Final = re.compile(r"(?:\r?\n)*+\Z")
_MAY_DELIMIT: Final = frozenset("BbEe \t")
"""How a BEGIN or END line begins; blanks in a name do not count."""
_UID: Final = re.compile(r"^UID[^:\n]*:(.*)", re.IGNORECASE | re.MULTILINE)


class _Held(NamedTuple):
    """An event that waits for its time zone, and the state to resume from behind it."""

    number: int
    line: int
    lines: list[str] | Rejection
    state: dict[str, Any]


class CalendarReading:
    """A stream of iCalendar that is being read; see `domain.imports.Reading`."""

    format = "ical"

    def __init__(self, chunks: Iterable[bytes], resume: dict[str, Any] | None = None) -> None:
        state = resume or {}
        self.ignored: dict[str, int] = dict(state.get("ignored", {}))
        self._stream = Stream(chunks, state.get("offset", 0), state.get("cr"))
        self._number: int = state.get("entry", 0)
        self._line: int = state.get("line", 0)
        self._counted = 0
        """Position in the block up to which `_line` counts."""
        self._position = 0
        """Position in the block behind the entry yielded last."""
        self._stack: list[str] = list(state.get("stack", ()))
        self._product: str = state.get("product", "")
        self._wall: str = state.get("wall", "")
        self._vtimezones: dict[str, str] = dict(state.get("vtimezones", {}))
        self._skipping: int = state.get("skipping", 0)
        """VEVENTs in each other that are open in an event that is passed over."""
        self._noted = Notes(state.get("counts", {}))
        self._seen = resume is not None
        self._zone_lines: list[str] | None = state.get("zone_lines")
        self._held: list[_Held] = []
        self._held_size = 0
        self._held_state: dict[str, Any] | None = None
        self._zone_id: str = state.get("zone_id", "")
        self._awaited: set[str] = set()
        self._given_up: set[str] = set()
        self._reframe()

    @property
    def notes(self) -> list[str]:
        """What the user should know."""
        return self._noted.texts()

    def checkpoint(self) -> dict[str, Any]:
        """Give the state to resume from, right behind the entry yielded last; ``offset`` is in bytes."""
        if self._held_state is not None:
            return {**self._held_state, "vtimezones": self._vtimezones}
        return self._state(self._position)

    def _state(self, position: int) -> dict[str, Any]:
        open_zone = {} if self._zone_lines is None else {"zone_lines": list(self._zone_lines), "zone_id": self._zone_id}
        return {
            **open_zone,
            "offset": self._stream.offset(position),
            "entry": self._number,
            "line": self._line + self._stream.text.count("\n", self._counted, position),
            "cr": self._stream.cr,
            "stack": list(self._stack),
            "product": self._product,
            "wall": self._wall,
            "vtimezones": dict(self._vtimezones),
            "ignored": dict(self.ignored),
            "counts": dict(self._noted.counts),
            "skipping": self._skipping,
        }

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield the entries of all calendars in the stream."""
        for at_end in self._stream:
            self._counted = 0
            position = yield from self._block(at_end)
            if self._stream.torn:
                yield from self._torn(position)
                position = len(self._stream.text)
            else:
                self._line_at(position)
            self._stream.keep(position)
            self._position = 0
            self._held_state = None
        yield from self._release()
        if self._stack:
            self._noted.add("unfinished")
        if not self._seen and not self._number:
            raise InvalidInput("not_icalendar", entry=0, line=1)

    def _block(self, at_end: bool) -> Generator[Entry | Rejection, None, int]:
        """Read the entries of one block; give the position from which it has to be seen again."""
        text = self._stream.text
        size = len(text)
        position = 0
        if self._stream.clean:
            self._quick.look_at(text, tidy=self._stream.tidy, folded=self._stream.folded)
        while position < size:
            if self._stream.clean and not self._held and not self._skipping:
                position = yield from self._plain_events(text, position, at_end)
                if position == size:
                    break
            if not at_end and _is_cut(text, position):
                break
            after = yield from self._step(text, position, at_end)
            if after < 0:
                break
            position = after
        return position

    def _plain_events(self, text: str, position: int, at_end: bool) -> Generator[Entry, None, int]:
        """Read events for as long as they look as most do."""
        match, slot_of, new = self._quick.match, self._quick.slot, tuple.__new__
        last = len(text) if not at_end else -1
        line, counted, octets = self._line, self._counted, self._quick.octets
        while (found := match(text, position)) is not None:
            end = found.end()
            if end == last:  # the next block may begin with a fold
                break
            slot = slot_of(found)
            if slot is None:
                break
            line += count(octets[counted:position], b"\n")
            counted = position
            self._number += 1
            self._position = position = end
            yield new(Entry, (self._number, line + 1, slot, ()))
        self._line, self._counted = line, counted
        return position

    def _step(self, text: str, position: int, at_end: bool) -> Generator[Entry | Rejection, None, int]:
        """Take one line, or one event, or the rest of one that is passed over; -1 when more of it has to be seen first."""
        if self._skipping:
            after = self._pass_over(text, position, at_end)
            return after if after > position or not self._skipping else -1
        end = _logical_end(text, position, at_end)
        if end is None:
            if len(text) - position > MAX_LINE:
                raise InvalidInput("line_too_long", entry=self._number, line=self._line_at(position), limit=MAX_LINE)
            return -1
        logical = self._decoded(text[position:end], position).lstrip("\ufeff")
        line = parse_line(logical)
        if line is None:
            if logical.strip():
                self._passed_over(position)
            return end
        if line.name == "BEGIN" and line.value.strip().upper() == "VEVENT":
            self._seen = True
            return (yield from self._event(text, position, at_end))
        yield from self._outside(line, position)
        return end

    def _event(self, text: str, position: int, at_end: bool) -> Generator[Entry | Rejection, None, int]:
        """Gather the lines of one event and read it."""
        lines: list[str] = []
        depth = 0
        at = position
        while True:
            end = _logical_end(text, at, at_end) if at < len(text) else None
            if end is None and at_end:
                return (yield from self._reject(text, position, len(text), "the file ends inside it (RFC 5545 §3.4)"))
            if end is None:
                if len(text) - position < MAX_ENTRY:
                    return -1
                reason = f"it is longer than {MAX_ENTRY} bytes"
                return (yield from self._reject(text, position, self._pass_over(text, position, at_end), reason))
            logical = self._decoded(text[at:end], at)
            if at == position:
                logical = logical.lstrip("\ufeff")
            if logical[:1] in _MAY_DELIMIT:
                line = parse_line(logical)
                kind = line.value.strip().upper() if line is not None else ""
                if line is not None and line.name == "BEGIN":
                    depth += 1
                elif line is not None and line.name == "END":
                    depth -= 1
                    if kind == "VCALENDAR":
                        return (yield from self._reject(text, position, at, "it has no END:VEVENT (RFC 5545 §3.6)"))
                if depth > MAX_DEPTH:
                    reason = f"components are nested deeper than {MAX_DEPTH}"
                    return (yield from self._reject(text, position, self._pass_over(text, position, at_end), reason))
            if logical:
                lines.append(logical)
            at = end
            if not depth:
                yield from self._entry(position, at, lines)
                return at

    def _pass_over(self, text: str, position: int, at_end: bool) -> int:
        """Go through lines of an event that is passed over, to where it ends or more has to be seen.

        What is left of one that was nested deeply must not look like the end of its calendar.
        """
        while True:
            found = _BOMS.match(text, position) or _UNMARKED.match(text, position)
            position = found.end() if found is not None else position
            end = _logical_end(text, position, at_end)
            if end is None:
                return position if len(text) - position < MAX_LINE else len(text)
            line = parse_line(unfold(text[position:end]).rstrip("\r\n"))
            kind = line.value.strip().upper() if line is not None else ""
            if line is not None and line.name == "BEGIN":
                self._skipping += kind == "VEVENT"
            elif line is not None and line.name == "END":
                if kind == "VCALENDAR":
                    self._skipping = 0
                    return position
                self._skipping -= kind == "VEVENT"
                if not self._skipping:
                    return end
            position = end

    def _entry(self, position: int, end: int, lines: list[str]) -> Iterator[Entry | Rejection]:
        """Yield what an event's lines say, or let it wait for its zone."""
        self._number += 1
        number, line = self._number, self._line_at(position)
        awaited = self._missing_zones(lines) if "VCALENDAR" in self._stack else set()
        if awaited or self._held:
            self._awaited |= awaited
            self._held_size += end - position
            self._held.append(_Held(number, line, lines, self._state(end)))
            if self._held_size > MAX_HELD:
                self._noted.add("late_zones", len(self._held))
                self._given_up |= self._awaited
                yield from self._release()
            return
        self._position = end
        yield self._read(number, line, lines)

    def _missing_zones(self, lines: list[str]) -> set[str]:
        """Tell which of the zones that an event names are neither known nor described yet."""
        missing = set()
        for text in lines:
            if "TZID" in text.upper():
                line = parse_line(text)
                tzid = param(line.params, "TZID") if line is not None else ""
                if tzid and tzid not in self._vtimezones and tzid not in self._given_up and known_zone(tzid) is None:
                    missing.add(tzid)
        return missing

    def _read(self, number: int, line: int, lines: list[str], *others: Notes) -> Entry | Rejection:
        try:
            event = read_event(lines, self._frame)
        except Unreadable as error:
            return Rejection(number, line, _uid("\n".join(lines)), str(error))
        for noted in (self._noted, *others):
            noted.add("dropped", event.dropped)
            noted.add("startless", event.startless)
            noted.add("nested", event.nested, first=number)
            noted.add("unreadable", event.unreadable, first=number)
            noted.add("senseless_zones", event.senseless_zone)
        return Entry(number, line, event.slot, event.groups)

    def _release(self) -> Iterator[Entry | Rejection]:
        """Yield the events that waited."""
        held, self._held, self._held_size, self._awaited = self._held, [], 0, set()
        noted = Notes({})  # of those that waited: what was noted of lines behind them is noted again from a checkpoint on
        for item in held:
            if isinstance(item.lines, Rejection):
                entry: Entry | Rejection = item.lines
            else:
                entry = self._read(item.number, item.line, item.lines, noted)
            self._held_state = {**item.state, "counts": noted.with_those_of(item.state["counts"])}
            yield entry
        self._held_state = None

    def _reject(self, text: str, position: int, end: int, reason: str) -> Generator[Rejection, None, int]:
        self._number += 1
        uid = _uid(text[position : min(end, position + MAX_LINE)])
        rejection = Rejection(self._number, self._line_at(position), uid, reason)
        if self._held:
            self._held.append(_Held(rejection.number, rejection.line, rejection, self._state(end)))
            return end
        self._position = end
        yield rejection
        return end

    def _torn(self, position: int) -> Iterator[Entry | Rejection]:
        """Give up the event in which a line is too long, or the file when the line is outside of all events."""
        text = self._stream.text
        known = bool(self._skipping)
        if known or _BEGINS.match(text, position):
            self._pass_over(text, position, at_end=True)
        if not self._skipping:
            if not known and _BEGINS.match(text, position):
                yield from self._event(text, position, at_end=True)
            raise InvalidInput("line_too_long", entry=self._number, line=self._line_at(len(text)), limit=MAX_LINE)
        if not known:
            yield from self._reject(text, position, len(text), f"a line is longer than {MAX_LINE} bytes")
        self._line_at(len(text))
        self._line += 1

    def _outside(self, line: Line, position: int) -> Iterator[Entry | Rejection]:
        """Follow a line that is in no event."""
        if self._zone_lines is not None and sum(map(len, self._zone_lines)) < MAX_ZONE:
            self._zone_lines.append(fold(f"{line.name}{line.params}:{line.value}"))
        if line.name == "BEGIN":
            self._open(line.value.strip().upper(), position)
        elif line.name == "END":
            yield from self._close(line.value.strip().upper())
        elif self._stack[-1:] == ["VCALENDAR"]:
            if line.name == "PRODID":
                self._product = unescape(line.value).strip()
                self._reframe()
            elif line.name == "X-WR-TIMEZONE":
                self._wall = unescape(line.value).strip()
                self._reframe()
        elif self._stack[-1:] == ["VTIMEZONE"] and line.name == "TZID":
            self._zone_id = unescape(line.value)

    def _passed_over(self, position: int) -> None:
        """Note a line in no event that is no property; what is in components that are ignored goes with them."""
        if self._zone_lines is not None:
            self._noted.add("dropped")
        elif self._stack in ([], ["VCALENDAR"]):
            self._noted.add("between", first=self._line_at(position))

    def _open(self, kind: str, position: int) -> None:
        self._seen = True
        self._stack.append(kind)
        if len(self._stack) > MAX_DEPTH:
            raise InvalidInput("nested_too_deep", entry=self._number, line=self._line_at(position), limit=MAX_DEPTH)
        if kind == "VCALENDAR":
            self._new_calendar()
        elif kind == "VTIMEZONE":
            self._zone_lines = ["BEGIN:VTIMEZONE\r\n"]
            self._zone_id = ""
        elif kind == FLOATING_MARK:
            self._wall = FLOATING
            self._reframe()
        elif self._stack[:-1] in ([], ["VCALENDAR"]):
            self.ignored[kind] = self.ignored.get(kind, 0) + 1

    def _close(self, kind: str) -> Iterator[Entry | Rejection]:
        if kind != "VCALENDAR" and self._stack[-1:] == ["VCALENDAR"]:
            return  # it ends nothing that has begun
        closed = self._stack.pop() if self._stack else ""
        while kind == "VCALENDAR" in self._stack and closed != "VCALENDAR":
            closed = self._stack.pop()
        if closed == "VTIMEZONE" and self._zone_lines is not None:
            component, self._zone_lines = "".join(self._zone_lines), None
            if self._zone_id and known_zone(self._zone_id) is None:
                self._vtimezones.setdefault(self._zone_id, component)
                self._reframe()
                if self._held and self._awaited <= self._vtimezones.keys():
                    yield from self._release()
        elif closed == "VCALENDAR":
            yield from self._release()
            self._new_calendar()

    def _new_calendar(self) -> None:
        self._product = self._wall = ""
        self._vtimezones = {}
        self._zone_lines = None
        self._given_up = set()
        self._reframe()

    def _reframe(self) -> None:
        """Settle what a time without a zone means in this calendar."""
        zone = known_zone(self._wall) if self._wall else None
        if zone is not None and zone.name is not None:
            name = "UTC" if zone.name == "Etc/UTC" else zone.name
        else:
            name = "UTC" if self._product in UTC_PRODUCTS and self._wall != FLOATING else FLOATING
        self._frame = Frame(name, dict(self._vtimezones))
        self._quick = QuickReader(self._frame)
        if self._stream.clean:
            self._quick.look_at(self._stream.text, tidy=self._stream.tidy, folded=self._stream.folded)

    def _line_at(self, position: int) -> int:
        """Tell the number of the line that begins at a position of the block, from 1; positions only rise."""
        self._line += self._stream.text.count("\n", self._counted, position)
        self._counted = max(position, self._counted)
        return self._line + 1

    def _decoded(self, text: str, position: int) -> str:
        """Unfold and decode one logical line. Raises `InvalidEncoding`."""
        logical = unfold(text).rstrip("\r\n")
        if logical.isascii():
            return logical
        try:
            return logical.encode("latin-1").decode()
        except UnicodeDecodeError as error:
            line = self._line + 1 + self._stream.text.count("\n", self._counted, position)
            raise InvalidEncoding("invalid_encoding", entry=self._number, line=line, reason=error.reason) from error


def read(chunks: Iterable[bytes], *, resume: dict[str, Any] | None = None) -> CalendarReading:
    """Read a stream of iCalendar in UTF-8, from its beginning or from where a checkpoint was made.

    `chunks` begin at ``resume["offset"]`` then. See `domain.imports.Reading` for what comes out and what is raised.
    """
    return CalendarReading(chunks, resume)


def _is_cut(text: str, position: int) -> bool:
    """Whether the event that begins at `position` is one of those that end in the next block."""
    return len(text) - position < SOON and text.startswith("BEGIN:VEVENT", position) and text.find("\nEND:VEVENT", position) < 0


def _logical_end(text: str, position: int, at_end: bool) -> int | None:
    """Find the end of the logical line that begins at `position`; None when it may go on in the next block."""
    found = _LOGICAL.match(text, position)
    if found is None:
        return None
    end = found.end()
    return None if not at_end and _BLANK_TO_END.match(text, end) else end


def _uid(text: str) -> str:
    found = _UID.search(text)
    return unescape(found[1].strip())[:MAX_TITLE] if found else ""
