"""Reading a convention's schedule: as a list, as a calendar, as the objects of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import orjson

from chalicelib.domain.accounts import Caller, email_key
from chalicelib.domain.conventions import LONGEST, Event, EventStatus, ScheduledSlot, TimeSlot, is_over
from chalicelib.domain.errors import NotFound
from chalicelib.domain.slots import Window
from chalicelib.domain.slugs import normal_slug
from chalicelib.services.conventions.visits import Doors, Visit, Visitor
from chalicelib.services.ports.conventions import ConventionStore


class Filters(NamedTuple):
    """Which time slots; empty means all. Values of one filter are alternatives, all filters hold together."""

    events: tuple[int, ...] = ()
    statuses: tuple[EventStatus, ...] = ()
    tags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """By tag type: the values of which one must be there."""
    hosts: tuple[str, ...] = ()
    """An address, an account's id, or `self`."""
    places: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()

    def match(self, scheduled: ScheduledSlot, user_id: int | None) -> bool:
        """Whether the time slot is wanted."""
        slot, event = scheduled.slot, scheduled.event
        return (
            (not self.events or event.id in self.events)
            and (not self.statuses or event.status in self.statuses)
            and all(set(values) & set(event.tags.get(title, ())) for title, values in self.tags)
            and (not self.hosts or any(_hosts(slot, wanted, user_id) for wanted in self.hosts))
            and (not self.slots or slot.id in self.slots)
            and (not self.places or bool({normal_slug(slug) for slug in self.places} & set(slot.places)))
        )


class Opened:
    """A schedule that somebody looks at. `version` changes with everything they could see of it."""

    def __init__(self, store: ConventionStore, visit: Visit, filters: Filters, *, over: bool) -> None:
        self._store = store
        self._filters = filters
        self.visit = visit
        self.over = over
        """Whether the convention is over: cancelled time slots are not printed any more."""

    @property
    def version(self) -> str:
        """A digest of the head that was read before anything else: it may be older than what is read, never newer."""
        head, standing = self.visit.head, self.visit.standing
        content = (
            head.convention.revision,
            [(place.slug, place.revision) for place in head.places.values()],
            [(tag_type.title, tag_type.revision) for tag_type in head.tag_types.values()],
            head.pulse,
            (standing.user_id, standing.sees_all, self.over),
        )
        return blake2b(orjson.dumps(content, default=tuple), digest_size=12).hexdigest()

    @property
    def selection(self) -> str:
        """A digest of the filters."""
        return blake2b(orjson.dumps(self._filters, default=tuple), digest_size=8).hexdigest()

    def slots(self, after: tuple[datetime, int] | None = None) -> Iterator[ScheduledSlot]:
        """Yield what the visitor may see, by start, then id, without what they may not see of it; from behind `after`."""
        earliest = after[0] if after is not None else None
        for scheduled in self._joined(self._store.time_slots(self.visit.key, earliest=earliest)):
            seen = self.visit.standing.sees_slot(scheduled)
            if seen and (after is None or scheduled.slot.order > after) and self._wanted(scheduled):
                yield self.visit.shown(scheduled)

    def survey(self) -> Iterator[tuple[ScheduledSlot, bool]]:
        """Yield everything the visitor may see, in order, each with whether the filters want it."""
        for scheduled in self._joined(self._store.time_slots(self.visit.key)):
            if self.visit.standing.sees_slot(scheduled):
                yield self.visit.shown(scheduled), self._wanted(scheduled)

    def cancelled(self) -> Iterator[ScheduledSlot]:
        """Yield the cancelled time slots that were public, until the convention is over."""
        if self.over:
            return
        for scheduled in self._joined(self._store.cancelled_slots(self.visit.key)):
            if scheduled.slot.announced and self._wanted(scheduled._replace(event=_as_before(scheduled.event))):
                yield self.visit.shown(scheduled)

    def _wanted(self, scheduled: ScheduledSlot) -> bool:
        # what is hidden is not to be found out by filtering either
        event = self.visit.standing.shown_event(scheduled.event, self.visit.convention, self.visit.head.tag_types)
        hosts = scheduled.slot.hosts if self.visit.standing.sees_addresses(self.visit.convention) else ()
        user_id = self.visit.standing.user_id
        hosts = hosts or tuple(host for host in scheduled.slot.hosts if user_id is not None and host.user_id == user_id)
        seen = scheduled._replace(event=event, slot=scheduled.slot._replace(hosts=hosts))
        return self._filters.match(seen, user_id)

    def _joined(self, slots: Iterable[TimeSlot]) -> Iterator[ScheduledSlot]:
        events: dict[int, Event] = {}
        for slot in slots:
            if not events:
                events = {event.id: event for event in self._store.events(self.visit.key)}
            event = events.get(slot.event_id) or self._store.event(self.visit.key, slot.event_id)
            if event is not None:
                events[event.id] = event
                yield self.visit.scheduled(slot, event)


class Schedules:
    """Opens schedules. Fulfils `ScheduleSource`."""

    def __init__(self, *, store: ConventionStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._doors = Doors(store, clock)

    def open(self, visitor: Visitor, filters: Filters | None = None) -> Opened:
        """Look into a schedule: one query; the rest when it is iterated. Raises `NotPermitted` for an unknown convention."""
        visit = self._doors.enter(visitor)
        return Opened(self._store, visit, filters or Filters(), over=is_over(visit.convention, self._clock()))

    def open_public(self, name: str, filters: Filters | None = None) -> Opened:
        """Look into the schedule of the convention with this id, slug or key, as anybody. Raises `NotFound("convention")`."""
        return self.open(Visitor(self._key(name)), filters)

    def stream(self, caller: Caller, convention: str, *, window: Window | None = None) -> Iterator[ScheduledSlot]:
        """Yield a convention's time slots under the caller's rights (see `ScheduleSource`)."""
        opened = self.open(Visitor(self._key(convention), caller.user_id))
        start = window.earliest - LONGEST if window is not None else None
        for scheduled in opened.slots(after=(start, 0) if start is not None else None):
            if window is not None and scheduled.slot.start >= window.latest:
                return
            if window is None or scheduled.slot.end > window.earliest:
                yield scheduled

    def _key(self, name: str) -> str:
        key = self._store.find(normal_slug(name))
        if key is None:
            raise NotFound("convention", name=name)
        return key


def _hosts(slot: TimeSlot, wanted: str, user_id: int | None) -> bool:
    if wanted == "self":
        return user_id is not None and any(host.user_id == user_id for host in slot.hosts)
    if wanted.isdecimal():
        return any(host.user_id == int(wanted) for host in slot.hosts)
    return any(host.email and email_key(host.email) == email_key(wanted) for host in slot.hosts)


def _as_before(event: Event) -> Event:
    """A cancelled event counts for filters by status as the scheduled one it was."""
    return event._replace(status=EventStatus.SCHEDULED) if event.status == EventStatus.CANCELLED else event
