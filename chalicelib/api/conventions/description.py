"""The conventions' interface for the API description."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from chalicelib.api.conventions import answers, models
from chalicelib.api.conventions.description_examples import (
    CONVENTION,
    EVENT,
    FILES,
    FURNISHED,
    LOCATION,
    REPORT,
    TAG_TYPE,
    TIME_SLOT,
)
from chalicelib.api.conventions.errors import INTERFACE
from chalicelib.api.operations import Body, Description, Operation, Parameter, Success
from chalicelib.domain.errors import (
    Conflict,
    DomainError,
    InvalidEncoding,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)


class ImportForm(BaseModel):
    """What a browser's form and `curl -F` send; the switches may stand in the query as well."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]
    create: bool = False
    dry_run: bool = False


_CONVENTION: Final = (
    Parameter("Convention", "Which convention: its public key.", where="header"),
    Parameter("convention", "The same, for addresses without headers."),
)
_FILTERS: Final = (
    Parameter("by_event", "Of this event.", Annotated[int, Field(ge=1)], is_list=True),
    Parameter("by_event_status", "Of events with this status.", Annotated[int, Field(ge=0, le=6)], is_list=True),
    Parameter("by_host", "Of a host: address, id or `self`.", is_list=True),
    Parameter("by_location", "In a location: its slug.", is_list=True),
    Parameter("by_timeslot", "This one.", Annotated[int, Field(ge=1)], is_list=True),
)
_KNOWN: Final = Parameter("If-None-Match", "The ETag that the client has.", where="header")

_NOBODY: Final = NotAuthenticated("user_required")
_TOKEN_TWICE: Final = InvalidInput("repeated_parameter", field="token")
_UNKNOWN: Final = (NotPermitted("unknown_convention"), NotPermitted("wrong_signature"), _TOKEN_TWICE)
_STAFF: Final = (*_UNKNOWN, _NOBODY, NotPermitted("manager_required"))
_WRITERS: Final = (*_STAFF, NotPermitted("backend_reads_only"))
_BODY: Final = (
    InvalidInput("not_json", line=1, column=2, reason="unexpected character"),
    InvalidInput("not_an_object"),
    InvalidInput("invalid_fields", fields={"title": "Field required"}),
    InvalidInput("repeated_field", field="max-attendees"),
    InvalidEncoding("invalid_encoding", position=7),
    TooLarge("record_too_large", limit=350_000),
)
_PERSON: Final = (
    InvalidInput("id_or_email_required", field="id"),
    InvalidInput("id_and_email", field="id", id="7", email="ada@example.org"),
    InvalidInput("unknown_user", email="ada@example.org"),
)
_SLUG: Final = InvalidInput("invalid_slug", field="slug")
_NO_EVENT: Final = NotFound("event", id="3")
_NO_LOCATION: Final = NotFound("location", slug="table-a")
_NO_TAG_TYPE: Final = NotFound("tagtype", title="system")
_NO_TIME_SLOT: Final = NotFound("timeslot", id="2")
_NO_CONVENTION: Final = NotFound("convention", name="my-con")
_CURSOR: Final = InvalidInput("invalid_cursor", field="after")
_FILTER: Final = InvalidInput("invalid_filter", field="by_event", value="x")
_TAKEN: Final = Conflict("location_exists", field="slug", slug="table-a")
_EVENT: Final = (
    InvalidInput("attendees", field="min-attendees", minimum="9", maximum="5"),
    InvalidInput("duration_out_of_range", field="duration", minimum="1", maximum="20160"),
    InvalidInput("tag_requirement", field="tags", tag="system", requirement="1"),
    InvalidInput("too_many_tags", field="tags", limit=50),
)
_IN_THE_WAY: Final = [{"id": "2", "start": "2026-03-01T10:00:00+01:00", "end": "2026-03-01T11:00:00+01:00"}]
_TIME_SLOT: Final = (
    InvalidInput("clash", timeslots=_IN_THE_WAY),
    InvalidInput("unknown_location", field="locations", locations=["table-z"]),
    InvalidInput("location_required", field="locations"),
    InvalidInput("too_many_locations", field="locations", limit=10),
    InvalidInput("host_required", field="hosts"),
    InvalidInput("too_many_hosts", field="hosts", limit=20),
    InvalidInput("duration_required", field="duration"),
    *_EVENT[:2],
    *_PERSON,
)
_LINK: Final = {"Link": "The address of the rest, where there is more: `rel=next`."}
_ETAG: Final = {"ETag": "For `If-None-Match`."}
_UNCHANGED: Final = Success("It is as it was.", headers=_ETAG)
_DONE: Final = Success("It is done.", answers.Done, {"status": True})


