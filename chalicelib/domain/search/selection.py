"""What a table can select by key and range before the predicate looks at anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from chalicelib.domain.search.language import Complex, Element, In, Range, Search
from chalicelib.domain.slots import Window

_MOMENT: Final = timedelta(microseconds=1)
EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)
"""A day inside what a `datetime` can hold, so that every zone can print them."""


class Selection(NamedTuple):
    """A superset of what a search finds: the objects that fulfil all of these."""

    window: Window | None = None
    """They overlap it, or recur."""
    group: str | None = None
    """They are in it."""
    keys: frozenset[str] | None = None
    """They are named so (``uid`` or ``id``)."""


def selection_of(search: Search, *, key: str) -> Selection:
    """Tell what of `search` keys and ranges can serve; `key` is the field that names an object for good."""
    window: Window | None = None
    groups: frozenset[str] | None = None
    keys: frozenset[str] | None = None
    for element in _required(search.elements):
        match element:
            case Range(field="start" | "end", low=low, high=high):
                window = _narrower(window, _window(low, high))
            case In(fields=("group.uuid",), values=values) if (named := _texts(values)) is not None:
                groups = named if groups is None else groups & named
            case In(fields=(field,), values=values) if field == key and (named := _texts(values)) is not None:
                keys = named if keys is None else keys & named
    group = next(iter(groups)) if groups is not None and len(groups) == 1 else None
    return Selection(window, group, keys)


def _required(elements: tuple[Element, ...]) -> Iterator[Element]:
    """Yield the elements that everything found fulfils, those of nested searches too."""
    should = [element for element in elements if element.bool == "should"]
    for element in elements:
        if element.bool == "must" or should == [element]:
            if isinstance(element, Complex):
                yield from _required(element.elements)
            else:
                yield element


def _window(low: object, high: object) -> Window:
    """Give a half-open window that whatever starts or ends between two inclusive bounds overlaps."""
    earliest = low if isinstance(low, datetime) and low > EARLIEST else EARLIEST
    latest = high if isinstance(high, datetime) and high < LATEST else LATEST
    return Window(earliest - _MOMENT, max(latest, earliest) + _MOMENT)


def _narrower(one: Window | None, other: Window) -> Window:
    """Give the shorter of two windows: what overlaps both need not overlap their intersection."""
    return other if one is None or other.latest - other.earliest < one.latest - one.earliest else one


def _texts(values: frozenset[str | datetime | None]) -> frozenset[str] | None:
    texts = frozenset(value for value in values if isinstance(value, str))
    return texts if len(texts) == len(values) else None
