"""What the API description says of files that ship with the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.api.operations import Operation, Parameter, Success

_KNOWN: Final = Parameter("If-None-Match", "The ETag that the client has.", where="header")
ETAG: Final = {"ETag": "For `If-None-Match`."}
_UNCHANGED: Final = Success("It is as it was.", headers=ETAG)
ERROR: Final[Mapping[str, Any]] = {
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
}
"""The schema of the errors of `api.static.INTERFACE`."""


def file_operation(tag: str, answer: Success, *errors: Exception) -> Operation:
    """Describe a route that gives a file, or 304."""
    return Operation(tag, {200: answer, 304: _UNCHANGED}, parameters=(_KNOWN,), errors=errors, access="public")
