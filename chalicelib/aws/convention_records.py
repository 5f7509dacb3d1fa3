"""A convention's records as bytes and back.

A record is a JSON array of its fields in their order, without the revision (an attribute of its own) and, for what stands in
the key, with it nevertheless: an item explains itself. Above a kilobyte it is deflated. The first byte tells which.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

import orjson

from chalicelib.domain.conventions import Convention, Event, EventStatus, Manager, Person, Place, TagType, TimeSlot
from chalicelib.domain.errors import TooLarge
from chalicelib.services.ports.conventions import Claim, Kind, Record

MAX_BYTES: Final = 380_000
"""Of a packed record: what DynamoDB's 400 KB leave beside keys and index."""
_DEFLATE_FROM: Final = 1_000
_PLAIN: Final = b"\x01"
_DEFLATED: Final = b"\x02"


def pack(record: Record) -> bytes:
    """Give a record's bytes. Raises `TooLarge("record_too_large")`."""
    content = orjson.dumps(record[:-1], default=tuple)
    packed = _PLAIN + content if len(content) < _DEFLATE_FROM else _DEFLATED + zlib.compress(content, 6)
    if len(packed) > MAX_BYTES:
        raise TooLarge("record_too_large", bytes=len(packed), limit=MAX_BYTES)
    return packed


def unpack(kind: Kind, packed: bytes, revision: int) -> Record:
    """Give the record that was packed. Raises `ValueError` for a format of the future."""
    mark, content = packed[:1], packed[1:]
    if mark not in (_PLAIN, _DEFLATED):
        raise ValueError(f"unknown record format {mark!r}")
    return _READERS[kind](orjson.loads(content if mark == _PLAIN else zlib.decompress(content)), revision)


def _convention(fields: list[Any], revision: int) -> Convention:
    record = Convention(*fields)._replace(revision=revision)
    return record._replace(
        created=_moment(record.created),
        changed=_moment(record.changed),
        start_date=_day(record.start_date),
        end_date=_day(record.end_date),
    )


def _manager(fields: list[Any], revision: int) -> Manager:
    return Manager(Person(*fields[0]), _moment(fields[1]), revision)


def _place(fields: list[Any], revision: int) -> Place:
    record = Place(*fields)._replace(revision=revision)
    return record._replace(changed=_moment(record.changed))


def _tag_type(fields: list[Any], revision: int) -> TagType:
    record = TagType(*fields)._replace(revision=revision)
    return record._replace(values=tuple(record.values))


def _event(fields: list[Any], revision: int) -> Event:
    record = Event(*fields)._replace(revision=revision)
    return record._replace(
        owner=Person(*record.owner),
        created=_moment(record.created),
        changed=_moment(record.changed),
        tags={title: tuple(values) for title, values in record.tags.items()},
        status=EventStatus(record.status),
    )


def _time_slot(fields: list[Any], revision: int) -> TimeSlot:
    record = TimeSlot(*fields)._replace(revision=revision)
    return record._replace(
        start=_moment(record.start),
        places=tuple(record.places),
        hosts=tuple(Person(*host) for host in record.hosts),
        changed=_moment(record.changed),
    )


def _claim(fields: list[Any], revision: int) -> Claim:
    return Claim(*fields)._replace(revision=revision)


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: Any) -> date | None:
    return None if text is None else date.fromisoformat(text)


_READERS: Final[Mapping[Kind, Callable[[list[Any], int], Record]]] = {
    "convention": _convention,
    "manager": _manager,
    "place": _place,
    "tag_type": _tag_type,
    "event": _event,
    "time_slot": _time_slot,
    "claim": _claim,
}
