"""Where export jobs and their runs are kept, and where a run gets its objects from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from chalicelib.domain.exports import (
    Archive,
    Export,
    LogEntry,
    Packer,
    Run,
    RunRef,
    RunResult,
    TransportOutcome,
)
from chalicelib.domain.slots import Group, Slot


class Dossier(NamedTuple):
    """An export with what one read gives of it."""

    export: Export
    runs: Mapping[int, Run]
    """The latest and the one that is served, by number."""
    log: Sequence[LogEntry] = ()
    """The latest entries, newest first."""

    @property
    def latest(self) -> Run | None:
        """The latest run, if there is one."""
        return self.runs.get(self.export.run)

    @property
    def served(self) -> Run | None:
        """The last run that is done and whose files are there, if there is one."""
        return None if self.export.served is None else self.runs.get(self.export.served)

    @property
    def leftovers(self) -> bool:
        """Whether tasks of the latest run may still be writing, since nothing has waited for their end."""
        return self.latest is not None and self.latest.state != "done"


class Limits(NamedTuple):
    """Per user."""

    exports: int
    running: int


class ExportStore(Protocol):
    """Exports by id and by owner. Every read is consistent, every change conditional on what was read."""

    def create_export(self, export: Export, log: LogEntry, *, limits: Limits) -> None:
        """Write a new export. Raises `Conflict("export_exists")` for an id that is taken, `TooLarge("too_many_exports")`."""
        ...

    def exports(self, user_id: int) -> Sequence[int]:
        """List the ids of a user's exports, newest first."""
        ...

    def dossiers(self, user_id: int, export_ids: Sequence[int]) -> Sequence[Dossier]:
        """Give those exports in that order, with the latest run of those that are running and no log; what is gone is left out."""
        ...

    def dossier(self, export_id: int, *, log: int = 0) -> Dossier | None:
        """Give one export with its runs and up to `log` entries, in one read.

        Whose it is, is the caller's to judge: a passkey opens it to anybody.
        """
        ...

    def replace_export(self, export: Export, *, was: Dossier, log: LogEntry | None, now: datetime) -> None:
        """Write over what was read, ending its run as failed if one is going. Raises `Conflict("export_changed")`.

        A run that is ended so is left to be discarded.
        """
        ...

    def delete_export(self, *, was: Dossier, now: datetime) -> None:
        """Remove it and end its run; files and log are left to be discarded. Raises `Conflict("export_changed")`."""
        ...

    def begin_run(self, run: Run, *, was: Dossier, next_run: datetime | None, log: LogEntry, limits: Limits) -> None:
        """Make `run` the export's latest, pending, if the export still is as it was read.

        Raises `Conflict("export_changed")`, `TooLarge("too_many_running_exports")`.
        """
        ...

    def skip_run(self, *, was: Export, next_run: datetime | None, log: LogEntry | None) -> bool:
        """Move on to `next_run` without starting; False when somebody else dealt with that minute."""
        ...


class RunStore(Protocol):
    """What the tasks of a run write. After the end of a run each of these changes nothing and raises `RunEnded`."""

    def claim_run(self, ref: RunRef, *, now: datetime) -> tuple[Export, Run]:
        """Make a pending run processing and give it with its export; the same for one that is processing already.

        Its first task calls this; the others call it too, or `working`, to learn what they work for.
        """
        ...

    def working(self, ref: RunRef) -> tuple[Export, Run]:
        """Give the export and the run, which is going."""
        ...

    def check_run(self, ref: RunRef) -> None:
        """Look whether the run is still wanted: one small read, between pages."""
        ...

    def set_total(self, ref: RunRef, total: int) -> None:
        """Write how many objects there will be."""
        ...

    def advance_run(self, ref: RunRef, shard: int, done: int) -> None:
        """Write how many objects of a shard are done; never goes back. Also tells whether the run is still wanted."""
        ...

    def publish_run(self, ref: RunRef, result: RunResult) -> None:
        """Make the run visible: everything it writes is there. From now on its downloads work."""
        ...

    def record_transport(self, ref: RunRef, place: int, outcome: TransportOutcome, log: LogEntry | None = None) -> None:
        """Write how the transport at that place of the definition went."""
        ...

    def finish_run(self, ref: RunRef, *, log: LogEntry, now: datetime) -> None:
        """Make a published run the one that is served, and its export done; the run served before is left to `sweep`.

        Finishing a run that is done already is no error: a task may be run again.
        """
        ...

    def fail_run(self, ref: RunRef, *, reason: str, log: LogEntry, now: datetime) -> bool:
        """Close a run that is going as failed, whatever else was going on; False when it had ended. Never raises `RunEnded`."""
        ...


