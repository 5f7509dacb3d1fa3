"""What DynamoDB alone can show: requests and their number, keys, objects put aside, answers that get lost, twins."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from moto import mock_aws

from chalicelib.aws import responses
from chalicelib.aws.dynamodb import Patience
from chalicelib.aws.slot_keys import homes, uid_hash
from chalicelib.aws.slot_table import DynamoSlotStore
from chalicelib.domain.errors import Conflict, NotFound, Unavailable
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import Slot, Window
from chalicelib.services.ports.slots import SPREAD, Mark, Owner, Page, StoredSlot
from tests.examples import examples
from tests.fakes.objects import FakeObjectStore
from tests.fakes.slots import FakeSlotStore
from tests.tables import create_tables, new_session

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GROUPS = ("0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c1", "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c2", "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c3")
OWNER = Owner(42)
NOISE = "".join(f"{number * 7919 % 1_000_003:x}" for number in range(100_000))


class Watching:
    """A client that counts its calls, keeps what comes back of reads, and lets a test come in before and after."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: Counter[str] = Counter()
        self.requests: list[dict[str, Any]] = []
        self.before: dict[str, Callable[[dict[str, Any]], object]] = {}
        self.after: dict[str, Callable[[Any], object]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> Any:
            self.calls[name] += 1
            self.requests.append(parameters)
            if name in self.before:
                self.before.pop(name)(parameters)
            answer = getattr(self.client, name)(**parameters)
            if name in self.after:
                self.after.pop(name)(answer)
            return answer

        return call


def new_client() -> Watching:
    session = new_session()
    responses.install(session)
    client = session.create_client("dynamodb")
    create_tables(client)
    return Watching(client)


@pytest.fixture
def client() -> Iterator[Watching]:
    with mock_aws():
        yield new_client()


@pytest.fixture
def objects() -> FakeObjectStore:
    return FakeObjectStore()


@pytest.fixture
def store(client: Watching, objects: FakeObjectStore) -> DynamoSlotStore:
    return DynamoSlotStore(client, table="slots", objects=lambda: objects, patience=Patience(sleep=lambda _: None))


def slot(uid: str, hours: float = 0, **fields: Any) -> Slot:
    start = NOON + timedelta(hours=hours)
    return Slot(**{"uid": uid, "title": f"Title of {uid}", "start": start, "end": start + timedelta(hours=1), **fields})


def marked(*slots: Slot) -> list[tuple[Slot, Mark]]:
    return [(one, Mark("run", number, "created")) for number, one in enumerate(slots)]


def uids(slots: Any) -> list[str]:
    return [one.slot.uid for one in slots]


# numbers of requests


@pytest.mark.parametrize("group", [None, GROUPS[0]])
def test_stream_takes_a_query_a_megabyte(client: Watching, store: DynamoSlotStore, group: str | None) -> None:
    slots = [slot(f"{number:05}", number, groups=GROUPS[:1], description=NOISE[number : number + 5_000]) for number in range(1_000)]
    store.put_new(OWNER, marked(*slots))
    items = client.client.get_paginator("scan").paginate(TableName="slots").search("Items")
    # moto fills pages by whole items, DynamoDB by the index's part of them, which is less
    sizes = [sum(len(name) + len(value) for name, value in item.items()) for item in items]
    client.calls.clear()
    assert uids(store.stream(OWNER, group=group)) == [one.uid for one in slots]
    assert client.calls == {"query": math.ceil(sum(sizes) / (1_000_000 - max(sizes)))}
    assert client.calls["query"] > 2


@pytest.mark.parametrize("count", [1, 25, 26, 100, 230])
def test_import_of_new_slots_takes_a_write_for_twenty_five(client: Watching, store: DynamoSlotStore, count: int) -> None:
    slots = [slot(f"{number}", number, groups=GROUPS[:1]) for number in range(count)]
    assert store.get_many(OWNER, [one.uid for one in slots]) == {}
    store.put_new(OWNER, marked(*slots))
    assert client.calls == {"batch_get_item": math.ceil(count / 100), "batch_execute_statement": math.ceil(count / 25)}


def test_slots_in_several_groups_share_transactions(client: Watching, store: DynamoSlotStore) -> None:
    store.put_new(OWNER, marked(*(slot(f"{number}", number, groups=GROUPS) for number in range(66))))
    assert client.calls == {"transact_write_items": 2}


def test_one_slot_takes_one_request(client: Watching, store: DynamoSlotStore) -> None:
    now = store.create(OWNER, slot("a", groups=GROUPS[:1]))
    assert client.calls == {"put_item": 1}
    client.calls.clear()
    store.get(OWNER, "a")
    assert client.calls == {"get_item": 1}
    client.calls.clear()
    store.replace(OWNER, slot("a", 5, groups=GROUPS[1:2]), revision=now.revision)
    assert client.calls == {"put_item": 1}
    client.calls.clear()
    store.delete(OWNER, "a")
    assert client.calls == {"delete_item": 1}
    client.calls.clear()
    store.is_empty(OWNER)
    assert client.calls == {"query": 1}
    client.calls.clear()
    spread = Owner(OWNER.user_id, 16)
    assert store.is_empty(spread)
    assert client.calls == {"query": 16}
    client.calls.clear()
    store.create(OWNER, slot("b"))
    assert not store.is_empty(spread)
    assert client.calls == {"put_item": 1, "query": 1}


def test_page_takes_one_query_and_with_a_window_two(client: Watching, store: DynamoSlotStore) -> None:
    store.put_new(OWNER, marked(*(slot(f"{number:03}", number, groups=GROUPS[:1]) for number in range(200))))
    for group in (None, GROUPS[0]):
        client.calls.clear()
        page = store.page(OWNER, limit=40, group=group)
        store.page(OWNER, limit=40, group=group, after=page.after)
        assert client.calls == {"query": 2}
        client.calls.clear()
        window = Window(NOON + timedelta(hours=100), NOON + timedelta(hours=110))
        assert len(store.page(OWNER, limit=40, group=group, window=window).slots) == 10
        assert client.calls["query"] <= 6  # a week before the window is read along, in pages of the limit


def test_window_reads_neither_what_is_long_over_nor_what_is_to_come(client: Watching, store: DynamoSlotStore) -> None:
    store.put_new(OWNER, marked(*(slot(f"{number:04}", number * 24) for number in range(2_000))))
    read: list[int] = []
    original = client.client.query

    class Counting:
        def query(self, **parameters: Any) -> Any:
            answer = original(**parameters)
            read.append(answer["ScannedCount"])
            return answer

    window = Window(NOON + timedelta(days=1_000), NOON + timedelta(days=1_010))
    counted = DynamoSlotStore(Counting(), table="slots", objects=FakeObjectStore)
    assert uids(counted.stream(OWNER, window=window)) == [f"{number:04}" for number in range(1_000, 1_010)]
    assert sum(read) <= 10 + 8


# ownership


def test_every_request_names_its_owner_and_nobody_else(client: Watching, store: DynamoSlotStore, objects: FakeObjectStore) -> None:
    owner = Owner(42, SPREAD)
    now = store.create(owner, slot("a", groups=GROUPS))
    store.replace(owner, slot("a", 1, groups=GROUPS[1:]), revision=now.revision)
    store.put_new(owner, marked(slot("b", groups=GROUPS[:1]), slot("c", groups=GROUPS), slot("d", ical=NOISE)))
    list(store.stream(owner, group=GROUPS[0], window=Window(NOON, NOON + timedelta(days=1))))
    store.page(owner, limit=2)
    store.get(owner, "a")
    store.delete(owner, "a")
    store.replace(owner, slot("b", 1), revision=revision_of(slot("b", groups=GROUPS[:1])))
    assert set(objects.objects) == {key for key in objects.objects if key.startswith("spill/42/")} != set()
    store.delete_all(owner)
    operations = "batch_execute_statement batch_get_item batch_write_item delete_item get_item put_item query transact_write_items"
    assert sorted(client.calls) == operations.split()
    partitions = {f"42#{number}" for number in range(SPREAD)}
    for request in client.requests:
        named = set(_partition_keys(request))
        assert named
        assert named <= partitions


def _partition_keys(value: Any) -> Iterator[str]:
    """Find every value that stands where a partition key stands in a request."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("pk", ":pk"):
                yield inner["S"]
            elif name == "Parameters":
                yield inner[0]["S"]
            else:
                yield from _partition_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _partition_keys(inner)


# what comes in between


def test_creation_whose_answer_got_lost_is_known_as_its_own(client: Watching, store: DynamoSlotStore) -> None:
    def write_twice(parameters: dict[str, Any]) -> None:
        client.client.put_item(**parameters)  # the first attempt, whose answer got lost; botocore sends it again

    client.before["put_item"] = write_twice
    created = store.create(OWNER, slot("a"))
    assert store.get(OWNER, "a") == created


def test_object_of_a_new_slot_stays_when_only_the_answer_got_lost(
    client: Watching, store: DynamoSlotStore, objects: FakeObjectStore
) -> None:
    large = slot("a", ical=NOISE)
    client.before["batch_execute_statement"] = lambda parameters: client.client.batch_execute_statement(**parameters)
    assert store.put_new(OWNER, marked(large)) == ["a"]
    kept = set(objects.objects)
    assert store.put_new(OWNER, marked(large)) == ["a"]  # by somebody else, as it were: what that put aside goes
    assert set(objects.objects) == kept
    assert [one.slot for one in store.stream(OWNER)] == [large]


def test_replacement_whose_answer_got_lost_is_known_as_its_own(client: Watching, store: DynamoSlotStore) -> None:
    old = store.create(OWNER, slot("a"))
    client.before["put_item"] = lambda parameters: client.client.put_item(**parameters)
    new = store.replace(OWNER, slot("a", 1), revision=old.revision)
    assert store.get(OWNER, "a") == new


def test_replacement_by_what_is_there_already_is_no_conflict(store: DynamoSlotStore) -> None:
    old = store.create(OWNER, slot("a"))
    new = store.replace(OWNER, slot("a", 1), revision=old.revision)
    assert store.replace(OWNER, slot("a", 1), revision=old.revision) == new


def test_deletion_waits_for_an_edit_that_comes_in_between(client: Watching, store: DynamoSlotStore) -> None:
    now = store.create(OWNER, slot("a", groups=GROUPS[:2]))

    def edit(_: Any) -> None:
        store.replace(OWNER, slot("a", 3, groups=GROUPS[1:]), revision=now.revision)

    client.after["get_item"] = edit
    store.delete(OWNER, "a")
    assert [uids(store.stream(OWNER, group=group)) for group in (None, *GROUPS)] == [[], [], [], []]


def test_deletion_at_a_revision_gives_way_to_an_edit(client: Watching, store: DynamoSlotStore) -> None:
    now = store.create(OWNER, slot("a", groups=GROUPS[:2]))
    client.after["get_item"] = lambda _: store.replace(OWNER, slot("a", 3), revision=now.revision)
    with pytest.raises(Conflict, match="slot_changed"):
        store.delete(OWNER, "a", revision=now.revision)
    assert uids(store.stream(OWNER)) == ["a"]


def test_edit_of_groups_gives_way_to_another(client: Watching, store: DynamoSlotStore) -> None:
    now = store.create(OWNER, slot("a", groups=GROUPS[:2]))
    other = slot("a", 3, groups=GROUPS[1:])
    client.after["get_item"] = lambda _: store.replace(OWNER, other, revision=now.revision)
    with pytest.raises(Conflict, match="slot_changed"):
        store.replace(OWNER, slot("a", 4, groups=GROUPS), revision=now.revision)
    assert [one.slot for one in store.stream(OWNER, group=GROUPS[2])] == [other]
    assert uids(store.stream(OWNER, group=GROUPS[0])) == []


def test_reader_of_a_replaced_object_gets_the_new_slot(client: Watching, store: DynamoSlotStore) -> None:
    large, larger = slot("a", ical=NOISE), slot("a", ical=NOISE[::-1])
    now = store.create(OWNER, large)
    client.after["get_item"] = lambda _: store.replace(OWNER, larger, revision=now.revision)
    found = store.get(OWNER, "a")
    assert found is not None
    assert found.slot == larger
    client.after["get_item"] = lambda _: store.delete(OWNER, "a")
    assert store.get(OWNER, "a") is None


def test_stream_leaves_out_what_was_removed_or_moved_while_it_ran(client: Watching, store: DynamoSlotStore) -> None:
    created = [store.create(OWNER, slot(uid, number, ical=NOISE)) for number, uid in enumerate("abcd")]

    def change(_: Any) -> None:
        store.delete(OWNER, "a")
        store.replace(OWNER, slot("b", 10, ical=NOISE), revision=created[1].revision)
        store.replace(OWNER, slot("c", 2, title="small"), revision=created[2].revision)

    client.after["query"] = change
    found = list(store.stream(OWNER))
    assert [(one.slot.uid, one.slot.title) for one in found] == [("c", "small"), ("d", "Title of d")]


def test_object_that_is_gone_for_good_is_a_fault_that_is_told(store: DynamoSlotStore, objects: FakeObjectStore) -> None:
    store.create(OWNER, slot("a", ical=NOISE))
    objects.objects.clear()
    with pytest.raises(Unavailable, match="slot_text_missing"):
        store.get(OWNER, "a")


def test_twins_from_the_moment_of_spreading_are_one_slot(client: Watching, store: DynamoSlotStore) -> None:
    spread = Owner(42, SPREAD)
    uid = next(str(number) for number in range(100) if _home(str(number)) != "42#0")
    same = marked(slot(uid, groups=GROUPS[:2]))
    store.put_new(OWNER, same)
    store.put_new(spread, same)
    assert uids(store.stream(spread)) == [uid]
    assert uids(store.stream(spread, group=GROUPS[1])) == [uid]
    assert store.get(spread, uid) == StoredSlot(same[0][0], revision_of(same[0][0]), same[0][1])
    assert (
        client.client.query(TableName="slots", KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "42#0"}})[
            "Items"
        ]
        == []
    )
    store.put_new(OWNER, same)
    store.delete(spread, uid)
    assert store.is_empty(spread)
    with pytest.raises(NotFound):
        store.delete(spread, uid)


def _home(uid: str) -> str:
    return homes(Owner(42, SPREAD), uid_hash(uid))[0]


def test_removal_of_everything_stops_in_time_and_goes_on(client: Watching, objects: FakeObjectStore) -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0])
    store = DynamoSlotStore(client, table="slots", objects=lambda: objects, clock=lambda: next(clock))
    store.put_new(OWNER, marked(*(slot(f"{number}", number, groups=GROUPS[:1]) for number in range(300))))
    store.create(OWNER, slot("large", groups=GROUPS, ical=NOISE))
    assert not store.delete_all(OWNER, until=1.0)
    left = len(list(store.stream(OWNER)))
    assert 0 < left < 300
    assert store.delete_all(OWNER, until=50.0)
    assert client.client.scan(TableName="slots", Select="COUNT")["Count"] == 0
    assert objects.objects == {}


# against the model

UIDS = st.sampled_from([*"abcdefgh", "é", "\N{SNOWMAN}", "x" * 1_100])
HOURS = st.sampled_from([0, 1, 2, 3, 24, 24 * 6, 24 * 8, 24 * 40])
LENGTHS = st.sampled_from([None, 0, 1, 2, 24, 24 * 9, 24 * 100])
RULES = st.sampled_from(
    ["", "RRULE:FREQ=DAILY\r\n", "RRULE:FREQ=DAILY;COUNT=3\r\n", "RRULE:FREQ=WEEKLY;UNTIL=20260320T000000Z\r\n"]
)


@st.composite
def any_slot(draw: st.DrawFn) -> Slot:
    start = NOON + timedelta(hours=draw(HOURS))
    length, rules = draw(LENGTHS), draw(RULES)
    return Slot(
        uid=draw(UIDS),
        title=draw(st.sampled_from(["one", "two"])),
        start=start,
        end=None if length is None else start + timedelta(hours=length),
        groups=tuple(draw(st.permutations(GROUPS))[: draw(st.integers(0, 3))]),
        recurring=bool(rules),
        ical=f"BEGIN:VEVENT\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n{rules}END:VEVENT\r\n" * bool(rules),
    )


class Stores(RuleBasedStateMachine):
    """The same operations on DynamoDB and on the fake, which is the model: the same answers, the same errors."""

    @initialize(spread=st.sampled_from([1, SPREAD]))
    def begin(self, spread: int) -> None:
        self.mock = mock_aws()
        self.mock.start()
        self.real = DynamoSlotStore(new_client(), table="slots", objects=FakeObjectStore, patience=Patience(sleep=lambda _: None))
        self.model = FakeSlotStore()
        self.owner = Owner(42, 1)
        self.spread = spread
        self.old: set[str] = set()

    def teardown(self) -> None:
        self.mock.stop()

    def both(self, work: Callable[[Any], Any]) -> Any:
        outcomes = []
        for store in (self.real, self.model):
            try:
                outcomes.append(work(store))
            except (Conflict, NotFound) as error:
                outcomes.append((type(error), str(error)))
        assert outcomes[0] == outcomes[1]
        return outcomes[0]

    @rule()
    def raise_the_spread(self) -> None:
        if self.owner.spread < self.spread:
            self.owner = Owner(42, self.spread)
            self.old = {one.slot.uid for one in self.model.stream(self.owner)}

    @rule(one=any_slot())
    def create(self, one: Slot) -> None:
        self.both(lambda store: store.create(self.owner, one))

    @rule(one=any_slot(), stale=st.booleans())
    def replace(self, one: Slot, stale: bool) -> None:
        known = self.model.get(self.owner, one.uid)
        revision = known.revision if known is not None and not stale else "00" * 16
        self.both(lambda store: store.replace(self.owner, one, revision=revision, mark=Mark("r", 1, "updated")))

    @rule(some=st.lists(any_slot(), unique_by=lambda one: one.uid))
    def put_new(self, some: list[Slot]) -> None:
        new = [one for one in some if one.uid not in self.old]  # whoever imports has looked for those
        self.both(lambda store: sorted(store.put_new(self.owner, marked(*new))))

    @rule(uid=UIDS)
    def delete(self, uid: str) -> None:
        self.both(lambda store: store.delete(self.owner, uid))

    @rule(uids=st.lists(UIDS))
    def look_up(self, uids: list[str]) -> None:
        self.both(lambda store: store.get_many(self.owner, uids))

    @rule(group=st.sampled_from([None, *GROUPS]), start=HOURS, length=HOURS)
    def look_through_a_window(self, group: str | None, start: int, length: int) -> None:
        window = Window(NOON + timedelta(hours=start), NOON + timedelta(hours=start + length))
        self.both(lambda store: _unmarked(store.stream(self.owner, group=group, window=window)))
        self.both(lambda store: _paged(store, self.owner, group=group, window=window))

    @invariant()
    @precondition(lambda self: hasattr(self, "real"))
    def all_is_the_same(self) -> None:
        for group in (None, *GROUPS):
            everything = self.both(lambda store: _unmarked(store.stream(self.owner, group=group)))  # noqa: B023 - called at once
            assert self.both(lambda store: _paged(store, self.owner, group=group)) == everything  # noqa: B023


def _unmarked(slots: Any) -> list[StoredSlot]:
    return [one._replace(mark=None) for one in slots]


def _paged(store: Any, owner: Owner, **options: Any) -> list[StoredSlot]:
    """Read all pages forth, and the same ones back."""
    page: Page = store.page(owner, limit=3, **options)
    forth = [page]
    while page.after is not None:
        page = store.page(owner, limit=3, after=page.after, **options)
        forth.append(page)
    back = [forth[-1]]
    while back[-1].before is not None:
        back.append(store.page(owner, limit=3, before=back[-1].before, **options))
    found = [one for page in forth for one in page.slots]
    assert [one for page in reversed(back) for one in page.slots] == found
    return _unmarked(found)


def test_store_answers_as_the_model_does() -> None:
    run_state_machine_as_test(Stores, settings=settings(examples(6), stateful_step_count=15))
