"""A convention's schedule: what happens, where, when, and who makes it happen.

Every stored value has a `revision` that rises with each write of it; writes name the revisions they were decided on
(see `services.ports.conventions`). `edits` counts only the changes that a printed schedule shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from hashlib import blake2b
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from chalicelib.domain.accounts import email_key

HostClash = Literal["warn", "refuse"]
Requirement = Literal["1", "*", "+"]

MAX_SLUG: Final = 100
"""Characters in a slug."""
MAX_PLACES_OF_SLOT: Final = 10
MAX_HOSTS_OF_SLOT: Final = 20
MAX_PLACES: Final = 500
"""Locations in a convention."""
MAX_TAG_TYPES: Final = 100
MAX_TAG_VALUES: Final = 500
"""Values of one tag type."""
MAX_TAGS_OF_EVENT: Final = 30
MAX_MANAGERS: Final = 100
MAX_MINUTES: Final = 14 * 24 * 60
"""The longest time slot, in minutes."""
LONGEST: Final = timedelta(minutes=MAX_MINUTES)


class EventStatus(IntEnum):
    """How far an event has come; the numbers are the interface's."""

    SUBMITTED = 0
    HAS_TEASER = 1
    CONTENT_APPROVED = 2
    LOGISTICS_APPROVED = 3
    SCHEDULED = 4
    APPROVED = 5
    CANCELLED = 6


PUBLIC_STATUSES: Final = frozenset({EventStatus.SCHEDULED, EventStatus.APPROVED})


class Person(NamedTuple):
    """An event's owner, a time slot's host, or a manager. `user_id` is None for a host without an account."""

    email: str
    name: str
    user_id: int | None = None

    @property
    def key(self) -> str:
        """By what two mentions of a person are the same: the address, or the name of who has none."""
        return email_key(self.email) if self.email else f"name:{self.name.strip().casefold()}"


class Convention(NamedTuple):
    """One convention. `key` is public and names it in every request, `secret` signs a backend's requests."""

    key: str
    secret: str
    id: int
    slug: str
    title: str
    timezone: str
    created: datetime
    changed: datetime
    """When a printed property was last changed."""
    series: str = ""
    location: str = ""
    website: str = ""
    start_date: date | None = None
    end_date: date | None = None
    host_clash: HostClash = "warn"
    hide_host_emails: bool = False
    edits: int = 0
    revision: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """The zone its times are read and printed in."""
        return ZoneInfo(self.timezone)


class Manager(NamedTuple):
    """A user who manages the convention."""

    person: Person
    since: datetime
    revision: int = 0


class Place(NamedTuple):
    """A location. Its `revision` rises also with every time slot written to it: who decided on an older one decides again."""

    slug: str
    title: str
    changed: datetime
    """When a printed property was last changed."""
    area: str = ""
    max_attendees: int | None = None
    parallel: bool = False
    """Whether it takes any number of time slots at once."""
    edits: int = 0
    revision: int = 0


class TagType(NamedTuple):
    """A kind of tag and its known values."""

    title: str
    requirement: Requirement = "1"
    public: bool = True
    values: tuple[str, ...] = ()
    revision: int = 0


class Event(NamedTuple):
    """Something that happens. `slots_written` counts the time slots ever made for it, so that a cancellation misses none."""

    id: int
    title: str
    owner: Person
    created: datetime
    changed: datetime
    """When a printed property was last changed."""
    teaser: str = ""
    description: str = ""
    requires_registration: bool = False
    duration: int | None = None
    """Minutes; None when each time slot has to say."""
    min_attendees: int | None = None
    max_attendees: int | None = None
    notes_to_staff: str = ""
    logistical_requirements: str = ""
    notes_to_attendees: str = ""
    scheduling_constraints: str = ""
    data: Any = None
    """Any JSON value of the client's."""
    tags: Mapping[str, tuple[str, ...]] = {}
    """Values by the title of their tag type."""
    price: str = "0"
    """A decimal number."""
    status: EventStatus = EventStatus.SUBMITTED
    uid: str = ""
    """What the file it was imported from called it."""
    slots_written: int = 0
    edits: int = 0
    revision: int = 0

    @property
    def public(self) -> bool:
        """Whether everyone may see it."""
        return self.status in PUBLIC_STATUSES