class Care(NamedTuple):
    """Something that is due to be looked at: a run that has not ended, or data to discard (`run` None)."""

    ref: RunRef
    """With run 0: everything that a deleted export has left."""
    run: Run | None


class CareStore(Protocol):
    """What the minute tick looks after, found by one query each on a sparse index."""

    def due_exports(self, now: datetime, *, limit: int) -> Sequence[int]:
        """Give the ids of the exports whose `next_run` has come, the longest due first."""
        ...

    def due_care(self, now: datetime, *, limit: int) -> Sequence[Care]:
        """Give what is to be looked at, the longest due first."""
        ...

    def look_again(self, ref: RunRef, at: datetime) -> None:
        """Look at a pending run at that time again; nothing when it is not pending any more."""
        ...

    def retire_run(self, ref: RunRef) -> None:
        """Have nobody find the run's files from now on."""
        ...

    def forget(self, ref: RunRef) -> None:
        """Settle a discard whose files are gone; of a deleted export, remove what is left of its records too."""
        ...


class Shard(NamedTuple):
    """A stretch of the objects, in their order: from `start`, inclusive, up to `end`, exclusive; None: no bound."""

    number: int
    """Counted from 0."""
    start: str | None
    end: str | None
    objects: int
    """How many it held when it was cut: places in the output (folders, `%n%`) are counted from these."""


class ExportObject(NamedTuple):
    """One object of either type, ready to be written in any format."""

    key: str
    """What names it for good: a slot's uid, a time slot's id."""
    revision: str
    """Equal content has an equal revision."""
    slot: Slot
    """It as a calendar entry."""
    groups: tuple[Group, ...] = ()
    """Those of `slot.groups` that are there, in that order."""
    source: Any = None
    """What its `ObjectSource` made it from."""


class ObjectSource(Protocol):
    """The objects of one type that an export takes, under the rights of its owner.

    In the order of `Slot.order`, unless the definition's search sorts otherwise: then in that order within a shard,
    and `sort_key` merges the shards.
    """

    def shards(self, export: Export, *, objects: int) -> Sequence[Shard]:
        """Cut the selection into shards of about that many objects; the same ones while nothing changes."""
        ...

    def objects(self, export: Export, shard: Shard) -> Iterator[ExportObject]:
        """Yield what the search finds in the shard, read by key ranges where the search allows, one page in memory."""
        ...

    def is_sorted(self, export: Export) -> bool:
        """Whether the definition asks for another order than `Slot.order`."""
        ...

    def sort_key(self, export: Export, found: ExportObject) -> bytes:
        """Give the place of an object in the order asked for, as bytes that compare."""
        ...

    def columns(self, export: Export) -> Sequence[str]:
        """Give the fields that every `record` has, in order."""
        ...

    def adds_columns(self, export: Export) -> bool:
        """Whether a `record` can have others behind these, which only a look at all objects tells (`tag.<name>`)."""
        ...

    def record(self, export: Export, found: ExportObject) -> Mapping[str, Any]:
        """Give the object as JSON values by field name: those of `Definition.fields`, in that order, or all of them."""
        ...


class Archiver(Protocol):
    """Makes archives that no run has made: of a folder, or a tar that no transport asked for."""

    def make(self, ref: RunRef, *, packer: Packer, folder: str, deadline: float) -> Archive | None:
        """Make and keep the archive before `deadline` (epoch seconds), or see to it that a job makes it and give None.

        `folder` is a folder's or a file's path, empty for everything. Raises `NotFound("export_file")`.
        """
        ...
