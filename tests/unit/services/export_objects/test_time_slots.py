from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.accounts import Caller
from chalicelib.domain.conventions import Convention, Event, Person, Place, ScheduledSlot, TimeSlot
from chalicelib.domain.export_fields import TIME_SLOT_FIELDS
from chalicelib.domain.exports import Definition, Export
from chalicelib.domain.slots import Location, Window
from chalicelib.formats import ical
from chalicelib.services.export_objects import TimeSlotObjects
from chalicelib.services.export_objects.time_slots import calendar_entry

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
CONVENTION = Convention("KEY", "secret", 1, "con", "Con", "Europe/Berlin", NOW, NOW)
HALL = Place("hall", "Great Hall", NOW, area="West")
ADA = Person("ada@example.org", "Ada")


def scheduled(number: int) -> ScheduledSlot:
    event = Event(number, f"Talk {number}", ADA, NOW, NOW, teaser="Short", tags={"room": ("a", "b")} if number % 2 else {})
    slot = TimeSlot(number, number, NOW + timedelta(hours=number), 60, ("hall",), (ADA,), NOW)
    return ScheduledSlot(slot, event, (HALL,), CONVENTION)


class Schedule:
    """A schedule of some time slots, which notes who asked for what."""

    def __init__(self, count: int) -> None:
        self.found = [scheduled(number) for number in range(1, count + 1)]
        self.asked: list[tuple[int, str, Window | None]] = []

    def stream(self, caller: Caller, convention: str, *, window: Window | None = None) -> Iterator[ScheduledSlot]:
        self.asked.append((caller.user_id, convention, window))
        return iter(self.found)


def test_time_slot_of_a_convention_without_a_zone_is_a_plain_instant() -> None:
    found = scheduled(1)._replace(convention=CONVENTION._replace(timezone="UTC"))
    assert calendar_entry(found).timezone is None
    assert b"\r\nDTSTART:20260701T090000Z\r\n" in b"".join(ical.write([calendar_entry(found)]))


def export(**definition: Any) -> Export:
    made = replace(Definition(objecttype="timeslot", convention="con"), **definition)
    return Export(id=1, user_id=10, created=NOW, definition=made, passkey="x")


def test_shards_hold_every_time_slot_once_under_the_owners_rights() -> None:
    schedule = Schedule(5)
    source = TimeSlotObjects(schedules=schedule)
    shards = source.shards(export(), objects=2)
    assert [[one.key for one in source.objects(export(), shard)] for shard in shards] == [["1", "2"], ["3", "4"], ["5"]]
    assert [shard.objects for shard in shards] == [2, 2, 1]
    assert set(schedule.asked) == {(10, "con", None)}


def test_search_sort_and_window() -> None:
    schedule = Schedule(6)
    source = TimeSlotObjects(schedules=schedule)
    tagged = {"type": "in", "fields": ["tag.room"], "in": ["b"]}
    late = {"type": "range", "field": "start", "from": "2026-07-01T10:00:00Z"}
    wanted = export(search={"search": [tagged, late], "sort": [{"field": "event.title", "order": "DESC"}]})
    (shard,) = source.shards(wanted, objects=10)
    assert [one.key for one in source.objects(wanted, shard)] == ["5", "3"]
    assert source.is_sorted(wanted)
    window = schedule.asked[0][2]
    assert window is not None
    assert window.earliest == datetime(2026, 7, 1, 10, tzinfo=UTC) - timedelta(microseconds=1)


def test_time_slot_as_record_and_as_calendar_entry() -> None:
    source = TimeSlotObjects(schedules=Schedule(1))
    (found,) = source.objects(export(), source.shards(export(), objects=1)[0])
    record = source.record(export(), found)
    assert tuple(record) == (*TIME_SLOT_FIELDS, "tag.room")
    assert {name: record[name] for name in ("id", "start", "duration", "location.title", "host.email", "tag.room")} == {
        "id": "1",
        "start": "2026-07-01T11:00:00+02:00",
        "duration": 60,
        "location.title": ["Great Hall"],
        "host.email": ["ada@example.org"],
        "tag.room": ["a", "b"],
    }
    asked = [export(), export(fields={"id": "Nr"})]
    assert [(source.columns(one), source.adds_columns(one)) for one in asked] == [(TIME_SLOT_FIELDS, True), (("id",), False)]
    assert source.record(export(fields={"tag.none": "x", "id": "Nr"}), found) == {"tag.none": [], "id": "1"}
    entry = found.slot
    assert (entry.title, entry.start, entry.end, entry.timezone) == (
        "Talk 1",
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=2),
        "Europe/Berlin",
    )
    assert (entry.location, entry.description) == (Location(name="Great Hall"), "Short")
