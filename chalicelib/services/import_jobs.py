"""Imports that outlast a request: uploads, and jobs that run in pieces.

A job looks through its file once (`check`), then stores it as it reads it again (`store`), then stores the slots whose
components stand in several places (`repeated`). Where it is stands in one object that is written at the end of each
piece; a piece that is killed runs again from there, and the marks on the slots (`import_writer`) make it come out the same.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import orjson

from chalicelib.domain.access import existing
from chalicelib.domain.accounts import Caller, User
from chalicelib.domain.errors import Conflict, DomainError, InvalidInput, NotAuthenticated, NotFound, TooLarge
from chalicelib.domain.imports import Entry, Reading, Rejection
from chalicelib.services.import_aftermath import heed_removals
from chalicelib.services.import_entries import Gathered, assembled, batches, candidate, named, too_much
from chalicelib.services.import_groups import ImportGroups
from chalicelib.services.import_options import ImportOptions, check_importable
from chalicelib.services.import_report import Report
from chalicelib.services.import_survey import Survey
from chalicelib.services.import_writer import ImportRun, ImportWriter
from chalicelib.services.ports.accounts import GroupStore, UserStore
from chalicelib.services.ports.imports import ImportJob, ImportJobStore
from chalicelib.services.ports.jobs import StateMachine
from chalicelib.services.ports.objects import ObjectStore
from chalicelib.services.ports.slots import SPREAD, Owner, SlotStore
from chalicelib.services.slot_edits import SlotEdits

log = logging.getLogger(__name__)

MAX_UPLOAD: Final = 1 << 30
"""Bytes: some five million entries."""
UPLOAD_SECONDS: Final = 3_600
WIDE_IMPORT: Final = 100_000
"""Entries from which on the owner's slots are spread over many partitions: one takes about a thousand writes a second."""
PROGRESS_ENTRIES: Final = 5_000
LOOK_AT_CLOCK: Final = 500
"""Entries between two looks at the clock in the first reading."""

Next = Literal["more", "settle", "finished"]
"""What a piece leaves to do: the next piece; the next after a minute, in which every request that still knows the old
spread has ended; nothing."""


class Upload(NamedTuple):
    """Where a client may put a file, by one PUT."""

    id: str
    url: str
    expires: datetime


