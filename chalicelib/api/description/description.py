"""The API description's own routes, described."""

from __future__ import annotations

from typing import Any, Final

from chalicelib.api.operations import Description, Parameter, Success
from chalicelib.api.static import INTERFACE
from chalicelib.api.static_description import ERROR, ETAG, file_operation
from chalicelib.domain.errors import NotFound

_TAG: Final = "Description"

DESCRIPTION: Final = Description(
    name="description",
    interface=INTERFACE,
    error=ERROR,
    operations={
        "show_description": file_operation(
            _TAG, Success("The document.", dict[str, Any], {"openapi": "3.1.0", "paths": {}}, headers=ETAG)
        ),
        "show_reference": file_operation(_TAG, Success("The page.", files={"text/html": "<!doctype html>…"}, headers=ETAG)),
        "show_reference_file": file_operation(
            _TAG,
            Success(
                "The file.",
                files={"text/javascript": 'SwaggerUIBundle({url: "openapi.json"});', "text/css": "body { margin: 0; }"},
                headers=ETAG,
            ),
            NotFound("file"),
        ),
    },
    tags={"Description": "What you are reading."},
    path_parameters={"file": Parameter("file", "The file's name.", where="path", example="reference.js")},
)
