"""`/conventions/<slug>/schedule`: a convention's public schedule as a page that is readable without script."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from chalicelib.api import static
from chalicelib.api.conventions import errors, parse, render
from chalicelib.api.conventions.errors import blueprint
from chalicelib.api.conventions.schedules import PUBLIC
from chalicelib.api.http import Answer, Interface, Request, route
from chalicelib.wiring import services

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parent / "templates"
HTML: Final = "text/html; charset=utf-8"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""The page loads its own script and style, and its script calls nobody."""
ROOT: Final = "../../"
"""From the page to where everything hangs from; relative, so that stages and base paths work."""
HEADERS: Final = {"Content-Type": HTML, "Content-Security-Policy": POLICY, "Referrer-Policy": "strict-origin-when-cross-origin"}


def _errors(request: Request, error: Exception) -> Answer | None:
    """Answer a browser with a page, everybody else as the interface does."""
    plain = errors.answer(request, error)
    if plain is None or not request.accepts("text/html"):
        return plain
    message = orjson.loads(plain.body)["error"]
    page = _templates().get_template("problem.html").render(message=message, assets=static.site_files(), root=ROOT)
    kept = {name: value for name, value in plain.headers.items() if name in ("Allow", "Retry-After")}
    return Answer(plain.status, page.encode(), {**HEADERS, **kept, "Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"})


INTERFACE: Final = Interface(errors=_errors, fault=errors.fault)


@route(blueprint, INTERFACE, "GET", "/conventions/{slug}/schedule")
def schedule_page(request: Request) -> Answer:
    """Show the schedule to people."""
    from chalicelib.api.conventions.schedule_view import view

    request = parse.without_blanks(request)
    opened = services().schedules.open_public(request.params["slug"], parse.filters(request))
    now = services().clock().astimezone(opened.visit.convention.zone)
    version = f"{opened.version}-{now:%Y%m%d}-{_stamp()}"
    known = render.not_modified(request, version, PUBLIC)
    if known is not None:
        return known
    page = view(opened, request, today=now.date())
    text = _templates().get_template("schedule.html").render(page=page, assets=static.site_files(), root=ROOT)
    return Answer(200, text.encode(), {**HEADERS, "ETag": render.etag(version), **PUBLIC})


@cache
def _templates() -> Environment:
    """Give the templates; everything put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _stamp() -> str:
    """Give a digest of what pages are made with, so that a new release is not taken for the page that somebody has."""
    made_with = [path.read_bytes() for path in sorted(TEMPLATES.iterdir())]
    made_with += [name.encode() for name in static.site_files().values()]
    return hashlib.sha256(b"\0".join(made_with)).hexdigest()[:12]
