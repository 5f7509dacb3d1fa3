"""The export API for the API description."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from chalicelib.api.exports import answers, models
from chalicelib.api.exports.errors import INTERFACE
from chalicelib.api.exports.parse import MAX_FILENAME
from chalicelib.api.operations import Body, Description, Operation, Parameter, Success
from chalicelib.domain.errors import (
    Conflict,
    InvalidEncoding,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotReady,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)

EXPORT: Final = 41_905_116_383_202
SESSION: Final = {
    "token": "q3VZ…",
    "authenticated": True,
    "user": {"_id": 7, "email": "ada@example.org", "name": "Ada"},
    "expires": "2026-03-31T12:00:00Z",
}
OVERVIEW: Final[dict[str, Any]] = {
    "_basetype": "export",
    "_date_created": "2026-03-01T12:00:00Z",
    "_state": "done",
    "_progress": {"done": 3, "total": 3},
    "_next_run": None,
    "export": {
        "_id": EXPORT,
        "_version": 1,
        "type": "export",
        "name": "all my slots",
        "objecttype": "slot",
        "search": {},
        "json": True,
        "xml": False,
        "ical": False,
        "csv": False,
        "json_one_file_per_object": False,
        "xml_one_file_per_object": False,
        "ical_one_file_per_object": False,
        "fields": {},
        "flat": False,
        "batch_size": None,
        "filename_template": None,
        "serve_last_done": False,
        "keep_days": None,
        "notify": False,
    },
}
FILE: Final = {"path": "slots.json", "size": 2, "sha256": "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"}
WHOLE: Final[dict[str, Any]] = {
    **OVERVIEW,
    "_schedules": [],
    "_transports": [],
    "_log": [{"event": {"_id": "0.0", "timestamp": "2026-03-01T12:00:00Z", "type": "EXPORT_INSERT", "info": {}}}],
    "_files": [FILE],
    "_files_total": 1,
    "_downloads": {"_files": [{"url": "Jm5p…/all%20my%20slots.zip", "size": 160}]},
}
NEW: Final[dict[str, Any]] = {
    "export": {
        "name": "talks of this year",
        "json": True,
        "search": {"search": [{"type": "range", "field": "start", "from": "2026-01-01"}]},
    },
    "_schedules": [{"weekdays": ["sunday"], "days_of_month": [1, 2, 3, 4, 5, 6, 7], "hours": [10], "timezone": "Europe/Berlin"}],
    "_transports": [{"type": "download", "packer": "tar_gz"}],
}

_NOT_SIGNED_IN: Final = NotAuthenticated("invalid_token")
_TWICE: Final = InvalidInput("repeated_parameter", field="token")
_NO_SESSION: Final = NotAuthenticated("session_not_found")
_NO_EXPORT: Final = NotFound("export", id=EXPORT)
_NO_INTEGER: Final = InvalidInput("type_mismatch", path=["export_id"], value="x", expected="integer")
_OF_AN_EXPORT: Final = (_NOT_SIGNED_IN, _TWICE, _NO_INTEGER, _NO_EXPORT)
_NEGATIVE: Final = InvalidInput("invalid_value", path=["offset"], value=-1, reason="it must not be negative")
_BODY: Final = (
    InvalidInput("not_json", line=1, column=2, reason="unexpected character"),
    InvalidEncoding("invalid_encoding", position=7),
    InvalidInput("type_mismatch", path=["export", "json"], expected="boolean"),
    InvalidInput("invalid_value", path=["_schedules", 0, "hours", 0], reason="less than 24"),
    InvalidInput("attribute_expected", path=["export"], attribute="convention"),
    InvalidInput("attribute_not_accepted", path=["export", "eas_fields"], reason="there is nothing like it here"),
    InvalidInput("export_name_required"),
)
_NO_FILE: Final = (NotFound("export_file", id=EXPORT, path="a.json"), NotReady("export_not_done", id=EXPORT))
_DISPOSITION: Final = InvalidInput("invalid_value", path=["disposition"], value="x", expected=["inline", "attachment"])

_PAGE: Final = (
    Parameter("limit", "At most so many; more than 1000 counts as 1000, 0 gives the count alone.", Annotated[int, Field(ge=0)]),
    Parameter("offset", "Behind so many.", Annotated[int, Field(ge=0)]),
)
_CREDENTIALS: Final = (
    Parameter("login", "The e-mail address, if not in a form."),
    Parameter("password", "The password, if not in a form."),
)
_PRESENTATION: Final = (
    Parameter(
        "disposition",
        "How the file is to be shown; with it, errors are redirects to a page that explains them.",
        Literal["inline", "attachment"],
    ),
    Parameter("filename", "What the file is to be called; the extension is added.", Annotated[str, Field(max_length=MAX_FILENAME)]),
)
_SECRET: Final = {"Cache-Control": "`no-store`.", "Referrer-Policy": "`no-referrer`."}
_LOCATION: Final = {"Location": "Where to go.", **_SECRET}
_EXPLAINED: Final = Success("To the page that explains the error: `/#server_error:<key>`.", headers=_LOCATION)


class Credentials(models.Strict):
    """`login` and `password` as a form; `token` too, if not in the query."""

    login: str = ""
    password: str = ""
    token: str = ""


class SessionForm(models.Strict):
    """`token`, if not in the query."""

    token: str = ""


def _shown(text: str, *errors: Exception, body: Body | None = None, note: str = "") -> Operation:
    return Operation("Exports", {200: Success(text, answers.Export, WHOLE)}, text=note, body=body, errors=errors)


_FORM: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_UNREADABLE: Final = (InvalidEncoding("invalid_encoding", position=7), InvalidInput("invalid_multipart", reason="no boundary"))
_SESSIONS: Final = {
    "show_session": Operation(
        "Sessions",
        {200: Success("The session; a new one where no token is sent.", answers.Session, SESSION)},
        errors=(_NO_SESSION, _TWICE),
        access="optional",
    ),
    "authenticate": Operation(
        "Sessions",
        {200: Success("The session.", answers.Session, SESSION)},
        parameters=_CREDENTIALS,
        body=Body(Credentials, media_types=_FORM, is_required=False),
        errors=(
            _NO_SESSION,
            _TWICE,
            NotAuthenticated("wrong_credentials"),
            TooManyAttempts("too_many_attempts", retry_after=600),
            InvalidInput("attribute_expected", path=[], attribute="login"),
            *_UNREADABLE,
        ),
    ),
    "deauthenticate": Operation(
        "Sessions",
        {200: Success("It has ended.", answers.SignedOut, {"authenticated": False})},
        body=Body(SessionForm, media_types=_FORM, is_required=False),
        errors=(_NO_SESSION, _TWICE, *_UNREADABLE),
    ),
}
_EXPORTS: Final = {
    "list_exports": Operation(
        "Exports",
        {
            200: Success(
                "A page of exports, newest first.",
                answers.ExportList,
                {"limit": 10, "offset": 0, "count": 1, "objects": [OVERVIEW]},
            )
        },
        parameters=(
            *_PAGE,
            Parameter(
                "filter", "Commas are *or*, plus signs *and*, bars separate values.", example="type:export+status:done|failed"
            ),
        ),
        errors=(_NOT_SIGNED_IN, _TWICE, InvalidInput("type_mismatch", path=["limit"], value="x", expected="integer"), _NEGATIVE),
    ),
    "create_export": _shown(
        "The export, in state `new`.",
        _NOT_SIGNED_IN,
        _TWICE,
        *_BODY,
        TooLarge("too_many_exports", limit=1_000),
        body=Body(models.Body, {"scheduled": NEW}),
        note="Defines it; a run is begun by `start` or by a schedule.",
    ),
    "show_export": _shown("The export.", *_OF_AN_EXPORT),
    "update_export": _shown(
        "The export, in state `new`.",
        *_OF_AN_EXPORT,
        *_BODY,
        Conflict("version_mismatch", provided=1, expected=2),
        body=Body(models.Body, {"rename": {"export": {"_version": 1, "name": "talks"}}}),
        note="Replaces what is sent and leaves the rest. A run that is going is stopped first.",
    ),
    "delete_export": Operation(
        "Exports",
        {200: Success("It is gone.", answers.Deleted, {"_basetype": "export", "export": {"_id": EXPORT}, "deleted": True})},
        errors=_OF_AN_EXPORT,
    ),
    "start_export": _shown(
        "The export, in state `pending`.",
        *_OF_AN_EXPORT,
        Conflict("export_already_running", id=EXPORT),
        TooLarge("too_many_running_exports", limit=5),
    ),
    "stop_export": _shown("The export, in state `failed`.", *_OF_AN_EXPORT, NotFound("export_not_running", id=EXPORT)),
    "renew_passkey": _shown("The export with its new links.", *_OF_AN_EXPORT),
    "list_files": Operation(
        "Exports",
        {200: Success("A page of files.", answers.FileList, {"limit": None, "offset": 0, "count": 1, "objects": [FILE]})},
        parameters=_PAGE,
        errors=(*_OF_AN_EXPORT, _NEGATIVE),
    ),
}
_HEAD: Final = Success(
    "The head of the file, asked for by HEAD; or what is in the folder.",
    answers.Folder,
    {"path": "2026", "files": [{"path": "2026/a.json", "size": 120}], "more": False},
)
_WAY: Final = Success("The way to the file, for a short while.", headers=_LOCATION)
_MAKING: Final = Success(
    "It is being made.",
    answers.Making,
    {"state": "processing", "retry_after": 5},
    files={"text/html": "<!doctype html>…"},
    headers={"Retry-After": "Seconds to wait."},
)
_DOWNLOADS: Final = {
    "get_file": Operation(
        "Downloads",
        {200: _HEAD, 302: _EXPLAINED, 307: _WAY},
        parameters=(*_PRESENTATION, *_PAGE),
        errors=(*_OF_AN_EXPORT, *_NO_FILE, _DISPOSITION),
    ),
    "get_zip": Operation(
        "Downloads",
        {200: Success("The head of the archive, asked for by HEAD."), 202: _MAKING, 302: _EXPLAINED, 307: _WAY},
        text="Everything, a folder or a file as ZIP.",
        parameters=_PRESENTATION,
        errors=(*_OF_AN_EXPORT, *_NO_FILE, _DISPOSITION),
    ),
    "open_link": Operation(
        "Downloads",
        {200: Success("The head of the archive, asked for by HEAD."), 202: _MAKING, 302: _EXPLAINED, 307: _WAY},
        text="Without a token. A wrong passkey, export or name is a redirect to the page that says so.",
        parameters=_PRESENTATION,
        errors=(NotReady("export_not_done", id=EXPORT), NotFound("export_file", id=EXPORT), _DISPOSITION, _TWICE),
        access="public",
    ),
}
_CONFIRMATIONS: Final = {
    "confirm_address": Operation(
        "Confirmations",
        {
            200: Success(
                "Mail may come.",
                files={"text/plain": "Exports can be sent to ada@example.org from now on.", "text/html": "<!doctype html>…"},
            ),
            302: _EXPLAINED,
        },
        text="An unknown code is an error, or for a browser a redirect to the page that explains it.",
        errors=(InvalidInput("unknown_confirmation"),),
        access="public",
    ),
}

DESCRIPTION: Final = Description(
    name="exports",
    interface=INTERFACE,
    error={
        "type": "object",
        "description": "What went wrong: whose fault (`realm`), which, and where. "
        "`api` has a `description`, `user` has `parameters`, and `server` the `uuid` under which the logs speak of it.",
        "properties": {
            "realm": {"enum": ["api", "user", "server"]},
            "code": {"type": "string", "pattern": r"^error\.(api|user|server)\."},
            "description": {"type": "string"},
            "parameters": {"type": "object"},
            "uuid": {"type": "string"},
            "attribute": {"type": "string"},
            "path": {"type": "string"},
        },
        "required": ["realm", "code"],
        "additionalProperties": True,
    },
    operations={**_SESSIONS, **_EXPORTS, **_DOWNLOADS, **_CONFIRMATIONS},
    tags={
        "Sessions": "A token for the export API; one of the other interfaces will do as well.",
        "Exports": "Definitions, their runs and their schedules.",
        "Downloads": "The way to the files. The paths under `/api/v1/v1` are the original's spelling of those under `/api/v1`.",
        "Confirmations": "By which an address agrees to get mail of an export.",
    },
    path_parameters={
        "export_id": Parameter("export_id", "The export.", int, "path", EXPORT),
        "passkey": Parameter("passkey", "The export's secret.", str, "path", "Jm5p"),
        "code": Parameter("code", "What the mail's link holds.", str, "path", "Jm5p"),
        "name": Parameter("name", "The export's name, and the extension of an archive.", str, "path", "talks.zip"),
        **{
            f"part{level}": Parameter(f"part{level}", "A part of the file's path.", str, "path", "slots.json")
            for level in range(1, 5)
        },
    },
    security={
        "exportsToken": {"type": "apiKey", "in": "query", "name": "token", "description": "`?token=T`."},
        "bearer": {"type": "http", "scheme": "bearer", "description": "`Bearer T` works everywhere."},
    },
    errors=(Unavailable("export_busy"),),
)
