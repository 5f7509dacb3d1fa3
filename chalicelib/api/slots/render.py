"""Answers of the Timeslot data API."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from chalicelib.api.http import Answer, Request, json_answer
from chalicelib.api.slots.errors import describe
from chalicelib.api.slots.parse import ListQuery
from chalicelib.domain.accounts import User
from chalicelib.domain.slots import Group, Slot
from chalicelib.formats import timeslot_json
from chalicelib.services.accounts import SignedIn
from chalicelib.services.import_jobs import Upload
from chalicelib.services.import_report import Report
from chalicelib.services.ports.imports import ImportJob
from chalicelib.services.ports.slots import StoredSlot
from chalicelib.services.slot_export import ExportFile, Format
from chalicelib.services.slots import Listing

NOTHING: Final = Answer(204, headers={"Cache-Control": "no-store"})

_PLAIN_IN_A_PATH: Final = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_.@-]*")


def user(account: User, status: int = 200) -> Answer:
    """Show an account to its owner."""
    shown = {"id": account.id, "email": account.email, "username": account.name, "created": moment(account.created)}
    return json_answer(shown, status)


def signed_in(opened: SignedIn) -> Answer:
    """Hand out a token."""
    shown = {
        "authToken": opened.token,
        "expires": moment(opened.expires),
        "user": {"id": opened.user.id, "email": opened.user.email, "username": opened.user.name},
    }
    return json_answer(shown)


def removed(*, finished: bool) -> Answer:
    """Say that it is gone, or that the same request goes on with what is left."""
    if finished:
        return NOTHING
    return json_answer({"state": "removing", "message": "There is more to remove: repeat the request."}, 202, {"Retry-After": "1"})


def group(shown: Group, base_url: str, status: int = 200) -> Answer:
    """Show a group."""
    headers = {"Location": f"{base_url}/v1/groups/{shown.uuid}"} if status == 201 else {}
    return json_answer(shown._asdict(), status, headers)


def group_list(groups: Sequence[Group], limit: int, after: str | None) -> Answer:
    """Show a page of groups and the cursor of the next."""
    data = [each._asdict() for each in groups]
    return json_answer({"data": data, "paging": {"limit": limit, "after": after}})


def slot(stored: StoredSlot, base_url: str, status: int = 200) -> Answer:
    """Show a slot, with its revision as ETag for `If-Match`."""
    headers = {"ETag": f'"{stored.revision}"'}
    if status == 201:
        headers["Location"] = f"{base_url}/v1/slots/{uid_in_path(stored.slot.uid)}"
    return json_answer(orjson.Fragment(slot_json(stored.slot)), status, headers)


def not_modified(stored: StoredSlot) -> Answer:
    """Say that the client has the slot as it is."""
    return Answer(304, headers={"ETag": f'"{stored.revision}"', "Cache-Control": "no-store"})


def slot_list(listing: Listing, query: ListQuery) -> Answer:
    """Show a page of slots and the cursors of its neighbours."""
    paging: dict[str, Any] = {"limit": query.limit, "before": listing.before, "after": listing.after}
    if query.window is not None:
        paging |= {"filter": "between", "earliest": moment(query.window.earliest), "latest": moment(query.window.latest)}
    slots = [slot_json(stored.slot) for stored in listing.slots]
    if listing.occurrences is not None:
        slots = [
            b'%b,"occurrences":%b}' % (each[:-1], orjson.dumps([_occurrence(*times) for times in shown]))
            for each, shown in zip(slots, listing.occurrences, strict=True)
        ]
    return json_answer({"data": [orjson.Fragment(each) for each in slots], "paging": paging})


def slot_json(shown: Slot) -> bytes:
    """Give a slot as the JSON object that exports have too; its groups by uuid."""
    return b"".join(timeslot_json.write((shown,)))[1:-1]


def uid_in_path(uid: str) -> str:
    """Give the form in which a uid stands in a path: as it is, or `~` and base64url where a path cannot carry it."""
    if _PLAIN_IN_A_PATH.fullmatch(uid) and uid not in (".", ".."):
        return uid
    return "~" + base64.urlsafe_b64encode(uid.encode()).rstrip(b"=").decode()


def moment(time: datetime) -> str:
    """Print an instant as all answers here do: UTC, to the millisecond."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _occurrence(start: datetime, end: datetime) -> Mapping[str, str]:
    return {"start": moment(start), "end": moment(end)}


# export and import


def export_type(kind: Format, request: Request) -> str:
    """Tell the media type of an export: calendars are downloads unless the client names their type."""
    if kind in ("ical", "google"):
        return "text/calendar; charset=utf-8" if request.accepts("text/calendar") else "application/octet-stream"
    return "application/json" if kind == "timeslot" else "text/csv; charset=utf-8"


def export(file: ExportFile, content_type: str) -> Answer:
    """Give an export, or send the client to where it is."""
    if file.url:
        return elsewhere(file.url, file.filename)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.filename}"',
        "Content-Transfer-Encoding": "binary",
        "Content-Type": content_type,
        "Cache-Control": "private",
        "ETag": f'W/"{file.etag}"',
    }
    return Answer(200, file.content, headers)


def elsewhere(url: str, filename: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Send the client to where an answer is that is too large to be one."""
    return json_answer({"url": url, "filename": filename}, 303, {**(headers or {}), "Location": url})


def upload(opened: Upload) -> Answer:
    """Tell where and how to put a file."""
    shown = {"upload": opened.id, "method": "PUT", "url": opened.url, "headers": {}, "expires": moment(opened.expires)}
    return json_answer(shown, 201)


def imported(outcome: Report | ImportJob, request: Request) -> Answer:
    """Report on an import that is done; tell where to look for one that goes on."""
    if isinstance(outcome, ImportJob):
        return import_accepted(outcome, request)
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache"}
    if request.accepts("text/plain") and not request.accepts("application/json"):
        return Answer(200, b"", headers)
    return json_answer(outcome.as_json(), 200, headers)


def import_accepted(job: ImportJob, request: Request) -> Answer:
    """Tell where an import that runs as a job can be followed."""
    url = f"{request.base_url}/v1/import/{job.id}"
    return json_answer({"import": job.id, "state": job.state, "status_url": url}, 202, {"Location": url})


def import_status(job: ImportJob) -> Answer:
    """Show how far an import is, and at the end its report, or what went wrong."""
    shown: dict[str, Any] = {"import": job.id, "state": job.state, "done": job.done, "total": job.total}
    report = job.report or {}
    if job.state == "failed":
        shown["error"] = describe(report["code"], report["details"])
    elif job.state == "done":
        shown |= report
    return json_answer(shown)
