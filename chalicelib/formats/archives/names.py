"""File names that can be written on every system: no folder is left, no device is opened, nothing hides what it is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pathvalidate import sanitize_filename

MAX_NAME: Final = 180
"""Bytes of a name in UTF-8 without its extension: 255 is the limit of the file systems, and numbers are added to some."""
_REPLACEMENT: Final = "_"
_PLAIN: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{5,{MAX_NAME - 1}}}", re.ASCII)
"""What needs no second look; no device's name is that long."""
_SPACE_BEFORE_DOT: Final = re.compile(r"\s+\.")
"""Windows opens the console for ``con .txt`` as well."""
_ESCAPE: Final = re.compile("%(?=[0-9A-Fa-f]{2})")
"""What looks like an escape in an address is decoded once more by one program or another on the way."""
_HIDING: Final = {"Cc", "Cs", "Co", "Cn"}
"""Categories of characters no name needs: controls, lone surrogates, unassigned."""
_BIDI: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF], _REPLACEMENT)
"""Direction marks make a name look like another one (``exe.txt`` for ``txt.exe``)."""


def safe_name(text: str) -> str:
    """Give a file name that says `text` and is one part of a path on Windows, macOS and Linux; ``_`` when nothing is left of it."""
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text[: 2 * MAX_NAME]).translate(_BIDI)
    text = "".join(_REPLACEMENT if unicodedata.category(character) in _HIDING else character for character in text)
    text = _ESCAPE.sub(_REPLACEMENT, _SPACE_BEFORE_DOT.sub(".", text)).encode()[:MAX_NAME].decode(errors="ignore")
    # A leading dash is an option to many a program, a leading dot hides the file, a trailing one Windows cannot write.
    text = text.lstrip(" .-").rstrip(" .")
    return str(sanitize_filename(text, replacement_text=_REPLACEMENT, platform="universal")) or _REPLACEMENT


def collision_key(path: str) -> str:
    """Give the form in which two paths name the same file on a system that ignores case or normalises names."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
