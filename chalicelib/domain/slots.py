"""Slots: pieces of somebody's time, and the groups they are in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

Visibility = Literal["private", "friends", "foaf", "public"]
VISIBILITIES: Final[tuple[Visibility, ...]] = ("private", "friends", "foaf", "public")

FLOATING: Final = "floating"
"""The `Slot.timezone` of a wall-clock time that belongs to no zone (RFC 5545 §3.3.5 form 1)."""

MAX_TITLE: Final = 1_000
"""Characters in a title, a group's name or a location's name."""
MAX_TEXT: Final = 100_000
"""Characters in a description or any other text field."""
MAX_GROUPS: Final = 10_000
"""Groups per user."""
MAX_GROUPS_OF_SLOT: Final = 50
"""Groups one slot can be in: all its places change in one transaction."""


class Location(NamedTuple):
    """Where a slot happens; the seven keys of the Timeslot data API, each may be empty."""

    name: str = ""
    country: str = ""
    postalcode: str = ""
    city: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


class Slot(NamedTuple):
    """One slot: all components of one UID, a series together with its changed occurrences.

    A tuple and not a dataclass, because a frozen dataclass takes nine times as long to make and slots flow by the
    hundred thousand.

    `start` and `end` are aware and in UTC for every instant; they are naive for floating times and for `all_day`
    slots (midnight of the first day, and of the day after the last). `end` is None for an open end.
    `timezone` is the IANA name the source gave, `FLOATING`, or None for a plain UTC instant or an all-day date.

    `ical` is the kept text: empty for a slot that its fields describe completely, else its components (VEVENT, and the
    VTIMEZONE of every zone that no IANA or Windows name stands for) in lines of at most 75 octets, CRLF at their end, ready to
    be copied into a calendar. The fields never contradict it: whoever changes a field has the text changed
    with it (`formats.ical.edit`).
    """

    uid: str
    title: str
    start: datetime
    end: datetime | None = None
    visibility: Visibility = "private"
    all_day: bool = False
    timezone: str | None = None
    location: Location | None = None
    description: str = ""
    media: tuple[Any, ...] = ()
    """JSON values, as the client gave them."""
    notes: tuple[Any, ...] = ()
    """JSON values, as the client gave them."""
    settings: dict[str, Any] | None = None
    """JSON object, as the client gave it (alerts); None when there are none."""
    groups: tuple[str, ...] = ()
    """The uuids of the owner's groups it is in; the first is the one it was put in first."""
    recurring: bool = False
    """Whether it has more than one component or any RRULE, RDATE or RECURRENCE-ID: look for its occurrences."""
    sequence: int = 0
    """The revision of RFC 5545 §3.8.7.4."""
    changed: datetime | None = None
    """When it was last changed here (UTC, to the microsecond; DTSTAMP of a slot without kept text, which prints whole
    seconds). Not part of its content."""
    ical: str = ""

    @property
    def order(self) -> tuple[datetime, str]:
        """The sort key of every output: start, then uid; a naive start counts as UTC."""
        return (instant(self.start), self.uid)


class Group(NamedTuple):
    """A named set of one owner's slots."""

    uuid: str
    name: str
    image: str = ""
    public: bool = False
    description: str = ""


class Window(NamedTuple):
    """A half-open stretch of time, both ends aware: a slot is in it when they overlap."""

    earliest: datetime
    latest: datetime


def instant(moment: datetime) -> datetime:
    """Give the place of `moment` on the time line: naive times count as UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
