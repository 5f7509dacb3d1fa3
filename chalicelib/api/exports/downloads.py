"""The routes that lead to an export's files: with a token by path, without one by passkey and name.

The seed writes them under ``/api/v1/v1``; both spellings work.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import Final

from chalice.app import Blueprint

from chalicelib.api.exports import parse, render
from chalicelib.api.exports.errors import answer, fault
from chalicelib.api.http import Answer, Handler, Interface, Request, route
from chalicelib.domain.errors import DomainError
from chalicelib.services.export_downloads import InvalidPasskey
from chalicelib.wiring import services

BASES: Final = ("/api/v1/export/{export_id}", "/api/v1/v1/export/{export_id}")
_LEVELS: Final = ["".join(f"/{{{part}}}" for part in parse.PATH_PARTS[:depth]) for depth in range(1, len(parse.PATH_PARTS) + 1)]
"""A route for each level: a greedy parameter does not arrive everywhere."""

_STRANGE: Final = re.compile(
    r"(?:v1/)?export/(?P<export_id>[^/]+)/(?:(?:file|zip)/(?P<part1>.*)|download/(?P<passkey>[^/]*)/(?P<name>.*))", re.DOTALL
)


def _fault(request: Request, fault_id: str) -> Answer:
    """Give the answer to a fault of ours: the error page, where somebody looks at the download; the log has it in any case."""
    if request.query.get("disposition"):
        return render.redirect(request, DomainError("fault"))
    return fault(request, fault_id)


_DOWNLOADS: Final = Interface(errors=answer, fault=_fault)


def register_downloads(blueprint: Blueprint) -> None:
    """Put the routes on the interface's blueprint."""
    files = [f"{base}/file{level}" for base in BASES for level in _LEVELS]
    zips = [f"{base}/zip{level}" for base in BASES for level in ["", *_LEVELS]]
    links = [f"{base}/download/{{passkey}}/{{name}}" for base in BASES]
    for method in ("GET", "HEAD"):
        route(blueprint, _DOWNLOADS, method, *files)(get_file)
        route(blueprint, _DOWNLOADS, method, *zips)(get_zip)
        route(blueprint, _DOWNLOADS, method, *links)(open_link)


def _explained(handler: Handler) -> Handler:
    """Redirect to the error page, instead of answering an error, whoever says how a file is to be shown."""

    @functools.wraps(handler)
    def handle(request: Request) -> Answer:
        disposition = parse.disposition(request)
        try:
            return handler(request)
        except InvalidPasskey as error:
            return render.redirect(request, error)
        except DomainError as error:
            if disposition is None:
                raise
            return render.redirect(request, error)

    return handle


@_explained
def get_file(request: Request) -> Answer:
    """Lead to one file, or list a folder."""
    caller, shown, page = parse.caller(request, services().accounts), parse.presentation(request), parse.page(request)
    export_id, path = parse.export_id(request), parse.path(request)
    what = services().export_downloads.file(caller, export_id, path, limit=page.limit, offset=page.offset)
    return render.found(request, what, shown, services().objects)


@_explained
def get_zip(request: Request) -> Answer:
    """Lead to the ZIP of everything, of a folder or of a file."""
    caller, shown = parse.caller(request, services().accounts), parse.presentation(request)
    export_id, path = parse.export_id(request), parse.path(request)
    what = services().export_downloads.zip(caller, export_id, path, deadline=request.deadline)
    return render.found(request, what, shown, services().objects)


@_explained
def open_link(request: Request) -> Answer:
    """Lead to an archive by the export's passkey."""
    shown = parse.presentation(request)
    passkey, name = request.params["passkey"], request.params["name"]
    what = services().export_downloads.open(parse.export_id_or_none(request), passkey, name, deadline=request.deadline)
    return render.found(request, what, shown, services().objects)


def answer_strange(request: Request) -> Answer | None:
    """Answer a download whose path has parts that no route has, too many or empty ones: nothing is called that.

    The greedy route gives the path as `unknown`. None: this is no download.
    """
    found = _STRANGE.fullmatch(request.params["unknown"])
    if found is None or request.method not in ("GET", "HEAD"):
        return None
    params = {name: value for name, value in found.groupdict().items() if value is not None}
    handler = open_link if "passkey" in params else get_file
    return handler(replace(request, params=params))
