"""The page that explains errors has words for every key that the service redirects with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.api.exports.errors import REDIRECT_KEYS, redirect_key
from chalicelib.domain.errors import DomainError, InvalidInput, NotAuthenticated, NotFound, NotReady, TooLarge, Unavailable
from chalicelib.domain.exports import RunEnded
from chalicelib.services.export_downloads import InvalidPasskey

SOURCE = Path(__file__).parents[3] / "web" / "src" / "shell" / "server_error.tsx"


def explained() -> set[str]:
    table = re.search(r"EXPLAINED[^=]*= \{\n(.*?)\n\};", SOURCE.read_text("utf-8"), re.DOTALL)
    assert table is not None
    return {key.strip('"') for key in re.findall(r'^  ("?[\w.]+"?): \{$', table[1], re.MULTILINE)}


def test_each_key_has_words_and_there_are_no_words_for_other_keys() -> None:
    assert explained() == REDIRECT_KEYS


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (InvalidPasskey("export_invalid_passkey"), "export.invalid.passkey"),
        (NotReady("export_not_done", id=1), "export.not.done"),
        (NotFound("export", id=1), "export.not.found"),
        (NotFound("export_file", id=1), "export.file.not.found"),
        (NotAuthenticated("invalid_token"), "not.authenticated"),
        (InvalidInput("type_mismatch", path=["export_id"]), "type.mismatch"),
        (InvalidInput("invalid_value", path=["limit"]), "invalid.value"),
        (InvalidInput("repeated_parameter", field="token"), "repeated.parameter"),
        (InvalidInput("unknown_confirmation"), "unknown.confirmation"),
        (Unavailable("objects_unreachable"), "service.busy"),
        (Unavailable("storage_busy"), "service.busy"),
        (NotFound("object", key="exports/1/2/work/plan.json"), "generic"),
        (TooLarge("too_large"), "generic"),
        (RunEnded("run_ended"), "generic"),
    ],
)
def test_an_error_leads_to_the_key_that_explains_it(error: DomainError, key: str) -> None:
    assert redirect_key(error) == key
