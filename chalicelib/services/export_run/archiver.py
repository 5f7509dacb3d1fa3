"""Archives that are made when somebody first asks for them: a folder's zip, a tar that no transport wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from typing import Final

from chalicelib.domain.errors import NotFound
from chalicelib.domain.exports import Archive, Packer, Run, RunRef
from chalicelib.services.export_run.packing import Member, Packing
from chalicelib.services.ports.exports import ExportStore
from chalicelib.services.ports.jobs import StateMachine
from chalicelib.services.ports.objects import ObjectStore

AT_ONCE: Final = 64_000_000
"""Bytes of files that are packed within a request; bzip2 is slow, and gets a sixteenth of it."""
MARGIN: Final = 8.0
"""Seconds that have to be left for that."""
AGAIN: Final = 900
"""Seconds after which a job that has not come to an end may be started again."""


class ExportArchiver:
    """Fulfils `Archiver`; a job is an execution of the same state machine that runs exports."""

    def __init__(
        self,
        *,
        exports: ExportStore,
        objects: ObjectStore,
        machine: Callable[[], StateMachine],
        clock: Callable[[], datetime],
    ) -> None:
        self._exports = exports
        self._objects = objects
        self._machine = machine
        self._clock = clock

    def make(self, ref: RunRef, *, packer: Packer, folder: str, deadline: float) -> Archive | None:
        """Make and keep the archive before `deadline` (epoch seconds), or see to it that a job makes it and give None."""
        packing = Packing(self._objects, ref, self._run(ref).started, lambda: None)
        members = packing.members(folder)
        size = sum(placed.member.size for placed, _ in members)
        now = self._clock().timestamp()
        if size <= (AT_ONCE // 16 if packer == "tar_bz2" else AT_ONCE) and now + MARGIN < deadline:
            return self._pack(packing, ref, packer, members, folder)
        asked = blake2b(f"{packer}/{folder}".encode(), digest_size=8).hexdigest()
        name = f"archive-{ref.export_id}-{ref.run}-{asked}-{int(now) // AGAIN}"
        self._machine().start(name, {**ref._asdict(), "archive": {"packer": packer, "folder": folder}})
        return None

    def make_now(self, ref: RunRef, packer: Packer, folder: str) -> None:
        """Make and keep the archive, however long that takes; nothing when the run's files are gone meanwhile."""
        with suppress(NotFound):
            packing = Packing(self._objects, ref, self._run(ref).started, lambda: self._check(ref))
            self._pack(packing, ref, packer, packing.members(folder), folder)

    def _pack(self, packing: Packing, ref: RunRef, packer: Packer, members: Sequence[Member], folder: str) -> Archive:
        """Make the archive, and remove it again when its run was discarded meanwhile: nobody else would find it."""
        (made,) = packing.pack(packer, members, folder=folder)
        try:
            self._check(ref)
        except NotFound:
            self._objects.delete([ref.archive_key(made.extension, folder)])
            raise
        return made

    def _check(self, ref: RunRef) -> None:
        self._run(ref)

    def _run(self, ref: RunRef) -> Run:
        dossier = self._exports.dossier(ref.export_id)
        run = dossier.runs.get(ref.run) if dossier else None
        if run is None or run.result is None:
            raise NotFound("export_file", id=ref.export_id)
        return run
