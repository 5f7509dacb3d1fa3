"""Every calendar that ships with the icalendar package's tests, imported over HTTP: never a fault of ours."""

from __future__ import annotations

from pathlib import Path

import icalendar
import pytest

from tests.fakes.services import FakeServices
from tests.http_client import HttpClient

FOLDER = Path(icalendar.__file__).parent / "tests"
FILES = sorted(FOLDER.rglob("*.ics"))
ICS = {"Content-Type": "text/calendar"}


def test_corpus_is_there() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_calendar_is_imported_once_or_refused_by_name(ada: HttpClient, services: FakeServices, file: Path) -> None:
    content = file.read_bytes()
    reply = ada.post("/v1/import/", body=content, headers=ICS)
    if reply.status != 200:
        assert (reply.status, reply.json()["error"]["code"]) in [
            (422, "no_entries"),
            (422, "no_valid_entry"),
            (422, "unknown_format"),
            (422, "empty_file"),
            (403, "invalid_encoding"),
        ]
        assert services.fake_slots._slots == {}
        return
    first = reply.json()
    again = ada.post("/v1/import/", body=content, headers=ICS).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, first["created"])
    exported = ada.post("/v1/export/ical")
    assert exported.status == 200
    back = ada.post("/v1/import/", body=exported.body, headers=ICS).json()
    assert (back["created"], back["updated"]) == (0, 0), back
