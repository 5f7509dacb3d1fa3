"""Where a JSON document goes deeper than a parser follows."""

from __future__ import annotations

import re
from typing import Final

import orjson

MAX_LEVELS: Final = 64
"""Arrays and objects inside each other; the deepest search that is accepted takes 46."""
_MARK: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
"""A string (an unfinished one reaches to the end, so that each character is looked at once) or a mark of the structure."""


def too_deep(document: bytes) -> list[str | int] | None:
    """Give the path to the first value with more than `MAX_LEVELS` around it; None when nothing lies that deep.

    The document may be no JSON: it is looked at as far as that value only.
    """
    path: list[str | int] = []
    """Names as they are written, the number of the element in an array."""
    for mark in _MARK.findall(document.decode("utf-8", "replace")):
        if mark in "[{":
            if len(path) == MAX_LEVELS:
                return [_name(part) if isinstance(part, str) else part for part in path]
            path.append(0 if mark == "[" else '""')
        elif mark in "]}":
            del path[-1:]
        elif mark != ",":  # a string: a value, unless something opens behind it
            path[-1:] = [mark if isinstance(part, str) else part for part in path[-1:]]
        elif path and isinstance(path[-1], int):
            path[-1] += 1
    return None


def _name(written: str) -> str:
    try:
        return str(orjson.loads(written))
    except orjson.JSONDecodeError:
        return written
