"""Tells the format of a calendar text by its beginning."""

from __future__ import annotations

import re
from typing import Final, Literal

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Source
from chalicelib.formats import outlook_csv

TextFormat = Literal["ical", "outlook", "timeslot"]

HEAD: Final = 65_536
"""Bytes that are looked at."""

_CALENDAR: Final = re.compile(r"BEGIN[ \t]*[:;](?![ \t]*VCARD\b)", re.IGNORECASE)
_CALENDAR_LINE: Final = re.compile(r"^BEGIN[ \t]*:[ \t]*V(CALENDAR|EVENT)\b", re.IGNORECASE | re.MULTILINE)


def head_of(source: Source, encoding: str) -> str:
    """Give the beginning of the text; what is not text in that encoding is left out, for the format may settle it."""
    raw = source.slice(0, min(HEAD, source.size))
    return raw.decode(encoding, errors="replace").removeprefix("\ufeff")


def recognise(source: Source, encoding: str) -> TextFormat | None:
    """Tell the format, None for one that is not known. Raises `InvalidInput("empty_file")` when there is only space.

    A calendar may have other lines in front of it, as one that was cut out of a mail has.
    """
    head = head_of(source, encoding)
    text = head.lstrip()
    if not text:
        if source.size <= HEAD:
            raise InvalidInput("empty_file")
        return None
    if text[0] == "[":
        return "timeslot"
    if _CALENDAR.match(text):
        return "ical"
    if outlook_csv.recognise(head) is not None:
        return "outlook"
    return "ical" if _CALENDAR_LINE.search(head) else None
