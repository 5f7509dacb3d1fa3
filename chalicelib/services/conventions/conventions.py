"""Conventions and the people around them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple

from chalicelib.domain.accounts import User
from chalicelib.domain.convention_access import Standing
from chalicelib.domain.conventions import MAX_MANAGERS, Convention, Manager, Person
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from chalicelib.domain.schedule_clash import all_clashes, named
from chalicelib.domain.slugs import is_slug, normal_slug, slug_of
from chalicelib.services.accounts import Accounts
from chalicelib.services.conventions.visits import Doors, Visit, Visitor, decide, pause_randomly
from chalicelib.services.ports.conventions import ConventionStore, Drop, Save

PRINTED: Final = ("title", "timezone")
"""The properties of a convention that its schedule prints."""


class PersonRef(NamedTuple):
    """Somebody as a request names them: by account or by address; `name` is how they want to be called here."""

    user_id: int | None = None
    email: str | None = None
    name: str | None = None


class Conventions:
    """Create, show and change conventions; appoint and dismiss their managers."""

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

    def create(self, user_id: int, *, title: str, slug: str | None, properties: Mapping[str, Any]) -> Convention:
        """Create a convention with the user as its first manager. A slug that is not given is made of the title.

        Raises `Conflict("slug_taken")`, `InvalidInput("invalid_slug")`; `NotAuthenticated` when the account has gone.
        """
        user = self._accounts().user(user_id)
        convention_id = self._store.reserve_ids("", "convention")
        wanted = normal_slug(slug) if slug else slug_of(title) or f"convention-{convention_id}"
        if not is_slug(wanted) or wanted.isdecimal():
            raise InvalidInput("invalid_slug", field="slug")
        now = self._clock()
        convention = Convention(
            key=f"CON{secrets.token_hex(12).upper()}",
            secret=secrets.token_urlsafe(32),
            id=convention_id,
            slug=wanted,
            title=title,
            created=now,
            changed=now,
            **{"timezone": "UTC", **properties},
        )
        _check_dates(convention)

        def attempt() -> Convention:
            if self._store.find(wanted) is not None:
                raise Conflict("slug_taken", slug=wanted)
            self._store.commit(convention.key, [Save(convention), Save(Manager(_person(user), now))])
            return convention

        return decide(attempt, self._pause)

    def catalog(self, user_id: int | None, *, after: int = 0) -> Iterator[tuple[Convention, Standing]]:
        """Yield all conventions by id, each with what the user is there; from behind one of them."""
        managed = frozenset(self._store.managed_by(user_id)) if user_id is not None else frozenset[str]()
        for convention in self._store.conventions():
            if convention.id > after:
                yield convention, Standing(user_id, manager=convention.key in managed)

    def show(self, name: str, visitor: Visitor) -> Visit:
        """Find a convention by id, slug, key, or `self` for the visitor's, and tell what the visitor is there.

        Raises `NotFound("convention")`; for `self`, `NotPermitted` when the visitor names none.
        """
        if name == "self":
            return self._doors.enter(visitor)
        key = self._store.find(normal_slug(name))
        if key is None:
            raise NotFound("convention", name=name)
        return self._doors.enter(visitor._replace(key=key, signature=visitor.signature if key == visitor.key else None))

    def change(self, visitor: Visitor, changes: Mapping[str, Any]) -> Visit:
        """Change properties; managers only.

        Guarding hosts (`host_clash` from `warn` to `refuse`) is refused while hosts are in two places at once: it is switched
        on first, so that nobody adds a clash while the existing ones are looked for, and off again when there are any.
        Raises `InvalidInput("hosts_clash", timeslots=[…])`.
        """

        def attempt() -> tuple[Visit, bool]:
            visit = self._doors.manage(visitor)
            before = visit.convention
            after = before._replace(**changes)
            if after == before:
                return visit, False
            _check_dates(after)
            if any(getattr(after, name) != getattr(before, name) for name in PRINTED):
                after = after._replace(edits=after.edits + 1, changed=self._clock())
            self._store.commit(visit.key, [Save(after)])
            return self._doors.manage(visitor), after.host_clash == "refuse" != before.host_clash

        visit, guards = decide(attempt, self._pause)
        if guards:
            self._check_hosts(visitor, visit)
        return visit

    def _check_hosts(self, visitor: Visitor, visit: Visit) -> None:
        pairs = all_clashes(self._store.time_slots(visit.key), visit.head.places)
        torn = [found for slot, clash in pairs if clash.hosts for found in (slot, clash.slot)]
        if torn:
            self.change(visitor, {"host_clash": "warn"})
            raise InvalidInput("hosts_clash", field="host-clash", timeslots=named(torn, visit.convention.zone))

    # people

    def managers(self, visitor: Visitor) -> list[Manager]:
        """List the managers by when they came; for managers and the backend."""
        visit = self._doors.enter(visitor)
        visit.standing.require_sight()
        return sorted(visit.head.managers.values(), key=lambda manager: (manager.since, manager.person.user_id))

    def appoint(self, visitor: Visitor, ref: PersonRef) -> Manager:
        """Make a user a manager. Raises `InvalidInput("unknown_user")`, `Conflict("already_manager")`."""

        def attempt() -> Manager:
            visit = self._doors.manage(visitor)
            person = find_person(self._accounts(), ref)
            if person.user_id in visit.head.managers:
                raise Conflict("already_manager", id=str(person.user_id))
            if len(visit.head.managers) >= MAX_MANAGERS:
                raise TooLarge("too_many_managers", limit=MAX_MANAGERS)
            manager = Manager(person, self._clock())
            self._store.commit(visit.key, [Save(manager)])
            return manager

        return decide(attempt, self._pause)

    def dismiss(self, visitor: Visitor, user_id: int) -> None:
        """End a manager's role. Nobody dismisses themselves. Raises `NotFound("manager")`, `InvalidInput("own_role")`."""

        def attempt() -> None:
            visit = self._doors.manage(visitor)
            if user_id == visitor.user_id:
                raise InvalidInput("own_role", id=str(user_id))
            if user_id not in visit.head.managers:
                raise NotFound("manager", id=str(user_id))
            # the one who dismisses must still be a manager then, so that two cannot dismiss each other
            own = visit.head.managers[visit.standing.require_manager()]
            self._store.commit(visit.key, [Drop(visit.head.managers[user_id]), Save(own)])

        decide(attempt, self._pause)

    def people(self, visitor: Visitor, *, after: int = 0) -> list[Person]:
        """List the accounts around the convention (managers, owners, hosts) by name; for managers and the backend.

        `after` is an account behind which to go on. Raises `InvalidInput("invalid_cursor")` when it is none of them.
        """
        visit = self._doors.enter(visitor)
        visit.standing.require_sight()
        people = {manager.person.user_id: manager.person for manager in visit.head.managers.values()}
        for event in self._store.events(visit.key):
            people.setdefault(event.owner.user_id, event.owner)
        for slot in self._store.time_slots(visit.key):
            for host in slot.hosts:
                people.setdefault(host.user_id, host)
        people.pop(None, None)
        listed = sorted(people.values(), key=lambda person: (person.name, person.key))
        if after and after not in people:
            raise InvalidInput("invalid_cursor", field="after")
        return listed[listed.index(people[after]) + 1 :] if after else listed

    # leaving (see `services.accounts.Leaving`)

    def check(self, user: User) -> None:
        """Refuse to let go the last manager of a convention. Raises `Conflict("conventions_to_hand_over")`."""
        alone = []
        for key in self._store.managed_by(user.id):
            head = self._store.head(key)
            if head is not None and set(head.managers) <= {user.id}:
                alone.append(head.convention.slug)
        if alone:
            raise Conflict("conventions_to_hand_over", conventions=alone)

    def remove(self, user: User, *, until: float) -> bool:
        """Take the user off the managers everywhere; their events and time slots belong to the conventions and stay."""

        def attempt(key: str) -> None:
            head = self._store.head(key)
            manager = head.managers.get(user.id) if head is not None else None
            if head is None or manager is None:
                return
            others = [other for number, other in head.managers.items() if number != user.id]
            if not others:
                raise Conflict("conventions_to_hand_over", conventions=[head.convention.slug])
            self._store.commit(key, [Drop(manager), Save(others[0])])

        for key in self._store.managed_by(user.id):
            if self._clock().timestamp() >= until:
                return False
            decide(partial(attempt, key), self._pause)
        return True


def find_person(accounts: Accounts, ref: PersonRef, *, guests: bool = False) -> Person:
    """Give who is meant, with the name they want to be called. With `guests`, a named person needs no account.

    Raises `InvalidInput("unknown_user")`.
    """
    try:
        user = accounts.user(ref.user_id) if ref.user_id is not None else accounts.user_by_email(ref.email or "")
    except NotFound as error:
        if guests and ref.user_id is None and ref.name:
            return Person(ref.email or "", ref.name)
        raise InvalidInput("unknown_user", **{name: str(value) for name, value in error.details.items()}) from error
    return Person(user.email, ref.name or user.name, user.id)


def _person(user: User) -> Person:
    return Person(user.email, user.name, user.id)


def _check_dates(convention: Convention) -> None:
    first, last = convention.start_date, convention.end_date
    if first is not None and last is not None and last < first:
        raise InvalidInput("ends_before_it_starts", field="end-date")
