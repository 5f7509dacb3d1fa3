"""Requests of the conventions' interface, turned into what the services take."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.api.http import Request
from chalicelib.api.multipart import read_multipart
from chalicelib.domain.convention_access import Signature
from chalicelib.domain.conventions import EventStatus, TagType
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, NotFound
from chalicelib.services.accounts import Accounts
from chalicelib.services.conventions.conventions import PersonRef
from chalicelib.services.conventions.schedule import Filters
from chalicelib.services.conventions.time_slots import SlotChange, SlotDraft
from chalicelib.services.conventions.visits import Visitor

if TYPE_CHECKING:
    from chalicelib.api.conventions.models import PersonBody

_SCHEME: Final = re.compile(r"\s*(?P<scheme>bearer|convention)\s+(?P<rest>.*?)\s*", re.IGNORECASE | re.DOTALL)
_ID: Final = re.compile(r"[1-9][0-9]{0,15}")


def token(request: Request) -> str:
    """Give the session token: the bare Authorization header, as Bearer, or `?token=`; empty when there is none."""
    header = request.header("authorization")
    match = _SCHEME.fullmatch(header)
    if match is not None:
        return match["rest"] if match["scheme"].lower() == "bearer" else ""
    return header.strip() or request.one("token") or ""


def user_id(request: Request, accounts: Accounts) -> int | None:
    """Tell who is calling. A token that is not valid counts as none: where a user is needed, that is refused as well."""
    given = token(request)
    try:
        return accounts.caller_of(given).user_id if given else None
    except NotAuthenticated:
        return None


def user(request: Request, accounts: Accounts) -> int:
    """Tell who is calling. Raises `NotAuthenticated`."""
    found = user_id(request, accounts)
    if found is None:
        raise NotAuthenticated("user_required")
    return found


def visitor(request: Request, accounts: Accounts) -> Visitor:
    """Tell who is asking for which convention: `Convention` header or `?convention=`, and the user or the signature."""
    key = request.header("convention").strip() or request.one("convention") or ""
    match = _SCHEME.fullmatch(request.header("authorization"))
    if match is not None and match["scheme"].lower() == "convention":
        time, _, rest = match["rest"].partition(":")
        salt, _, digest = rest.rpartition(":")
        return Visitor(key, None, Signature(time, salt, digest))
    return Visitor(key, user_id(request, accounts))


def number(request: Request, name: str, kind: str) -> int:
    """Read an id in a path; what is none is nothing's. Raises `NotFound`."""
    given = request.params[name]
    if not _ID.fullmatch(given):
        raise NotFound(kind, id=given)
    return int(given)


def registration(request: Request) -> dict[str, str]:
    """Read `POST /auth/register`."""
    from chalicelib.api.conventions.models import Register, validate

    body = validate(Register, request.json())
    return {"email": body.email, "password": body.password_register, "name": body.name or body.email.partition("@")[0]}


def credentials(request: Request) -> dict[str, str]:
    """Read `POST /auth/signin`."""
    from chalicelib.api.conventions.models import SignIn, validate

    return validate(SignIn, request.json()).model_dump()


def reset_request(request: Request) -> dict[str, str]:
    """Read `POST /auth/passwordreset`."""
    from chalicelib.api.conventions.models import PasswordReset, validate

    return validate(PasswordReset, request.json()).model_dump()


def new_password(request: Request) -> str:
    """Read `POST /auth/passwordchange`."""
    from chalicelib.api.conventions.models import PasswordChange, validate

    return validate(PasswordChange, request.json()).password


def new_convention(request: Request) -> dict[str, Any]:
    """Read `POST /entities/conventions`."""
    from chalicelib.api.conventions.models import NewConvention, validate

    body = validate(NewConvention, request.json()).model_dump(exclude_unset=True)
    return {"title": body.pop("title"), "slug": body.pop("slug", None), "properties": body}


def convention_changes(request: Request) -> dict[str, Any]:
    """Read `PUT /entities/conventions/self`."""
    from chalicelib.api.conventions.models import ConventionBody, validate

    return _with_title(validate(ConventionBody, request.json()).model_dump(exclude_unset=True))


