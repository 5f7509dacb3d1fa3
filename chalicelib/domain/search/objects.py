"""The fields of slots and of a convention's time slots, as searches name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.conventions import ScheduledSlot
from chalicelib.domain.search.selection import EARLIEST, LATEST
from chalicelib.domain.search.vocabulary import Field, Kinds, Vocabulary
from chalicelib.domain.slots import Group, Location, Slot, Window, instant

SLOT_KINDS: Final = Kinds(
    {
        "uid": "text",
        "title": "text",
        "description": "text",
        "visibility": "text",
        "start": "moment",
        "end": "moment",
        "location.name": "text",
        "location.city": "text",
        "location.country": "text",
        "group.uuid": "text",
        "group.name": "text",
    }
)
TIME_SLOT_KINDS: Final = Kinds(
    {
        "id": "text",
        "start": "moment",
        "end": "moment",
        "event.title": "text",
        "event.id": "text",
        "location.slug": "text",
        "location.area": "text",
        "host.email": "text",
    },
    prefix="tag.",
)

Occurrences = Callable[[Slot, Window], Iterable[tuple[datetime, datetime]]]
"""Gives the occurrences of a recurring slot that overlap a window, in order and within bounds."""

_MOMENT: Final = timedelta(microseconds=1)


def slot_vocabulary(groups: Mapping[str, Group], occurrences: Occurrences) -> Vocabulary:
    """Give the fields of the slots of an owner who has these groups."""

    def within(side: int, own: Callable[[Slot], Sequence[datetime]]) -> Callable[[Slot, datetime | None, datetime | None], bool]:
        def test(slot: Slot, low: datetime | None, high: datetime | None) -> bool:
            moments = own(slot)
            if not slot.recurring or not moments:
                return any(_between(moment, low, high) for moment in moments)
            window = Window((low or EARLIEST) - _MOMENT, (high or LATEST) + _MOMENT)
            return any(_between(instant(times[side]), low, high) for times in occurrences(slot, window))

        return test

    def starts(slot: Slot) -> Sequence[datetime]:
        return (instant(slot.start),)

    def ends(slot: Slot) -> Sequence[datetime]:
        return () if slot.end is None else (instant(slot.end),)

    def place(read: Callable[[Location], str]) -> Field:
        return Field(lambda slot: _text(read(slot.location)) if slot.location is not None else ())

    fields = {
        "uid": Field(lambda slot: _text(slot.uid)),
        "title": Field(lambda slot: _text(slot.title)),
        "description": Field(lambda slot: _text(slot.description)),
        "visibility": Field(lambda slot: _text(slot.visibility)),
        "start": Field(starts, within(0, starts)),
        "end": Field(ends, within(1, ends)),
        "location.name": place(lambda location: location.name),
        "location.city": place(lambda location: location.city),
        "location.country": place(lambda location: location.country),
        "group.uuid": Field(lambda slot: slot.groups),
        "group.name": Field(lambda slot: [groups[uuid].name for uuid in slot.groups if uuid in groups]),
    }
    return fields.__getitem__


def time_slot_vocabulary() -> Vocabulary:
    """Give the fields of a convention's time slots."""
    fields: dict[str, Callable[[ScheduledSlot], Sequence[Any]]] = {
        "id": lambda found: (str(found.slot.id),),
        "start": lambda found: (found.slot.start,),
        "end": lambda found: (found.slot.end,),
        "event.title": lambda found: _text(found.event.title),
        "event.id": lambda found: (str(found.event.id),),
        "location.slug": lambda found: found.slot.places,
        "location.area": lambda found: [place.area for place in found.places if place.area],
        "host.email": lambda found: [host.email for host in found.slot.hosts if host.email],
    }

    def field(name: str) -> Field:
        if name.startswith(TIME_SLOT_KINDS.prefix):
            tag = name.removeprefix(TIME_SLOT_KINDS.prefix)
            return Field(lambda found: found.event.tags.get(tag, ()))
        return Field(fields[name])

    return field


def _text(value: str) -> Sequence[str]:
    return (value,) if value else ()


def _between(moment: datetime, low: datetime | None, high: datetime | None) -> bool:
    return (low is None or low <= moment) and (high is None or moment <= high)
