"""The export object of the API, as plain JSON values."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from chalicelib.domain.exports import Definition, ExportFile, Format, LogEntry, Progress, State, Transport
from chalicelib.domain.schedules import WEEKDAYS, Schedule
from chalicelib.services.export_downloads import served_run
from chalicelib.services.export_links import Link, archives_of, links
from chalicelib.services.ports.exports import Dossier

SINGLE: Final[tuple[Format, ...]] = ("json", "xml", "ical")
"""Formats that can have one file per object."""


def definition_document(definition: Definition) -> dict[str, Any]:
    """Give a definition as the object that makes it again when it is sent."""
    return {
        "export": {
            "type": definition.type,
            "name": definition.name or None,
            "objecttype": definition.objecttype,
            **({"convention": definition.convention} if definition.convention else {}),
            "search": dict(definition.search),
            "json": "json" in definition.formats,
            "xml": "xml" in definition.formats,
            "ical": "ical" in definition.formats,
            "csv": asdict(definition.csv) if "csv" in definition.formats else False,
            **{f"{name}_one_file_per_object": name in definition.one_file_per_object for name in SINGLE},
            "fields": {name: {"display_name": shown} for name, shown in definition.fields.items()},
            "flat": definition.flat,
            "batch_size": definition.batch_size,
            "filename_template": definition.filename_template or None,
            "serve_last_done": definition.serve_last_done,
            "keep_days": definition.keep_days,
            "notify": definition.notify,
        },
        "_schedules": [_schedule(schedule) for schedule in definition.schedules],
        "_transports": [_transport(transport) for transport in definition.transports],
    }


def overview(dossier: Dossier) -> dict[str, Any]:
    """Give what lists show of an export."""
    export = dossier.export
    own = definition_document(export.definition)["export"]
    progress = _progress(dossier)
    return {
        "_basetype": "export",
        "_date_created": moment(export.created),
        "_state": export.state,
        "_progress": {"done": progress.done, "total": progress.total},
        "_next_run": None if export.next_run is None else moment(export.next_run),
        "export": {"_id": export.id, "_version": export.version, **own, "name": export.name},
    }


def whole(dossier: Dossier, files: int, first: list[ExportFile]) -> dict[str, Any]:
    """Give everything an export shows; `first` are the first of its `files` files."""
    export, run = dossier.export, served_run(dossier)
    made = archives_of(run, "zip") if run is not None else ()
    kept = definition_document(export.definition)
    return {
        **overview(dossier),
        "_schedules": kept["_schedules"],
        "_transports": [
            {**shown, "_state": _outcome(dossier, place), "_download": {"_files": _transport_files(dossier, place)}}
            for place, shown in enumerate(kept["_transports"])
        ],
        "_log": [_event(entry) for entry in reversed(dossier.log)],
        "_files": [file_document(file) for file in first],
        "_files_total": files,
        "_downloads": {"_files": [_link(link) for link in links(export, made)]},
    }


def file_document(file: ExportFile) -> dict[str, Any]:
    """Give one file of the list of files."""
    return {"path": file.path, "size": file.size, "sha256": file.sha256}


def moment(at: datetime) -> str:
    """Print a moment in UTC, to the second."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _progress(dossier: Dossier) -> Progress:
    export = dossier.export
    if export.running and dossier.latest is not None:
        return dossier.latest.progress
    return Progress() if export.state == "new" else export.progress


def _outcome(dossier: Dossier, place: int) -> State:
    """Tell where a transport stands: as it ended, or else where its run does."""
    run, state = dossier.latest, dossier.export.state
    if run is not None and state != "new" and place in run.transports:
        return run.transports[place].state
    return "pending" if state == "processing" else state


def _transport_files(dossier: Dossier, place: int) -> list[dict[str, Any]]:
    run = served_run(dossier)
    if run is None:
        return []
    packer = dossier.export.definition.transports[place].packer
    return [_link(link) for link in links(dossier.export, archives_of(run, packer))]


def _link(link: Link) -> dict[str, Any]:
    return {"url": link.path, "size": link.size}


def _event(entry: LogEntry) -> dict[str, Any]:
    name = ".".join(str(part) for part in entry.order if part != "")
    return {"event": {"_id": name, "timestamp": moment(entry.timestamp), "type": entry.type, "info": dict(entry.info)}}


def _transport(transport: Transport) -> dict[str, Any]:
    return {"type": transport.type, "packer": transport.packer, "options": dict(transport.options)}


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "weekdays": [WEEKDAYS[day] for day in schedule.weekdays],
        "days_of_month": list(schedule.days_of_month),
        "hours": list(schedule.hours),
        "minutes": list(schedule.minutes),
        "timezone": schedule.timezone,
    }
