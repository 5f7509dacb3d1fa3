r"""Edited slots: their fields and their kept text are changed together, and the usual edits without reading the text.

The changed fields tell which properties to replace: texts, visibility and revision of a single event that is written
plainly. They are replaced where the text is noted to have them, or else found; kept text writes every name in capitals at
the beginning of a line. Whatever is odd, and every change of times, is left to `rewriting`, which gives the same (a
property test says so).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias

from chalicelib.domain.slots import Location, Slot
from chalicelib.formats.ical.extras import PREFIX, spell_utc
from chalicelib.formats.ical.noted import NotedText, noted
from chalicelib.formats.ical.quick import PLACES, UID
from chalicelib.formats.ical.rewriting import rewrite
from chalicelib.formats.ical.text import MAX_OCTETS, escape, fold_kept, is_exact

_Property: TypeAlias = tuple[str, int, int, bool]
"""A property that an edit replaces: its name and a colon, the group of `quick.EVENT` for its value, the octets from there to
the line end before it when it has no parameters, and whether it keeps those it has. A plain tuple is taken apart faster than
a named one."""
_Value: TypeAlias = tuple[int, _Property, str]
"""Where a property's value begins in the block that was read (negative: nowhere), if that is noted; and the new value, as
it stands in a line, empty for none."""

_EMPTY: Final = len("\r\n")
"""Octets of an empty value."""
_ROOM: Final = len("\n") + MAX_OCTETS + _EMPTY
"""Octets of a line that needs no fold, with both its line ends."""
_TAIL: Final = r"(?:BEGIN:VALARM\r\n(?:(?!BEGIN:|END:).*+\n)*+END:VALARM\r\n)*+END:VEVENT\r\n\Z"
"""What may stand behind an event's own properties."""


class _Odd(Exception):
    """It is not plain enough."""


def edit(slot: Slot, changes: Mapping[str, Any]) -> Slot:
    """Give a slot with these fields changed, and its kept text with them.

    SEQUENCE becomes the slot's revision, LAST-MODIFIED and DTSTAMP become its last change if it has one. The text stays as
    it is when nothing else differs than membership in groups and the last change. Without any difference it is the same
    slot that comes back.
    """
    text = slot[-1]
    if not text:
        return _replaced(slot, changes)
    places = text.places if type(text) is NotedText else None
    begin: Callable[[int], int] = int if places is None else places.start
    fields: list[Any] = [*slot]
    values: list[_Value] = []
    try:
        for field, value in changes.items():
            at, told, spell = _FIELDS[field]
            if value != fields[at]:
                fields[at] = value
                if told is not None:
                    values.append((begin(told[1]), told, spell(value, slot)))
        if not values:
            return _replaced(slot, changes)
        changed = fields[_CHANGED]
        if changed is not None:
            stamp = _stamp(changed)
            values += [(begin(told[1]), told, stamp) for told in _STAMPED]
        if type(text) is NotedText:
            edited = None if places is None else _in_place(text, places, values)
            fields[-1] = edited or noted(_spliced(text, slot[0], values), text.zones)
        else:
            fields[-1] = _spliced(text, slot[0], values)
    except _Odd:
        return rewrite(slot._replace(**changes))
    return tuple.__new__(Slot, fields)


def _replaced(slot: Slot, changes: Mapping[str, Any]) -> Slot:
    """Change fields that no text tells."""
    new = slot._replace(**changes)
    return slot if new == slot else new


# fields


def _text(text: str, _: Slot) -> str:
    if not text.isprintable() and not is_exact(text):
        raise _Odd
    return escape(text)


def _place(location: Location | None, slot: Slot) -> str:
    if "\nGEO" in slot.ical:
        raise _Odd
    _name_of(slot.location)
    return _text(_name_of(location), slot)


def _name_of(location: Location | None) -> str:
    """Give the LOCATION of a slot whose place has no more than a name. Raises `_Odd`."""
    if location is None:
        return ""
    if not location.name or location != Location(location.name):
        raise _Odd
    return location.name


def _access(visibility: str, _: Slot) -> str:
    if visibility not in ("public", "private"):  # iCalendar has no word for it
        raise _Odd
    return visibility.upper()


def _number(number: int, _: Slot) -> str:
    return str(number)


def _left(_: object, __: Slot) -> str:
    raise _Odd


