"""Export jobs: a saved definition (what, in which formats, when, sent where), its runs, and what a run leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, get_args

from chalicelib.domain.errors import DomainError
from chalicelib.domain.schedules import Schedule

ExportType = Literal["export", "export_incremental", "download"]
ObjectType = Literal["slot", "timeslot"]
State = Literal["new", "pending", "processing", "failed", "done"]
Format = Literal["json", "xml", "csv", "ical"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

Packer = Literal["zip", "zip_10mb", "zip_2gb", "tar", "tar_gz", "tar_bz2"]
SPLIT_SIZES: Final[Mapping[Packer, int]] = {"zip_10mb": 10_000_000, "zip_2gb": 2_000_000_000}
"""Bytes of input that go into one part of a split archive."""
EXTENSIONS: Final[Mapping[Packer, str]] = {"zip": "zip", "tar": "tar", "tar_gz": "tar.gz", "tar_bz2": "tar.bz2"}
"""Of the packers that make one file; part `n` of a split one ends in ``<n>.zip``."""

TransportType = Literal["download", "email", "webhook", "s3"]

EventType = Literal[
    "EXPORT_INSERT", "EXPORT_START", "EXPORT_SKIPPED", "EXPORT_TRANSPORT_FAILED", "EXPORT_FINISH", "EXPORT_FAILED", "EXPORT_STOPPED"
]
EVENTS: Final[tuple[EventType, ...]] = get_args(EventType)
"""In the order in which one run can log them."""

MAX_LOG: Final = 200
"""Log entries that are shown."""
FILES_PAGE: Final = 1_000
"""Files that an export shows of itself, and entries in one page of a run's files index."""
MAX_OBJECT_FILES: Final = 100_000
"""Objects up to which one file per object is made; more is a failed run that says so."""

START_AGAIN: Final = timedelta(minutes=1)
"""After which a run that is still pending is started again, under the same name."""
PENDING_LIMIT: Final = timedelta(minutes=10)
"""How long a run may be pending, started again every minute, before it is closed as failed."""
RUN_LIMIT: Final = timedelta(hours=6)
"""How long the state machine may work on one run; a record that says longer is closed as failed."""
TASK_LIMIT: Final = timedelta(minutes=15)
"""How long a task can go on after its execution was stopped; what it wrote is swept after that."""
LINK_GRACE: Final = timedelta(hours=1)
"""How long the files of a run that was replaced stay, for downloads that are under way."""


