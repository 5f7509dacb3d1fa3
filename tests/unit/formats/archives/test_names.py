"""File names for every system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathvalidate import is_valid_filename

from chalicelib.domain.exports import is_plain_path
from chalicelib.formats.archives.names import MAX_NAME, collision_key, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Team meeting", "Team meeting"),
        ("שלום", "שלום"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c", "a_b_c"),
        ("CON", "CON_"),
        ("con .txt", "con_.txt"),
        ("COM¹", "COM¹_"),
        ("x. ", "x"),
        ("50% off, a%2Fb", "50% off, a_2Fb"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("line\nbreak\x00", "line_break_"),
        ('a:b"<>|?*', "a_b______"),
        ("\u202etxt.exe", "_txt.exe"),
        ("\ud800", "_"),
        ("..", "_"),
        ("", "_"),
    ],
)
def test_safe_name_of(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_long_names_are_cut_between_characters() -> None:
    assert safe_name("😀" * 100) == "😀" * (MAX_NAME // 4)
    assert safe_name("x" * 300) == "x" * MAX_NAME


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_every_text_gives_a_name_that_unpacks_anywhere(text: str) -> None:
    name = safe_name(text)

    assert is_plain_path(name)
    assert "/" not in name
    assert is_valid_filename(name, platform="universal")
    assert len(name.encode()) <= MAX_NAME + 1
    assert safe_name(name) == name


@pytest.mark.parametrize(("first", "second"), [("Straße", "STRASSE"), ("É", "e\u0301"), ("A.json", "a.json")])
def test_collision_key_is_equal_where_a_file_system_ignores_the_difference(first: str, second: str) -> None:
    assert collision_key(first) == collision_key(second)
