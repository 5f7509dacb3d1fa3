"""The first look through a file: how much is in it, what cannot be imported, and which uids stand in it more than once.

A large file is stored as it is read, so it must be known beforehand which of its slots have their components in several
places. Which uids have been seen is remembered in a Bloom filter, some bits for each instead of the uid; what it takes
for a repetition by mistake is only handled with more care than it needs.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from chalicelib.domain.imports import Entry
from chalicelib.services.import_entries import MAX_TOGETHER, characters

BYTES_AN_ENTRY: Final = 100
"""A file holds at most about one entry for each of these; no calendar writes shorter ones."""
BITS_AN_ENTRY: Final = 12
"""With four probes one uid in some hundreds is taken for a repetition."""
PROBES: Final = 4
MIN_BITS: Final = 8_192
MAX_BITS: Final = 1 << 28
"""32 MB, which serves twenty million entries."""
BUCKET_ENTRIES: Final = 20_000
BUCKET_CHARACTERS: Final = 32_000_000
"""Repeated entries that are held in memory together."""


class Survey:
    """What a first reading has found so far; JSON-able, so that it goes on where it stopped."""

    def __init__(self, size: int) -> None:
        self.total = 0
        """Entries, readable or not."""
        self.valid = 0
        self.first_reason = ""
        """Why the first entry that cannot be imported cannot."""
        self.repeated: dict[int, int] = {}
        """By the hash of each uid that stands more than once, the characters of its entries behind the first."""
        self.repetitions = 0
        self.repeated_characters = 0
        """Of them all, without what is too much."""
        bits = min(MAX_BITS, max(MIN_BITS, size // BYTES_AN_ENTRY * BITS_AN_ENTRY))
        self._bits = bits
        self._seen = bytearray((bits + 7) // 8)

    def add(self, entry: Entry) -> bool:
        """Note one readable entry, which has its uid by now; give False when it is too much for its uid (see `Gathered`)."""
        self.total += 1
        self.valid += 1
        digest = blake2b(entry.slot.uid.encode("utf-8", "surrogatepass"), digest_size=32).digest()
        fresh = False
        for probe in range(PROBES):
            bit = int.from_bytes(digest[probe * 8 : probe * 8 + 8], "big") % self._bits
            if not self._seen[bit >> 3] & 1 << (bit & 7):
                self._seen[bit >> 3] |= 1 << (bit & 7)
                fresh = True
        if fresh:
            return True
        key, size = int.from_bytes(digest[:7], "big"), characters(entry.slot)
        before = self.repeated.get(key, 0)
        self.repeated[key] = together = before + size
        self.repetitions += 1
        self.repeated_characters += min(together, MAX_TOGETHER) - min(before, MAX_TOGETHER)
        return together <= MAX_TOGETHER

    def reject(self, reason: str) -> None:
        """Note one entry that cannot be imported."""
        self.total += 1
        self.first_reason = self.first_reason or reason

    def is_repeated(self, uid: str) -> bool:
        """Whether the uid stands more than once, or may do so."""
        return bool(self.repeated) and uid_hash(uid) in self.repeated

    @property
    def buckets(self) -> int:
        """In how many goes the repeated entries fit in memory; 0 when there are none."""
        entries = 2 * self.repetitions
        return max(-(-entries // BUCKET_ENTRIES), -(-2 * self.repeated_characters // BUCKET_CHARACTERS))

    def bucket(self, uid: str) -> int:
        """Give the bucket of a repeated uid."""
        return uid_hash(uid) % self.buckets

    def buckets_from(self, first: int) -> list[int]:
        """Give the buckets from this one on that hold anything."""
        count = self.buckets
        return sorted({key % count for key in self.repeated if key % count >= first}) if count else []

    def as_json(self) -> dict[str, Any]:
        """Give everything needed to go on."""
        return {
            "total": self.total,
            "valid": self.valid,
            "first_reason": self.first_reason,
            "repeated": list(self.repeated),
            "repeated_sizes": list(self.repeated.values()),
            "repetitions": self.repetitions,
            "repeated_characters": self.repeated_characters,
            "bits": self._bits,
            "seen": base64.b64encode(zlib.compress(bytes(self._seen), 1)).decode(),
        }

    def forget_seen(self) -> None:
        """Drop what only the first look needs."""
        self._bits, self._seen = MIN_BITS, bytearray(MIN_BITS // 8)

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Survey:
        """Go on where `as_json` was."""
        survey = cls(0)
        survey.total, survey.valid, survey.first_reason = state["total"], state["valid"], state["first_reason"]
        survey.repeated = dict(zip(state["repeated"], state["repeated_sizes"], strict=True))
        survey.repetitions, survey.repeated_characters = state["repetitions"], state["repeated_characters"]
        survey._bits = state["bits"]
        survey._seen = bytearray(zlib.decompress(base64.b64decode(state["seen"])))
        return survey


def uid_hash(uid: str) -> int:
    """Give 56 bits that stand for a uid."""
    return int.from_bytes(blake2b(uid.encode("utf-8", "surrogatepass"), digest_size=32).digest()[:7], "big")
