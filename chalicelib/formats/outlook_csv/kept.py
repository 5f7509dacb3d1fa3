"""What Outlook's columns say beyond a slot's fields: kept as iCalendar text, and found again in any kept text.

The mapping is Outlook's own between its items and iCalendar ([MS-OXCICAL] §2.1.3.1.1.20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.domain.slots import MAX_TEXT, Slot
from chalicelib.formats.ical.extras import PREFIX, lines_of
from chalicelib.formats.ical.lines import Line, parse_params, walk
from chalicelib.formats.ical.text import escape, fold, unescape
from chalicelib.formats.ical.times import parse_duration
from chalicelib.formats.outlook_csv.cells import MAX_WORD, guard, unguard

BILLING: Final = PREFIX + "BILLING"
MILEAGE: Final = PREFIX + "MILEAGE"
BUSY_STATUS: Final = "X-MICROSOFT-CDO-BUSYSTATUS"
"""Free, tentative, busy, out of office, elsewhere: the positions are Outlook's numbers."""

SHOW_AS: Final = ("FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE")
_SHOW_WORDS: Final = {
    "": "BUSY", "busy": "BUSY", "gebucht": "BUSY", "beschäftigt": "BUSY", "occupé": "BUSY", "occupé(e)": "BUSY",
    "ocupado": "BUSY", "free": "FREE", "frei": "FREE", "libre": "FREE", "disponible": "FREE",
    "tentative": "TENTATIVE", "mit vorbehalt": "TENTATIVE", "provisoire": "TENTATIVE", "provisional": "TENTATIVE",
    "out of office": "OOF", "abwesend": "OOF", "absent": "OOF", "absent(e)": "OOF", "fuera de la oficina": "OOF",
}  # fmt: skip
_HIGH: Final = frozenset(("high", "hoch", "haute", "élevée", "alta"))
_LOW: Final = frozenset(("low", "niedrig", "basse", "faible", "baja"))
_CLASSES: Final = {
    **dict.fromkeys(("personal", "persönlich", "personnel", "personnelle"), "X-PERSONAL"),
    **dict.fromkeys(("confidential", "vertraulich", "confidentiel", "confidentielle", "confidencial"), "CONFIDENTIAL"),
}
_ROLES: Final = {
    "required": ";ROLE=REQ-PARTICIPANT",
    "optional": ";ROLE=OPT-PARTICIPANT",
    "resources": ";CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT",
}
_TEXTS: Final = frozenset(("organizer", "required", "optional", "resources", "categories", "billing", "mileage"))
"""Columns of free text that slots have no field for."""
_CARETS: Final = str.maketrans({"^": "^^", '"': "^'", "\n": "^n", "\r": None})
_UNESCAPED_COMMA: Final = re.compile(r"(?<!\\),")


class Kept(NamedTuple):
    """What kept text says for columns that slots have no field for."""

    cells: Mapping[str, str]
    """Texts by column, guarded."""
    priority: int
    """1 high, 0 normal, -1 low."""
    sensitivity: str
    """`CONFIDENTIAL`, `X-PERSONAL` or empty."""
    alert: timedelta | None
    """How long before the start the first alarm is."""


# rows to text


def with_columns(slot: Slot, cell: Mapping[str, str]) -> Slot:
    """Give the slot with kept text if the row says anything that its fields do not. Raises `ValueError` saying why not."""
    if _TEXTS.isdisjoint(cell) and _is_usual(_word(cell, "priority"), _word(cell, "sensitivity"), _word(cell, "show_as")):
        return slot
    extra = list(_extra_lines(cell))
    if not extra:
        return slot
    names = {line.name for line in extra}
    lines = [line for line in lines_of(slot, {}) if line.name not in names]
    text = "".join(["BEGIN:VEVENT\r\n", *(fold(line.text) for line in (*lines, *extra)), "END:VEVENT\r\n"])
    return slot._replace(ical=text)


@lru_cache(maxsize=256)
def _is_usual(priority: str, sensitivity: str, shown: str) -> bool:
    """Whether there is nothing to keep of these cells: so it is in nearly all rows."""
    return not list(_extra_lines({"priority": priority, "sensitivity": sensitivity, "show_as": shown}))


def _extra_lines(cell: Mapping[str, str]) -> Iterator[Line]:
    texts = {column: unguard(cell.get(column, "")).strip() for column in _TEXTS}
    for column, text in texts.items():
        if len(text) > MAX_TEXT:
            raise ValueError(f"the {column} have {len(text)} characters, over the limit of {MAX_TEXT}")
        if "\0" in text:
            raise ValueError(f"the {column} have a NUL character in them")
    yield from _people(texts)
    if texts["categories"]:
        separator = ";" if ";" in texts["categories"] else ","
        names = [name.strip() for name in texts["categories"].split(separator)]
        yield Line("CATEGORIES", "", ",".join(escape(name) for name in names if name))
    sensitivity = _CLASSES.get(_word(cell, "sensitivity"))
    if sensitivity:
        yield Line("CLASS", "", sensitivity)
    priority = _word(cell, "priority")
    if priority in _HIGH or priority in _LOW:
        yield Line("PRIORITY", "", "1" if priority in _HIGH else "9")
    shown = _shown(_word(cell, "show_as"))
    if shown != "BUSY":
        if shown == "FREE":
            yield Line("TRANSP", "", "TRANSPARENT")
        yield Line(BUSY_STATUS, "", shown)
    if texts["billing"]:
        yield Line(BILLING, "", escape(texts["billing"]))
    if texts["mileage"]:
        yield Line(MILEAGE, "", escape(texts["mileage"]))


