"""When two time slots are in each other's way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.domain.conventions import Person, Place, TimeSlot


class Clash(NamedTuple):
    """A time slot that is in the way, and where: shared places that take one at a time, shared hosts."""

    slot: TimeSlot
    places: tuple[str, ...]
    hosts: tuple[Person, ...]


def overlap(first: TimeSlot, second: TimeSlot) -> bool:
    """Whether they share a moment; touching ends share none."""
    return first.start < second.end and second.start < first.end


def clashes(wanted: TimeSlot, others: Iterable[TimeSlot], places: Mapping[str, Place]) -> list[Clash]:
    """List what is in the way of `wanted`, in schedule order; the slot itself and cancelled ones are not."""
    found = [_clash(wanted, other, places) for other in others if other.id != wanted.id and not other.cancelled]
    return sorted((clash for clash in found if clash is not None), key=lambda clash: clash.slot.order)


def _clash(wanted: TimeSlot, other: TimeSlot, places: Mapping[str, Place]) -> Clash | None:
    if not overlap(wanted, other):
        return None
    rooms = tuple(slug for slug in wanted.places if slug in other.places and not (slug in places and places[slug].parallel))
    busy = {host.key for host in other.hosts}
    hosts = tuple(host for host in wanted.hosts if host.key in busy)
    return Clash(other, rooms, hosts) if rooms or hosts else None


def all_clashes(slots: Iterable[TimeSlot], places: Mapping[str, Place]) -> Iterator[tuple[TimeSlot, Clash]]:
    """Yield each pair that is in each other's way once, the later one first, in schedule order.

    Sweeps over the starts: time grows with the slots and with the pairs that overlap in a place or host.
    """
    running: list[tuple[object, int, TimeSlot]] = []
    by_resource: dict[str, dict[int, TimeSlot]] = defaultdict(dict)
    for slot in sorted((slot for slot in slots if not slot.cancelled), key=lambda slot: slot.order):
        while running and running[0][2].end <= slot.start:
            _, slot_id, ended = heappop(running)
            for resource in _resources(ended):
                by_resource[resource].pop(slot_id, None)
        neighbours = {other.id: other for resource in _resources(slot) for other in by_resource[resource].values()}
        for clash in clashes(slot, neighbours.values(), places):
            yield slot, clash
        heappush(running, (slot.end, slot.id, slot))
        for resource in _resources(slot):
            by_resource[resource][slot.id] = slot


def _resources(slot: TimeSlot) -> Iterator[str]:
    for slug in slot.places:
        yield f"place:{slug}"
    for host in slot.hosts:
        yield f"host:{host.key}"


def named(slots: Iterable[TimeSlot], zone: ZoneInfo) -> list[dict[str, object]]:
    """Describe time slots for an error's details, in schedule order, each once."""
    found = {slot.id: slot for slot in slots}
    return [_named(slot, zone) for slot in sorted(found.values(), key=lambda slot: slot.order)]


def named_clashes(found: Iterable[Clash], zone: ZoneInfo) -> list[dict[str, object]]:
    """Describe what is in the way for an error's details: of each time slot only the locations and hosts that are shared."""
    return [
        {**_named(clash.slot, zone), "locations": list(clash.places), "hosts": [host.name for host in clash.hosts]}
        for clash in found
    ]


def _named(slot: TimeSlot, zone: ZoneInfo) -> dict[str, object]:
    return {
        "id": str(slot.id),
        "event": str(slot.event_id),
        "start": slot.start.astimezone(zone).isoformat(),
        "end": slot.end.astimezone(zone).isoformat(),
        "locations": list(slot.places),
    }
