"""Makes the OpenAPI 3.1 document out of the routes that serve, the models that validate and the errors that are answered.

The document is made when it is first asked for in a container; nothing here is imported before that.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import WithDefaultSchema

from chalicelib.api.description.platform import ERROR_HEADERS, EVERY_HEADER, GATEWAY_ERROR, gateway_answers
from chalicelib.api.http import Request, Route
from chalicelib.api.operations import Body, Description, Operation, Parameter, Success

OPENAPI: Final = "3.1.0"
API_VERSION: Final = "1.0.0"
INTRODUCTION: Final = (
    "Keeps time slots, imports them from any calendar file, exports them to any, runs export jobs and schedules conventions. "
    "One account and one token work in all interfaces; only the way to carry the token differs."
)
_FAULT_ID: Final = "2f1c9a52-8d0e-4b7a-9f43-6f0d5c1e7a90"
_PARAMETER: Final = re.compile(r"{(\w+)}")

Json = dict[str, Any]


def openapi(routes: Sequence[Route], base_url: str) -> Json:
    """Describe the routes, but not the greedy ones, which only refuse; `base_url` is where they are served.

    Raises `KeyError` for a route that its interface does not describe.
    """
    routes = _told(routes)
    interfaces = _interfaces(routes)
    parts = {package: _Parts(described) for package, described in interfaces.items()}
    paths: dict[str, Json] = {}
    taken: set[str] = set()
    for route in routes:
        described = interfaces[_package(route)]
        operation = _operation(route, described, parts[_package(route)])
        operation["operationId"] = _free(f"{described.name}.{_name(route)}", taken)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": OPENAPI,
        "info": {"title": "Slotport", "version": API_VERSION, "summary": "A service for time slots", "description": INTRODUCTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for each in interfaces.values() for name, text in each.tags.items()],
        "paths": paths,
        "components": {
            "schemas": {"gateway.Error": dict(GATEWAY_ERROR)} | _united(each.schemas for each in parts.values()),
            "examples": _united(each.examples for each in parts.values()),
            "headers": {name: _header(text) for name, text in EVERY_HEADER.items()},
            "securitySchemes": _united(dict(each.security) for each in interfaces.values()),
        },
    }


def undescribed(routes: Sequence[Route]) -> tuple[list[str], list[str]]:
    """Name the handlers that no operation describes, and the operations that describe no handler."""
    routes = _told(routes)
    interfaces = _interfaces(routes)
    serving = {(_package(route), route.handler.__name__) for route in routes}
    told = {(package, name) for package, described in interfaces.items() for name in described.operations}
    return [f"{package}.{name}" for package, name in sorted(serving - told)], [
        f"{package}.{name}" for package, name in sorted(told - serving)
    ]


def _told(routes: Sequence[Route]) -> Sequence[Route]:
    return [route for route in routes if not route.is_greedy]


def _package(route: Route) -> str:
    return route.handler.__module__.rpartition(".")[0]


def _interfaces(routes: Sequence[Route]) -> dict[str, Description]:
    """Load the description that stands beside each interface's routes."""
    packages = dict.fromkeys(_package(route) for route in routes)
    return {package: importlib.import_module(f"{package}.description").DESCRIPTION for package in packages}


def _name(route: Route) -> str:
    prefix = "head_" if route.method == "HEAD" else ""
    return f"{prefix}{route.handler.__name__}"


def _free(name: str, taken: set[str]) -> str:
    """Give the name, numbered if it is taken: one handler may serve several paths."""
    number = 1
    while (found := name if number == 1 else f"{name}.{number}") in taken:
        number += 1
    taken.add(found)
    return found


class _Schemas(GenerateJsonSchema):
    """Makes schemas without the defaults that only stand for what was not sent: a text that may not be sent empty."""

    def default_schema(self, schema: WithDefaultSchema) -> Json:
        made = super().default_schema(schema)
        if made.get("default") == "" and ("pattern" in made or made.get("minLength", 0) > 0):
            del made["default"]
        return made


class _Parts:
    """What one interface's operations refer to: schemas of models and examples of errors, under the interface's name."""

    def __init__(self, described: Description) -> None:
        types = {id(found): found for found in _types(described)}
        found, definitions = TypeAdapter.json_schemas(
            [(str(key), "validation", TypeAdapter(wanted)) for key, wanted in types.items()],
            ref_template=f"#/components/schemas/{described.name}.{{model}}",
            schema_generator=_Schemas,
        )
        self._inline = {key: schema for (key, _), schema in found.items()}
        self._name = described.name
        self.schemas: Json = {f"{described.name}.Error": dict(described.error)}
        self.schemas |= {f"{described.name}.{name}": schema for name, schema in definitions.get("$defs", {}).items()}
        self.examples: Json = {}

    def of(self, wanted: Any) -> Json:
        """Give the schema of a type."""
        schema: Json = self._inline[str(id(wanted))]
        return schema

    def example(self, name: str, value: Any) -> Json:
        """Keep an example and give the reference to it; another one of the same name is told apart by a number."""
        number = 1
        while self.examples.setdefault(key := f"{self._name}.{name}" + (f".{number}" if number > 1 else ""), {"value": value}) != {
            "value": value
        }:
            number += 1
        return {"$ref": f"#/components/examples/{key}"}


