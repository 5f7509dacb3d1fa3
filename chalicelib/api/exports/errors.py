"""How the export API speaks of errors: `realm`, `code`, and `description`, `parameters` or `uuid`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalicelib.api.http import Answer, Interface, MethodNotAllowed, Request, json_answer
from chalicelib.domain.errors import (
    DomainError,
    InvalidEncoding,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooLarge,
    TooManyAttempts,
    Unavailable,
)
from chalicelib.services.export_downloads import InvalidPasskey

API_CODES: Final = frozenset({"attribute_expected", "type_mismatch", "invalid_value", "attribute_not_accepted", "invalid_api"})
"""Codes of the realm ``api`` that say what is wrong themselves."""
USER_STATUS: Final[Mapping[str, int]] = {
    "export_already_running": 400,
    "export_file_not_found": 404,
    "export_invalid_passkey": 400,
    "export_name_required": 400,
    "export_not_done": 400,
    "export_not_found": 404,
    "export_not_running": 404,
    "login_blocked": 400,
    "login_failed": 400,
    "not_authenticated": 403,
    "session_not_found": 400,
    "too_many_exports": 400,
    "too_many_running_exports": 400,
    "version_mismatch": 400,
}
REDIRECTED: Final[Mapping[str, str]] = {
    "export_file_not_found": "export.file.not.found",
    "export_invalid_passkey": "export.invalid.passkey",
    "export_not_done": "export.not.done",
    "export_not_found": "export.not.found",
    "invalid_value": "invalid.value",
    "not_authenticated": "not.authenticated",
    "repeated_parameter": "repeated.parameter",
    "type_mismatch": "type.mismatch",
    "unknown_confirmation": "unknown.confirmation",
}
"""Keys of the error page by code."""
BUSY_KEY: Final = "service.busy"
GENERIC_KEY: Final = "generic"
REDIRECT_KEYS: Final = frozenset({*REDIRECTED.values(), BUSY_KEY, GENERIC_KEY})
"""All keys that a redirect can have; the page has words for each."""


def answer(request: Request, error: Exception) -> Answer | None:
    """Give the answer to an error, or None for a fault of ours."""
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(error.allowed)
        return _api("invalid_request_method", {"description": f"Only {allowed} can be used here."}, {"Allow": allowed})
    if not isinstance(error, DomainError):
        return None
    if isinstance(error, InvalidPasskey):
        raise TypeError("a wrong passkey is answered by a redirect")
    code = user_code(error)
    if code in USER_STATUS:
        body = {"realm": "user", "code": f"error.user.{code}", "parameters": dict(error.details)}
        headers = {"Retry-After": str(error.details["retry_after"])} if isinstance(error, TooManyAttempts) else {}
        return json_answer(body, USER_STATUS[code], headers)
    if isinstance(error, Unavailable):
        described = {"description": "Something behind us is busy. Try again.", "uuid": request.request_id}
        return json_answer({"realm": "server", "code": "error.server.generic", **described}, 500, {"Retry-After": "1"})
    if error.code in API_CODES:
        return _api(error.code, _described(error))
    if isinstance(error, TooLarge):
        return _api("invalid_content", {"description": "This is too large.", **error.details})
    if error.code == "repeated_parameter":
        return _api("invalid_value", {"description": "It is given twice.", **_placed(error.details)})
    if error.code == "not_json":
        return _api("invalid_content", {"description": f"This is not JSON: {error.details['reason']}.", **error.details})
    if isinstance(error, InvalidEncoding | InvalidInput):
        return _api("invalid_content", {"description": _sentence(error.code), **_placed(error.details)})
    return _api("generic", {"description": _sentence(error.code)})


def fault(_request: Request, fault_id: str) -> Answer:
    """Give the answer to a fault of ours; the log has it under the same id."""
    return json_answer({"realm": "server", "code": "error.server.generic", "uuid": fault_id}, 500)


def user_code(error: DomainError) -> str:
    """Give the code of the realm ``user`` that an error has here; its own where there is none."""
    match error:
        case TooManyAttempts():
            return "login_blocked"
        case NotAuthenticated(code="wrong_credentials"):
            return "login_failed"
        case NotAuthenticated(code="session_not_found"):
            return "session_not_found"
        case NotAuthenticated():
            return "not_authenticated"
        case NotFound(code=("export" | "export_file") as code):
            return f"{code}_not_found"
        case _:
            return error.code


def redirect_key(error: DomainError) -> str:
    """Give the key by which the error page finds its words, one of `REDIRECT_KEYS`: what only we can mend has no key of its own."""
    if isinstance(error, Unavailable):
        return BUSY_KEY
    return REDIRECTED.get(user_code(error), GENERIC_KEY)


def path_text(path: Sequence[object]) -> str:
    """Print the path of an attribute: ``export.search.search[0].fields[1]``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _api(code: str, more: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    return json_answer({"realm": "api", "code": f"error.api.{code}", **more}, 400, headers)


def _described(error: DomainError) -> dict[str, Any]:
    details: dict[str, Any] = dict(error.details)
    path: Sequence[object] = details.pop("path", [])
    attribute = details.get("attribute") or next((part for part in reversed(path) if isinstance(part, str)), "")
    where = path_text(path)
    words = {
        "attribute_expected": f"{where or 'The input'} needs the attribute {attribute}",
        "attribute_not_accepted": f"{where} is not accepted",
        "type_mismatch": f"{where or 'The input'} has the wrong type",
        "invalid_value": f"{where or 'The input'} has an invalid value",
        "invalid_api": f"{where} is not known",
    }[error.code]
    expected = details.get("expected", "")
    choices = " or ".join(map(str, expected)) if isinstance(expected, list) else expected
    reason = details.get("reason") or (f"expected {choices}" if choices else "")
    description = f"{words}: {reason}." if reason else f"{words}."
    return {"description": description, "attribute": attribute, "path": where, **details}


def _placed(details: Mapping[str, object]) -> dict[str, object]:
    """Give an error's details with its place in the JSON under the names that every error has it."""
    others = {name: value for name, value in details.items() if name != "field"}
    where = str(details.get("field", ""))
    return {"attribute": where.rpartition(".")[2], "path": where, **others} if where else others


def _sentence(code: str) -> str:
    return code.replace("_", " ").capitalize() + "."


INTERFACE: Final = Interface(errors=answer, fault=fault)
