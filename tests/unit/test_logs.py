"""Secrets never reach a log line, whatever way they come in."""

import json
import logging

import pytest

from chalicelib.logs import MASK, MaskingFormatter, log_context, mask

SECRET = "EN6PWcF0o37n4fHxCeWSCk9JF7Ea1B2C3D4"


def _line(message: str, *args: object, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("slotport", logging.INFO, __file__, 1, message, args, None)
    for name, value in extra.items():
        setattr(record, name, value)
    line: dict[str, object] = json.loads(MaskingFormatter("%(message)s").format(record))
    return line


@pytest.mark.parametrize(
    "text",
    [
        f"GET /api/v1/export?token={SECRET}&limit=3",
        f"Authorization: Token token={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"https://x/api/v1/v1/export/5/download/{SECRET}/name.zip",
        f"/v1/feeds/{SECRET}.ics",
        f"https://bucket/key?X-Amz-Signature={SECRET}&X-Amz-Credential={SECRET}",
        f"password={SECRET}",
        f"Convention 1458651705:salt:{SECRET}",
    ],
)
def test_a_secret_in_a_text_is_masked(text: str) -> None:
    masked = mask(text)
    assert SECRET not in masked
    assert MASK in masked


def test_plain_text_is_left_alone() -> None:
    text = "import of 16568 entries, token bucket refilled, see /v1/import/abc"
    assert mask(text) == text


def test_a_record_is_one_json_object_with_its_context_and_without_secrets() -> None:
    with log_context(request_id="r1", path=f"/v1/feeds/{SECRET}.ics"):
        line = _line("hello %s", "world", password="p", nested={"Authorization": "x", "list": [f"?token={SECRET}"]})
    assert line == {
        "message": "hello world",
        "request_id": "r1",
        "path": f"/v1/feeds/{MASK}.ics",
        "password": MASK,
        "nested": {"Authorization": MASK, "list": [f"?token={MASK}"]},
    }


def test_the_context_ends_with_its_block() -> None:
    with log_context(request_id="r1"):
        pass
    assert "request_id" not in _line("x")


def test_a_traceback_is_masked() -> None:
    try:
        raise ValueError(f"bad url https://h/?token={SECRET}")
    except ValueError as error:
        record = logging.LogRecord("slotport", logging.ERROR, __file__, 1, "fault", (), (type(error), error, error.__traceback__))
    rendered = MaskingFormatter("%(message)s").format(record)
    assert SECRET not in rendered
    assert "ValueError" in rendered
