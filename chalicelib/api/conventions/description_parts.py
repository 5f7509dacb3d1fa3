"""What the descriptions of several routes have in common: parameters, refusals, answers."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from chalicelib.api.conventions import answers
from chalicelib.api.operations import Body, Operation, Parameter, Success
from chalicelib.domain.errors import (
    Conflict,
    DomainError,
    InvalidEncoding,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    TooLarge,
)

CONVENTION_PARAMETERS: Final = (
    Parameter("Convention", "Which convention: its public key.", where="header"),
    Parameter("convention", "The same, for addresses without headers."),
)
FILTERS: Final = (
    Parameter("by_event", "Of this event.", Annotated[int, Field(ge=1)], is_list=True),
    Parameter("by_event_status", "Of events with this status.", Annotated[int, Field(ge=0, le=6)], is_list=True),
    Parameter("by_host", "Of a host: address, id or `self`.", is_list=True),
    Parameter("by_location", "In a location: its slug.", is_list=True),
    Parameter("by_timeslot", "This one.", Annotated[int, Field(ge=1)], is_list=True),
)
KNOWN: Final = Parameter("If-None-Match", "The ETag that the client has.", where="header")

NOBODY: Final = NotAuthenticated("user_required")
TOKEN_TWICE: Final = InvalidInput("repeated_parameter", field="token")
STRANGERS: Final = (NotPermitted("unknown_convention"), NotPermitted("wrong_signature"), TOKEN_TWICE)
NOT_STAFF: Final = (*STRANGERS, NOBODY, NotPermitted("manager_required"))
NOT_WRITERS: Final = (*NOT_STAFF, NotPermitted("backend_reads_only"))
BODY_FAULTS: Final = (
    InvalidInput("not_json", line=1, column=2, reason="unexpected character"),
    InvalidInput("not_an_object"),
    InvalidInput("invalid_fields", fields={"title": "Field required"}),
    InvalidInput("repeated_field", field="max-attendees"),
    InvalidEncoding("invalid_encoding", position=7),
    TooLarge("record_too_large", limit=350_000),
)
PERSON_FAULTS: Final = (
    InvalidInput("id_or_email_required", field="id"),
    InvalidInput("id_and_email", field="id", id="7", email="ada@example.org"),
    InvalidInput("unknown_user", email="ada@example.org"),
)
BAD_SLUG: Final = InvalidInput("invalid_slug", field="slug")
NO_EVENT: Final = NotFound("event", id="3")
NO_LOCATION: Final = NotFound("location", slug="table-a")
NO_TAG_TYPE: Final = NotFound("tagtype", title="system")
NO_TIME_SLOT: Final = NotFound("timeslot", id="2")
NO_CONVENTION: Final = NotFound("convention", name="my-con")
BAD_CURSOR: Final = InvalidInput("invalid_cursor", field="after")
BAD_FILTER: Final = InvalidInput("invalid_filter", field="by_event", value="x")
TAKEN: Final = Conflict("location_exists", field="slug", slug="table-a")
EVENT_FAULTS: Final = (
    InvalidInput("attendees", field="min-attendees", minimum="9", maximum="5"),
    InvalidInput("duration_out_of_range", field="duration", minimum="1", maximum="20160"),
    InvalidInput("tag_requirement", field="tags", tag="system", requirement="1"),
    InvalidInput("too_many_tags", field="tags", limit=50),
)
IN_THE_WAY: Final = [{"id": "2", "start": "2026-03-01T10:00:00+01:00", "end": "2026-03-01T11:00:00+01:00"}]
TIME_SLOT_FAULTS: Final = (
    InvalidInput("clash", timeslots=IN_THE_WAY),
    InvalidInput("unknown_location", field="locations", locations=["table-z"]),
    InvalidInput("location_required", field="locations"),
    InvalidInput("too_many_locations", field="locations", limit=10),
    InvalidInput("host_required", field="hosts"),
    InvalidInput("too_many_hosts", field="hosts", limit=20),
    InvalidInput("duration_required", field="duration"),
    *EVENT_FAULTS[:2],
    *PERSON_FAULTS,
)
LINK: Final = {"Link": "The address of the rest, where there is more: `rel=next`."}
ETAG: Final = {"ETag": "For `If-None-Match`."}
UNCHANGED: Final = Success("It is as it was.", headers=ETAG)
DONE: Final = Success("It is done.", answers.Done, {"status": True})


def operation(
    tag: str,
    answer: Success,
    *errors: DomainError,
    body: Body | None = None,
    parameters: tuple[Parameter, ...] = (),
    access: Literal["token", "optional", "public"] = "token",
) -> Operation:
    """Describe a route of one convention."""
    return Operation(tag, {200: answer}, parameters=(*CONVENTION_PARAMETERS, *parameters), body=body, errors=errors, access=access)


def saved(text: str, type_: Any, example: dict[str, Any]) -> Success:
    """Describe the answer to a change: what was saved."""
    return Success(text, type_, {"status": True, **example})
