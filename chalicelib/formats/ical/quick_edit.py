r"""The fast way to rewrite an edited slot: texts, visibility and revision of a single event that is written plainly.

What the slot was before the edit tells which properties differ, and only those are looked for in the text and replaced
there; kept text writes every name in capitals at the beginning of a line. Whatever is odd, and every change of times, is
left to `edit`, which gives the same (a property test says so).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from itertools import compress
from operator import is_not
from typing import Final

from chalicelib.domain.slots import Location, Slot
from chalicelib.formats.ical.extras import PREFIX, spell_utc
from chalicelib.formats.ical.noted import NotedText
from chalicelib.formats.ical.quick import PLACES, UID
from chalicelib.formats.ical.text import MAX_OCTETS, escape, fold_kept, is_exact

_FIELDS: Final = tuple(range(len(Slot._fields)))
_TITLE, _VISIBILITY, _LOCATION, _DESCRIPTION, _SEQUENCE = (
    Slot._fields.index(name) for name in ("title", "visibility", "location", "description", "sequence")
)
_ASIDE: Final = frozenset(map(Slot._fields.index, ("groups", "recurring", "changed")))
"""Fields that no property of a single event tells, or that only go with a change of another."""
_TAIL: Final = r"(?:BEGIN:VALARM\r\n(?:(?!BEGIN:|END:).*+\n)*+END:VALARM\r\n)*+END:VEVENT\r\n\Z"
"""What may stand behind an event's own properties."""
_KEEPING_PARAMS: Final = frozenset(("SUMMARY", "DESCRIPTION", "LOCATION"))
_WORDED: Final = frozenset(("public", "private"))
"""The visibilities that iCalendar has words for."""


class _Odd(Exception):
    """It is not plain enough."""


def quick_rewrite(slot: Slot, old: Slot) -> str | None:
    """Give the text of an edited slot, whose fields and text agreed when it was `old`; None when the complete way has to."""
    try:
        values = _differences(slot, old)
        return _edited(slot.ical, slot.uid, values, slot.changed) if values else slot.ical
    except _Odd:
        return None


def _differences(slot: Slot, old: Slot) -> dict[str, str]:
    """Give the new values, empty for none, of the properties that differ, as they stand in a line. Raises `_Odd`."""
    values = {}
    for field in compress(_FIELDS, map(is_not, slot, old)):
        if slot[field] == old[field]:
            continue
        if field == _TITLE:
            values["SUMMARY"] = _spelt(slot.title)
        elif field == _SEQUENCE:
            values["SEQUENCE"] = str(slot.sequence)
        elif field == _DESCRIPTION:
            values["DESCRIPTION"] = _spelt(slot.description)
        elif field == _LOCATION:
            if "\nGEO" in slot.ical:
                raise _Odd
            _name_of(old.location)
            values["LOCATION"] = _spelt(_name_of(slot.location))
        elif field == _VISIBILITY and slot.visibility in _WORDED:
            values["CLASS"] = slot.visibility.upper()
        elif field not in _ASIDE:
            raise _Odd
    return values


def _spelt(text: str) -> str:
    if not is_exact(text):
        raise _Odd
    return escape(text)


def _name_of(location: Location | None) -> str:
    """Give the LOCATION of a slot whose place has no more than a name. Raises `_Odd`."""
    if location is None:
        return ""
    if not location.name or location != Location(location.name):
        raise _Odd
    return location.name


def _edited(text: str, uid: str, values: dict[str, str], changed: datetime | None) -> str:
    """Replace properties in the text of an event, and add those it has not. Raises `_Odd`."""
    if changed is not None:
        values["LAST-MODIFIED"] = values["DTSTAMP"] = _stamp(changed)
    if type(text) is not NotedText:
        return _spliced(text, uid, values)
    octets = _in_place(text.octets, text.places, values) if text.places is not None else None
    return NotedText.of(octets or _spliced(text, uid, values).encode(), text.zones)


def _in_place(octets: bytes, places: re.Match[str], values: dict[str, str]) -> bytes | None:
    """Replace properties where it is noted that they stand; None if one is not there, or the UID."""
    first = places.start()
    if places.start(UID) < 0:
        return None
    pieces: list[bytes] = []
    done = 0
    for (start, end), name in sorted([(places.span(PLACES[name]), name) for name in values]):
        if start < 0:
            return None
        start -= first
        begin = octets.rfind(b"\n", 0, start) + 1
        value = f"{values[name]}\r\n".encode()
        if start - begin == len(name) + 1 and 2 < len(value) <= MAX_OCTETS + 1 - len(name):
            pieces += (octets[done:start], value)
        else:
            head = octets[begin:start].decode() if name in _KEEPING_PARAMS else f"{name}:"
            pieces += (octets[done:begin], fold_kept(head + values[name]).encode() if values[name] else b"")
        done = end - first
    pieces.append(octets[done:])
    return b"".join(pieces)


def _spliced(text: str, uid: str, values: dict[str, str]) -> str:
    """Find properties in the text of an event and replace them, and add those it has not. Raises `_Odd`."""
    pieces: list[str | None] = _properties(tuple(values)).split(text)
    if len(pieces) == 1 or pieces[-2] is None:
        raise _Odd
    for at in range(1, len(pieces) - 4, 4):
        name = pieces[at] or ""
        value = values.pop(name, None)
        if value is None:  # odd, or there twice
            raise _Odd
        params = pieces[at + 1] if name in _KEEPING_PARAMS else ""
        pieces[at] = _line(f"\n{name}{params}:{value}\r") if value else ""
        pieces[at + 1] = None
    pieces[-4] = "\n"
    if values:
        pieces[-3] = "".join([_line(f"\n{name}:{value}\r")[1:] + "\n" for name, value in values.items() if value])
    edited = "".join(filter(None, pieces))
    if f"\nUID:{uid}\r\n" not in edited and f"\n{fold_kept(f'UID:{escape(uid)}')}" not in edited:
        raise _Odd  # the slot got another than stands there
    return edited


def _line(line: str) -> str:
    """Fold a line, from the line end before it to its CR."""
    return line if len(line) <= MAX_OCTETS and line.isascii() else f"\n{fold_kept(line[1:-1])[:-1]}"


@lru_cache(maxsize=256)
def _properties(names: tuple[str, ...]) -> re.Pattern[str]:
    """Make what splits an event at some properties, each without its last line end, and where its own properties end.

    Groups: name and parameters of a property; all behind the event's own properties; none for what is odd.
    """
    some = "|".join(names)
    initials = "".join(sorted({name[0] for name in (*names, "BEGIN", "END", PREFIX)}))  # looked at first, passes over most lines
    return re.compile(
        rf"\n(?=[{initials}])(?:"
        rf'({some})((?:;(?!TZID=)[A-Z0-9-]++=[^":;\\\n]*+)*+):.*+(?:\n .*+)*+(?=\n)|({_TAIL})|(?:BEGIN|{some})[:;]|{PREFIX})'
    )


@lru_cache(maxsize=64)
def _stamp(changed: datetime) -> str:
    return spell_utc(changed)
