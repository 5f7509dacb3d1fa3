"""Plain Python values to DynamoDB's typed attribute values and back.

botocore takes typed values and boto3's own serializer costs ten times as much, asks for `Decimal` and wraps bytes; our
numbers are integers, or floats whose shortest form is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from pybase64 import b64decode

Item = dict[str, Any]
"""A DynamoDB item as plain values: str, bytes, int, float, bool, None, list, dict, and sets of str, bytes or numbers."""
TypedItem = dict[str, dict[str, Any]]
"""An item as the wire has it: `{"name": {"S": "value"}}`; botocore's parser decodes `B`, ours does it itself."""


def typed(item: Mapping[str, Any]) -> TypedItem:
    """Give an item as botocore takes it."""
    return {name: _typed_value(value) for name, value in item.items()}


def _typed_value(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": _number_text(value)}
    if isinstance(value, Mapping):
        return {"M": typed(value)}
    if isinstance(value, list | tuple):
        return {"L": [_typed_value(item) for item in value]}
    return _typed_set(value)


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"DynamoDB has no number {value!r}")
    return repr(value)


def _typed_set(value: Any) -> dict[str, Any]:
    if not isinstance(value, set | frozenset) or not value:
        raise TypeError(f"DynamoDB has no type for {value!r}")
    if all(isinstance(member, str) for member in value):
        return {"SS": sorted(value)}
    if all(isinstance(member, bytes) for member in value):
        return {"BS": sorted(value)}
    return {"NS": [_number_text(member) for member in sorted(value)]}


def plain(item: TypedItem) -> Item:
    """Give an item as botocore's own parser returns it (`B` decoded) as plain values."""
    return {name: _plain_value(value, _decoded) for name, value in item.items()}


def plain_wire(items: list[dict[str, Any]]) -> list[Item]:
    """Give items as they are on the wire (`B` in base64) as plain values.

    They are the same dictionaries, with new values: making others would take a quarter longer.
    """
    for item in items:
        for name, attribute in item.items():
            for kind, value in attribute.items():  # always one, and this is the cheapest way to it
                if kind == "B":
                    item[name] = b64decode(value, None, True)
                elif kind == "S":
                    item[name] = value
                else:
                    item[name] = _plain_value(attribute, _from_base64)
    return items


def decoded_wire(item: TypedItem) -> TypedItem:
    """Give a wire item as botocore takes it back: typed, `B` decoded. Good for keys, which hold no documents."""
    return {
        name: {kind: _from_base64(value) if kind == "B" else value for kind, value in attribute.items()}
        for name, attribute in item.items()
    }


def _decoded(value: Any) -> bytes:
    return bytes(value)


def _from_base64(value: str) -> bytes:
    return b64decode(value, None, True)


def _number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _plain_value(attribute: Mapping[str, Any], binary: Callable[[Any], bytes]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "B":
            return binary(value)
        case "N":
            return _number(value)
        case "NULL":
            return None
        case "L":
            return [_plain_value(member, binary) for member in value]
        case "M":
            return {name: _plain_value(member, binary) for name, member in value.items()}
        case _:
            return {_SET_MEMBER[kind](member, binary) for member in value}


_SET_MEMBER: Final[Mapping[str, Callable[[Any, Callable[[Any], bytes]], Any]]] = {
    "SS": lambda member, _: member,
    "NS": lambda member, _: _number(member),
    "BS": lambda member, binary: binary(member),
}
