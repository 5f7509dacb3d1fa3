"""The runs of export jobs, as their tasks write them, on DynamoDB; `docs/exports.md` shows the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.export_actions import Action, ending, freeing, logging, read_dossier, writing
from chalicelib.aws.export_documents import result_document
from chalicelib.aws.export_items import (
    discard_item,
    moment_number,
    run_key,
    seconds,
)
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exports import (
    LINK_GRACE,
    RUN_LIMIT,
    Export,
    LogEntry,
    Progress,
    Run,
    RunEnded,
    RunRef,
    RunResult,
    TransportOutcome,
)
from chalicelib.services.ports.exports import Dossier

_GOING: Final = "run_state = :pending OR run_state = :processing"
_GOING_STATES: Final = {":pending": "pending", ":processing": "processing"}


class DynamoRunStore:
    """Fulfils `RunStore`: every write has the condition that the run is going."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._table = Table(client, table)

    def claim_run(self, ref: RunRef, *, now: datetime) -> tuple[Export, Run]:
        """Make a pending run processing and give it with its export. Raises `RunEnded`."""
        while True:
            export, run = self.working(ref)
            if run.state == "processing":
                return export, run
            try:
                self._table.transact(
                    [
                        writing(self._table, replace(export, state="processing"), was=export),
                        self._table.updating(
                            run_key(ref).item,
                            "SET run_state = :processing, care_at = :limit",
                            condition="run_state = :pending",
                            values={**_GOING_STATES, ":limit": seconds(now + RUN_LIMIT)},
                        ),
                    ]
                )
            except ConditionFailed:
                continue
            return self.working(ref)

    def working(self, ref: RunRef) -> tuple[Export, Run]:
        """Give the export and the run, which is going. Raises `RunEnded`."""
        found = read_dossier(self._table, ref.export_id)
        run = found and found.latest
        if found is None or run is None or run.ref != ref or not run.active:
            raise _ended(ref)
        return found.export, run

    def check_run(self, ref: RunRef) -> None:
        """Look whether the run is still wanted. Raises `RunEnded`."""
        item = self._table.get(run_key(ref).item, attributes="run_state")
        if item is None or item["run_state"] not in _GOING_STATES.values():
            raise _ended(ref)

    def set_total(self, ref: RunRef, total: int) -> None:
        """Write how many objects there will be. Raises `RunEnded`."""
        self._change_run(ref, "SET objects_total = :total", {":total": total})

    def advance_run(self, ref: RunRef, shard: int, done: int) -> None:
        """Write how many objects of a shard are done; never goes back. Raises `RunEnded`."""
        try:
            self._table.update(
                run_key(ref).item,
                "SET shards.#shard = :done",
                condition=f"({_GOING}) AND (attribute_not_exists(shards.#shard) OR shards.#shard < :done)",
                names={"#shard": str(shard)},
                values={**_GOING_STATES, ":done": done},
            )
        except ConditionFailed:
            self.check_run(ref)

    def publish_run(self, ref: RunRef, result: RunResult) -> None:
        """Make the run visible: one conditional write. Raises `RunEnded`."""
        self._change_run(ref, "SET outcome = :outcome", {":outcome": result_document(result)})

    def record_transport(self, ref: RunRef, place: int, outcome: TransportOutcome, log: LogEntry | None = None) -> None:
        """Write how a transport went, and what the log says of it. Raises `RunEnded`."""
        change = self._table.updating(
            run_key(ref).item,
            "SET transports.#place = :outcome",
            condition=_GOING,
            names={"#place": str(place)},
            values={**_GOING_STATES, ":outcome": list(outcome)},
        )
        try:
            self._table.transact([change, *logging(self._table, ref.export_id, log)])
        except ConditionFailed as failed:
            raise _ended(ref) from failed

    def finish_run(self, ref: RunRef, *, log: LogEntry, now: datetime) -> None:
        """Make a published run the one that is served, and its export done. Raises `RunEnded`, `Conflict("run_not_published")`."""
        while True:
            found = read_dossier(self._table, ref.export_id)
            run = found and found.runs.get(ref.run)
            if run is not None and run.state == "done":
                return
            if found is None or run is None or run != found.latest or not run.active:
                raise _ended(ref)
            if run.result is None:
                raise Conflict("run_not_published")
            try:
                self._table.transact(self._finishing(found, run, log, now))
            except ConditionFailed:
                continue
            return

    def fail_run(self, ref: RunRef, *, reason: str, log: LogEntry, now: datetime) -> bool:
        """Close a run that is going as failed; False when it had ended."""
        while True:
            found = read_dossier(self._table, ref.export_id)
            run = found and found.latest
            if found is None or run is None or run.ref != ref or not run.active:
                return False
            failed = replace(found.export, state="failed", progress=run.progress)
            try:
                self._table.transact(
                    [
                        writing(self._table, failed, was=found.export),
                        *ending(self._table, found, now, reason),
                        *logging(self._table, ref.export_id, log),
                    ]
                )
            except ConditionFailed:
                continue
            return True

    def _change_run(self, ref: RunRef, change: str, values: Item) -> None:
        try:
            self._table.update(run_key(ref).item, change, condition=_GOING, values={**_GOING_STATES, **values})
        except ConditionFailed as failed:
            raise _ended(ref) from failed

    def _finishing(self, was: Dossier, run: Run, log: LogEntry, now: datetime) -> list[Action]:
        export, ref = was.export, run.ref
        objects = run.result.objects if run.result is not None else 0
        done = replace(export, state="done", served=ref.run, progress=Progress(objects, objects))
        actions = [
            writing(self._table, done, was=export),
            self._table.updating(
                run_key(ref).item,
                "SET run_state = :done, ended_at = :now REMOVE care, care_at",
                condition="attribute_exists(outcome)",
                values={":done": "done", ":now": moment_number(now)},
            ),
            freeing(self._table, export.user_id, ref),
            *logging(self._table, export.id, log),
        ]
        if export.served is not None:
            replaced = RunRef(export.id, export.served)
            actions.append(self._table.deleting(run_key(replaced).item))
            actions.append(self._table.putting(discard_item(replaced, now + LINK_GRACE)))
        if export.definition.keep_days is not None:
            actions.append(self._table.putting(discard_item(ref, now + timedelta(days=export.definition.keep_days))))
        return actions


def _ended(ref: RunRef) -> RunEnded:
    return RunEnded("run_ended", export=ref.export_id, run=ref.run)
