"""Kept text after its slot was edited: the properties that differ are written anew, everything else stays as it came.

When the start of a series moves, the series moves as a whole, by the wall clock: its exceptions (EXDATE, RDATE), the
occurrences its RECURRENCE-IDs point to, the UNTIL of its rules, and the changed occurrences that stood where the rule
puts them. An occurrence that somebody moved elsewhere stays there. The BY… parts of a rule are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.slots import Slot
from chalicelib.formats.ical.event import slot_of
from chalicelib.formats.ical.extras import (
    EXACT_UID,
    GROUPS,
    PREFIX,
    extra_lines,
    location_lines,
    spell_date,
    spell_local,
    spell_utc,
    time_line,
    wall_clock,
)
from chalicelib.formats.ical.kept import from_text
from chalicelib.formats.ical.lines import Line, Marked, components, own_properties, param, parse_params, tzid_of, walk
from chalicelib.formats.ical.text import escape
from chalicelib.formats.ical.times import Frame, Moment, moment, parse_duration, parse_moment

_ZONE: Final = "BEGIN:VTIMEZONE"
_TIME_PARAMS: Final = re.compile(r';(?:TZID|VALUE)=(?:"[^"]*"|[^;"])*')
_UNTIL: Final = re.compile(r"(?<=UNTIL=)[0-9TZ]+", re.IGNORECASE)
_MOVED_LISTS: Final = ("EXDATE", "RDATE")


def rewrite(slot: Slot) -> Slot:
    """Make the kept text of an edited slot say what its fields say, whatever the text is like.

    LAST-MODIFIED and DTSTAMP become `slot.changed`, SEQUENCE becomes `slot.sequence`. A slot without kept text, or whose
    text says the same as its fields already, comes back as it is; membership in groups is never in kept text. A text
    without UID stays without as long as nothing else changes: the uid was given by us then, and is given again next time.
    """
    if not slot.ical:
        return slot
    old = from_text(slot.ical)
    if old._replace(uid=old.uid or slot.uid, groups=slot.groups, changed=slot.changed, ical=slot.ical) == slot:
        return slot
    parts = components(slot.ical)
    zones = [part for part in parts if part.startswith(_ZONE)]
    events = [_Component(part) for part in parts if not part.startswith(_ZONE)]
    frame = Frame(vtimezones={tzid_of(zone): zone for zone in zones})
    edited = _speaker(events, frame)
    if slot.uid != old.uid:
        for event in events:
            event.put(Line("UID", "", escape(slot.uid)))
            for line in extra_lines(slot):
                if line.name == EXACT_UID:
                    event.put(line)
    _rewrite_texts(edited, old, slot)
    if (slot.start, slot.end, slot.all_day, slot.timezone) != (old.start, old.end, old.all_day, old.timezone):
        _rewrite_times(edited, events, old, slot, frame)
    edited.replace_extras(old, slot)
    if slot.sequence != old.sequence:
        edited.put(Line("SEQUENCE", "", str(slot.sequence)))
    if slot.changed is not None:
        edited.put(Line("LAST-MODIFIED", "", spell_utc(slot.changed)))
        edited.put(Line("DTSTAMP", "", spell_utc(slot.changed)))
    used = {param(line.params, "TZID") for event in events for line in event.lines if "TZID" in line.params}
    return slot._replace(ical="".join([*(zone for zone in zones if tzid_of(zone) in used), *(event.text for event in events)]))


class _Component:
    """A VEVENT whose own properties can be replaced one by one."""

    def __init__(self, text: str) -> None:
        self._lines: list[Marked] = list(walk(text))
        self.properties = own_properties(text)

    @property
    def lines(self) -> Iterator[Line]:
        """All lines, also those of the components in it."""
        return (line for _, line in self._lines)

    @property
    def text(self) -> str:
        """The component as kept text."""
        return "".join(line.folded for _, line in self._lines)

    def put(self, line: Line, *, keep: str = "") -> None:
        """Write a property in place of the one that counts, with the parameters `keep` before its own; or add it."""
        line = line._replace(params=keep + line.params)
        at = self._last(line.name)
        if at is None:
            self._lines.insert(self._end_of_properties(), Marked(1, line))
        else:
            self._lines[at] = Marked(1, line)
        self.properties[line.name] = line

    def put_text(self, name: str, text: str) -> None:
        """Write a text with the parameters it had; remove the property when there is no text."""
        if text:
            self.put(Line(name, "", escape(text)), keep=self.properties[name].params if name in self.properties else "")
        else:
            self.remove(name)

    def remove(self, name: str) -> None:
        """Remove all properties of a name."""
        self._lines = [marked for marked in self._lines if marked.depth != 1 or marked.line.name != name]
        self.properties.pop(name, None)

    def change(self, names: tuple[str, ...], change: Callable[[Line], Line]) -> None:
        """Replace all properties of these names by what `change` makes of them."""
        self._lines = [
            Marked(1, change(line)) if depth == 1 and line.name in names else Marked(depth, line) for depth, line in self._lines
        ]
        self.properties = {line.name: line for depth, line in self._lines if depth == 1 and line.name not in ("BEGIN", "END")}

    def replace_extras(self, old: Slot, new: Slot) -> None:
        """Write our own properties anew; groups are not told in kept text, for their names are not known here.

        What the text did without so far, it goes on to do without.
        """
        before = list(extra_lines(old))
        wanted = [line for line in extra_lines(new) if line.name in self.properties or line not in before]
        for name in [name for name in self.properties if name.startswith(PREFIX)]:
            if name == GROUPS or name not in {line.name for line in wanted}:
                self.remove(name)
        for line in wanted:
            self.put(line)

    def _last(self, name: str) -> int | None:
        found = [at for at, (depth, line) in enumerate(self._lines) if depth == 1 and line.name == name]
        return found[-1] if found else None

    def _end_of_properties(self) -> int:
        """Find the place behind the last own property: before the first component in it, or before its END."""
        return next(
            at
            for at, (depth, line) in enumerate(self._lines)
            if at > 0 and (line.name == "BEGIN" or (depth == 1 and line.name == "END"))
        )


def _speaker(events: list[_Component], frame: Frame) -> _Component:
    """Find the component that the slot's fields are read from, as `kept.merge` chooses it."""
    for event in events:
        if "RECURRENCE-ID" not in event.properties:
            return event
    return min(events, key=lambda event: (slot_of(event.properties, frame).order[0], event.text))


