"""The API description's own routes, described."""

from __future__ import annotations

from typing import Any, Final

from chalicelib.api.description.routes import interface
from chalicelib.api.operations import Description, Operation, Parameter, Success
from chalicelib.domain.errors import NotFound

_KNOWN: Final = Parameter("If-None-Match", "The ETag that the client has.", where="header")
_ETAG: Final = {"ETag": "For `If-None-Match`."}
_UNCHANGED: Final = Success("It is as it was.", headers=_ETAG)


def _page(answer: Success, *errors: Exception) -> Operation:
    return Operation("Description", {200: answer, 304: _UNCHANGED}, parameters=(_KNOWN,), errors=errors, access="public")


DESCRIPTION: Final = Description(
    name="description",
    interface=interface,
    error={
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "id": {"type": "string"}},
                "required": ["code", "message"],
                "additionalProperties": False,
            }
        },
        "required": ["error"],
        "additionalProperties": False,
    },
    operations={
        "show_description": _page(Success("The document.", dict[str, Any], {"openapi": "3.1.0", "paths": {}}, headers=_ETAG)),
        "show_reference": _page(Success("The page.", files={"text/html": "<!doctype html>…"}, headers=_ETAG)),
        "show_reference_file": _page(
            Success(
                "The file.",
                files={"text/javascript": 'SwaggerUIBundle({url: "openapi.json"});', "text/css": "body { margin: 0; }"},
                headers=_ETAG,
            ),
            NotFound("file"),
        ),
    },
    tags={"Description": "What you are reading."},
    path_parameters={"file": Parameter("file", "The file's name.", where="path", example="reference.js")},
)
