"""A search as it is sent, parsed into values, with bounds on everything that could make it expensive.

Every refusal is an `InvalidInput` whose code is one of ``type_mismatch``, ``invalid_value``, ``attribute_expected`` and
``attribute_not_accepted``, and whose `path` leads to what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, NamedTuple, NoReturn, get_args

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.search.text import fold, words
from chalicelib.domain.search.vocabulary import Kind, Kinds
from chalicelib.domain.slots import instant

Bool = Literal["must", "should", "must_not"]
Mode = Literal["fulltext", "token", "wildcard"]
Order = Literal["ASC", "DESC"]
Path = tuple[str | int, ...]

MAX_DEPTH: Final = 20
"""Levels of ``complex`` inside each other."""
MAX_ELEMENTS: Final = 200
"""Elements in a search, nested ones included."""
MAX_VALUES: Final = 1_000
"""Values in all ``in`` elements together."""
MAX_FIELDS: Final = 50
"""Fields in an element, or in the sort."""
MAX_STRING: Final = 1_000
"""Characters of a string to look for."""
MAX_WILDCARDS: Final = 10
"""Asterisks in a wildcard."""


class Match(NamedTuple):
    """Text that occurs in one of the fields, whatever its case and diacritics."""

    bool: Bool
    fields: tuple[str, ...]
    string: str
    mode: Mode


class In(NamedTuple):
    """Exactly one of the values, in one of the fields; None stands for a field with nothing in it."""

    bool: Bool
    fields: tuple[str, ...]
    values: frozenset[str | datetime | None]


class Range(NamedTuple):
    """A value between two bounds, both inclusive; None: no bound."""

    bool: Bool
    field: str
    low: str | datetime | None
    high: str | datetime | None


class Complex(NamedTuple):
    """A search inside the search."""

    bool: Bool
    elements: tuple[Element, ...]


Element = Match | In | Range | Complex


class Sort(NamedTuple):
    """One criterion of the order."""

    field: str
    descending: bool


class Search(NamedTuple):
    """What to take and in which order; without elements everything, without sort by start and then by uid."""

    elements: tuple[Element, ...] = ()
    sort: tuple[Sort, ...] = ()


def parse(document: Mapping[str, Any], kinds: Kinds, *, path: Path = ()) -> Search:
    """Read a search; `path` is where it stands in what was sent. Raises `InvalidInput`."""
    return _Parser(kinds).search(document, path)


def refuse(code: str, path: Path, **details: object) -> NoReturn:
    """Raise the `InvalidInput` for what stands at `path`."""
    raise InvalidInput(code, path=list(path), **details)


class _Parser:
    """Counts over the whole search what is bounded."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._elements = 0
        self._values = 0

    def search(self, document: Any, path: Path) -> Search:
        sent = _object(document, path, allowed=("search", "sort"))
        elements = self._list_of_elements(sent.get("search") or [], (*path, "search"), depth=1)
        sort = _list(sent.get("sort") or [], (*path, "sort"), limit=MAX_FIELDS)
        return Search(elements, tuple(self._sort(item, (*path, "sort", place)) for place, item in enumerate(sort)))

    def _sort(self, item: Any, path: Path) -> Sort:
        sent = _object(item, path, allowed=("field", "order"))
        field, _ = self._field(_expect(sent, "field", path), (*path, "field"))
        return Sort(field, _choice(sent.get("order", "ASC"), get_args(Order), (*path, "order")) == "DESC")

    def _list_of_elements(self, sent: Any, path: Path, *, depth: int) -> tuple[Element, ...]:
        if depth > MAX_DEPTH:
            refuse("invalid_value", path, reason="nested too deeply", limit=MAX_DEPTH)
        elements = _list(sent, path, limit=MAX_ELEMENTS)
        self._elements += len(elements)
        if self._elements > MAX_ELEMENTS:
            refuse("invalid_value", path, reason="too many elements", limit=MAX_ELEMENTS)
        return tuple(self._element(element, (*path, place), depth=depth) for place, element in enumerate(elements))

    def _element(self, element: Any, path: Path, *, depth: int) -> Element:
        sent = _object(element, path)
        match _choice(_expect(sent, "type", path), ("match", "in", "range", "complex"), (*path, "type")):
            case "match":
                return self._match(sent, path)
            case "in":
                return self._in(sent, path)
            case "range":
                return self._range(sent, path)
            case _:
                _object(element, path, allowed=("type", "bool", "search"))
                nested = self._list_of_elements(_expect(sent, "search", path), (*path, "search"), depth=depth + 1)
                return Complex(_bool(sent, path), nested)

    def _match(self, sent: Mapping[str, Any], path: Path) -> Match:
        _object(sent, path, allowed=("type", "bool", "string", "fields", "mode"))
        mode: Mode = _choice(sent.get("mode", "fulltext"), get_args(Mode), (*path, "mode"))
        string = _text(_expect(sent, "string", path), (*path, "string"))
        if mode != "wildcard" and not words(string):
            refuse("invalid_value", (*path, "string"), reason="no word to look for")
        if mode == "wildcard" and not string:
            refuse("invalid_value", (*path, "string"), reason="nothing to look for")
        if mode == "wildcard" and fold(string).count("*") > MAX_WILDCARDS:
            refuse("invalid_value", (*path, "string"), reason="too many wildcards", limit=MAX_WILDCARDS)
        if not sent.get("fields"):
            fields = tuple(name for name, kind in self._kinds.fields.items() if kind == "text")
        else:
            fields, _ = self._fields(sent["fields"], (*path, "fields"), kind="text")
        return Match(_bool(sent, path), fields, string, mode)

    def _in(self, sent: Mapping[str, Any], path: Path) -> In:
        _object(sent, path, allowed=("type", "bool", "fields", "in"))
        fields, kind = self._fields(_expect(sent, "fields", path), (*path, "fields"))
        values = _list(_expect(sent, "in", path), (*path, "in"), limit=MAX_VALUES)
        self._values += len(values)
        if self._values > MAX_VALUES:
            refuse("invalid_value", (*path, "in"), reason="too many values", limit=MAX_VALUES)
        return In(_bool(sent, path), fields, frozenset(_value(value, kind, (*path, "in", n)) for n, value in enumerate(values)))

    def _range(self, sent: Mapping[str, Any], path: Path) -> Range:
        _object(sent, path, allowed=("type", "bool", "field", "from", "to"))
        field, kind = self._field(_expect(sent, "field", path), (*path, "field"))
        low = _value(sent.get("from"), kind, (*path, "from"))
        high = _value(sent.get("to"), kind, (*path, "to"), ends=True)
        if low is None and high is None:
            refuse("attribute_expected", path, attribute="from", reason="a range has from, to or both")
        return Range(_bool(sent, path), field, low, high)

    def _fields(self, sent: Any, path: Path, *, kind: Kind | None = None) -> tuple[tuple[str, ...], Kind]:
        names = _list(sent, path, limit=MAX_FIELDS)
        if not names:
            refuse("invalid_value", path, reason="at least one field")
        fields = [self._field(name, (*path, place), kind=kind) for place, name in enumerate(names)]
        common = fields[0][1]
        for place, (_, own) in enumerate(fields):
            if own != common:
                refuse("invalid_value", (*path, place), reason="text and times cannot be mixed in one element")
        return tuple(name for name, _ in fields), common

    def _field(self, name: Any, path: Path, *, kind: Kind | None = None) -> tuple[str, Kind]:
        found = self._kinds.kind(_text(name, path))
        if found is None:
            refuse("invalid_value", path, value=name, reason="unknown field")
        if kind is not None and found != kind:
            refuse("invalid_value", path, value=name, reason="holds no text")
        return name, found


