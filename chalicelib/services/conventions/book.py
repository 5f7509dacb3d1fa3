"""A convention's schedule in memory, for writing many time slots: what is there, and what is to be written.

Each look at the store reads everything once; after that only commits go there. A commit that finds something changed is
forgotten altogether: the caller opens a new book and decides again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chalicelib.domain.conventions import Convention, Event, EventStatus, Person, Place, TagType, TimeSlot, calendar_uid
from chalicelib.formats.conference import guid_of
from chalicelib.services.conventions.visits import Visit
from chalicelib.services.ports.conventions import (
    MAX_CHANGES,
    Claim,
    ConventionStore,
    Expect,
    Head,
    Record,
    Ref,
    Save,
    ref_of,
)

MAX_CHARACTERS: Final = 500_000
"""Of the texts in one commit: a transaction holds 4 MB."""


class Book:
    """The records of one convention as they will be once everything pending is written."""

    def __init__(self, store: ConventionStore, visit: Visit, hosts: Iterable[Person]) -> None:
        self._store = store
        self._visit = visit
        # claims before the time slots that are decided on, or they would guard nothing
        self._claims = self._read_claims(hosts) if visit.convention.host_clash == "refuse" else {}
        self.events = {event.id: event for event in store.events(visit.key)}
        self._slots: dict[int, TimeSlot] = {}
        self._by_resource: dict[str, set[int]] = defaultdict(set)
        self._by_uid: dict[str, int] = {}
        self._events_by_name: dict[str, int] = {}
        self.places = dict(visit.head.places)
        self.tag_types = dict(visit.head.tag_types)
        self._people: dict[str, Person] = {}
        self._pending: dict[Ref, Record] = {}
        self._characters = 0
        for slot in (*store.cancelled_slots(visit.key), *store.time_slots(visit.key)):
            self._know_slot(slot)
        for event in self.events.values():
            self._know_event(event)

    @property
    def convention(self) -> Convention:
        """The convention, as it was when the book was opened."""
        return self._visit.convention

    @property
    def visit(self) -> Visit:
        """The visit, with the places and tag types as they will be."""
        head = self._visit.head
        return Visit(Head(head.convention, head.managers, self.places, self.tag_types, head.pulse), self._visit.standing)

    def slot(self, uid: str) -> TimeSlot | None:
        """Find the time slot that a file calls so: as it was imported, as the feed calls it, or by its guid."""
        number = self._by_uid.get(uid)
        return self._slots[number] if number is not None else None

    def event(self, uid: str, title: str) -> Event | None:
        """Find the event that was imported under this name, or has this title."""
        number = self._events_by_name.get(f"uid:{uid}") if uid else None
        number = number if number is not None else self._events_by_name.get(_title_key(title))
        return self.events[number] if number is not None else None

    def person(self, mentioned: Person) -> Person:
        """Give who is meant: a bare name is the one person around this convention who is called so, if there is one."""
        return mentioned if mentioned.email else self._people.get(mentioned.key, mentioned)

    def around(self, slot: TimeSlot) -> Iterator[TimeSlot]:
        """Yield what shares a place or a host with the slot."""
        found = set[int]().union(*(self._by_resource[resource] for resource in _resources(slot)))
        return (self._slots[number] for number in found)

    def has_room(self, changes: int) -> bool:
        """Whether so many more changes fit the commit."""
        return len(self._pending) + changes < MAX_CHANGES and self._characters < MAX_CHARACTERS

    def write(self, *records: Record) -> None:
        """Take records as written; `flush` writes them."""
        for record in records:
            self._pending[ref_of(record)] = record
            self._characters += len(str(record)) if isinstance(record, Event) else 0
            self._know(record)

    def guard(self, slot: TimeSlot) -> None:
        """Write the slot's places, and where they are guarded its hosts: nobody else can have booked them meanwhile."""
        self.write(*(self.places[slug] for slug in slot.places))
        if self.convention.host_clash == "refuse":
            self.write(*(self._claims.get(host.key, Claim("host", host.key)) for host in slot.hosts))

    def flush(self) -> None:
        """Write what is pending. Raises `Conflict("changed")`: then the book is out of date."""
        if not self._pending:
            return
        changes = [Save(record) for record in self._pending.values()]
        for record in self._store.commit(self._visit.key, [*changes, Expect(self.convention)]).values():
            self._know(record)
        self._pending.clear()
        self._characters = 0

    def _read_claims(self, hosts: Iterable[Person]) -> dict[str, Claim]:
        around = [event.owner for event in self._store.events(self._visit.key)]
        around += [host for slot in self._store.time_slots(self._visit.key) for host in slot.hosts]
        wanted = {Ref("claim", f"host:{host.key}") for host in (*hosts, *around)}
        return {record.name: record for record in self._store.get(self._visit.key, wanted).values() if isinstance(record, Claim)}

    def _know(self, record: Record) -> None:
        match record:
            case TimeSlot():
                self._know_slot(record)
            case Event():
                self._know_event(record)
            case Place():
                self.places[record.slug] = record
            case TagType():
                self.tag_types[record.title] = record
            case Claim() if record.scope == "host":
                self._claims[record.name] = record

    def _know_slot(self, slot: TimeSlot) -> None:
        before = self._slots.get(slot.id)
        if before is not None:
            for resource in _resources(before):
                self._by_resource[resource].discard(slot.id)
        self._slots[slot.id] = slot
        for host in slot.hosts:
            self._know_person(host)
        for resource in _resources(slot) if not slot.cancelled else ():
            self._by_resource[resource].add(slot.id)
        feed = calendar_uid(self.convention.key, slot.id)
        for name in (slot.uid, feed, guid_of(feed)):
            if name:
                self._by_uid[name] = slot.id

    def _know_person(self, person: Person) -> None:
        name = Person("", person.name).key
        if person.email and self._people.setdefault(name, person).key != person.key:
            self._people[name] = Person("", person.name)  # two are called so: the name alone tells neither

    def _know_event(self, event: Event) -> None:
        self.events[event.id] = event
        self._know_person(event.owner)
        if event.status == EventStatus.CANCELLED:
            return
        if event.uid:
            self._events_by_name[f"uid:{event.uid}"] = event.id
        self._events_by_name.setdefault(_title_key(event.title), event.id)


def _title_key(title: str) -> str:
    return f"title:{title.strip().casefold()}"


def _resources(slot: TimeSlot) -> Sequence[str]:
    return (*(f"place:{slug}" for slug in slot.places), *(f"host:{host.key}" for host in slot.hosts))
