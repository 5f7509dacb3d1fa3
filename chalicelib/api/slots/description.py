"""The Timeslot data API for the API description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.api.operations import Body, Description, Operation, Parameter, Success
from chalicelib.api.slots import answers, models
from chalicelib.api.slots.description_examples import (
    CALENDAR,
    GROUP,
    IMPORT,
    NEW_SLOT,
    REPORT,
    SHOWN_GROUP,
    SLOT,
    TABLE,
    USER,
)
from chalicelib.api.slots.errors import INTERFACE
from chalicelib.api.slots.parse import DEFAULT_LIMIT, MAX_LIMIT
from chalicelib.domain.errors import (
    Conflict,
    InvalidEncoding,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)


class GroupChoice(BaseModel):
    """Which slots: a group's, or all where it is absent, null or empty."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"additionalProperties": False})

    group: Annotated[str, Field(pattern="^$|^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")] | None = None


class ImportChoice(GroupChoice):
    """A file to import, or the id of one that was uploaded."""

    file: Annotated[str | list[str] | list[dict[str, Any]], Field(description="The text, its lines, or Timeslot JSON's slots.")] = (
        ""
    )
    upload: str | None = None
    charset: str | None = None
    strict: bool | None = None
    dry_run: bool | None = None


_GROUP_QUERY: Final = Parameter("group", "The group, if not in the body.", answers.Uuid)
_IF_NONE_MATCH: Final = Parameter("If-None-Match", "The slot's `ETag`: it is only sent when it has another.", where="header")
_IF_MATCH: Final = Parameter("If-Match", "The revision (ETag) that the slot must still be at.", where="header")
_LIST: Final = (
    Parameter("limit", f"At most so many; {DEFAULT_LIMIT} unless told.", Annotated[int, Field(ge=1, le=MAX_LIMIT)]),
    Parameter("after", "The cursor behind which to go on."),
)
_SLOT_LIST: Final = (
    *_LIST,
    Parameter("before", "The cursor before which to go on."),
    Parameter("filter", "`between`: only what overlaps the window from `earliest` to `latest`.", Literal["between"]),
    Parameter("earliest", "Where the window begins: an ISO 8601 time.", example="2019-09-01T00:00:00Z"),
    Parameter("latest", "Where the window ends: an ISO 8601 time.", example="2019-10-01T00:00:00Z"),
    Parameter("occurrences", "With a window: list the occurrences in it of each slot.", bool),
)
_FIELDS: Final = (InvalidInput("invalid_fields", fields={"title": "is required"}),)
_BODY: Final = (
    *_FIELDS,
    InvalidInput("not_json", line=1, column=2, reason="unexpected character"),
    InvalidInput("not_an_object"),
    InvalidInput("invalid_multipart", reason="the boundary is missing"),
    InvalidInput("conflicting_values", field="title"),
    InvalidInput("not_text", position=7),
    TooLarge("request_too_large", bytes=5_000_000, limit=4_500_000, upload="/v1/import/uploads"),
)
_SIGNED_IN: Final = (NotAuthenticated("invalid_token"),)
_NO_GROUP: Final = NotFound("group", uuid=GROUP)
_NO_SLOT: Final = NotFound("slot", uid="talk@example.org")
_CHANGED: Final = (Conflict("revision_mismatch"), Conflict("slot_changed", uid="talk@example.org"))
_LOCKED: Final = TooManyAttempts("too_many_attempts", retry_after=600)
_GROUP_CHOICE: Final = (
    InvalidInput("invalid_uuid", field="group"),
    InvalidInput("unknown_field", field="grop", known=["group"]),
    *_BODY[1:],
    _NO_GROUP,
)
_GONE: Final = Success("It is gone.")
_REMOVING: Final = Success(
    "There is more to remove: repeat the request.",
    answers.Removing,
    {"state": "removing", "message": "There is more to remove: repeat the request."},
    headers={"Retry-After": "Seconds to wait."},
)
_JSON_OR_FORM: Final = ("application/json", "application/x-www-form-urlencoded")
_LOCATION: Final = {"Location": "Where it is."}
_ETAG: Final = {"ETag": "The revision, for `If-Match`."}


_ELSEWHERE: Final = Success(
    "It is too large for one answer: fetch it there.",
    answers.ExportElsewhere,
    {"url": "https://s3.example/…", "filename": "slots.json"},
    headers=_LOCATION,
)