def _operation(
    tag: str,
    answer: Success,
    *errors: DomainError,
    body: Body | None = None,
    parameters: tuple[Parameter, ...] = (),
    access: Literal["token", "optional", "public"] = "token",
) -> Operation:
    """Describe a route of one convention."""
    return Operation(tag, {200: answer}, parameters=(*_CONVENTION, *parameters), body=body, errors=errors, access=access)


def _saved(text: str, type_: Any, example: dict[str, Any]) -> Success:
    return Success(text, type_, {"status": True, **example})


_USER: Final = {"email": "ada@example.org", "password": "correct horse battery"}
_LOCKED: Final = TooManyAttempts("too_many_attempts", retry_after=600)
_SIGN_IN: Final = {
    "register": Operation(
        "Signing in",
        {200: Success("A token.", answers.Token, {"status": True, "token": "q3VZ…"})},
        body=Body(
            models.Register,
            {"a user": {"email": "ada@example.org", "password-register": "correct horse battery", "name": "Ada"}},
        ),
        errors=(*_BODY, Conflict("email_taken"), _LOCKED),
        access="public",
    ),
    "sign_in": Operation(
        "Signing in",
        {200: Success("A token.", answers.Token, {"status": True, "token": "q3VZ…"})},
        body=Body(models.SignIn, {"a user": _USER}),
        errors=(*_BODY, NotAuthenticated("wrong_credentials"), _LOCKED),
        access="public",
    ),
    "verify": Operation(
        "Signing in", {200: Success("Whether it is.", answers.Verdict, {"status": True})}, errors=(_TOKEN_TWICE,), access="optional"
    ),
    "show_identity": Operation(
        "Signing in",
        {200: Success("Who it is.", answers.Identity, {"email": "ada@example.org", "name": "Ada"})},
        errors=(NotAuthenticated("invalid_token"), _TOKEN_TWICE),
    ),
    "sign_out": Operation("Signing in", {200: _DONE}, errors=(_TOKEN_TWICE,), access="optional"),
    "reset_password": Operation(
        "Signing in",
        {200: _DONE},
        body=Body(models.PasswordReset, {"a user": {"email": "ada@example.org"}}),
        errors=_BODY,
        access="public",
    ),
    "change_password": Operation(
        "Signing in",
        {200: _DONE},
        body=Body(models.PasswordChange, {"a new one": {"password": "incorrect horse battery"}}),
        errors=(*_BODY, NotAuthenticated("invalid_token"), _TOKEN_TWICE),
    ),
    "list_providers": Operation("Signing in", {200: Success("The ways.", list[str], ["email-auth"])}, access="public"),
}
_CONVENTIONS: Final = {
    "create_convention": Operation(
        "Conventions",
        {
            200: Success(
                "The convention and its keys.",
                answers.CreatedConvention,
                {"status": True, "slug": "my-con", "id": "5", "key": "k3…", "secret": "s7…"},
            )
        },
        body=Body(models.NewConvention, {"a convention": {"title": "My Con", "timezone": "Europe/Berlin"}}),
        errors=(
            _NOBODY,
            _TOKEN_TWICE,
            *_BODY,
            _SLUG,
            InvalidInput("ends_before_it_starts", field="end-date"),
            Conflict("slug_taken", slug="my-con"),
        ),
    ),
    "list_conventions": Operation(
        "Conventions",
        {200: Success("All conventions.", list[answers.Convention], [CONVENTION], headers=_LINK)},
        parameters=(Parameter("after", "The id of the convention behind which to go on."),),
        errors=(_CURSOR, _TOKEN_TWICE),
        access="optional",
    ),
    "show_convention": _operation(
        "Conventions",
        Success("The convention.", answers.Convention, CONVENTION),
        _NO_CONVENTION,
        *_UNKNOWN,
        access="optional",
    ),
    "change_convention": _operation(
        "Conventions",
        _saved("The convention.", answers.ChangedConvention, CONVENTION),
        *_WRITERS,
        *_BODY,
        _NO_CONVENTION,
        InvalidInput("ends_before_it_starts", field="end-date"),
        InvalidInput("hosts_clash", field="host-clash", timeslots=_IN_THE_WAY),
        body=Body(models.ConventionBody, {"dates": {"start-date": "2026-03-01", "end-date": "2026-03-03"}}),
    ),
    "list_managers": _operation(
        "People",
        Success("The managers.", list[answers.Account], [{"id": "7", "email": "ada@example.org", "name": "Ada"}]),
        *_STAFF,
    ),
    "appoint_manager": _operation(
        "People",
        _saved("The manager.", answers.Appointed, {"id": "7", "email": "ada@example.org", "name": "Ada"}),
        *_WRITERS,
        *_BODY,
        *_PERSON,
        Conflict("already_manager", id="7"),
        TooLarge("too_many_managers", limit=100),
        body=Body(models.PersonBody, {"by address": {"email": "ada@example.org"}}),
    ),
    "dismiss_manager": _operation("People", _DONE, *_WRITERS, InvalidInput("own_role", id="7"), NotFound("manager", id="7")),
    "list_users": _operation(
        "People",
        Success("The accounts.", list[answers.Account], [{"id": "7", "email": "ada@example.org", "name": "Ada"}], headers=_LINK),
        *_STAFF,
        _CURSOR,
        parameters=(Parameter("after", "The id of the account behind which to go on."),),
    ),
}
_PLACES: Final = {
    "list_locations": _operation(
        "Locations",
        Success("The locations.", list[answers.FurnishedLocation], [FURNISHED], headers=_LINK),
        *_UNKNOWN,
        parameters=(Parameter("after", "The slug of the location behind which to go on."),),
        access="optional",
    ),
    "add_location": _operation(
        "Locations",
        _saved("The location.", answers.SavedLocation, LOCATION),
        *_WRITERS,
        *_BODY,
        _SLUG,
        _TAKEN,
        TooLarge("too_many_locations", limit=1_000),
        body=Body(models.NewPlace, {"a location": {"title": "Table A", "area": "Hall 1", "max-attendees": 5}}),
    ),
    "show_location": _operation(
        "Locations", Success("The location.", answers.FurnishedLocation, FURNISHED), *_UNKNOWN, _NO_LOCATION, access="optional"
    ),
    "change_location": _operation(
        "Locations",
        _saved("The location.", answers.SavedLocation, LOCATION),
        *_WRITERS,
        *_BODY,
        _NO_LOCATION,
        _TAKEN,
        InvalidInput("location_overbooked", field="parallel", timeslots=_IN_THE_WAY),
        body=Body(models.PlaceBody, {"a new area": {"area": "Hall 2"}}),
    ),
    "remove_location": _operation(
        "Locations", _DONE, *_WRITERS, _NO_LOCATION, InvalidInput("location_in_use", timeslots=_IN_THE_WAY)
    ),
}
_EVENTS: Final = {
    "list_events": _operation(
        "Events",
        Success("The events.", list[answers.Event], [EVENT], headers=_LINK),
        *_UNKNOWN,
        _CURSOR,
        parameters=(Parameter("after", "The id of the event behind which to go on."),),
        access="optional",
    ),
    "submit_event": _operation(
        "Events",
        Success("The event.", answers.SavedEvent, EVENT),
        *_WRITERS,
        *_BODY,
        *_EVENT,
        *_PERSON,
        body=Body(models.NewEvent, {"an event": {"title": "A game", "duration": 60, "tags": {"system": "dice"}}}),
    ),
    "show_event": _operation("Events", Success("The event.", answers.Event, EVENT), *_UNKNOWN, _NO_EVENT, access="optional"),
    "change_event": _operation(
        "Events",
        Success("The event.", answers.SavedEvent, EVENT),
        *_WRITERS,
        NotPermitted("event_not_submitted", status="4"),
        *_BODY,
        *_EVENT,
        *_PERSON,
        InvalidInput("clash", timeslots=_IN_THE_WAY),
        _NO_EVENT,
        body=Body(models.EventBody, {"a teaser": {"teaser": "Roll the dice."}}),
    ),
    "cancel_event": _operation("Events", _DONE, *_WRITERS, _NO_EVENT),
}
_TAG_TYPES: Final = {
    "list_tag_types": _operation(
        "Tag types",
        Success("The tag types.", list[answers.TagType], [TAG_TYPE], headers=_LINK),
        *_UNKNOWN,
        parameters=(Parameter("after", "The title of the tag type behind which to go on."),),
        access="optional",
    ),
    "add_tag_type": _operation(
        "Tag types",
        _saved("The tag type.", answers.SavedTagType, TAG_TYPE),
        *_WRITERS,
        *_BODY,
        Conflict("tagtype_exists", title="system"),
        TooLarge("too_many_tagtypes", limit=100),
        TooLarge("too_many_tag_values", tag="system", limit=1_000),
        body=Body(models.NewTagType, {"a tag type": {"title": "system", "values": ["dice", "cards"]}}),
    ),
    "show_tag_type": _operation(
        "Tag types", Success("The tag type.", answers.TagType, TAG_TYPE), *_UNKNOWN, _NO_TAG_TYPE, access="optional"
    ),
    "change_tag_type": _operation(
        "Tag types",
        _saved("The tag type.", answers.SavedTagType, TAG_TYPE),
        *_WRITERS,
        *_BODY,
        _NO_TAG_TYPE,
        InvalidInput("tag_in_use", field="remove-values", events=["3"]),
        TooLarge("too_many_tag_values", tag="system", limit=1_000),
        body=Body(models.TagTypeBody, {"another value": {"values": ["chess"]}}),
    ),
    "remove_tag_type": _operation("Tag types", _DONE, *_WRITERS, _NO_TAG_TYPE, InvalidInput("tagtype_in_use", events=["3"])),
}
_TIME_SLOTS: Final = {
    "list_time_slots": Operation(
        "Time slots",
        {200: Success("The time slots.", list[answers.TimeSlot], [TIME_SLOT], headers=_LINK | _ETAG), 304: _UNCHANGED},
        text="A tag is asked for by `by_tag:<title>=<value>`. A filter that is repeated names alternatives.",
        parameters=(*_CONVENTION, *_FILTERS, Parameter("after", "Where a page begins, as `Link` has it."), _KNOWN),
        errors=(*_UNKNOWN, _FILTER, _CURSOR),
        access="optional",
    ),
    "show_time_slot": _operation(
        "Time slots", Success("The time slot.", answers.TimeSlot, TIME_SLOT), *_UNKNOWN, _NO_TIME_SLOT, access="optional"
    ),
    "create_time_slot": _operation(
        "Time slots",
        _saved("The time slot.", answers.SavedTimeSlot, TIME_SLOT),
        *_WRITERS,
        *_BODY,
        *_TIME_SLOT,
        InvalidInput("unknown_event", field="event", event="3"),
        InvalidInput("event_cancelled", field="event", event="3"),
        body=Body(
            models.NewTimeSlot,
            {"a time slot": {"event": 3, "start": "2026-03-01T10:00:00", "duration": 60, "locations": ["table-a"]}},
        ),
    ),
    "change_time_slot": _operation(
        "Time slots",
        _saved("The time slot.", answers.SavedTimeSlot, TIME_SLOT),
        *_WRITERS,
        *_BODY,
        *_TIME_SLOT,
        _NO_TIME_SLOT,
        body=Body(models.TimeSlotChange, {"to another place": {"locations": ["table-b"], "remove-locations": ["table-a"]}}),
    ),
    "cancel_time_slot": _operation("Time slots", _DONE, *_WRITERS, _NO_TIME_SLOT),
    "import_schedule": _operation(
        "Time slots",
        Success("What was done.", answers.ImportReport, REPORT),
        *_WRITERS,
        InvalidInput("file_required", field="file"),
        InvalidInput("invalid_multipart", reason="the boundary is missing"),
        InvalidInput("no_entries"),
        InvalidInput("unknown_format"),
        InvalidInput("invalid_flag", field="create"),
        InvalidInput("not_json", line=1, column=2, reason="unexpected character"),
        InvalidEncoding("invalid_encoding", position=7),
        parameters=(
            Parameter("create", "Make locations and events that are not known.", bool),
            Parameter("dry_run", "Report, and write nothing.", bool),
        ),
        body=Body(dict[str, Any], {"of a conference": {"schedule": {"conference": {"days": []}}}}, files=FILES, form=ImportForm),
    ),
}


