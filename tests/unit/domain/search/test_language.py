from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.search import Complex, In, Match, Range, Search, Sort, parse
from chalicelib.domain.search.objects import SLOT_KINDS, TIME_SLOT_KINDS


def fault(document: Any) -> tuple[str, list[str | int]]:
    with pytest.raises(InvalidInput) as caught:
        parse(document, SLOT_KINDS)
    path = caught.value.details["path"]
    assert isinstance(path, list)
    return caught.value.code, path


def test_empty_search_takes_everything() -> None:
    assert parse({}, SLOT_KINDS) == parse({"search": [], "sort": []}, SLOT_KINDS) == Search((), ())
    assert parse({"search": None, "sort": None}, SLOT_KINDS) == Search((), ())


def test_all_elements() -> None:
    document = {
        "search": [
            {"type": "match", "string": "team", "fields": ["title"]},
            {"type": "match", "bool": "should", "mode": "wildcard", "string": "a*", "fields": ["title", "location.name"]},
            {"type": "in", "bool": "must_not", "fields": ["visibility"], "in": ["private", None]},
            {"type": "range", "field": "start", "from": "2026-01-01", "to": "2026-01-31"},
            {"type": "complex", "search": [{"type": "range", "field": "end", "from": "2026-01-01T10:00:00+02:00"}]},
        ],
        "sort": [{"field": "title"}, {"field": "start", "order": "DESC"}],
    }
    assert parse(document, SLOT_KINDS) == Search(
        (
            Match("must", ("title",), "team", "fulltext"),
            Match("should", ("title", "location.name"), "a*", "wildcard"),
            In("must_not", ("visibility",), frozenset({"private", None})),
            Range("must", "start", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
            Complex("must", (Range("must", "end", datetime(2026, 1, 1, 8, tzinfo=UTC), None),)),
        ),
        (Sort("title", descending=False), Sort("start", descending=True)),
    )


def test_match_without_fields_looks_at_all_text() -> None:
    search = parse({"search": [{"type": "match", "string": "x"}]}, SLOT_KINDS)
    expected = tuple(name for name, kind in SLOT_KINDS.fields.items() if kind == "text")
    assert search.elements == (Match("must", expected, "x", "fulltext"),)


def test_ids_may_be_numbers_and_tags_have_any_name() -> None:
    document = {"search": [{"type": "in", "fields": ["event.id"], "in": [7]}, {"type": "in", "fields": ["tag.סוג"], "in": ["x"]}]}
    assert parse(document, TIME_SLOT_KINDS).elements == (
        In("must", ("event.id",), frozenset({"7"})),
        In("must", ("tag.סוג",), frozenset({"x"})),
    )


def nested(levels: int) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "match", "string": "x"}
    for _ in range(levels):
        element = {"type": "complex", "search": [element]}
    return {"search": [element]}


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        ([], "type_mismatch", []),
        ({"find": []}, "attribute_not_accepted", ["find"]),
        ({"search": "x"}, "type_mismatch", ["search"]),
        ({"search": ["x"]}, "type_mismatch", ["search", 0]),
        ({"search": [{}]}, "attribute_expected", ["search", 0]),
        ({"search": [{"type": "regex"}]}, "invalid_value", ["search", 0, "type"]),
        ({"search": [{"type": ["match"]}]}, "type_mismatch", ["search", 0, "type"]),
        ({"search": [{"type": "match"}]}, "attribute_expected", ["search", 0]),
        ({"search": [{"type": "match", "string": 7}]}, "type_mismatch", ["search", 0, "string"]),
        ({"search": [{"type": "match", "string": "!?"}]}, "invalid_value", ["search", 0, "string"]),
        ({"search": [{"type": "match", "string": "", "mode": "wildcard"}]}, "invalid_value", ["search", 0, "string"]),
        ({"search": [{"type": "match", "string": "*a" * 11, "mode": "wildcard"}]}, "invalid_value", ["search", 0, "string"]),
        ({"search": [{"type": "match", "string": "a" * 1001}]}, "invalid_value", ["search", 0, "string"]),
        ({"search": [{"type": "match", "string": "a", "mode": "regex"}]}, "invalid_value", ["search", 0, "mode"]),
        ({"search": [{"type": "match", "string": "a", "bool": "may"}]}, "invalid_value", ["search", 0, "bool"]),
        ({"search": [{"type": "match", "string": "a", "fields": ["titel"]}]}, "invalid_value", ["search", 0, "fields", 0]),
        ({"search": [{"type": "match", "string": "a", "fields": ["title", "start"]}]}, "invalid_value", ["search", 0, "fields", 1]),
        ({"search": [{"type": "match", "string": "a", "boost": 2}]}, "attribute_not_accepted", ["search", 0, "boost"]),
        ({"search": [{"type": "in", "fields": ["title"]}]}, "attribute_expected", ["search", 0]),
        ({"search": [{"type": "in", "fields": [], "in": []}]}, "invalid_value", ["search", 0, "fields"]),
        ({"search": [{"type": "in", "fields": ["title"], "in": ["a", True]}]}, "type_mismatch", ["search", 0, "in", 1]),
        ({"search": [{"type": "in", "fields": ["title"], "in": ["a"] * 10_000}]}, "invalid_value", ["search", 0, "in"]),
        ({"search": [{"type": "in", "fields": ["title", "start"], "in": ["a"]}]}, "invalid_value", ["search", 0, "fields", 1]),
        ({"search": [{"type": "range", "field": "start"}]}, "attribute_expected", ["search", 0]),
        ({"search": [{"type": "range", "field": "start", "from": "soon"}]}, "invalid_value", ["search", 0, "from"]),
        ({"search": [{"type": "range", "field": "start", "to": 5}]}, "type_mismatch", ["search", 0, "to"]),
        ({"search": [{"type": "complex"}]}, "attribute_expected", ["search", 0]),
        (
            {"search": [{"type": "complex", "search": [{"type": "in", "fields": ["x"], "in": []}]}]},
            "invalid_value",
            ["search", 0, "search", 0, "fields", 0],
        ),
        ({"search": [{"type": "match", "string": "a"}] * 201}, "invalid_value", ["search"]),
        ({"sort": [{"field": "colour"}]}, "invalid_value", ["sort", 0, "field"]),
        ({"sort": [{"field": "start", "order": "UP"}]}, "invalid_value", ["sort", 0, "order"]),
        ({"sort": [{}]}, "attribute_expected", ["sort", 0]),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(document: Any, code: str, path: list[str | int]) -> None:
    assert fault(document) == (code, path)


def test_nesting_is_bounded() -> None:
    assert parse(nested(19), SLOT_KINDS).elements != ()
    code, path = fault(nested(20))
    assert (code, path) == ("invalid_value", ["search", *[0, "search"] * 20])


def test_elements_and_values_are_counted_over_all_levels() -> None:
    inner = {"type": "complex", "search": [{"type": "match", "string": "x"}] * 60}
    assert fault({"search": [inner] * 4}) == ("invalid_value", ["search", 3, "search"])
    values = {"type": "in", "fields": ["uid"], "in": [str(n) for n in range(400)]}
    assert fault({"search": [values] * 3}) == ("invalid_value", ["search", 2, "in"])


def test_path_begins_where_the_search_stands() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse({"search": 1}, SLOT_KINDS, path=("export", "search"))
    assert caught.value.details == {"path": ["export", "search", "search"], "expected": "array"}
