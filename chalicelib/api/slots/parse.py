"""Requests of the Timeslot data API, turned into what the services take."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson

from chalicelib.api.http import Request
from chalicelib.api.slots.body import Fields, check_size, read_fields, read_fields_and_files
from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, NotFound
from chalicelib.domain.slot_changes import SlotChange
from chalicelib.domain.slots import Group, Window
from chalicelib.services.accounts import Accounts
from chalicelib.services.import_options import ImportOptions

DEFAULT_LIMIT: Final = 40
MAX_LIMIT: Final = 100
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_AUTHORIZATION: Final = re.compile(
    r'\s*(?:bearer\s+(?P<bearer>[^\s,"]+)|token\s+(?:token\s*=\s*)?(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s,"=]+)=*))\s*(?:,.*)?',
    re.IGNORECASE,
)


def token(request: Request) -> str:
    """Give the token of `Authorization: Token token=T` (also quoted, bare, or as Bearer); empty when there is none."""
    match = _AUTHORIZATION.fullmatch(request.header("authorization"))
    return (match["bearer"] or match["quoted"] or match["plain"] or "") if match else ""


def caller(request: Request, accounts: Accounts) -> Caller:
    """Tell who is calling. Raises `NotAuthenticated`."""
    given = token(request)
    if not given:
        raise NotAuthenticated("invalid_token")
    return accounts.caller_of(given)


# accounts


def new_user(request: Request) -> dict[str, str]:
    """Read `POST /v1/users`; a query string, which logs keep, is no place for a password here and below."""
    from chalicelib.api.slots.models import NewUser, validate

    body = validate(NewUser, read_fields(request, query=False).flat())
    return {"email": body.email, "password": body.password, "name": body.username}


def in_our_words(error: InvalidInput) -> InvalidInput:
    """Name a user's fields as they are named here."""
    fields = error.details.get("fields")
    if not isinstance(fields, dict) or "name" not in fields:
        return error
    return InvalidInput(error.code, fields={"username" if field == "name" else field: fault for field, fault in fields.items()})


def credentials(request: Request) -> dict[str, str]:
    """Read `POST /v1/users/signin`."""
    from chalicelib.api.slots.models import Credentials, validate

    return validate(Credentials, read_fields(request, query=False).flat()).model_dump()


def password(request: Request) -> str:
    """Read `DELETE /v1/me`."""
    from chalicelib.api.slots.models import Password, validate

    return validate(Password, read_fields(request, query=False).flat()).password


# groups


def new_group(request: Request) -> Group:
    """Read `POST /v1/groups`."""
    from chalicelib.api.slots.models import NewGroup, validate

    return Group(uuid="", **validate(NewGroup, read_fields(request).flat()).model_dump())


def group_change(request: Request) -> dict[str, Any]:
    """Read `PATCH /v1/groups/<uuid>`."""
    from chalicelib.api.slots.models import GroupBody, validate

    return validate(GroupBody, read_fields(request).flat()).model_dump(exclude_unset=True)


def group_uuid(request: Request) -> str:
    """Read the uuid in a path; what is none is nobody's group."""
    given = request.params["uuid"]
    if not _UUID.fullmatch(given):
        raise NotFound("group", uuid=given)
    return given.lower()


# slots


def new_slot(request: Request) -> tuple[str, SlotChange]:
    """Read `POST /v1/slots`: the uid, if it names one, and everything else."""
    from chalicelib.api.slots.models import NewSlot, validate

    body = validate(NewSlot, read_fields(request).flat())
    return body.uid, body.change()


def slot_change(request: Request) -> SlotChange:
    """Read `PATCH /v1/slots/<uid>`."""
    from chalicelib.api.slots.models import SlotBody, validate

    return validate(SlotBody, read_fields(request).flat()).change()


def uid(request: Request) -> str:
    """Read the uid in a path: as it stands, or `~` and the base64url of its UTF-8.

    The second form is for what a path cannot carry through API Gateway, such as a slash.
    """
    given = request.params["uid"]
    if not given.startswith("~"):
        return given
    try:
        text = given[1:].rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise NotFound("slot", uid=given) from error


