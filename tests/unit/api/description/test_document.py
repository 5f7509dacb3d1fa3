"""The OpenAPI document says what serves: every route, valid examples, nothing left over."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

import app
from chalicelib.api import http
from chalicelib.api.description.document import openapi, undescribed
from chalicelib.api.description.platform import gateway_answers
from deployment.package import ROOT

BASE = "https://slotport.test"


@cache
def document() -> dict[str, Any]:
    assert app.app
    made: dict[str, Any] = json.loads(json.dumps(openapi(http.routes, BASE)))
    return made


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference into the document."""
    if "$ref" not in part:
        return part
    found: Any = document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def check(value: Any, schema: dict[str, Any]) -> None:
    registry: Any = Registry().with_resource("urn:api", Resource.from_contents(document(), default_specification=DRAFT202012))
    absolute = json.loads(json.dumps(schema).replace('"#/components', '"urn:api#/components'))
    Draft202012Validator(absolute, registry=registry).validate(value)


def test_every_route_is_described_and_nothing_else() -> None:
    assert undescribed(http.routes) == ([], [])
    described = {(route.method, route.path) for route in http.routes if not route.is_greedy}
    assert {(method, path) for method, path, _ in operations()} == described


def test_the_described_routes_are_those_that_chalice_serves() -> None:
    greedy = {route.path for route in http.routes if route.is_greedy}
    served = {(method, path) for path, methods in app.app.routes.items() for method in methods if path not in greedy}
    assert {(method, path) for method, path, _ in operations()} == served


def test_a_route_without_a_description_is_noticed() -> None:
    def new_route(_: http.Request) -> http.Answer:
        return http.Answer(200)

    new_route.__module__ = "chalicelib.api.slots.routes"
    extended = [*http.routes, http.Route("GET", "/v1/new", new_route)]
    assert undescribed(extended) == (["chalicelib.api.slots.new_route"], [])
    with pytest.raises(KeyError):
        openapi(extended, BASE)


def test_names_of_operations_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_operation_tells_what_it_does_and_how_it_fails() -> None:
    for method, path, operation in operations():
        assert operation["summary"], (method, path)
        statuses = set(operation["responses"])
        assert {"429", "500", "502", "504"} <= statuses, (method, path)
        assert any(status[0] in "23" for status in statuses), (method, path)
        inside = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert inside == {part[1:-1] for part in path.split("/") if part.startswith("{")}, (method, path)


def test_only_known_tags_and_ways_to_sign_in_are_used() -> None:
    tags = {tag["name"] for tag in document()["tags"]}
    ways = set(document()["components"]["securitySchemes"])
    for _, _, operation in operations():
        assert set(operation["tags"]) <= tags
        assert {way for ways_in in operation["security"] for way in ways_in} <= ways


def test_every_reference_leads_somewhere() -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for child in part.values():
                yield from references(child)
        elif isinstance(part, list):
            for child in part:
                yield from references(child)

    found = set(references(document()))
    assert found
    for reference in found:
        assert resolved({"$ref": reference})


def test_every_example_is_what_its_schema_says() -> None:
    checked = 0
    for _, _, operation in operations():
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for each in (*bodies, *operation["responses"].values()):
            for content in each.get("content", {}).values():
                examples = [resolved(example)["value"] for example in content.get("examples", {}).values()]
                for example in (*examples, *([content["example"]] if "example" in content else [])):
                    check(example, content["schema"])
                    checked += 1
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                check(parameter["example"], parameter["schema"])
                checked += 1
    assert checked > 1_000


def test_every_default_is_what_its_schema_says() -> None:
    def defaults(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict) and "default" in part and "type" in part:
            yield part
        for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else []:
            yield from defaults(child)

    found = list(defaults(document()))
    assert len(found) > 20
    for schema in found:
        check(schema["default"], schema)


def test_models_that_validate_are_the_schemas() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["slots.NewSlot"]["required"] == ["title", "start"]
    assert schemas["slots.NewSlot"]["additionalProperties"] is False
    assert schemas["conventions.NewTimeSlot"]["required"] == ["event", "start", "locations"]
    assert schemas["exports.ScheduleModel"]["properties"]["timezone"]["default"] == "UTC"


def test_file_can_be_sent_as_it_is_and_in_a_form() -> None:
    content = document()["paths"]["/entities/timeslots/import"]["post"]["requestBody"]["content"]
    assert {"application/json", "multipart/form-data", "text/calendar", "text/csv"} <= content.keys()
    form = resolved(content["multipart/form-data"]["schema"])
    assert (sorted(form["properties"]), form["required"]) == (["create", "dry_run", "file"], ["file"])
    credentials = document()["paths"]["/api/v1/session/authenticate"]["post"]["requestBody"]["content"]
    assert sorted(credentials) == ["application/x-www-form-urlencoded", "multipart/form-data"]


def test_errors_are_those_that_the_interface_answers() -> None:
    def shown(path: str, *statuses: str) -> dict[str, list[str]]:
        responses = document()["paths"][path]["post"]["responses"]
        return {status: sorted(responses[status]["content"]["application/json"]["examples"]) for status in statuses}

    assert shown("/v1/export/ical", "401", "404", "413") == {
        "401": ["invalid_token"],
        "404": ["group"],
        "413": ["export_too_large", "request_too_large"],
    }
    assert "not_text" in shown("/v1/export/ical", "422")["422"]
    assert shown("/v1/import", "403") == {"403": ["invalid_encoding"]}


def test_the_gateways_answers_are_those_of_the_template() -> None:
    template = json.loads((ROOT / ".chalice" / "resources-gateway.json").read_text())
    gateway = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    for status, answer in gateway_answers(has_body=True).items():
        answered = [
            json.loads(each["responseTemplates"]["application/json"].replace("$context.requestId", answer["error"]["request_id"]))
            for each in gateway.values()
            if each.get("statusCode") == status
        ]
        assert any(each["error"].items() >= answer["error"].items() for each in answered), status


def test_a_start_does_not_load_the_description() -> None:
    code = (
        "import tests.conftest, app, sys; print(sorted(m for m in sys.modules if 'pydantic' in m or 'description.document' in m))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
