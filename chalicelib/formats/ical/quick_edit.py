"""The fast way to rewrite an edited slot: texts, visibility and revision of a single event that is written plainly.

The expression that reads an event finds its values in the kept text, and those that differ are replaced there. Whatever is
odd, and every change of times, is left to `edit`, which gives the same (a property test says so).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final

from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats.ical.extras import spell_utc
from chalicelib.formats.ical.quick import EVENT, Clock
from chalicelib.formats.ical.text import escape, fold_kept, is_exact, unescape
from chalicelib.formats.ical.times import ONE_DAY
from chalicelib.formats.ical.zones import known_zone

_END: Final = "END:VEVENT\r\n"
_TITLE: Final = 6
_DESCRIPTION: Final = 7
_ACCESS: Final = 8
_PLACE: Final = 9
_SEQUENCE: Final = 10
"""Groups of the expression."""


class _Odd(Exception):
    """It is not plain enough."""


def quick_rewrite(slot: Slot) -> str | None:
    """Give the text of an edited slot; None when the complete way has to."""
    if slot.media or slot.notes or slot.settings is not None or slot.visibility not in ("public", "private"):
        return None
    try:
        return _rewritten(slot)
    except (_Odd, ValueError, OverflowError):
        return None


def _rewritten(slot: Slot) -> str:
    text = slot.ical
    found = EVENT.fullmatch(text)
    if found is None:
        raise _Odd
    uid, start_params, start, end_params, end, title, description, access, place, sequence, _, geo = found.groups()
    if geo is not None or start is None or _value(uid) != slot.uid or not slot.uid:
        raise _Odd
    if not _times_agree(slot, start, _clock(start_params), end, _clock(end_params or "")):
        raise _Odd
    changes: list[tuple[int, int, str]] = []
    added: list[str] = []

    def put(group: int, line: str) -> None:
        if found.start(group) < 0:
            added.append(line)
        else:
            begin = text.rindex("\n", 0, found.start(group)) + 1
            changes.append((begin, text.index("\n", found.end(group) - 1) + 1, line))

    def put_text(group: int, name: str, old: str | None, new: str) -> None:
        if _value(old) == new:
            return
        if not is_exact(new):
            raise _Odd
        if not new:
            if text.find(f"\n{name}", found.end(group) - 1) >= 0 or text.find(f"\n{name}") < text.rindex(
                "\n", 0, found.start(group)
            ):
                raise _Odd  # there are others, of the event or of its alarms
            put(group, "")
            return
        head = f"{name}:" if old is None else text[text.rindex("\n", 0, found.start(group)) + 1 : found.start(group)]
        put(group, fold_kept(head + escape(new)))

    put_text(_TITLE, "SUMMARY", title, slot.title)
    put_text(_DESCRIPTION, "DESCRIPTION", description, slot.description)
    if (access == "PUBLIC") != (slot.visibility == "public"):
        put(_ACCESS, f"CLASS:{slot.visibility.upper()}\r\n")
    put_text(_PLACE, "LOCATION", place, _place(slot.location))
    if (0 if sequence is None else int(sequence)) != slot.sequence:
        put(_SEQUENCE, f"SEQUENCE:{slot.sequence}\r\n")
    if not changes and not added:
        return text
    tail = text.find("\nBEGIN:") + 1 or len(text) - len(_END)
    if slot.changed is not None:
        for name in ("LAST-MODIFIED", "DTSTAMP"):
            line = f"{name}:{_stamp(slot.changed)}\r\n"
            begin = text.find(f"\n{name}") + 1
            if not begin:
                added.append(line)
            elif begin > tail or text.find(f"\n{name}", begin) >= 0 or text[begin + len(name)] != ":":
                raise _Odd
            else:
                changes.append((begin, text.index("\n", begin) + 1, line))
    return _spliced(text, tail, changes, added)


def _value(raw: str | None) -> str:
    """Give the text of a captured value."""
    if raw is None:
        return ""
    return unescape(raw[:-2].replace("\r\n ", "").replace("\r\n\t", "") if "\n" in raw[:-1] else raw[:-2])


def _place(location: Location | None) -> str:
    """Give the LOCATION of a slot whose place has no more than a name. Raises `_Odd`."""
    if location is None:
        return ""
    if not location.name or location != Location(location.name):
        raise _Odd
    return location.name


def _times_agree(slot: Slot, start: str, start_clock: Clock, end: str | None, end_clock: Clock) -> bool:
    """Whether DTSTART and DTEND say what the fields say already."""
    if slot.all_day:
        if len(start) != 8 or slot.timezone is not None or datetime.fromisoformat(start) != slot.start:
            return False
        if end is None:
            return slot.end == slot.start + ONE_DAY
        return len(end) == 8 and datetime.fromisoformat(end) == slot.end
    if len(start) == 8 or start_clock.read(start) != slot.start:
        return False
    if slot.timezone != (
        start_clock.name if start_clock.rules is not None else None if slot.start.tzinfo is not None else FLOATING
    ):
        return False
    if end is None:
        return slot.end is None
    return len(end) != 8 and end_clock.read(end) == slot.end


@lru_cache(maxsize=1_000)
def _clock(params: str) -> Clock:
    """Tell what parameters say. Raises `_Odd` for anything but a zone with a known name."""
    tzid = params.removeprefix(";TZID=")
    if params in ("", ";VALUE=DATE"):
        return Clock(None, None)
    zone = known_zone(tzid) if tzid != params and ";" not in tzid else None
    if zone is None:
        raise _Odd
    return Clock(zone.rules, zone.name)


@lru_cache(maxsize=64)
def _stamp(changed: datetime) -> str:
    return spell_utc(changed)


def _spliced(text: str, end: int, changes: list[tuple[int, int, str]], added: list[str]) -> str:
    """Replace stretches of the text, and add lines at the end of the event's own."""
    changes.sort()
    parts: list[str] = []
    at = 0
    for start, stop, line in changes:
        if start > end:  # a property behind an alarm
            raise _Odd
        parts += (text[at:start], line)
        at = stop
    return "".join([*parts, text[at:end], *added, text[end:]])
