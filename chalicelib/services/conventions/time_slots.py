"""Building the schedule: an event, at a time, in places, with hosts.

Whoever writes a time slot in a place writes the place too, at the revision under which they looked what is there. So of two
who want the same place at the same time one finds it changed, looks again, and sees the other's. With hosts guarded
(`host_clash` is `refuse`) the same holds for each host, by a claim on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.domain.conventions import (
    LONGEST,
    MAX_HOSTS_OF_SLOT,
    MAX_MINUTES,
    MAX_PLACES_OF_SLOT,
    Event,
    EventStatus,
    Person,
    ScheduledSlot,
    TimeSlot,
    local_moment,
    with_sequence,
)
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.schedule_clash import Clash, clashes, named_clashes
from chalicelib.domain.slugs import normal_slug
from chalicelib.services.accounts import Accounts
from chalicelib.services.conventions.conventions import PersonRef, find_person
from chalicelib.services.conventions.events import cancelled, check_attendees, first_places
from chalicelib.services.conventions.visits import Doors, Visit, Visitor, decide, pause_randomly
from chalicelib.services.ports.conventions import Change, Claim, ConventionStore, Expect, Ref, Save

BOOKED: Final = ("start", "minutes", "places", "hosts")
"""The properties of a time slot that can be in another's way."""
PRINTED: Final = (*BOOKED, "notes_to_attendees")
"""The properties of a time slot that its schedule prints."""


class SlotDraft(NamedTuple):
    """A time slot as it is asked for. What is None comes from the event. A naive `start` is in the convention's zone."""

    event_id: int
    start: datetime
    places: Sequence[str]
    minutes: int | None = None
    min_attendees: int | None = None
    max_attendees: int | None = None
    notes_to_attendees: str | None = None
    hosts: Sequence[PersonRef] | None = None


class SlotChange(NamedTuple):
    """What is to change about a time slot. What is None stays."""

    start: datetime | None = None
    minutes: int | None = None
    min_attendees: int | None = None
    max_attendees: int | None = None
    notes_to_attendees: str | None = None
    add_places: Sequence[str] = ()
    remove_places: Sequence[str] = ()
    add_hosts: Sequence[PersonRef] = ()
    remove_hosts: Sequence[PersonRef] = ()


class Notice(NamedTuple):
    """Something the manager should know, that is no error: `hosts_busy`, `over_capacity`, `not_there`."""

    code: str
    details: dict[str, object]


class Outcome(NamedTuple):
    """A time slot as it stands now, and what should be known about it."""

    visit: Visit
    scheduled: ScheduledSlot
    notices: tuple[Notice, ...] = ()


