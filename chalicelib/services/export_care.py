"""What the minute tick does for export jobs: starts what is due, closes what is stuck, discards what nobody needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal

from chalicelib.domain.errors import Conflict, TooLarge, Unavailable
from chalicelib.domain.exports import PENDING_LIMIT, START_AGAIN, LogEntry, RunRef, export_prefix
from chalicelib.domain.schedules import next_run
from chalicelib.services.export_failures import ExportFailures
from chalicelib.services.export_jobs import ExportJobs
from chalicelib.services.ports.exports import Care, CareStore, Dossier, ExportStore
from chalicelib.services.ports.objects import ObjectStore

MAX_DUE: Final = 500
"""Exports, and other matters, that one tick looks at; what is more waits for the next."""
_AT_ONCE: Final = 1_000
"""Objects removed with one request."""
_TRIES: Final = 20


Outcome = Literal["started", "skipped", "postponed", "restarted", "closed", "discarded", "unfinished", "nothing"]
"""What was done about one matter."""


class ExportCare:
    """Looks after export jobs. It may be called at any time, late, twice and in several places at once."""

    def __init__(
        self,
        *,
        jobs: ExportJobs,
        exports: ExportStore,
        care: CareStore,
        failures: ExportFailures,
        objects: Callable[[], ObjectStore],
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._exports = exports
        self._care = care
        self._failures = failures
        self._objects = objects
        self._clock = clock

    def due_exports(self) -> Sequence[int]:
        """Give the ids of the exports whose minute has come: one query."""
        return self._care.due_exports(self._clock(), limit=MAX_DUE)

    def due_care(self) -> Sequence[Care]:
        """Give the runs and discards to be looked at: one query."""
        return self._care.due_care(self._clock(), limit=MAX_DUE)

    def start_due(self, export_id: int) -> Outcome:
        """Begin the run of a due minute once: the export as it was read is its condition, the next minute is written with it."""
        for _ in range(_TRIES):
            dossier, now = self._exports.dossier(export_id), self._clock()
            due = dossier.export.next_run if dossier is not None else None
            if dossier is None or due is None or due > now:
                return "nothing"  # the index was behind: deleted, changed, or begun by somebody else
            following = next_run(dossier.export.definition.schedules, now)
            if dossier.export.running:
                return "skipped" if self._skip(dossier, due, following, now) else "nothing"
            try:
                self._jobs.begin(dossier, due=due, next_due=following, now=now)
            except Conflict:
                continue
            except TooLarge:
                # the user has as many runs going as may be: a minute later there may be room
                moved = self._exports.skip_run(was=dossier.export, next_run=_next_minute(now), log=None)
                return "postponed" if moved else "nothing"
            return "started"
        raise Unavailable("export_busy")

    def look_after(self, due: Care, *, until: float) -> Outcome:
        """See to a run that has not ended, or discard files until `until` (epoch seconds)."""
        if due.run is None:
            return self._discard(due.ref, until)
        now, ref = self._clock(), due.ref
        if due.run.state == "pending" and now - due.run.started < PENDING_LIMIT:
            self._jobs.launch(ref)
            self._care.look_again(ref, now + START_AGAIN)
            return "restarted"
        stuck = "could not be started" if due.run.state == "pending" else "took longer than a run may take"
        closed = self._failures.close(ref, f"it {stuck}")
        self._jobs.abort(ref, f"it {stuck}")
        return "closed" if closed else "nothing"

    def _skip(self, dossier: Dossier, due: datetime, following: datetime | None, now: datetime) -> bool:
        minute = due.isoformat(timespec="minutes")
        info = {"due": minute, "reason": "the run before is still going"}
        entry = LogEntry(dossier.export.run, "EXPORT_SKIPPED", now, info, part=minute)
        return self._exports.skip_run(was=dossier.export, next_run=following, log=entry)

    def _discard(self, ref: RunRef, until: float) -> Outcome:
        """Remove the files of a run, or of a whole export, and then what says so; the next tick goes on if time is up."""
        if ref.run:
            self._care.retire_run(ref)
        prefix = ref.prefix if ref.run else export_prefix(ref.export_id)
        objects = self._objects()
        objects.abort_uploads(prefix)
        for keys in _batches(info.key for info in objects.list(prefix)):
            if time.time() > until:
                return "unfinished"
            objects.delete(keys)
        self._care.forget(ref)
        return "discarded"


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _AT_ONCE)):
        yield batch


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