def _bool(sent: Mapping[str, Any], path: Path) -> Bool:
    chosen: Bool = _choice(sent.get("bool", "must"), get_args(Bool), (*path, "bool"))
    return chosen


def _object(value: Any, path: Path, *, allowed: Sequence[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        refuse("type_mismatch", path, expected="object")
    for name in value:
        if allowed is not None and name not in allowed:
            refuse("attribute_not_accepted", (*path, name))
    return value


def _list(value: Any, path: Path, *, limit: int) -> Sequence[Any]:
    if not isinstance(value, list):
        refuse("type_mismatch", path, expected="array")
    if len(value) > limit:
        refuse("invalid_value", path, reason="too many", limit=limit)
    return value


def _text(value: Any, path: Path) -> str:
    if not isinstance(value, str):
        refuse("type_mismatch", path, expected="string")
    if len(value) > MAX_STRING:
        refuse("invalid_value", path, reason="too long", limit=MAX_STRING)
    return value


def _choice(value: Any, choices: Sequence[str], path: Path) -> Any:
    if _text(value, path) not in choices:
        refuse("invalid_value", path, value=value, expected=list(choices))
    return value


def _expect(sent: Mapping[str, Any], name: str, path: Path) -> Any:
    if name not in sent:
        refuse("attribute_expected", path, attribute=name)
    return sent[name]


def _value(value: Any, kind: Kind, path: Path, *, ends: bool = False) -> str | datetime | None:
    """Read a value to compare with; a date that `ends` a range stands for its last moment."""
    if value is None:
        return None
    if kind == "text":
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value, path)
    try:
        text = _text(value, path)
        if len(text) == len("2026-01-01"):
            day = instant(datetime.combine(date.fromisoformat(text), time()))
            return day + timedelta(days=1, microseconds=-1) if ends else day
        return instant(datetime.fromisoformat(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse("invalid_value", path, value=value, expected="an ISO-8601 date or date and time")
