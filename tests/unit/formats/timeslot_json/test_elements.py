"""The array is cut at the same places however its bytes arrive, and hostile ones end soon."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.formats.timeslot_json.elements import MAX_ELEMENT, batches
from tests.unit.formats.strategies import json_values


def _chunks(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


def _values(content: bytes, size: int) -> list[Any]:
    found: list[Any] = []
    for batch in batches(_chunks(content, size)):
        found += batch.values if batch.values is not None else [("bad", batch.raw)]
    return found


@given(st.lists(json_values, max_size=6), st.sampled_from((None, 1)), st.sampled_from((1, 3, 50, 10_000)))
def test_any_array_is_cut_into_its_elements(values: list[Any], indent: int | None, size: int) -> None:
    content = json.dumps(values, indent=indent, separators=(",", ":"), ensure_ascii=False).encode()
    assert _values(content, size) == values


@given(st.lists(st.dictionaries(st.sampled_from(("uid", "},{", '"')), json_values), max_size=6), st.sampled_from((9, 10_000)))
def test_what_looks_like_a_joint_is_none(values: list[Any], size: int) -> None:
    content = json.dumps(values, separators=(",", ":")).encode()
    assert _values(content, size) == values


def test_compact_elements_are_parsed_many_at_once() -> None:
    values = [{"uid": str(number), "media": [{"a": 1}, {"b": 2}]} for number in range(100)]
    found = list(batches([orjson.dumps(values)]))
    assert [len(batch.values or ()) for batch in found] == [99, 1]


def test_the_place_behind_an_element_is_told() -> None:
    content = b'[{"uid":"a","x":"},{"},{"uid":"b"} ,\n{"uid":"c"}]'
    found = list(batches([content]))
    places = [batch.after(index) for batch in found for index in range(len(batch.values or ()))]
    assert [content[offset:] for offset, _ in places] == [b',{"uid":"b"} ,\n{"uid":"c"}]', b',\n{"uid":"c"}]', b"]"]
    assert [line for _, line in places] == [1, 1, 2]


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["'])
def test_a_nesting_bomb_is_one_bad_element(opening: bytes) -> None:
    bomb = opening * 10_000
    with pytest.raises(InvalidInput, match="the array does not end"):
        _values(b"[" + bomb, 1_000)


def test_deep_nesting_that_ends_is_no_json_to_us() -> None:
    bomb = b"[" * 10_000 + b"]" * 10_000
    assert _values(b"[" + bomb + b",5]", 1_000) == [("bad", bomb), 5]


def test_an_element_without_end_is_given_up() -> None:
    def endless() -> Any:
        yield b'["'
        for _ in range(100):
            yield b"x" * 1_000_000
        raise AssertionError("read on")

    with pytest.raises(InvalidInput) as caught:
        list(batches(endless()))
    assert (caught.value.code, caught.value.details) == ("entry_too_large", {"line": 1, "limit": MAX_ELEMENT})


def test_bad_elements_among_compact_ones_do_not_cost_the_others() -> None:
    content = b"[" + b",".join([b'{"uid":"a"}', b'{"uid":}', b'{"uid":"b"}'] * 500) + b"]"
    assert _values(content, 4_096) == [{"uid": "a"}, ("bad", b'{"uid":}'), {"uid": "b"}] * 500


def test_a_bracket_too_many_does_not_end_the_array() -> None:
    assert _values(b'[{"a":1}},{"b":2}]', 5) == [("bad", b'{"a":1}}'), {"b": 2}]
