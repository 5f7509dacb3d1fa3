"""The events of a convention: submitted by anybody, judged and cancelled by managers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from chalicelib.domain.conventions import MAX_TAGS_OF_EVENT, Event, EventStatus, Place, TimeSlot, with_sequence
from chalicelib.domain.errors import InvalidInput, NotFound, NotPermitted
from chalicelib.services.accounts import Accounts
from chalicelib.services.conventions.conventions import PersonRef, find_person
from chalicelib.services.conventions.tag_types import check_requirements, register_tags
from chalicelib.services.conventions.visits import Doors, Visit, Visitor, decide, pause_randomly
from chalicelib.services.ports.conventions import Change, ConventionStore, Save

PRINTED: Final = ("title", "teaser", "description", "tags")
"""The properties of an event that its schedule prints; a time slot has its own copy of the others."""
BY_MANAGERS: Final = ("status", "price")
"""The properties that only managers set."""
SLOTS_AT_ONCE: Final = 40
"""Time slots that are cancelled in one commit, each with its first location."""


class Events:
    """Submit, show, change and cancel events."""

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

    def catalog(self, visitor: Visitor, *, after: int = 0) -> tuple[Visit, Iterator[Event]]:
        """List the events the visitor may see, by id, without what they may not see of them; from behind one of them."""
        visit = self._doors.enter(visitor)
        seen = (event for event in self._store.events(visit.key) if event.id > after and visit.standing.sees_event(event))
        return visit, (self._shown(visit, event) for event in seen)

    def show(self, visitor: Visitor, event_id: int) -> tuple[Visit, Event]:
        """Find one. Raises `NotFound("event")`, also for one that the visitor may not see."""
        visit = self._doors.enter(visitor)
        return visit, self._shown(visit, self._existing(visit, event_id))

    def submit(self, visitor: Visitor, properties: Mapping[str, Any], owner: PersonRef | None) -> tuple[Visit, Event]:
        """Submit an event; any user may, and a manager for somebody else too.

        Raises `NotAuthenticated`, `NotPermitted`, `InvalidInput`.
        """
        event_id = 0

        def attempt() -> tuple[Visit, Event]:
            nonlocal event_id
            visit = self._doors.enter(visitor)
            user_id = visit.standing.require_user()
            if owner is not None or any(name in properties for name in BY_MANAGERS):
                visit.standing.require_manager()
            accounts = self._accounts()
            person = find_person(accounts, owner if owner is not None else PersonRef(user_id))
            now = self._clock()
            draft = Event(**{"id": 0, "owner": person, "created": now, "changed": now, **properties})
            check_event(draft)
            check_requirements(draft.tags, {}, visit)
            tags = register_tags(visit, draft.tags)
            event_id = event_id or self._store.reserve_ids(visit.key, "event")
            event = draft._replace(id=event_id)
            self._store.commit(visit.key, [Save(event), *tags])
            return visit, event

        return decide(attempt, self._pause)

    def change(
        self,
        visitor: Visitor,
        event_id: int,
        changes: Mapping[str, Any],
        *,
        owner: PersonRef | None,
        remove_tags: Mapping[str, Sequence[str]],
    ) -> tuple[Visit, Event]:
        """Change properties: managers always, the owner while it is submitted.

        `tags` replaces the values of the types it names, after `remove_tags` took values away (all of a type, if none is named).
        Raises `NotFound("event")`, `NotPermitted`, `InvalidInput`.
        """

        def attempt() -> tuple[Visit, Event]:
            visit = self._doors.enter(visitor)
            before = self._existing(visit, event_id)
            self._check_right(visit, before, changes, owner)
            tags = _without(before.tags, remove_tags) | dict(changes.get("tags", {}))
            after = before._replace(**{**changes, "tags": {title: values for title, values in tags.items() if values}})
            if owner is not None:
                after = after._replace(owner=find_person(self._accounts(), owner))
            if after == before:
                return visit, self._shown(visit, before)
            check_event(after)
            check_requirements(after.tags, before.tags, visit)
            if any(getattr(after, name) != getattr(before, name) for name in PRINTED):
                after = after._replace(edits=after.edits + 1, changed=self._clock())
            touched = {title: values for title, values in after.tags.items() if values != before.tags.get(title)}
            self._store.commit(visit.key, [Save(after), *register_tags(visit, touched)])
            return visit, self._shown(visit, after)

        return decide(attempt, self._pause)

    def cancel(self, visitor: Visitor, event_id: int) -> None:
        """Cancel an event with all its time slots; managers only; a second time changes nothing.

        The event is written with its last time slots, and every new time slot writes its event: none is missed.
        """

        def attempt() -> bool:
            visit = self._doors.manage(visitor)
            event = self._existing(visit, event_id)
            slots = [slot for slot in self._store.time_slots(visit.key) if slot.event_id == event_id]
            if not slots and event.status == EventStatus.CANCELLED:
                return True
            now, some = self._clock(), slots[:SLOTS_AT_ONCE]
            last = len(some) == len(slots)
            # the event's own change is counted once, by its edits; then each time slot prints one more than before
            after = event._replace(status=EventStatus.CANCELLED) if last else event
            writes: list[Change] = [Save(cancelled(visit, slot, event, now)) for slot in some]
            writes.extend(Save(place) for place in first_places(visit, some))
            if last:
                writes.append(Save(after))
            self._store.commit(visit.key, writes)
            return last

        while not decide(attempt, self._pause):
            pass

    def _check_right(self, visit: Visit, event: Event, changes: Mapping[str, Any], owner: PersonRef | None) -> None:
        visit.standing.require_user()
        if visit.standing.manager:
            return
        if not visit.standing.owns(event) or owner is not None or any(name in changes for name in BY_MANAGERS):
            raise NotPermitted("manager_required")
        if event.status != EventStatus.SUBMITTED:
            raise NotPermitted("event_not_submitted", status=str(int(event.status)))

    def _existing(self, visit: Visit, event_id: int) -> Event:
        event = self._store.event(visit.key, event_id)
        if event is None or not visit.standing.sees_event(event):
            raise NotFound("event", id=str(event_id))
        return event

    def _shown(self, visit: Visit, event: Event) -> Event:
        return visit.standing.shown_event(event, visit.convention, visit.head.tag_types)


def cancelled(visit: Visit, slot: TimeSlot, event: Event, now: datetime) -> TimeSlot:
    """Give the time slot cancelled, with the next SEQUENCE."""
    printed = visit.scheduled(slot, event).sequence
    after = slot._replace(cancelled=True, announced=event.public, changed=now)
    return with_sequence(after, printed + 1, event, (), visit.convention)


def first_places(visit: Visit, slots: Sequence[TimeSlot]) -> list[Place]:
    """Give one place of each time slot: writing it tells readers that the schedule has changed."""
    slugs = dict.fromkeys(next((slug for slug in slot.places if slug in visit.head.places), "") for slot in slots)
    return [visit.head.places[slug] for slug in slugs if slug]


def check_event(event: Event) -> None:
    """Check what several properties say together. Raises `InvalidInput`."""
    check_attendees(event.min_attendees, event.max_attendees)
    if len(event.tags) > MAX_TAGS_OF_EVENT:
        raise InvalidInput("too_many_tags", field="tags", limit=MAX_TAGS_OF_EVENT)


def check_attendees(fewest: int | None, most: int | None) -> None:
    """Check that there can be enough and not too many. Raises `InvalidInput("attendees")`."""
    if fewest is not None and most is not None and fewest > most:
        raise InvalidInput("attendees", field="min-attendees", minimum=str(fewest), maximum=str(most))


def _without(tags: Mapping[str, tuple[str, ...]], removed: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    left = dict(tags)
    for title, values in removed.items():
        left[title] = tuple(value for value in left.get(title, ()) if values and value not in values)
    return left
