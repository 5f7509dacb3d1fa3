"""What the JSON parser passes over in silence: names that an object has twice, and integers of more than 64 bits.

It keeps the last of such names, and makes a float of such an integer. RFC 8259 (§4, §6) leaves both to the receiver; ours keeps
what it is given or refuses it. Other numbers are IEEE 754 doubles, as §6 expects; one that is none is no JSON to the parser.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Final, NamedTuple

from chalicelib.domain.errors import InvalidInput

_ROOM: Final = range(-(2**63), 2**64)
_DIGITS: Final = 20
"""Characters of the longest integer in `_ROOM`."""
_BLANKS: Final = (b"\t", b"\r", b"\n")
_LOOSE: Final = re.compile(rb'"[ \t\r\n]++:')
_LARGE: Final = 2.0**63
"""Floats from here on may have been integers."""


class Loss(NamedTuple):
    """What parsing has lost."""

    path: str
    """Where it stands: ``settings.alerts[0].minutes``."""
    twice: bool
    """Whether a name is there twice, with two values; else it is an integer without room."""

    @property
    def reason(self) -> str:
        """What is wrong, in words."""
        return f"{self.path} is there twice" if self.twice else f"{self.path} is an integer of more than 64 bits"


class _Members(list[tuple[str, Any]]):
    """An object with all its names."""


class _NoRoom:
    """An integer of more than 64 bits."""


def is_whole(text: bytes, value: Any) -> bool:
    """Whether nothing can have been lost in parsing a text (UTF-8)."""
    return has_names(text, names_in(value))


def has_names(text: bytes, names: int) -> bool:
    """Whether a text has so many names and no more: colons behind a quote, which no white space is between."""
    colons = text.count(b'":') - (text.count(b'\\":') if b"\\" in text else 0)
    return colons == names and b'" :' not in text and not (any(blank in text for blank in _BLANKS) and _LOOSE.search(text))


def names_in(value: Any) -> int:
    """Count the names of all objects; less than none when there is a number that may have been a large integer."""
    found = 0
    open_values = [value]
    while open_values:
        value = open_values.pop()
        kind = type(value)
        if kind is dict:
            found += len(value)
            open_values += value.values()
        elif kind is list:
            open_values += value
        elif kind is float and abs(value) >= _LARGE:
            return -sys.maxsize
    return found


def losses(text: bytes) -> dict[int, Loss]:
    """Tell for the elements of an array, by index, the first thing that parsing them has lost."""
    found = ((index, _first(element)) for index, element in enumerate(_parsed(text)))
    return {index: loss for index, loss in found if loss is not None}


def loss(text: bytes) -> Loss | None:
    """Tell the first thing that parsing a text has lost. Raises `InvalidInput("not_json")` when it is nested too deeply."""
    return _first(_parsed(text))


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_Members, parse_int=_integer, parse_float=str)
    except RecursionError as error:
        raise InvalidInput("not_json", reason="nested too deeply") from error


def _integer(text: str) -> int | _NoRoom:
    return int(text) if len(text) <= _DIGITS and int(text) in _ROOM else _NoRoom()


def _first(value: Any) -> Loss | None:
    open_values = [("", value)]
    while open_values:
        path, value = open_values.pop()
        if isinstance(value, _NoRoom):
            return Loss(path, twice=False)
        if isinstance(value, _Members):
            known: dict[str, Any] = {}
            lead = f"{path}." if path else ""
            for name, member in value:
                if known.setdefault(name, member) != member:
                    return Loss(f"{lead}{name}", twice=True)
            open_values += [(f"{lead}{name}", member) for name, member in reversed(known.items())]
        elif isinstance(value, list):
            open_values += [(f"{path}[{index}]", item) for index, item in reversed(list(enumerate(value)))]
    return None
