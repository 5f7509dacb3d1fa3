"""What a JSON parser loses in silence is noticed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats.exact_json import Loss, is_whole, loss, losses

NAMES = st.sampled_from(["a", "b", 'q":', "back\\", "\\", "é", "", '"', "n\n"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    NAMES,
)
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)))


@given(VALUES, st.booleans())
def test_what_was_kept_is_not_refused(value: Any, spread: bool) -> None:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 if spread else None)
    assert orjson.loads(text) == value
    assert loss(text) is None


@pytest.mark.parametrize("blank", [b"", b" ", b"\n", b"\t", b"\r\n "])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":1,"a":2}', Loss("a", twice=True)),
        (b'{"a":1,"a":1}', None),
        (b'{"a":1,"\\u0061":2}', Loss("a", twice=True)),
        (b'{"a":[{"b":{"c":1,"d":1,"c":null}}]}', Loss("a[0].b.c", twice=True)),
        (b'{"x" :1,"b":2,"b":3}', Loss("b", twice=True)),
        (b'{"a":18446744073709551615,"b":-9223372036854775808}', None),
        (b'{"a":18446744073709551616}', Loss("a", twice=False)),
        (b"[[-9223372036854775809]]", Loss("[0][0]", twice=False)),
        (b'{"a":[0,' + b"9" * 300 + b"]}", Loss("a[1]", twice=False)),
        (b'{"a":1e300,"b":-0.0,"c":1e18}', None),
        (b'{"a":"\\":","b":"\\\\"}', None),
    ],
)
def test_loss_is_named_with_its_place(text: bytes, blank: bytes, expected: Loss | None) -> None:
    text = text.replace(b'":', b'"' + blank + b":", 1) if b'\\":' not in text else text
    value = orjson.loads(text)
    assert (None if is_whole(text, value) else loss(text)) == expected


def test_elements_are_told_apart() -> None:
    assert losses(b'[{"a":1},{"b":{"c":1,"c":2}},7,{"d":-18446744073709551616}]') == {
        1: Loss("b.c", twice=True),
        3: Loss("d", twice=False),
    }
    assert Loss("b.c", twice=True).reason == "b.c is there twice"
    assert Loss("d", twice=False).reason == "d is an integer of more than 64 bits"
