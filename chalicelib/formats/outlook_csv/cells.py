"""What stands in a cell: free text that no spreadsheet runs, yes and no, dates and times of many places."""

from __future__ import annotations

import re
from datetime import date, time
from functools import lru_cache
from typing import Final, Literal

DateOrder = Literal["mdy", "dmy", "ymd"]

MAX_WORD: Final = 100
"""Characters of a cell that can be a date, a time, or a yes or no: longer ones are not looked at, nor remembered."""
_FORMULA: Final = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""How a cell begins that a spreadsheet may run, or that got apostrophes in front because of that."""
_DATE: Final = re.compile(r"(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?")
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{1,2}))?(?:[:.](\d{1,2})(?:[.,]\d+)?)?\s*([^\W\d][^\d]*)?", re.IGNORECASE)
_HALVES: Final = {"am": 0, "a": 0, "vorm": 0, "vormittags": 0, "pm": 12, "p": 12, "nachm": 12, "nachmittags": 12}
_TRUE: Final = frozenset(("true", "wahr", "vrai", "verdadero", "ein", "on", "ja", "yes", "oui", "sí", "si", "1", "-1"))
_FALSE: Final = frozenset(("", "false", "falsch", "faux", "falso", "aus", "off", "nein", "no", "non", "0"))


def guard(text: str) -> str:
    """Give the cell for a free text: with an apostrophe in front if a spreadsheet would run it as a formula."""
    return "'" + text if _FORMULA.match(text) else text


def unguard(cell: str) -> str:
    """Give the text of a cell: the exact reverse of `guard`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


@lru_cache(maxsize=256)
def truth(cell: str) -> bool | None:
    """Read yes or no in Outlook's languages; None when it is neither."""
    word = cell.strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def told_order(cell: str) -> DateOrder | Literal["either"] | None:
    """Tell the order of a date's parts: `either` if day and month could be swapped, None if nothing can be told.

    A year in front and points between (which nobody writes but day first) need no order.
    """
    match = _DATE.match(cell.strip())
    if match is None or len(match[1]) > 2 or match[2] == ".":
        return None
    if int(match[1]) > 12:
        return "dmy"
    return "mdy" if int(match[3]) > 12 else "either"


@lru_cache(maxsize=4096)
def parse_date(cell: str, order: DateOrder) -> date | None:
    """Read a date; None when it is none. Years of two digits are those from 1969 to 2068 (POSIX `%y`)."""
    match = _DATE.fullmatch(cell)
    if match is None:
        return None
    first, separator, second, third = match.groups()
    if len(first) > 2 or order == "ymd":
        year, month, day = first, second, third
    elif separator == "." or order == "dmy":
        year, month, day = third, second, first
    else:
        year, month, day = third, first, second
    if len(year) == 3 or len(day) > 2:
        return None
    number = int(year)
    if len(year) < 4:
        number += 1900 if number >= 69 else 2000
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def parse_time(cell: str) -> time | None:
    """Read a time of day, of 24 hours or of twice 12; None when it is none."""
    match = _TIME.fullmatch(cell)
    if match is None:
        return None
    hour = int(match[1])
    half = re.sub(r"[\s.]", "", match[4] or "").casefold()
    if half in _HALVES:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + _HALVES[half]
    elif half not in ("", "h", "uhr") or (match[2] is None and half == ""):
        return None
    try:
        return time(hour, int(match[2] or 0), int(match[3] or 0))
    except ValueError:
        return None
