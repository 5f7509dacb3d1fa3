"""The routes of the export API but its downloads: identify the caller, parse, call one service method, render, return."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api.exports import parse, render
from chalicelib.api.exports.downloads import answer_strange, register_downloads
from chalicelib.api.exports.errors import INTERFACE
from chalicelib.api.http import Answer, Request, route
from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotAuthenticated
from chalicelib.domain.exports import MAX_LOG
from chalicelib.services.ports.exports import Dossier
from chalicelib.wiring import services

blueprint = Blueprint(__name__)
register_downloads(blueprint)


def _caller(request: Request) -> Caller:
    return parse.caller(request, services().accounts)


def _shown(dossier: Dossier) -> Answer:
    return render.export(dossier, services().export_downloads.files_of(dossier))


# sessions


@route(blueprint, INTERFACE, "GET", "/api/v1/session")
def show_session(request: Request) -> Answer:
    """Open a session, or show the one of the token."""
    accounts = services().accounts
    token = parse.token(request)
    if not token:
        return render.session(*accounts.open_session(), None)
    try:
        session = accounts.session_of(token)
    except NotAuthenticated as error:
        raise NotAuthenticated("session_not_found") from error
    return render.session(token, session, None if session.user_id is None else accounts.user(session.user_id))


@route(blueprint, INTERFACE, "POST", "/api/v1/session/authenticate")
def authenticate(request: Request) -> Answer:
    """Make a session a user's."""
    accounts = services().accounts
    token, credentials = parse.session_token(request), parse.credentials(request)
    try:
        accounts.session_of(token)
    except NotAuthenticated as error:
        raise NotAuthenticated("session_not_found") from error
    user = accounts.authenticate(token, **credentials).user
    return render.session(token, accounts.session_of(token), user)


@route(blueprint, INTERFACE, "POST", "/api/v1/session/deauthenticate")
def deauthenticate(request: Request) -> Answer:
    """End a session."""
    try:
        services().accounts.sign_out(parse.session_token(request))
    except NotAuthenticated as error:
        raise NotAuthenticated("session_not_found") from error
    return render.SIGNED_OUT


# exports


@route(blueprint, INTERFACE, "GET", "/api/v1/export")
def list_exports(request: Request) -> Answer:
    """List the caller's exports."""
    caller = _caller(request)
    page, conditions = parse.page(request), parse.conditions(request)
    return render.listing(services().export_jobs.exports(caller, conditions, limit=page.limit, offset=page.offset), page)


@route(blueprint, INTERFACE, "PUT", "/api/v1/export")
def create_export(request: Request) -> Answer:
    """Define an export."""
    caller = _caller(request)
    return _shown(services().export_jobs.create(caller, parse.new_export(request, services().settings)))


@route(blueprint, INTERFACE, "GET", "/api/v1/export/{export_id}")
def show_export(request: Request) -> Answer:
    """Show one export."""
    caller = _caller(request)
    return _shown(services().export_jobs.dossier(caller, parse.export_id(request), log=MAX_LOG))


@route(blueprint, INTERFACE, "POST", "/api/v1/export/{export_id}")
def update_export(request: Request) -> Answer:
    """Change an export."""
    caller, export_id = _caller(request), parse.export_id(request)
    services().export_jobs.dossier(caller, export_id)
    change, version = parse.export_change(request, services().settings)
    return _shown(services().export_jobs.update(caller, export_id, change, version=version))


@route(blueprint, INTERFACE, "DELETE", "/api/v1/export/{export_id}")
def delete_export(request: Request) -> Answer:
    """Remove an export."""
    caller, export_id = _caller(request), parse.export_id(request)
    services().export_jobs.delete(caller, export_id)
    return render.deleted(export_id)


@route(blueprint, INTERFACE, "POST", "/api/v1/export/{export_id}/start")
def start_export(request: Request) -> Answer:
    """Begin a run."""
    caller = _caller(request)
    return _shown(services().export_jobs.start(caller, parse.export_id(request)))


@route(blueprint, INTERFACE, "POST", "/api/v1/export/{export_id}/stop")
def stop_export(request: Request) -> Answer:
    """End the run that is going."""
    caller = _caller(request)
    return _shown(services().export_jobs.stop(caller, parse.export_id(request)))


@route(blueprint, INTERFACE, "POST", "/api/v1/export/{export_id}/passkey")
def renew_passkey(request: Request) -> Answer:
    """Give an export a new passkey."""
    caller = _caller(request)
    return _shown(services().export_jobs.renew_passkey(caller, parse.export_id(request)))


@route(blueprint, INTERFACE, "GET", "/api/v1/export/{export_id}/files")
def list_files(request: Request) -> Answer:
    """List an export's files."""
    caller, page = _caller(request), parse.page(request)
    total, found = services().export_downloads.files(caller, parse.export_id(request), limit=page.limit, offset=page.offset)
    return render.files(total, found, page)


# addresses


@route(blueprint, INTERFACE, "GET", "/api/v1/confirm/{code}")
def confirm_address(request: Request) -> Answer:
    """Let the address to which this link was mailed get exports."""
    address = services().transports.confirm_address(request.params["code"])
    if address is not None:
        return render.confirmed(request, address)
    error = InvalidInput("unknown_confirmation")
    if request.accepts("text/html"):
        return render.redirect(request, error)
    raise error


# what no route has


@route(blueprint, INTERFACE, "DELETE", "/api/v1/{unknown+}")
@route(blueprint, INTERFACE, "PATCH", "/api/v1/{unknown+}")
@route(blueprint, INTERFACE, "PUT", "/api/v1/{unknown+}")
@route(blueprint, INTERFACE, "POST", "/api/v1/{unknown+}")
@route(blueprint, INTERFACE, "HEAD", "/api/v1/{unknown+}")
@route(blueprint, INTERFACE, "GET", "/api/v1/{unknown+}")
def refuse_unknown(request: Request) -> Answer:
    """Say that there is no such call."""
    answer = answer_strange(request)
    if answer is not None:
        return answer
    raise InvalidInput("invalid_api", path=[request.path])
