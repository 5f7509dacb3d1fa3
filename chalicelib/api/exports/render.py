"""What the services give, as answers of the export API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import quote

import orjson

from chalicelib.api.exports import documents
from chalicelib.api.exports.errors import redirect_key
from chalicelib.api.exports.parse import Page, Presentation
from chalicelib.api.http import MAX_RESPONSE, Answer, Request, json_answer
from chalicelib.domain.accounts import Session, User
from chalicelib.domain.errors import DomainError
from chalicelib.domain.exports import ExportFile
from chalicelib.formats.disposition import content_disposition
from chalicelib.formats.export_files.layout import content_type
from chalicelib.services.export_downloads import Download, Folder, Making
from chalicelib.services.export_jobs import Listing
from chalicelib.services.ports.exports import Dossier
from chalicelib.services.ports.objects import ObjectStore

SECRET: Final[Mapping[str, str]] = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""For every answer to a secret address, or with one in it."""
HTML: Final = "text/html; charset=utf-8"
_ROOM: Final = 50_000
"""Bytes of a list that are not its objects."""

# sessions


def session(token: str, session: Session, user: User | None) -> Answer:
    """Show a session."""
    shown = None if user is None else {"_id": user.id, "email": user.email, "name": user.name}
    body = {"token": token, "authenticated": user is not None, "user": shown, "expires": documents.moment(session.expires)}
    return json_answer(body)


SIGNED_OUT: Final = json_answer({"authenticated": False})

# exports


def export(dossier: Dossier, files: tuple[int, Sequence[ExportFile]]) -> Answer:
    """Show everything of an export."""
    total, first = files
    return json_answer(documents.whole(dossier, total, list(first)))


def listing(found: Listing, page: Page) -> Answer:
    """Show a page of exports; one that would not fit an answer ends early, and the next one begins after what it holds."""
    objects: list[dict[str, Any]] = []
    room = MAX_RESPONSE - _ROOM
    for dossier in found.dossiers:
        shown = documents.overview(dossier)
        room -= len(orjson.dumps(shown)) + 1
        if room < 0:
            break
        objects.append(shown)
    return json_answer({"limit": page.given, "offset": page.offset, "count": found.total, "objects": objects})


def files(total: int, found: Sequence[ExportFile], page: Page) -> Answer:
    """Show a page of files."""
    shown = [documents.file_document(file) for file in found]
    return json_answer({"limit": page.given, "offset": page.offset, "count": total, "objects": shown})


def deleted(export_id: int) -> Answer:
    """Say that an export is gone."""
    return json_answer({"_basetype": "export", "export": {"_id": export_id}, "deleted": True})


# downloads


def found(request: Request, what: Download | Folder | Making, shown: Presentation, objects: ObjectStore) -> Answer:
    """Answer what was asked for: the way to the store, its head, a list, or that it is being made."""
    match what:
        case Folder():
            listed = [{"path": path, "size": size} for path, size in what.files]
            return json_answer({"path": what.path, "files": listed, "more": what.more})
        case Making():
            return _making(request, what)
        case Download():
            return _download(request, what, shown, objects)


def redirect(request: Request, error: DomainError) -> Answer:
    """Send somebody to the page that explains an error."""
    key = quote(redirect_key(error), safe=".")
    return Answer(302, b"", {**SECRET, "Location": f"{request.base_url}/#server_error:{key}", "Content-Type": "text/plain"})


def _download(request: Request, what: Download, shown: Presentation, objects: ObjectStore) -> Answer:
    stem = shown.filename or what.name
    ending = f".{what.extension}" if what.extension else ""
    name = stem if not ending or stem.lower().endswith(ending) else stem + ending
    kind = content_type(f"{what.name}{ending}")
    disposition = shown.disposition or "attachment"
    if request.method == "HEAD":
        return Answer(
            200,
            b"",
            {
                **SECRET,
                "Content-Type": kind,
                "Content-Length": str(what.size),
                "Content-Disposition": content_disposition(name, disposition),
            },
        )
    url = objects.download_url(what.key, filename=name, content_type=kind, disposition=disposition)
    return Answer(307, b"", {**SECRET, "Location": url, "Content-Type": kind})


def _making(request: Request, what: Making) -> Answer:
    headers = {**SECRET, "Retry-After": str(what.seconds)}
    if not request.accepts("text/html"):
        return json_answer({"state": "processing", "retry_after": what.seconds}, 202, headers)
    page = _page("One moment", "The archive is being made. The download starts by itself.", refresh=what.seconds)
    return Answer(202, page, {**headers, "Content-Type": HTML})


# addresses


def confirmed(request: Request, address: str) -> Answer:
    """Tell somebody who opened the link of a mail that exports can come."""
    text = f"Exports can be sent to {address} from now on."
    if request.accepts("text/html"):
        return Answer(200, _page("Thank you", f"{text} You can close this page."), {"Content-Type": HTML, **SECRET})
    return Answer(200, f"{text}\n".encode(), {"Content-Type": "text/plain; charset=utf-8", **SECRET})


def _page(title: str, text: str, *, refresh: int | None = None) -> bytes:
    """Print a page for people who come from a mail or a link; it loads nothing and follows the system's dark or light."""
    again = "" if refresh is None else f'<meta http-equiv="refresh" content="{refresh}">'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark">{again}<title>{escape(title)} · Slotport</title></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p></main></body></html>"
    ).encode()
