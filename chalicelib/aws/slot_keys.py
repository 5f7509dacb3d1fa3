"""Where a slot stands in the slot table: its keys, its place in start order, and cursors.

| attribute | meaning |
|---|---|
| `pk` | owner and partition, `42#0` |
| `sk` | hash of the uid; for the copy in a further group, followed by the group |
| `s` | start and uid: sort key of `by_start` |
| `g` | group, start and uid: sort key of `by_group` |
| `r` | start and uid of a series: sort key of `by_series` |
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from uuid import UUID

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import Slot, instant
from chalicelib.services.ports.slots import Owner

HASH_BYTES: Final = 16
INSTANT_BYTES: Final = 8
GROUP_BYTES: Final = 16
_UID_BYTES: Final = 976
"""Of a uid's UTF-8 that fit a place in order, so that with group and hash it stays under DynamoDB's 1,024 bytes."""
CUT_PLACE: Final = INSTANT_BYTES + _UID_BYTES + HASH_BYTES
"""The length of the place of a slot whose uid did not fit: its end is a hash. No other place is as long."""
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def uid_hash(uid: str) -> bytes:
    """Give the sort key of a slot: uids may be any text of any length, keys not."""
    return blake2b(uid.encode(), digest_size=HASH_BYTES).digest()


def instant_key(moment: datetime) -> bytes:
    """Give eight bytes that sort as the instants do."""
    return ((instant(moment) - _BEGINNING) // _MICROSECOND).to_bytes(INSTANT_BYTES, "big")


def place_of(slot: Slot) -> bytes:
    """Give the bytes that sort as `Slot.order` does: UTF-8 sorts as the text it spells.

    Uids that begin with the same 976 bytes sort by their hash.
    """
    uid = slot.uid.encode()
    if len(uid) > _UID_BYTES:
        uid = uid[:_UID_BYTES] + uid_hash(slot.uid)
    return instant_key(slot.start) + uid


def hash_at(place: bytes) -> bytes:
    """Give the hash of the uid that a place ends with."""
    if len(place) == CUT_PLACE:
        return place[-HASH_BYTES:]
    return blake2b(place[INSTANT_BYTES:], digest_size=HASH_BYTES).digest()


@lru_cache(maxsize=10_000)
def group_key(group: str) -> bytes:
    """Give sixteen bytes for a group: its UUID's, or a hash of whatever else names it."""
    try:
        uuid = UUID(group)
    except ValueError:
        return blake2b(group.encode(), digest_size=GROUP_BYTES).digest()
    return uuid.bytes if str(uuid) == group else blake2b(group.encode(), digest_size=GROUP_BYTES).digest()


def partition_key(owner: Owner, partition: int) -> str:
    """Give the partition key; the owner stands first in all of them, so nobody's read can reach another's slots."""
    return f"{owner.user_id}#{partition}"


def partitions(owner: Owner) -> list[str]:
    """Give the partition keys under which an owner's slots may be."""
    return [partition_key(owner, partition) for partition in range(owner.spread)]


def homes(owner: Owner, hashed: bytes) -> list[str]:
    """Give the one or two partition keys under which this slot may be; a new one goes to the first."""
    number = int.from_bytes(hashed[:4], "big") % owner.spread if owner.spread > 1 else 0
    home = partition_key(owner, number)
    return [home, partition_key(owner, 0)] if number else [home]


def cursor_of(place: bytes) -> str:
    """Give a place in start order as text for a URL."""
    return urlsafe_b64encode(place).decode().rstrip("=")


def place_at(cursor: str) -> bytes:
    """Read a cursor. Raises `InvalidInput("invalid_cursor")`."""
    try:
        place = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("invalid_cursor") from error
    if not INSTANT_BYTES <= len(place) <= CUT_PLACE:
        raise InvalidInput("invalid_cursor")
    return place
