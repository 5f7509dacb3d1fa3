"""Entering a convention: who is asking, and what they need to know of it; and deciding again when others came first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from chalicelib.domain.convention_access import Signature, Standing, is_signed
from chalicelib.domain.conventions import Convention, Event, Place, ScheduledSlot, TimeSlot
from chalicelib.domain.errors import Conflict, NotPermitted, Unavailable
from chalicelib.services.ports.conventions import ConventionStore, Head

T = TypeVar("T")

MAX_ATTEMPTS: Final = 60
LONGEST_PAUSE: Final = 0.4
"""Seconds. With `MAX_ATTEMPTS` it keeps the whole below what a request may take."""


class Visitor(NamedTuple):
    """Who asks for which convention: the public key, the user if one is signed in, or a backend's signature."""

    key: str
    user_id: int | None = None
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One look into a convention, by somebody."""

    head: Head
    standing: Standing

    @property
    def convention(self) -> Convention:
        """The convention visited."""
        return self.head.convention

    @property
    def key(self) -> str:
        """Its public key."""
        return self.head.convention.key

    def scheduled(self, slot: TimeSlot, event: Event) -> ScheduledSlot:
        """Put a time slot together with what is printed with it."""
        places = tuple(self.head.places[slug] for slug in slot.places if slug in self.head.places)
        return ScheduledSlot(slot, event, places, self.convention)

    def shown(self, scheduled: ScheduledSlot) -> ScheduledSlot:
        """Take out of it what the visitor may not see."""
        event = self.standing.shown_event(scheduled.event, self.convention, self.head.tag_types)
        hosts = tuple(self.standing.shown_person(host, self.convention) for host in scheduled.slot.hosts)
        return scheduled._replace(event=event, slot=scheduled.slot._replace(hosts=hosts))

    def places_of(self, slot: TimeSlot) -> tuple[Place, ...]:
        """Give a time slot's places in its order. Raises `Conflict("changed")` when one came after this look."""
        missing = [slug for slug in slot.places if slug not in self.head.places]
        if missing:
            raise Conflict("changed", locations=missing)
        return tuple(self.head.places[slug] for slug in slot.places)

    def place(self, slug: str) -> Place | None:
        """Find one of its places."""
        return self.head.places.get(slug)


class Doors:
    """Lets visitors in."""

    def __init__(self, store: ConventionStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def enter(self, visitor: Visitor) -> Visit:
        """Read the convention's head and tell who the visitor is there: one read.

        Raises `NotPermitted` for an unknown convention or a signature that is not its own.
        """
        head = self._store.head(visitor.key) if visitor.key else None
        if head is None:
            raise NotPermitted("unknown_convention")
        if visitor.signature is not None:
            if not is_signed(head.convention, visitor.signature, self._clock()):
                raise NotPermitted("wrong_signature")
            return Visit(head, Standing(backend=True))
        return Visit(head, Standing(visitor.user_id, manager=visitor.user_id in head.managers))

    def manage(self, visitor: Visitor) -> Visit:
        """Enter as a manager. Raises `NotAuthenticated`, `NotPermitted`."""
        visit = self.enter(visitor)
        visit.standing.require_manager()
        return visit


def pause_randomly(attempt: int) -> None:
    """Step aside for a random while that grows with the attempts, so that those who collided do not collide again."""
    time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.005 * 2**attempt)))  # noqa: S311 - not for secrets


def decide(attempt: Callable[[], T], pause: Callable[[int], None] = pause_randomly) -> T:
    """Read, decide and commit (that is what `attempt` does) until nobody came in between.

    A conflict that a new look does not confirm is nobody's business. Raises `Unavailable("busy")` when others always come first.
    """
    for number in range(MAX_ATTEMPTS):
        try:
            return attempt()
        except Conflict as conflict:
            if conflict.code != "changed":
                raise
        pause(number)
    raise Unavailable("busy")