class TimeSlots:
    """Create, show, change and cancel time slots."""

    def __init__(
        self,
        *,
        store: ConventionStore,
        accounts: Callable[[], Accounts],
        clock: Callable[[], datetime],
        pause: Callable[[int], None] = pause_randomly,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock
        self._pause = pause
        self._doors = Doors(store, clock)

    def show(self, visitor: Visitor, slot_id: int) -> tuple[Visit, ScheduledSlot]:
        """Find one. Raises `NotFound("timeslot")`, also when it is cancelled or not the visitor's to see."""
        visit = self._doors.enter(visitor)
        slot = self._store.time_slot(visit.key, slot_id)
        event = self._store.event(visit.key, slot.event_id) if slot is not None else None
        if slot is None or event is None or not visit.standing.sees_slot(visit.scheduled(slot, event)):
            raise NotFound("timeslot", id=str(slot_id))
        return visit, visit.shown(visit.scheduled(slot, event))

    def create(self, visitor: Visitor, draft: SlotDraft) -> Outcome:
        """Schedule an event; managers only.

        Raises `InvalidInput`: for what is in the way, `clash` with ``timeslots``.
        """
        slot_id = 0

        def attempt() -> Outcome:
            nonlocal slot_id
            visit = self._doors.manage(visitor)
            event = self._store.event(visit.key, draft.event_id)
            if event is None:
                raise InvalidInput("unknown_event", field="event", event=str(draft.event_id))
            if event.status == EventStatus.CANCELLED:
                raise InvalidInput("event_cancelled", field="event", event=str(event.id))
            slot = self._drafted(visit, event, draft)
            guards = self._guards(visit, slot)
            notices = self._examine(visit, slot)
            slot_id = slot_id or self._store.reserve_ids(visit.key, "time_slot")
            slot = with_sequence(slot._replace(id=slot_id), 0, event, visit.places_of(slot), visit.convention)
            scheduled_event = scheduled_once_more(event)
            self._store.commit(visit.key, [Save(slot), Save(scheduled_event), Expect(visit.convention), *guards])
            return Outcome(visit, visit.scheduled(slot, scheduled_event), notices)

        return decide(attempt, self._pause)

    def change(self, visitor: Visitor, slot_id: int, change: SlotChange) -> Outcome:
        """Change a time slot, all of it or nothing; managers only.

        Raises `NotFound("timeslot")`, `InvalidInput`: for what is in the way, `clash` with ``timeslots``.
        """

        def attempt() -> Outcome:
            visit = self._doors.manage(visitor)
            before, event = self._existing(visit, slot_id)
            after = self._changed(visit, event, before, change)
            missed = _missed(before, change)
            if after == before:
                return Outcome(visit, visit.scheduled(before, event), missed)
            moved = any(getattr(after, name) != getattr(before, name) for name in BOOKED)
            guards = self._guards(visit, after) if moved else [Save(place) for place in first_places(visit, [after])]
            notices = self._examine(visit, after) if moved else _capacity(after, visit)
            printed = visit.scheduled(before, event).sequence
            if any(getattr(after, name) != getattr(before, name) for name in PRINTED):
                printed, after = printed + 1, after._replace(changed=self._clock())
            after = with_sequence(after, printed, event, visit.places_of(after), visit.convention)
            self._store.commit(visit.key, [Save(after), Expect(event), Expect(visit.convention), *guards])
            return Outcome(visit, visit.scheduled(after, event), (*notices, *missed))

        return decide(attempt, self._pause)

    def cancel(self, visitor: Visitor, slot_id: int) -> None:
        """Cancel a time slot; managers only; a second time changes nothing. Raises `NotFound("timeslot")`."""

        def attempt() -> None:
            visit = self._doors.manage(visitor)
            slot = self._store.time_slot(visit.key, slot_id)
            if slot is None:
                raise NotFound("timeslot", id=str(slot_id))
            event = self._store.event(visit.key, slot.event_id)
            if slot.cancelled or event is None:
                return
            gone = cancelled(visit, slot, event, self._clock())
            self._store.commit(visit.key, [Save(gone), *(Save(place) for place in first_places(visit, [slot]))])

        decide(attempt, self._pause)

    def _existing(self, visit: Visit, slot_id: int) -> tuple[TimeSlot, Event]:
        slot = self._store.time_slot(visit.key, slot_id)
        event = self._store.event(visit.key, slot.event_id) if slot is not None and not slot.cancelled else None
        if slot is None or event is None:
            raise NotFound("timeslot", id=str(slot_id))
        return slot, event

    def _drafted(self, visit: Visit, event: Event, draft: SlotDraft) -> TimeSlot:
        minutes = draft.minutes if draft.minutes is not None else event.duration
        if minutes is None:
            raise InvalidInput("duration_required", field="duration")
        hosts = (event.owner,) if draft.hosts is None else self._people(draft.hosts)
        return checked(
            TimeSlot(
                id=0,
                event_id=event.id,
                start=local_moment(draft.start, visit.convention.zone),
                minutes=minutes,
                places=known_places(visit, draft.places, "locations"),
                hosts=hosts,
                changed=self._clock(),
                min_attendees=draft.min_attendees if draft.min_attendees is not None else event.min_attendees,
                max_attendees=draft.max_attendees if draft.max_attendees is not None else event.max_attendees,
                notes_to_attendees=draft.notes_to_attendees if draft.notes_to_attendees is not None else event.notes_to_attendees,
            )
        )

    def _changed(self, visit: Visit, event: Event, slot: TimeSlot, change: SlotChange) -> TimeSlot:
        gone = {normal_slug(slug) for slug in change.remove_places}
        kept = tuple(slug for slug in slot.places if slug not in gone)
        # who adds and removes the same place wants it: adding comes last
        added = known_places(visit, change.add_places, "locations") if change.add_places else ()
        staying = [host for host in slot.hosts if not any(_is_meant(host, ref) for ref in change.remove_hosts)]
        hosts = _unique([*self._people(change.add_hosts), *staying] if change.add_hosts else staying)
        return checked(
            slot._replace(
                start=local_moment(change.start, visit.convention.zone) if change.start is not None else slot.start,
                minutes=change.minutes if change.minutes is not None else slot.minutes,
                places=tuple(dict.fromkeys([*kept, *added])),
                hosts=_in_order(slot.hosts, hosts) or (event.owner,),
                min_attendees=change.min_attendees if change.min_attendees is not None else slot.min_attendees,
                max_attendees=change.max_attendees if change.max_attendees is not None else slot.max_attendees,
                notes_to_attendees=change.notes_to_attendees if change.notes_to_attendees is not None else slot.notes_to_attendees,
            )
        )

    def _people(self, refs: Iterable[PersonRef]) -> tuple[Person, ...]:
        return _unique([find_person(self._accounts(), ref, guests=True) for ref in refs])

    def _examine(self, visit: Visit, slot: TimeSlot) -> tuple[Notice, ...]:
        around = self._store.time_slots(visit.key, earliest=slot.start - LONGEST, latest=slot.end)
        return judge(visit, slot, clashes(slot, around, visit.head.places))

    def _guards(self, visit: Visit, slot: TimeSlot) -> list[Change]:
        """Give the writes that keep others out; to be read before looking what is there, or they guard nothing."""
        guards: list[Change] = [Save(place) for place in visit.places_of(slot)]
        if visit.convention.host_clash == "refuse":
            guards.extend(Save(claim) for claim in host_claims(self._store, visit.key, slot.hosts))
        return guards


def judge(visit: Visit, slot: TimeSlot, found: Sequence[Clash]) -> tuple[Notice, ...]:
    """Refuse what may not be, and tell what should be known.

    Raises `InvalidInput("clash", timeslots=[…])`, each with the locations and hosts that are shared.
    """
    strict = visit.convention.host_clash == "refuse"
    in_the_way = [clash for clash in found if clash.places or strict]
    if in_the_way:
        raise InvalidInput("clash", timeslots=named_clashes(in_the_way, visit.convention.zone))
    busy = (Notice("hosts_busy", {"timeslots": named_clashes(found, visit.convention.zone)}),) if found else ()
    return (*busy, *_capacity(slot, visit))


def host_claims(store: ConventionStore, key: str, hosts: Iterable[Person]) -> list[Claim]:
    """Give the claims on hosts as they stand; a host's first one is new."""
    wanted = [Claim("host", host.key) for host in hosts]
    found = store.get(key, [Ref("claim", f"{claim.scope}:{claim.name}") for claim in wanted])
    stored = {record.name: record for record in found.values() if isinstance(record, Claim)}
    return [stored.get(claim.name, claim) for claim in wanted]


def known_places(visit: Visit, slugs: Sequence[str], field: str) -> tuple[str, ...]:
    """Give the slugs as they are stored, each once. Raises `InvalidInput("unknown_location", locations=[…])`."""
    wanted = tuple(dict.fromkeys(normal_slug(slug) for slug in slugs))
    unknown = [slug for slug in wanted if slug not in visit.head.places]
    if unknown:
        raise InvalidInput("unknown_location", field=field, locations=unknown)
    return wanted


def checked(slot: TimeSlot) -> TimeSlot:
    """Give the slot if it keeps within what a time slot may be. Raises `InvalidInput`."""
    if not slot.places:
        raise InvalidInput("location_required", field="locations")
    if len(slot.places) > MAX_PLACES_OF_SLOT:
        raise InvalidInput("too_many_locations", field="locations", limit=MAX_PLACES_OF_SLOT)
    if not slot.hosts:
        raise InvalidInput("host_required", field="hosts")
    if len(slot.hosts) > MAX_HOSTS_OF_SLOT:
        raise InvalidInput("too_many_hosts", field="hosts", limit=MAX_HOSTS_OF_SLOT)
    if not 1 <= slot.minutes <= MAX_MINUTES:
        raise InvalidInput("duration_out_of_range", field="duration", minimum="1", maximum=str(MAX_MINUTES))
    check_attendees(slot.min_attendees, slot.max_attendees)
    return slot


def scheduled_once_more(event: Event) -> Event:
    """Give the event with one more time slot: scheduled, if it had not come that far."""
    status = EventStatus.SCHEDULED if event.status < EventStatus.SCHEDULED else event.status
    return event._replace(status=status, slots_written=event.slots_written + 1)


def _capacity(slot: TimeSlot, visit: Visit) -> tuple[Notice, ...]:
    wanted = slot.max_attendees
    return tuple(
        Notice("over_capacity", {"location": place.slug, "holds": str(place.max_attendees), "max-attendees": str(wanted)})
        for place in visit.places_of(slot)
        if place.max_attendees is not None and wanted is not None and wanted > place.max_attendees
    )


def _missed(slot: TimeSlot, change: SlotChange) -> tuple[Notice, ...]:
    """Tell of what was to be removed and is not there: asking twice is no error, a slip of the pen should be seen."""
    places = [slug for slug in change.remove_places if normal_slug(slug) not in slot.places]
    strangers = [ref for ref in change.remove_hosts if not any(_is_meant(host, ref) for host in slot.hosts)]
    hosts = [ref.email or ref.name or str(ref.user_id) for ref in strangers]
    return (Notice("not_there", {"locations": places, "hosts": hosts}),) if places or hosts else ()


def _is_meant(host: Person, ref: PersonRef) -> bool:
    if ref.user_id is not None:
        return host.user_id == ref.user_id
    return host.key == Person(ref.email or "", ref.name or "").key


def _unique(people: Iterable[Person]) -> tuple[Person, ...]:
    """Keep the first mention of each."""
    found: dict[str, Person] = {}
    for person in people:
        found.setdefault(person.key, person)
    return tuple(found.values())


def _in_order(before: Sequence[Person], after: Sequence[Person]) -> tuple[Person, ...]:
    """Keep the hosts that stay where they were; new ones come last."""
    by_key = {person.key: person for person in after}
    kept = [by_key.pop(person.key) for person in before if person.key in by_key]
    return (*kept, *by_key.values())
