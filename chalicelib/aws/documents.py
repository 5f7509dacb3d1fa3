"""JSON documents as one binary attribute, deflated once that pays: texts may be long, items may not."""

from __future__ import annotations

import zlib
from typing import Any, Final

import orjson

from chalicelib.domain.errors import TooLarge

_DEFLATE_OVER: Final = 1_000
_MOST: Final = 390_000
"""Bytes; DynamoDB takes 400 kB in an item, keys included."""


def packed_document(document: Any) -> bytes:
    """Give a JSON value as bytes. Raises `TooLarge("document_too_large")` for what fits no item even deflated."""
    text = orjson.dumps(document)
    body = b"\1" + text if len(text) <= _DEFLATE_OVER else b"\2" + zlib.compress(text)
    if len(body) > _MOST:
        raise TooLarge("document_too_large", bytes=len(text), limit=_MOST)
    return body


def unpacked_document(body: bytes) -> Any:
    """Undo `packed_document`."""
    return orjson.loads(body[1:] if body[:1] == b"\1" else zlib.decompress(body[1:]))