def _word(cell: Mapping[str, str], column: str) -> str:
    """Give a cell of few words in the form in which words are compared."""
    return cell.get(column, "")[: MAX_WORD + 1].strip().casefold()


def _people(texts: Mapping[str, str]) -> Iterator[Line]:
    """Yield the organizer and the attendees, of whom Outlook writes only the names."""
    if texts["organizer"]:
        yield _person("ORGANIZER", "", texts["organizer"])
    for column, role in _ROLES.items():
        for name in texts[column].split(";"):
            if name.strip():
                yield _person("ATTENDEE", role, name.strip())


def _person(kind: str, role: str, name: str) -> Line:
    """Name a person; `invalid:nomail` is what Outlook itself writes where it knows no address."""
    address = f"mailto:{name}" if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", name) else "invalid:nomail"
    return Line(kind, f'{role};CN="{name.translate(_CARETS)}"', address)


def _shown(word: str) -> str:
    if word.isdecimal() and int(word) < len(SHOW_AS):
        return SHOW_AS[int(word)]
    if word not in _SHOW_WORDS:
        raise ValueError("Show time as is none of 0 to 4")
    return _SHOW_WORDS[word]


# text to rows


def kept_columns(text: str) -> Kept:
    """Find what the first event of a kept text says for Outlook's columns."""
    cells: dict[str, str] = {}
    people: dict[str, list[str]] = {}
    categories: list[str] = []
    priority, sensitivity, shown = 0, "", ""
    alert: timedelta | None = None
    inside = False
    for depth, line in walk(text):
        if line.name == "BEGIN" and depth == 1:
            inside = line.value.strip().upper() == "VEVENT"
        elif line.name == "END" and depth == 1 and inside:
            break
        elif not inside:
            continue
        elif depth == 2 and line.name == "TRIGGER" and alert is None:
            alert = _before(line)
        elif depth > 1:
            continue
        elif line.name in ("ORGANIZER", "ATTENDEE"):
            people.setdefault(_column_of(line), []).append(_name(line))
        elif line.name == "CATEGORIES":
            categories += [unescape(part) for part in _UNESCAPED_COMMA.split(line.value)]
        elif line.name == "PRIORITY" and line.value.strip() in _PRIORITIES:
            priority = _PRIORITIES[line.value.strip()]
        elif line.name == "CLASS" and line.value.strip().upper() in _CLASSES.values():
            sensitivity = line.value.strip().upper()
        elif line.name == "TRANSP" and line.value.strip().upper() == "TRANSPARENT":
            shown = shown or "FREE"
        elif line.name == BUSY_STATUS and line.value.strip().upper() in SHOW_AS:
            shown = line.value.strip().upper()
        elif line.name == BILLING:
            cells["billing"] = guard(unescape(line.value))
        elif line.name == MILEAGE:
            cells["mileage"] = guard(unescape(line.value))
    cells |= {column: guard("; ".join(names)) for column, names in people.items()}
    if categories:
        cells["categories"] = guard(";".join(categories))
    if shown:
        cells["show_as"] = str(SHOW_AS.index(shown))
    return Kept(cells, priority, sensitivity, alert)


_PRIORITIES: Final = {**dict.fromkeys("1234", 1), **dict.fromkeys("6789", -1)}
"""RFC 5545 §3.8.1.9: 1 to 4 is high, 6 to 9 low."""


def _column_of(line: Line) -> str:
    if line.name == "ORGANIZER":
        return "organizer"
    params = parse_params(line.params)
    role = _first(params, "ROLE")
    if _first(params, "CUTYPE") in ("RESOURCE", "ROOM"):
        return "resources"
    return "optional" if role in ("OPT-PARTICIPANT", "NON-PARTICIPANT") else "required"


def _name(line: Line) -> str:
    params = parse_params(line.params)
    names = params.get("CN")
    return names[0] if names else re.sub(r"(?i)^mailto:", "", line.value)


def _first(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name)
    return values[0].upper() if values else ""


def _before(line: Line) -> timedelta | None:
    """Read a trigger that stands before the start; None for any other."""
    params = parse_params(line.params)
    if _first(params, "RELATED") == "END" or _first(params, "VALUE") == "DATE-TIME":
        return None
    try:
        duration = sum(parse_duration(line.value), timedelta())
    except (ValueError, OverflowError):
        return None
    return -duration if duration <= timedelta() else None
