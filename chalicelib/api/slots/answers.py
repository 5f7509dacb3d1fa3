"""What the Timeslot data API prints, as types for its description; `render` prints it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from chalicelib.api.slots.models import Body
from chalicelib.domain.slots import Visibility

Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", examples=["2019-09-15T20:44:02.000Z"])]
SlotTime = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z?$", examples=["2019-09-15T20:44:02.000Z"])]
"""Without Z it is floating; six decimals where there are any."""
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class SignedInUser(Body):
    """Whose token it is."""

    id: int
    email: str
    username: str


class User(SignedInUser):
    """An account, as its owner sees it."""

    created: Instant


class SignedIn(Body):
    """A token and its end."""

    authToken: str  # noqa: N815 - the name on the wire
    expires: Instant
    user: SignedInUser


class Removing(Body):
    """There is more to remove than one request can: repeat it."""

    state: Literal["removing"]
    message: str


class Group(Body):
    """A named set of the caller's slots."""

    uuid: Uuid
    name: str
    image: str
    public: bool
    description: str


class Paging(Body):
    """The cursors of a page's neighbours; null where there is none."""

    limit: int
    after: str | None


class GroupList(Body):
    """A page of groups."""

    data: list[Group]
    paging: Paging


class Location(Body):
    """Where a slot happens."""

    name: str
    country: str
    postalcode: str
    city: str
    address: str
    latitude: float | None
    longitude: float | None


class GroupOfSlot(Body):
    """A group a slot is in; only exports name more than its uuid."""

    uuid: Uuid
    name: str = ""
    image: str = ""
    public: bool = False
    description: str = ""


class Slot(Body):
    """A slot. Its first six keys are always there, the others where they are not empty."""

    uid: str
    title: str
    visibility: Visibility
    start: SlotTime
    end: SlotTime | None
    location: Location | None
    description: str = ""
    allday: bool = False
    timezone: str = ""
    media: list[Any] = Field([])
    notes: list[Any] = Field([])
    settings: dict[str, Any] = Field({})
    groups: list[GroupOfSlot] = Field([])
    ical: Annotated[str, Field(description="The calendar text it came with, all of it.")] = ""
    sequence: int = 0


class Occurrence(Body):
    """One time at which a recurring slot happens."""

    start: Instant
    end: Instant


class ListedSlot(Slot):
    """A slot of a list."""

    occurrences: list[Occurrence] = Field([])


class SlotPaging(Paging):
    """The cursors, and the window if one was asked for."""

    before: str | None
    filter: Literal["between"] = "between"
    earliest: Instant = ""
    latest: Instant = ""


class SlotList(Body):
    """A page of slots in start order."""

    data: list[ListedSlot]
    paging: SlotPaging


class Rejected(Body):
    """An entry that was not imported: where it stands, and why."""

    entry: int
    line: int
    uid: str | None
    reason: str


class Report(Body):
    """What an import did, slot by slot; components that are no slots are counted by kind under `ignored`."""

    created: int
    updated: int
    unchanged: int
    rejected: list[Rejected]
    rejected_total: Annotated[int, Field(description="There when more were rejected than are listed.")] = 0
    ignored: dict[str, int]
    notes: list[str]
    group: Uuid | None


class ImportAccepted(Body):
    """An import that goes on as a job."""

    id: Annotated[Uuid, Field(alias="import")]
    state: Literal["pending", "processing", "done", "failed"]
    status_url: str


class Failure(Body):
    """Why an import failed."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: str


class ImportStatus(Body):
    """How far an import is; at the end with the keys of its report, or the error."""

    id: Annotated[Uuid, Field(alias="import")]
    state: Literal["pending", "processing", "done", "failed"]
    done: int
    total: int
    error: Failure | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = Field([])
    rejected_total: int = 0
    ignored: dict[str, int] = Field({})
    notes: list[str] = Field([])
    group: Uuid | None = None


class Upload(Body):
    """Where and how to put a large file."""

    upload: Uuid
    method: Literal["PUT"]
    url: str
    headers: dict[str, str]
    expires: Instant


class ExportElsewhere(Body):
    """An export too large for one answer: it is at this address."""

    url: str
    filename: str


class Feed(Body):
    """A private address that gives a calendar."""

    group: Uuid | None
    created: Instant


class NewFeed(Feed):
    """A feed just made, with the passkey that is told only here."""

    passkey: str
    url: str


class FeedList(Body):
    """The caller's feeds."""

    feeds: list[Feed]


class FeedElsewhere(Body):
    """A feed too large for one answer: it is at this address."""

    url: str
