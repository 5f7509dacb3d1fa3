"""What the conventions' interface prints, as types for its description; `render` prints it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from chalicelib.api.conventions.models import Body

Number = Annotated[str, Field(pattern=r"^\d+$", examples=["2"])]
"""Numbers are printed as strings."""
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
LocalTime = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d(:\d\d)?$", examples=["2026-03-01T10:00:00+01:00"])
]
"""In the convention's time zone."""


class Done(Body):
    """It is done."""

    status: Literal[True]


class Token(Done):
    """A token."""

    token: str


class Verdict(Body):
    """Whether the token is valid."""

    status: bool


class Identity(Body):
    """Whose token it is."""

    email: str
    name: str


class Convention(Body):
    """A convention; the last four are for those who see everything."""

    id: Number
    title: str
    slug: str
    series: str
    website: str
    location: str
    start_date: Day | None
    end_date: Day | None
    timezone: str
    host_clash: Literal["warn", "refuse"] = "warn"
    hide_host_emails: bool = False
    public_key: str = ""
    secret_key: str = ""


class ChangedConvention(Convention):
    """A convention after the change."""

    status: Literal[True]


class CreatedConvention(Done):
    """A convention just made, with its keys."""

    slug: str
    id: Number
    key: str
    secret: str


class Account(Body):
    """An account, as managers see it."""

    id: Number
    email: str
    name: str


class Appointed(Account):
    """A new manager."""

    status: Literal[True]


class Location(Body):
    """A place in which time slots are."""

    title: str
    area: str | None
    max_attendees: Number | None
    slug: str
    parallel: bool


class SavedLocation(Location):
    """A location that was written."""

    status: Literal[True]


class EventName(Body):
    """An event in short."""

    id: Number
    title: str


class TimeSlotName(Body):
    """A time slot in short."""

    id: Number
    start: LocalTime
    end: LocalTime
    duration: Number
    event: EventName


class FurnishedLocation(Location):
    """A location with what happens there."""

    timeslots: list[TimeSlotName]


class Person(Body):
    """A host or an owner; the address where it is not hidden."""

    name: str
    email: str | None = None


class Event(Body):
    """What happens; the last three are for its owner and the staff."""

    id: Number
    title: str
    teaser: str | None
    description: str | None
    requires_registration: bool
    duration: Number | None
    min_attendees: Number | None
    max_attendees: Number | None
    notes_to_attendees: str | None
    data: Any
    tags: dict[str, str | list[str]]
    user: Person
    price: str
    status: Annotated[
        str,
        Field(
            pattern="^[0-6]$",
            description="0 submitted, 1 has teaser, 2 content approved, 3 logistics approved, 4 scheduled, 5 approved, 6 cancelled",
        ),
    ]
    notes_to_staff: str | None = None
    logistical_requirements: str | None = None
    scheduling_constraints: str | None = None


class SavedEvent(Event):
    """An event that was written; its own status is printed as that."""


class TagType(Body):
    """A kind of tag: how many values it takes (one, any number, at least one), and which there are."""

    title: str
    requirement: Literal["1", "*", "+"]
    public: bool
    values: list[str]


class SavedTagType(TagType):
    """A tag type that was written."""

    status: Literal[True]


class TimeSlot(Body):
    """An event, at a time, in one or more locations, with hosts."""

    id: Number
    duration: Annotated[str, Field(pattern=r"^\d+$", description="Minutes.")]
    min_attendees: Number | None
    max_attendees: Number | None
    notes_to_attendees: str | None
    event: Event
    start: LocalTime
    end: LocalTime
    locations: list[Location]
    hosts: list[Person]


class Warning_(Body):  # noqa: N801 - `Warning` is Python's
    """Something that should be known, with what it is about."""

    model_config = ConfigDict(extra="allow", title="Warning")

    code: str
    message: str


class SavedTimeSlot(TimeSlot):
    """A time slot that was written."""

    status: Literal[True]
    warnings: list[Warning_] = Field([])


class Refused(Body):
    """An entry that was not put in."""

    model_config = ConfigDict(extra="allow")

    entry: Number
    line: Number
    reason: str


class ImportReport(Done):
    """What an import did."""

    dry_run: bool
    created: Number
    updated: Number
    unchanged: Number
    cancelled: Number
    created_events: Number
    created_locations: list[str]
    rejected: list[Refused]
    rejected_total: Number
    remaining: Number


class Elsewhere(Done):
    """A file too large for one answer: it is at this address."""

    url: str