def _schedule(file: Success) -> Operation:
    return Operation(
        "Schedules",
        {
            200: file,
            302: Success(
                "It is too large for one answer: fetch it there.",
                answers.Elsewhere,
                {"status": True, "url": "https://s3.example/…"},
                headers={"Location": "Where it is."},
            ),
            304: _UNCHANGED,
        },
        parameters=(*_FILTERS, _KNOWN),
        errors=(_NO_CONVENTION, _FILTER),
        access="public",
    )


_SCHEDULES: Final = {
    "schedule_ics": _schedule(Success("A calendar.", files={"text/calendar": FILES["text/calendar"]}, headers=_ETAG)),
    "schedule_json": _schedule(Success("For conference apps.", dict[str, Any], {"schedule": {}}, headers=_ETAG)),
    "schedule_xml": _schedule(Success("For conference apps.", files={"application/xml": "<schedule/>"}, headers=_ETAG)),
    "schedule_page": Operation(
        "Schedules",
        {
            200: Success("A page, readable without script.", files={"text/html": "<!doctype html>"}, headers=_ETAG),
            304: _UNCHANGED,
        },
        text="What is long is shown a day at a time. Browsers are told of errors on a page.",
        parameters=(
            *_FILTERS,
            Parameter("search", "Words, all of which an entry must mention."),
            Parameter("day", "The day to show of a long schedule."),
            Parameter("part", "The part to show of a long day.", Annotated[int, Field(ge=1)]),
            _KNOWN,
        ),
        errors=(_NO_CONVENTION, _FILTER, InvalidInput("repeated_parameter", field="day")),
        access="public",
    ),
    "schedule_csv": _schedule(Success("A table.", files={"text/csv": FILES["text/csv"]}, headers=_ETAG)),
}

