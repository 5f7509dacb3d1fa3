"""Every other archive is made out of the zip of everything: its data is copied, or inflated for a tar, never compressed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from chalicelib.domain.errors import NotFound
from chalicelib.domain.exports import EXTENSIONS, SPLIT_SIZES, Archive, Packer, RunRef
from chalicelib.formats.archives import tar
from chalicelib.formats.archives.deflate import inflate
from chalicelib.formats.archives.zip import TAIL, Placed, ZipContainer, directory_place, read_directory
from chalicelib.formats.export_files.layout import content_type
from chalicelib.services.export_run.reading import SequentialObject
from chalicelib.services.ports.objects import ObjectStore

_NEARBY: Final = 1 << 16
"""Bytes between two members up to which they are read in one request."""
_CHECKED: Final = 1 << 26
"""Bytes of files after which it is looked whether the archive is still wanted."""

Check = Callable[[], None]
Member = tuple[Placed, str]
"""A member of the zip of everything, and its path in the new archive."""


class Packing:
    """Makes archives of one run."""

    def __init__(self, objects: ObjectStore, ref: RunRef, time: datetime, check: Check) -> None:
        self._objects = objects
        self._ref = ref
        self._time = time
        self._source = ref.archive_key("zip")
        self._check = check

    def members(self, folder: str = "") -> list[Member]:
        """Find what is in a folder, or a file, in the order of the zip. Raises `NotFound("export_file")`.

        Paths are kept from the folder on: unpacking gives the folder.
        """
        info = self._objects.head(self._source)
        if info is None:
            raise NotFound("export_file", id=self._ref.export_id, path=folder)
        tail_start = max(info.size - TAIL, 0)
        tail = b"".join(self._objects.read(self._source, start=tail_start))
        start, size = directory_place(tail)
        if start >= tail_start:
            directory: Iterable[bytes] = [tail[start - tail_start : start - tail_start + size]]
        else:
            directory = self._objects.read(self._source, start=start, end=start + size)
        cut = folder.rfind("/") + 1
        found = [
            (placed, placed.member.path[cut:])
            for placed in read_directory(directory)
            if not folder or placed.member.path == folder or placed.member.path.startswith(f"{folder}/")
        ]
        if folder and not found:
            raise NotFound("export_file", id=self._ref.export_id, path=folder)
        return found

    def pack(self, packer: Packer, members: Sequence[Member], *, folder: str = "") -> list[Archive]:
        """Make the archive, or all its parts, and keep them."""
        limit = SPLIT_SIZES.get(packer)
        if limit is not None:
            parts = enumerate(_split(members, limit), 1)
            return [self._keep(f"{number}.zip", folder, self._zip(part)) for number, part in parts]
        extension = EXTENSIONS[packer]
        match packer:
            case "tar_gz":
                chunks = tar.gzip(self._tar(members))
            case "tar_bz2":
                chunks = tar.bzip2(self._tar(members))
            case "tar":
                chunks = self._tar(members)
            case _:
                chunks = self._zip(members)
        return [self._keep(extension, folder, chunks)]

    def _keep(self, extension: str, folder: str, chunks: Iterable[bytes]) -> Archive:
        key = self._ref.archive_key(extension, folder)
        info = self._objects.write(key, chunks, content_type=content_type(key))
        return Archive(extension, info.size)

    def _zip(self, members: Sequence[Member]) -> Iterator[bytes]:
        container = ZipContainer(self._time)
        for (placed, path), data in self._data(members):
            yield container.open(placed.member._replace(path=path))
            yield from data
        yield container.close()

    def _tar(self, members: Sequence[Member]) -> Iterator[bytes]:
        return tar.write(((path, placed.member.size, inflate(data)) for (placed, path), data in self._data(members)), self._time)

    def _data(self, members: Sequence[Member]) -> Iterator[tuple[Member, Iterator[bytes]]]:
        """Yield each member with its deflated data, which is to be read before the next is asked for."""
        passed = 0
        for run in _runs(members):
            position, end = run[0][0].offset, run[-1][0].offset + run[-1][0].member.deflated
            source = SequentialObject(self._objects, self._source, position, end)
            for member in run:
                placed = member[0]
                source.skip(placed.offset - position)
                yield member, source.take(placed.member.deflated)
                position = placed.offset + placed.member.deflated
                passed += placed.member.size
                if passed >= _CHECKED:
                    passed = 0
                    self._check()


def _runs(members: Sequence[Member]) -> Iterator[Sequence[Member]]:
    """Cut the members into runs that lie close together in the zip."""
    start = 0
    for place in range(1, len(members) + 1):
        if place < len(members):
            before, after = members[place - 1][0], members[place][0]
            if after.offset - (before.offset + before.member.deflated) <= _NEARBY:
                continue
        if place > start:
            yield members[start:place]
        start = place


def _split(members: Sequence[Member], limit: int) -> Iterator[Sequence[Member]]:
    """Cut the members into parts of at most `limit` bytes of files; a file that is larger is a part of its own."""
    start, size = 0, 0
    for place, (placed, _) in enumerate(members):
        if place > start and size + placed.member.size > limit:
            yield members[start:place]
            start, size = place, 0
        size += placed.member.size
    yield members[start:]
