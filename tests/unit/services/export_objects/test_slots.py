from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.accounts import User
from chalicelib.domain.export_fields import SLOT_FIELDS
from chalicelib.domain.exports import Definition, Export
from chalicelib.domain.slots import Group, Location, Slot
from chalicelib.services.export_objects import SlotObjects
from chalicelib.services.ports.slots import Mark, Owner
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.slots import FakeSlotStore

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEAM = Group("6b1f7c1e-0000-4000-8000-000000000001", "Team")


@pytest.fixture
def slots() -> FakeSlotStore:
    return FakeSlotStore()


@pytest.fixture
def source(slots: FakeSlotStore) -> SlotObjects:
    accounts = FakeAccountStore()
    accounts.create_user(User(10, "a@b.example", "A", "", START))
    accounts.ensure_group(10, TEAM)
    return SlotObjects(slots=slots, users=accounts, groups=accounts)


def export(**definition: Any) -> Export:
    return Export(id=1, user_id=10, created=START, definition=replace(Definition(), **definition), passkey="x")


def fill(slots: FakeSlotStore, count: int, user: int = 10) -> None:
    found = [Slot(f"u{n:03d}", "even" if n % 2 == 0 else "odd", START + n * HOUR, START + (n + 1) * HOUR) for n in range(count)]
    slots.put_new(Owner(user), [(slot, Mark("r", n, "created")) for n, slot in enumerate(found)])


def uids(source: SlotObjects, wanted: Export, objects: int) -> list[list[str]]:
    shards = source.shards(wanted, objects=objects)
    assert [shard.number for shard in shards] == list(range(len(shards)))
    found = [[one.key for one in source.objects(wanted, shard)] for shard in shards]
    assert [shard.objects for shard in shards] == [len(keys) for keys in found]
    return found


def test_shards_hold_every_slot_of_the_owner_once_and_in_order(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 10)
    fill(slots, 3, user=11)
    everything = [f"u{n:03d}" for n in range(10)]
    assert uids(source, export(), 4) == [everything[:4], everything[4:8], everything[8:]]
    assert uids(source, export(), 5) == [everything[:5], everything[5:]]


def test_no_slots_are_one_empty_shard(source: SlotObjects) -> None:
    assert uids(source, export(), 4) == [[]]


def test_shards_count_what_the_search_finds(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 10)
    wanted = export(search={"search": [{"type": "match", "string": "odd", "fields": ["title"]}]})
    assert uids(source, wanted, 3) == [["u001", "u003", "u005"], ["u007", "u009"]]


def test_shard_ends_too_when_little_is_found(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 40)
    wanted = export(search={"search": [{"type": "match", "string": "u039", "fields": ["uid"]}]})
    assert uids(source, wanted, 2) == [[], [], ["u039"]]


def test_named_slots_are_looked_up(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 10)
    wanted = export(search={"search": [{"type": "in", "fields": ["uid"], "in": ["u007", "u002", "none"]}]})
    assert uids(source, wanted, 1) == [["u002", "u007"]]


def test_window_selects_by_range(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 10)
    wanted = export(
        search={"search": [{"type": "range", "field": "start", "from": "2026-01-01T03:00:00Z", "to": "2026-01-01T05:00Z"}]}
    )
    assert uids(source, wanted, 100) == [["u003", "u004", "u005"]]


def test_other_order_is_that_of_the_keys_within_a_shard(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 6)
    wanted = export(search={"sort": [{"field": "title", "order": "DESC"}]})
    assert source.is_sorted(wanted)
    assert not source.is_sorted(export())
    assert uids(source, wanted, 100) == [["u001", "u003", "u005", "u000", "u002", "u004"]]
    found = [one for shard in source.shards(wanted, objects=2) for one in source.objects(wanted, shard)]
    assert [one.key for one in sorted(found, key=lambda one: (source.sort_key(wanted, one), one.slot.order))] == [
        "u001", "u003", "u005", "u000", "u002", "u004",
    ]  # fmt: skip


def test_slot_added_while_the_run_goes_is_in_one_shard(source: SlotObjects, slots: FakeSlotStore) -> None:
    fill(slots, 4)
    wanted = export()
    shards = source.shards(wanted, objects=2)
    for uid, start in (("first", START - HOUR), ("between", START + 2 * HOUR - timedelta(minutes=1)), ("last", START + 99 * HOUR)):
        slots.create(Owner(10), Slot(uid, "", start))
    assert [[one.key for one in source.objects(wanted, shard)] for shard in shards] == [
        ["first", "u000", "u001", "between"],
        ["u002", "u003", "last"],
    ]


def test_record_has_the_fields_asked_for_in_their_order(source: SlotObjects, slots: FakeSlotStore) -> None:
    slot = Slot(
        "u",
        "Title",
        datetime(2026, 1, 1),
        datetime(2026, 1, 2),
        all_day=True,
        location=Location(name="Hall", latitude=1.5),
        groups=(TEAM.uuid, "gone"),
        media=({"url": "x"},),
    )
    slots.create(Owner(10), slot)
    everything = export()
    (found,) = source.objects(everything, source.shards(everything, objects=5)[0])
    assert found.groups == (TEAM,)
    assert source.record(export(fields={"title": "Titel", "start": "", "group.name": ""}), found) == {
        "title": "Title",
        "start": "2026-01-01",
        "group.name": ["Team"],
    }
    record = source.record(everything, found)
    assert tuple(record) == source.columns(everything) == SLOT_FIELDS
    assert not source.adds_columns(everything)
    assert {name: value for name, value in record.items() if value not in ("", None, [])} == {
        "uid": "u",
        "title": "Title",
        "visibility": "private",
        "start": "2026-01-01",
        "end": "2026-01-02",
        "allday": True,
        "location.name": "Hall",
        "location.latitude": 1.5,
        "group.uuid": [TEAM.uuid, "gone"],
        "group.name": ["Team"],
        "media": [{"url": "x"}],
    }
