"""`/openapi.json`: the API described by itself, and `/docs`: the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from chalice.app import Blueprint

from chalicelib.api import http, static
from chalicelib.api.http import Answer, Request
from chalicelib.domain.errors import NotFound

FILES: Final = Path(__file__).parents[2] / "web" / "reference"
SECURITY: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
}


blueprint: Final = Blueprint(__name__)


@http.route(blueprint, static.INTERFACE, "GET", "/openapi.json")
def show_description(request: Request) -> Answer:
    """Give the OpenAPI document of this deployment."""
    return static.answer(request, _document(request.base_url), "application/json", static.ASK_AGAIN)


@http.route(blueprint, static.INTERFACE, "GET", "/docs")
def show_reference(request: Request) -> Answer:
    """Show the API reference as a page."""
    page = static.read(FILES / "index.html")
    return static.answer(request, page, "text/html; charset=utf-8", static.ASK_AGAIN, SECURITY)


@http.route(blueprint, static.INTERFACE, "GET", "/docs/{file}")
def show_reference_file(request: Request) -> Answer:
    """Give a script or style sheet of the reference page."""
    name = request.params["file"]
    if name not in static.served(FILES):
        raise NotFound("file")
    is_versioned = any(character.isdigit() for character in name)
    caching = static.FOR_GOOD if is_versioned else static.ASK_AGAIN
    return static.answer(request, static.read(FILES / name), static.TYPES[Path(name).suffix], caching)


@cache
def _document(base_url: str) -> static.StaticFile:
    """Describe all routes, once in a container for each address it is known by."""
    from chalicelib.api.description.document import openapi

    return static.named(orjson.dumps(openapi(http.routes, base_url)))