def expected_revisions(request: Request) -> frozenset[str] | None:
    """Read `If-Match`: the revisions of which a slot must still be at one; None when any will do."""
    given = request.header("if-match").strip()
    return None if given in ("", "*") else _revisions(given)


def knows_revision(request: Request, revision: str) -> bool:
    """Whether `If-None-Match` says that the client has this revision (RFC 9110 §13.1.2)."""
    given = request.header("if-none-match").strip()
    return given == "*" or revision in _revisions(given)


def _revisions(header: str) -> frozenset[str]:
    return frozenset(tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))


class ListQuery(NamedTuple):
    """What a list of slots was asked for."""

    limit: int = DEFAULT_LIMIT
    window: Window | None = None
    after: str | None = None
    before: str | None = None
    occurrences: bool = False


def list_query(request: Request) -> ListQuery:
    """Read the query of a list of slots. Raises `InvalidInput("invalid_fields")` naming each bad parameter."""
    fields = Fields({name: list(given) for name, given in request.query.items()})
    fields.only(("limit", "after", "before", "filter", "earliest", "latest", "occurrences"))
    return ListQuery(
        limit=_limit(fields),
        window=_window(fields),
        after=fields.one("after"),
        before=fields.one("before"),
        occurrences=fields.flag("occurrences"),
    )


def group_list_query(request: Request) -> tuple[int, str | None]:
    """Read the query of a list of groups: the limit, and the cursor after which to go on."""
    fields = Fields({name: list(given) for name, given in request.query.items()}).only(("limit", "after"))
    return _limit(fields), fields.one("after")


def _limit(fields: Fields) -> int:
    given = fields.one("limit")
    if given is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,9}", given) or not 1 <= int(given) <= MAX_LIMIT:
        raise InvalidInput("invalid_fields", fields={"limit": f"must be a number from 1 to {MAX_LIMIT}"})
    return int(given)


def _window(fields: Fields) -> Window | None:
    given = {name: fields.one(name) for name in ("filter", "earliest", "latest")}
    if given["filter"] is None:
        if stray := {name: "needs filter=between" for name in ("earliest", "latest") if given[name] is not None}:
            raise InvalidInput("invalid_fields", fields=stray)
        return None
    if given["filter"] != "between":
        raise InvalidInput("invalid_fields", fields={"filter": "must be between"})
    faults: dict[str, str] = {}
    window = Window(_instant("earliest", given, faults), _instant("latest", given, faults))
    if faults:
        raise InvalidInput("invalid_fields", fields=faults)
    if window.latest <= window.earliest:
        raise InvalidInput("invalid_fields", fields={"latest": "must be after earliest"})
    return window