def manager(request: Request) -> PersonRef:
    """Read `POST /entities/managers`: `id` or `email`, not both."""
    from chalicelib.api.conventions.models import PersonBody, validate

    return _person(validate(PersonBody, request.json()))


def new_place(request: Request) -> dict[str, Any]:
    """Read `POST /entities/locations`."""
    from chalicelib.api.conventions.models import NewPlace, validate

    body = validate(NewPlace, request.json()).model_dump(exclude_unset=True)
    return {"title": body.pop("title"), "slug": body.pop("slug", None), "properties": body}


def place_changes(request: Request) -> dict[str, Any]:
    """Read `PUT /entities/locations/<slug>`."""
    from chalicelib.api.conventions.models import PlaceBody, validate

    return _with_title(validate(PlaceBody, request.json()).model_dump(exclude_unset=True))


def new_event(request: Request) -> dict[str, Any]:
    """Read `POST /entities/events`."""
    from chalicelib.api.conventions.models import NewEvent, validate

    body = validate(NewEvent, request.json())
    given = _event(body.model_dump(exclude_unset=True))
    given.pop("remove_tags", None)
    return {"properties": given, "owner": _person(body.user) if body.user is not None else None}


def event_changes(request: Request) -> dict[str, Any]:
    """Read `PUT /entities/events/<id>`."""
    from chalicelib.api.conventions.models import EventBody, validate

    body = validate(EventBody, request.json())
    given = _with_title(_event(body.model_dump(exclude_unset=True)))
    return {
        "remove_tags": given.pop("remove_tags", {}),
        "changes": given,
        "owner": _person(body.user) if body.user is not None else None,
    }


def new_tag_type(request: Request) -> TagType:
    """Read `POST /entities/tagtypes`."""
    from chalicelib.api.conventions.models import NewTagType, validate

    body = validate(NewTagType, request.json())
    return TagType(body.title, body.requirement, body.public, tuple(dict.fromkeys(body.values)))


def tag_type_changes(request: Request) -> dict[str, Any]:
    """Read `PUT /entities/tagtypes/<title>`."""
    from chalicelib.api.conventions.models import TagTypeBody, validate

    body = validate(TagTypeBody, request.json())
    return {"public": body.public, "add": body.values, "remove": body.remove_values, "replace": body.replace_values}


def new_time_slot(request: Request) -> SlotDraft:
    """Read `POST /entities/timeslots`."""
    from chalicelib.api.conventions.models import NewTimeSlot, validate

    body = validate(NewTimeSlot, request.json())
    return SlotDraft(
        event_id=body.event,
        start=body.start,
        places=body.locations,
        minutes=body.duration,
        min_attendees=body.min_attendees,
        max_attendees=body.max_attendees,
        notes_to_attendees=body.notes_to_attendees,
        hosts=[_person(host) for host in body.hosts] if body.hosts is not None else None,
    )


def time_slot_change(request: Request) -> SlotChange:
    """Read `PUT /entities/timeslots/<id>`."""
    from chalicelib.api.conventions.models import TimeSlotChange, validate

    body = validate(TimeSlotChange, request.json())
    notes = body.notes_to_attendees
    return SlotChange(
        start=body.start,
        minutes=body.duration,
        min_attendees=body.min_attendees,
        max_attendees=body.max_attendees,
        notes_to_attendees=notes if notes is not None or "notes_to_attendees" not in body.model_fields_set else "",
        add_places=body.locations,
        remove_places=body.remove_locations,
        add_hosts=[_person(host) for host in body.hosts],
        remove_hosts=[_person(host, bare=True) for host in body.remove_hosts],
    )


def filters(request: Request) -> Filters:
    """Read `by_event`, `by_event_status`, `by_tag:<title>`, `by_host`, `by_location`, `by_timeslot`.

    A repeated one names alternatives.

    Raises `InvalidInput("invalid_filter")`.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, values in request.query.items():
        head, colon, rest = name.partition(":")
        found[head.replace("-", "_") + colon + rest] = tuple(values)
    for name in found:
        known = ("by_event", "by_event_status", "by_host", "by_location", "by_timeslot")
        if name.startswith("by_") and name not in known and not name.startswith("by_tag:"):
            raise InvalidInput("invalid_filter", field=name)
    return Filters(
        events=tuple(_filter_number("by_event", value) for value in found.get("by_event", ())),
        statuses=tuple(_status(value) for value in found.get("by_event_status", ())),
        tags=tuple((name.removeprefix("by_tag:"), values) for name, values in found.items() if name.startswith("by_tag:")),
        hosts=found.get("by_host", ()),
        places=found.get("by_location", ()),
        slots=tuple(_filter_number("by_timeslot", value) for value in found.get("by_timeslot", ())),
    )


def without_blanks(request: Request) -> Request:
    """Give the request without the parameters that are empty: a browser's form sends every field, chosen or not."""
    query = {name: [value for value in values if value.strip()] for name, values in request.query.items()}
    return replace(request, query={name: values for name, values in query.items() if values})


