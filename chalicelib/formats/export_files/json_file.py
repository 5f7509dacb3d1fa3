"""JSON files: an array of objects, or one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from chalicelib.domain.slots import Group, Slot
from chalicelib.formats import timeslot_json
from chalicelib.formats.export_files.framing import Framing

ARRAY: Final = Framing(b"[", b",", b"]")
"""Of a file with any number of objects."""
OBJECT: Final = Framing()
"""Of a file for one object."""


def slots(found: Iterable[Slot], groups: Mapping[str, Group]) -> bytes:
    """Write slots as Timeslot JSON, which is lossless, without the brackets around them."""
    return b"".join(timeslot_json.write(found, groups=groups))[1:-1]


def records(found: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> bytes:
    """Write records under the display names of their fields, without the brackets around them."""
    renamed = [{names.get(field, field): value for field, value in record.items()} for record in found]
    return orjson.dumps(renamed, default=_moment, option=orjson.OPT_PASSTHROUGH_DATETIME)[1:-1]


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")
