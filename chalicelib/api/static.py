"""Files that ship with the code, over HTTP: cached for as long as their name allows, compressed once in a container."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from chalicelib.api.http import Answer, Interface, MethodNotAllowed, Request, json_answer
from chalicelib.domain.errors import DomainError, NotFound

TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""By suffix; nothing else is served by its name."""
FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""For files whose name holds their version or their content's hash."""
ASK_AGAIN: Final = "public, no-cache"
SITE: Final = Path(__file__).parents[1] / "web" / "site"
"""Built from `web/`."""


class StaticFile(NamedTuple):
    """A file's bytes and their name."""

    content: bytes
    etag: str


def named(content: bytes) -> StaticFile:
    """Name a file by its content; weakly, since it may be sent compressed."""
    return StaticFile(content, f'W/"{hashlib.sha256(content).hexdigest()[:32]}"')


@cache
def read(path: Path) -> StaticFile:
    """Read a file once in a container."""
    return named(path.read_bytes())


@cache
def site_files() -> Mapping[str, str]:
    """Give the names, under /assets, of the files that pages begin with, by their source in `web/src`."""
    names: dict[str, str] = orjson.loads((SITE / "SOURCE.json").read_bytes())["entries"]
    return names


@cache
def served(folder: Path) -> frozenset[str]:
    """Give the names of a folder's files that may be asked for."""
    return frozenset(path.name for path in folder.iterdir() if path.suffix in TYPES)


def answer(request: Request, file: StaticFile, content_type: str, caching: str, more: Mapping[str, str] | None = None) -> Answer:
    """Give a file, or 304 to whoever has it (RFC 9110 §13.1.2)."""
    headers = {"ETag": file.etag, "Cache-Control": caching, **(more or {})}
    known = [tag.strip() for tag in request.header("if-none-match").split(",")]
    if "*" in known or file.etag in known:
        return Answer(304, b"", headers)
    headers["Content-Type"] = content_type
    if len(file.content) < 1_000 or "gzip" not in request.header("accept-encoding"):
        return Answer(200, file.content, headers)
    return Answer(200, _packed(file.content), {**headers, "Content-Encoding": "gzip"})


@cache
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


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


INTERFACE: Final = Interface(_errors, _fault)
"""How these addresses speak of errors."""