_KEEPING_PARAMS: Final = ("SUMMARY", "DESCRIPTION", "LOCATION")
_PROPERTIES: Final[dict[str, _Property]] = {
    f"{name}:": (f"{name}:", PLACES[name], len(f"\n{name}:"), name in _KEEPING_PARAMS)
    for name in ("SUMMARY", "CLASS", "LOCATION", "DESCRIPTION", "SEQUENCE", "LAST-MODIFIED", "DTSTAMP")
}
"""In the order in which they are added."""
_STAMPED: Final = (_PROPERTIES["LAST-MODIFIED:"], _PROPERTIES["DTSTAMP:"])
_TOLD: Final[dict[str, tuple[_Property | None, Callable[[Any, Slot], str]]]] = {
    "title": (_PROPERTIES["SUMMARY:"], _text),
    "visibility": (_PROPERTIES["CLASS:"], _access),
    "location": (_PROPERTIES["LOCATION:"], _place),
    "description": (_PROPERTIES["DESCRIPTION:"], _text),
    "sequence": (_PROPERTIES["SEQUENCE:"], _number),
    "groups": (None, _left),
    "changed": (None, _left),
}
"""What tells a field in kept text, nothing or a property; and what gives its value for the field's, in the slot as it was."""
_FIELDS: Final = {field: (at, *_TOLD.get(field, (("", 0, 0, False), _left))) for at, field in enumerate(Slot._fields)}
"""The same of all fields, with their places in the tuple; most are left to the complete way."""
_CHANGED: Final = Slot._fields.index("changed")


@lru_cache(maxsize=64)
def _stamp(changed: datetime) -> str:
    return spell_utc(changed)


# text


def _in_place(kept: NotedText, places: re.Match[str], values: list[_Value]) -> NotedText | None:
    """Replace properties where it is noted that they stand; None if one is not there, or the UID."""
    if places.end(UID) - places.start(UID) <= _EMPTY:
        return None
    text = kept if kept.isascii() else (kept.octets or kept.encode()).decode("latin-1")  # one character per octet
    first = places.start()
    pieces: list[str] = []
    done = 0
    values.sort()
    for start, (head, group, back, keeps_params), value in values:
        if start < 0:
            return None
        start -= first
        line = f"{value}\r\n" if value.isascii() else f"{value}\r\n".encode().decode("latin-1")
        if text[start - back] == "\n" and _EMPTY < len(line) <= _ROOM - back:
            pieces += (text[done:start], line)
        else:
            begin = text.rfind("\n", 0, start) + 1
            if keeps_params:
                head = text[begin:start].encode("latin-1").decode()
            pieces += (text[done:begin], fold_kept(head + value).encode().decode("latin-1") if value else "")
        done = places.end(group) - first
    pieces.append(text[done:])
    edited = "".join(pieces)
    if edited.isascii():
        return noted(edited, kept.zones)
    octets = edited.encode("latin-1")
    return noted(octets.decode(), kept.zones, octets)


def _spliced(text: str, uid: str, values: list[_Value]) -> str:
    """Find properties in the text of an event and replace them, and add those it has not. Raises `_Odd`."""
    wanted = {told[0]: value for _, told, value in values}
    pieces = _properties(tuple(wanted)).split(text)
    if len(pieces) == 1 or pieces[-2] is None:
        raise _Odd
    for at in range(1, len(pieces) - 3, 3):
        head = pieces[at]
        value = wanted.pop(head, None)
        if value is None:
            head, value = _with_params(head or "", wanted)
        pieces[at] = _line(f"\n{head}{value}\r") if value else ""
        pieces[at + 1] = ""
    pieces[-3] = "\n"
    if wanted:
        added = [_line(f"\n{head}{wanted[head]}\r") for head in _PROPERTIES if wanted.get(head)]
        pieces[-3] += "".join([line[1:] + "\n" for line in added])
    edited = "".join(pieces)
    if f"\nUID:{uid}\r\n" not in edited and f"\n{fold_kept(f'UID:{escape(uid)}')}" not in edited:
        raise _Odd  # the slot got another than stands there
    return edited


def _with_params(head: str, wanted: dict[str, str]) -> tuple[str, str]:
    """Give what stands before the value of a property that has parameters, and its new value. Raises `_Odd`."""
    name, semicolon, _ = head.partition(";")
    value = wanted.pop(f"{name}:", None) if semicolon else None
    if value is None:  # odd, or there twice
        raise _Odd
    return head if name in _KEEPING_PARAMS else f"{name}:", value


def _line(line: str) -> str:
    """Fold a line, from the line end before it to its CR."""
    return line if len(line) <= MAX_OCTETS and line.isascii() else f"\n{fold_kept(line[1:-1])[:-1]}"


@lru_cache(maxsize=256)
def _properties(heads: tuple[str, ...]) -> re.Pattern[str]:
    """Make what splits an event at some properties, each without its last line end, and where its own properties end.

    Groups: a property up to its value; all behind the event's own properties; none for what is odd.
    """
    some = "|".join(head[:-1] for head in heads)
    initials = "".join(sorted({name[0] for name in (*heads, "BEGIN", "END", PREFIX)}))  # looked at first, passes over most lines
    return re.compile(
        rf"\n(?=[{initials}])(?:"
        rf'((?:{some})(?:;(?!TZID=)[A-Z0-9-]++=[^":;\\\n]*+)*+:).*+(?:\n .*+)*+(?=\n)|({_TAIL})|(?:BEGIN|{some})[:;]|{PREFIX})'
    )
