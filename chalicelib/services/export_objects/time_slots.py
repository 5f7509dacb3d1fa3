"""The time slots of a convention, as far as an export's owner may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from chalicelib.domain.accounts import Caller
from chalicelib.domain.conventions import ScheduledSlot
from chalicelib.domain.export_fields import TAG_PREFIX, TIME_SLOT_FIELDS
from chalicelib.domain.exports import Export
from chalicelib.domain.search import Selection, compile_search, compile_sort, parse, selection_of
from chalicelib.domain.search.objects import TIME_SLOT_KINDS, time_slot_vocabulary
from chalicelib.domain.slots import Location, Slot
from chalicelib.services.export_objects.shards import cut
from chalicelib.services.ports.conventions import ScheduleSource
from chalicelib.services.ports.exports import ExportObject, Shard

Reader = Callable[[ScheduledSlot], Any]


class _View(NamedTuple):
    """An export's search, ready to be used."""

    selection: Selection
    matches: Callable[[ScheduledSlot], bool]
    place: Callable[[ScheduledSlot], bytes] | None
    """The order asked for; None: by start."""


class TimeSlotObjects:
    """Fulfils `ObjectSource` for time slots; a schedule is small, and read from its beginning for each shard."""

    def __init__(self, *, schedules: ScheduleSource) -> None:
        self._schedules = schedules
        self._views: dict[tuple[int, int, int], _View] = {}

    def shards(self, export: Export, *, objects: int) -> Sequence[Shard]:
        """Cut the selection into shards of about that many objects, by a look at all of them."""
        matches = self._view(export).matches
        return cut(((_place(found), matches(found)) for found in self._scheduled(export)), objects=objects)

    def objects(self, export: Export, shard: Shard) -> Iterator[ExportObject]:
        """Yield what the search finds in the shard."""
        view = self._view(export)
        found = (
            ExportObject(str(one.slot.id), one.revision, calendar_entry(one), source=one)
            for one in self._scheduled(export)
            if _is_in(shard, one) and view.matches(one)
        )
        place = view.place
        return found if place is None else iter(sorted(found, key=lambda one: place(one.source)))

    def is_sorted(self, export: Export) -> bool:
        """Whether the search asks for another order than by start."""
        return bool(export.definition.search.get("sort"))

    def sort_key(self, export: Export, found: ExportObject) -> bytes:
        """Give the place in the order asked for; ties by start and id, as they come."""
        place = self._view(export).place
        return b"" if place is None else place(found.source)

    def columns(self, export: Export) -> Sequence[str]:
        """Give the fields that every `record` has, in order."""
        return tuple(export.definition.fields) or TIME_SLOT_FIELDS

    def adds_columns(self, export: Export) -> bool:
        """Whether tags become columns: those that a time slot has, unless fields were chosen."""
        return not export.definition.fields

    def record(self, export: Export, found: ExportObject) -> Mapping[str, Any]:
        """Give a time slot as JSON values by field name."""
        scheduled: ScheduledSlot = found.source
        if export.definition.fields:
            return {name: _value(name, scheduled) for name in export.definition.fields}
        tags = {f"{TAG_PREFIX}{title}": list(values) for title, values in sorted(scheduled.event.tags.items())}
        return {name: _READERS[name](scheduled) for name in TIME_SLOT_FIELDS} | tags

    def _scheduled(self, export: Export) -> Iterator[ScheduledSlot]:
        caller = Caller(export.user_id)
        return self._schedules.stream(caller, export.definition.convention, window=self._view(export).selection.window)

    def _view(self, export: Export) -> _View:
        key = (export.id, export.run, export.version)
        if key not in self._views:
            search = parse(export.definition.search, TIME_SLOT_KINDS)
            vocabulary = time_slot_vocabulary()
            self._views.clear()  # one run at a time
            self._views[key] = _View(
                selection=selection_of(search, key="id"),
                matches=compile_search(search, vocabulary),
                place=compile_sort(search, vocabulary) if search.sort else None,
            )
        return self._views[key]


def calendar_entry(found: ScheduledSlot) -> Slot:
    """Give a time slot as an event of a calendar."""
    slot, event, zone = found.slot, found.event, found.convention.timezone
    return Slot(
        uid=found.uid,
        title=event.title,
        start=slot.start,
        end=slot.end,
        visibility="public" if found.public else "private",
        timezone=None if zone == "UTC" else zone,  # a plain instant is in no zone
        location=Location(name=", ".join(place.title for place in found.places)) if found.places else None,
        description=event.description or event.teaser,
        sequence=found.sequence,
        changed=found.changed,
    )


def _place(found: ScheduledSlot) -> str:
    """Give text that sorts as start and id do."""
    return f"{found.slot.start:%Y-%m-%dT%H:%M:%S}#{found.slot.id:020d}"


def _is_in(shard: Shard, found: ScheduledSlot) -> bool:
    place = _place(found)
    return (shard.start is None or shard.start <= place) and (shard.end is None or place < shard.end)


def _value(name: str, found: ScheduledSlot) -> Any:
    if name.startswith(TAG_PREFIX):
        return list(found.event.tags.get(name.removeprefix(TAG_PREFIX), ()))
    return _READERS[name](found)


_READERS: Final[Mapping[str, Reader]] = {
    "id": lambda found: str(found.slot.id),
    "start": lambda found: found.slot.start.astimezone(found.convention.zone).isoformat(),
    "end": lambda found: found.slot.end.astimezone(found.convention.zone).isoformat(),
    "duration": lambda found: found.slot.minutes,
    "event.id": lambda found: str(found.event.id),
    "event.title": lambda found: found.event.title,
    "event.teaser": lambda found: found.event.teaser,
    "event.description": lambda found: found.event.description,
    "event.status": lambda found: int(found.event.status),
    "location.slug": lambda found: list(found.slot.places),
    "location.title": lambda found: [place.title for place in found.places],
    "location.area": lambda found: [place.area for place in found.places],
    "host.name": lambda found: [host.name for host in found.slot.hosts],
    "host.email": lambda found: [host.email for host in found.slot.hosts if host.email],
    "min_attendees": lambda found: found.slot.min_attendees,
    "max_attendees": lambda found: found.slot.max_attendees,
    "notes_to_attendees": lambda found: found.slot.notes_to_attendees,
}
