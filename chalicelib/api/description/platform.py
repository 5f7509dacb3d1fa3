"""What API Gateway answers by itself, and what every answer carries; the gateway's own words stand in the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_REQUEST_ID: Final = "2f1c9a52-8d0e-4b7a-9f43-6f0d5c1e7a90"

EVERY_HEADER: Final[Mapping[str, str]] = {"X-Request-Id": "Names the request in our logs."}
ERROR_HEADERS: Final[Mapping[str, str]] = {"Allow": "The methods there are.", "Retry-After": "Seconds to wait."}
"""What errors may carry besides. `WWW-Authenticate` is not among them: the gateway renames it on its way out."""

GATEWAY_ERROR: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "An answer of the gateway before the service.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "request_id": {"type": "string"},
            },
            "required": ["code", "message", "request_id"],
        }
    },
    "required": ["error"],
}


def gateway_answers(*, has_body: bool) -> dict[int, dict[str, Any]]:
    """Give the gateway's answers by status; too large can only be what has a body."""
    answers = {
        429: _error("too_many_requests", "Too many requests at once. Try again in a moment."),
        502: _error("unavailable", "The service could not be reached. Try again in a moment."),
        504: _error("timeout", "The answer took too long. What was asked for may have happened; asking again is safe."),
    }
    if has_body:
        text = "A request can hold about 4.5 MB. Ask POST /v1/import/uploads for an address to put a larger file to."
        answers[413] = _error("request_too_large", text)
    return answers


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "request_id": _REQUEST_ID}}
