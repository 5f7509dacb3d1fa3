"""Slots to Timeslot JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

import orjson

from chalicelib.domain.slots import Group, Slot

_BATCH: Final = 500
"""Slots encoded in one call: a piece of some hundred kilobytes."""


def write(slots: Iterable[Slot], *, groups: Mapping[str, Group] | None = None) -> Iterator[bytes]:
    """Yield the array in pieces of whole slots, in the order given, compact and in UTF-8.

    `groups` describes, by uuid, the groups the slots are in; one that is not in it is written with its uuid alone.
    """
    described = {uuid: _group(group) for uuid, group in (groups or {}).items()}
    remaining = iter(slots)
    lead = b"["
    while batch := [_object(slot, described) for slot in islice(remaining, _BATCH)]:
        yield lead + orjson.dumps(batch)[1:-1]
        lead = b","
    yield b"[]" if lead == b"[" else b"]"


def _object(slot: Slot, groups: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Give the slot's JSON object, its keys in the order of the format."""
    (
        uid, title, start, end, visibility, all_day, timezone, location, description,
        media, notes, settings, group_uuids, _recurring, sequence, _changed, ical,
    ) = slot  # fmt: skip
    value: dict[str, Any] = {
        "uid": uid,
        "title": title,
        "visibility": visibility,
        "start": _time(start, all_day),
        "end": None if end is None else _time(end, all_day),
        "location": None if location is None else location._asdict(),
    }
    if description:
        value["description"] = description
    if all_day:
        value["allday"] = True
    if timezone:
        value["timezone"] = timezone
    if media:
        value["media"] = media
    if notes:
        value["notes"] = notes
    if settings:
        value["settings"] = settings
    if group_uuids:
        value["groups"] = [groups.get(uuid) or {"uuid": uuid} for uuid in group_uuids]
    if ical:
        value["ical"] = ical
    elif sequence:
        value["sequence"] = sequence
    return value


def _time(moment: datetime, all_day: bool) -> str:
    """Print milliseconds (microseconds where there are any) and Z; a floating time is printed without Z."""
    if moment.tzinfo is not None and not moment.microsecond:  # nearly all, and worth a third of their time
        return moment.isoformat()[:19] + ".000Z"
    text = moment.isoformat(timespec="microseconds" if moment.microsecond % 1000 else "milliseconds")
    if moment.tzinfo is not None:
        return text[:-6] + "Z"
    return text + "Z" if all_day else text


def _group(group: Group) -> dict[str, Any]:
    """Give the group's uuid and name, and whatever else is not empty."""
    named: dict[str, Any] = {"uuid": group.uuid, "name": group.name}
    return named | {name: value for name, value in group._asdict().items() if value and name not in named}
