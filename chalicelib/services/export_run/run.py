"""The steps of a run, as the tasks of the state machine call them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from chalicelib.domain.errors import InvalidInput, NotFound, NotPermitted, TooLarge
from chalicelib.domain.exports import Archive, LogEntry, ObjectType, Packer, Run, RunEnded, RunRef, RunResult, TransportOutcome
from chalicelib.services.export_failures import ExportFailures
from chalicelib.services.export_run.assembly import Assembly
from chalicelib.services.export_run.packing import Packing
from chalicelib.services.export_run.plan import ShardPlan, WorkPlace
from chalicelib.services.export_run.preparation import prepare
from chalicelib.services.export_run.shards import ShardWriter, write_shard
from chalicelib.services.export_run.spool import merge
from chalicelib.services.ports.exports import ExportStore, ObjectSource, RunStore
from chalicelib.services.ports.objects import ObjectStore
from chalicelib.services.transports import Delivery, Transports

_DELETED_AT_ONCE: Final = 1_000
_HOPELESS: Final = (InvalidInput, NotFound, NotPermitted, TooLarge)
"""What trying again does not mend: the definition, or what it speaks of, has to change."""


class Outline(NamedTuple):
    """What the state machine has to know of a run: numbers and names, never data."""

    shards: Sequence[int] = ()
    sorted: bool = False
    packers: Sequence[Packer] = ()
    """Those that transports ask for beside the zip of everything."""
    transports: Sequence[int] = ()
    """Their places."""


class ExportRun:
    """Runs export jobs. Each step can be killed at any moment and run again, to the same result.

    A step that finds that its run has ended without success removes what the run has written, and gives nothing.
    """

    def __init__(
        self,
        *,
        runs: RunStore,
        exports: ExportStore,
        source: Callable[[ObjectType], ObjectSource],
        objects: ObjectStore,
        transports: Transports,
        failures: ExportFailures,
        clock: Callable[[], datetime],
    ) -> None:
        self._runs = runs
        self._exports = exports
        self._source = source
        self._objects = objects
        self._transports = transports
        self._failures = failures
        self._clock = clock

    def prepare(self, ref: RunRef) -> Outline:
        """Claim the run and plan it. A run that cannot succeed is closed here, with the reason."""
        try:
            export, run = self._runs.claim_run(ref, now=self._clock())
            source = self._source(export.definition.objecttype)
            work = WorkPlace(self._objects, ref)
            try:
                plan = prepare(work, export, run, source, base=self._base(run), report=lambda _: self._runs.check_run(ref))
            except _HOPELESS as error:
                self.fail(ref, str(error))
                return Outline()
            self._runs.set_total(ref, plan.total)
        except RunEnded:
            self._clear(ref)
            return Outline()
        wanted = export.definition.transports
        packers: list[Packer] = sorted({transport.packer for transport in wanted} - {"zip"})
        return Outline(range(plan.shards), plan.sorted, packers, range(len(wanted)))

    def write_shard(self, ref: RunRef, number: int) -> None:
        """Write what lies in one shard."""
        try:
            export, _ = self._runs.working(ref)
            work = WorkPlace(self._objects, ref)
            plan = work.shard_plan(number)
            source = self._source(export.definition.objecttype)

            def report(done: int) -> None:
                self._runs.advance_run(ref, number, done)

            write_shard(work, export, source, plan, report)
        except RunEnded:
            self._clear(ref)

    def merge_shards(self, ref: RunRef) -> None:
        """Write the objects of all shards in the order asked for, as one shard's."""
        try:
            export, _ = self._runs.working(ref)
            work = WorkPlace(self._objects, ref)
            plan = work.plan()
            whole = ShardPlan(0, None, None, plan.total, 0, plan.total, plan.columns, None, None, spooled=False)
            found = merge(self._objects.read(work.spool(shard)) for shard in range(plan.shards))
            writer = ShardWriter(work, export, whole, lambda one: one.source)
            writer.write(found, lambda _: self._runs.check_run(ref))
        except RunEnded:
            self._clear(ref)

    def assemble(self, ref: RunRef) -> None:
        """Put together what the shards have written: files, zip, list of files."""
        try:
            export, run = self._runs.working(ref)
            work = WorkPlace(self._objects, ref)
            assembly = Assembly(work, export, run, work.plan(), lambda _: self._runs.check_run(ref))
            result = assembly.assemble()
            self._keep(work, "result", [result.objects, result.files, result.archives, result.fingerprint])
        except RunEnded:
            self._clear(ref)

    def pack(self, ref: RunRef, packer: Packer) -> None:
        """Make an archive that transports ask for."""
        try:
            _, run = self._runs.working(ref)
            packing = Packing(self._objects, ref, run.started, lambda: self._runs.check_run(ref))
            self._keep(WorkPlace(self._objects, ref), packer, packing.pack(packer, packing.members()))
        except RunEnded:
            self._clear(ref)

    def publish(self, ref: RunRef) -> None:
        """Make the run visible, with one conditional write."""
        try:
            export, run = self._runs.working(ref)
            if run.result is not None:
                return
            work = WorkPlace(self._objects, ref)
            objects, files, archives, fingerprint = self._kept(work, "result")
            for packer in {transport.packer for transport in export.definition.transports} - {"zip"}:
                archives += self._kept(work, packer) or []
            made = tuple(sorted(Archive(*archive) for archive in archives))
            self._runs.publish_run(ref, RunResult(objects, files, made, fingerprint))
        except RunEnded:
            self._clear(ref)

    def deliver(self, ref: RunRef, place: int) -> None:
        """Deliver the run by one transport. Raises `Unavailable` for what may work later."""
        try:
            export, run = self._runs.working(ref)
            if place in run.transports and run.transports[place].state == "done":
                return
            packer = export.definition.transports[place].packer
            if run.result is None or (packer != "zip" and self._kept(WorkPlace(self._objects, ref), packer) is None):
                self.fail_transport(ref, place, "the archive could not be made")
                return
            try:
                self._transports.deliver(Delivery(export, run, place))
            except _HOPELESS as error:
                self.fail_transport(ref, place, str(error))
                return
            self._runs.record_transport(ref, place, TransportOutcome("done"))
        except RunEnded:
            self._clear(ref)

    def fail_transport(self, ref: RunRef, place: int, reason: str) -> None:
        """Record that a transport has failed; the run goes on."""
        info = {"transport": place, "reason": reason}
        try:
            self._runs.record_transport(
                ref,
                place,
                TransportOutcome("failed", reason),
                LogEntry(ref.run, "EXPORT_TRANSPORT_FAILED", self._clock(), info, part=str(place)),
            )
        except RunEnded:
            self._clear(ref)

    def finish(self, ref: RunRef) -> None:
        """Remove what only the tasks needed, and say that the run is done."""
        try:
            _, run = self._runs.working(ref)
            if run.result is None:
                self.fail(ref, "nothing was published")
                return
            self._remove(f"{ref.prefix}work/")
            self._objects.abort_uploads(ref.prefix)
            info = {"objects": run.result.objects, "files": run.result.files}
            self._runs.finish_run(ref, log=LogEntry(ref.run, "EXPORT_FINISH", self._clock(), info), now=self._clock())
        except RunEnded:
            self._clear(ref)

    def fail(self, ref: RunRef, reason: str) -> None:
        """Close the run as failed and remove what it has written."""
        self._failures.close(ref, reason)
        self._clear(ref)

    def _base(self, run: Run) -> Run | None:
        """Give the run that an incremental one builds on, if it is still there."""
        if run.base is None:
            return None
        dossier = self._exports.dossier(run.ref.export_id)
        return dossier.runs.get(run.base) if dossier else None

    def _clear(self, ref: RunRef) -> None:
        """Remove what a run has written that ended without success; what other tasks of it still write, they remove likewise."""
        dossier = self._exports.dossier(ref.export_id)
        run = dossier.runs.get(ref.run) if dossier else None
        if run is not None and (run.active or run.state == "done"):
            return
        self._objects.abort_uploads(ref.prefix)
        self._remove(ref.prefix)

    def _remove(self, prefix: str) -> None:
        keys: list[str] = []
        for found in self._objects.list(prefix):
            keys.append(found.key)
            if len(keys) == _DELETED_AT_ONCE:
                self._objects.delete(keys)
                keys = []
        if keys:
            self._objects.delete(keys)

    def _keep(self, work: WorkPlace, name: str, value: object) -> None:
        self._objects.put(f"{work.prefix}{name}.json", orjson.dumps(value, default=tuple))

    def _kept(self, work: WorkPlace, name: str) -> Any:
        """Give what an earlier step has kept; None when it failed."""
        try:
            return orjson.loads(b"".join(self._objects.read(f"{work.prefix}{name}.json")))
        except NotFound:
            return None
