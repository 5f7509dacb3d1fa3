"""Kept text that knows what writing it needs, so that writing it is copying."""

from __future__ import annotations

import re
from typing import Final

_NO_ZONE_FIRST: Final = re.compile(r"\n(?:RECURRENCE-ID|RDATE|EXDATE)(?!;TZID=)")
"""Times of occurrences; those of most name their zone right away."""
_FLOATING_TIMES: Final = re.compile(
    r"\n(?:RECURRENCE-ID|RDATE|EXDATE)"
    r"""(?:;(?!TZID=)[^=:;\n]*+=(?:"[^"\n]*+"|[^":;\n])*+)*+:(?:[^\n]*[,/])?[0-9]{8}T[0-9]{6}(?!Z)"""
)


class NotedText(str):
    """The kept text of one event, all times of which are instants, dates, or in one of `zones`.

    It is noted where that costs next to nothing: when the event is read, and when it is edited. To everybody else it is
    text like any other.
    """

    __slots__ = ("octets", "places", "zones")

    octets: bytes | None
    """The text in UTF-8; None as long as it has not been encoded, which for ASCII is copying."""
    zones: tuple[str, ...]
    """The TZIDs it names, each of a known zone."""
    places: re.Match[str] | None
    """Where in the octets an edit finds what it replaces, as `quick.EVENT` found it; None when that is not known.
    It holds the block that was read, so it is noted of small blocks only: an event that was read alone, as one that is
    edited right away is."""


def noted(text: str, zones: tuple[str, ...], octets: bytes | None = None) -> NotedText:
    """Note what an edited text needs."""
    new = NotedText(text)
    new.octets = octets
    new.zones = zones
    new.places = None
    return new


def names_floating_times(text: str) -> bool:
    """Whether an event names times of its occurrences that belong to no zone."""
    if _NO_ZONE_FIRST.search(text) is None:
        return False
    return _FLOATING_TIMES.search("".join(text.split("\r\n "))) is not None
