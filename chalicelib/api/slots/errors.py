"""How the Timeslot data API speaks of errors: `{"error": {"code": …, "message": …, …details}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.api.http import Answer, Interface, MethodNotAllowed, Request, json_answer
from chalicelib.domain.errors import (
    Conflict,
    DomainError,
    InvalidEncoding,
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
    InvalidEncoding: 403,
    InvalidInput: 422,
    NotAuthenticated: 401,
    NotPermitted: 403,
    NotFound: 404,
    Conflict: 409,
    NotReady: 409,
    TooLarge: 413,
    TooManyAttempts: 429,
    Unavailable: 503,
}
"""Looked up along the error's MRO."""

STATUS_BY_CODE: Final[Mapping[str, int]] = {"revision_mismatch": 412}
"""Codes that have a status of their own."""

MESSAGES: Final[Mapping[str, str]] = {
    "bad_zip": "The zip archive cannot be read: {reason}.",
    "conflicting_values": "{field} was given twice with different values.",
    "email_taken": "There is an account with this e-mail address already.",
    "empty_file": "The file is empty.",
    "export_too_large": "This is more than one request can export: export a group, or define an export job (POST /api/v1/export).",
    "export_job_not_found": "There is no such export.",
    "file_missing": "`file` is required: the calendar file to import.",
    "group_not_found": "There is no group with this uuid.",
    "import_failed": "The import failed by a fault of ours and may be repeated: what is in already stays as it is.",
    "import_not_found": "There is no import with this id.",
    "integer_too_large": "{field} is an integer of more than 64 bits.",
    "invalid_cursor": "This is where no page begins: take `after` or `before` from the paging of an answer.",
    "invalid_encoding": "The file holds bytes that are no text in its encoding.",
    "invalid_fields": "Some fields are not valid.",
    "invalid_file": "`file` must be a text, or an array of its lines.",
    "invalid_flag": "{field} must be true or false.",
    "invalid_multipart": "The multipart body cannot be read: {reason}.",
    "invalid_request": "The request is not valid: {reason}.",
    "invalid_token": "The token is missing, unknown or expired: send `Authorization: Token token=…`.",
    "invalid_uuid": "{field} must be a UUID.",
    "nested_zip": "{member} is a zip archive inside the zip archive: unpack it first.",
    "no_calendar_in_zip": "There is no iCalendar file in the zip archive.",
    "no_valid_entry": "The file holds no entry that can be imported; the first one fails so: {reason}.",
    "no_entries": "The file holds nothing that can be imported.",
    "not_an_object": "The body must be a JSON object.",
    "not_json": "The body is not valid JSON: {reason}.",
    "not_strictly_valid": "{rejected} of the entries cannot be imported, and strict was asked for: nothing was imported.",
    "not_text": "The body holds bytes that are no text in its encoding.",
    "repeated_parameter": "{field} was given twice with different values.",
    "request_too_large": (
        "This is too large for one request. POST /v1/import/uploads gives a URL to put the file to; "
        'then POST /v1/import/ with {{"upload": id}} imports it.'
    ),
    "revision_mismatch": "The slot has changed since: it is no longer at the revision that If-Match names.",
    "slot_exists": "There is a slot with this uid already.",
    "slot_not_found": "There is no slot with this uid.",
    "too_many_attempts": "Too many failed logins. Try again later.",
    "too_many_groups": "There may be at most {limit} groups.",
    "too_many_slots": "There are more slots than one answer can hold.",
    "unknown_charset": "{charset} is no encoding that text is sent in.",
    "unknown_field": "{field} is not known here.",
    "unknown_format": "The file is none that can be read: iCalendar, a zip of iCalendar files, Outlook CSV or Timeslot JSON.",
    "unreadable_rows": "Too many rows of the file cannot be told apart.",
    "unsupported_encoding": "{encoding} is not taken: send UTF-8.",
    "upload_not_found": "There is no such upload, or nothing has been put to its URL yet.",
    "upload_too_large": "The file is larger than {limit} bytes.",
    "upload_used": "This upload was imported with other options: put the file to a new one.",
    "wrong_credentials": "E-mail address or password is wrong.",
    "zip_encrypted": "{member} in the zip archive is encrypted.",
    "zip_ratio": "What is in the zip archive is more than {limit} times what it is packed in.",
    "zip_too_many_members": "There are more than {limit} files in the zip archive.",
    "zip_unknown_compression": "{member} in the zip archive is compressed in a way that is not taken: deflate it.",
}


def describe(code: str, details: Mapping[str, object]) -> dict[str, Any]:
    """Give the error object of a code and its details, with a message for people."""
    template = MESSAGES.get(code)
    message = _fill(template, details) if template is not None else code.replace("_", " ").capitalize() + "."
    place = [f"{name} {details[name]}" for name in ("entry", "line") if details.get(name)]
    if place:
        message = f"{message.rstrip('.')} ({', '.join(place)})."
    return {"code": code, "message": message, **details}


def answer(_request: Request, error: Exception) -> Answer | None:
    """Give the answer to an error, or None for a fault of ours."""
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(error.allowed)
        return json_answer({"error": describe("method_not_allowed", {"allowed": list(error.allowed)})}, 405, {"Allow": allowed})
    if not isinstance(error, DomainError):
        return None
    code = f"{error.code}_not_found" if isinstance(error, NotFound) and not error.code.endswith("_not_found") else error.code
    status = STATUS_BY_CODE.get(code) or next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    headers: dict[str, str] = {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = "Token"
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.details["retry_after"])
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "1"
    return json_answer({"error": describe(code, error.details)}, status, headers)


def fault(_request: Request, fault_id: str) -> Answer:
    """Give the answer to a fault of ours; the log has it under the same id."""
    message = "Something went wrong here. The request id tells us where to look."
    return json_answer({"error": {"code": "internal_error", "message": message, "request_id": fault_id}}, 500)


def _fill(template: str, details: Mapping[str, object]) -> str:
    try:
        return template.format_map(details)
    except KeyError:
        return template.partition(":")[0].rstrip(".{") + "."


INTERFACE: Final = Interface(errors=answer, fault=fault)
