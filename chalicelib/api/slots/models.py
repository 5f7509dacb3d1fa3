"""The bodies that people send to the Timeslot data API, validated with pydantic.

Imported only by requests that have such a body: it takes longer to load than everything else here together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slot_changes import SlotChange
from chalicelib.domain.slots import FLOATING, MAX_GROUPS_OF_SLOT, MAX_TEXT, MAX_TITLE, Location, Visibility
from chalicelib.domain.zones import iana_zone

MAX_NESTING: Final = 20
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _no_control(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise ValueError("must be one line")
    return _no_control(text)


def _moment(value: object) -> object:
    if not isinstance(value, str) or not re.match(r"\d{4}-?\d{2}-?\d{2}", value):
        raise ValueError("must be an ISO 8601 time such as 2019-09-15T20:44:02Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be an ISO 8601 time such as 2019-09-15T20:44:02Z") from None


def _zone(name: str | None) -> str | None:
    if name in (None, FLOATING):
        return name
    if name in ("", "UTC", "Etc/UTC", "Z"):
        return None
    if iana_zone(name) is None:
        raise ValueError("must be an IANA time zone such as Europe/Berlin, floating, or null")
    return name


def _bounded(value: Any) -> Any:
    if _depth(value) > MAX_NESTING:
        raise ValueError(f"must not be nested deeper than {MAX_NESTING}")
    if len(orjson.dumps(value)) > MAX_TEXT:
        raise ValueError(f"must not be larger than {MAX_TEXT} bytes of JSON")
    return value


def _depth(value: Any) -> int:
    """Count levels, without recursion and no further than matters."""
    level, depth = [value], 0
    while level and depth <= MAX_NESTING + 1:
        depth += 1
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list | tuple)
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, dict | list | tuple)
        ]
    return depth


def _group(value: object) -> object:
    """Take a group as its uuid, or as the object that the answers print."""
    if isinstance(value, dict) and "uuid" in value:
        value = value["uuid"]
    if not isinstance(value, str):
        raise ValueError("must be the uuid of a group")
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("must be the uuid of a group") from None


Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE), AfterValidator(_one_line)]
Name = Annotated[str, Field(max_length=MAX_TITLE), AfterValidator(_one_line)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_no_control)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Items = Annotated[tuple[Any, ...], AfterValidator(_bounded)]


class Body(BaseModel):
    """What all bodies share: a key that is not known is an error, so that a slip of the pen does not go unnoticed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewUser(Body):
    """`POST /v1/users`."""

    email: str
    password: str
    username: str


class Credentials(Body):
    """`POST /v1/users/signin`."""

    email: str
    password: str


class Password(Body):
    """`DELETE /v1/me`."""

    password: str


class GroupBody(Body):
    """What may be said about a group."""

    name: Title = ""
    image: Name = ""
    public: bool = False
    description: Text = ""


class NewGroup(GroupBody):
    """`POST /v1/groups`."""

    name: Title


class LocationBody(Body):
    """Where a slot happens."""

    name: Name = ""
    country: Name = ""
    postalcode: Name = ""
    city: Name = ""
    address: Name = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class SlotBody(Body):
    """What may be said about a slot; the names are those that the answers print."""

    title: Title = ""
    visibility: Visibility = "private"
    start: Moment | None = None
    end: Moment | None = None
    allday: bool = False
    timezone: Annotated[str | None, AfterValidator(_zone)] = None
    location: LocationBody | None = None
    description: Text = ""
    media: Items = ()
    notes: Items = ()
    settings: Annotated[dict[str, Any] | None, AfterValidator(_bounded)] = None
    groups: Annotated[list[Annotated[str, BeforeValidator(_group)]], Field(max_length=MAX_GROUPS_OF_SLOT)] = []

    def change(self) -> SlotChange:
        """Give what was said, in the domain's words; a start that is null was not said."""
        said = self.model_fields_set
        change: dict[str, Any] = {
            field: getattr(self, field)
            for field in ("title", "visibility", "start", "end", "timezone", "description", "media", "notes", "settings")
            if field in said
        }
        if change.get("start", self) is None:
            raise InvalidInput("invalid_fields", fields={"start": "must be a time"})
        if "allday" in said:
            change["all_day"] = self.allday
        if "location" in said:
            location = self.location and Location(**self.location.model_dump())
            change["location"] = None if location == Location() else location
        if "groups" in said:
            change["groups"] = tuple(dict.fromkeys(self.groups))
        if "settings" in said:
            change["settings"] = self.settings or None
        made: SlotChange = change  # type: ignore[assignment]  # a dict built by name
        return made


class NewSlot(SlotBody):
    """`POST /v1/slots`."""

    uid: Annotated[str, Field(min_length=1, max_length=MAX_TITLE), AfterValidator(_one_line)] = ""
    title: Title
    start: Moment


Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Give the body as a value. Raises `InvalidInput("invalid_fields", fields={path: fault})` naming each bad field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        fields = {".".join(str(step) for step in fault["loc"]): _fault(fault["type"], fault["msg"]) for fault in error.errors()}
        raise InvalidInput("invalid_fields", fields=fields) from error


_FAULTS: Final[Mapping[str, str]] = {
    "dict_type": "must be an object",
    "extra_forbidden": "is not known here",
    "list_type": "must be an array",
    "missing": "is required",
    "model_type": "must be an object",
    "string_type": "must be a text",
    "tuple_type": "must be an array",
}
"""What is wrong, where the library's words are Python's."""


def _fault(kind: str, message: str) -> str:
    if kind in _FAULTS:
        return _FAULTS[kind]
    return re.sub(r"^(Value error, |Input |String |List )", "", message).replace("should", "must", 1)
