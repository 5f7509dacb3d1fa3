"""Requests of the export API, turned into what the services take."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, get_args

from chalicelib.api.exports.documents import definition_document
from chalicelib.api.exports.nesting import MAX_LEVELS, too_deep
from chalicelib.api.http import Request
from chalicelib.api.multipart import read_multipart
from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, TooLarge
from chalicelib.domain.exports import Definition, ExportType, State
from chalicelib.services.accounts import Accounts
from chalicelib.services.export_jobs import MAX_PAGE, Condition
from chalicelib.settings import Settings

MAX_BODY: Final = 2_000_000
"""Bytes of an export object that are looked at: more than one may have, so that what is too much in it can be named."""
DISPOSITIONS: Final = ("inline", "attachment")
MAX_FILENAME: Final = 300
"""Characters of a name that a download is to have."""
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_BEARER: Final = re.compile(r"\s*bearer\s+([^\s,]+)\s*", re.IGNORECASE)


class Page(NamedTuple):
    """Part of a list. `given` is the limit as it was sent."""

    limit: int
    offset: int
    given: int | None


class Presentation(NamedTuple):
    """How a download is to be presented."""

    disposition: str | None
    filename: str


# who


def token(request: Request) -> str:
    """Give the token of `?token=` or `Authorization: Bearer`; empty when there is none."""
    bearer = _BEARER.fullmatch(request.header("authorization"))
    return request.one("token") or (bearer[1] if bearer else "")


def caller(request: Request, accounts: Accounts) -> Caller:
    """Tell who is calling. Raises `NotAuthenticated`."""
    return accounts.caller_of(token(request))


def credentials(request: Request) -> dict[str, str]:
    """Read `login` and `password` from the query or a form. Raises `InvalidInput`, `InvalidEncoding`."""
    form = _form(request)
    found: dict[str, str] = {}
    for name in ("login", "password"):
        value = request.one(name) or next(iter(form.get(name, ())), None)
        if value is None:
            raise InvalidInput("attribute_expected", path=[], attribute=name)
        found[name] = value
    return {"email": found["login"], "password": found["password"]}


def session_token(request: Request) -> str:
    """Give the token of a session that must be there. Raises `NotAuthenticated("session_not_found")`."""
    given = token(request) or next(iter(_form(request).get("token", ())), "")
    if not given:
        raise NotAuthenticated("session_not_found")
    return given


def _form(request: Request) -> Mapping[str, Sequence[str]]:
    """Give the fields of a form of either kind; a body of another type has none."""
    match request.content_type[0]:
        case "application/x-www-form-urlencoded":
            return request.form()
        case "multipart/form-data":
            return read_multipart(request)[0]
        case _:
            return {}


# which


def export_id(request: Request) -> int:
    """Give the id in the path. Raises `InvalidInput("type_mismatch")`."""
    return _integer(request.params["export_id"], "export_id")


def export_id_or_none(request: Request) -> int | None:
    """Give the id in the path, None for what is none: to a link's user that is as wrong as any other id."""
    text = request.params["export_id"]
    return int(text) if _INTEGER.fullmatch(text) else None


def path(request: Request) -> str:
    """Put the parts of a file's path together."""
    parts = [request.params[name] for name in PATH_PARTS if name in request.params]
    # a part that holds a slash is none that we made; NUL is in no path
    return "\0" if any("/" in part for part in parts) else "/".join(parts)


PATH_PARTS: Final = ("part1", "part2", "part3", "part4")
"""Parameters of the routes of files, one for each level."""


def page(request: Request) -> Page:
    """Read `limit` and `offset`. Raises `InvalidInput`."""
    limit, offset = request.one("limit"), request.one("offset")
    given = None if limit is None else _natural(limit, "limit")
    return Page(MAX_PAGE if given is None else min(given, MAX_PAGE), 0 if offset is None else _natural(offset, "offset"), given)


def conditions(request: Request) -> list[Condition]:
    """Read `filter`: ``type:a|b+status:c,type:d``. Commas are *or*, plus signs (or spaces, which they become) *and*."""
    text = request.one("filter")
    if not text:
        return []
    return [_condition(alternative) for alternative in text.split(",")]


