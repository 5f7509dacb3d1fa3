"""The objects of one shard into files; the place of each object in the export is known from the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from chalicelib.domain.exports import Definition, Export, Format
from chalicelib.formats.export_files.layout import Names, object_folder, object_name
from chalicelib.services.export_run.feed import Files
from chalicelib.services.export_run.lanes import BatchLane, ObjectLane
from chalicelib.services.export_run.plan import Entry, ShardPlan, WorkPlace
from chalicelib.services.export_run.rendering import Records, Rendering
from chalicelib.services.export_run.revisions import Ledger, Recorded, key_digest, record_of
from chalicelib.services.export_run.spool import pack
from chalicelib.services.ports.exports import ExportObject, ObjectSource

CHUNK: Final = 500
"""Objects rendered in one call."""
REPORTED: Final = 2_000
"""Objects after which the progress is written, and with it looked whether the run is still wanted."""

Report = Callable[[int], None]
"""Takes the number of objects done; raises `RunEnded`."""


def wanted(found: Iterable[ExportObject], base: Recorded | None) -> Iterator[ExportObject]:
    """Yield the objects that an incremental run writes: those that its base has not recorded at their revision."""
    return iter(found) if base is None else (one for one in found if record_of(one) not in base)


def object_path(definition: Definition, found: ExportObject, place: int, names: Names) -> str:
    """Give the path, without extension, of the files of an object."""
    return names.claim(object_folder(definition, place), object_name(definition, found.slot, place))


class ShardWriter:
    """Writes one shard, or the merged objects of all."""

    def __init__(self, work: WorkPlace, export: Export, plan: ShardPlan, records: Records) -> None:
        self._work = work
        self._definition = export.definition
        self._plan = plan
        self._rendering = Rendering(export.definition, plan.columns, records)

    def write(self, found: Iterable[ExportObject], report: Report) -> None:
        """Write the objects, in their order; the report of what was written comes last."""
        definition, plan = self._definition, self._plan
        single = [format for format in definition.formats if format in definition.one_file_per_object]
        batched = [format for format in definition.formats if format not in definition.one_file_per_object]
        names = Names()
        done = 0
        reported = 0
        with Files(self._work.objects) as files:
            object_lanes = [ObjectLane(files, self._work, plan.number, format, self._rendering) for format in single]
            batch_lanes = [BatchLane(files, self._work, plan, format, self._rendering) for format in batched]
            remaining = iter(found)
            while chunk := list(islice(remaining, self._room(done))):
                place = self._place(done)
                batch = None if definition.batch_size is None else place // definition.batch_size
                for lane in batch_lanes:
                    lane.add(chunk, batch)
                if object_lanes:
                    for offset, one in enumerate(chunk):
                        path = self._path(one, self._place(done + offset), names)
                        for object_lane in object_lanes:
                            object_lane.add(one, path)
                done += len(chunk)
                if done - reported >= REPORTED:
                    reported = done
                    report(min(done, plan.objects))
            lanes: dict[Format, list[Entry]] = {}
            lanes |= {format: lane.close() for format, lane in zip(single, object_lanes, strict=True)}
            lanes |= {format: lane.close() for format, lane in zip(batched, batch_lanes, strict=True)}
            files.settle()
        self._work.write_report(plan.number, done, lanes)
        report(plan.objects)

    def _place(self, done: int) -> int:
        """Give the place of the next object; what was added since the run was planned shares the shard's last place."""
        return self._plan.first + max(min(done, self._plan.objects - 1), 0)

    def _room(self, done: int) -> int:
        """Tell how many objects can be rendered together: not across the end of a batch."""
        size = self._definition.batch_size
        if size is None:
            return CHUNK
        if done >= self._plan.objects:
            return CHUNK
        return min(CHUNK, size - self._place(done) % size, self._plan.objects - done)

    def _path(self, found: ExportObject, place: int, names: Names) -> str:
        if self._plan.names is None:
            return object_path(self._definition, found, place, names)
        planned = self._plan.names.get(found.key)
        if planned is None:  # added since the run was planned: a name that no other shard can give
            planned = f"{object_folder(self._definition, place)}{key_digest(found.key).hex()}"
        return planned


def write_shard(work: WorkPlace, export: Export, source: ObjectSource, plan: ShardPlan, report: Report) -> None:
    """Do the work of one shard: its files, or its objects for the merge, and its revisions."""
    base = None if plan.base is None else Recorded.of(work.objects, work.ref._replace(run=plan.base))
    ledger = Ledger() if export.definition.type == "export_incremental" else None

    def seen() -> Iterator[ExportObject]:
        for one in source.objects(export, plan.shard):
            if ledger is not None:
                ledger.add(one)
            yield one

    found = wanted(seen(), base)
    if plan.spooled:
        counted = _counted(found, plan, report)
        placed = ((source.sort_key(export, one), one, source.record(export, one)) for one in counted)
        work.objects.write(work.spool(plan.number), pack(placed))
        report(plan.objects)
    else:
        ShardWriter(work, export, plan, lambda one: source.record(export, one)).write(found, report)
    if ledger is not None:
        work.objects.put(work.shard_revisions(plan.number), ledger.content())


def _counted(found: Iterable[ExportObject], plan: ShardPlan, report: Report) -> Iterator[ExportObject]:
    for done, one in enumerate(found):
        if done % REPORTED == 0:
            report(min(done, plan.objects))
        yield one