class ObjectSource:
    """The bytes of a stored file."""

    def __init__(self, objects: ObjectStore, key: str, size: int) -> None:
        self._objects = objects
        self._key = key
        self.size = size

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` to the end."""
        return self._objects.read(self._key, start=start)

    def slice(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` up to, not including, `end`."""
        end = min(end, self.size)
        return b"".join(self._objects.read(self._key, start=start, end=end)) if start < end else b""


@dataclass(slots=True)
class _Progress:
    """Where a job is; what its state object holds."""

    phase: Literal["check", "spread", "store", "repeated"]
    survey: Survey
    report: Report = field(default_factory=Report)
    checkpoint: dict[str, Any] | None = None
    bucket: int = 0
    done: int = 0
    empty_at: int = 0
    """The owner's spread as storing began, when there was no slot at all (see `ImportWriter.fresh`); 0 otherwise."""

    def as_json(self) -> bytes:
        return orjson.dumps(
            {
                "phase": self.phase,
                "survey": self.survey.as_json(),
                "report": self.report.as_json(),
                "checkpoint": self.checkpoint,
                "bucket": self.bucket,
                "done": self.done,
                "empty_at": self.empty_at,
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> _Progress:
        state = orjson.loads(text)
        return cls(
            state["phase"],
            Survey.from_json(state["survey"]),
            Report.from_json(state["report"]),
            state["checkpoint"],
            state["bucket"],
            state["done"],
            state.get("empty_at", 0),
        )


class ImportJobs:
    """Takes uploads, starts jobs, tells how far they are, and runs their pieces."""

    def __init__(
        self,
        *,
        slots: SlotStore,
        users: UserStore,
        groups: GroupStore,
        jobs: ImportJobStore,
        objects: Callable[[], ObjectStore],
        machine: Callable[[], StateMachine],
        clock: Callable[[], datetime],
    ) -> None:
        self._slots = slots
        self._users = users
        self._groups = groups
        self._jobs = jobs
        self._objects = objects
        self._machine = machine
        self._clock = clock

    # what a request can have done

    def open_upload(self, caller: Caller) -> Upload:
        """Give a URL to put a file to."""
        upload = str(uuid.uuid4())
        url = self._objects().upload_url(_upload_key(caller.user_id, upload), seconds=UPLOAD_SECONDS)
        return Upload(upload, url, self._clock() + timedelta(seconds=UPLOAD_SECONDS))

    def start(self, caller: Caller, upload: str, options: ImportOptions) -> ImportJob:
        """Import a file that was put to an upload's URL; asked for twice, it is the same import.

        A dry run is an import of its own and leaves the file where it is, to be imported afterwards.

        Raises `NotFound("upload")`, also for another's and for one that nothing was put to; `NotFound("group")`,
        `TooLarge("upload_too_large")`, `InvalidInput("empty_file")`, `Conflict("upload_used")` for one that was asked
        for with other options, `Unavailable`.
        """
        return self._start(caller, upload, options, import_id=_dry_run_id(upload, options) if options.dry_run else upload)

    def _start(self, caller: Caller, upload: str, options: ImportOptions, *, import_id: str) -> ImportJob:
        known = self._jobs.import_job(caller.user_id, import_id)
        if known is not None:
            _check_same(known, options)
            if known.state != "pending":
                return known
        stored = existing(self._objects().head(_upload_key(caller.user_id, upload)), "upload", upload=upload)
        if stored.size > MAX_UPLOAD:
            raise TooLarge("upload_too_large", bytes=stored.size, limit=MAX_UPLOAD)
        if stored.size == 0:
            raise InvalidInput("empty_file")
        if options.group is not None and self._groups.group(caller.user_id, options.group) is None:
            raise NotFound("group", uuid=options.group)
        job = ImportJob(
            id=import_id,
            user_id=caller.user_id,
            source=stored.key,
            options={**options._asdict(), "etag": stored.etag},
            state="pending",
            created=self._clock(),
        )
        if not self._jobs.create_import(job):
            job = self.status(caller, import_id)
            _check_same(job, options)
        self._machine().start(job.id, {"user_id": job.user_id, "import_id": job.id})
        return job

    def start_with(self, caller: Caller, content: bytes, options: ImportOptions, *, import_id: str) -> ImportJob:
        """Import a file that came with a request, as a job. Raises as `start` does."""
        self._objects().put(_upload_key(caller.user_id, import_id), content)
        return self._start(caller, import_id, options, import_id=import_id)

    def status(self, caller: Caller, import_id: str) -> ImportJob:
        """Tell how far an import is. Raises `NotFound("import")`."""
        return existing(self._jobs.import_job(caller.user_id, import_id), "import", id=import_id)

    # what its tasks do

    def run_piece(self, user_id: int, import_id: str, *, until: float) -> Next:
        """Go on with a job until `until` (epoch seconds) or its end; killed at any moment it can simply run again."""
        job = self._jobs.import_job(user_id, import_id)
        user = self._users.user(user_id)
        if job is None or user is None or job.state in ("done", "failed"):
            self._clean_up(user_id, import_id)
            return "finished"
        try:
            left = self._piece(job, user, until)
        except NotAuthenticated:  # left meanwhile
            self._clean_up(user_id, import_id)
            return "finished"
        except (InvalidInput, NotFound, TooLarge, Conflict) as error:
            if job.options["group"] is not None:
                self._heed_removals(user, {job.options["group"]})
            self._end_badly(job, error)
            return "finished"
        return left

    def close(self, user_id: int, import_id: str) -> None:
        """End a job whose execution has died for good."""
        job = self._jobs.import_job(user_id, import_id)
        if job is not None:
            self._end_badly(job, DomainError("import_failed"))

    # what happens when a user leaves

    def check(self, user: User) -> None:
        """Let a user leave: imports need no handing over."""

    def remove(self, user: User, *, until: float) -> bool:
        """Remove the files of a user who leaves; running imports end by themselves."""
        objects = self._objects()
        for prefix in (_upload_key(user.id, ""), _state_key(user.id, "")):
            keys = [info.key for info in objects.list(prefix)]
            objects.delete(keys)
        return time.time() < until

    # one piece

    def _piece(self, job: ImportJob, user: User, until: float) -> Next:
        stored = self._objects().head(job.source)
        if stored is None or stored.etag != job.options["etag"]:
            raise Conflict("upload_changed", upload=job.id)
        source = ObjectSource(self._objects(), job.source, stored.size)
        progress = self._load(job, stored.size)
        if progress.phase == "check":
            if not self._look_through(job, source, progress, until):
                return self._pause(job, progress)
            self._judge(job, user, progress)
        if progress.phase == "spread":
            self._pause(job, progress)  # so that a task that is killed after the raise waits all the same
            self._users.raise_spread(user.id, SPREAD)
            progress.phase = "store"
            self._pause(job, progress)
            return "settle"
        options = job.options
        groups = ImportGroups(self._groups, user.id, target=options["group"], dry_run=options["dry_run"])
        run = ImportRun(job.id, Owner(user.id, user.spread), job.created, options["dry_run"])
        is_begun = progress.phase == "repeated" or progress.checkpoint is not None
        fresh = progress.empty_at == user.spread if is_begun else None
        writer = ImportWriter(run, slots=self._slots, groups=groups, report=progress.report, clock=self._clock, fresh=fresh)
        is_done = self._store_all(job, source, progress, writer, until)
        progress.empty_at = user.spread if writer.fresh else 0
        if not run.dry_run:
            self._heed_removals(user, groups.placed)
        if not is_done:
            return self._pause(job, progress)
        self._jobs.end_import(job.user_id, job.id, state="done", report=progress.report.as_json(), done=progress.survey.total)
        self._clean_up(job.user_id, job.id)
        return "finished"

    def _look_through(self, job: ImportJob, source: ObjectSource, progress: _Progress, until: float) -> bool:
        """Read on to the end of the file, if there is time; note everything that storing has to know."""
        reading, survey = self._open(job, source, progress.checkpoint), progress.survey
        said = -1
        for item in reading:
            if isinstance(item, Rejection):
                survey.reject(item.reason)
                progress.report.reject([item])
            elif not survey.add(entry := named(item, job.user_id)) and job.options["strict"]:
                progress.report.reject([too_much(entry)])  # else once it is known where all of its uid are
            if survey.total % LOOK_AT_CLOCK == 0:
                if survey.total // PROGRESS_ENTRIES != said:
                    said = survey.total // PROGRESS_ENTRIES
                    self._jobs.advance_import(job.user_id, job.id, done=0, total=survey.total)
                if time.time() >= until:
                    progress.checkpoint = reading.checkpoint()
                    return False
        progress.report.ignored, progress.report.notes = dict(reading.ignored), list(reading.notes)
        return True

    def _judge(self, job: ImportJob, user: User, progress: _Progress) -> None:
        """Decide whether anything is stored at all, and turn to storing."""
        check_importable(progress.survey.valid, progress.report, strict=job.options["strict"])
        progress.survey.forget_seen()
        is_wide = progress.survey.total > WIDE_IMPORT and user.spread < SPREAD and not job.options["dry_run"]
        progress.phase, progress.checkpoint = "spread" if is_wide else "store", None
        progress.done = progress.survey.total - progress.survey.valid
        self._jobs.advance_import(job.user_id, job.id, done=0, total=progress.survey.total)

    def _heed_removals(self, user: User, placed: Collection[str]) -> None:
        edits = SlotEdits(self._slots, self._clock)
        heed_removals(Owner(user.id, user.spread), placed, slots=self._slots, groups=self._groups, edits=edits)

    def _store_all(self, job: ImportJob, source: ObjectSource, progress: _Progress, writer: ImportWriter, until: float) -> bool:
        """Store what stands once, then what stands more than once; False when there is more to do."""
        if progress.phase == "store":
            if not self._store(job, source, progress, writer, until):
                return False
            progress.phase, progress.checkpoint = "repeated", None
            if time.time() >= until and progress.survey.buckets:
                return False
        return self._store_repeated(job, source, progress, writer, until)

    def _store(self, job: ImportJob, source: ObjectSource, progress: _Progress, writer: ImportWriter, until: float) -> bool:
        """Store what stands once, as it is read."""
        reading = self._open(job, source, progress.checkpoint)
        entries = (named(item, job.user_id) for item in reading if isinstance(item, Entry))
        for batch in batches(candidate(entry) for entry in entries if not progress.survey.is_repeated(entry.slot.uid)):
            writer.store(batch)
            self._advance(job, progress, len(batch))
            progress.checkpoint = reading.checkpoint()
            if time.time() >= until:
                return False
        return True

    def _store_repeated(
        self, job: ImportJob, source: ObjectSource, progress: _Progress, writer: ImportWriter, until: float
    ) -> bool:
        """Store what stands more than once, a bucket of uids at a time, each after one reading of the whole file."""
        survey = progress.survey
        for bucket in survey.buckets_from(progress.bucket):
            found = Gathered(progress.report)
            for item in self._open(job, source, None):
                if isinstance(item, Entry):
                    entry = named(item, job.user_id)
                    if survey.is_repeated(entry.slot.uid) and survey.bucket(entry.slot.uid) == bucket:
                        found.add(entry)
            for batch in batches(assembled(found.by_uid.values(), progress.report)):
                writer.store(batch)
            progress.bucket = bucket + 1
            self._advance(job, progress, found.entries)
            if time.time() >= until:  # asked after each bucket and not before, so that every piece gets on
                return not survey.buckets_from(progress.bucket)
        return True

    def _advance(self, job: ImportJob, progress: _Progress, entries: int) -> None:
        progress.done += entries
        self._jobs.advance_import(job.user_id, job.id, done=min(progress.done, progress.survey.total), total=progress.survey.total)

    def _open(self, job: ImportJob, source: ObjectSource, resume: dict[str, Any] | None) -> Reading:
        from chalicelib.formats.detect import open_calendar

        return open_calendar(source, charset=job.options["charset"], media_type=job.options["media_type"], resume=resume)

    # where it is

    def _load(self, job: ImportJob, size: int) -> _Progress:
        key = _state_key(job.user_id, job.id)
        if self._objects().head(key) is None:
            return _Progress("check", Survey(size))
        return _Progress.from_json(b"".join(self._objects().read(key)))

    def _pause(self, job: ImportJob, progress: _Progress) -> Next:
        self._objects().put(_state_key(job.user_id, job.id), progress.as_json(), content_type="application/json")
        return "more"

    def _end_badly(self, job: ImportJob, error: DomainError) -> None:
        code = f"{error.code}_not_found" if isinstance(error, NotFound) else error.code
        self._jobs.end_import(job.user_id, job.id, state="failed", report={"code": code, "details": error.details}, done=job.done)
        log.info("import failed", extra={"import_id": job.id, "code": code})
        self._clean_up(job.user_id, job.id)

    def _clean_up(self, user_id: int, import_id: str) -> None:
        """Remove what the import worked with; an upload tried dry has another id, and stays until it is imported or expires."""
        self._objects().delete([_upload_key(user_id, import_id), _state_key(user_id, import_id)])


def _check_same(job: ImportJob, options: ImportOptions) -> None:
    if {name: value for name, value in job.options.items() if name != "etag"} != options._asdict():
        raise Conflict("upload_used", upload=job.id)


def _dry_run_id(upload: str, options: ImportOptions) -> str:
    """Name a dry run of an upload: the same one asked for twice is one."""
    return str(uuid.uuid5(uuid.UUID(upload), orjson.dumps(options._asdict()).decode()))


def _upload_key(user_id: int, upload: str) -> str:
    return f"uploads/{user_id}/{upload}"


def _state_key(user_id: int, import_id: str) -> str:
    return f"tmp/imports/{user_id}/{import_id}"
