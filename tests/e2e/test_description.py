"""The running service describes itself, shows that as a page, and answers as it says it does."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

import app
from chalicelib.api import http as edge
from chalicelib.api.description.document import openapi
from tests.conformance import CHECKS, World, bounded, described, only_reads, populate

EXAMPLES = 2
assert app.app
document: dict[str, Any] = json.loads(json.dumps(openapi(edge.routes, "http://127.0.0.1")))
schema = described(document)
_numbers = itertools.count()


def test_the_running_service_gives_the_document_of_its_routes(http: httpx.Client, base_url: str) -> None:
    answer = http.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {**document, "servers": [{"url": base_url}]}
    assert http.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_the_reference_page_has_all_it_names(http: httpx.Client) -> None:
    page = http.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    for path in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        answer = http.get(f"/{path}")
        assert (answer.status_code, len(answer.content) > 100) == (200, True), path


def new_world(base_url: str, worker_id: str) -> World:
    with httpx.Client(base_url=base_url, timeout=60) as http:

        def send(method: str, path: str, json: Any = None, headers: Mapping[str, str] | None = None) -> Any:
            answer = http.request(method, path, json=json, headers=headers)
            assert answer.status_code in (200, 201), (method, path, answer.text)
            return answer.json()

        return populate(send, f"described-{worker_id}-{next(_numbers)}")


@pytest.fixture(scope="module")
def shared_world(base_url: str, worker_id: str) -> Iterator[World]:
    made = new_world(base_url, worker_id)
    yield made
    assert httpx.get(f"{base_url}/v1/slots/{made.ids['uid']}", headers=dict(made.headers), timeout=60).status_code == 200


@pytest.fixture
def world(request: pytest.FixtureRequest, base_url: str, worker_id: str) -> World:
    if only_reads(request.node.name):
        shared: World = request.getfixturevalue("shared_world")
        return shared
    return new_world(base_url, worker_id)


@schema.parametrize()  # type: ignore[untyped-decorator]  # schemathesis has none
@bounded(EXAMPLES)
def test_requests_are_answered_as_described(case: Any, world: World, base_url: str) -> None:
    world.aim(case)
    response = case.call(base_url=base_url, allow_redirects=False, timeout=60)
    case.validate_response(response, checks=CHECKS)
