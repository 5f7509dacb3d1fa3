"""`/openapi.json`: the API described by itself, and `/docs`: the page that shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from chalice.app import Blueprint

from chalicelib.api import http
from chalicelib.api.http import Answer, Interface, MethodNotAllowed, Request, json_answer
from chalicelib.domain.errors import DomainError, NotFound

FILES: Final = Path(__file__).parents[2] / "web" / "reference"
TYPES: Final[Mapping[str, str]] = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""By suffix; nothing else is served by name."""
FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""For files whose name holds their version."""
ASK_AGAIN: Final = "public, no-cache"
SECURITY: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
}


class _File(NamedTuple):
    content: bytes
    etag: str


def _errors(_: Request, error: Exception) -> Answer | None:
    if isinstance(error, MethodNotAllowed):
        return _error(405, "method_not_allowed", "This method is not for this address.", {"Allow": ", ".join(error.allowed)})
    if isinstance(error, NotFound):
        return _error(404, "not_found", "There is nothing at this address.")
    if isinstance(error, DomainError):
        return _error(400, error.code, f"{error}.")
    return None


def _fault(_: Request, fault_id: str) -> Answer:
    return json_answer({"error": {"code": "server_error", "message": "Something went wrong on our side.", "id": fault_id}}, 500)


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    return json_answer({"error": {"code": code, "message": message}}, status, headers)


blueprint: Final = Blueprint(__name__)
interface: Final = Interface(_errors, _fault)


@http.route(blueprint, interface, "GET", "/openapi.json")
def show_description(request: Request) -> Answer:
    """Give the OpenAPI document of this deployment."""
    return _file(request, _document(request.base_url), "application/json", ASK_AGAIN)


@http.route(blueprint, interface, "GET", "/docs")
def show_reference(request: Request) -> Answer:
    """Show the API reference as a page."""
    return _file(request, _read("index.html"), "text/html; charset=utf-8", ASK_AGAIN, SECURITY)


@http.route(blueprint, interface, "GET", "/docs/{file}")
def show_reference_file(request: Request) -> Answer:
    """Give a script or style sheet of the reference page."""
    name = request.params["file"]
    if name not in _served():
        raise NotFound("file")
    is_versioned = any(character.isdigit() for character in name)
    return _file(request, _read(name), TYPES[Path(name).suffix], FOR_GOOD if is_versioned else ASK_AGAIN)


def _file(request: Request, file: _File, content_type: str, caching: str, more: Mapping[str, str] | None = None) -> Answer:
    """Give a file, or 304 to whoever has it (RFC 9110 §13.1.2)."""
    headers = {"ETag": file.etag, "Cache-Control": caching, **(more or {})}
    known = [tag.strip() for tag in request.header("if-none-match").split(",")]
    if "*" in known or file.etag in known:
        return Answer(304, b"", headers)
    return Answer(200, file.content, {"Content-Type": content_type, **headers})


@cache
def _served() -> frozenset[str]:
    return frozenset(path.name for path in FILES.iterdir() if path.suffix in TYPES)


@cache
def _read(name: str) -> _File:
    return _named((FILES / name).read_bytes())


@cache
def _document(base_url: str) -> _File:
    """Describe all routes, once in a container for each address it is known by."""
    from chalicelib.api.description.document import openapi

    return _named(orjson.dumps(openapi(http.routes, base_url)))


def _named(content: bytes) -> _File:
    """Name a file by its content; weakly, since it may be sent compressed."""
    return _File(content, f'W/"{hashlib.sha256(content).hexdigest()[:32]}"')
