"""What transactions on the exports table are put together from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.aws.dynamodb import Table
from chalicelib.aws.export_items import (
    LOG_PREFIX,
    RUN_PREFIX,
    discard_item,
    dossier_of,
    export_item,
    going_name,
    log_item,
    moment_number,
    partition,
    quota_key,
    run_key,
)
from chalicelib.domain.exports import TASK_LIMIT, Export, LogEntry, RunRef
from chalicelib.services.ports.exports import Dossier

Action = dict[str, Any]

_RUNS_KEPT: Final = 2
"""The latest and the one that is served."""


def read_dossier(table: Table, export_id: int, *, log: int = 0) -> Dossier | None:
    """Give one export with its runs and up to `log` entries, by one query from the end of its partition."""
    items, _ = table.query_page(
        "pk = :pk AND sk >= :sk",
        values={":pk": partition(export_id), ":sk": LOG_PREFIX if log else RUN_PREFIX},
        forward=False,
        limit=1 + _RUNS_KEPT + log,
    )
    found = dossier_of(items)
    return found and found._replace(log=found.log[:log])


def writing(table: Table, export: Export, *, was: Export) -> Action:
    """Write over an export as it was read, at the next revision."""
    return table.putting(export_item(replace(export, revision=was.revision + 1)), **at_revision(was))


def at_revision(export: Export) -> dict[str, Any]:
    """Give the condition that an export is as it was read."""
    return {"condition": "revision = :revision", "values": {":revision": export.revision}}


def logging(table: Table, export_id: int, entry: LogEntry | None) -> list[Action]:
    """Write a log entry, if there is one."""
    return [] if entry is None else [table.putting(log_item(export_id, entry))]


def freeing(table: Table, user_id: int, ref: RunRef) -> Action:
    """Take a run from those that its user has going."""
    return table.updating(quota_key(user_id).item, "DELETE going :run", values={":run": {going_name(ref)}})


def ending(table: Table, was: Dossier, now: datetime, reason: str) -> list[Action]:
    """End the latest run as failed, if it is going; its condition is the export's, which is written with it."""
    export = was.export
    if not export.running:
        return []
    ref = RunRef(export.id, export.run)
    return [
        table.updating(
            run_key(ref).item,
            "SET run_state = :failed, ended_at = :now, reason = :reason REMOVE care, care_at, outcome",
            condition="attribute_exists(pk)",
            values={":failed": "failed", ":now": moment_number(now), ":reason": reason},
        ),
        freeing(table, export.user_id, ref),
        table.putting(discard_item(ref, now + TASK_LIMIT)),
    ]
