"""What the shards have written becomes one whole: files that span shards, the papers, the zip of everything, the list of files.

The shards' data is deflated already. It is read once, copied into the zip as it is, and only inflated where a file spans shards and
its bytes and digests have to be known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import orjson

from chalicelib.domain.exports import FILES_PAGE, Archive, Export, ExportFile, Format, Run, RunResult
from chalicelib.formats.archives.deflate import END, Digest, combined_crc, deflate, inflate, stored
from chalicelib.formats.archives.zip import Member, ZipContainer
from chalicelib.formats.export_files import papers
from chalicelib.formats.export_files.framing import Framing
from chalicelib.formats.export_files.layout import CHECKSUMS, DELETED, MANIFEST, content_type
from chalicelib.services.export_run import revisions
from chalicelib.services.export_run.feed import Feed, Files
from chalicelib.services.export_run.plan import Entry, RunPlan, WorkPlace
from chalicelib.services.export_run.reading import SequentialObject
from chalicelib.services.export_run.rendering import Rendering
from chalicelib.services.export_run.shards import Report
from chalicelib.services.ports.objects import ObjectStore

ZIP_TYPE: Final = "application/zip"


class Assembly:
    """Puts one run together."""

    def __init__(self, objects: ObjectStore, work: WorkPlace, export: Export, run: Run, plan: RunPlan, report: Report) -> None:
        self._objects = objects
        self._work = work
        self._ref = work.ref
        self._export = export
        self._run = run
        self._plan = plan
        self._report = report
        self._rendering = Rendering(export.definition, plan.columns, lambda _: {})
        self._files: list[ExportFile] = []

    def assemble(self) -> RunResult:
        """Write everything but the archives that transports ask for; give what there is."""
        shards = range(1 if self._plan.sorted else self._plan.shards)
        reports = [self._work.report(shard) for shard in shards]
        written = sum(objects for objects, _ in reports)
        with Files(self._objects) as files:
            archive = files.open(self._ref.archive_key("zip"), ZIP_TYPE)
            container = ZipContainer(self._run.started)
            for format in self._export.definition.formats:
                self._add_format(files, archive, container, format, [lanes[format] for _, lanes in reports])
            deleted = self._add_deleted(files, archive, container)
            self._add_papers(files, archive, container, written, deleted)
            archive.write(container.close())
            files.close(archive)
            files.settle()
        self._write_index()
        self._remove_strays()
        return RunResult(
            objects=written,
            files=len(self._files),
            archives=(Archive("zip", container.offset),),
            fingerprint=self._plan.fingerprint,
        )

    # data files

    def _add_format(
        self, files: Files, archive: Feed, container: ZipContainer, format: Format, lanes: Sequence[Sequence[Entry]]
    ) -> None:
        readers = [SequentialObject(self._objects, self._work.lane(shard, format)) for shard in range(len(lanes))]
        entries = ((shard, entry) for shard, lane in enumerate(lanes) for entry in lane)
        for path, parts in groupby(entries, key=lambda found: found[1].path):
            stretches = list(parts)
            self._report(self._plan.total)
            if len(stretches) == 1 and stretches[0][1].sha256:
                shard, entry = stretches[0]
                archive.write(container.open(Member(path, entry.size, entry.crc, entry.deflated)))
                for chunk in readers[shard].take(entry.deflated):
                    archive.write(chunk)
                self._files.append(ExportFile(path, entry.size, entry.sha256))
            else:
                framing = self._rendering.renderer(format).framing
                self._join(files, archive, container, path, framing, [(readers[shard], entry) for shard, entry in stretches])

    def _join(
        self,
        files: Files,
        archive: Feed,
        container: ZipContainer,
        path: str,
        framing: Framing,
        stretches: Sequence[tuple[SequentialObject, Entry]],
    ) -> None:
        """Write a file that spans shards: its stretches, with head, separators and foot as pieces of their own."""
        filled = [(lane, entry) for lane, entry in stretches if entry.size]
        literals = [framing.head] + [framing.separator] * max(len(filled) - 1, 0)
        counted = Digest()
        deflated = len(END)
        size, crc = 0, 0
        for literal, (_, entry) in zip(literals, filled, strict=False):
            crc = combined_crc(combined_crc(crc, _crc(literal), len(literal)), entry.crc, entry.size)
            size += len(literal) + entry.size
            deflated += len(stored(literal)) + entry.deflated
        tail = framing.foot if filled else framing.head + framing.foot
        crc = combined_crc(crc, _crc(tail), len(tail))
        size += len(tail)
        deflated += len(stored(tail))
        archive.write(container.open(Member(path, size, crc, deflated)))
        raw = files.open(self._ref.file_key(path), content_type(path))

        def both(literal: bytes) -> None:
            archive.write(stored(literal))
            counted.feed(literal)
            raw.write(literal)

        for literal, (lane, entry) in zip(literals, filled, strict=False):
            both(literal)
            for chunk in inflate(_passing(lane.take(entry.deflated), archive)):
                counted.feed(chunk)
                raw.write(chunk)
        both(tail)
        archive.write(END)
        files.close(raw)
        if (counted.size, counted.crc) != (size, crc):
            raise ValueError(f"{path!r} is not what the shards wrote")
        self._files.append(ExportFile(path, size, counted.sha256))

    # what goes with them

    def _add_deleted(self, files: Files, archive: Feed, container: ZipContainer) -> int | None:
        """Record the revisions of an incremental export; of a run that builds on another, write what is gone since."""
        if self._export.definition.type != "export_incremental":
            return None
        contents = (self._objects.read(self._work.shard_revisions(shard)) for shard in range(self._plan.shards))
        records = files.open(f"{self._ref.prefix}{revisions.PATH}")
        keys = files.open(f"{self._ref.prefix}{revisions.KEYS_PATH}")

        def digests() -> Iterator[bytes]:
            for record, key in revisions.merged(contents):
                records.write(record)
                keys.write(key + b"\n")
                yield record[: revisions.KEY_BYTES]

        current = digests()
        deleted = None
        if self._plan.base is not None:
            base = self._ref._replace(run=self._plan.base)
            before = revisions.recorded_keys(
                self._objects.read(f"{base.prefix}{revisions.PATH}"), self._objects.read(f"{base.prefix}{revisions.KEYS_PATH}")
            )
            gone = list(revisions.gone(before, current))
            deleted = len(gone)
            framing = papers.DELETED_FRAMING
            content = framing.head + framing.separator.join(sorted(gone)) + framing.foot
            self._add_small(files, archive, container, DELETED, content)
        for _ in current:
            pass
        files.close(records)
        files.close(keys)
        return deleted

    def _add_papers(self, files: Files, archive: Feed, container: ZipContainer, objects: int, deleted: int | None) -> None:
        kinds = Counter(file.path.rpartition(".")[2] for file in self._files)
        recorded = self._export.definition.type == "export_incremental"
        manifest = papers.manifest(
            self._export,
            self._run,
            objects=objects,
            deleted=deleted,
            files=sorted(kinds.items()),
            revisions=revisions.PATH if recorded else "",
        )
        self._add_small(files, archive, container, MANIFEST, manifest)
        self._files.sort()
        self._add_small(files, archive, container, CHECKSUMS, b"".join(papers.checksums(self._files)))
        self._files.sort()

    def _add_small(self, files: Files, archive: Feed, container: ZipContainer, path: str, content: bytes) -> None:
        digest = Digest()
        digest.feed(content)
        deflated = deflate(content)
        archive.write(container.open(Member(path, digest.size, digest.crc, len(deflated))) + deflated)
        files.put(self._ref.file_key(path), content, content_type(path))
        self._files.append(ExportFile(path, digest.size, digest.sha256))

    def _write_index(self) -> None:
        for page in range(-(-len(self._files) // FILES_PAGE)):
            part = self._files[page * FILES_PAGE : (page + 1) * FILES_PAGE]
            self._objects.put(self._ref.index_key(page), orjson.dumps([file._asdict() for file in part]))


    def _remove_strays(self) -> None:
        """Remove files that a killed task has written and its successor has not: the data had changed in between."""
        known = {file.path for file in self._files}
        prefix = self._ref.file_key("")
        strays = [found.key for found in self._objects.list(prefix) if found.key.removeprefix(prefix) not in known]
        if strays:
            self._objects.delete(strays)


def _passing(chunks: Iterable[bytes], archive: Feed) -> Iterator[bytes]:
    for chunk in chunks:
        archive.write(chunk)
        yield chunk


def _crc(data: bytes) -> int:
    digest = Digest()
    digest.feed(data)
    return digest.crc
