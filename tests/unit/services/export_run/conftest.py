"""A run on the stores in memory, step by step as the state machine takes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.accounts import User
from chalicelib.domain.exports import Definition, Export, LogEntry, Run, RunRef
from chalicelib.domain.slots import Group, Location, Slot
from chalicelib.services.export_failures import ExportFailures
from chalicelib.services.export_objects import SlotObjects
from chalicelib.services.export_run import ExportArchiver, ExportRun, preparation
from chalicelib.services.ports.exports import Limits
from chalicelib.services.ports.slots import Owner
from chalicelib.services.transports import Delivery
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.exports import FakeExportStore
from tests.fakes.jobs import FakeMailer, FakeStateMachine
from tests.fakes.objects import FakeObjectStore
from tests.fakes.slots import FakeSlotStore

NOW = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
USER = User(7, "ann@example.org", "Ann", "", NOW)
OWNER = Owner(USER.id)


class NoTransports:
    """Remembers what it was asked to deliver."""

    def __init__(self) -> None:
        self.delivered: list[Delivery] = []

    def deliver(self, delivery: Delivery) -> None:
        self.delivered.append(delivery)


@dataclass
class World:
    """Everything a run works with."""

    objects: FakeObjectStore = field(default_factory=FakeObjectStore)
    exports: FakeExportStore = field(default_factory=FakeExportStore)
    slots: FakeSlotStore = field(default_factory=FakeSlotStore)
    accounts: FakeAccountStore = field(default_factory=FakeAccountStore)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    machine: FakeStateMachine = field(default_factory=FakeStateMachine)
    transports: Any = field(default_factory=NoTransports)
    now: datetime = NOW
    started: int = 0

    def __post_init__(self) -> None:
        self.accounts.create_user(USER)

    @property
    def run(self) -> ExportRun:
        source = SlotObjects(slots=self.slots, users=self.accounts, groups=self.accounts)
        return ExportRun(
            runs=self.exports,
            exports=self.exports,
            source=lambda _: source,
            objects=self.objects,
            transports=self.transports,
            failures=self.failures(self.exports),
            clock=lambda: self.now,
        )

    def failures(self, exports: Any) -> ExportFailures:
        return ExportFailures(
            exports=exports, runs=exports, users=self.accounts, mailer=lambda: self.mailer, clock=lambda: self.now
        )

    @property
    def archiver(self) -> ExportArchiver:
        return ExportArchiver(exports=self.exports, objects=self.objects, machine=lambda: self.machine, clock=lambda: self.now)

    def add(self, *slots: Slot) -> None:
        for slot in slots:
            self.slots.create(OWNER, slot)

    def define(self, definition: Definition, export_id: int = 5) -> None:
        export = Export(export_id, USER.id, self.now, definition, "passkey")
        self.exports.create_export(export, LogEntry(0, "EXPORT_INSERT", self.now), limits=Limits(10, 5))

    def begin(self, export_id: int = 5) -> RunRef:
        was = self.exports.dossier(export_id)
        assert was is not None
        ref = RunRef(export_id, was.export.run + 1)
        run = Run(ref, USER.id, was.export.version, "pending", self.now, base=was.export.served)
        log = LogEntry(ref.run, "EXPORT_START", self.now)
        self.exports.begin_run(run, was=was, next_run=None, log=log, limits=Limits(10, 5))
        return ref

    def steps(self, ref: RunRef) -> list[Callable[[], None]]:
        """Give the steps of a run whose first one has been done by this call."""
        run = self.run
        outline = run.prepare(ref)
        steps: list[Callable[[], None]] = [partial(run.write_shard, ref, number) for number in outline.shards]
        if outline.sorted:
            steps.append(lambda: run.merge_shards(ref))
        steps.append(lambda: run.assemble(ref))
        steps += [partial(run.pack, ref, packer) for packer in outline.packers]
        steps.append(lambda: run.publish(ref))
        steps += [partial(run.deliver, ref, place) for place in outline.transports]
        steps.append(lambda: run.finish(ref))
        return steps

    def finish(self, export_id: int = 5) -> RunRef:
        """Do a whole run."""
        ref = self.begin(export_id)
        for step in self.steps(ref):
            step()
        return ref

    def files(self, ref: RunRef) -> dict[str, bytes]:
        prefix = ref.file_key("")
        return {key.removeprefix(prefix): one.body for key, one in self.objects.objects.items() if key.startswith(prefix)}

    def zipped(self, ref: RunRef, extension: str = "zip") -> dict[str, bytes]:
        return self.zipped_at(ref.archive_key(extension))

    def zipped_at(self, key: str) -> dict[str, bytes]:
        body = self.objects.objects[key].body
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}

    def state(self, export_id: int = 5) -> tuple[str, Sequence[tuple[str, Mapping[str, Any]]]]:
        dossier = self.exports.dossier(export_id, log=200)
        assert dossier is not None
        return dossier.export.state, [(entry.type, entry.info) for entry in reversed(dossier.log)]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut after seven objects, so that a few slots are many shards."""
    monkeypatch.setattr(preparation, "SHARD_OBJECTS", 7)
    monkeypatch.setattr(preparation, "SHARD_FILES", 7)


def slot(number: int, **changes: Any) -> Slot:
    start = NOW + timedelta(hours=number // 2)
    made = Slot(
        uid=f"slot-{number:04d}",
        title=f'Meeting {number % 3}, “quoted” "text"',
        start=start,
        end=start + timedelta(hours=1),
        visibility="public" if number % 2 else "private",
        location=Location(name="Room", city="Köln") if number % 5 == 0 else None,
        description="two\nlines" if number % 4 == 0 else "",
        groups=("g-1",) if number % 6 == 0 else (),
        changed=NOW,
    )
    return made._replace(**changes)


GROUP = Group("g-1", "Friends")

__all__ = ["GROUP", "NOW", "OWNER", "USER", "NoTransports", "World", "replace", "slot"]
