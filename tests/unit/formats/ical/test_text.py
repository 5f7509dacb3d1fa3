"""How texts are escaped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats.ical.text import escape, is_exact, unescape

MEANINGS = {"\\": "\\", ",": ",", ";": ";", ":": ":", "n": "\n", "N": "\n"}


def spelt_out(value: str) -> str:
    """Unescape character by character."""
    text = ""
    rest = iter(value)
    for character in rest:
        if character == "\\":
            following = next(rest, "")
            text += MEANINGS.get(following, character + following)
        else:
            text += character
    return text


@given(st.text("\\\\\\,;:nNx "))
def test_every_escape_is_read_from_the_left(value: str) -> None:
    assert unescape(value) == spelt_out(value)


@given(st.text())
def test_what_is_escaped_is_read_back(text: str) -> None:
    if is_exact(text):
        assert unescape(escape(text)) == text
