"""Bodies of `multipart/form-data` (RFC 7578): what a browser's form and `curl -F` send."""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.api.http import Request
from chalicelib.domain.errors import InvalidEncoding, InvalidInput


class Part(NamedTuple):
    """A file that was sent."""

    content: bytes
    media_type: str
    charset: str | None


def read_multipart(request: Request) -> tuple[dict[str, list[Any]], dict[str, list[Part]]]:
    """Give the values and the files of a form by name.

    A body that stops before its closing boundary is refused: the parser passes over a part that does not end, and an import
    without its `dry_run` or `group` is another one. Raises `InvalidInput("invalid_multipart")`, `InvalidEncoding`.
    """
    from python_multipart import FormParser
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import Field, File, parse_options_header

    values: dict[str, list[Any]] = {}
    files: dict[str, list[Part]] = {}

    def name_of(part: Field | File) -> str:
        return (part.field_name or b"").decode("utf-8", "replace")

    def on_field(part: Field) -> None:
        try:
            values.setdefault(name_of(part), []).append((part.value or b"").decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InvalidEncoding("invalid_encoding", field=name_of(part), position=error.start) from error

    def on_file(part: File) -> None:
        part.file_object.seek(0)
        media_type, options = parse_options_header(part.content_type or "application/octet-stream")
        charset = options.get(b"charset")
        sent = Part(part.file_object.read(), media_type.decode("latin-1").lower(), charset.decode("latin-1") if charset else None)
        files.setdefault(name_of(part), []).append(sent)

    closed: list[bool] = []
    _, options = parse_options_header(request.header("content-type"))
    try:
        form = FormParser(
            "multipart/form-data",
            on_field,
            on_file,
            on_end=lambda: closed.append(True),
            boundary=options.get(b"boundary"),
            config={"MAX_MEMORY_FILE_SIZE": float("inf")},
        )
        form.write(request.body)
        form.finalize()
    except FormParserError as error:
        raise InvalidInput("invalid_multipart", reason=str(error)) from error
    if not closed:
        raise InvalidInput("invalid_multipart", reason="it stops before its closing boundary")
    return values, files
