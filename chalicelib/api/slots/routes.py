"""The routes of the Timeslot data API: identify the caller, parse, call one service method, render, return."""

from __future__ import annotations

import uuid
from typing import Final

from chalice.app import Blueprint

from chalicelib.api.http import MAX_RESPONSE, Answer, Request, route
from chalicelib.api.slots import parse, render
from chalicelib.api.slots.errors import INTERFACE
from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput
from chalicelib.services.slot_export import Format
from chalicelib.wiring import services

blueprint = Blueprint(__name__)

LOOKING_ENDS: Final = 12
"""Seconds before the answer must be given at which no further series is looked into: one may take some, and so does a page."""


def _caller(request: Request) -> Caller:
    return parse.caller(request, services().accounts)


# accounts


@route(blueprint, INTERFACE, "POST", "/v1/users")
def sign_up(request: Request) -> Answer:
    """Make an account."""
    try:
        return render.user(services().accounts.sign_up(**parse.new_user(request)), 201)
    except InvalidInput as error:
        raise parse.in_our_words(error) from error


@route(blueprint, INTERFACE, "POST", "/v1/users/signin")
def sign_in(request: Request) -> Answer:
    """Get a token."""
    return render.signed_in(services().accounts.sign_in(**parse.credentials(request)))


@route(blueprint, INTERFACE, "POST", "/v1/users/signout")
def sign_out(request: Request) -> Answer:
    """End the session of the token."""
    services().accounts.sign_out(parse.token(request))
    return render.NOTHING


@route(blueprint, INTERFACE, "GET", "/v1/me")
def show_me(request: Request) -> Answer:
    """Show the caller's account."""
    return render.user(services().accounts.user_of(_caller(request)))


@route(blueprint, INTERFACE, "DELETE", "/v1/me")
def leave(request: Request) -> Answer:
    """Remove the caller's account with everything in it."""
    caller = _caller(request)
    finished = services().accounts.leave(caller, password=parse.password(request), until=request.deadline - 5)
    return render.removed(finished=finished)


# groups


@route(blueprint, INTERFACE, "POST", "/v1/groups")
def create_group(request: Request) -> Answer:
    """Make a group."""
    return render.group(services().groups.create(_caller(request), parse.new_group(request)), request.base_url, 201)


@route(blueprint, INTERFACE, "GET", "/v1/groups")
def list_groups(request: Request) -> Answer:
    """List the caller's groups by name."""
    limit, after = parse.group_list_query(request)
    page, following = services().groups.page(_caller(request), limit=limit, after=after)
    return render.group_list(page, limit, following)


@route(blueprint, INTERFACE, "GET", "/v1/groups/{uuid}")
def show_group(request: Request) -> Answer:
    """Show a group."""
    return render.group(services().groups.get(_caller(request), parse.group_uuid(request)), request.base_url)


@route(blueprint, INTERFACE, "PATCH", "/v1/groups/{uuid}")
def change_group(request: Request) -> Answer:
    """Change a group."""
    caller = _caller(request)
    return render.group(services().groups.change(caller, parse.group_uuid(request), parse.group_change(request)), request.base_url)


@route(blueprint, INTERFACE, "DELETE", "/v1/groups/{uuid}")
def delete_group(request: Request) -> Answer:
    """Remove a group; its slots stay."""
    caller = _caller(request)
    return render.removed(finished=services().groups.delete(caller, parse.group_uuid(request), until=request.deadline - 5))


@route(blueprint, INTERFACE, "GET", "/v1/groups/{uuid}/slots")
def list_group_slots(request: Request) -> Answer:
    """List the slots of a group in start order."""
    return _slot_list(request, _caller(request), group=parse.group_uuid(request))


# slots


@route(blueprint, INTERFACE, "POST", "/v1/slots")
def create_slot(request: Request) -> Answer:
    """Make a slot."""
    caller = _caller(request)
    uid, change = parse.new_slot(request)
    return render.slot(services().slots.create(caller, change, uid=uid), request.base_url, 201)


@route(blueprint, INTERFACE, "GET", "/v1/slots")
def list_slots(request: Request) -> Answer:
    """List the caller's slots in start order."""
    return _slot_list(request, _caller(request))


