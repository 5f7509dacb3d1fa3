"""`SlotStore`, on the fake and on DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.slot_table import DynamoSlotStore
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import FLOATING, MAX_GROUPS_OF_SLOT, Location, Slot, Window
from chalicelib.services.ports.slots import SPREAD, Mark, Owner, Page, SlotStore, StoredSlot
from tests.fakes.objects import FakeObjectStore
from tests.fakes.slots import FakeSlotStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
A = "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c1"
B = "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c2"
C = "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c3"
WEEKLY = "BEGIN:VEVENT\r\nUID:w\r\nDTSTART:20260301T120000Z\r\nRRULE:FREQ=WEEKLY;UNTIL=20260501T120000Z\r\nEND:VEVENT\r\n"


@pytest.fixture
def objects() -> FakeObjectStore:
    return FakeObjectStore()


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest, objects: FakeObjectStore) -> SlotStore:
    if request.param == "fake":
        return FakeSlotStore()
    return DynamoSlotStore(request.getfixturevalue("dynamodb"), table="slots", objects=lambda: objects)


@pytest.fixture(params=[1, SPREAD], ids=["one partition", "spread"])
def owner(request: pytest.FixtureRequest) -> Owner:
    return Owner(42, spread=request.param)


def slot(uid: str, hours: float = 0, **fields: Any) -> Slot:
    start = NOON + timedelta(hours=hours)
    return Slot(**{"uid": uid, "title": f"Title of {uid}", "start": start, "end": start + timedelta(hours=1), **fields})


def stored(one: Slot, mark: Mark | None = None) -> StoredSlot:
    return StoredSlot(one, revision_of(one), mark)


def uids(slots: Any) -> list[str]:
    return [one.slot.uid for one in slots]


FULL = slot(
    "full, of \N{SNOWMAN} and \x00",
    visibility="foaf",
    timezone="Europe/Berlin",
    location=Location("Home", "DE", "10117", "Berlin", "Unter den Linden 1", 52.5, -0.25),
    description="Long\nlines",
    media=({"url": "a", "n": 1},),
    notes=("one", {"two": [2.5, None]}),
    settings={"alerts": [{"minutes": 10}], "a": True},
    groups=(A, B, "not a uuid"),
    recurring=True,
    sequence=7,
    changed=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    ical=WEEKLY,
)
SAMPLES = [
    FULL,
    slot("plain"),
    slot("open end", end=None),
    slot("empty title", title=""),
    slot("long title", title="x" * 1_000, description="y" * 5_000),
    slot("all day", start=datetime(2026, 3, 1), end=datetime(2026, 3, 2), all_day=True),
    slot("floating", start=datetime(2026, 3, 1, 9, 30), end=datetime(2026, 3, 1, 10), timezone=FLOATING),
    slot("first instant", start=datetime.min.replace(tzinfo=UTC), end=None),
    slot("last instant", start=datetime.max.replace(tzinfo=UTC), end=None),
    slot("u" * 3_000),
    slot(""),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.uid[:20])
def test_slot_comes_back_whole(store: SlotStore, owner: Owner, sample: Slot) -> None:
    assert store.create(owner, sample) == stored(sample)
    assert store.get(owner, sample.uid) == stored(sample)
    assert store.get_many(owner, [sample.uid]) == {sample.uid: stored(sample)}
    assert list(store.stream(owner)) == [stored(sample)]
    for group in sample.groups:
        assert list(store.stream(owner, group=group)) == [stored(sample)]


def test_create_refuses_a_uid_that_is_there(store: SlotStore, owner: Owner) -> None:
    store.create(owner, slot("a", title="first"))
    with pytest.raises(Conflict) as refused:
        store.create(owner, slot("a", title="second"))
    assert (refused.value.code, refused.value.details) == ("slot_exists", {"uid": "a"})
    assert store.get(owner, "a") == stored(slot("a", title="first"))


def test_create_refuses_a_uid_from_before_the_owner_was_spread(store: SlotStore) -> None:
    store.create(Owner(42), slot("a", title="first"))
    with pytest.raises(Conflict, match="slot_exists"):
        store.create(Owner(42, SPREAD), slot("a", title="second"))


def test_missing_slot_is_none(store: SlotStore, owner: Owner) -> None:
    assert store.get(owner, "nothing") is None
    assert store.get_many(owner, ["nothing"]) == {}
    assert list(store.stream(owner)) == []
    assert store.is_empty(owner)


def test_replace_needs_the_revision(store: SlotStore, owner: Owner) -> None:
    old, new = slot("a"), slot("a", title="new")
    revision = store.create(owner, old).revision
    assert store.replace(owner, new, revision=revision) == stored(new)
    assert store.get(owner, "a") == stored(new)
    with pytest.raises(Conflict) as refused:
        store.replace(owner, slot("a", title="late"), revision=revision)
    assert (refused.value.code, refused.value.details) == ("slot_changed", {"uid": "a"})
    with pytest.raises(Conflict):
        store.replace(owner, slot("b"), revision=revision)
    assert store.get(owner, "a") == stored(new)


def test_replace_keeps_the_mark_of_an_import(store: SlotStore, owner: Owner) -> None:
    mark = Mark("run with spaces", 17, "updated")
    revision = store.create(owner, slot("a")).revision
    assert store.replace(owner, slot("a", 5), revision=revision, mark=mark) == stored(slot("a", 5), mark)
    assert store.get(owner, "a") == stored(slot("a", 5), mark)


def test_replace_moves_a_slot_in_time_and_between_groups(store: SlotStore, owner: Owner) -> None:
    now = store.create(owner, slot("a", groups=(A,)))
    store.create(owner, slot("b", 1, groups=(A, B, C)))
    for groups in [(A, B), (B, C), (C,), (), (A, B, C), (C, B, A), (B,)]:
        for hours in (0, 2):
            changed = slot("a", hours, groups=groups)
            now = store.replace(owner, changed, revision=now.revision)
            both = ["a", "b"] if hours == 0 else ["b", "a"]
            assert uids(store.stream(owner)) == both
            for group in (A, B, C):
                assert uids(store.stream(owner, group=group)) == (both if group in groups else ["b"])


def test_slot_in_too_many_groups_is_refused(store: SlotStore, owner: Owner) -> None:
    groups = tuple(f"{number:08}-0000-4000-8000-000000000000" for number in range(MAX_GROUPS_OF_SLOT + 1))
    most = slot("most", groups=groups[1:])
    created = store.create(owner, most)
    assert uids(store.stream(owner, group=groups[-1])) == ["most"]
    others = tuple(group.replace("-0000-4000-", "-0000-5000-") for group in groups[1:])
    store.replace(owner, most._replace(groups=others), revision=created.revision)
    assert list(store.stream(owner, group=groups[-1])) == []
    with pytest.raises(TooLarge) as refused:
        store.create(owner, slot("too many", groups=groups))
    assert refused.value.details == {"uid": "too many", "limit": MAX_GROUPS_OF_SLOT}


def test_put_new_never_overwrites(store: SlotStore, owner: Owner) -> None:
    store.create(owner, slot("b", title="edited"))
    store.create(owner, slot("d", groups=(A,)))
    new = [
        (slot(uid, number, groups=(A, B) if uid > "c" else (A,)), Mark("run", number, "created"))
        for number, uid in enumerate("abcdef")
    ]
    assert sorted(store.put_new(owner, new)) == ["b", "d"]
    assert store.get(owner, "b") == stored(slot("b", title="edited"))
    assert store.get(owner, "a") == stored(*new[0])
    assert store.get(owner, "f") == stored(*new[5])
    assert uids(store.stream(owner, group=B)) == ["e", "f"]
    assert sorted(uids(store.stream(owner))) == list("abcdef")
    assert sorted(store.put_new(owner, new)) == list("abcdef")


def test_put_new_takes_many(store: SlotStore, owner: Owner) -> None:
    new = [(slot(f"{number:04}", number, groups=(A,)), Mark("run", number, "created")) for number in range(230)]
    assert store.put_new(owner, new) == []
    expected = [stored(one) for one, _ in new]
    assert [one._replace(mark=None) for one in store.stream(owner)] == expected
    assert [one._replace(mark=None) for one in store.stream(owner, group=A)] == expected
    found = store.get_many(owner, [f"{number:04}" for number in range(-20, 250)])
    assert found == {one.uid: stored(one, mark) for one, mark in new}


def test_twenty_identical_imports_leave_each_slot_once(store: SlotStore, owner: Owner) -> None:
    new = [(slot(f"{number:02}", number, groups=(A, B)[: number % 3]), Mark("run", number, "created")) for number in range(30)]
    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(lambda _: set(store.put_new(owner, new)), range(20)))
    assert uids(store.stream(owner)) == [one.uid for one, _ in new]
    assert uids(store.stream(owner, group=B)) == [one.uid for one, _ in new if B in one.groups]
    assert sum(30 - len(some) for some in taken) == 30


def test_twenty_creations_of_one_uid_succeed_once(store: SlotStore, owner: Owner) -> None:
    def create(_: int) -> bool:
        try:
            store.create(owner, slot("a", groups=(A, B)))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(create, range(20))) == 1


def test_delete_removes_one(store: SlotStore, owner: Owner) -> None:
    store.create(owner, slot("a", groups=(A, B)))
    created = store.create(owner, slot("b", groups=(A,)))
    store.delete(owner, "a")
    assert store.get(owner, "a") is None
    assert uids(store.stream(owner)) == ["b"]
    assert uids(store.stream(owner, group=B)) == []
    with pytest.raises(NotFound) as missing:
        store.delete(owner, "a")
    assert (missing.value.code, missing.value.details) == ("slot", {"uid": "a"})
    changed = store.replace(owner, slot("b", 1), revision=created.revision)
    with pytest.raises(Conflict) as refused:
        store.delete(owner, "b", revision=created.revision)
    assert (refused.value.code, refused.value.details) == ("slot_changed", {"uid": "b"})
    store.delete(owner, "b", revision=changed.revision)
    assert store.is_empty(owner)


@pytest.mark.parametrize("revision", ["", "I~/Cjo4#Z", "00", "é"])
def test_what_is_no_revision_is_no_slots_revision(store: SlotStore, owner: Owner, revision: str) -> None:
    created = store.create(owner, slot("a"))
    with pytest.raises(Conflict, match="slot_changed"):
        store.replace(owner, slot("a", 1), revision=revision)
    with pytest.raises(Conflict, match="slot_changed"):
        store.delete(owner, "a", revision=revision)
    assert store.get(owner, "a") == created


def test_delete_all_removes_the_owners_and_nobody_elses(store: SlotStore, owner: Owner) -> None:
    other = Owner(owner.user_id + 1)
    store.create(other, slot("0", groups=(A,)))
    store.put_new(owner, [(slot(str(number), groups=(A, B)[: number % 3]), Mark("run", 1, "created")) for number in range(60)])
    assert not store.is_empty(owner)
    assert store.delete_all(owner)
    assert store.is_empty(owner)
    assert list(store.stream(owner, group=B)) == []
    assert uids(store.stream(other)) == ["0"]


def test_another_owners_slots_are_out_of_reach(store: SlotStore, owner: Owner) -> None:
    other = Owner(4, spread=owner.spread)  # a prefix of the owner's id
    mine, theirs = slot("same uid", title="mine", groups=(A,)), slot("same uid", title="theirs", groups=(A,))
    store.create(owner, mine)
    created = store.create(other, theirs)
    store.replace(other, theirs._replace(title="changed"), revision=created.revision)
    assert store.get(owner, "same uid") == stored(mine)
    assert list(store.stream(owner)) == [stored(mine)]
    assert list(store.stream(owner, group=A)) == [stored(mine)]
    store.delete(other, "same uid")
    assert store.get(owner, "same uid") == stored(mine)
    assert store.page(other, limit=10) == Page((), before=None, after=None)


def test_slots_from_before_and_after_spreading_are_one_calendar(store: SlotStore) -> None:
    for number in range(0, 40, 2):
        store.create(Owner(42), slot(f"{number:02}", number, groups=(A,)))
    spread = Owner(42, SPREAD)
    for number in range(1, 40, 2):
        store.create(spread, slot(f"{number:02}", number, groups=(A,)))
    assert uids(store.stream(spread)) == [f"{number:02}" for number in range(40)]
    assert uids(store.stream(spread, group=A)) == [f"{number:02}" for number in range(40)]
    old = store.get(spread, "00")
    assert old is not None
    store.replace(spread, slot("00", 100, groups=(A, B)), revision=old.revision)
    assert uids(store.stream(spread))[-1] == "00"
    assert len(store.get_many(spread, [f"{number:02}" for number in range(40)])) == 40
    store.delete(spread, "00")
    assert store.get(spread, "00") is None
    assert len(uids(store.stream(spread))) == 39


def test_stream_is_ordered_by_instant_then_uid(store: SlotStore, owner: Owner) -> None:
    slots = [
        slot("z"),
        slot("a"),
        slot("é"),
        slot("\N{SNOWMAN}"),
        slot("\N{GRINNING FACE}"),
        slot("A"),
        slot("ab"),
        slot("before", -1),
        slot("day", start=datetime(2026, 3, 1), end=datetime(2026, 3, 2), all_day=True),
        slot("floating", start=datetime(2026, 3, 1, 12), end=None, timezone=FLOATING),
        slot("after", 0.001),
    ]
    for one in slots:
        store.create(owner, one)
    assert [one.slot for one in store.stream(owner)] == sorted(slots, key=lambda one: one.order)


def test_window_finds_what_overlaps_and_what_may_recur(store: SlotStore, owner: Owner) -> None:
    window = Window(NOON, NOON + timedelta(hours=2))
    inside = [
        slot("fills it", -1, end=NOON + timedelta(hours=3)),
        slot("ends inside", -0.5),
        slot("starts inside", 1.5),
        slot("moment at the start", end=None),
        slot("moment inside", 1, end=None),
        slot("months long", -24 * 100, end=NOON + timedelta(days=100)),
        slot("eight days", -24 * 7.5, end=NOON + timedelta(hours=1)),
        slot("all day", start=datetime(2026, 3, 1), end=datetime(2026, 3, 2), all_day=True),
        slot("weekly", -24 * 21, recurring=True, ical=WEEKLY),
        slot("for ever", -24 * 900, recurring=True, ical=WEEKLY.replace("UNTIL=20260501T120000Z", "BYDAY=SU")),
    ]
    outside = [
        slot("ends as it begins", -1),
        slot("begins as it ends", 2),
        slot("moment as it ends", 2, end=None),
        slot("long ago", -24 * 365),
        slot("far ahead", 24 * 365),
        slot("months long, over", -24 * 100, end=NOON - timedelta(days=1)),
        slot(
            "series, over",
            -24 * 900,
            recurring=True,
            ical="BEGIN:VEVENT\r\nDTSTART:20230901T000000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n",
        ),
        slot("series to come", 24 * 30, recurring=True, ical="BEGIN:VEVENT\r\nDTSTART:20260331T120000Z\r\nRRULE:FREQ=DAILY\r\n"),
    ]
    for number, one in enumerate(inside + outside):
        store.create(owner, one._replace(groups=[(A,), (B, A), (B,)][number % 3]))
    assert uids(store.stream(owner, window=window)) == uids(map(stored, sorted(inside, key=lambda one: one.order)))
    for group in (A, B):
        expected = [one.slot.uid for one in store.stream(owner, window=window) if group in one.slot.groups]
        assert uids(store.stream(owner, group=group, window=window)) == expected


def test_pages_go_forth_and_back(store: SlotStore, owner: Owner) -> None:
    for number in range(10):
        store.create(owner, slot(f"{number}", number // 2, groups=(A, B) if number % 2 else (A,)))
    first = store.page(owner, limit=4)
    second = store.page(owner, limit=4, after=first.after)
    third = store.page(owner, limit=4, after=second.after)
    assert [uids(page.slots) for page in (first, second, third)] == [list("0123"), list("4567"), list("89")]
    assert (first.before, third.after) == (None, None)
    assert store.page(owner, limit=4, before=third.before) == second
    assert store.page(owner, limit=4, before=second.before) == first
    assert uids(store.page(owner, limit=3, before=third.before).slots) == list("567")
    odd = store.page(owner, limit=2, group=B)
    assert uids(odd.slots) == ["1", "3"]
    assert uids(store.page(owner, limit=2, group=B, after=odd.after).slots) == ["5", "7"]
    window = Window(NOON + timedelta(hours=1), NOON + timedelta(hours=4))
    page = store.page(owner, limit=4, window=window)
    assert uids(page.slots) == list("2345")
    assert uids(store.page(owner, limit=4, window=window, after=page.after).slots) == list("67")


def test_page_of_exactly_the_limit_is_the_last(store: SlotStore, owner: Owner) -> None:
    for number in range(3):
        store.create(owner, slot(f"{number}", number))
    assert store.page(owner, limit=3) == Page(list(store.stream(owner)), before=None, after=None)


@pytest.mark.parametrize("cursor", ["", "x", "%%%%", "aGk", "\N{SNOWMAN}", "A" * 5_000])
def test_bad_cursor_is_invalid_input(store: SlotStore, owner: Owner, cursor: str) -> None:
    for direction in ("after", "before"):
        with pytest.raises(InvalidInput, match="invalid_cursor"):
            store.page(owner, limit=2, **{direction: cursor})  # type: ignore[arg-type]  # either cursor


def test_oversized_slot_is_kept_whole(store: SlotStore, owner: Owner, objects: FakeObjectStore) -> None:
    noise = "".join(f"{number * 7919 % 1_000_003:x}" for number in range(300_000))
    large = slot("large", ical=noise, groups=(A, B))
    larger = slot("large", 1, ical=noise[::-1], groups=(B,))
    small = slot("large", title="small")
    created = store.create(owner, large)
    assert store.get(owner, "large") == stored(large)
    assert list(store.stream(owner, group=B)) == [stored(large)]
    with pytest.raises(Conflict):
        store.create(owner, large)
    assert store.put_new(owner, [(larger, Mark("run", 1, "created"))]) == ["large"]
    assert store.get(owner, "large") == stored(large)
    now = store.replace(owner, larger, revision=created.revision)
    with pytest.raises(Conflict):
        store.replace(owner, large, revision=created.revision)
    assert list(store.stream(owner)) == [stored(larger)]
    now = store.replace(owner, small, revision=now.revision)
    assert list(objects.objects) == []
    store.replace(owner, large, revision=now.revision)
    store.delete(owner, "large")
    assert list(objects.objects) == []
    store.put_new(owner, [(larger, Mark("run", 1, "created"))])
    assert store.get(owner, "large") == stored(larger, Mark("run", 1, "created"))
    store.delete_all(owner)
    assert list(objects.objects) == []
