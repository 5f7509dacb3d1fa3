"""The revisions a run records, by which the next incremental run judges what was added, changed or removed.

A record is the digest of an object's key and of its revision, so a million objects take 20 MB. Records are sorted by the first,
so that shards merge and runs compare as streams.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

import orjson

from chalicelib.domain.exports import RunRef
from chalicelib.services.ports.exports import ExportObject
from chalicelib.services.ports.objects import ObjectStore

KEY_BYTES: Final = 12
REVISION_BYTES: Final = 8
RECORD: Final = KEY_BYTES + REVISION_BYTES
PATH: Final = "revisions.bin"
"""Beside the run's files; `manifest.json` names it."""
KEYS_PATH: Final = "keys.jsonl"
"""The keys of the records, a JSON string a line, in the same order."""


def record_of(found: ExportObject) -> bytes:
    """Give the record of an object: of its own revision, and of its groups, which are written with it."""
    revision = blake2b(found.revision.encode(), digest_size=REVISION_BYTES)
    for group in found.groups:
        revision.update(orjson.dumps(group, default=tuple))
    return key_digest(found.key) + revision.digest()


def key_digest(key: str) -> bytes:
    """Give what stands for a key."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


class Recorded:
    """What a run recorded, to look objects up in."""

    def __init__(self, records: bytes) -> None:
        self._records = records
        self._count = range(len(records) // RECORD)

    @classmethod
    def of(cls, objects: ObjectStore, ref: RunRef) -> Recorded:
        """Read what a run recorded. Raises `NotFound("object")`."""
        return cls(b"".join(objects.read(f"{ref.prefix}{PATH}")))

    def __contains__(self, record: bytes) -> bool:
        """Whether that object was there at that revision."""
        records = self._records
        place = bisect_left(self._count, record, key=lambda n: records[n * RECORD : (n + 1) * RECORD])
        return records[place * RECORD : (place + 1) * RECORD] == record


class Ledger:
    """Collects the records of one shard."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def add(self, found: ExportObject) -> None:
        """Record an object."""
        self._lines.append(record_of(found) + orjson.dumps(found.key))

    def content(self) -> bytes:
        """Give the records in their order, each with its key, a line each."""
        return b"".join(len(line).to_bytes(4, "big") + line for line in sorted(self._lines))


def merged(shards: Iterable[Iterable[bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield record and key (as JSON) of all shards in one order, from the contents of their ledgers."""
    for line in heapq.merge(*map(_lines, shards)):
        yield line[:RECORD], line[RECORD:]


def recorded_keys(records: Iterable[bytes], keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what a run recorded, from its two files as streams."""
    return zip(_fixed(records), _text_lines(keys), strict=True)


def gone(before: Iterator[tuple[bytes, bytes]], digests: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the keys (as JSON) that were recorded before and are not among these key digests, both sorted."""
    digest = next(digests, None)
    for record, key in before:
        wanted = record[:KEY_BYTES]
        while digest is not None and digest < wanted:
            digest = next(digests, None)
        if digest != wanted:
            yield key


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        start = 0
        while len(rest) - start >= 4:
            end = start + 4 + int.from_bytes(rest[start : start + 4], "big")
            if end > len(rest):
                break
            yield rest[start + 4 : end]
            start = end
        rest = rest[start:]


def _fixed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        whole = len(rest) // RECORD * RECORD
        for start in range(0, whole, RECORD):
            yield rest[start : start + RECORD]
        rest = rest[whole:]


def _text_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