def _rewrite_texts(event: _Component, old: Slot, new: Slot) -> None:
    if new.title != old.title:
        event.put_text("SUMMARY", new.title)
    if (new.visibility == "public") != (old.visibility == "public"):
        event.put(Line("CLASS", "", "PUBLIC" if new.visibility == "public" else "PRIVATE"))
    if new.location != old.location:
        lines = {line.name: line for line in location_lines(new.location)}
        before = {line.name: line for line in location_lines(old.location)}
        for name in ("LOCATION", "GEO"):
            line = lines.get(name)
            if line is None:
                event.remove(name)
            elif line != before.get(name):
                event.put(line, keep=event.properties[name].params if name in event.properties else "")
    if new.description != old.description:
        event.put_text("DESCRIPTION", new.description)


def _rewrite_times(event: _Component, events: list[_Component], old: Slot, new: Slot, frame: Frame) -> None:
    """Write DTSTART and DTEND or DURATION, and move the exceptions of a series along."""
    before = _start(event, frame)
    same_clock = (new.all_day, new.timezone) == (old.all_day, old.timezone)
    if new.start != old.start or not same_clock:
        _put_time(event, "DTSTART", new.start, new, frame, same_clock=same_clock)
    after = _start(event, frame)
    _rewrite_end(event, new, frame, same_clock=same_clock)
    if before is not None and after is not None and before != after and "RECURRENCE-ID" not in event.properties:
        _move_series(event, events, before, after, frame)


def _start(event: _Component, frame: Frame) -> Moment | None:
    try:
        return parse_moment(event.properties["DTSTART"], frame)
    except (KeyError, ValueError, OverflowError):
        return None


def _put_time(event: _Component, name: str, value: datetime, slot: Slot, frame: Frame, *, same_clock: bool) -> None:
    """Write one time: with the TZID it had, as long as the slot is in the same zone, else in the slot's zone."""
    line = event.properties.get(name) or (event.properties.get("DTSTART") if same_clock else None)
    keep = _TIME_PARAMS.sub("", event.properties[name].params) if name in event.properties else ""
    tzid = param(line.params, "TZID") if line is not None and same_clock else ""
    zone = frame.resolve(tzid) if tzid and value.tzinfo is not None else None
    local = wall_clock(value, zone.rules) if line is not None and zone is not None else None
    event.put(
        time_line(name, value, slot) if local is None else Line(name, f";TZID={_quoted(tzid)}", spell_local(local)), keep=keep
    )


def _quoted(tzid: str) -> str:
    return f'"{tzid}"' if any(char in tzid for char in ",;:") else tzid