def _export(text: str, *, slots: Any = None, files: Mapping[str, str] | None = None) -> Operation:
    headers = {"Content-Disposition": "The name of the file.", "ETag": "Of these bytes.", "Content-Transfer-Encoding": "`binary`."}
    return Operation(
        "Import and export",
        {
            200: Success("The file.", slots, [SLOT] if slots else None, files or {}, headers),
            303: _ELSEWHERE,
        },
        text=text,
        parameters=(_GROUP_QUERY,),
        body=Body(GroupChoice, {"all": {}, "a group": {"group": GROUP}}, _JSON_OR_FORM, is_required=False),
        errors=(*_SIGNED_IN, *_GROUP_CHOICE, TooLarge("export_too_large", slots=2_000_000)),
    )


_CALENDARS: Final = {"application/octet-stream": CALENDAR, "text/calendar": CALENDAR}
_AS_CALENDAR: Final = "A download; `text/calendar` where `Accept` names it."

_ACCOUNTS: Final = {
    "sign_up": Operation(
        "Accounts",
        {201: Success("The account.", answers.User, {**USER, "created": "2019-09-15T20:44:02.000Z"})},
        body=Body(
            models.NewUser,
            {"a user": {"email": "ada@example.org", "password": "correct horse battery", "username": "Ada"}},
            _JSON_OR_FORM,
        ),
        errors=(*_BODY, Conflict("email_taken")),
        access="public",
    ),
    "sign_in": Operation(
        "Accounts",
        {200: Success("A token.", answers.SignedIn, {"authToken": "q3VZ…", "expires": "2019-10-15T20:44:02.000Z", "user": USER})},
        body=Body(models.Credentials, {"a user": {"email": "ada@example.org", "password": "correct horse battery"}}, _JSON_OR_FORM),
        errors=(*_BODY, NotAuthenticated("wrong_credentials"), _LOCKED),
        access="public",
    ),
    "sign_out": Operation("Accounts", {204: Success("The token is worth nothing any more.")}, errors=_SIGNED_IN),
    "show_me": Operation(
        "Accounts",
        {200: Success("The account.", answers.User, {**USER, "created": "2019-09-15T20:44:02.000Z"})},
        errors=_SIGNED_IN,
    ),
    "leave": Operation(
        "Accounts",
        {204: _GONE, 202: _REMOVING},
        text="Removes slots, exports, files, feeds and tokens. Conventions must be handed over first.",
        body=Body(models.Password, {"the password": {"password": "correct horse battery"}}, _JSON_OR_FORM),
        errors=(
            *_SIGNED_IN,
            *_BODY,
            NotAuthenticated("wrong_credentials"),
            _LOCKED,
            Conflict("conventions_to_hand_over", conventions=["my-con"]),
        ),
    ),
}
_GROUPS: Final = {
    "create_group": Operation(
        "Groups",
        {201: Success("The group.", answers.Group, SHOWN_GROUP, headers=_LOCATION)},
        body=Body(models.NewGroup, {"a group": {"name": "Talks"}}, _JSON_OR_FORM),
        errors=(*_SIGNED_IN, *_BODY, TooLarge("too_many_groups", limit=10_000)),
    ),
    "list_groups": Operation(
        "Groups",
        {200: Success("A page of groups.", answers.GroupList, {"data": [SHOWN_GROUP], "paging": {"limit": 40, "after": None}})},
        parameters=_LIST,
        errors=(*_SIGNED_IN, *_FIELDS, InvalidInput("unknown_field", field="lmit", known=["after", "limit"]), *_BODY[4:5]),
    ),
    "show_group": Operation("Groups", {200: Success("The group.", answers.Group, SHOWN_GROUP)}, errors=(*_SIGNED_IN, _NO_GROUP)),
    "change_group": Operation(
        "Groups",
        {200: Success("The group.", answers.Group, SHOWN_GROUP)},
        body=Body(models.GroupBody, {"a new name": {"name": "Talks"}}, _JSON_OR_FORM),
        errors=(*_SIGNED_IN, *_BODY, _NO_GROUP),
    ),
    "delete_group": Operation("Groups", {204: _GONE, 202: _REMOVING}, errors=(*_SIGNED_IN, _NO_GROUP)),
    "list_group_slots": Operation(
        "Groups",
        {
            200: Success(
                "A page of slots.", answers.SlotList, {"data": [SLOT], "paging": {"limit": 40, "before": None, "after": None}}
            ),
            303: _ELSEWHERE,
        },
        parameters=_SLOT_LIST,
        errors=(
            *_SIGNED_IN,
            *_FIELDS,
            *_BODY[4:5],
            *_GROUP_CHOICE[1:2],
            InvalidInput("invalid_flag", field="occurrences"),
            _NO_GROUP,
        ),
    ),
}
_SLOTS: Final = {
    "create_slot": Operation(
        "Slots",
        {201: Success("The slot.", answers.Slot, SLOT, headers=_LOCATION | _ETAG)},
        body=Body(models.NewSlot, {"a slot": {"title": "A talk", "start": "2019-09-15T20:44:02Z"}, "in a group": NEW_SLOT}),
        errors=(*_SIGNED_IN, *_BODY, Conflict("slot_exists", uid="talk@example.org")),
    ),
    "list_slots": Operation(
        "Slots",
        {
            200: Success(
                "A page of slots.", answers.SlotList, {"data": [SLOT], "paging": {"limit": 40, "before": None, "after": None}}
            ),
            303: _ELSEWHERE,
        },
        parameters=_SLOT_LIST,
        errors=(*_SIGNED_IN, *_FIELDS, *_BODY[4:5], *_GROUP_CHOICE[1:2], InvalidInput("invalid_flag", field="occurrences")),
    ),
    "show_slot": Operation(
        "Slots",
        {
            200: Success("The slot.", answers.Slot, SLOT, headers=_ETAG),
            303: _ELSEWHERE,
            304: Success("It is as the client has it.", headers=_ETAG),
        },
        parameters=(_IF_NONE_MATCH,),
        errors=(*_SIGNED_IN, _NO_SLOT),
    ),
    "change_slot": Operation(
        "Slots",
        {200: Success("The slot.", answers.Slot, SLOT, headers=_ETAG), 303: _ELSEWHERE},
        parameters=(_IF_MATCH,),
        body=Body(models.SlotBody, {"a new title": {"title": "A better talk"}}),
        errors=(*_SIGNED_IN, *_BODY, _NO_SLOT, *_CHANGED),
    ),
    "delete_slot": Operation("Slots", {204: _GONE}, parameters=(_IF_MATCH,), errors=(*_SIGNED_IN, _NO_SLOT, *_CHANGED)),
}
_FILES: Final = {
    "export_timeslot": _export("Lossless.", slots=list[answers.Slot]),
    "export_ical": _export(f"Lossless. {_AS_CALENDAR}", files=_CALENDARS),
    "export_google": _export(_AS_CALENDAR, files=_CALENDARS),
    "export_outlook": _export("Carries what Outlook's columns can.", files={"text/csv": TABLE}),
    "import_slots": Operation(
        "Import and export",
        {
            200: Success("What was done; empty where `Accept` names `text/plain` and not JSON.", answers.Report, REPORT),
            202: Success(
                "It goes on as a job.",
                answers.ImportAccepted,
                {"import": IMPORT, "state": "pending", "status_url": f"https://slotport.example/v1/import/{IMPORT}"},
                headers={"Location": "Where its progress is shown."},
            ),
        },
        text="The format is recognised by its content: iCalendar, a zip of it, Outlook CSV or Timeslot JSON.",
        parameters=(
            _GROUP_QUERY,
            Parameter("strict", "Import nothing if an entry is bad.", bool),
            Parameter("dry_run", "Report, and write nothing.", bool),
            Parameter("Prefer", "`respond-async`: as a job.", Literal["respond-async"], where="header"),
        ),
        body=Body(
            ImportChoice,
            {"lines": {"file": CALENDAR.splitlines(), "dry_run": True}, "an upload": {"upload": IMPORT}},
            ("application/json", "multipart/form-data"),
            files={"text/calendar": CALENDAR, "text/csv": TABLE},
        ),
        errors=(
            *_SIGNED_IN,
            *_GROUP_CHOICE,
            *_FIELDS,
            InvalidEncoding("invalid_encoding", position=7),
            InvalidInput("file_missing"),
            InvalidInput("empty_file"),
            InvalidInput("invalid_file"),
            InvalidInput("unknown_format"),
            InvalidInput("no_entries"),
            InvalidInput("no_valid_entry", entry=1, line=4, reason="no DTSTART"),
            InvalidInput("not_strictly_valid", rejected=2),
            NotFound("upload", upload=IMPORT),
            Conflict("upload_used", upload=IMPORT),
            TooLarge("upload_too_large", limit=1_000_000_000),
        ),
    ),
    "open_upload": Operation(
        "Import and export",
        {
            201: Success(
                "Where to put the file.",
                answers.Upload,
                {
                    "upload": IMPORT,
                    "method": "PUT",
                    "url": "https://s3.example/…",
                    "headers": {},
                    "expires": "2019-09-15T21:44:02.000Z",
                },
            )
        },
        text="For files over 4.5 MB: put the file to the URL, then import it with `upload`.",
        errors=_SIGNED_IN,
    ),
    "show_import": Operation(
        "Import and export",
        {
            200: Success(
                "Its state; at the end the report.",
                answers.ImportStatus,
                {"import": IMPORT, "state": "processing", "done": 10_000, "total": 16_568},
            )
        },
        errors=(*_SIGNED_IN, NotFound("import", id=IMPORT)),
    ),
}
_FEEDS: Final = {
    "create_feed": Operation(
        "Feeds",
        {
            201: Success(
                "The feed.",
                answers.NewFeed,
                {
                    "group": None,
                    "created": "2019-09-15T20:44:02.000Z",
                    "passkey": "Jm5p…",
                    "url": "https://slotport.example/v1/feeds/Jm5p….ics",
                },
                headers=_LOCATION,
            )
        },
        parameters=(_GROUP_QUERY,),
        body=Body(GroupChoice, {"all": {}, "a group": {"group": GROUP}}, _JSON_OR_FORM, is_required=False),
        errors=(*_SIGNED_IN, *_GROUP_CHOICE, TooLarge("too_many_feeds", limit=100)),
    ),
    "list_feeds": Operation(
        "Feeds",
        {200: Success("The feeds.", answers.FeedList, {"feeds": [{"group": None, "created": "2019-09-15T20:44:02.000Z"}]})},
        errors=_SIGNED_IN,
    ),
    "read_feed": Operation(
        "Feeds",
        {
            200: Success("The calendar.", files={"text/calendar": CALENDAR}, headers={"ETag": "For `If-None-Match`."}),
            302: Success(
                "It is too large for one answer: fetch it there.",
                answers.FeedElsewhere,
                {"url": "https://s3.example/…"},
                headers=_LOCATION,
            ),
            304: Success("It is as it was.", headers={"ETag": "For `If-None-Match`."}),
        },
        text="The address is the secret: `<passkey>.ics`.",
        parameters=(Parameter("If-None-Match", "The ETag that the client has.", where="header"),),
        errors=(NotFound("feed"), TooLarge("export_too_large", slots=2_000_000)),
        access="public",
    ),
    "end_feed": Operation("Feeds", {204: _GONE}, errors=(*_SIGNED_IN, NotFound("feed"))),
}

