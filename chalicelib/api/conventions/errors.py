"""How the conventions' interface speaks of errors: `{"status": false, "error": "text", "details": {…}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.api.http import Answer, Interface, MethodNotAllowed, Request, json_answer
from chalicelib.domain.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotReady,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)

STATUS: Final[Mapping[type[Exception], int]] = {
    InvalidInput: 400,
    NotAuthenticated: 403,
    NotPermitted: 403,
    NotFound: 404,
    Conflict: 409,
    NotReady: 409,
    TooLarge: 400,
    TooManyAttempts: 429,
    Unavailable: 503,
}
"""Looked up along the error's MRO."""
STATUS_BY_CODE: Final[Mapping[str, int]] = {"request_too_large": 413}

MESSAGES: Final[Mapping[str, str]] = {
    "already_manager": "This user manages the convention already",
    "attendees": "There cannot be more attendees at least than at most",
    "backend_reads_only": "A convention's own authorisation reads only; changes need a manager",
    "busy": "Too many others are changing this schedule just now; try again",
    "clash": "Something else is scheduled there at that time",
    "conventions_to_hand_over": "You are the last manager of a convention; appoint another one first",
    "duration_out_of_range": "A time slot takes from 1 minute to 14 days",
    "duration_required": "The event has no duration, so the time slot needs one",
    "email_taken": "There is an account with this e-mail address already",
    "ends_before_it_starts": "The convention would end before it starts",
    "empty_file": "The file is empty",
    "event_cancelled": "The event is cancelled",
    "event_not_submitted": "Only managers change an event that is beyond its submission",
    "file_required": "A form must hold one file, named file",
    "host_required": "There must be at least one host",
    "hosts_clash": "Hosts are in two places at once; settle that before guarding them",
    "id_and_email": "Name a person by id or by email, not by both",
    "id_or_email_required": "Name the person by id or by email",
    "invalid_cursor": "This is not where a page begins: follow the address in Link",
    "invalid_fields": "Some fields are not valid",
    "invalid_filter": "There is no such filter, or not with this value",
    "invalid_flag": "This takes true or false",
    "invalid_multipart": "The form cannot be read",
    "invalid_slug": "A slug is made of letters, digits and dashes, and not of digits alone",
    "invalid_token": "The token is missing, unknown or expired",
    "hosts_busy": "A host is somewhere else at that time",
    "over_capacity": "More attendees than the location holds",
    "location_exists": "There is a location with this title or slug already",
    "location_in_use": "The location is in use",
    "location_overbooked": "Time slots overlap in this location",
    "location_required": "There must be at least one location",
    "manager_required": "Only a manager of the convention may do that",
    "method_not_allowed": "This method is not for this address",
    "no_entries": "There is nothing in this file that could be scheduled",
    "not_an_object": "The body must be a property list (a JSON object)",
    "not_json": "The body is not valid JSON",
    "not_there": "What was to be removed was not there",
    "own_role": "Managers cannot remove themselves",
    "record_too_large": "All texts together are too large",
    "repeated_field": "One property is given twice, with two values",
    "repeated_parameter": "One parameter is given twice, with two values",
    "response_too_large": "The answer would be too large: ask for less of it, by filters",
    "slug_taken": "There is a convention with this slug already",
    "tag_in_use": "Events have these values",
    "tag_requirement": "The tag takes another number of values",
    "tagtype_exists": "There is a tag type with this title already",
    "tagtype_in_use": "Events use this tag type",
    "too_many_attempts": "Too many failed logins; try again later",
    "too_many_hosts": "A time slot takes at most {limit} hosts",
    "too_many_locations": "At most {limit} locations",
    "too_many_managers": "A convention takes at most {limit} managers",
    "too_many_tag_values": "A tag type takes at most {limit} values",
    "too_many_tags": "An event takes tags of at most {limit} types",
    "too_many_tagtypes": "A convention takes at most {limit} tag types",
    "unknown_convention": "There is no such convention: send its public key as the Convention header or convention=",
    "unknown_event": "There is no such event",
    "unknown_format": "This is neither a calendar, nor a conference's JSON, nor a table with title, start and location",
    "unknown_location": "There is no such location",
    "unknown_user": "There is no such user",
    "unreadable_csv": "The table cannot be read",
    "user_required": "This needs a signed-in user: send a token as the Authorization header or token=",
    "wrong_credentials": "E-mail address or password is wrong",
    "wrong_signature": "The convention authorisation is wrong or more than 10 minutes off",
}

NOUNS: Final[Mapping[str, str]] = {"tagtype": "tag type", "timeslot": "time slot"}


def message(error: DomainError) -> str:
    """Say in words what is wrong."""
    if isinstance(error, NotFound):
        return f"There is no such {NOUNS.get(error.code, error.code)}"
    return say(error.code, error.details)


def say(code: str, details: Mapping[str, object]) -> str:
    """Say in words what a code means."""
    text = MESSAGES.get(code)
    if text is None:
        return code.replace("_", " ").capitalize()
    return text.replace("{limit}", str(details.get("limit", "")))


def answer(_request: Request, error: Exception) -> Answer | None:
    """Give the answer to an error, or None for a fault of ours."""
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(error.allowed)
        return _answer(405, say("method_not_allowed", {}), {"allowed": list(error.allowed)}, {"Allow": allowed})
    if not isinstance(error, DomainError):
        return None
    status = STATUS_BY_CODE.get(error.code) or next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    headers: dict[str, str] = {}
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.details["retry_after"])
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "1"
    return _answer(status, message(error), {"code": error.code, **error.details}, headers)


def fault(_request: Request, fault_id: str) -> Answer:
    """Give the answer to a fault of ours; the log has it under the same id."""
    return _answer(500, "Something went wrong here; the request id tells us where to look", {"request_id": fault_id}, {})


def _answer(status: int, text: str, details: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    return json_answer({"status": False, "error": text, "details": details}, status, headers)


INTERFACE: Final = Interface(errors=answer, fault=fault)
blueprint: Final = Blueprint(__name__)
"""Where all routes of this interface are registered."""
