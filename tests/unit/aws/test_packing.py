from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.packing import DEFLATED, PLAIN, UnknownFormat, pack, spill, spilled, unpack, unspill
from chalicelib.aws.slot_keys import place_of
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import VISIBILITIES, Location, Slot
from chalicelib.services.ports.slots import StoredSlot

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MOMENT = st.datetimes(timezones=st.none() | st.just(UTC))
SLOTS = st.builds(
    Slot,
    uid=TEXT | st.integers(300, 1_100).map(lambda length: "\N{SNOWMAN}" * length),
    title=TEXT,
    start=MOMENT,
    end=st.none() | MOMENT,
    visibility=st.sampled_from(VISIBILITIES),
    all_day=st.booleans(),
    timezone=st.none() | TEXT,
    location=st.none()
    | st.builds(Location, TEXT, TEXT, TEXT, TEXT, TEXT, st.none() | st.floats(-90, 90), st.none() | st.floats(-180, 180)),
    description=TEXT,
    media=st.lists(JSON, max_size=2).map(tuple),
    notes=st.lists(JSON, max_size=2).map(tuple),
    settings=st.none() | st.dictionaries(TEXT, JSON, max_size=2),
    groups=st.lists(st.uuids().map(str) | TEXT, max_size=3).map(tuple),
    recurring=st.booleans(),
    sequence=st.integers(0, 2**31),
    changed=st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0)),
    ical=TEXT | st.integers(0, 500).map(lambda count: "BEGIN:VEVENT\r\n" * count),
)


def packed(slot: Slot) -> bytes:
    return pack(slot, place_of(slot), revision_of(slot))


@given(SLOTS)
def test_slot_comes_back_from_its_place_and_its_bytes(slot: Slot) -> None:
    assert unpack(place_of(slot), packed(slot)) == StoredSlot(slot, revision_of(slot))


@given(SLOTS)
def test_spilled_slot_comes_back(slot: Slot) -> None:
    whole = packed(slot)
    left, body = spill(whole, "spill/1/ä")
    assert spilled(left) == "spill/1/ä"
    assert spilled(whole) is None
    assert unspill(left, body) == whole


def test_instants_of_other_zones_stay_the_same_instant() -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    slot = Slot("u", "t", start)
    assert unpack(place_of(slot), packed(slot)).slot == slot


def test_format_stays_as_it_is() -> None:
    """What is stored today must be readable for ever: this is a promise and not an implementation."""
    slot = Slot("uid", "Title", datetime(2026, 3, 1, 12, tzinfo=UTC), groups=("g",))
    assert place_of(slot) == bytes.fromhex("00e30bf434dad000") + b"uid"
    assert packed(slot) == PLAIN + bytes.fromhex(revision_of(slot)) + b'["Title","2026-03-01T12:00:00Z",null,null,"g"]'
    assert revision_of(slot) == "50da2e4208dc59e868e88c20722136b8"


def test_long_text_is_deflated_and_what_was_deflated_once_can_be_read() -> None:
    slot = Slot("uid", "Title", datetime(2026, 3, 1, 12, tzinfo=UTC), ical="BEGIN:VEVENT\r\nSUMMARY:Title\r\nEND:VEVENT\r\n" * 30)
    assert packed(slot)[:1] == DEFLATED
    assert len(packed(slot)) < 150
    kept = bytes.fromhex(
        "024ef228b757bb2636d1eeb1de75b0ae4d8b560ac92cc949851b680c32d0d0086e605e694e0e84001b8d21806e17ccc36053312d1c553eaa7c54f9"
        "a8f251e55453ae140b00"
    )
    assert unpack(place_of(slot), kept) == StoredSlot(slot, revision_of(slot))


def test_later_format_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        unpack(b"\0" * 8, b"\x09" + bytes(16) + b"[]")
