"""What people send to the conventions' interface, described for pydantic. Imported when a body is read: it is slow to load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from chalicelib.domain.accounts import MAX_PASSWORD
from chalicelib.domain.conventions import MAX_SLUG, MAX_TAG_VALUES
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import MAX_TEXT, MAX_TITLE
from chalicelib.domain.zones import iana_zone

MISSPELT: Final = {"logitsical-requirements": "logistical-requirements"}
MAX_NESTING: Final = 20
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EPOCH: Final = re.compile(r"-?\d{1,12}")


def _number(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"\s*-?\d{1,15}\s*", value)):
        raise ValueError("must be a number")
    return value


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and _CONTROL.search(value):
        raise ValueError("must not hold control characters")
    return value


def _moment(value: Any) -> Any:
    """Read epoch seconds or ISO-8601; naive when it names no offset."""
    if isinstance(value, str) and _EPOCH.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str) and re.fullmatch(r"[^T ]+[T ].+", value.strip()):
            moment = datetime.fromisoformat(value.strip())
        else:
            raise ValueError("no time")
        if not 1970 <= moment.year <= 9990 or moment.microsecond:
            raise ValueError("out of range")
    except (ValueError, OverflowError, OSError):
        raise ValueError("must be epoch seconds or an ISO-8601 time, in whole seconds") from None
    return moment


def _zone(value: str) -> str:
    if iana_zone(value) is None:
        raise ValueError("must be the name of an IANA time zone")
    return value


def _website(value: str) -> str:
    if value and not re.match(r"https?://[^\s/]", value):
        raise ValueError("must be an http or https address")
    return value


def _price(value: Any) -> str:
    try:
        price = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except ArithmeticError:
        price = Decimal("NaN")
    if not price.is_finite() or not 0 <= price < 10**9 or abs(int(price.as_tuple().exponent)) > 9:
        raise ValueError("must be a price")
    return format(price, "f")


def _json(value: Any) -> Any:
    if _depth(value) > MAX_NESTING:
        raise ValueError(f"must not be nested deeper than {MAX_NESTING}")
    return value


def _depth(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_depth(child) for child in children), default=0)


def _tags(value: Any) -> Any:
    """Read a property list of tag values, each one value or several."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a property list of tags")
    return {title: [values] if isinstance(values, str) else values or [] for title, values in value.items()}


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE), BeforeValidator(_text)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TITLE), BeforeValidator(_text)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT), BeforeValidator(_text)]
Slug = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_SLUG), BeforeValidator(_text)]
Count = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(_number, int | str)]
Minutes = Annotated[int, BeforeValidator(_number, int | str), Field(ge=-(10**9), le=10**9)]
"""Any number: whether it is a duration the domain says, so that its limits are told in one way."""
Number = Annotated[int, Field(ge=1, lt=2**53), BeforeValidator(_number, int | str)]
Moment = Annotated[datetime, BeforeValidator(_moment, int | str)]
Tags = Annotated[
    dict[Title, Annotated[list[Title], Field(max_length=MAX_TAG_VALUES)]], BeforeValidator(_tags, dict[str, str | list[str] | None])
]
Values = Annotated[list[Title], Field(max_length=MAX_TAG_VALUES)]


