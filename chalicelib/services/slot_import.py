"""Importing a file within a request."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import NotAuthenticated
from chalicelib.domain.imports import BytesSource, Rejection
from chalicelib.services.import_aftermath import heed_removals
from chalicelib.services.import_entries import Gathered, assembled, batches, named
from chalicelib.services.import_groups import ImportGroups
from chalicelib.services.import_options import ImportOptions, check_importable
from chalicelib.services.import_report import Report
from chalicelib.services.import_writer import ImportRun, ImportWriter, OutOfTime
from chalicelib.services.ports.accounts import GroupStore
from chalicelib.services.ports.imports import ImportJob
from chalicelib.services.ports.slots import Owner, SlotStore
from chalicelib.services.slot_edits import SlotEdits

if TYPE_CHECKING:
    from chalicelib.services.import_jobs import ImportJobs


class SlotImport:
    """Takes a calendar file, of any format, into the caller's slots."""

    def __init__(
        self,
        *,
        slots: SlotStore,
        groups: GroupStore,
        jobs: Callable[[], ImportJobs],
        clock: Callable[[], datetime],
    ) -> None:
        self._slots = slots
        self._groups = groups
        self._jobs = jobs
        self._clock = clock

    def import_file(self, caller: Caller, content: bytes, options: ImportOptions, *, until: float) -> Report | ImportJob:
        """Import a file that is in memory, and report.

        When `until` (epoch seconds) comes first, a job goes on with it, and its report will be the same as this one
        would have been. Raises, with nothing stored, `NotFound("group")`, `InvalidEncoding`, and `InvalidInput` for a
        file that is empty, of no known format, not readable, without a single valid entry, or, with `strict`, with
        one that is not.
        """
        from chalicelib.formats.detect import open_calendar

        started, import_id = self._clock(), str(uuid.uuid4())
        user, known = self._groups.user_and_groups(caller.user_id)
        if user is None:
            raise NotAuthenticated("invalid_token")
        owner = Owner(user.id, user.spread)
        groups = ImportGroups(self._groups, user.id, known=known, target=options.group, dry_run=options.dry_run)
        report = Report()
        gathered = Gathered(report)
        reading = open_calendar(BytesSource(content), charset=options.charset, media_type=options.media_type)
        for item in reading:
            if isinstance(item, Rejection):
                report.reject([item])
            else:
                gathered.add(named(item, caller.user_id))
        report.ignored, report.notes = dict(reading.ignored), list(reading.notes)
        check_importable(len(gathered.by_uid), report, strict=options.strict)
        run = ImportRun(import_id, owner, started, options.dry_run, until)
        writer = ImportWriter(run, slots=self._slots, groups=groups, report=report, clock=self._clock)
        try:
            for batch in batches(assembled(gathered.by_uid.values(), report)):
                writer.store(batch)
        except OutOfTime:
            return self._jobs().start_with(caller, content, options, import_id=import_id)
        if report.created + report.updated and not options.dry_run:
            edits = SlotEdits(self._slots, self._clock)
            if not heed_removals(owner, groups.placed, slots=self._slots, groups=self._groups, edits=edits, until=until):
                return self._jobs().start_with(caller, content, options._replace(group=None), import_id=import_id)
        return report
