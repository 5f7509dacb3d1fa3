"""The locations of a convention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.domain.conventions import MAX_PLACES, Place, ScheduledSlot
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from chalicelib.domain.schedule_clash import all_clashes, named
from chalicelib.domain.slugs import is_slug, normal_slug, slug_of
from chalicelib.services.conventions.visits import Doors, Visit, Visitor, decide, pause_randomly
from chalicelib.services.ports.conventions import Change, Claim, ConventionStore, Drop, Ref, Save


class Furnished(NamedTuple):
    """A location and what happens there."""

    place: Place
    slots: Sequence[ScheduledSlot]


class Places:
    """Add, show, change and remove locations. Titles and slugs are unique in a convention; titles without case."""

    def __init__(
        self, *, store: ConventionStore, clock: Callable[[], datetime], pause: Callable[[int], None] = pause_randomly
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause = pause
        self._doors = Doors(store, clock)

    def catalog(self, visitor: Visitor, *, after: str = "") -> list[Furnished]:
        """List all locations by slug, each with the time slots there that the visitor may see; from behind one of them."""
        visit = self._doors.enter(visitor)
        return self._furnish(visit, [place for slug, place in sorted(visit.head.places.items()) if slug > after])

    def show(self, visitor: Visitor, slug: str) -> Furnished:
        """Find one. Raises `NotFound("location")`."""
        visit = self._doors.enter(visitor)
        return self._furnish(visit, [self._existing(visit, slug)])[0]

    def add(self, visitor: Visitor, *, title: str, slug: str | None, properties: Mapping[str, Any]) -> Place:
        """Add a location; managers only. Raises `Conflict("location_exists")`, `InvalidInput("invalid_slug")`."""
        wanted = normal_slug(slug) if slug else slug_of(title)
        if not is_slug(wanted):
            raise InvalidInput("invalid_slug", field="slug")

        def attempt() -> Place:
            visit = self._doors.manage(visitor)
            if wanted in visit.head.places:
                raise Conflict("location_exists", field="slug", slug=wanted)
            self._check_title(visit, title)
            if len(visit.head.places) >= MAX_PLACES:
                raise TooLarge("too_many_locations", limit=MAX_PLACES)
            place = Place(slug=wanted, title=title, changed=self._clock(), **properties)
            self._store.commit(visit.key, [Save(place), Save(_claim(title))])
            return place

        return decide(attempt, self._pause)

    def change(self, visitor: Visitor, slug: str, changes: Mapping[str, Any]) -> Place:
        """Change a location's properties; managers only.

        One that took several time slots at once takes one at a time only when none of its time slots overlap.
        Raises `NotFound("location")`, `Conflict("location_exists")`, `InvalidInput("location_overbooked", timeslots=[…])`.
        """

        def attempt() -> Place:
            visit = self._doors.manage(visitor)
            before = self._existing(visit, slug)
            after = before._replace(**changes)
            if after == before:
                return before
            writes: list[Change] = []
            if _key(after.title) != _key(before.title):
                self._check_title(visit, after.title)
                writes = [Save(_claim(after.title)), *self._release(visit, before)]
            if (after.title, after.area) != (before.title, before.area):
                after = after._replace(edits=after.edits + 1, changed=self._clock())
            if before.parallel and not after.parallel:
                self._check_single(visit, after)
            self._store.commit(visit.key, [Save(after), *writes])
            return after

        return decide(attempt, self._pause)

    def remove(self, visitor: Visitor, slug: str) -> None:
        """Remove a location nothing is scheduled in; managers only.

        Raises `NotFound("location")`, `InvalidInput("location_in_use", timeslots=[…])`.
        """

        def attempt() -> None:
            visit = self._doors.manage(visitor)
            place = self._existing(visit, slug)
            used = [booked for booked in self._store.time_slots(visit.key) if place.slug in booked.places]
            if used:
                raise InvalidInput("location_in_use", timeslots=named(used, visit.convention.zone))
            # whoever schedules something here meanwhile writes the place, and then this one is not at its revision any more
            self._store.commit(visit.key, [Drop(place), *self._release(visit, place)])

        decide(attempt, self._pause)

    def _furnish(self, visit: Visit, places: Sequence[Place]) -> list[Furnished]:
        events = {event.id: event for event in self._store.events(visit.key)}
        slots: dict[str, list[ScheduledSlot]] = {place.slug: [] for place in places}
        for slot in self._store.time_slots(visit.key):
            wanted = [slug for slug in slot.places if slug in slots]
            if not wanted or slot.event_id not in events:
                continue
            scheduled = visit.scheduled(slot, events[slot.event_id])
            if visit.standing.sees_slot(scheduled):
                for slug in wanted:
                    slots[slug].append(visit.shown(scheduled))
        return [Furnished(place, slots[place.slug]) for place in places]

    def _existing(self, visit: Visit, slug: str) -> Place:
        place = visit.place(normal_slug(slug))
        if place is None:
            raise NotFound("location", slug=slug)
        return place

    def _check_title(self, visit: Visit, title: str) -> None:
        if any(_key(place.title) == _key(title) for place in visit.head.places.values()):
            raise Conflict("location_exists", field="title", title=title)

    def _check_single(self, visit: Visit, place: Place) -> None:
        booked = [slot for slot in self._store.time_slots(visit.key) if place.slug in slot.places]
        pairs = all_clashes(booked, {place.slug: place})
        crowded = [found for slot, clash in pairs if place.slug in clash.places for found in (slot, clash.slot)]
        if crowded:
            raise InvalidInput("location_overbooked", field="parallel", timeslots=named(crowded, visit.convention.zone))

    def _release(self, visit: Visit, place: Place) -> list[Change]:
        wanted = _claim(place.title)
        found = self._store.get(visit.key, [Ref("claim", f"{wanted.scope}:{wanted.name}")])
        return [Drop(record) for record in found.values()]


def _key(title: str) -> str:
    return title.strip().casefold()


def _claim(title: str) -> Claim:
    return Claim("place_title", _key(title))
