"""The conventions' interface for the API description."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from chalicelib.api.conventions import answers, models
from chalicelib.api.conventions.description_examples import CONVENTION, EVENT, FURNISHED, LOCATION, TAG_TYPE
from chalicelib.api.conventions.description_parts import (
    BAD_CURSOR,
    BAD_SLUG,
    BODY_FAULTS,
    DONE,
    EVENT_FAULTS,
    IN_THE_WAY,
    LINK,
    NO_CONVENTION,
    NO_EVENT,
    NO_LOCATION,
    NO_TAG_TYPE,
    NOBODY,
    NOT_STAFF,
    NOT_WRITERS,
    PERSON_FAULTS,
    STRANGERS,
    TAKEN,
    TOKEN_TWICE,
    operation,
    saved,
)
from chalicelib.api.conventions.description_schedule import SCHEDULES, TIME_SLOTS
from chalicelib.api.conventions.errors import INTERFACE
from chalicelib.api.operations import Body, Description, Operation, Parameter, Success
from chalicelib.domain.errors import (
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)

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
        errors=(*BODY_FAULTS, Conflict("email_taken"), _LOCKED),
        access="public",
    ),
    "sign_in": Operation(
        "Signing in",
        {200: Success("A token.", answers.Token, {"status": True, "token": "q3VZ…"})},
        body=Body(models.SignIn, {"a user": _USER}),
        errors=(*BODY_FAULTS, NotAuthenticated("wrong_credentials"), _LOCKED),
        access="public",
    ),
    "verify": Operation(
        "Signing in", {200: Success("Whether it is.", answers.Verdict, {"status": True})}, errors=(TOKEN_TWICE,), access="optional"
    ),
    "show_identity": Operation(
        "Signing in",
        {200: Success("Who it is.", answers.Identity, {"email": "ada@example.org", "name": "Ada"})},
        errors=(NotAuthenticated("invalid_token"), TOKEN_TWICE),
    ),
    "sign_out": Operation("Signing in", {200: DONE}, errors=(TOKEN_TWICE,), access="optional"),
    "reset_password": Operation(
        "Signing in",
        {200: DONE},
        body=Body(models.PasswordReset, {"a user": {"email": "ada@example.org"}}),
        errors=BODY_FAULTS,
        access="public",
    ),
    "change_password": Operation(
        "Signing in",
        {200: DONE},
        body=Body(models.PasswordChange, {"a new one": {"password": "incorrect horse battery"}}),
        errors=(*BODY_FAULTS, NotAuthenticated("invalid_token"), TOKEN_TWICE),
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
            NOBODY,
            TOKEN_TWICE,
            *BODY_FAULTS,
            BAD_SLUG,
            InvalidInput("ends_before_it_starts", field="end-date"),
            Conflict("slug_taken", slug="my-con"),
        ),
    ),
    "list_conventions": Operation(
        "Conventions",
        {200: Success("All conventions.", list[answers.Convention], [CONVENTION], headers=LINK)},
        parameters=(Parameter("after", "The id of the convention behind which to go on."),),
        errors=(BAD_CURSOR, TOKEN_TWICE),
        access="optional",
    ),
    "show_convention": operation(
        "Conventions",
        Success("The convention.", answers.Convention, CONVENTION),
        NO_CONVENTION,
        *STRANGERS,
        access="optional",
    ),
    "change_convention": operation(
        "Conventions",
        saved("The convention.", answers.ChangedConvention, CONVENTION),
        *NOT_WRITERS,
        *BODY_FAULTS,
        NO_CONVENTION,
        InvalidInput("ends_before_it_starts", field="end-date"),
        InvalidInput("hosts_clash", field="host-clash", timeslots=IN_THE_WAY),
        body=Body(models.ConventionBody, {"dates": {"start-date": "2026-03-01", "end-date": "2026-03-03"}}),
    ),
    "list_managers": operation(
        "People",
        Success("The managers.", list[answers.Account], [{"id": "7", "email": "ada@example.org", "name": "Ada"}]),
        *NOT_STAFF,
    ),
    "appoint_manager": operation(
        "People",
        saved("The manager.", answers.Appointed, {"id": "7", "email": "ada@example.org", "name": "Ada"}),
        *NOT_WRITERS,
        *BODY_FAULTS,
        *PERSON_FAULTS,
        Conflict("already_manager", id="7"),
        TooLarge("too_many_managers", limit=100),
        body=Body(models.PersonBody, {"by address": {"email": "ada@example.org"}}),
    ),
    "dismiss_manager": operation("People", DONE, *NOT_WRITERS, InvalidInput("own_role", id="7"), NotFound("manager", id="7")),
    "list_users": operation(
        "People",
        Success("The accounts.", list[answers.Account], [{"id": "7", "email": "ada@example.org", "name": "Ada"}], headers=LINK),
        *NOT_STAFF,
        BAD_CURSOR,
        parameters=(Parameter("after", "The id of the account behind which to go on."),),
    ),
}
_PLACES: Final = {
    "list_locations": operation(
        "Locations",
        Success("The locations.", list[answers.FurnishedLocation], [FURNISHED], headers=LINK),
        *STRANGERS,
        parameters=(Parameter("after", "The slug of the location behind which to go on."),),
        access="optional",
    ),
    "add_location": operation(
        "Locations",
        saved("The location.", answers.SavedLocation, LOCATION),
        *NOT_WRITERS,
        *BODY_FAULTS,
        BAD_SLUG,
        TAKEN,
        TooLarge("too_many_locations", limit=1_000),
        body=Body(models.NewPlace, {"a location": {"title": "Table A", "area": "Hall 1", "max-attendees": 5}}),
    ),
    "show_location": operation(
        "Locations", Success("The location.", answers.FurnishedLocation, FURNISHED), *STRANGERS, NO_LOCATION, access="optional"
    ),
    "change_location": operation(
        "Locations",
        saved("The location.", answers.SavedLocation, LOCATION),
        *NOT_WRITERS,
        *BODY_FAULTS,
        NO_LOCATION,
        TAKEN,
        InvalidInput("location_overbooked", field="parallel", timeslots=IN_THE_WAY),
        body=Body(models.PlaceBody, {"a new area": {"area": "Hall 2"}}),
    ),
    "remove_location": operation(
        "Locations", DONE, *NOT_WRITERS, NO_LOCATION, InvalidInput("location_in_use", timeslots=IN_THE_WAY)
    ),
}
_EVENTS: Final = {
    "list_events": operation(
        "Events",
        Success("The events.", list[answers.Event], [EVENT], headers=LINK),
        *STRANGERS,
        BAD_CURSOR,
        parameters=(Parameter("after", "The id of the event behind which to go on."),),
        access="optional",
    ),
    "submit_event": operation(
        "Events",
        Success("The event.", answers.SavedEvent, EVENT),
        *NOT_WRITERS,
        *BODY_FAULTS,
        *EVENT_FAULTS,
        *PERSON_FAULTS,
        body=Body(models.NewEvent, {"an event": {"title": "A game", "duration": 60, "tags": {"system": "dice"}}}),
    ),
    "show_event": operation("Events", Success("The event.", answers.Event, EVENT), *STRANGERS, NO_EVENT, access="optional"),
    "change_event": operation(
        "Events",
        Success("The event.", answers.SavedEvent, EVENT),
        *NOT_WRITERS,
        NotPermitted("event_not_submitted", status="4"),
        *BODY_FAULTS,
        *EVENT_FAULTS,
        *PERSON_FAULTS,
        InvalidInput("clash", timeslots=IN_THE_WAY),
        NO_EVENT,
        body=Body(models.EventBody, {"a teaser": {"teaser": "Roll the dice."}}),
    ),
    "cancel_event": operation("Events", DONE, *NOT_WRITERS, NO_EVENT),
}
_TAG_TYPES: Final = {
    "list_tag_types": operation(
        "Tag types",
        Success("The tag types.", list[answers.TagType], [TAG_TYPE], headers=LINK),
        *STRANGERS,
        parameters=(Parameter("after", "The title of the tag type behind which to go on."),),
        access="optional",
    ),
    "add_tag_type": operation(
        "Tag types",
        saved("The tag type.", answers.SavedTagType, TAG_TYPE),
        *NOT_WRITERS,
        *BODY_FAULTS,
        Conflict("tagtype_exists", title="system"),
        TooLarge("too_many_tagtypes", limit=100),
        TooLarge("too_many_tag_values", tag="system", limit=1_000),
        body=Body(models.NewTagType, {"a tag type": {"title": "system", "values": ["dice", "cards"]}}),
    ),
    "show_tag_type": operation(
        "Tag types", Success("The tag type.", answers.TagType, TAG_TYPE), *STRANGERS, NO_TAG_TYPE, access="optional"
    ),
    "change_tag_type": operation(
        "Tag types",
        saved("The tag type.", answers.SavedTagType, TAG_TYPE),
        *NOT_WRITERS,
        *BODY_FAULTS,
        NO_TAG_TYPE,
        InvalidInput("tag_in_use", field="remove-values", events=["3"]),
        TooLarge("too_many_tag_values", tag="system", limit=1_000),
        body=Body(models.TagTypeBody, {"another value": {"values": ["chess"]}}),
    ),
    "remove_tag_type": operation("Tag types", DONE, *NOT_WRITERS, NO_TAG_TYPE, InvalidInput("tagtype_in_use", events=["3"])),
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
    operations={**_SIGN_IN, **_CONVENTIONS, **_PLACES, **_EVENTS, **_TAG_TYPES, **TIME_SLOTS, **SCHEDULES},
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
