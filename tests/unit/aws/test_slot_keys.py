from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.slot_keys import cursor_of, group_key, hash_at, homes, instant_key, partitions, place_at, place_of, uid_hash
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import Slot, instant
from chalicelib.services.ports.slots import SPREAD, Owner

UID = st.text(st.characters(exclude_categories=["Cs"])) | st.builds(
    lambda letter, count, end: letter * count + end, st.sampled_from("a\N{SNOWMAN}"), st.integers(300, 1_200), st.text("ab")
)
MOMENT = st.datetimes(timezones=st.none() | st.just(UTC))
SLOT = st.builds(lambda uid, start: Slot(uid, "", start), UID, MOMENT)


@given(MOMENT, MOMENT)
def test_instant_keys_sort_as_instants(one: datetime, other: datetime) -> None:
    assert (instant_key(one) < instant_key(other)) == (instant(one) < instant(other))


@given(SLOT, SLOT)
def test_places_sort_as_slots(one: Slot, other: Slot) -> None:
    if one.uid.encode()[:976] != other.uid.encode()[:976] or one.start != other.start:  # longer ones sort by their hash
        assert (place_of(one) < place_of(other)) == (one.order < other.order)
    assert (place_of(one) == place_of(other)) == (one.order == other.order)


@given(SLOT)
def test_place_ends_with_what_names_the_slot(slot: Slot) -> None:
    assert hash_at(place_of(slot)) == uid_hash(slot.uid)
    assert place_at(cursor_of(place_of(slot))) == place_of(slot)
    assert len(group_key("g") + place_of(slot)) <= 1_024


@given(st.text())
def test_cursor_is_read_or_refused(cursor: str) -> None:
    try:
        place = place_at(cursor)
    except InvalidInput:
        return
    assert 8 <= len(place) <= 1_000


@given(UID, st.integers(1, 2**53))
def test_slot_is_at_home_in_its_owners_partitions(uid: str, user_id: int) -> None:
    assert homes(Owner(user_id), uid_hash(uid)) == [f"{user_id}#0"]
    spread = homes(Owner(user_id, SPREAD), uid_hash(uid))
    assert spread[-1] == f"{user_id}#0"
    assert len(set(spread)) == len(spread) <= 2
    assert set(spread) <= set(partitions(Owner(user_id, SPREAD)))


@given(st.integers(1, 2**53), st.integers(1, 2**53))
def test_owners_share_no_partition(one: int, other: int) -> None:
    if one != other:
        assert not set(partitions(Owner(one, SPREAD))) & set(partitions(Owner(other, SPREAD)))


def test_new_slots_are_spread_evenly() -> None:
    first = [homes(Owner(1, SPREAD), uid_hash(str(number)))[0] for number in range(16_000)]
    assert all(900 < first.count(partition) < 1_100 for partition in partitions(Owner(1, SPREAD)))


@pytest.mark.parametrize(
    ("group", "other"),
    [
        ("0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c1", "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c2"),
        ("0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c1", "0B9F6A9E-4C1C-4A70-9F44-2F6A5AB1A2C1"),
        ("any", "text"),
        ("", "0"),
    ],
)
def test_groups_have_keys_of_their_own(group: str, other: str) -> None:
    assert group_key(group) != group_key(other)
    assert len(group_key(group)) == len(group_key(other)) == 16
