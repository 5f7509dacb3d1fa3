"""The fast way to rewrite an edited slot: texts, visibility and revision of a single event that is written plainly.

Compares and replaces whole lines in the kept text, without taking it apart. Whatever is odd, and every change of times,
is left to `edit`, which gives the same (a property test says so).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats.ical.extras import spell_utc
from chalicelib.formats.ical.quick import Clock
from chalicelib.formats.ical.text import escape, fold_kept, is_exact, unescape
from chalicelib.formats.ical.times import ONE_DAY
from chalicelib.formats.ical.zones import known_zone

_BEGIN: Final = "BEGIN:VEVENT\r\n"
_END: Final = "END:VEVENT\r\n"
_ALARM_END: Final = "END:VALARM\r\n" + _END
_clocks: dict[str, Clock] = {}
"""By TZID, of zones with known names."""


class _Found(NamedTuple):
    """One line of the text: where it is, and its parts."""

    start: int
    end: int
    params: str
    value: str


class _Odd(Exception):
    """The text is not plain enough."""


def quick_rewrite(slot: Slot) -> str | None:
    """Give the text of an edited slot; None when the complete way has to."""
    text = slot.ical
    if (
        slot.media
        or slot.notes
        or slot.settings is not None
        or slot.visibility not in ("public", "private")
        or not text.startswith(_BEGIN)
        or "\nX-SLOTPORT-" in text
        or "\nDURATION" in text
        or "\r\n\t" in text
    ):
        return None
    try:
        return _rewritten(slot, text)
    except (_Odd, ValueError, OverflowError):
        return None


def _rewritten(slot: Slot, text: str) -> str:
    end = text.find("\nBEGIN:") + 1
    if end:
        nested = text[end:]
        alarms = nested.count("BEGIN:VALARM\r\n")
        if (
            not nested.endswith(_ALARM_END)
            or nested.count("\nBEGIN:") + 1 != alarms
            or nested.count("END:VALARM\r\nBEGIN:VALARM\r\n") != alarms - 1
        ):
            raise _Odd
    else:
        end = len(text) - len(_END)
    own = text[:end]
    if "\nGEO" in own or not _times_agree(slot, own):
        raise _Odd
    changes: list[tuple[int, int, str]] = []
    added: list[str] = []

    def put(found: _Found | None, line: str) -> None:
        if found is None:
            added.append(line)
        else:
            changes.append((found.start, found.end, line))

    def put_text(name: str, new: str) -> None:
        found = _find(own, name)
        if (unescape(found.value) if found is not None else "") == new:
            return
        if not is_exact(new):
            raise _Odd
        params = found.params if found is not None else ""
        if new or found is None:
            put(found, fold_kept(f"{name}{params}:{escape(new)}"))
        else:
            put(found, "")

    uid = _find(own, "UID")
    if uid is None or uid.params or unescape(uid.value) != slot.uid:
        raise _Odd
    put_text("SUMMARY", slot.title)
    put_text("DESCRIPTION", slot.description)
    access = _find(own, "CLASS")
    if (access is not None and access.value.strip().upper() == "PUBLIC") != (slot.visibility == "public"):
        put(access, f"CLASS:{slot.visibility.upper()}\r\n")
    put_text("LOCATION", _place(slot))
    sequence = _find(own, "SEQUENCE")
    if sequence is not None and not (sequence.value.isascii() and sequence.value.isdigit() and len(sequence.value) < 10):
        raise _Odd
    if (int(sequence.value) if sequence is not None else 0) != slot.sequence:
        put(sequence, f"SEQUENCE:{slot.sequence}\r\n")
    if not changes and not added:
        return text
    if slot.changed is not None:
        stamp = _stamp(slot.changed)
        put(_find(own, "LAST-MODIFIED"), f"LAST-MODIFIED:{stamp}\r\n")
        put(_find(own, "DTSTAMP"), f"DTSTAMP:{stamp}\r\n")
    return _spliced(text, end, changes, added)


def _find(own: str, name: str) -> _Found | None:
    """Find the one property of a name. Raises `_Odd` when there are two, or parameters with quotes or folds."""
    start = own.find(f"\n{name}") + 1
    if not start:
        return None
    after = start + len(name)
    if own.find(f"\n{name}", after) >= 0:
        raise _Odd
    colon = own.find(":", after)
    params = own[after:colon]
    if params and (params[0] != ";" or '"' in params or "\n" in params or "\\" in params):
        raise _Odd
    end = own.find("\r\n", colon)
    folded = False
    while own.startswith(" ", end + 2):
        folded = True
        end = own.find("\r\n", end + 2)
    value = own[colon + 1 : end]
    return _Found(start, end + 2, params, value.replace("\r\n ", "") if folded else value)


def _place(slot: Slot) -> str:
    """Give the LOCATION of a slot whose place has no more than a name. Raises `_Odd`."""
    if slot.location is None:
        return ""
    name = slot.location.name
    if not name or slot.location != Location(name):
        raise _Odd
    return name


def _times_agree(slot: Slot, own: str) -> bool:
    """Whether DTSTART and DTEND say what the fields say already."""
    start, end = _find(own, "DTSTART"), _find(own, "DTEND")
    if start is None:
        return False
    if slot.all_day:
        if len(start.value) != 8 or slot.timezone is not None or datetime.fromisoformat(start.value) != slot.start:
            return False
        ends = slot.start + ONE_DAY if end is None else datetime.fromisoformat(end.value)
        return ends == slot.end and (end is None or len(end.value) == 8)
    clock = _clock(start.params)
    if len(start.value) < 15 or clock.read(start.value) != slot.start:
        return False
    if slot.timezone != (clock.name if clock.rules is not None else FLOATING if slot.start.tzinfo is None else None):
        return False
    if end is None:
        return slot.end is None
    return len(end.value) >= 15 and _clock(end.params).read(end.value) == slot.end


def _clock(params: str) -> Clock:
    """Tell what parameters say. Raises `_Odd` for anything but a zone with a known name."""
    clock = _clocks.get(params)
    if clock is None:
        zone = known_zone(params.removeprefix(";TZID=")) if params.startswith(";TZID=") and params.count(";") == 1 else None
        if params and zone is None:
            raise _Odd
        clock = Clock(zone.rules, zone.name) if zone is not None else Clock(None, None)
        if len(_clocks) < 1_000:
            _clocks[params] = clock
    return clock


@lru_cache(maxsize=64)
def _stamp(changed: datetime) -> str:
    return spell_utc(changed)


def _spliced(text: str, end: int, changes: list[tuple[int, int, str]], added: list[str]) -> str:
    """Replace stretches of the text, and add lines at the end of the event's own."""
    changes.sort()
    parts: list[str] = []
    at = 0
    for start, stop, line in changes:
        parts += (text[at:start], line)
        at = stop
    return "".join([*parts, text[at:end], *added, text[end:]])