def disposition(request: Request) -> str | None:
    """Read `disposition`. Raises `InvalidInput`."""
    given = request.one("disposition")
    if given is not None and given not in DISPOSITIONS:
        raise InvalidInput("invalid_value", path=["disposition"], value=given, expected=list(DISPOSITIONS))
    return given


def presentation(request: Request) -> Presentation:
    """Read `disposition` and `filename`. Raises `InvalidInput`."""
    filename = request.one("filename") or ""
    if len(filename) > MAX_FILENAME:
        raise InvalidInput("invalid_value", path=["filename"], reason=f"more than {MAX_FILENAME} characters")
    return Presentation(disposition(request), filename)


# what


def new_export(request: Request, settings: Settings) -> Definition:
    """Read `PUT /export`. Raises `InvalidInput`, `TooLarge`."""
    from chalicelib.api.exports.definition import accepted, definition

    sent = accepted(_body(request))
    own = {name: value for name, value in sent.get("export", {}).items() if name not in ("_id", "_version")}
    return definition({**sent, "export": own}, _edge(settings))


def export_change(request: Request, settings: Settings) -> tuple[Callable[[Definition], Definition], int | None]:
    """Read `POST /export/<id>`: what makes the changed definition out of the kept one, and the version it is for.

    What is sent replaces attributes one by one; the whole is validated as if it had been sent. Raises `InvalidInput`, `TooLarge`.
    """
    from chalicelib.api.exports.definition import accepted, definition

    sent = accepted(_body(request))
    edge = _edge(settings)
    export: dict[str, Any] = sent.get("export", {})
    own = {name: value for name, value in export.items() if name not in ("_id", "_version")}
    version = export.get("_version")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise InvalidInput("type_mismatch", path=["export", "_version"], expected="integer")
    if export.get("_id") not in (None, export_id(request)):
        raise InvalidInput("invalid_value", path=["export", "_id"], reason="not the id of this export")

    def change(kept: Definition) -> Definition:
        document = definition_document(kept)
        return definition({**document, **sent, "export": {**document["export"], **own}}, edge)

    return change, version


def _body(request: Request) -> Any:
    if len(request.body) > MAX_BODY:
        raise TooLarge("body_too_large", limit=MAX_BODY, bytes=len(request.body))
    try:
        sent = request.json()
    except InvalidInput as error:
        path = too_deep(request.body)
        if path is None:
            raise
        raise InvalidInput("invalid_value", path=path, reason="nested too deeply", limit=MAX_LEVELS) from error
    if sent is None:
        raise InvalidInput("not_json", reason="the body is empty")
    return sent


def _edge(settings: Settings) -> Any:
    from chalicelib.api.exports.definition import Edge

    return Edge(
        copies=bool(settings.copy_bucket),
        private_webhooks=settings.allow_private_webhooks,
        new_secret=secrets.token_urlsafe(32),
    )


def _condition(text: str) -> Condition:
    types: frozenset[ExportType] | None = None
    states: frozenset[State] | None = None
    for part in re.split(r"[+ ]", text):
        name, colon, values = part.partition(":")
        wanted = values.split("|")
        if name == "type" and colon and types is None:
            types = frozenset(kind for kind in get_args(ExportType) if kind in wanted)
            known: int = len(types)
        elif name == "status" and colon and states is None:
            states = frozenset(state for state in get_args(State) if state in wanted)
            known = len(states)
        else:
            known = 0
        if known == 0 or known < len(set(wanted)):
            raise InvalidInput("invalid_value", path=["filter"], value=text, reason="such as type:export|download+status:done")
    return Condition(types, states)


def _integer(text: str, name: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise InvalidInput("type_mismatch", path=[name], value=text, expected="integer")
    return int(text)


def _natural(text: str, name: str) -> int:
    number = _integer(text, name)
    if number < 0:
        raise InvalidInput("invalid_value", path=[name], value=number, reason="it must not be negative")
    return number