def _instant(name: str, given: Mapping[str, str | None], faults: dict[str, str]) -> datetime:
    """Read an instant; what is none goes to the faults."""
    try:
        # An unescaped + in a query string arrives as a space.
        moment = datetime.fromisoformat((given[name] or "").replace(" ", "+") if "T" in (given[name] or "") else given[name] or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        faults[name] = "must be an ISO 8601 time such as 2019-09-15T20:44:02Z"
        return datetime.max.replace(tzinfo=UTC)


def optional_uuid(fields: Fields, name: str) -> str | None:
    """Give the UUID that a field holds; None when it is absent, null or empty.

    Raises `InvalidInput` (`invalid_uuid`, `conflicting_values`).
    """
    said = [given for given in fields.values.get(name, ()) if given is not None and given != ""]
    if any(_spelled(given) != _spelled(said[0]) for given in said[1:]):
        raise InvalidInput("conflicting_values", field=name)
    if not said:
        return None
    if not isinstance(said[0], str) or not _UUID.fullmatch(said[0]):
        raise InvalidInput("invalid_uuid", field=name)
    return said[0].lower()


def _spelled(uuid: object) -> object:
    """Give the one spelling of a UUID (RFC 9562 §4)."""
    return uuid.lower() if isinstance(uuid, str) else uuid


# export and import


def export_group(request: Request) -> str | None:
    """Read the group of `POST /v1/export/…`: a JSON key, form field or query parameter, wherever it is said."""
    return optional_uuid(read_fields(request).only(("group",)), "group")


class ImportRequest(NamedTuple):
    """What `POST /v1/import/` was asked to import: a file it carries, or one that was put to an upload's URL."""

    content: bytes | None
    upload: str | None
    options: ImportOptions
    is_async: bool


def import_request(request: Request) -> ImportRequest:
    """Read `POST /v1/import/`. Raises `InvalidInput`, `InvalidEncoding`, `TooLarge("request_too_large")`."""
    media_type, charset = request.content_type
    is_async = "respond-async" in {part.strip().lower() for part in request.header("prefer").split(",")}
    if _is_file_itself(request, media_type):
        check_size(request)
        fields = Fields({name: list(given) for name, given in request.query.items()}).only(("group", "strict", "dry_run"))
        return ImportRequest(request.body, None, _options(fields, media_type, charset), is_async)
    fields = read_fields_and_files(request).only(("file", "group", "strict", "dry_run", "upload", "charset"))
    content, file_type, charset = _file(fields)
    upload = fields.one("upload")
    if upload is not None:
        if content is not None:
            raise InvalidInput("invalid_fields", fields={"upload": "cannot be used together with file"})
        charset = fields.one("charset")
        if not isinstance(upload, str) or not isinstance(charset, str | None):
            raise InvalidInput("invalid_fields", fields={"upload": "must be the id of an upload"})
        if not _UUID.fullmatch(upload):
            raise NotFound("upload", upload=upload)
        upload = upload.lower()
    elif content is None:
        raise InvalidInput("file_missing")
    return ImportRequest(content, upload, _options(fields, file_type, charset), is_async)


def import_id(request: Request) -> str:
    """Read the id in the path of an import; what is no UUID is nobody's import."""
    given = request.params["import_id"]
    if not _UUID.fullmatch(given):
        raise NotFound("import", id=given)
    return given.lower()


def _options(fields: Fields, media_type: str | None, charset: str | None) -> ImportOptions:
    return ImportOptions(
        group=optional_uuid(fields, "group"),
        strict=fields.flag("strict"),
        dry_run=fields.flag("dry_run"),
        charset=charset,
        media_type=media_type,
    )


def _is_file_itself(request: Request, media_type: str) -> bool:
    """Whether the body is the file, and not a description of what to import."""
    if media_type in ("application/json", "application/x-www-form-urlencoded"):
        return request.body.lstrip()[:1] == b"[" or request.body.lstrip()[:15].upper() == b"BEGIN:VCALENDAR"
    return bool(request.body.strip()) and media_type != "multipart/form-data"


def _file(fields: Fields) -> tuple[bytes | None, str | None, str | None]:
    """Give the file's bytes, and the type and charset it was sent with. Raises `InvalidInput("invalid_file")`."""
    parts = fields.files.get("file", [])
    if ("file" in fields.values and parts) or len(parts) > 1 or len(fields.values.get("file", ())) > 1:
        raise InvalidInput("conflicting_values", field="file")
    if parts:
        return parts[0].content, parts[0].media_type, parts[0].charset
    given = fields.values.get("file", [None])[0]
    if given is None:
        return None, None, None
    if isinstance(given, str):
        return given.encode("utf-8", "surrogatepass"), None, None
    if not isinstance(given, list):
        raise InvalidInput("invalid_file")
    if given and all(isinstance(item, dict) for item in given):
        return orjson.dumps(given), "application/json", None
    if not all(isinstance(item, str) for item in given):
        raise InvalidInput("invalid_file")
    lines = (line if line.endswith("\n") else f"{line}\r\n" for line in given)
    return "".join(lines).encode("utf-8", "surrogatepass"), None, None
