"""What a request carries, whichever way: JSON keys, form fields, multipart parts and query parameters alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.api.http import Request
from chalicelib.api.multipart import Part, read_multipart
from chalicelib.domain.errors import InvalidEncoding, InvalidInput, TooLarge

MAX_REQUEST: Final = 4_500_000
"""Bytes of a body that get through Lambda's 6 MB once they are base64."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything a request says by name."""

    values: Mapping[str, list[Any]] = field(default_factory=dict)
    files: Mapping[str, list[Part]] = field(default_factory=dict)

    def only(self, known: Iterable[str]) -> Fields:
        """Give the same fields. Raises `InvalidInput("unknown_field")` for a name that is not known."""
        allowed = set(known)
        for name in (*self.values, *self.files):
            if name not in allowed:
                raise InvalidInput("unknown_field", field=name, known=sorted(allowed))
        return self

    def one(self, name: str) -> Any:
        """Give the value of a field; absent, null and empty are None. Raises `InvalidInput("conflicting_values")`."""
        values = [value for value in self.values.get(name, ()) if value is not None and value != ""]
        if any(value != values[0] for value in values[1:]):
            raise InvalidInput("conflicting_values", field=name)
        return values[0] if values else None

    def flag(self, name: str) -> bool:
        """Give a yes or no; absent means no. Raises `InvalidInput` (`invalid_flag`, `conflicting_values`)."""
        said = {_yes_or_no(name, value) for value in self.values.get(name, ()) if value is not None and value != ""}
        if len(said) > 1:
            raise InvalidInput("conflicting_values", field=name)
        return True in said

    def flat(self) -> dict[str, Any]:
        """Give one value for each name, as it was sent, null and empty included. Raises `InvalidInput("conflicting_values")`."""
        return {
            name: values[0] if all(value == values[0] for value in values) else self.one(name)
            for name, values in self.values.items()
        }


def read_fields(request: Request, *, query: bool = True) -> Fields:
    """Read the named values of a request that brings no file. Raises as `read_fields_and_files` does, but for bytes that are
    no text `InvalidInput` (`not_text`, `unknown_charset`, `unsupported_encoding`): of files alone they are a fault of its own.
    """
    try:
        return read_fields_and_files(request, query=query)
    except InvalidEncoding as error:
        raise InvalidInput("not_text" if error.code == "invalid_encoding" else error.code, **error.details) from error


def read_fields_and_files(request: Request, *, query: bool = True) -> Fields:
    """Read the named values and files of a request.

    JSON is recognised by its looks where the content type says otherwise: `curl -d '{…}'` calls it a form.
    Raises `InvalidInput("not_json")`, `InvalidInput("not_an_object")`, `InvalidInput("invalid_multipart")`,
    `InvalidEncoding`, `TooLarge("request_too_large")`.
    """
    check_size(request)
    values: dict[str, list[Any]] = {name: list(given) for name, given in request.query.items()} if query else {}
    files: dict[str, list[Part]] = {}
    media_type, _ = request.content_type
    body = request.body.strip()
    if not body:
        return Fields(values)
    if media_type == "multipart/form-data":
        sent, files = read_multipart(request)
    elif media_type == "application/x-www-form-urlencoded" and body[:1] not in (b"{", b"["):
        sent = dict[str, list[Any]](request.form())
    else:
        sent = _json_object(request)
    for name, given in sent.items():
        values.setdefault(name, []).extend(given)
    return Fields(values, files)


def check_size(request: Request) -> None:
    """Raise `TooLarge("request_too_large")`, naming the other way, for a body that AWS would not let through."""
    if len(request.body) > MAX_REQUEST:
        raise TooLarge("request_too_large", bytes=len(request.body), limit=MAX_REQUEST, upload="/v1/import/uploads")


def _yes_or_no(name: str, value: Any) -> bool:
    """Read a flag, which JSON says in its own way and a form in a word."""
    if value is True or value in ("true", "1"):
        return True
    if value is False or value in ("false", "0"):
        return False
    raise InvalidInput("invalid_flag", field=name)


def _json_object(request: Request) -> dict[str, list[Any]]:
    value = request.json()
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput("not_an_object")
    return {name: [item] for name, item in value.items()}
