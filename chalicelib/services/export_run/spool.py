"""Objects on their way through the bucket, where the order asked for runs across shards."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

import orjson

from chalicelib.domain.slots import Group, Location, Slot
from chalicelib.formats.archives.deflate import Deflater, inflate
from chalicelib.services.ports.exports import ExportObject


def pack(found: Iterable[tuple[bytes, ExportObject, Mapping[str, Any]]]) -> Iterator[bytes]:
    """Write objects, each with its place in the order and its record, as a compressed stream."""
    deflater = Deflater()
    for place, one, record in found:
        line = [place.hex(), one.key, one.revision, _flat(one.slot), [tuple(group) for group in one.groups], record]
        yield deflater.feed(orjson.dumps(line) + b"\n")
    yield deflater.finish()


def merge(shards: Iterable[Iterable[bytes]]) -> Iterator[ExportObject]:
    """Yield the objects of all shards in the order asked for; equal ones by start, then uid. Their `source` is their record."""
    ordered = heapq.merge(*map(_unpack, shards), key=itemgetter(0))
    return (found for _, found in ordered)


def _unpack(chunks: Iterable[bytes]) -> Iterator[tuple[tuple[bytes, datetime, str], ExportObject]]:
    rest = b""
    for chunk in inflate(chunks):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            place, key, revision, slot, groups, record = orjson.loads(line)
            found = ExportObject(key, revision, _slot(slot), tuple(Group(*group) for group in groups), record)
            yield (bytes.fromhex(place), *found.slot.order), found


def _flat(slot: Slot) -> list[Any]:
    values: dict[str, Any] = slot._asdict()
    for name in ("start", "end", "changed"):
        values[name] = None if values[name] is None else values[name].isoformat()
    values["location"] = None if slot.location is None else tuple(slot.location)
    return list(values.values())


def _slot(flat: list[Any]) -> Slot:
    slot = Slot(*flat)
    return slot._replace(
        start=datetime.fromisoformat(str(slot.start)),
        end=None if slot.end is None else datetime.fromisoformat(str(slot.end)),
        changed=None if slot.changed is None else datetime.fromisoformat(str(slot.changed)),
        location=None if slot.location is None else Location(*slot.location),
        media=tuple(slot.media),
        notes=tuple(slot.notes),
        groups=tuple(slot.groups),
    )
