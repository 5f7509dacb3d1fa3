"""The routes of whole schedules: the public files that calendars and apps fetch, and the import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from chalicelib.api.conventions import parse, render
from chalicelib.api.conventions.errors import INTERFACE, blueprint
from chalicelib.api.http import MAX_RESPONSE, Answer, Request, json_answer, route
from chalicelib.services.schedule_feeds import ScheduleFormat
from chalicelib.wiring import services

TYPES: Final[Mapping[ScheduleFormat, str]] = {
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv; charset=utf-8",
}
PUBLIC: Final = {"Cache-Control": "public, max-age=60"}
"""A minute: calendars poll, and thousands may."""


def _schedule(request: Request, kind: ScheduleFormat) -> Answer:
    feeds = services().schedule_feeds
    opened = feeds.open(request.params["slug"], parse.filters(request))
    version = f"{opened.version}-{kind}"
    known = render.not_modified(request, version, PUBLIC)
    if known is not None:
        return known
    name = f"{opened.visit.convention.slug}.{kind}"
    file = feeds.write(opened, kind, home=request.base_url, content_type=TYPES[kind], filename=name, max_bytes=MAX_RESPONSE)
    if file.url:
        return json_answer({"status": True, "url": file.url}, 302, {"Location": file.url, "Cache-Control": "no-store"})
    disposition = f"inline; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Type": TYPES[kind], "Content-Disposition": disposition, "ETag": render.etag(version), **PUBLIC}
    return Answer(200, file.content, headers)


@route(blueprint, INTERFACE, "GET", "/conventions/{slug}/schedule.ics")
def schedule_ics(request: Request) -> Answer:
    """Give the schedule as a calendar to subscribe to."""
    return _schedule(request, "ics")


@route(blueprint, INTERFACE, "GET", "/conventions/{slug}/schedule.json")
def schedule_json(request: Request) -> Answer:
    """Give the schedule as conference apps read it."""
    return _schedule(request, "json")


@route(blueprint, INTERFACE, "GET", "/conventions/{slug}/schedule.xml")
def schedule_xml(request: Request) -> Answer:
    """Give the schedule as conference apps read it."""
    return _schedule(request, "xml")


@route(blueprint, INTERFACE, "GET", "/conventions/{slug}/schedule.csv")
def schedule_csv(request: Request) -> Answer:
    """Give the schedule as a table."""
    return _schedule(request, "csv")


@route(blueprint, INTERFACE, "POST", "/entities/timeslots/import")
def import_schedule(request: Request) -> Answer:
    """Put a schedule from a file into the convention's; the body is the file, or a form with it."""
    from chalicelib.formats import schedule_files

    request = parse.with_file(request)
    dry_run = parse.flag(request, "dry_run")
    report = services().schedule_import.run(
        parse.visitor(request, services().accounts),
        schedule_files.read(request.body, charset=request.content_type[1]),
        create=parse.flag(request, "create"),
        dry_run=dry_run,
        deadline=request.deadline - 5,
    )
    return json_answer(render.import_report(report, dry_run=dry_run))
