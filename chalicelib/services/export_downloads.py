"""What an export's files are fetched by: with a token by path, without one by passkey and name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import orjson

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import DomainError, NotFound, NotReady
from chalicelib.domain.exports import FILES_PAGE, Export, ExportFile, Packer, Run, RunRef, is_plain_path
from chalicelib.services.export_jobs import ExportJobs
from chalicelib.services.export_links import file_name, opened_by, packer_of
from chalicelib.services.ports.exports import Archiver, Dossier, ExportStore
from chalicelib.services.ports.objects import ObjectStore


class InvalidPasskey(DomainError):
    """Passkey, export or name is wrong; which of them, nobody is told."""


class Download(NamedTuple):
    """An object that is ready to be fetched."""

    key: str
    size: int
    name: str
    """Without extension."""
    extension: str
    """Empty for a file whose name has none."""


class Folder(NamedTuple):
    """What lies under a folder's path, a page of it."""

    path: str
    files: Sequence[tuple[str, int]]
    """Path and size."""
    more: bool


class Making(NamedTuple):
    """An archive that a job is making: ask again."""

    seconds: int


class ExportDownloads:
    """Finds what is asked for; nothing is read through here, the store itself answers (`ObjectStore.download_url`)."""

    def __init__(
        self,
        *,
        jobs: ExportJobs,
        exports: ExportStore,
        objects: Callable[[], ObjectStore],
        archiver: Callable[[], Archiver],
    ) -> None:
        self._jobs = jobs
        self._exports = exports
        self._objects = objects
        self._archiver = archiver

    # lists

    def files(self, caller: Caller, export_id: int, *, limit: int, offset: int) -> tuple[int, Sequence[ExportFile]]:
        """Give how many files there are, and a page of them in path order. Raises `NotFound("export")`."""
        return self.files_of(self._jobs.dossier(caller, export_id), limit=limit, offset=offset)

    def files_of(self, dossier: Dossier, *, limit: int = FILES_PAGE, offset: int = 0) -> tuple[int, Sequence[ExportFile]]:
        """Give how many files can be had of an export now, and a page of them; none when nothing is done."""
        run = served_run(dossier)
        if run is None or run.result is None:
            return 0, ()
        end = min(offset + limit, run.result.files)
        first = offset // FILES_PAGE
        pages = range(first, -(-end // FILES_PAGE)) if offset < end else range(0)
        found = [file for page in pages for file in self._index_page(run.ref, page)]
        return run.result.files, found[offset - first * FILES_PAGE : end - first * FILES_PAGE]

    # with a token

    def file(self, caller: Caller, export_id: int, path: str, *, limit: int, offset: int) -> Download | Folder:
        """Find one file, or list a folder. Raises `NotFound("export")`, `NotFound("export_file")`, `NotReady`."""
        dossier = self._jobs.dossier(caller, export_id)
        run = _required_run(dossier)
        if not is_plain_path(path):
            raise NotFound("export_file", id=export_id, path=path)
        found = self._objects().head(run.ref.file_key(path))
        if found is not None:
            stem, _, extension = path.rpartition("/")[2].rpartition(".")
            return Download(found.key, found.size, stem or extension, extension if stem else "")
        prefix = run.ref.file_key(f"{path}/")
        root = len(run.ref.file_key(""))
        listed = [(info.key[root:], info.size) for info in islice(self._objects().list(prefix), offset, offset + limit + 1)]
        if not listed and offset == 0:
            raise NotFound("export_file", id=export_id, path=path)
        return Folder(path, listed[:limit], more=len(listed) > limit)

    def zip(self, caller: Caller, export_id: int, path: str, *, deadline: float) -> Download | Making:
        """Find the ZIP of everything, a folder or a file, made now if need be. Raises as `file`."""
        dossier = self._jobs.dossier(caller, export_id)
        run = _required_run(dossier)
        if path and not is_plain_path(path):
            raise NotFound("export_file", id=export_id, path=path)
        name = file_name(dossier.export)
        leaf = path.rpartition("/")[2]
        return self._archive(run, "zip", path, name=f"{name}-{leaf}" if leaf else name, deadline=deadline)

    # with a passkey

    def open(self, export_id: int | None, passkey: str, name: str, *, deadline: float) -> Download | Making:
        """Find the archive of a link. Raises `InvalidPasskey`, `NotReady`, `NotFound("export_file")`.

        An export that does not exist, a wrong passkey and an unknown name take the same one read and the same comparisons.
        """
        dossier = self._exports.dossier(0 if export_id is None else export_id)
        extension = opened_by(None if dossier is None else dossier.export, passkey, name)
        if dossier is None or extension is None:
            raise InvalidPasskey("export_invalid_passkey")
        run = _required_run(dossier)
        made = () if run.result is None else run.result.archives
        stem = file_name(dossier.export)
        for archive in made:
            if archive.extension == extension:
                return Download(run.ref.archive_key(extension), archive.size, stem, extension)
        packer = packer_of(extension)
        if packer is None:  # a part that a split archive does not have
            raise InvalidPasskey("export_invalid_passkey")
        return self._archive(run, packer, "", name=stem, deadline=deadline, extension=extension)

    # parts of these

    def _archive(
        self, run: Run, packer: Packer, folder: str, *, name: str, deadline: float, extension: str = "zip"
    ) -> Download | Making:
        found = self._objects().head(run.ref.archive_key(extension, folder))
        if found is not None:
            return Download(found.key, found.size, name, extension)
        made = self._archiver().make(run.ref, packer=packer, folder=folder, deadline=deadline)
        if made is None:
            return Making(seconds=5)
        return Download(run.ref.archive_key(extension, folder), made.size, name, extension)

    def _index_page(self, ref: RunRef, page: int) -> Sequence[ExportFile]:
        rows: list[dict[str, Any]] = orjson.loads(b"".join(self._objects().read(ref.index_key(page))))
        return [ExportFile(**row) for row in rows]


def served_run(dossier: Dossier) -> Run | None:
    """Give the run whose files can be had now: the latest once all of it is there, or the last done one if that is wanted."""
    export, latest = dossier.export, dossier.latest
    if latest is not None and latest.result is not None and (export.state == "done" or latest.active):
        return latest
    served = dossier.served
    return served if served is not None and served.result is not None and export.definition.serve_last_done else None


def _required_run(dossier: Dossier) -> Run:
    run = served_run(dossier)
    if run is not None:
        return run
    export: Export = dossier.export
    if export.state == "done":  # its files were removed after `keep_days`
        raise NotFound("export_file", id=export.id)
    raise NotReady("export_not_done", id=export.id)
