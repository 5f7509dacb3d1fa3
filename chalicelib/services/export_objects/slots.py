"""The slots of an export's owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.domain.access import existing
from chalicelib.domain.export_fields import SLOT_FIELDS
from chalicelib.domain.exports import Export
from chalicelib.domain.search import Selection, compile_search, compile_sort, parse, selection_of
from chalicelib.domain.search.objects import SLOT_KINDS, slot_vocabulary
from chalicelib.domain.slots import Group, Location, Slot, Window
from chalicelib.services.export_objects.shards import cut
from chalicelib.services.ports.accounts import GroupStore, UserStore
from chalicelib.services.ports.exports import ExportObject, Shard
from chalicelib.services.ports.slots import Owner, SlotStore, StoredSlot

_MAX_OCCURRENCES: Final = 10_000
"""Occurrences of one slot that are looked at."""

Reader = Callable[[Slot, tuple[Group, ...]], Any]


class _View(NamedTuple):
    """An export's search, ready for one run."""

    owner: Owner
    groups: Mapping[str, Group]
    selection: Selection
    everything: bool
    matches: Callable[[Slot], bool]
    place: Callable[[Slot], bytes] | None
    """The order asked for; None: by start."""


class SlotObjects:
    """Fulfils `ObjectSource` for slots."""

    def __init__(self, *, slots: SlotStore, users: UserStore, groups: GroupStore) -> None:
        self._slots = slots
        self._users = users
        self._groups = groups
        self._views: dict[tuple[int, int, int], _View] = {}

    def shards(self, export: Export, *, objects: int) -> Sequence[Shard]:
        """Cut the selection into shards of about that many objects, by a look at all of them."""
        view = self._view(export)
        if view.selection.keys is not None:  # few enough for one
            return [Shard(0, None, None, sum(map(view.matches, (one.slot for one in self._selected(view)))))]
        looked_at = ((self._slots.place(one.slot), view.everything or view.matches(one.slot)) for one in self._selected(view))
        return cut(looked_at, objects=objects)

    def objects(self, export: Export, shard: Shard) -> Iterator[ExportObject]:
        """Yield what the search finds in the shard, read by key and range where the search allows."""
        view = self._view(export)
        found = (
            ExportObject(slot.uid, revision, slot, tuple(view.groups[uuid] for uuid in slot.groups if uuid in view.groups))
            for slot, revision, _ in self._selected(view, shard.start, shard.end)
            if view.everything or view.matches(slot)
        )
        place = view.place
        return found if place is None else iter(sorted(found, key=lambda one: place(one.slot)))

    def is_sorted(self, export: Export) -> bool:
        """Whether the search asks for another order than by start."""
        return bool(export.definition.search.get("sort"))

    def sort_key(self, export: Export, found: ExportObject) -> bytes:
        """Give the place in the order asked for; ties by start and uid, as they come."""
        place = self._view(export).place
        return b"" if place is None else place(found.slot)

    def columns(self, export: Export) -> Sequence[str]:
        """Give the fields that `record` has, in order."""
        return tuple(export.definition.fields) or SLOT_FIELDS

    def adds_columns(self, export: Export) -> bool:
        """No slot has a field that others have not."""
        del export
        return False

    def record(self, export: Export, found: ExportObject) -> Mapping[str, Any]:
        """Give a slot as JSON values by field name."""
        slot, groups = found.slot, found.groups
        return {name: _READERS[name](slot, groups) for name in export.definition.fields or SLOT_FIELDS}

    def _selected(self, view: _View, start: str | None = None, end: str | None = None) -> Iterable[StoredSlot]:
        selection = view.selection
        if selection.keys is None:
            return self._slots.stream(view.owner, group=selection.group, window=selection.window, start=start, end=end)
        return sorted(self._slots.get_many(view.owner, sorted(selection.keys)).values(), key=lambda one: one.slot.order)

    def _view(self, export: Export) -> _View:
        """Parse and compile the search once per run, with the groups as they are when the run first asks."""
        key = (export.id, export.run, export.version)
        if key not in self._views:
            user = existing(self._users.user(export.user_id), "user", id=export.user_id)
            groups = {group.uuid: group for group in self._groups.groups(user.id)}
            search = parse(export.definition.search, SLOT_KINDS)
            vocabulary = slot_vocabulary(groups, _occurrences)
            self._views.clear()  # one run at a time
            self._views[key] = _View(
                owner=Owner(user.id, user.spread),
                groups=groups,
                selection=selection_of(search, key="uid"),
                everything=not search.elements,
                matches=compile_search(search, vocabulary),
                place=compile_sort(search, vocabulary) if search.sort else None,
            )
        return self._views[key]


def _occurrences(slot: Slot, window: Window) -> Iterable[tuple[datetime, datetime]]:
    from chalicelib.formats.ical import occurrences  # costs a cold start, and few exports look at occurrences

    return occurrences(slot, window, limit=_MAX_OCCURRENCES)


def _place(read: Callable[[Location], Any]) -> Reader:
    return lambda slot, _: None if slot.location is None else read(slot.location)


def _moment(moment: datetime | None, all_day: bool) -> str | None:
    """Print an instant with Z, a floating time without, a day as a date."""
    if moment is None:
        return None
    if all_day:
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


_READERS: Final[Mapping[str, Reader]] = {
    "uid": lambda slot, _: slot.uid,
    "title": lambda slot, _: slot.title,
    "description": lambda slot, _: slot.description,
    "visibility": lambda slot, _: slot.visibility,
    "start": lambda slot, _: _moment(slot.start, slot.all_day),
    "end": lambda slot, _: _moment(slot.end, slot.all_day),
    "allday": lambda slot, _: slot.all_day,
    "timezone": lambda slot, _: slot.timezone,
    "location.name": _place(lambda location: location.name),
    "location.address": _place(lambda location: location.address),
    "location.postalcode": _place(lambda location: location.postalcode),
    "location.city": _place(lambda location: location.city),
    "location.country": _place(lambda location: location.country),
    "location.latitude": _place(lambda location: location.latitude),
    "location.longitude": _place(lambda location: location.longitude),
    "group.uuid": lambda slot, _: list(slot.groups),
    "group.name": lambda _, groups: [group.name for group in groups],
    "media": lambda slot, _: list(slot.media),
    "notes": lambda slot, _: list(slot.notes),
    "settings": lambda slot, _: slot.settings,
    "ical": lambda slot, _: slot.ical,
}
