"""Where conventions are kept, and how others read a convention's schedule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol

from chalicelib.domain.accounts import Caller
from chalicelib.domain.conventions import Convention, Event, Manager, Place, ScheduledSlot, TagType, TimeSlot
from chalicelib.domain.slots import Window

Kind = Literal["convention", "manager", "place", "tag_type", "event", "time_slot", "claim"]


class Claim(NamedTuple):
    """A name that is taken, or a person whose time is guarded: `scope` says of what (`place_title`, `host`)."""

    scope: str
    name: str
    revision: int = 0


Record = Convention | Manager | Place | TagType | Event | TimeSlot | Claim


class Ref(NamedTuple):
    """The address of a record within its convention."""

    kind: Kind
    name: str


def ref_of(record: Record) -> Ref:
    """Give a record's address."""
    match record:
        case Convention():
            return Ref("convention", "")
        case Manager():
            return Ref("manager", str(record.person.user_id))
        case Place():
            return Ref("place", record.slug)
        case TagType():
            return Ref("tag_type", record.title)
        case Event():
            return Ref("event", str(record.id))
        case TimeSlot():
            return Ref("time_slot", str(record.id))
        case Claim():
            return Ref("claim", f"{record.scope}:{record.name}")


class Save(NamedTuple):
    """Write the record, if the stored one is still at `record.revision`, and give it the next one.

    At revision 0 there must be none stored; its first revision is drawn at random, so that what is removed and made again
    is never mistaken for what was there before.
    """

    record: Record


class Drop(NamedTuple):
    """Remove the record, if it is still at its revision."""

    record: Record


class Expect(NamedTuple):
    """Write nothing; the stored record must still be at its revision."""

    record: Record


Change = Save | Drop | Expect

MAX_CHANGES: Final = 80
"""Changes in one commit, such that everything the store adds to them still fits one transaction of 100."""


class Head(NamedTuple):
    """What nearly every request needs of a convention, read at once.

    `pulse` changes with every change of an event; with the revisions in here it tells whether anything printed has changed.
    """

    convention: Convention
    managers: Mapping[int, Manager]
    places: Mapping[str, Place]
    tag_types: Mapping[str, TagType]
    pulse: tuple[int, ...]


class ConventionStore(Protocol):
    """Conventions and their records, by the convention's public key. Every read is consistent.

    Writers read, decide, and commit what they decided together with the revisions they decided on: all of it or nothing.
    """

    def head(self, key: str) -> Head | None:
        """Read a convention's head."""
        ...

    def find(self, name: str) -> str | None:
        """Give the key of the convention with this id, slug or key."""
        ...

    def conventions(self) -> Iterator[Convention]:
        """Yield all conventions by id."""
        ...

    def managed_by(self, user_id: int) -> Sequence[str]:
        """List the keys of the conventions that a user manages."""
        ...

    def get(self, key: str, refs: Iterable[Ref]) -> Mapping[Ref, Record]:
        """Find records by address, in batches of a hundred; what is not there is not in the answer."""
        ...

    def event(self, key: str, event_id: int) -> Event | None:
        """Find one event."""
        ...

    def time_slot(self, key: str, slot_id: int) -> TimeSlot | None:
        """Find one time slot, also a cancelled one."""
        ...

    def events(self, key: str) -> Iterator[Event]:
        """Yield all events by id."""
        ...

    def time_slots(self, key: str, *, earliest: datetime | None = None, latest: datetime | None = None) -> Iterator[TimeSlot]:
        """Yield the time slots that are not cancelled, by start, then id; those that start from `earliest` to before `latest`."""
        ...

    def cancelled_slots(self, key: str) -> Iterator[TimeSlot]:
        """Yield the cancelled time slots, by start, then id."""
        ...

    def reserve_ids(self, key: str, kind: Literal["convention", "event", "time_slot"], count: int = 1) -> int:
        """Give the first of `count` numbers nobody else gets; conventions are counted under the empty key."""
        ...

    def commit(self, key: str, changes: Sequence[Change]) -> Mapping[Ref, Record]:
        """Do all changes or none (at most `MAX_CHANGES`, one for each record); give what was saved, at its new revision.

        Raises `Conflict("changed")` when a record is not at its revision any more: read again, decide again.
        """
        ...


class ScheduleSource(Protocol):
    """A convention's schedule for other use cases, under the rights of who asks."""

    def stream(self, caller: Caller, convention: str, *, window: Window | None = None) -> Iterator[ScheduledSlot]:
        """Yield the time slots of the convention with this id, slug or key, by start, then id.

        With `window`, those that overlap it. A manager gets all that are not cancelled; everyone else the public ones,
        without what is for the staff. Raises `NotFound("convention")`.
        """
        ...