def _rewrite_end(event: _Component, slot: Slot, frame: Frame, *, same_clock: bool) -> None:
    if slot.end is None:
        event.remove("DTEND")
        event.remove("DURATION")
    elif _end_says(event, slot, frame) and same_clock:
        return
    else:
        event.remove("DURATION")
        _put_time(event, "DTEND", slot.end, slot, frame, same_clock=same_clock)


def _end_says(event: _Component, slot: Slot, frame: Frame) -> bool:
    """Whether DTEND or DURATION gives the slot's end already."""
    start = _start(event, frame)
    try:
        if "DTEND" in event.properties:
            return parse_moment(event.properties["DTEND"], frame).value == slot.end
        if "DURATION" in event.properties and start is not None:
            return start.plus(parse_duration(event.properties["DURATION"].value)).value == slot.end
    except (ValueError, OverflowError):
        return False
    return False


def _move_series(event: _Component, events: list[_Component], before: Moment, after: Moment, frame: Frame) -> None:
    """Let what refers to occurrences by their time follow a series that has moved."""
    shift = _Shift(before, after, event.properties["DTSTART"], frame)
    event.change(_MOVED_LISTS, shift.line)
    event.change(("RRULE", "EXRULE"), shift.rule)
    for other in events:
        if other is event or "RECURRENCE-ID" not in other.properties:
            continue
        stood = _moment_of(other, "RECURRENCE-ID", frame)
        started = _moment_of(other, "DTSTART", frame)
        other.change(("RECURRENCE-ID",), shift.line)
        if stood is not None and started is not None and stood.value == started.value:
            other.change(("DTSTART", "DTEND"), shift.line)


def _moment_of(event: _Component, name: str, frame: Frame) -> Moment | None:
    try:
        return parse_moment(event.properties[name], frame)
    except (KeyError, ValueError, OverflowError):
        return None


class _Shift:
    """Moves times of a series from where its start was to where it is, by the wall clock."""

    def __init__(self, before: Moment, after: Moment, start: Line, frame: Frame) -> None:
        self._before = before
        self._after = after
        self._params = "".join(
            f";{name}={_quoted(values[0])}"
            for name, values in parse_params(start.params).items()
            if name in ("TZID", "VALUE") and values
        )
        self._frame = frame

    def line(self, line: Line) -> Line:
        """Move all times of a property; one that cannot be read stays."""
        try:
            values = [self._value(value, param(line.params, "TZID")) for value in line.value.split(",")]
        except (ValueError, OverflowError):
            return line
        params = _TIME_PARAMS.sub("", line.params)
        period = ";VALUE=PERIOD" if "/" in line.value else ""
        own = self._params.replace(";VALUE=DATE-TIME", "").replace(";VALUE=DATE", "") + period if period else self._params
        return line._replace(params=params + own, value=",".join(values))

    def rule(self, line: Line) -> Line:
        """Move the UNTIL of a rule."""
        found = _UNTIL.search(line.value)
        if found is None:
            return line
        try:
            until = moment(found[0], "", self._frame)
            if until.kind == "utc" and self._before.zone is not None:
                until = Moment(until.value.astimezone(self._before.zone.rules).replace(tzinfo=None), "zoned", self._before.zone)
            spelt = self._until(self._moved(until))
        except (ValueError, OverflowError):
            return line
        return line._replace(value=line.value.replace(found[0], spelt))

    def _until(self, until: Moment) -> str:
        """Write an UNTIL: of the start's kind, and in UTC where the start has a zone (RFC 5545 §3.3.10)."""
        if until.kind == "zoned":
            return spell_utc(until.value)
        return self._spell(until)

    def _value(self, value: str, tzid: str) -> str:
        first, slash, rest = value.partition("/")
        moved = self._spell(self._moved(moment(first, tzid, self._frame)))
        if slash and not rest.startswith("P"):
            rest = self._spell(self._moved(moment(rest, tzid, self._frame)))
        return moved + slash + rest

    def _moved(self, old: Moment) -> Moment:
        local = old.local
        if old.kind in ("utc", "zoned") and self._before.kind == "zoned" and self._before.zone is not None:
            local = old.value.astimezone(self._before.zone.rules).replace(tzinfo=None)
        elif old.kind == "zoned" and self._before.kind == "utc":
            local = old.value.replace(tzinfo=None)
        elif old.kind == "date" and self._before.kind != "date":
            local = datetime.combine(local.date(), self._before.local.time())
        difference = local - self._before.local
        if self._after.kind == "date":
            difference = timedelta(days=difference.days)
        return self._after._replace(local=self._after.local + difference)

    def _spell(self, value: Moment) -> str:
        if value.kind == "date":
            return spell_date(value.local)
        return spell_local(value.local) + ("Z" if value.kind == "utc" else "")
