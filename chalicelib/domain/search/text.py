"""Text as a search sees it: without case and diacritics, in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

_WORD: Final = re.compile(r"\w+")
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "þ": "th"}
)
"""Latin letters whose stroke or ligature Unicode does not take apart."""
_KEPT_CLASSES: Final = frozenset({0, 6, 7, 8, 9})
"""Combining classes that make another letter and no accent: nukta, kana voicing, virama, and vowel signs (0)."""

Test = Callable[[str], bool]


def fold(text: str) -> str:
    """Give the form in which texts are compared: NFKC, case folded, without diacritics in any script."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in apart if unicodedata.combining(c) in _KEPT_CLASSES)
    return unicodedata.normalize("NFKC", bare).translate(_LETTERS)


def words(text: str) -> Sequence[str]:
    """Give the words of a text, folded."""
    return _WORD.findall(fold(text))


def word_tests(string: str) -> Sequence[Test]:
    """Give a test of folded text for each word of `string`: it is there, as a whole word."""
    return [_contains_words([word]) for word in dict.fromkeys(words(string))]


def phrase_test(string: str) -> Test:
    """Give a test of folded text: all words of `string` are there, whole and one after another."""
    return _contains_words(words(string))


def wildcard_test(string: str) -> Test:
    r"""Give a test of folded text: all of it, or one of its words, has the shape of `string`.

    `*` is any text, `?` any one character, `\` takes the next character as it is. Each stretch between asterisks is found
    once and for all (an atomic group), so the time is linear in the text, however many there are.
    """
    pieces = [""]
    characters = iter(fold(string))
    for c in characters:
        if c == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if c == "?" else re.escape(next(characters, "\\") if c == "\\" else c)
    first, *rest = pieces
    pattern = first + "".join(f"(?>.*?{piece})" for piece in rest[:-1]) + (f".*{rest[-1]}" if rest else "")
    matches = re.compile(pattern, re.DOTALL).fullmatch
    return lambda text: matches(text) is not None or any(matches(word) is not None for word in _WORD.findall(text))


def _contains_words(wanted: Sequence[str]) -> Test:
    longest = max(wanted, key=len)
    search = re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, wanted)) + r"(?!\w)").search
    return lambda text: longest in text and search(text) is not None
