"""What the minute tick looks after, on DynamoDB; `docs/exports.md` shows the table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.export_actions import read_dossier, writing
from chalicelib.aws.export_items import (
    RUN,
    RUN_PREFIX,
    SCHEDULE,
    Key,
    discard_key,
    partition,
    ref_of,
    run_key,
    run_of,
    seconds,
)
from chalicelib.domain.exports import RunRef
from chalicelib.services.ports.exports import Care


class DynamoCareStore:
    """Fulfils `CareStore` by a sparse index, which may be a moment behind: what it names is looked at again in the table."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._table = Table(client, table)

    def due_exports(self, now: datetime, *, limit: int) -> Sequence[int]:
        """Give the ids of the exports whose `next_run` has come, the longest due first."""
        return [int(key["pk"].removeprefix("E#")) for key in self._due(SCHEDULE, now, limit)]

    def due_care(self, now: datetime, *, limit: int) -> Sequence[Care]:
        """Give what is to be looked at, the longest due first."""
        keys = self._due(RUN, now, limit)
        wanted = [key for key in keys if key["sk"].startswith(RUN_PREFIX)]
        runs = {run.ref: run for run in map(run_of, self._table.get_many(wanted))}
        found = [Care(ref_of(key), runs.get(ref_of(key)) if key in wanted else None) for key in keys]
        # the index may still name a run that has ended or gone meanwhile
        return [care for key, care in zip(keys, found, strict=True) if key not in wanted or (care.run and care.run.active)]

    def look_again(self, ref: RunRef, at: datetime) -> None:
        """Look at a pending run at that time again; nothing when it is not pending any more."""
        with suppress(ConditionFailed):
            self._table.update(
                run_key(ref).item,
                "SET care_at = :at",
                condition="run_state = :pending",
                values={":at": seconds(at), ":pending": "pending"},
            )

    def retire_run(self, ref: RunRef) -> None:
        """Have nobody find the run's files from now on."""
        while True:
            found = read_dossier(self._table, ref.export_id)
            run = found and found.runs.get(ref.run)
            if found is None or run is None or run.active:
                return
            export = found.export
            served = None if export.served == ref.run else export.served
            actions = [writing(self._table, replace(export, served=served), was=export)]
            if export.run == ref.run:
                actions.append(self._table.updating(run_key(ref).item, "REMOVE outcome", condition="attribute_exists(pk)"))
            else:
                actions.append(self._table.deleting(run_key(ref).item))
            try:
                self._table.transact(actions)
            except ConditionFailed:
                continue
            return

    def forget(self, ref: RunRef) -> None:
        """Settle a discard whose files are gone; of a deleted export, remove what is left of its records too."""
        if ref.run == 0:
            pages = self._table.query("pk = :pk", values={":pk": partition(ref.export_id)}, attributes="pk, sk")
            last = discard_key(ref).item
            for page in pages:
                self._table.delete_many(key for key in page if key != last)
        self._table.delete(discard_key(ref).item)

    def _due(self, what: str, now: datetime, limit: int) -> list[Item]:
        keys, _ = self._table.query_page(
            "care = :care AND care_at <= :now",
            values={":care": what, ":now": seconds(now)},
            index="care",
            attributes="pk, sk",
            limit=limit,
            consistent=False,
        )
        return [Key(key["pk"], key["sk"]).item for key in keys]
