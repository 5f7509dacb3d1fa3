"""Structured logs: one JSON object a line, with secrets masked whoever writes them."""

from __future__ import annotations

import contextvars
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter

MASK: Final = "***"
_SECRET_NAMES: Final = re.compile(r"(?i)(token|password|passkey|secret|authorization|cookie|signature|credential)")
_SECRET_TEXTS: Final = (
    re.compile(r"(?i)((?:[?&;\s]|^)(?:token|access_token|passkey|password|signature|x-amz-[a-z-]+)=)[^&\s\"']+"),
    re.compile(r"(?i)(\b(?:bearer|token|basic|convention)\s+(?:token=)?)[A-Za-z0-9_\-+/=.:]{16,}"),
    re.compile(r"(/(?:download|feeds|confirm)/)[^/\s\"'?.]{8,}"),
)
_context: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("log_context", default={})  # noqa: B039 - never mutated


@contextmanager
def log_context(**fields: object) -> Iterator[None]:
    """Add fields to every record that is logged inside."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def mask(value: Any) -> Any:
    """Give the value with everything secret replaced: by the name of a key, or by the shape of a text."""
    if isinstance(value, str):
        for pattern in _SECRET_TEXTS:
            value = pattern.sub(rf"\1{MASK}", value)
        return value
    if isinstance(value, dict):
        return {name: MASK if _SECRET_NAMES.search(str(name)) else mask(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask(item) for item in value]
    return value


class MaskingFormatter(JsonFormatter):
    """Renders a record with the fields of the running `log_context`, masked."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Add the context, mask the secrets."""
        masked: dict[str, Any] = mask({**_context.get(), **log_data})
        return masked


def configure_logging(level: str) -> None:
    """Send everything to standard error as JSON; called once when a container starts."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        MaskingFormatter(
            "%(levelname)s %(name)s %(message)s", rename_fields={"levelname": "level", "name": "logger"}, timestamp=True
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