def after(request: Request) -> tuple[datetime, int] | None:
    """Read where a page begins, `<start>-<id>` of the last time slot before it. Raises `InvalidInput("invalid_cursor")`."""
    given = request.one("after")
    if given is None:
        return None
    match = re.fullmatch(r"(-?\d{1,12})-(\d{1,16})", given)
    if match is None:
        raise InvalidInput("invalid_cursor", field="after")
    return datetime.fromtimestamp(int(match[1]), UTC), int(match[2])


def after_id(request: Request) -> int:
    """Read where a page begins: the id of the last one before it. Raises `InvalidInput("invalid_cursor")`."""
    given = request.one("after")
    if given is not None and not _ID.fullmatch(given):
        raise InvalidInput("invalid_cursor", field="after")
    return int(given) if given is not None else 0


def with_file(request: Request) -> Request:
    """Give the request as if the file it carries were its body, as most send it.

    A browser's form and `curl -F` send it as the part `file`; their other fields count as if they stood in the query.
    Raises `InvalidInput("file_required")`, `InvalidInput("invalid_multipart")`, `InvalidEncoding`.
    """
    if request.content_type[0] != "multipart/form-data":
        return request
    fields, files = read_multipart(request)
    sent = [part for parts in files.values() for part in parts]
    if len(sent) != 1 or "file" not in files:
        raise InvalidInput("file_required", field="file")
    (file,) = sent
    query = {name: [*request.query.get(name, ()), *fields.get(name, ())] for name in (*request.query, *fields)}
    content_type = f"{file.media_type}; charset={file.charset}" if file.charset else file.media_type
    return replace(request, body=file.content, query=query, headers={**request.headers, "content-type": content_type})


def flag(request: Request, name: str) -> bool:
    """Read a switch in the query. Raises `InvalidInput("invalid_flag")`."""
    given = (request.one(name) or "").lower()
    if given not in ("", "true", "1", "false", "0"):
        raise InvalidInput("invalid_flag", field=name)
    return given in ("true", "1")


def _person(body: PersonBody, *, bare: bool = False) -> PersonRef:
    """Read who is meant; with `bare` a name alone will do, which is all that is known of some hosts."""
    if body.id is not None and body.email:
        raise InvalidInput("id_and_email", field="id", id=str(body.id), email=body.email)
    if body.id is None and not body.email and not (bare and body.name):
        raise InvalidInput("id_or_email_required", field="id")
    return PersonRef(body.id, body.email or None, body.name or None)


def _event(given: dict[str, Any]) -> dict[str, Any]:
    given.pop("user", None)
    if "tags" in given:
        given["tags"] = {title: tuple(dict.fromkeys(values)) for title, values in given["tags"].items()}
    if "status" in given:
        given["status"] = EventStatus(given["status"])
    if given.get("duration") is not None and not 1 <= given["duration"] <= 14 * 24 * 60:
        raise InvalidInput("duration_out_of_range", field="duration", minimum="1", maximum=str(14 * 24 * 60))
    return given


def _with_title(given: dict[str, Any]) -> dict[str, Any]:
    if "title" in given and given["title"] is None:
        raise InvalidInput("invalid_fields", fields={"title": "must not be empty"})
    return given


def _filter_number(name: str, value: str) -> int:
    if not _ID.fullmatch(value):
        raise InvalidInput("invalid_filter", field=name, value=value)
    return int(value)


def _status(value: str) -> EventStatus:
    if not re.fullmatch(r"[0-6]", value):
        raise InvalidInput("invalid_filter", field="by_event_status", value=value)
    return EventStatus(int(value))
