"""Names that stand in addresses: letters and digits of any script, and dashes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from chalicelib.domain.conventions import MAX_SLUG

_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
_SLUG: Final = re.compile(r"[^\W_](?:[\w-]*\w)?")


def slug_of(title: str) -> str:
    """Make a slug of a title: lower case, words joined by dashes (``ביגור 16`` becomes ``ביגור-16``); may be empty."""
    return _BETWEEN_WORDS.sub("-", unicodedata.normalize("NFC", title).lower()).strip("-")[:MAX_SLUG].strip("-")


def normal_slug(slug: str) -> str:
    """Give the one form in which a slug is stored and looked up: Unicode's NFC, without surrounding blanks."""
    return unicodedata.normalize("NFC", slug.strip())


def is_slug(slug: str) -> bool:
    """Whether it can stand in an address as it is: word characters and dashes, not at the ends, at most `MAX_SLUG`."""
    return len(slug) <= MAX_SLUG and _SLUG.fullmatch(slug) is not None
