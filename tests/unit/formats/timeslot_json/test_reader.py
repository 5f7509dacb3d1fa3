"""Timeslot JSON into slots: everything back as it was written, every fault named with its entry and line."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import BytesSource, Entry, Rejection
from chalicelib.domain.slots import Slot
from chalicelib.formats import timeslot_json
from chalicelib.formats.timeslot_json.reader import MAX_GARBAGE
from tests.unit.formats.strategies import slots

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "uid": "u",
    "title": "t",
    "visibility": "public",
    "start": "2026-03-01T09:00:00.000Z",
    "end": "2026-03-01T10:00:00.000Z",
    "location": None,
}
SLOT = Slot(uid="u", title="t", visibility="public", start=NINE, end=TEN)


def _read(content: bytes, chunk_size: int = 65_536) -> list[Entry | Rejection]:
    return list(timeslot_json.read(BytesSource(content, chunk_size).chunks()))


@given(st.lists(slots(), max_size=8), st.sampled_from((1, 7, 100, 65_536)), st.sampled_from((None, 2)))
def test_every_slot_comes_back_as_it_was_written(values: list[Slot], chunk_size: int, indent: int | None) -> None:
    content = b"".join(timeslot_json.write(values))
    if indent:
        content = json.dumps(json.loads(content), indent=indent).encode()
    entries = _read(content, chunk_size)
    assert [entry.slot if isinstance(entry, Entry) else entry for entry in entries] == values
    assert [entry.number for entry in entries] == list(range(1, len(values) + 1))


@given(st.lists(slots(), min_size=1, max_size=6), st.sampled_from((None, 1)), st.sampled_from((5, 65_536)))
def test_a_reading_goes_on_at_every_checkpoint(values: list[Slot], indent: int | None, chunk_size: int) -> None:
    written = json.loads(b"".join(timeslot_json.write(values)))
    written.insert(len(written) // 2, {"title": 5})
    source = BytesSource(json.dumps(written, indent=indent, separators=(",", ":")).encode(), chunk_size)
    reading = timeslot_json.read(source.chunks())
    states = [(reading.checkpoint(), 0)]
    whole = []
    for item in reading:
        whole.append(item)
        states.append((json.loads(json.dumps(reading.checkpoint())), len(whole)))
    for state, done in states:
        again = timeslot_json.read(source.chunks(state["offset"]), resume=state)
        assert list(again) == whole[done:]


def test_a_bad_entry_is_named_and_the_others_are_read() -> None:
    good = json.dumps(PLAIN)
    content = f'[\n{good},\n{{"title":}},\n5,\n{{"uid":"bad","title":7}},\n,\n{good}\n]\n'
    assert _read(content.encode()) == [
        Entry(1, 2, SLOT),
        Rejection(2, 3, "", "not JSON: unexpected character, expected a JSON value"),
        Rejection(3, 4, "", "not an object"),
        Rejection(4, 5, "bad", "title is not a text"),
        Rejection(5, 6, "", "there is nothing between two commas"),
        Entry(6, 7, SLOT),
    ]


def test_unknown_keys_are_named_once_and_counted() -> None:
    reading = timeslot_json.read([json.dumps([PLAIN, {**PLAIN, "color": 1}, {**PLAIN, "color": 2}]).encode()])
    assert len(list(reading)) == 3
    assert reading.notes == ["The unknown key 'color' was left out of 2 entries, first of entry 2 (line 1)."]


def test_many_unknown_keys_are_named_in_part_and_counted() -> None:
    values = [{**PLAIN, f"{number:02}{'x' * 200}": 1} for number in range(23)]
    reading = timeslot_json.read([json.dumps(values).encode()])
    assert len(list(reading)) == 23
    assert len(reading.notes) == 21
    assert reading.notes[19] == f"The unknown key '19{'x' * 98}' was left out of 1 entries, first of entry 20 (line 1)."
    assert reading.notes[20] == "More unknown keys were left out of 3 entries."


@pytest.mark.parametrize(
    ("content", "details"),
    [
        (b"", {"line": 1, "reason": "not an array", "entry": 1}),
        (b"{}", {"line": 1, "reason": "not an array", "entry": 1}),
        (b"[", {"line": 1, "reason": "the array does not end", "entry": 1}),
        (b'[\n{"title": "x"', {"line": 2, "reason": "the array does not end", "entry": 1}),
        (b"[1,\n\n", {"line": 3, "reason": "the array does not end", "entry": 2}),
        (b"[1]\nx", {"line": 2, "reason": "there is more behind the array", "entry": 2}),
        (b"[]x", {"line": 1, "reason": "there is more behind the array", "entry": 1}),
    ],
)
def test_what_is_no_array_is_refused_with_its_place(content: bytes, details: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        _read(content, 2)
    assert (caught.value.code, caught.value.details) == ("not_json", details)


@pytest.mark.parametrize("garbage", [b"x", b"5", b"[]", b""])
def test_what_is_mostly_no_objects_is_given_up(garbage: bytes) -> None:
    reading = timeslot_json.read([b"[" + (garbage + b",") * 20_000 + b"5]"])
    with pytest.raises(InvalidInput) as caught:
        list(reading)
    assert caught.value.details == {"entry": MAX_GARBAGE + 1, "line": 1, "reason": "too many elements are not objects"}


def test_an_empty_array_has_no_entries() -> None:
    assert _read(b" [ ]\n") == []


@pytest.mark.parametrize("chunk_size", [1, 100, 65_536])
@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (b'"notes":[{"a":1,"a":2}]', "notes[0].a is there twice"),
        (b'"settings":{"a":{"b":18446744073709551616}}', "settings.a.b is an integer of more than 64 bits"),
        (b'"media":[-9223372036854775809]', "media[0] is an integer of more than 64 bits"),
        (b'"title":"x","notes":[]', "title is there twice"),
        (b'"location":{"name":"a","name":"b"}', "location is there twice"),
        (b'"notes":[1e400]', "not JSON: number is infinity when parsed as double"),
        (b'"notes":["\\ud800"]', "not JSON: no low surrogate in string"),
        (b'"notes":[18446744073709551615,-0.0,1e300,{"\\":":1}],"title":"t"', ""),
    ],
)
def test_what_parsing_would_change_costs_its_entry(member: bytes, reason: str, chunk_size: int, *, spread: bool) -> None:
    plain = json.dumps(PLAIN, indent=1 if spread else None, separators=None if spread else (",", ":")).encode()
    first = plain.rstrip(b"\n}") + b"," + member + b"}"
    entries = _read(b"[" + first + b"," + plain + b"]", chunk_size)
    assert [getattr(entry, "reason", "").partition(": line")[0] for entry in entries] == [reason, ""]
    if not reason and isinstance(entries[0], Entry):
        assert repr(entries[0].slot.notes) == "(18446744073709551615, -0.0, 1e+300, {'\":': 1})"
