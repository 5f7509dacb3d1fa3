"""What the shards have written becomes one whole: files that span shards, the papers, the zip of everything, the list of files.

The shards' data is deflated already. It is read once, copied into the zip as it is, and only inflated where a file spans shards and
its bytes and digests have to be known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import orjson

from chalicelib.domain.exports import FILES_PAGE, Archive, Export, ExportFile, Format, Run, RunRef, RunResult
from chalicelib.formats.archives.deflate import END, Digest, Inflater, combined_crc, deflate, stored
from chalicelib.formats.archives.zip import Member, ZipContainer
from chalicelib.formats.export_files import papers
from chalicelib.formats.export_files.layout import CHECKSUMS, DELETED, MANIFEST, content_type
from chalicelib.services.export_run import revisions
from chalicelib.services.export_run.feed import Feed, Files
from chalicelib.services.export_run.plan import Entry, RunPlan, WorkPlace
from chalicelib.services.export_run.reading import SequentialObject
from chalicelib.services.export_run.rendering import Rendering
from chalicelib.services.export_run.shards import Report

_CHECKED: Final = 1 << 24
"""Bytes of data after which it is looked whether the run is still wanted."""
_FILE: Final = 1 << 13
"""Bytes that a file counts for at least: many small ones take their time too."""


class Assembly:
    """Puts one run together."""

    def __init__(self, work: WorkPlace, export: Export, run: Run, plan: RunPlan, report: Report) -> None:
        self._objects = work.objects
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
            whole = _Whole(files, self._ref, self._run.started)
            for format in self._export.definition.formats:
                self._add_format(whole, format, [lanes[format] for _, lanes in reports])
            deleted = self._add_deleted(whole)
            self._add_papers(whole, written, deleted)
            size = whole.close()
        self._files = sorted(whole.files)
        self._write_index()
        self._remove_strays()
        return RunResult(written, len(self._files), (Archive("zip", size),), self._plan.fingerprint)

    # data files

    def _add_format(self, whole: _Whole, format: Format, lanes: Sequence[Sequence[Entry]]) -> None:
        readers = [SequentialObject(self._objects, self._work.lane(shard, format)) for shard in range(len(lanes))]
        entries = ((shard, entry) for shard, lane in enumerate(lanes) for entry in lane)
        passed = _CHECKED  # looks at once
        for path, parts in groupby(entries, key=lambda found: found[1].path):
            stretches = [(readers[shard], entry) for shard, entry in parts]
            reader, entry = stretches[0]
            if passed >= _CHECKED:
                passed = 0
                self._report(self._plan.total)
            passed += _FILE + sum(entry.deflated for _, entry in stretches)
            if entry.sha256:
                whole.add(Member(path, entry.size, entry.crc, entry.deflated), entry.sha256, reader.take(entry.deflated))
            else:
                stretches = [(reader, entry) for reader, entry in stretches if entry.size]
                before, last = self._rendering.joints(format, [entry.around for _, entry in stretches])
                whole.join(path, before, stretches, last)

    # what goes with them

    def _add_deleted(self, whole: _Whole) -> int | None:
        """Record the revisions of an incremental export; of a run that builds on another, write what is gone since."""
        if self._export.definition.type != "export_incremental":
            return None
        contents = [self._objects.read(self._work.shard_revisions(shard)) for shard in range(self._plan.shards)]
        records = whole.kept.open(f"{self._ref.prefix}{revisions.PATH}")
        keys = whole.kept.open(f"{self._ref.prefix}{revisions.KEYS_PATH}")

        def digests() -> Iterator[bytes]:
            for record, key in revisions.merged(contents):
                records.write(record)
                keys.write(key + b"\n")
                yield record[: revisions.KEY_BYTES]

        current = digests()
        deleted = None
        if self._plan.base is not None:
            base = self._ref._replace(run=self._plan.base).prefix
            before = revisions.recorded_keys(
                self._objects.read(f"{base}{revisions.PATH}"), self._objects.read(f"{base}{revisions.KEYS_PATH}")
            )
            gone = sorted(revisions.gone(before, current))
            deleted = len(gone)
            framing = papers.DELETED_FRAMING
            whole.add_small(DELETED, framing.head + framing.separator.join(gone) + framing.foot)
        for _ in current:  # what is left of it is recorded too
            pass
        whole.kept.close(records)
        whole.kept.close(keys)
        return deleted

    def _add_papers(self, whole: _Whole, objects: int, deleted: int | None) -> None:
        kinds = Counter(file.path.rpartition(".")[2] for file in whole.files)
        recorded = self._export.definition.type == "export_incremental"
        manifest = papers.manifest(
            self._export,
            self._run,
            objects=objects,
            deleted=deleted,
            files=sorted(kinds.items()),
            revisions=revisions.PATH if recorded else "",
        )
        whole.add_small(MANIFEST, manifest)
        whole.add_small(CHECKSUMS, b"".join(papers.checksums(sorted(whole.files))))

    # the list of files

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


class _Whole:
    """The zip of everything while it is written, and beside it the files that no shard could write."""

    def __init__(self, kept: Files, ref: RunRef, time: datetime) -> None:
        self.kept = kept
        """What is written."""
        self.files: list[ExportFile] = []
        """What the zip holds."""
        self._ref = ref
        self._container = ZipContainer(time)
        self._archive = kept.open(key := ref.archive_key("zip"), content_type(key))

    def add(self, member: Member, sha256: str, data: Iterable[bytes]) -> None:
        """Add a file that is there already, from its deflated data."""
        self._archive.write(self._container.open(member))
        for chunk in data:
            self._archive.write(chunk)
        self.files.append(ExportFile(member.path, member.size, sha256))

    def add_small(self, path: str, content: bytes) -> None:
        """Write a small file and add it."""
        digest = Digest()
        digest.feed(content)
        deflated = deflate(content)
        self.kept.put(self._ref.file_key(path), content, content_type(path))
        self.add(Member(path, digest.size, digest.crc, len(deflated)), digest.sha256, [deflated])

    def join(self, path: str, before: Sequence[bytes], stretches: Sequence[tuple[SequentialObject, Entry]], last: bytes) -> None:
        """Write a file that spans shards and add it: its stretches, with what stands before each and behind the last as pieces."""
        size, crc, deflated = 0, 0, 0
        for literal, (_, entry) in zip(before, stretches, strict=True):
            crc = combined_crc(combined_crc(crc, _crc(literal), len(literal)), entry.crc, entry.size)
            size += len(literal) + entry.size
            deflated += len(stored(literal)) + entry.deflated
        crc = combined_crc(crc, _crc(last), len(last))
        member = Member(path, size + len(last), crc, deflated + len(stored(last)) + len(END))
        raw = self.kept.open(self._ref.file_key(path), content_type(path))
        digest = Digest()

        def both() -> Iterator[bytes]:
            for literal, (reader, entry) in zip(before, stretches, strict=True):
                yield stored(literal)
                _count(raw, digest, literal)
                inflater = Inflater()
                for chunk in reader.take(entry.deflated):
                    yield chunk
                    for data in inflater.feed(chunk):
                        _count(raw, digest, data)
            yield stored(last) + END
            _count(raw, digest, last)

        self.add(member, "", both())
        self.kept.close(raw)
        if (digest.size, digest.crc) != (member.size, member.crc):
            raise ValueError(f"{path!r} is not what the shards have written")
        self.files[-1] = self.files[-1]._replace(sha256=digest.sha256)

    def close(self) -> int:
        """End the zip and give its size; everything is stored then."""
        self._archive.write(self._container.close())
        self.kept.close(self._archive)
        self.kept.settle()
        return self._container.offset


def _count(raw: Feed, digest: Digest, data: bytes) -> None:
    raw.write(data)
    digest.feed(data)


def _crc(data: bytes) -> int:
    digest = Digest()
    digest.feed(data)
    return digest.crc
