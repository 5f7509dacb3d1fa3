"""What the tasks of a run tell each other, through small objects in the bucket: no state of the machine carries data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

import orjson

from chalicelib.domain.exports import Format, RunRef
from chalicelib.services.ports.exports import Shard
from chalicelib.services.ports.objects import ObjectStore

SHARD_OBJECTS: Final = 62_500
"""Objects a task writes in about a minute."""
SHARD_FILES: Final = 10_000
"""The same when each object has files of its own."""
MAX_SHARDS: Final = 1_000
"""Keeps the machine's history within 25,000 events; beyond it shards grow."""


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What one shard's task needs to know."""

    number: int
    start: str | None
    end: str | None
    objects: int
    """How many will be written of it."""
    first: int
    """The place of its first object in the order of the export."""
    total: int
    """Objects of all shards."""
    columns: tuple[str, ...]
    base: int | None
    """The run an incremental one compares with; None: everything is written."""
    names: dict[str, str] | None
    """Path, without extension, by object key; None: the task gives names itself, because it writes all objects."""
    spooled: bool
    """Whether its objects are to be merged with those of other shards before they are written."""

    @property
    def shard(self) -> Shard:
        """What the object source is asked for."""
        return Shard(self.number, self.start, self.end, self.objects)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the tasks after the shards need to know."""

    shards: int
    total: int
    sorted: bool
    """Whether the shards' objects are to be merged into another order, as one shard numbered 0 of the files."""
    columns: tuple[str, ...]
    base: int | None
    fingerprint: str


class Entry(NamedTuple):
    """One file, or a shard's stretch of one, as the task of a shard has written it."""

    path: str
    size: int
    crc: int
    deflated: int
    """Bytes of it in the lane."""
    sha256: str
    """Empty for a stretch of a file that goes on in other shards."""
    around: Sequence[Any] = ()
    """What the format has to know of a stretch to write what stands around it, as `Renderer.end` gives it."""


class WorkPlace:
    """Where a run's tasks keep what only they need, and how it is written and read."""

    def __init__(self, objects: ObjectStore, ref: RunRef) -> None:
        self.objects = objects
        self.ref = ref
        self.prefix = f"{ref.prefix}work/"

    def lane(self, shard: int, format: Format) -> str:
        """Give the key of a shard's deflated data of one format."""
        return f"{self.prefix}{shard:05d}/{format}.deflate"

    def spool(self, shard: int) -> str:
        """Give the key of a shard's objects in the order asked for, to be merged."""
        return f"{self.prefix}{shard:05d}/sorted.deflate"

    def shard_revisions(self, shard: int) -> str:
        """Give the key of the revisions of a shard's objects."""
        return f"{self.prefix}{shard:05d}/revisions.bin"

    def write_plan(self, plan: RunPlan, shards: Sequence[ShardPlan]) -> None:
        """Tell the tasks what to do."""
        for shard in shards:
            self.objects.put(f"{self.prefix}{shard.number:05d}/plan.json", orjson.dumps(asdict(shard)))
        self.objects.put(f"{self.prefix}plan.json", orjson.dumps(asdict(plan)))

    def plan(self) -> RunPlan:
        """Give the plan of the run."""
        value = orjson.loads(self._read(f"{self.prefix}plan.json"))
        return RunPlan(**value | {"columns": tuple(value["columns"])})

    def shard_plan(self, number: int) -> ShardPlan:
        """Give the plan of a shard."""
        value = orjson.loads(self._read(f"{self.prefix}{number:05d}/plan.json"))
        return ShardPlan(**value | {"columns": tuple(value["columns"])})

    def write_report(self, shard: int, objects: int, lanes: dict[Format, list[Entry]]) -> None:
        """Say what a shard's task has written, last of all."""
        self.objects.put(
            f"{self.prefix}{shard:05d}/report.json",
            orjson.dumps([objects, {format: [tuple(entry) for entry in entries] for format, entries in lanes.items()}]),
        )

    def report(self, shard: int) -> tuple[int, dict[Format, list[Entry]]]:
        """Give the number of objects, and the files in the order in which their data lies in each lane."""
        objects, lanes = orjson.loads(self._read(f"{self.prefix}{shard:05d}/report.json"))
        return objects, {format: [Entry(*entry) for entry in entries] for format, entries in lanes.items()}

    def _read(self, key: str) -> bytes:
        return b"".join(self.objects.read(key))
