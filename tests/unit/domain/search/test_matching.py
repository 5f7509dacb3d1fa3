"""The compiled search against a naive reading of the same document, and what keys and ranges select of it."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.search import Selection, compile_search, compile_sort, parse, selection_of
from chalicelib.domain.search.objects import SLOT_KINDS, slot_vocabulary
from chalicelib.domain.slots import Group, Location, Slot, Window, instant
from chalicelib.domain.spans import may_touch
from tests.examples import examples

GROUPS = {"g1": Group("g1", "Équipe"), "g2": Group("g2", "Team two")}
DAY = timedelta(days=1)


def daily_for_ten_days(slot: Slot, window: Window) -> Iterable[tuple[datetime, datetime]]:
    """A stand-in for the recurrence rules: every recurring slot recurs daily, ten times."""
    length = (instant(slot.end) - instant(slot.start)) if slot.end else timedelta()
    for n in range(10):
        start = instant(slot.start) + n * DAY
        if start < window.latest and start + length >= window.earliest:
            yield start, start + length


VOCABULARY = slot_vocabulary(GROUPS, daily_for_ten_days)


def found(document: dict[str, Any], slots: Iterable[Slot]) -> list[str]:
    matches = compile_search(parse(document, SLOT_KINDS), VOCABULARY)
    return [slot.uid for slot in slots if matches(slot)]


def slot(uid: str, title: str = "", **more: Any) -> Slot:
    return Slot(uid, title, **{"start": datetime(2026, 1, 10, 9, tzinfo=UTC), **more})


# a naive evaluator that shares nothing with the compiled one


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in plain(text)).split()


def values_of(slot: Slot, field: str) -> list[Any]:
    name, _, part = field.partition(".")
    match name:
        case "location":
            values = [] if slot.location is None else [getattr(slot.location, part)]
        case "group":
            values = list(slot.groups) if part == "uuid" else [GROUPS[uuid].name for uuid in slot.groups]
        case "start" | "end":
            moment = getattr(slot, name)
            values = [] if moment is None else [instant(moment)]
        case _:
            values = [getattr(slot, name)]
    return [value for value in values if value != ""]


def evaluate(elements: list[dict[str, Any]], slot: Slot) -> bool:
    verdicts: dict[str, list[bool]] = {"must": [], "should": [], "must_not": []}
    for element in elements:
        verdicts[element.get("bool", "must")].append(holds(element, slot))
    return all(verdicts["must"]) and not any(verdicts["must_not"]) and (not verdicts["should"] or any(verdicts["should"]))


def holds(element: dict[str, Any], slot: Slot) -> bool:
    match element["type"]:
        case "complex":
            return evaluate(element["search"], slot)
        case "match":
            texts = [value for field in element["fields"] for value in values_of(slot, field)]
            wanted = tokens(element["string"])
            match element.get("mode", "fulltext"):
                case "fulltext":
                    there = [token for text in texts for token in tokens(text)]
                    return all(token in there for token in wanted)
                case "token":
                    return any(wanted == tokens(text)[n : n + len(wanted)] for text in texts for n in range(len(tokens(text))))
                case _:
                    shape = plain(element["string"])
                    return any(fnmatch.fnmatchcase(part, shape) for text in texts for part in [plain(text), *tokens(text)])
        case "in":
            return any(
                (value in element["in"]) if values_of(slot, field) else (None in element["in"])
                for field in element["fields"]
                for value in values_of(slot, field) or [None]
            )
        case _:
            low, high = element.get("from"), element.get("to")
            moments = values_of(slot, element["field"])
            if slot.recurring:
                moments = [moment + n * DAY for moment in moments for n in range(10)]
            return any(
                (low is None or datetime.fromisoformat(low) <= moment) and (high is None or moment <= datetime.fromisoformat(high))
                for moment in moments
            )


WORDS = st.sampled_from(["Team", "équipe", "ÉQUIPE", "two", "team_two", "Zürich", "a", "b-a", "ab", ""])
TEXTS = st.lists(WORDS, max_size=3).map(" ".join)
MOMENTS = st.integers(0, 20 * 24).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
BOOLS = st.sampled_from(["must", "should", "must_not"])
TEXT_FIELDS = ["title", "description", "location.city", "group.name", "group.uuid", "visibility", "uid"]


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    start = draw(MOMENTS)
    recurring = draw(st.booleans())
    return Slot(
        uid=draw(st.sampled_from(["u1", "u2", "u3"])),
        title=draw(TEXTS),
        start=start,
        end=draw(st.none() | st.integers(0, 60).map(lambda hours: start + timedelta(hours=hours))),
        visibility=draw(st.sampled_from(["private", "public"])),
        location=draw(st.none() | st.builds(Location, city=TEXTS)),
        description=draw(TEXTS),
        groups=tuple(draw(st.sets(st.sampled_from(["g1", "g2"])))),
        recurring=recurring,
        ical="RRULE:FREQ=DAILY;COUNT=10\r\n" if recurring else "",
    )


def fields(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3)


MATCHES = st.fixed_dictionaries(
    {
        "type": st.just("match"),
        "bool": BOOLS,
        "fields": fields(TEXT_FIELDS),
        "mode": st.sampled_from(["fulltext", "token"]),
        "string": TEXTS.filter(lambda text: bool(tokens(text))),
    }
)
WILDCARDS = st.fixed_dictionaries(
    {
        "type": st.just("match"),
        "bool": BOOLS,
        "fields": fields(TEXT_FIELDS),
        "mode": st.just("wildcard"),
        "string": st.text("ab?*é", min_size=1, max_size=5),
    }
)
INS = st.fixed_dictionaries(
    {
        "type": st.just("in"),
        "bool": BOOLS,
        "fields": fields(TEXT_FIELDS),
        "in": st.lists(st.sampled_from(["u1", "u2", "g1", "public", "Team", None]), max_size=3),
    }
)
RANGES = st.fixed_dictionaries(
    {"type": st.just("range"), "bool": BOOLS, "field": st.sampled_from(["start", "end"])},
    optional={"from": MOMENTS.map(datetime.isoformat), "to": MOMENTS.map(datetime.isoformat)},
).filter(lambda element: "from" in element or "to" in element)
ELEMENTS = st.recursive(
    MATCHES | WILDCARDS | INS | RANGES,
    lambda inner: st.fixed_dictionaries({"type": st.just("complex"), "bool": BOOLS, "search": st.lists(inner, max_size=3)}),
    max_leaves=6,
)
SEARCHES = st.lists(ELEMENTS, max_size=4)


@examples(150)
@given(SEARCHES, st.lists(slots(), min_size=1, max_size=8))
def test_search_agrees_with_a_naive_reading(elements: list[dict[str, Any]], some: list[Slot]) -> None:
    assert found({"search": elements}, some) == [one.uid for one in some if evaluate(elements, one)]


@examples(150)
@given(SEARCHES, st.lists(slots(), min_size=1, max_size=8))
def test_selection_leaves_out_nothing_that_is_found(elements: list[dict[str, Any]], some: list[Slot]) -> None:
    selection = selection_of(parse({"search": elements}, SLOT_KINDS), key="uid")
    for one in some:
        if evaluate(elements, one):
            assert selection.window is None or may_touch(one, selection.window)
            assert selection.group is None or selection.group in one.groups
            assert selection.keys is None or one.uid in selection.keys


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ([], Selection()),
        ([{"type": "match", "string": "x"}], Selection()),
        ([{"type": "in", "fields": ["uid"], "in": ["a", "b"]}], Selection(keys=frozenset({"a", "b"}))),
        ([{"type": "in", "fields": ["uid"], "in": ["a", None]}], Selection()),
        ([{"type": "in", "fields": ["uid", "title"], "in": ["a"]}], Selection()),
        ([{"type": "in", "fields": ["group.uuid"], "in": ["g1"]}], Selection(group="g1")),
        ([{"type": "in", "fields": ["group.uuid"], "in": ["g1", "g2"]}], Selection()),
        ([{"type": "in", "bool": "must_not", "fields": ["uid"], "in": ["a"]}], Selection()),
        ([{"type": "in", "bool": "should", "fields": ["uid"], "in": ["a"]}], Selection(keys=frozenset({"a"}))),
        ([{"type": "in", "bool": "should", "fields": ["uid"], "in": ["a"]}] * 2, Selection()),
        (
            [{"type": "range", "field": "start", "from": "2026-01-02", "to": "2026-01-03"}],
            Selection(window=Window(at(2) - MOMENT, at(4))),
        ),
        (
            [
                {"type": "range", "field": "start", "from": "2026-01-02"},
                {"type": "complex", "search": [{"type": "range", "field": "end", "from": "2026-01-05", "to": "2026-01-06"}]},
            ],
            Selection(window=Window(at(5) - MOMENT, at(7))),
        ),
    ],
)
def test_selection_is_what_keys_and_ranges_can_serve(elements: list[dict[str, Any]], expected: Selection) -> None:
    assert selection_of(parse({"search": elements}, SLOT_KINDS), key="uid") == expected


def test_range_on_a_recurring_slot_looks_at_its_occurrences() -> None:
    series = slot("series", start=at(1, 9), end=at(1, 10), recurring=True)
    once = slot("once", start=at(1, 9), end=at(1, 10))
    search = {"search": [{"type": "range", "field": "start", "from": "2026-01-05", "to": "2026-01-05"}]}
    assert found(search, [series, once]) == ["series"]
    assert found({"search": [{"type": "range", "field": "end", "from": "2026-01-10T10:00:00Z"}]}, [series, once]) == ["series"]
    assert found({"search": [{"type": "range", "field": "end", "from": "2026-01-10T10:00:00.000001Z"}]}, [series, once]) == []


def test_range_is_inclusive_at_both_ends_and_takes_text_too() -> None:
    some = [slot("a", "Anna"), slot("b", "Émile"), slot("c", "Zoë"), slot("none")]
    assert found({"search": [{"type": "range", "field": "title", "from": "anna", "to": "emile"}]}, some) == ["a", "b"]
    search = {"search": [{"type": "range", "field": "start", "from": "2026-01-10T09:00:00Z", "to": "2026-01-10T10:00:00+01:00"}]}
    assert found(search, some) == ["a", "b", "c", "none"]


def test_null_finds_what_has_nothing_there() -> None:
    some = [slot("a", location=Location(city="Rome")), slot("b", location=Location()), slot("c")]
    assert found({"search": [{"type": "in", "fields": ["location.city"], "in": [None]}]}, some) == ["b", "c"]
    assert found({"search": [{"type": "in", "fields": ["end"], "in": [None, "2026-01-10T11:00:00Z"]}]}, some) == ["a", "b", "c"]


@given(st.lists(slots(), max_size=8))
def test_sort_puts_what_is_missing_last_whichever_way_it_goes(some: list[Slot]) -> None:
    for descending in (False, True):
        order = "DESC" if descending else "ASC"
        key = compile_sort(parse({"sort": [{"field": "end", "order": order}, {"field": "title"}]}, SLOT_KINDS), VOCABULARY)

        def naive(one: Slot, sign: int = -1 if descending else 1) -> tuple[Any, ...]:
            end = (1, 0) if one.end is None else (0, sign * one.end.timestamp())
            return (*end, not one.title, plain(one.title))

        assert [naive(one) for one in sorted(some, key=key)] == [naive(one) for one in sorted(some, key=naive)]


def test_sort_compares_text_as_it_is_searched() -> None:
    key = compile_sort(parse({"sort": [{"field": "title", "order": "DESC"}]}, SLOT_KINDS), VOCABULARY)
    titles = ["b", "Ä", "aa", "", "a\x00", "Z"]
    assert [one.title for one in sorted((slot("u", title) for title in titles), key=key)] == ["Z", "b", "aa", "a\x00", "Ä", ""]
