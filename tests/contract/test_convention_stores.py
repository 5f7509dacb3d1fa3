"""`ConventionStore`, on the fake and on DynamoDB."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.convention_table import DynamoConventionStore
from chalicelib.domain.conventions import Convention, Event, EventStatus, Manager, Person, Place, TagType, TimeSlot
from chalicelib.domain.errors import Conflict, TooLarge
from chalicelib.services.ports.conventions import Claim, Drop, Expect, Head, Record, Ref, Save, ref_of
from tests.fakes.conventions import FakeConventionStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
MONA = Person("mona@example.org", "Mona", 9_007_199_254_740_991)
CON = Convention(
    "CON1",
    "s3cret",
    1,
    "ביגור-16",
    "ביגור 16",
    "Asia/Jerusalem",
    NOW,
    NOW,
    "ביגור",
    "",
    "",
    date(2026, 4, 1),
    None,
    "refuse",
    True,
    3,
)
ROOM = Place("שולחן-א", "שולחן א", NOW, "Main Hall", 6, True, 2)
TAGS = TagType("סוג" * 300, "+", False, ("a", "b"))
EVENT = Event(
    7, "A game", MONA, NOW, NOW, "t", "d" * 5_000, True, 60, 3, 6, "x", "y", "z", "w", {"any": [1, None]},
    {"t": ("a", "b")}, "1.50", EventStatus.APPROVED, "uid", 4, 5,
)  # fmt: skip
SLOT = TimeSlot(
    3,
    7,
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    90,
    ("a", "b"),
    (MONA, Person("", "Guest")),
    NOW,
    1,
    2,
    "n",
    False,
    True,
    "u",
    -3,
)
Store = FakeConventionStore | DynamoConventionStore


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return FakeConventionStore()
    return DynamoConventionStore(request.getfixturevalue("dynamodb"), table="conventions")


def plain(record: Any) -> Any:
    """A record without its revision, which the store gives."""
    return record._replace(revision=0)


def saved(store: Store, *records: Record, key: str = "CON1") -> list[Any]:
    written = store.commit(key, [Save(record) for record in records])
    return [written[ref_of(record)] for record in records]


def test_records_come_back_as_they_were(store: Store) -> None:
    claim = Claim("host", "ה" * 2_000)
    records: list[Record] = [CON, Manager(MONA, NOW), ROOM, TAGS, EVENT, SLOT, claim]
    saved(store, *records)
    found = store.get("CON1", [ref_of(record) for record in records])
    assert {ref: plain(record) for ref, record in found.items()} == {ref_of(record): record for record in records}
    assert store.get("CON2", [ref_of(record) for record in records]) == {}


def test_head_has_everything_but_events_slots_and_claims(store: Store) -> None:
    con, mona, room, tags, *_ = saved(store, CON, Manager(MONA, NOW), ROOM, TAGS, EVENT, SLOT, Claim("a", "b"))
    head = store.head("CON1")
    assert head is not None
    assert MONA.user_id is not None
    assert head == Head(con, {MONA.user_id: mona}, {ROOM.slug: room}, {TAGS.title: tags}, head.pulse)
    assert store.head("CON2") is None


def test_pulse_changes_with_every_write_of_an_event(store: Store) -> None:
    saved(store, CON)
    seen = [store.head("CON1")]
    (event,) = saved(store, EVENT)
    seen.append(store.head("CON1"))
    saved(store, event)
    seen.append(store.head("CON1"))
    assert len({head.pulse for head in seen if head is not None}) == 3


def test_convention_is_found_by_id_slug_and_key_and_listed(store: Store) -> None:
    other = CON._replace(key="CON2", id=2, slug="other")
    saved(store, CON)
    saved(store, other, key="CON2")
    names = ["1", CON.slug, "CON1", "2", "other", "3", ""]
    assert [store.find(name) for name in names] == ["CON1", "CON1", "CON1", "CON2", "CON2", None, None]
    assert [plain(found) for found in store.conventions()] == [CON, other]


def test_listed_convention_is_the_changed_one(store: Store) -> None:
    (con,) = saved(store, CON)
    saved(store, con._replace(title="Other"))
    assert [found.title for found in store.conventions()] == ["Other"]


def test_slug_is_taken_once(store: Store) -> None:
    saved(store, CON)
    with pytest.raises(Conflict, match="changed"):
        saved(store, CON._replace(key="CON2", id=2), key="CON2")
    assert store.head("CON2") is None


def test_managers_are_known_by_user(store: Store) -> None:
    _, manager = saved(store, CON, Manager(MONA, NOW))
    assert MONA.user_id is not None
    assert (list(store.managed_by(MONA.user_id)), list(store.managed_by(1))) == (["CON1"], [])
    store.commit("CON1", [Drop(manager)])
    assert list(store.managed_by(MONA.user_id)) == []


def test_commit_refuses_everything_when_one_revision_is_not_the_stored_one(store: Store) -> None:
    _, room, event = saved(store, CON, ROOM, EVENT)
    saved(store, room)
    for stale in (Save(room), Drop(room), Expect(room), Save(ROOM)):
        with pytest.raises(Conflict, match="changed"):
            store.commit("CON1", [Save(event._replace(title="Other")), stale])
    assert store.event("CON1", 7) == event
    gone = Place("gone", "Gone", NOW, revision=4)
    for missing in (Save(gone), Drop(gone), Expect(gone)):
        with pytest.raises(Conflict, match="changed"):
            store.commit("CON1", [missing])


def test_what_is_made_again_is_not_taken_for_what_was(store: Store) -> None:
    _, first = saved(store, CON, ROOM)
    store.commit("CON1", [Drop(first)])
    saved(store, ROOM)
    with pytest.raises(Conflict, match="changed"):
        store.commit("CON1", [Expect(first)])


def test_slots_are_listed_by_start_then_id_and_cancelled_ones_apart(store: Store) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    slots = [
        SLOT._replace(id=number, start=start + timedelta(hours=hours))
        for number, hours in ((1, 5), (2, 0), (12, 1), (3, 1), (4, 9))
    ]
    off = SLOT._replace(id=5, start=start, cancelled=True)
    saved(store, CON, *slots, off)
    assert [slot.id for slot in store.time_slots("CON1")] == [2, 3, 12, 1, 4]
    window = store.time_slots("CON1", earliest=start + timedelta(hours=1), latest=start + timedelta(hours=5))
    assert [slot.id for slot in window] == [3, 12]
    assert [slot.id for slot in store.cancelled_slots("CON1")] == [5]
    found = store.time_slot("CON1", 5)
    assert found is not None
    assert plain(found) == off


def test_moved_and_cancelled_slot_leaves_its_old_place_in_the_list(store: Store) -> None:
    _, slot = saved(store, CON, SLOT)
    (slot,) = saved(store, slot._replace(start=slot.start + timedelta(days=1)))
    assert [plain(found) for found in store.time_slots("CON1")] == [plain(slot)]
    saved(store, slot._replace(cancelled=True))
    assert list(store.time_slots("CON1")) == []


def test_events_are_listed_by_id(store: Store) -> None:
    saved(store, CON, *(EVENT._replace(id=number) for number in (10, 9, 100)))
    assert [event.id for event in store.events("CON1")] == [9, 10, 100]


def test_numbers_are_given_once(store: Store) -> None:
    assert [store.reserve_ids("CON1", "event"), store.reserve_ids("CON1", "event", 5), store.reserve_ids("CON1", "event")] == [
        1,
        2,
        7,
    ]
    assert [store.reserve_ids("CON1", "time_slot"), store.reserve_ids("", "convention"), store.reserve_ids("", "convention")] == [
        1,
        1,
        2,
    ]


def test_record_that_fits_no_item_is_refused(dynamodb: Any) -> None:
    import random

    noise = "".join(chr(letter) for letter in random.Random(2).choices(range(0x4E00, 0x9FFF), k=300_000))
    store = DynamoConventionStore(dynamodb, table="conventions")
    with pytest.raises(TooLarge, match="record_too_large"):
        saved(store, EVENT._replace(description=noise))
    assert store.event("CON1", 7) is None


def test_unknown_addresses_are_not_found(store: Store) -> None:
    assert store.get("CON1", []) == {}
    assert store.get("CON1", [Ref("place", "nowhere")]) == {}
    assert (store.event("CON1", 1), store.time_slot("CON1", 1)) == (None, None)
