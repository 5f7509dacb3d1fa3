"""Importing a schedule: what the file says wins, entry by entry; the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from chalicelib.domain.accounts import User
from chalicelib.domain.conventions import (
    MAX_PLACES,
    Event,
    EventStatus,
    Person,
    Place,
    TimeSlot,
    local_moment,
    with_sequence,
)
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge, Unavailable
from chalicelib.domain.imports import Rejection
from chalicelib.domain.schedule_clash import clashes
from chalicelib.domain.schedule_entries import ScheduleEntry
from chalicelib.domain.slots import MAX_TEXT, MAX_TITLE
from chalicelib.domain.slugs import is_slug, slug_of
from chalicelib.services.accounts import Accounts
from chalicelib.services.conventions.book import Book
from chalicelib.services.conventions.events import cancelled, check_event
from chalicelib.services.conventions.tag_types import register_tags
from chalicelib.services.conventions.time_slots import PRINTED, checked, judge, scheduled_once_more
from chalicelib.services.conventions.visits import MAX_ATTEMPTS, Doors, Visitor, pause_randomly
from chalicelib.services.ports.conventions import Claim, ConventionStore, Save

Outcome = Literal["created", "updated", "unchanged", "cancelled"]


@dataclass(slots=True)
class ScheduleReport:
    """What an import did, or would do."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    cancelled: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    """Slugs of those that were created."""
    events: int = 0
    """How many were created."""
    remaining: int = 0
    """Entries that time did not suffice for: the same file again goes on with them."""


@dataclass(slots=True)
class _Batch:
    """What happened since the last commit."""

    outcomes: list[Outcome] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    events: int = 0

    def count(self, report: ScheduleReport) -> None:
        """Add it to the report."""
        for outcome in self.outcomes:
            setattr(report, outcome, getattr(report, outcome) + 1)
        report.rejected.extend(self.rejected)
        report.locations.extend(self.locations)
        report.events += self.events


class ScheduleImport:
    """Puts the entries of a file into a convention's schedule; for managers."""

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

    def run(
        self, visitor: Visitor, found: Iterable[ScheduleEntry | Rejection], *, create: bool, dry_run: bool, deadline: float
    ) -> ScheduleReport:
        """Import entries; `create` makes unknown locations and events, `dry_run` writes nothing.

        Each entry is in or reported, with what is in its way; commits take several at once. At `deadline` (epoch seconds)
        what is in stays in. Raises `NotAuthenticated`, `NotPermitted`, `InvalidInput` for a file that cannot be read.
        """
        user_id = self._doors.manage(visitor).standing.require_manager()
        owner = self._accounts().user(user_id)
        entries, hosts = self._prepared(list(found), owner)
        report, position, attempts = ScheduleReport(), 0, 0
        while position < len(entries):
            book = Book(self._store, self._doors.manage(visitor), hosts.values())
            writer = _Writer(self._store, book, owner, hosts, create=create, dry_run=dry_run, now=self._clock())
            try:
                while position < len(entries):
                    if self._clock().timestamp() >= deadline:
                        report.remaining = len(entries) - position
                        return report
                    position += writer.batch(entries[position:], report)
                    attempts = 0
            except Conflict as conflict:
                if conflict.code != "changed":
                    raise
                attempts += 1
                if attempts >= MAX_ATTEMPTS:
                    raise Unavailable("busy") from conflict
                self._pause(attempts)
        return report

    def _prepared(
        self, found: Sequence[ScheduleEntry | Rejection], owner: User
    ) -> tuple[Sequence[ScheduleEntry | Rejection], dict[tuple[str, str], Person]]:
        """Look up the accounts behind addresses, once each. Raises `InvalidInput("no_entries")`."""
        if not found:
            raise InvalidInput("no_entries")
        hosts: dict[tuple[str, str], Person] = {("", ""): Person(owner.email, owner.name, owner.id)}
        for entry in found:
            for name, email in entry.hosts if isinstance(entry, ScheduleEntry) else ():
                if (name, email) not in hosts:
                    hosts[name, email] = self._person(name, email)
        return found, hosts

    def _person(self, name: str, email: str) -> Person:
        if not email:
            return Person("", name)
        try:
            user = self._accounts().user_by_email(email)
        except NotFound:
            return Person(email, name or email.partition("@")[0])
        return Person(user.email, name or user.name, user.id)


