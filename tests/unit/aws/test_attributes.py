from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.attributes import decoded_wire, plain, plain_wire, typed

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.integers(-(10**37), 10**37) | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | NUMBER
    | TEXT
    | st.binary()
    | st.sets(TEXT, min_size=1)
    | st.sets(st.binary(), min_size=1)
    | st.sets(st.integers(), min_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ITEM = st.dictionaries(TEXT, VALUE, max_size=5)


def wire(value: Any) -> Any:
    """Give typed values as JSON carries them: binary in base64."""
    return json.loads(json.dumps(value, default=lambda binary: b64encode(binary).decode()))


@given(ITEM)
def test_values_come_back(item: dict[str, Any]) -> None:
    assert plain(typed(item)) == item
    assert plain_wire([wire(typed(item)), wire(typed(item))]) == [item, item]


@given(st.dictionaries(TEXT, TEXT | st.binary() | st.integers(), max_size=3))
def test_keys_come_back_as_they_are_sent(key: dict[str, Any]) -> None:
    assert decoded_wire(wire(typed(key))) == typed(key)


def test_types_are_dynamodbs() -> None:
    item = {"s": "x", "b": b"x", "n": 1, "f": 1.5, "t": True, "z": None, "l": [1], "m": {"a": "b"}, "ss": {"b", "a"}, "ns": {2, 1}}
    assert typed(item) == {
        "s": {"S": "x"},
        "b": {"B": b"x"},
        "n": {"N": "1"},
        "f": {"N": "1.5"},
        "t": {"BOOL": True},
        "z": {"NULL": True},
        "l": {"L": [{"N": "1"}]},
        "m": {"M": {"a": {"S": "b"}}},
        "ss": {"SS": ["a", "b"]},
        "ns": {"NS": ["1", "2"]},
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        typed({"n": value})


@pytest.mark.parametrize("value", [set(), object(), 1j])
def test_what_has_no_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no type"):
        typed({"n": value})