def _types(described: Description) -> Iterator[Any]:
    for parameter in described.path_parameters.values():
        yield parameter.type
    for operation in described.operations.values():
        yield from (parameter.type for parameter in operation.parameters)
        yield from (answer.type for answer in operation.answers.values() if answer.type is not None)
        if operation.body is not None:
            yield operation.body.type
            if operation.body.form is not None:
                yield operation.body.form


def _operation(route: Route, described: Description, parts: _Parts) -> Json:
    told = described.operations[route.handler.__name__]
    summary = (inspect.getdoc(route.handler) or "").partition("\n")[0].removesuffix(".")
    inside = [described.path_parameters[name] for name in _PARAMETER.findall(route.path)]
    made: Json = {"tags": [told.tag], "summary": summary}
    if told.text:
        made["description"] = told.text
    if parameters := [_parameter(each, parts) for each in (*inside, *told.parameters)]:
        made["parameters"] = parameters
    if told.body is not None:
        made["requestBody"] = _body(told.body, parts)
    made["responses"] = _answers(route, told, described, parts)
    ways: list[Json] = [{name: []} for name in described.security]
    made["security"] = {"token": ways, "optional": [{}, *ways], "public": []}[told.access]
    return made


def _parameter(parameter: Parameter, parts: _Parts) -> Json:
    schema = parts.of(parameter.type)
    made: Json = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.text,
        "schema": {"type": "array", "items": schema} if parameter.is_list else schema,
    }
    if parameter.example is not None:
        made["example"] = parameter.example
    return made


def _body(body: Body, parts: _Parts) -> Json:
    schema = parts.of(body.type)
    examples = {name: {"value": value} for name, value in body.examples.items()}
    content: Json = {
        media_type: {"schema": schema, **({"examples": examples} if examples and media_type == "application/json" else {})}
        for media_type in body.media_types
    }
    form = {} if body.form is None else {"multipart/form-data": {"schema": parts.of(body.form)}}
    return {"required": body.is_required, "content": {**content, **form, **_files(body.files)}}


def _files(files: Mapping[str, str]) -> Json:
    return {media_type: {"schema": {"type": "string"}, "example": example} for media_type, example in files.items()}


def _answers(route: Route, told: Operation, described: Description, parts: _Parts) -> Json:
    made = {status: _success(answer, parts, has_body=route.method != "HEAD") for status, answer in told.answers.items()}
    errors = _errors(route, told, described)
    for status in sorted({*errors, *gateway_answers(has_body=told.body is not None)}):
        made[status] = _failure(status, errors.get(status, {}), described, told, parts)
    return {str(status): made[status] for status in sorted(made)}


def _success(answer: Success, parts: _Parts, *, has_body: bool) -> Json:
    made: Json = {"description": answer.text, "headers": _headers(answer.headers)}
    content: Json = {}
    if answer.type is not None:
        content["application/json"] = {"schema": parts.of(answer.type)}
        if answer.example is not None:
            content["application/json"]["example"] = answer.example
    content |= _files(answer.files)
    if content and has_body:
        made["content"] = content
    return made


def _errors(route: Route, told: Operation, described: Description) -> dict[int, dict[str, tuple[Json, Mapping[str, str]]]]:
    """Ask the interface itself how it answers each error: by status and code, the body and the headers."""
    request = Request(route.method, route.path)
    found: dict[int, dict[str, tuple[Json, Mapping[str, str]]]] = {}
    for error in (*told.errors, *described.errors):
        answer = described.interface.errors(request, error)
        if answer is None:
            raise ValueError(f"{described.name} has no answer to {error!r}")
        name = str(getattr(error, "code", type(error).__name__))
        found.setdefault(answer.status, {})[name] = (orjson.loads(answer.body), answer.headers)
    fault = described.interface.fault(request, _FAULT_ID)
    found.setdefault(fault.status, {})["fault"] = (orjson.loads(fault.body), fault.headers)
    return found


def _failure(
    status: int,
    errors: Mapping[str, tuple[Json, Mapping[str, str]]],
    described: Description,
    told: Operation,
    parts: _Parts,
) -> Json:
    gateway = gateway_answers(has_body=told.body is not None).get(status)
    examples = {name: parts.example(name, body) for name, (body, _) in errors.items()}
    references = [{"$ref": f"#/components/schemas/{described.name}.Error"}] if errors else []
    texts = [", ".join(f"`{name}`" for name in errors)] if errors else []
    if gateway is not None:
        references.append({"$ref": "#/components/schemas/gateway.Error"})
        examples[gateway["error"]["code"]] = parts.example(gateway["error"]["code"], gateway)
        texts.append(f"{gateway['error']['message']} (the gateway)")
    shared = set.intersection(*(set(headers) for _, headers in errors.values())) if errors else set()
    return {
        "description": "; ".join(texts),
        "headers": _headers({name: text for name, text in ERROR_HEADERS.items() if name in shared}),
        "content": {
            "application/json": {
                "schema": references[0] if len(references) == 1 else {"anyOf": references},
                "examples": examples,
            }
        },
    }


def _headers(own: Mapping[str, str]) -> Json:
    every = {name: {"$ref": f"#/components/headers/{name}"} for name in EVERY_HEADER}
    return {**every, **{name: _header(text) for name, text in own.items()}}


def _header(text: str) -> Json:
    return {"description": text, "schema": {"type": "string"}}


def _united(parts: Iterable[Json]) -> Json:
    return {name: part for each in parts for name, part in each.items()}
