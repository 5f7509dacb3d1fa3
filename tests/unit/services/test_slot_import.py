"""Importing within a request: the rest of what `tests/unit/api/slots` shows from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, NotFound
from chalicelib.services.import_options import ImportOptions
from chalicelib.services.ports.imports import ImportJob
from tests.calendars import calendar, event
from tests.fakes.services import NOON, FakeServices

UNKNOWN = "99999999-9999-4999-8999-999999999999"


def _import(services: FakeServices, caller: Caller, content: bytes, **options: Any) -> dict[str, Any]:
    outcome = services.slot_import.import_file(caller, content, ImportOptions(**options), until=float("inf"))
    assert not isinstance(outcome, ImportJob)
    return outcome.as_json()


def test_import_of_a_user_who_has_left_is_refused(services: FakeServices) -> None:
    with pytest.raises(NotAuthenticated):
        _import(services, Caller(1), calendar(event("u")))


def test_group_is_looked_for_before_the_file_is_read(services: FakeServices, ada: Caller) -> None:
    with pytest.raises(NotFound, match="group"):
        _import(services, ada, b"nonsense", group=UNKNOWN)


def test_file_wins_over_an_edit_made_before_the_import(services: FakeServices, ada: Caller) -> None:
    content = calendar(event("u", "File"))
    _import(services, ada, content)
    services.slots.change(ada, "u", {"title": "Mine"})
    report = _import(services, ada, content)
    assert (report["updated"], services.slots.get(ada, "u").slot.title) == (1, "File")


def test_entries_without_uid_are_the_same_slots_next_time(services: FakeServices, ada: Caller, bob: Caller) -> None:
    content = calendar(event("", "One"), event("", "Two"), event("", "One", "20260302T100000Z"))
    first = _import(services, ada, content)
    assert (first["created"], first["rejected"]) == (3, [])
    services.now = NOON + timedelta(days=1)
    assert _import(services, ada, content)["unchanged"] == 3
    assert _import(services, bob, content)["created"] == 3
    uids = [{stored.slot.uid for stored in services.slots.list(caller, limit=10).slots} for caller in (ada, bob)]
    assert len(uids[0] | uids[1]) == 6


def test_superseded_entries_are_reported_and_are_no_fault_to_strict(services: FakeServices, ada: Caller) -> None:
    report = _import(services, ada, calendar(event("u", "First"), event("u", "Second")), strict=True)
    assert (report["created"], services.slots.get(ada, "u").slot.title) == (1, "Second")
    assert report["rejected"] == [
        {"entry": 1, "line": 4, "uid": "u", "reason": "the uid stands in the file twice: entry 2 (line 10) has precedence"}
    ]


def test_nothing_is_written_when_the_end_of_the_file_is_bad(services: FakeServices, ada: Caller) -> None:
    content = calendar(*(event(f"u{number}") for number in range(50)), event("bad", "Ü")).replace("Ü".encode(), b"\xff")
    with pytest.raises(InvalidInput, match="invalid_encoding"):
        _import(services, ada, content)
    assert services.fake_slots._slots == {}
    assert services.fake_accounts.groups(ada.user_id) == []