DESCRIPTION: Final = Description(
    name="slots",
    interface=INTERFACE,
    error={
        "type": "object",
        "description": "What went wrong: a code for programs, a message for people, and details that name the place.",
        "properties": {
            "error": {
                "type": "object",
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                "required": ["code", "message"],
                "additionalProperties": True,
            }
        },
        "required": ["error"],
        "additionalProperties": False,
    },
    operations={**_ACCOUNTS, **_GROUPS, **_SLOTS, **_FILES, **_FEEDS},
    tags={
        "Accounts": "One account for all interfaces.",
        "Groups": "Named sets of slots.",
        "Slots": "A user's time, one by one.",
        "Import and export": "Whole calendars, in and out.",
        "Feeds": "Private addresses that calendar programs subscribe to.",
    },
    path_parameters={
        "uuid": Parameter("uuid", "The group.", where="path", example=GROUP),
        "uid": Parameter(
            "uid",
            "The slot: its uid, or `~` and the base64url of it for what a path cannot carry.",
            where="path",
            example="~dGFsaw",
        ),
        "import_id": Parameter("import_id", "The import: an upload's id, unless it is tried dry.", where="path", example=IMPORT),
        "file": Parameter("file", "The passkey and `.ics`.", where="path", example="Jm5p.ics"),
    },
    security={
        "slotsToken": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token token=T`, as the original has it.",
        },
        "bearer": {"type": "http", "scheme": "bearer", "description": "`Bearer T` works everywhere."},
    },
    errors=(Unavailable("storage_busy"),),
)
