"""Export jobs on DynamoDB; `docs/exports.md` shows the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.export_actions import Action, at_revision, ending, logging, read_dossier, writing
from chalicelib.aws.export_items import (
    RUN,
    discard_item,
    export_item,
    export_key,
    export_of,
    going_name,
    log_item,
    pointer_key,
    quota_key,
    run_item,
    run_key,
    run_of,
    seconds,
    user_partition,
)
from chalicelib.domain.errors import Conflict, TooLarge
from chalicelib.domain.exports import (
    START_AGAIN,
    TASK_LIMIT,
    Export,
    LogEntry,
    Run,
    RunRef,
)
from chalicelib.services.ports.exports import Dossier, Limits


class DynamoExportStore:
    """Fulfils `ExportStore`.

    Whatever changes more than one item is one transaction, with the revision of the export as it was read as its condition.
    """

    def __init__(self, client: Any, *, table: str) -> None:
        self._table = Table(client, table)

    def create_export(self, export: Export, log: LogEntry, *, limits: Limits) -> None:
        """Write a new export. Raises `Conflict("export_exists")`, `TooLarge("too_many_exports")`."""
        quota = self._table.updating(
            quota_key(export.user_id).item,
            "ADD exports :one",
            condition="attribute_not_exists(exports) OR exports < :limit",
            values={":one": 1, ":limit": limits.exports},
        )
        try:
            self._table.transact(
                [
                    self._table.putting(export_item(replace(export, revision=1)), condition="attribute_not_exists(pk)"),
                    quota,
                    self._table.putting({**pointer_key(export).item, "export_id": export.id}),
                    self._table.putting(log_item(export.id, log)),
                ]
            )
        except ConditionFailed as failed:
            if 0 in failed.actions:
                raise Conflict("export_exists") from failed
            raise TooLarge("too_many_exports", limit=limits.exports) from failed

    def exports(self, user_id: int) -> Sequence[int]:
        """List the ids of a user's exports, newest first."""
        pages = self._table.query(
            "pk = :pk AND begins_with(sk, :sk)",
            values={":pk": user_partition(user_id), ":sk": "E#"},
            attributes="export_id",
            forward=False,
        )
        return [item["export_id"] for page in pages for item in page]

    def dossiers(self, user_id: int, export_ids: Sequence[int]) -> Sequence[Dossier]:
        """Give those of the user's exports in that order, with the latest run of those that are running."""
        found = {
            export.id: export
            for export in map(export_of, self._table.get_many(export_key(export_id).item for export_id in export_ids))
            if export.user_id == user_id
        }
        going = [run_key(RunRef(export.id, export.run)).item for export in found.values() if export.running]
        runs = {run.ref: run for run in map(run_of, self._table.get_many(going))}
        return [
            Dossier(export, {ref.run: runs[ref]} if (ref := RunRef(export.id, export.run)) in runs else {})
            for export_id in export_ids
            if (export := found.get(export_id)) is not None
        ]

    def dossier(self, export_id: int, *, log: int = 0) -> Dossier | None:
        """Give one export with its runs and up to `log` entries, in one read."""
        return read_dossier(self._table, export_id, log=log)

    def replace_export(self, export: Export, *, was: Dossier, log: LogEntry | None, now: datetime) -> None:
        """Write over what was read, ending its run if the state says so. Raises `Conflict("export_changed")`."""
        self._transact_unchanged(
            [
                writing(self._table, export, was=was.export),
                *([] if export.running else ending(self._table, was, now, "stopped")),
                *logging(self._table, export.id, log),
            ]
        )

    def delete_export(self, *, was: Dossier, now: datetime) -> None:
        """Remove it and end its run; files and log are left to be discarded. Raises `Conflict("export_changed")`."""
        export = was.export
        at = now + TASK_LIMIT if was.leftovers else now
        # the run's own item goes at once, so that its tasks find nothing; `ending` would keep it
        runs = [self._table.deleting(run_key(RunRef(export.id, run)).item) for run in was.runs]
        self._transact_unchanged(
            [
                self._table.deleting(export_key(export.id).item, **at_revision(export)),
                self._table.deleting(pointer_key(export).item),
                self._table.updating(
                    quota_key(export.user_id).item,
                    "ADD exports :less DELETE going :run",
                    values={":less": -1, ":run": {going_name(RunRef(export.id, export.run))}},
                ),
                self._table.putting(discard_item(RunRef(export.id, 0), at)),
                *runs,
            ]
        )

    def begin_run(self, run: Run, *, was: Dossier, next_run: datetime | None, log: LogEntry, limits: Limits) -> None:
        """Make `run` the export's latest. Raises `Conflict("export_changed")`, `TooLarge("too_many_running_exports")`."""
        export = was.export
        begun = replace(export, state="pending", run=run.ref.run, next_run=next_run)
        outlived = [number for number in was.runs if number != export.served]
        try:
            self._table.transact(
                [
                    writing(self._table, begun, was=export),
                    self._table.updating(
                        quota_key(run.user_id).item,
                        "ADD going :run",
                        condition="attribute_not_exists(going) OR size(going) < :limit",
                        values={":run": {going_name(run.ref)}, ":limit": limits.running},
                    ),
                    self._table.putting({**run_item(run), "care": RUN, "care_at": seconds(run.started + START_AGAIN)}),
                    *(self._table.deleting(run_key(RunRef(export.id, number)).item) for number in outlived),
                    *logging(self._table, export.id, log),
                ]
            )
        except ConditionFailed as failed:
            if 0 in failed.actions:
                raise Conflict("export_changed", id=export.id) from failed
            raise TooLarge("too_many_running_exports", limit=limits.running) from failed

    def skip_run(self, *, was: Export, next_run: datetime | None, log: LogEntry | None) -> bool:
        """Move on to `next_run` without starting; False when somebody else dealt with that minute."""
        if was.next_run is None:
            return False
        if next_run is None:
            change, values = "REMOVE care, care_at ADD revision :one", {}
        else:
            change, values = "SET care_at = :next ADD revision :one", {":next": seconds(next_run)}
        moving = self._table.updating(
            export_key(was.id).item,
            change,
            condition="care_at = :due",
            values={":one": 1, ":due": seconds(was.next_run), **values},
        )
        try:
            self._table.transact([moving, *logging(self._table, was.id, log)])
        except ConditionFailed:
            return False
        return True

    def _transact_unchanged(self, actions: list[Action]) -> None:
        try:
            self._table.transact(actions)
        except ConditionFailed as failed:
            raise Conflict("export_changed") from failed