class _Writer:
    """Puts entries into a book."""

    def __init__(
        self,
        store: ConventionStore,
        book: Book,
        owner: User,
        hosts: dict[tuple[str, str], Person],
        *,
        create: bool,
        dry_run: bool,
        now: datetime,
    ) -> None:
        self._store = store
        self._book = book
        self._owner = owner
        self._hosts = hosts
        self._create = create
        self._dry_run = dry_run
        self._now = now
        self._imaginary = 10**12
        """Ids in a dry run: above all real ones."""

    def batch(self, entries: Sequence[ScheduleEntry | Rejection], report: ScheduleReport) -> int:
        """Put in as many entries as one commit takes, and give their number. Raises `Conflict("changed")`."""
        batch, done = _Batch(), 0
        for entry in entries:
            if done and not self._dry_run and not self._book.has_room(_changes(entry)):
                break
            done += 1
            if isinstance(entry, Rejection):
                batch.rejected.append({"entry": entry.number, "line": entry.line, "uid": entry.uid, "reason": entry.reason})
                continue
            try:
                batch.outcomes.append(self._put(entry, batch))
            except (InvalidInput, TooLarge) as refused:
                place = {"entry": entry.number, "line": entry.line, "uid": entry.uid}
                batch.rejected.append({**place, "reason": refused.code, **refused.details})
        if not self._dry_run:
            self._book.flush()
        batch.count(report)
        return done

    def _put(self, entry: ScheduleEntry, batch: _Batch) -> Outcome:
        """Put one entry in: first everything that can fail, then what it writes."""
        book, zone = self._book, self._book.convention.zone
        _check_texts(entry)
        start = local_moment(entry.start, zone)
        uid = entry.uid or str(uuid5(NAMESPACE_URL, f"{book.convention.key}/{entry.title}/{start.isoformat()}"))
        before = book.slot(uid)
        if entry.cancelled:
            return self._cancel(before)
        event = book.events[before.event_id] if before is not None else book.event(entry.uid, entry.title)
        if event is not None and event.status == EventStatus.CANCELLED:
            event = None
        if event is None and not self._create:
            raise InvalidInput("unknown_event", event=entry.title)
        new_places, places = self._places(entry.places)
        draft = event if event is not None else self._drafted_event(entry)
        # an event is what the file says of it if it came from there: one of ours may be in many time slots and files
        said = self._said(draft, entry) if event is None or (draft.uid and draft.uid == entry.uid) else draft
        people = [book.person(self._hosts[host]) for host in entry.hosts]
        hosts = tuple({person.key: person for person in people}.values())
        minutes = entry.minutes if entry.minutes is not None else (before.minutes if before is not None else said.duration)
        if minutes is None:
            raise InvalidInput("duration_required", field="duration")
        slot = checked(
            TimeSlot(
                id=before.id if before is not None else 0,
                event_id=draft.id,
                start=start,
                minutes=minutes,
                places=tuple(place.slug for place in places),
                hosts=hosts or (before.hosts if before is not None else (said.owner,)),
                changed=self._now,
                min_attendees=before.min_attendees if before is not None else said.min_attendees,
                max_attendees=before.max_attendees if before is not None else said.max_attendees,
                notes_to_attendees=entry.notes or (before.notes_to_attendees if before is not None else said.notes_to_attendees),
                uid=before.uid if before is not None else uid,
                revision=before.revision if before is not None else 0,
            )
        )
        same = before is not None and not before.cancelled and all(getattr(slot, name) == getattr(before, name) for name in PRINTED)
        if same and said == event:
            return "unchanged"
        if not same:
            crowd = {place.slug: place for place in (*book.places.values(), *new_places)}
            visit = book.visit
            visit = type(visit)(visit.head._replace(places=crowd), visit.standing)
            judge(visit, slot, clashes(slot, book.around(slot), crowd))
        tags = [change.record for change in register_tags(book.visit, said.tags) if isinstance(change, Save)]
        for place in new_places:
            book.write(place, Claim("place_title", place.title.strip().casefold()))
            batch.locations.append(place.slug)
        if event is None:
            said = said._replace(id=self._number("event"))
            batch.events += 1
        again = before is not None and not before.cancelled
        book.write(*tags, said if again else scheduled_once_more(said))
        if not same:
            self._write_slot(before, slot._replace(event_id=said.id), said, places)
        return "created" if before is None else "updated"

    def _write_slot(self, before: TimeSlot | None, slot: TimeSlot, event: Event, places: Sequence[Place]) -> None:
        book = self._book
        printed = 0
        if before is not None:
            printed = book.visit.scheduled(before, book.events[before.event_id]).sequence + 1
        numbered = slot if before is not None else slot._replace(id=self._number("time_slot"))
        book.write(with_sequence(numbered, printed, event, tuple(places), book.convention))
        book.guard(numbered)

    def _cancel(self, before: TimeSlot | None) -> Outcome:
        if before is None or before.cancelled:
            return "unchanged"
        book = self._book
        book.write(cancelled(book.visit, before, book.events[before.event_id], self._now))
        book.write(*(book.places[slug] for slug in before.places[:1]))
        return "cancelled"

    def _places(self, names: Sequence[str]) -> tuple[list[Place], list[Place]]:
        """Find the places a file names, by title or slug; give the new ones apart."""
        known = {place.title.strip().casefold(): place for place in self._book.places.values()}
        known |= {slug.casefold(): place for slug, place in self._book.places.items()}
        found: list[Place] = []
        new: list[Place] = []
        for name in names:
            single = known.get(name.strip().casefold())
            for part in (name,) if single is not None else _parts(name, known):
                place = known.get(part.strip().casefold())
                if place is None:
                    place = self._new_place(part.strip(), taken={*self._book.places, *(other.slug for other in new)})
                    new.append(place)
                    known[place.title.casefold()] = place
                if place not in found:
                    found.append(place)
        return new, found

    def _new_place(self, title: str, taken: set[str]) -> Place:
        if not self._create:
            raise InvalidInput("unknown_location", locations=[title])
        if len(taken) >= MAX_PLACES:
            raise TooLarge("too_many_locations", limit=MAX_PLACES)
        wanted = slug_of(title)
        slug = next(
            (name for name in (wanted, *(f"{wanted[:90]}-{number}" for number in range(2, 600))) if name not in taken), wanted
        )
        if not is_slug(slug):
            raise InvalidInput("invalid_slug", locations=[title])
        return Place(slug, title, self._now)

    def _drafted_event(self, entry: ScheduleEntry) -> Event:
        owner = Person(self._owner.email, self._owner.name, self._owner.id)
        return Event(
            id=0, title=entry.title, owner=owner, created=self._now, changed=self._now, duration=entry.minutes, uid=entry.uid
        )

    def _said(self, event: Event, entry: ScheduleEntry) -> Event:
        """Give the event as the file describes it; what the file is silent about stays."""
        said = event._replace(
            title=entry.title,
            teaser=entry.teaser or event.teaser,
            description=entry.description or event.description,
            tags={**event.tags, **entry.tags},
        )
        if said == event:
            return event
        check_event(said)
        return said._replace(edits=event.edits + (1 if event.id else 0), changed=self._now)

    def _number(self, kind: Literal["event", "time_slot"]) -> int:
        if not self._dry_run:
            return self._store.reserve_ids(self._book.convention.key, kind)
        self._imaginary += 1
        return self._imaginary


