"""Export jobs and their runs in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import Conflict, TooLarge
from chalicelib.domain.exports import (
    LINK_GRACE,
    RUN_LIMIT,
    START_AGAIN,
    TASK_LIMIT,
    Export,
    LogEntry,
    Progress,
    Run,
    RunEnded,
    RunRef,
    RunResult,
    TransportOutcome,
)
from chalicelib.services.ports.exports import Care, Dossier, Limits


@dataclass
class _Record:
    export: Export
    runs: dict[int, Run] = field(default_factory=dict)
    shards: dict[int, int] = field(default_factory=dict)
    """Progress of the latest run."""
    total: int = 0


class FakeExportStore:
    """Fulfils `ExportStore`, `RunStore` and `CareStore`; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[int, _Record] = {}
        self._logs: dict[int, dict[tuple[int, str, str], LogEntry]] = {}
        self._care: dict[RunRef, datetime] = {}
        """Of runs that have not ended."""
        self._discards: dict[RunRef, datetime] = {}

    # exports

    def create_export(self, export: Export, log: LogEntry, *, limits: Limits) -> None:
        with self._lock:
            if export.id in self._records:
                raise Conflict("export_exists")
            if len(self.exports(export.user_id)) >= limits.exports:
                raise TooLarge("too_many_exports", limit=limits.exports)
            self._records[export.id] = _Record(replace(export, revision=1))
            self._write_log(export.id, log)

    def exports(self, user_id: int) -> Sequence[int]:
        with self._lock:
            own = [record.export for record in self._records.values() if record.export.user_id == user_id]
        return [export.id for export in sorted(own, key=lambda export: (export.created, export.id), reverse=True)]

    def dossiers(self, user_id: int, export_ids: Sequence[int]) -> Sequence[Dossier]:
        found = [self.dossier(export_id) for export_id in export_ids]
        own = [one for one in found if one is not None and one.export.user_id == user_id]
        return [
            Dossier(one.export, {number: run for number, run in one.runs.items() if one.export.running and run == one.latest})
            for one in own
        ]

    def dossier(self, export_id: int, *, log: int = 0) -> Dossier | None:
        with self._lock:
            record = self._records.get(export_id)
            if record is None:
                return None
            runs = {number: self._with_progress(record, run) for number, run in record.runs.items()}
            entries = sorted(self._logs[export_id].items(), key=lambda item: item[1].order, reverse=True)
            return Dossier(record.export, runs, [entry for _, entry in entries[:log]])

    def replace_export(self, export: Export, *, was: Dossier, log: LogEntry | None, now: datetime) -> None:
        with self._lock:
            record = self._unchanged(was.export)
            if not export.running:
                self._end_run(record, now)
            record.export = replace(export, revision=was.export.revision + 1)
            if log is not None:
                self._write_log(export.id, log)

    def delete_export(self, *, was: Dossier, now: datetime) -> None:
        with self._lock:
            record = self._unchanged(was.export)
            self._end_run(record, now)
            del self._records[was.export.id]
            self._discards[RunRef(was.export.id, 0)] = now + (TASK_LIMIT if was.leftovers else timedelta())

    def begin_run(self, run: Run, *, was: Dossier, next_run: datetime | None, log: LogEntry, limits: Limits) -> None:
        with self._lock:
            record = self._unchanged(was.export)
            going = sum(one.export.running for one in self._records.values() if one.export.user_id == run.user_id)
            if going >= limits.running:
                raise TooLarge("too_many_running_exports", limit=limits.running)
            export = record.export
            record.export = replace(export, state="pending", run=run.ref.run, next_run=next_run, revision=export.revision + 1)
            record.runs = {number: old for number, old in record.runs.items() if number == export.served}
            record.runs[run.ref.run] = run
            record.shards, record.total = {}, 0
            self._care[run.ref] = run.started + START_AGAIN
            self._write_log(run.ref.export_id, log)

    def skip_run(self, *, was: Export, next_run: datetime | None, log: LogEntry | None) -> bool:
        with self._lock:
            record = self._records.get(was.id)
            if record is None or record.export.next_run != was.next_run:
                return False
            record.export = replace(record.export, next_run=next_run, revision=record.export.revision + 1)
            if log is not None:
                self._write_log(was.id, log)
            return True

    # runs

    def claim_run(self, ref: RunRef, *, now: datetime) -> tuple[Export, Run]:
        with self._lock:
            export, run = self.working(ref)
            if run.state == "pending":
                record = self._records[ref.export_id]
                record.export = replace(export, state="processing", revision=export.revision + 1)
                record.runs[ref.run] = replace(run, state="processing")
                self._care[ref] = now + RUN_LIMIT
            return self.working(ref)

    def working(self, ref: RunRef) -> tuple[Export, Run]:
        with self._lock:
            record = self._going(ref)
            return record.export, self._with_progress(record, record.runs[ref.run])

    def check_run(self, ref: RunRef) -> None:
        with self._lock:
            self._going(ref)

    def set_total(self, ref: RunRef, total: int) -> None:
        with self._lock:
            self._going(ref).total = total

    def advance_run(self, ref: RunRef, shard: int, done: int) -> None:
        with self._lock:
            shards = self._going(ref).shards
            shards[shard] = max(done, shards.get(shard, 0))

    def publish_run(self, ref: RunRef, result: RunResult) -> None:
        with self._lock:
            record = self._going(ref)
            record.runs[ref.run] = replace(record.runs[ref.run], result=result)

    def record_transport(self, ref: RunRef, place: int, outcome: TransportOutcome, log: LogEntry | None = None) -> None:
        with self._lock:
            record = self._going(ref)
            run = record.runs[ref.run]
            record.runs[ref.run] = replace(run, transports={**run.transports, place: outcome})
            if log is not None:
                self._write_log(ref.export_id, log)

    def finish_run(self, ref: RunRef, *, log: LogEntry, now: datetime) -> None:
        with self._lock:
            kept = self._records.get(ref.export_id)
            if kept is not None and ref.run in kept.runs and kept.runs[ref.run].state == "done":
                return
            record = self._going(ref)
            export, run = record.export, record.runs[ref.run]
            if run.result is None:
                raise Conflict("run_not_published")
            if export.served is not None:
                self._discards[RunRef(export.id, export.served)] = now + LINK_GRACE
            if export.definition.keep_days is not None:
                self._discards[ref] = now + timedelta(days=export.definition.keep_days)
            progress = Progress(run.result.objects, run.result.objects)
            record.export = replace(export, state="done", served=ref.run, progress=progress, revision=export.revision + 1)
            record.runs = {ref.run: replace(run, state="done", ended=now)}
            del self._care[ref]
            self._write_log(export.id, log)

    def fail_run(self, ref: RunRef, *, reason: str, log: LogEntry, now: datetime) -> bool:
        with self._lock:
            try:
                record = self._going(ref)
            except RunEnded:
                return False
            progress = self._with_progress(record, record.runs[ref.run]).progress
            self._end_run(record, now, reason)
            record.export = replace(record.export, state="failed", progress=progress, revision=record.export.revision + 1)
            self._write_log(ref.export_id, log)
            return True

    # care

    def due_exports(self, now: datetime, *, limit: int) -> Sequence[int]:
        with self._lock:
            due = [
                (record.export.next_run, record.export.id)
                for record in self._records.values()
                if record.export.next_run is not None and record.export.next_run <= now
            ]
        return [export_id for _, export_id in sorted(due)[:limit]]

    def due_care(self, now: datetime, *, limit: int) -> Sequence[Care]:
        with self._lock:
            due = sorted((at, ref) for ref, at in [*self._care.items(), *self._discards.items()] if at <= now)
            return [Care(ref, self._records[ref.export_id].runs[ref.run] if ref in self._care else None) for _, ref in due[:limit]]

    def look_again(self, ref: RunRef, at: datetime) -> None:
        with self._lock:
            if ref in self._care and self._records[ref.export_id].runs[ref.run].state == "pending":
                self._care[ref] = at

    def retire_run(self, ref: RunRef) -> None:
        with self._lock:
            record = self._records.get(ref.export_id)
            if record is None or ref.run not in record.runs or record.runs[ref.run].active:
                return
            export = record.export
            record.export = replace(
                export, served=None if export.served == ref.run else export.served, revision=export.revision + 1
            )
            if export.run == ref.run:
                record.runs[ref.run] = replace(record.runs[ref.run], result=None)
            else:
                del record.runs[ref.run]

    def forget(self, ref: RunRef) -> None:
        with self._lock:
            self._discards.pop(ref, None)
            if ref.run == 0:
                self._discards = {other: at for other, at in self._discards.items() if other.export_id != ref.export_id}
                self._logs.pop(ref.export_id, None)

    # within the lock

    def _unchanged(self, was: Export) -> _Record:
        record = self._records.get(was.id)
        if record is None or record.export.revision != was.revision:
            raise Conflict("export_changed")
        return record

    def _going(self, ref: RunRef) -> _Record:
        record = self._records.get(ref.export_id)
        if record is None or record.export.run != ref.run or not record.export.running:
            raise RunEnded("run_ended", export=ref.export_id, run=ref.run)
        return record

    def _end_run(self, record: _Record, now: datetime, reason: str = "stopped") -> bool:
        """End the latest run as failed, if it is going."""
        export = record.export
        if not export.running:
            return False
        run = self._with_progress(record, record.runs[export.run])
        record.runs[export.run] = replace(run, state="failed", ended=now, reason=reason, result=None)
        del self._care[run.ref]
        self._discards[run.ref] = now + TASK_LIMIT
        return True

    def _with_progress(self, record: _Record, run: Run) -> Run:
        if run.result is not None:
            return replace(run, progress=Progress(run.result.objects, run.result.objects))
        if run.active:
            return replace(run, progress=Progress(sum(record.shards.values()), record.total))
        return run

    def _write_log(self, export_id: int, entry: LogEntry) -> None:
        self._logs.setdefault(export_id, {})[entry.run, entry.type, entry.part] = entry
