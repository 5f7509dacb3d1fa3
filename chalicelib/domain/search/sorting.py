"""The order asked for, as bytes that compare: such keys can be kept, merged and compared without the objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chalicelib.domain.search.language import Search
from chalicelib.domain.search.text import fold
from chalicelib.domain.search.vocabulary import Vocabulary

_EPOCH: Final = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INVERTED: Final = bytes(255 - n for n in range(256))
_THERE: Final = b"\x00"
_MISSING: Final = b"\x01"

SortKey = Callable[[Any], bytes]


def compile_sort(search: Search, vocabulary: Vocabulary) -> SortKey:
    """Give the function from an object to its place; what has no value comes last, whichever way it goes.

    A field with several values counts by the one that comes first. Ties are the caller's to break.
    """
    criteria = [(vocabulary(sort.field), sort.descending) for sort in search.sort]

    def place(found: Any) -> bytes:
        parts = []
        for field, descending in criteria:
            keys = [_bytes(value) for value in field.values(found)]
            if not keys:
                parts.append(_MISSING)
            elif descending:
                parts.append(_THERE + max(keys).translate(_INVERTED))
            else:
                parts.append(_THERE + min(keys))
        return b"".join(parts)

    return place


def _bytes(value: Any) -> bytes:
    """Give a value's bytes such that no value's are the beginning of another's."""
    if isinstance(value, datetime):
        return ((value - _EPOCH) // _MICROSECOND).to_bytes(8, "big")
    return fold(value).encode("utf-8", "surrogatepass").replace(b"\x00", b"\x00\xff") + b"\x00\x00"
