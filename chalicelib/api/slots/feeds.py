"""The routes of private feeds: a user's slots, or a group's, at an address of their own."""

from __future__ import annotations

from typing import Final

from chalice.app import Blueprint

from chalicelib.api.http import MAX_RESPONSE, Answer, Request, json_answer, route
from chalicelib.api.slots import parse, render
from chalicelib.api.slots.errors import INTERFACE
from chalicelib.domain.errors import NotFound
from chalicelib.services.ports.feeds import Feed
from chalicelib.wiring import services

blueprint = Blueprint(__name__)
CALENDAR: Final = "text/calendar; charset=utf-8"


@route(blueprint, INTERFACE, "POST", "/v1/feeds")
def create_feed(request: Request) -> Answer:
    """Make a feed; its passkey is told only here."""
    made = services().feeds.create(parse.caller(request, services().accounts), group=parse.export_group(request))
    url = f"{request.base_url}/v1/feeds/{made.passkey}.ics"
    return json_answer({**_feed(made.feed), "passkey": made.passkey, "url": url}, 201, {"Location": url})


@route(blueprint, INTERFACE, "GET", "/v1/feeds")
def list_feeds(request: Request) -> Answer:
    """List the caller's feeds, without their passkeys."""
    return json_answer({"feeds": [_feed(feed) for feed in services().feeds.list(parse.caller(request, services().accounts))]})


@route(blueprint, INTERFACE, "GET", "/v1/feeds/{file}")
def read_feed(request: Request) -> Answer:
    """Give the feed's calendar to whoever knows the passkey."""
    passkey, dot, extension = request.params["file"].rpartition(".")
    if not dot or extension != "ics":
        raise NotFound("feed")
    file = services().feeds.read(passkey, content_type=CALENDAR, max_bytes=MAX_RESPONSE, until=request.deadline - 3)
    if file.url:
        return json_answer({"url": file.url}, 302, {"Location": file.url})
    etag = f'W/"{file.etag}"'
    known = [tag.strip().removeprefix("W/") for tag in request.header("if-none-match").split(",")]
    if "*" in known or etag.removeprefix("W/") in known:
        return Answer(304, b"", {"ETag": etag, "Cache-Control": "private, no-cache"})
    return Answer(200, file.content, {"Content-Type": CALENDAR, "ETag": etag, "Cache-Control": "private, no-cache"})


@route(blueprint, INTERFACE, "DELETE", "/v1/feeds/{file}")
def end_feed(request: Request) -> Answer:
    """End a feed at once."""
    services().feeds.end(parse.caller(request, services().accounts), request.params["file"].removesuffix(".ics"))
    return render.NOTHING


def _feed(feed: Feed) -> dict[str, str | None]:
    return {"group": feed.group, "created": render.moment(feed.created)}
