"""The routes under /auth: the same accounts and tokens as in the other interfaces."""

from __future__ import annotations

from chalicelib.api.conventions import parse, render
from chalicelib.api.conventions.errors import INTERFACE, blueprint
from chalicelib.api.http import Answer, Request, json_answer, route
from chalicelib.domain.errors import NotAuthenticated
from chalicelib.wiring import services


@route(blueprint, INTERFACE, "POST", "/auth/register")
def register(request: Request) -> Answer:
    """Make an account and sign it in."""
    given = parse.registration(request)
    services().accounts.sign_up(**given)
    signed_in = services().accounts.sign_in(email=given["email"], password=given["password"])
    return json_answer({"status": True, "token": signed_in.token})


@route(blueprint, INTERFACE, "POST", "/auth/signin")
def sign_in(request: Request) -> Answer:
    """Get a token."""
    return json_answer({"status": True, "token": services().accounts.sign_in(**parse.credentials(request)).token})


@route(blueprint, INTERFACE, "GET", "/auth/verify")
@route(blueprint, INTERFACE, "POST", "/auth/verify")
def verify(request: Request) -> Answer:
    """Tell whether the token is valid; one that resets a password is, for that."""
    token = parse.token(request)
    known = parse.user_id(request, services().accounts) is not None
    return json_answer({"status": known or services().password_reset.is_valid(token)})


@route(blueprint, INTERFACE, "GET", "/auth/id")
@route(blueprint, INTERFACE, "POST", "/auth/id")
def show_identity(request: Request) -> Answer:
    """Tell whose token it is."""
    user = services().accounts.user_of(services().accounts.caller_of(parse.token(request)))
    return json_answer({"email": user.email, "name": user.name})


@route(blueprint, INTERFACE, "GET", "/auth/logout")
@route(blueprint, INTERFACE, "POST", "/auth/logout")
def sign_out(request: Request) -> Answer:
    """End the session; without one there is nothing to end."""
    try:
        services().accounts.sign_out(parse.token(request))
    except NotAuthenticated:
        return render.DONE
    return render.DONE


@route(blueprint, INTERFACE, "POST", "/auth/passwordreset")
def reset_password(request: Request) -> Answer:
    """Mail a token that changes the password once; the answer tells nobody who has an account."""
    given = parse.reset_request(request)
    services().password_reset.request(email=given["email"], link=given["redirect_url"], home=request.base_url)
    return render.DONE


@route(blueprint, INTERFACE, "POST", "/auth/passwordchange")
def change_password(request: Request) -> Answer:
    """Change the password with the token of a session or of a reset; every session ends."""
    services().password_reset.change(parse.token(request), parse.new_password(request))
    return render.DONE


@route(blueprint, INTERFACE, "GET", "/auth/list")
@route(blueprint, INTERFACE, "POST", "/auth/list")
def list_providers(_request: Request) -> Answer:
    """List the ways to sign in."""
    return json_answer(["email-auth"])