class RunEnded(DomainError):
    """The run that a task works for was stopped, replaced, closed or deleted: write nothing more, remove what was written."""


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """How CSV files are written."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    """Empty: a quote inside a value is doubled (RFC 4180 §2.7)."""
    use_bom: bool = False
    empty_columns: bool = True
    """Whether a column stays in that is empty in every row."""


@dataclass(frozen=True, slots=True)
class Transport:
    """One way in which a finished run is delivered."""

    type: TransportType
    packer: Packer = "zip"
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON. ``email``: `recipients` (user ids or addresses), `message`. ``webhook``: `url`, `secret`. ``s3``: `prefix`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What the owner asked for, validated at the edge."""

    type: ExportType = "export"
    name: str = ""
    """Empty: `Export.name` gives one."""
    objecttype: ObjectType = "slot"
    convention: str = ""
    """Id or slug; only with ``timeslot``."""
    search: Mapping[str, Any] = field(default_factory=dict)
    """``{"search": […], "sort": […]}`` as sent; `domain.search.parse` has accepted it."""
    formats: tuple[Format, ...] = ("json",)
    """In the order of `FORMATS`."""
    one_file_per_object: tuple[Format, ...] = ()
    """Those of `formats` that write a file for each object."""
    csv: CsvOptions = CsvOptions()
    fields: Mapping[str, str] = field(default_factory=dict)
    """Display name by field, in the order of the columns; empty: everything. Not for ``ical``, which stays a valid calendar."""
    flat: bool = False
    """No folders at all."""
    batch_size: int | None = None
    """Objects per folder; None: all in one."""
    filename_template: str = ""
    """For one file per object; empty: `%uid%`."""
    transports: tuple[Transport, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    serve_last_done: bool = False
    """While a run is going or has failed, downloads give the last one that is done."""
    keep_days: int | None = None
    """Days after which a run's files are removed; None: kept."""
    notify: bool = False
    """Mail the owner when a scheduled run fails."""


class Progress(NamedTuple):
    """Objects written and to be written; equal at the end."""

    done: int = 0
    total: int = 0


NO_PROGRESS: Final = Progress()


@dataclass(frozen=True, slots=True)
class Export:
    """A definition as it is kept, with where it stands. Everything but its latest runs' details is in this value."""

    id: int
    user_id: int
    created: datetime
    definition: Definition
    passkey: str
    """Opens the downloads to whoever has it."""
    version: int = 1
    """Rises with every change of the definition."""
    former_names: tuple[str, ...] = ()
    """Names it had before; their download links go on working."""
    state: State = "new"
    run: int = 0
    """Number of the latest run, counted from 1; 0: never run."""
    served: int | None = None
    """Number of the last run that is done and whose files are there."""
    progress: Progress = NO_PROGRESS
    """Of the latest run that has ended; a run that is going says its own."""
    next_run: datetime | None = None
    """The minute for which the schedules start it next (UTC)."""
    revision: int = 0
    """Rises with every write of the record."""

    @property
    def name(self) -> str:
        """The name of files and links: the owner's, or ``slots-<type>-<id>``."""
        return self.definition.name or f"slots-{self.definition.type}-{self.id}"

    @property
    def running(self) -> bool:
        """Whether the latest run has not ended."""
        return self.state in {"pending", "processing"}


class RunRef(NamedTuple):
    """Names one run of one export: the input of the state machine and the place of its files."""

    export_id: int
    run: int

    @property
    def execution(self) -> str:
        """The execution's name: one per run, so that starting it twice is harmless."""
        return f"export-{self.export_id}-{self.run}"

    @property
    def prefix(self) -> str:
        """Where everything of this run lies in the bucket."""
        return f"{export_prefix(self.export_id)}{self.run}/"

    def file_key(self, path: str) -> str:
        """Give the key of one file of the export by its path."""
        return f"{self.prefix}files/{path}"

    def index_key(self, page: int) -> str:
        """Give the key of a page of the files index: a JSON array of up to `FILES_PAGE` files, pages counted from 0."""
        return f"{self.prefix}index/{page:06d}.json"

    def archive_key(self, extension: str, folder: str = "") -> str:
        """Give the key of an archive of everything or of one folder or file; `extension` as in a download's name."""
        return f"{self.prefix}archives/{folder}/all.{extension}" if folder else f"{self.prefix}archives/all.{extension}"


class Archive(NamedTuple):
    """One archive of everything (or one part of it) that a run has made."""

    extension: str
    """What follows ``<name>.`` in a download link: ``zip``, ``3.zip``, ``tar.gz`` …"""
    size: int


class ExportFile(NamedTuple):
    """One file of a run, as the files index lists it."""

    path: str
    size: int
    sha256: str


class TransportOutcome(NamedTuple):
    """How one transport went."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run has written, recorded when all of it is there."""

    objects: int
    files: int
    archives: tuple[Archive, ...]
    """By extension; the ``zip`` of everything is always among them."""
    fingerprint: str = ""
    """Of search, fields and formats: an incremental run builds only on one with the same."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is kept."""

    ref: RunRef
    user_id: int
    version: int
    """The definition's, which does not change while the run is going."""
    state: State
    """``pending``, ``processing``, ``failed`` or ``done``; stopped counts as failed."""
    started: datetime
    due: datetime | None = None
    """The minute of the schedule that started it; None: started by hand."""
    ended: datetime | None = None
    reason: str = ""
    """Why it failed."""
    base: int | None = None
    """The run that was the last done one when this began: what an incremental run compares with."""
    progress: Progress = NO_PROGRESS
    result: RunResult | None = None
    """There as soon as all files are: from then on the run can be downloaded, before its transports have ended."""
    transports: Mapping[int, TransportOutcome] = field(default_factory=dict)
    """By place in `Definition.transports`."""

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.state in {"pending", "processing"}


class LogEntry(NamedTuple):
    """One line of an export's log."""

    run: int
    """0 for what belongs to no run."""
    type: EventType
    timestamp: datetime
    info: Mapping[str, Any] = {}
    """JSON: who, why, how many."""
    part: str = ""
    """Tells entries of one type and run apart: the transport's number, the minute that was skipped."""

    @property
    def order(self) -> tuple[int, int, str]:
        """Names the entry for good and sorts it: an entry of the same order written again is the same entry."""
        return (self.run, EVENTS.index(self.type), self.part)


def export_prefix(export_id: int) -> str:
    """Give the place of all runs of an export in the bucket."""
    return f"exports/{export_id}/"


def parse_execution(name: str) -> RunRef | None:
    """Read a run's execution name; None for any other name."""
    kind, _, rest = name.partition("-")
    export_id, _, run = rest.partition("-")
    if kind != "export" or not (export_id.isascii() and export_id.isdigit() and run.isascii() and run.isdigit()):
        return None
    return RunRef(int(export_id), int(run))


def is_plain_path(path: str) -> bool:
    """Whether a path sent by a client can be that of a file: relative, no empty, `.` or `..` part, no control character."""
    parts = path.split("/")
    return all(part not in {"", ".", ".."} for part in parts) and not any(ord(c) < 32 or c in "\\\x7f" for c in path)
