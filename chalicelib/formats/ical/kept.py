"""Kept text as a whole: all components of one UID, put together from parts and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Rejection
from chalicelib.domain.slots import Slot, instant
from chalicelib.formats.ical.extras import render
from chalicelib.formats.ical.lines import components, own_properties, tzid_of
from chalicelib.formats.ical.reader import read

_EVENT: Final = re.compile(r"^BEGIN:VEVENT", re.IGNORECASE | re.MULTILINE)
_ZONE: Final = "BEGIN:VTIMEZONE"


class _Part(NamedTuple):
    """One VEVENT of a slot: which occurrence it describes (empty: the series itself, or a single event)."""

    occurrence: str
    sequence: int
    text: str


def merge(first: Slot, *others: Slot) -> Slot:
    """Put slots of one UID together: a series and its changed occurrences (RECURRENCE-ID), in any order.

    Of two that describe the same occurrence, or the whole series, the one with the higher SEQUENCE wins, else the later
    one. The fields are those of the series, or of the earliest occurrence where it is missing. The
    same parts give the same slot in whatever order they come, as long as none clash.
    """
    slots = (first, *others)
    winners: dict[str, tuple[_Part, Slot]] = {}
    for slot in slots:
        for part in _parts(slot):
            known = winners.get(part.occurrence)
            if known is None or part.sequence >= known[0].sequence:
                winners[part.occurrence] = (part, slot)
    return _whole(winners, slots)


def amend(known: Slot, update: Slot) -> Slot:
    """Give what is known of a UID with what an update says of it.

    An update with the series in it says all there is. One of changed occurrences alone, as the mail that moves one meeting of a
    series has it (RFC 5546 §4.4.2), says nothing of the series and of other occurrences: these stay.
    """
    said = {part.occurrence: (part, update) for part in _parts(update)} if update.recurring and update.ical else {}
    if not said or "" in said:
        return update
    return _whole({part.occurrence: (part, known) for part in _parts(known)} | said, (known, update))


def _whole(parts: Mapping[str, tuple[_Part, Slot]], slots: Iterable[Slot]) -> Slot:
    """Make one slot of parts and the slots they are from, by the occurrence that each describes."""
    zones: dict[str, str] = {}
    for slot in slots:
        for zone in _zones(slot):
            zones.setdefault(tzid_of(zone), zone)
    if "" in parts:
        speaker = parts[""][1]
    else:
        speaker = min((slot for _, slot in parts.values()), key=lambda slot: (instant(slot.start), slot.ical))
    texts = [parts[occurrence][0].text for occurrence in sorted(parts)]
    if len(texts) == 1 and not speaker.ical:
        return speaker
    return speaker._replace(
        recurring=speaker.recurring or len(texts) > 1,
        ical="".join([*(zones[tzid] for tzid in sorted(zones)), *texts]),
    )


def occurrence(slot: Slot) -> str:
    """Tell which occurrence of its series a slot is; empty for a series, a single event, and several components together."""
    parts = _parts(slot) if slot.ical else []
    return parts[0].occurrence if len(parts) == 1 else ""


def from_text(text: str) -> Slot:
    """Read kept text that came from outside, for one slot, and normalise it. Raises `InvalidInput("invalid_ical")`."""
    if _EVENT.search(text) is None:
        raise InvalidInput("invalid_ical", reason="there is no VEVENT in it", line=1)
    slots = []
    for entry in read([text.encode()]):
        if isinstance(entry, Rejection):
            raise InvalidInput("invalid_ical", reason=entry.reason, line=entry.line)
        slots.append(entry.slot)
    if any(slot.uid != slots[0].uid for slot in slots):
        raise InvalidInput("invalid_ical", reason="its components have different UIDs", line=1)
    return merge(*slots)


def _zones(slot: Slot) -> list[str]:
    if not slot.ical.startswith(_ZONE):
        return []
    return [component for component in components(slot.ical) if component.startswith(_ZONE)]


def _parts(slot: Slot) -> list[_Part]:
    parts = []
    for component in components(slot.ical or render(slot, {})):
        if component.startswith(_ZONE):
            continue
        properties = own_properties(component)
        line = properties.get("RECURRENCE-ID")
        sequence = properties["SEQUENCE"].value.strip() if "SEQUENCE" in properties else ""
        occurrence = f"{line.value.strip()} {line.params}" if line is not None else ""
        parts.append(_Part(occurrence, int(sequence) if sequence.isascii() and sequence.isdigit() else 0, component))
    return parts
