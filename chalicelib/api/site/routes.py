"""`/`: the site for browsers, an index of the interfaces for programs; `/assets`: what the site is made of."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from chalice.app import Blueprint

from chalicelib.api import http, static
from chalicelib.api.http import Answer, Request, json_answer
from chalicelib.api.site.index import index
from chalicelib.domain.errors import NotFound
from chalicelib.settings import settings

FILES: Final = static.SITE


blueprint: Final = Blueprint(__name__)


@http.route(blueprint, static.INTERFACE, "HEAD", "/")
@http.route(blueprint, static.INTERFACE, "GET", "/")
def show_start(request: Request) -> Answer:
    """Show the site; to a program that asks for JSON, list the interfaces, each with the addresses it starts at."""
    if request.accepts("application/json") and not request.accepts("text/html"):
        listed = index(request.base_url, {route.path for route in http.routes})
        return json_answer({"service": "Slotport", "interfaces": listed}, headers={"Vary": "Accept, Accept-Encoding, Origin"})
    page = _page(urlsplit(request.base_url).path)
    return static.answer(request, page, "text/html; charset=utf-8", static.ASK_AGAIN, security(settings().bucket_origin))


@http.route(blueprint, static.INTERFACE, "GET", "/assets/{file}")
def show_asset(request: Request) -> Answer:
    """Give a script, style sheet or picture of the site; its name holds its content's hash."""
    name = request.params["file"]
    if name not in static.served(FILES / "assets"):
        raise NotFound("file")
    return static.answer(request, static.read(FILES / "assets" / name), static.TYPES[Path(name).suffix], static.FOR_GOOD)


@cache
def security(bucket_origin: str) -> dict[str, str]:
    """Give the headers that keep a page to what is ours; files go to and come from the bucket directly."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {bucket_origin}".rstrip()
        + "; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )
    return {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Vary": "Accept, Accept-Encoding, Origin"}


@cache
def _page(path: str) -> static.StaticFile:
    """Give the page for a deployment under a path: `""`, or such as `/api`."""
    page = (FILES / "index.html").read_text("utf-8").replace("%base%", html.escape(f"{path}/"))
    return static.named(page.encode())
