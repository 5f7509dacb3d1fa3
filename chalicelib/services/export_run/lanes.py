"""What one shard writes of one format: files that end here, whole, and all of it deflated once, for the archive."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.exports import Format
from chalicelib.formats.archives.deflate import Deflater, Digest, deflate
from chalicelib.formats.export_files.layout import EXTENSIONS, batch_path, content_type
from chalicelib.services.export_run.feed import Feed, Files
from chalicelib.services.export_run.plan import Entry, ShardPlan, WorkPlace
from chalicelib.services.export_run.rendering import Renderer, Rendering
from chalicelib.services.ports.exports import ExportObject


class ObjectLane:
    """A file for each object."""

    def __init__(self, files: Files, work: WorkPlace, shard: int, format: Format, rendering: Rendering) -> None:
        self._files = files
        self._ref = work.ref
        self._format = format
        self._rendering = rendering
        self._deflated = files.open(work.lane(shard, format))
        self.entries: list[Entry] = []

    def add(self, found: ExportObject, path: str) -> None:
        """Write an object's file; `path` is without the extension."""
        path = f"{path}.{EXTENSIONS[self._format]}"
        renderer = self._rendering.renderer(self._format, one_object=True)
        framing = renderer.framing
        content = b"".join((framing.head, renderer.add([found]), renderer.end()[0], framing.foot))
        self._files.put(self._ref.file_key(path), content, content_type(path))
        digest = Digest()
        digest.feed(content)
        deflated = deflate(content)
        self._deflated.write(deflated)
        self.entries.append(Entry(path, digest.size, digest.crc, len(deflated), digest.sha256))

    def close(self) -> list[Entry]:
        """End the lane and give what lies in it."""
        self._files.close(self._deflated)
        return self.entries


class BatchLane:
    """A file for all objects, or for each batch of them; a file that other shards go on with is left to the assembly."""

    def __init__(self, files: Files, work: WorkPlace, plan: ShardPlan, format: Format, rendering: Rendering) -> None:
        self._files = files
        self._ref = work.ref
        self._plan = plan
        self._definition = rendering.definition
        self._format = format
        self._rendering = rendering
        self._deflated = files.open(work.lane(plan.number, format))
        self._entries: list[Entry] = []
        self._file: _OpenFile | None = None
        self._batch: int | None = None

    def add(self, found: Sequence[ExportObject], batch: int | None) -> None:
        """Write objects of one batch (None: there is only one file) that follow those before."""
        if self._file is None or batch != self._batch:
            self._end_file()
            self._begin_file(batch)
        if self._file is not None:
            self._file.add(found)

    def close(self) -> list[Entry]:
        """End the lane and give what lies in it."""
        if self._file is None and self._definition.batch_size is None:
            self._begin_file(None)
        self._end_file()
        self._files.close(self._deflated)
        return self._entries

    def _begin_file(self, batch: int | None) -> None:
        self._batch = batch
        path = batch_path(self._definition, self._format, batch)
        raw = self._files.open(self._ref.file_key(path), content_type(path)) if self._is_whole(batch) else None
        renderer = self._rendering.renderer(self._format, stretch=raw is None)
        self._file = _OpenFile(path, raw, self._deflated, renderer)

    def _end_file(self) -> None:
        if self._file is not None:
            self._entries.append(self._file.end())
            if self._file.raw is not None:
                self._files.close(self._file.raw)
            self._file = None

    def _is_whole(self, batch: int | None) -> bool:
        """Whether all objects of the file are this shard's, as planned."""
        plan, size = self._plan, self._definition.batch_size
        low, high = (0, plan.total) if batch is None or size is None else (batch * size, min((batch + 1) * size, plan.total))
        return plan.first <= low and high <= plan.first + plan.objects


class _OpenFile:
    """A file, or a stretch of one (`raw` is None: only deflated, and without what stands around the objects)."""

    def __init__(self, path: str, raw: Feed | None, deflated: Feed, renderer: Renderer) -> None:
        self._path = path
        self.raw = raw
        self._deflated = deflated
        self._renderer = renderer
        self._framing = renderer.framing
        self._deflater = Deflater()
        self._digest = Digest()
        self._lead = b"" if raw is None else self._framing.head

    def add(self, found: Sequence[ExportObject]) -> None:
        self._write(self._lead + self._renderer.add(found))
        self._lead = self._framing.separator

    def end(self) -> Entry:
        last, around = self._renderer.end()
        if self.raw is None:
            self._write(last)
            self._deflated.write(self._deflater.cut())
            return Entry(self._path, self._deflater.size, self._deflater.crc, self._deflater.deflated, "", around)
        empty = self._lead is self._framing.head
        self._write((self._lead if empty else b"") + last + self._framing.foot)
        self._deflated.write(self._deflater.finish())
        return Entry(self._path, self._deflater.size, self._deflater.crc, self._deflater.deflated, self._digest.sha256)

    def _write(self, data: bytes) -> None:
        if self.raw is not None:
            self.raw.write(data)
            self._digest.feed(data)
        self._deflated.write(self._deflater.feed(data))