DESCRIPTION: Final = Description(
    name="conventions",
    interface=INTERFACE,
    error={
        "type": "object",
        "description": "What went wrong, in words, and what it is about.",
        "properties": {"status": {"const": False}, "error": {"type": "string"}, "details": {"type": "object"}},
        "required": ["status", "error", "details"],
        "additionalProperties": False,
    },
    operations={**_SIGN_IN, **_CONVENTIONS, **_PLACES, **_EVENTS, **_TAG_TYPES, **_TIME_SLOTS, **_SCHEDULES},
    tags={
        "Signing in": "The same accounts and tokens as in the other interfaces.",
        "Conventions": "Who meets, and when.",
        "People": "Managers and everybody around a convention.",
        "Locations": "Where.",
        "Events": "What.",
        "Tag types": "What events are sorted by.",
        "Time slots": "What happens when and where. Nothing is ever booked twice.",
        "Schedules": "The public schedule, to read and to subscribe to.",
    },
    path_parameters={
        "name": Parameter("name", "The convention: its id, its slug or `self`.", where="path", example="self"),
        "user_id": Parameter("user_id", "The account.", Annotated[int, Field(ge=1)], "path", 7),
        "slug": Parameter("slug", "The slug.", where="path", example="table-a"),
        "event_id": Parameter("event_id", "The event.", Annotated[int, Field(ge=1)], "path", 3),
        "title": Parameter("title", "The tag type's title.", where="path", example="system"),
        "slot_id": Parameter("slot_id", "The time slot.", Annotated[int, Field(ge=1)], "path", 2),
    },
    security={
        "conventionsToken": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The bare token, or `Convention <time>:<salt>:<signature>` of a backend.",
        },
        "conventionsQuery": {"type": "apiKey", "in": "query", "name": "token", "description": "`?token=T`."},
        "bearer": {"type": "http", "scheme": "bearer", "description": "`Bearer T` works everywhere."},
    },
    errors=(Unavailable("busy"),),
)