def _changes(entry: ScheduleEntry | Rejection) -> int:
    """Count at most: slot and event, places and their titles' claims, hosts, tag types."""
    return 2 + 2 * len(entry.places) + max(1, len(entry.hosts)) + len(entry.tags) if isinstance(entry, ScheduleEntry) else 0


def _parts(name: str, known: dict[str, Place]) -> list[str]:
    """Take ``Hall A (North), Hall B`` apart when its parts are known: that is how a feed names several places."""
    bare = [part.strip() for part in name.split(", ")]
    titles = [part if part.casefold() in known else part.rpartition(" (")[0] or part for part in bare]
    return titles if all(title.casefold() in known for title in titles) else [name]


def _check_texts(entry: ScheduleEntry) -> None:
    if not entry.title:
        raise InvalidInput("title_required", field="title")
    if len(entry.title) > MAX_TITLE:
        raise TooLarge("title_too_long", field="title", limit=MAX_TITLE)
    if not 1970 <= entry.start.year <= 9990 or entry.start.microsecond:
        raise InvalidInput("start_out_of_range", field="start")
    for name, text in (("teaser", entry.teaser), ("description", entry.description), ("notes", entry.notes)):
        if len(text) > MAX_TEXT:
            raise TooLarge("text_too_long", field=name, limit=MAX_TEXT)
    names = (*entry.places, *(part for host in entry.hosts for part in host), *entry.tags, *sum(entry.tags.values(), ()))
    if any(len(name) > MAX_TITLE for name in names):
        raise TooLarge("name_too_long", limit=MAX_TITLE)
