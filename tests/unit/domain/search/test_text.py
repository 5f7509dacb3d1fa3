from __future__ import annotations

import pytest

from chalicelib.domain.search.text import fold, phrase_test, wildcard_test, word_tests, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Team MEETING", "team meeting"),
        ("Café Zürich", "cafe zurich"),
        ("STRASSE straße", "strasse strasse"),
        ("Łódź Ærø", "lodz aero"),
        ("שָׁלוֹם", "שלום"),
        ("İstanbul Iğdır", "istanbul igdir"),
        ("がか", "がか"),
        ("हिन्दी", "हिन्दी"),
        ("ＡＢＣ", "abc"),
        ("Ελλάδα", "ελλαδα"),
    ],
)
def test_fold_ignores_case_and_diacritics_in_any_script(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_fold_is_idempotent_where_folding_changes_a_letter_that_has_marks() -> None:
    for code in range(0x250, 0x2000):
        once = fold(chr(code))
        assert fold(once) == once, hex(code)


def test_words_are_what_stands_between_other_characters() -> None:
    assert words("Don't panic: 42-ÉTÉ") == ["don", "t", "panic", "42", "ete"]


def test_word_tests_take_whole_words_only() -> None:
    (test,) = word_tests("meet")
    assert [test(fold(text)) for text in ("Meet me", "let's MEET", "meeting", "re-meet", "xmeet")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_phrase_test_takes_neighbours_in_order() -> None:
    test = phrase_test("big - Team")
    assert [test(fold(text)) for text in ("the big team", "big, team!", "team big", "big new team", "big teams")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("meet*", "Meeting", True),
        ("meet*", "the meeting", True),
        ("meet*", "themeeting", False),
        ("*ting", "the Meeting", True),
        ("m?et", "meet", True),
        ("m?et", "meeet", False),
        ("team*room", "Team A in the big room", True),
        ("a*b*c", "acb", False),
        ("a*b*c", "aXbYbZc", True),
        ("*", "", True),
        ("50\\*", "50*", True),
        ("50\\*", "501", False),
        ("a[b]c", "a[b]c", True),
        ("caf?", "CAFÉ", True),
        ("a\\", "a\\", True),
    ],
)
def test_wildcard_test(pattern: str, text: str, expected: bool) -> None:
    assert wildcard_test(pattern)(fold(text)) is expected


def test_wildcard_is_linear_in_the_text() -> None:
    assert wildcard_test("*a*a*a*a*a*a*a*a*a*b")("a" * 100_000) is False