def _slot_list(request: Request, caller: Caller, *, group: str | None = None) -> Answer:
    """Give a page, a shorter one where texts are so long that the page asked for does not fit an answer."""
    query, until = parse.list_query(request), request.deadline - LOOKING_ENDS
    limit = query.limit
    while True:
        listing = services().slots.list(caller, group=group, until=until, **query._replace(limit=limit)._asdict())
        answer = render.slot_list(listing, query)
        if len(answer.body) <= MAX_RESPONSE or limit == 1:
            return _fitting(caller, answer, "slots.json")
        limit = max(1, min(limit // 2, limit * MAX_RESPONSE // len(answer.body)))


def _fitting(caller: Caller, answer: Answer, filename: str) -> Answer:
    """Give an answer, or say where it is when one slot alone is too large for it."""
    if len(answer.body) <= MAX_RESPONSE:
        return answer
    url = services().slot_export.put_aside(caller, answer.body, filename=filename, content_type=answer.headers["Content-Type"])
    return render.elsewhere(url, filename, answer.headers)


@route(blueprint, INTERFACE, "GET", "/v1/slots/{uid}")
def show_slot(request: Request) -> Answer:
    """Show a slot."""
    caller = _caller(request)
    stored = services().slots.get(caller, parse.uid(request))
    if parse.knows_revision(request, stored.revision):
        return render.not_modified(stored)
    return _fitting(caller, render.slot(stored, request.base_url), "slot.json")


@route(blueprint, INTERFACE, "PATCH", "/v1/slots/{uid}")
def change_slot(request: Request) -> Answer:
    """Change what the body names of a slot, and keep the rest."""
    caller, change = _caller(request), parse.slot_change(request)
    stored = services().slots.change(caller, parse.uid(request), change, revisions=parse.expected_revisions(request))
    return _fitting(caller, render.slot(stored, request.base_url), "slot.json")


@route(blueprint, INTERFACE, "DELETE", "/v1/slots/{uid}")
def delete_slot(request: Request) -> Answer:
    """Remove a slot."""
    services().slots.delete(_caller(request), parse.uid(request), revisions=parse.expected_revisions(request))
    return render.NOTHING


# export and import


def _export(request: Request, kind: Format) -> Answer:
    caller, group = _caller(request), parse.export_group(request)
    content_type = render.export_type(kind, request)
    file = services().slot_export.export(
        caller, kind, group=group, content_type=content_type, max_bytes=MAX_RESPONSE, until=request.deadline - 3
    )
    return render.export(file, content_type)


@route(blueprint, INTERFACE, "POST", "/v1/export/timeslot")
def export_timeslot(request: Request) -> Answer:
    """Export as Timeslot JSON."""
    return _export(request, "timeslot")


@route(blueprint, INTERFACE, "POST", "/v1/export/ical")
def export_ical(request: Request) -> Answer:
    """Export as iCalendar."""
    return _export(request, "ical")


@route(blueprint, INTERFACE, "POST", "/v1/export/google")
def export_google(request: Request) -> Answer:
    """Export as iCalendar, as Google Calendar reads it best."""
    return _export(request, "google")


@route(blueprint, INTERFACE, "POST", "/v1/export/outlook")
def export_outlook(request: Request) -> Answer:
    """Export as Outlook's CSV."""
    return _export(request, "outlook")


@route(blueprint, INTERFACE, "POST", "/v1/import")
def import_slots(request: Request) -> Answer:
    """Import a file that the request carries, or one that was uploaded."""
    caller, wanted = _caller(request), parse.import_request(request)
    if wanted.upload is not None:
        return render.import_accepted(services().import_jobs.start(caller, wanted.upload, wanted.options), request)
    content = wanted.content or b""
    if wanted.is_async:
        job = services().import_jobs.start_with(caller, content, wanted.options, import_id=str(uuid.uuid4()))
        return render.import_accepted(job, request)
    return render.imported(services().slot_import.import_file(caller, content, wanted.options, until=request.deadline - 5), request)


@route(blueprint, INTERFACE, "POST", "/v1/import/uploads")
def open_upload(request: Request) -> Answer:
    """Get a URL to put a large file to."""
    return render.upload(services().import_jobs.open_upload(_caller(request)))


@route(blueprint, INTERFACE, "GET", "/v1/import/{import_id}")
def show_import(request: Request) -> Answer:
    """Show how far an import is, or what came of it."""
    return render.import_status(services().import_jobs.status(_caller(request), parse.import_id(request)))