class TimeSlot(NamedTuple):
    """An event at a time, in one or more places, with hosts. `start` is in UTC, whole seconds."""

    id: int
    event_id: int
    start: datetime
    minutes: int
    places: tuple[str, ...]
    """Slugs, in the order they were given."""
    hosts: tuple[Person, ...]
    changed: datetime
    min_attendees: int | None = None
    max_attendees: int | None = None
    notes_to_attendees: str = ""
    cancelled: bool = False
    announced: bool = False
    """Of a cancelled one: whether it was public until then."""
    uid: str = ""
    """What the file it was imported from called it."""
    sequence: int = 0
    """Added to the edits of everything printed with it, gives RFC 5545's SEQUENCE; may be negative."""
    revision: int = 0

    @property
    def end(self) -> datetime:
        """When it is over, in UTC."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def order(self) -> tuple[datetime, int]:
        """The sort key of every list."""
        return (self.start, self.id)


class ScheduledSlot(NamedTuple):
    """A time slot together with everything that is printed with it."""

    slot: TimeSlot
    event: Event
    places: tuple[Place, ...]
    """In the slot's order; empty for a cancelled one whose places are gone."""
    convention: Convention

    @property
    def uid(self) -> str:
        """The name under which calendars know it, for ever (RFC 5545 §3.8.4.7)."""
        return calendar_uid(self.convention.key, self.slot.id)

    @property
    def public(self) -> bool:
        """Whether everyone may see it in a list."""
        return self.event.public and not self.slot.cancelled

    @property
    def sequence(self) -> int:
        """The SEQUENCE of RFC 5545 §3.8.7.4: rises with every change of anything printed, and never falls."""
        return self.slot.sequence + _edits(self.slot, self.event, self.places, self.convention)

    @property
    def changed(self) -> datetime:
        """When anything printed was last changed."""
        moments = [self.slot.changed, self.event.changed, self.convention.changed]
        if not self.slot.cancelled:
            moments.extend(place.changed for place in self.places)
        return max(moments)

    @property
    def revision(self) -> str:
        """A digest of its content: equal content, equal revision, so an incremental run sees what changed."""
        content = (
            self.slot._replace(revision=0, sequence=0),
            self.event._replace(revision=0, edits=0, slots_written=0),
            [place._replace(revision=0, edits=0) for place in self.places],
            (self.convention.title, self.convention.timezone),
        )
        return blake2b(orjson.dumps(content, default=tuple, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def calendar_uid(key: str, slot_id: int) -> str:
    """Give the UID of a convention's time slot."""
    return f"timeslot-{slot_id}-{key.lower()}@slotport"


def with_sequence(slot: TimeSlot, printed: int, event: Event, places: tuple[Place, ...], convention: Convention) -> TimeSlot:
    """Give the slot such that it prints the SEQUENCE `printed` beside these."""
    return slot._replace(sequence=printed - _edits(slot, event, places, convention))


def _edits(slot: TimeSlot, event: Event, places: tuple[Place, ...], convention: Convention) -> int:
    # a cancelled slot does not count its places: they may be deleted afterwards, and the sum must not fall
    return event.edits + convention.edits + (0 if slot.cancelled else sum(place.edits for place in places))


def is_over(convention: Convention, now: datetime) -> bool:
    """Whether the convention's last day has passed in its zone; one that names no last day is never over."""
    if convention.end_date is None:
        return False
    return now >= datetime.combine(convention.end_date + timedelta(days=1), time(), convention.zone)


def local_moment(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give the instant in UTC; a naive `moment` is on the convention's wall clocks.

    A wall-clock time that the change to summer time skips is taken with the offset before it (RFC 5545 §3.3.5).
    """
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)