class Body(BaseModel):
    """A property list; names are spelt with dashes (see `normalised`)."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


class Register(Body):
    """`POST /auth/register`."""

    email: str
    password_register: str
    name: str = ""


class SignIn(Body):
    """`POST /auth/signin`."""

    email: str
    password: Annotated[str, StringConstraints(max_length=MAX_PASSWORD + 1)]


class PasswordReset(Body):
    """`POST /auth/passwordreset`."""

    email: str
    redirect_url: str = ""


class PasswordChange(Body):
    """`POST /auth/passwordchange`."""

    password: str


class ConventionBody(Body):
    """What can be changed about a convention."""

    title: Title | None = None
    series: Line = ""
    location: Line = ""
    website: Annotated[Line, AfterValidator(_website)] = ""
    start_date: date | None = None
    end_date: date | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    host_clash: Literal["warn", "refuse"] = "warn"
    hide_host_emails: bool = False


class NewConvention(ConventionBody):
    """`POST /entities/conventions`."""

    title: Title
    slug: Slug = ""


class PersonBody(Body):
    """Somebody, by account or address."""

    id: Number | None = None
    email: Line = ""
    name: Line = ""


class PlaceBody(Body):
    """What can be changed about a location."""

    title: Title | None = None
    area: Line = ""
    max_attendees: Count | None = None
    parallel: bool = False


class NewPlace(PlaceBody):
    """`POST /entities/locations`."""

    title: Title
    slug: Slug = ""


class EventBody(Body):
    """What can be changed about an event."""

    title: Title | None = None
    teaser: Text = ""
    description: Text = ""
    requires_registration: bool = False
    duration: Minutes | None = None
    min_attendees: Count | None = None
    max_attendees: Count | None = None
    notes_to_staff: Text = ""
    logistical_requirements: Text = ""
    notes_to_attendees: Text = ""
    scheduling_constraints: Text = ""
    data: Annotated[Any, BeforeValidator(_json)] = None
    tags: Tags = {}
    remove_tags: Tags = {}
    user: PersonBody | None = None
    price: Annotated[str, BeforeValidator(_price, int | float | str)] = "0"
    status: Annotated[int, Field(ge=0, le=5), BeforeValidator(_number, int | str)] = 0


class NewEvent(EventBody):
    """`POST /entities/events`."""

    title: Title


class TagTypeBody(Body):
    """`PUT /entities/tagtypes/<title>`."""

    public: bool | None = None
    values: Values = []
    remove_values: Values = []
    replace_values: dict[Title, Title] = {}


class NewTagType(Body):
    """`POST /entities/tagtypes`."""

    title: Title
    requirement: Literal["1", "*", "+"] = "1"
    public: bool = True
    values: Values = []


class TimeSlotBody(Body):
    """What create and change have in common."""

    duration: Minutes | None = None
    min_attendees: Count | None = None
    max_attendees: Count | None = None
    notes_to_attendees: Text | None = None


class NewTimeSlot(TimeSlotBody):
    """`POST /entities/timeslots`."""

    event: Number
    start: Moment
    locations: Annotated[list[str], Field(max_length=1_000)]
    hosts: Annotated[list[PersonBody], Field(max_length=1_000)] | None = None


class TimeSlotChange(TimeSlotBody):
    """`PUT /entities/timeslots/<id>`."""

    start: Moment | None = None
    locations: Annotated[list[str], Field(max_length=1_000)] = []
    remove_locations: Annotated[list[str], Field(max_length=1_000)] = []
    hosts: Annotated[list[PersonBody], Field(max_length=1_000)] = []
    remove_hosts: Annotated[list[PersonBody], Field(max_length=1_000)] = []


B = TypeVar("B", bound=Body)


def validate(model: type[B], value: object) -> B:
    """Read a property list. Raises `InvalidInput("invalid_fields", fields={name: fault})`, naming each."""
    if not isinstance(value, Mapping):
        raise InvalidInput("not_an_object")
    try:
        return model.model_validate(normalised(value))
    except ValidationError as error:
        raise InvalidInput("invalid_fields", fields=dict(_faults(error))) from None


def normalised(value: Mapping[str, Any]) -> dict[str, Any]:
    """Spell the names with dashes. Raises `InvalidInput("repeated_field")` for a name spelt in two ways with two values."""
    named: dict[str, Any] = {}
    for name, item in value.items():
        wanted = name.replace("_", "-")
        wanted = MISSPELT.get(wanted, wanted)
        if wanted in named and named[wanted] != item:
            raise InvalidInput("repeated_field", field=wanted)
        named[wanted] = item
    return named


def _faults(error: ValidationError) -> list[tuple[str, str]]:
    return [
        (".".join(str(part) for part in fault["loc"]), fault["msg"].removeprefix("Value error, "))
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]
