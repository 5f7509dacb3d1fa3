from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.exports.nesting import MAX_LEVELS, too_deep
from tests.unit.api.exports.conftest import User


def wrapped(steps: list[str | int]) -> str:
    """Write a document in which an empty array lies at the path."""
    text = "[]"
    for step in reversed(steps):
        others = '"a\\"]", 1, ' if isinstance(step, int) else '"x": 1, "y": "}",'
        text = f"[{others * step}{text}]" if isinstance(step, int) else f"{{{others} {json.dumps(step)} : {text}}}"
    return text


@given(st.lists(st.text(max_size=3) | st.integers(0, 2), min_size=MAX_LEVELS - 5, max_size=MAX_LEVELS))
def test_path_leads_to_what_is_too_deep(steps: list[str | int]) -> None:
    # an integer step stands behind two other elements for each of its number
    path = [2 * step if isinstance(step, int) else step for step in steps]
    assert too_deep(wrapped(steps).encode()) == (path if len(steps) == MAX_LEVELS else None)


@pytest.mark.parametrize(
    "document",
    [b"", b"]" * 100, b"}{" * 100, b"," * 100, b'"' + b'\\"' * 90_000, b'"\\', b'{"a":' * 5 + b'"' + b"[" * 100_000, b"\xff" * 100],
)
def test_what_is_no_json_is_looked_at_all_the_same(document: bytes) -> None:
    assert too_deep(document) is None


@given(st.binary() | st.text(alphabet='[]{}",\\a:').map(str.encode))
def test_nothing_that_is_sent_makes_it_fail(document: bytes) -> None:
    assert too_deep(document) is None


@given(st.text(alphabet='[{",\\a:', min_size=200).map(str.encode))
def test_what_it_gives_is_always_that_deep(document: bytes) -> None:
    path = too_deep(document)
    assert path is None or len(path) == MAX_LEVELS


@pytest.mark.parametrize("levels", [100, 600, 6_000])
def test_search_nested_beyond_the_parser_is_refused_where_it_is_wrong(ada: User, levels: int) -> None:
    text = '{"type":"complex","search":[' * levels + "]}" * levels
    reply = ada.client.request("PUT", f"/api/v1/export?token={ada.token}", body=f'{{"export":{{"search":{{"search":[{text}]}}}}}}')
    shown: dict[str, Any] = reply.json()
    assert (reply.status, shown["code"], shown["reason"]) == (400, "error.api.invalid_value", "nested too deeply")
    assert shown["path"].startswith("export.search.search[0].search[0].search[0]")
    assert shown["attribute"] == "search"
    assert len(reply.body) < 2_000


def test_request_that_is_no_json_says_where(ada: User) -> None:
    reply = ada.client.request("PUT", f"/api/v1/export?token={ada.token}", body='{"export": {')
    assert (reply.status, reply.json()) == (
        400,
        {
            "realm": "api",
            "code": "error.api.invalid_content",
            "description": "This is not JSON: unexpected end of data.",
            "line": 1,
            "column": 13,
            "reason": "unexpected end of data",
        },
    )


def test_value_that_is_sent_twice_is_named(ada: User) -> None:
    body = '{"export": {"search": {}, "csv": {"quote": "a", "quote": "b"}}}'
    shown = ada.client.request("PUT", f"/api/v1/export?token={ada.token}", body=body).json()
    assert (shown["code"], shown["attribute"], shown["path"]) == ("error.api.invalid_content", "quote", "export.csv.quote")
