"""The digest of a slot's content, by which imports, conditional writes and incremental runs tell whether it changed."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import orjson

from chalicelib.domain.slots import Slot

_DIGEST_BYTES: Final = 16


def revision_of(slot: Slot) -> str:
    """Give the digest of everything in `slot` but `changed`: equal content, equal revision.

    JSON objects in `media`, `notes` and `settings` are compared without the order of their keys, kept text without its
    folds, which mean nothing (RFC 5545 §3.1).
    """
    location = None if slot.location is None else tuple(slot.location)
    content = (location, slot[:7], slot[8:15], "".join(slot.ical.split("\r\n ")))
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=_DIGEST_BYTES).hexdigest()
