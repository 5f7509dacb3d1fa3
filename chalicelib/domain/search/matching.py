"""A search, compiled once into a predicate over the objects of one type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.search.language import Complex, Element, In, Match, Range, Search
from chalicelib.domain.search.text import Test, fold, phrase_test, wildcard_test, word_tests
from chalicelib.domain.search.vocabulary import Field, Vocabulary

Predicate = Callable[[Any], bool]


def compile_search(search: Search, vocabulary: Vocabulary) -> Predicate:
    """Give the predicate that tells whether an object is found.

    It is found when every ``must`` holds, no ``must_not`` does, and, where there are any ``should``, one of those.
    """
    return _together(search.elements, vocabulary)


def _together(elements: Iterable[Element], vocabulary: Vocabulary) -> Predicate:
    must: list[Predicate] = []
    should: list[Predicate] = []
    must_not: list[Predicate] = []
    lists = {"must": must, "should": should, "must_not": must_not}
    for element in elements:
        lists[element.bool].append(_predicate(element, vocabulary))

    def matches(found: Any) -> bool:
        return (
            all(holds(found) for holds in must)
            and not any(holds(found) for holds in must_not)
            and (not should or any(holds(found) for holds in should))
        )

    return matches


def _predicate(element: Element, vocabulary: Vocabulary) -> Predicate:
    match element:
        case Match():
            return _match(element, [vocabulary(name) for name in element.fields])
        case In():
            return _in(element, [vocabulary(name) for name in element.fields])
        case Range():
            return _range(element, vocabulary(element.field))
        case Complex():
            return _together(element.elements, vocabulary)


def _match(element: Match, fields: Sequence[Field]) -> Predicate:
    tests: Sequence[Test]
    match element.mode:
        case "fulltext":
            tests = word_tests(element.string)
        case "token":
            tests = [phrase_test(element.string)]
        case "wildcard":
            tests = [wildcard_test(element.string)]

    def matches(found: Any) -> bool:
        texts = [fold(text) for field in fields for text in field.values(found)]
        return all(any(test(text) for text in texts) for test in tests)

    return matches


def _in(element: In, fields: Sequence[Field]) -> Predicate:
    wanted = element.values - {None}
    or_nothing = None in element.values

    def matches(found: Any) -> bool:
        for field in fields:
            values = field.values(found)
            if not wanted.isdisjoint(values) or (or_nothing and not values):
                return True
        return False

    return matches


def _range(element: Range, field: Field) -> Predicate:
    low, high = element.low, element.high
    if field.within is not None:
        within = field.within
        earliest = low if isinstance(low, datetime) else None
        latest = high if isinstance(high, datetime) else None
        return lambda found: within(found, earliest, latest)
    form: Callable[[Any], Any] = fold if isinstance(low, str) or isinstance(high, str) else _as_it_is
    bottom: Any = None if low is None else form(low)
    top: Any = None if high is None else form(high)

    def matches(found: Any) -> bool:
        values = map(form, field.values(found))
        return any((bottom is None or bottom <= value) and (top is None or value <= top) for value in values)

    return matches


def _as_it_is(value: Any) -> Any:
    return value
