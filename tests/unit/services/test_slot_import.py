"""Importing within a request: the rest of what `tests/unit/api/slots` shows from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, NotFound
from chalicelib.domain.slots import Group
from chalicelib.services import import_writer, slot_edits
from chalicelib.services.import_options import ImportOptions
from chalicelib.services.ports.imports import ImportJob
from tests.calendars import calendar, event
from tests.fakes.services import NOON, FakeServices
from tests.unit.services.conftest import PASSWORD

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


def test_request_looks_at_the_clock_also_within_a_batch(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = calendar(*(event(f"u{number}", "old") for number in range(40)))
    new = calendar(*(event(f"u{number}", "new") for number in range(40)))
    _import(services, ada, old)
    services.now = NOON + timedelta(days=1)
    now, replace = 0.0, services.fake_slots.replace

    def slowly(*arguments: Any, **named: Any) -> Any:
        nonlocal now
        now += 1.0
        return replace(*arguments, **named)

    monkeypatch.setattr(services.fake_slots, "replace", slowly)
    monkeypatch.setattr(import_writer, "time", SimpleNamespace(time=lambda: now))
    job = services.slot_import.import_file(ada, new, ImportOptions(), until=5.0)
    assert isinstance(job, ImportJob)
    titles = [stored.slot.title for stored in services.slots.list(ada, limit=100).slots]
    assert 5 <= titles.count("new") < 40
    services.import_jobs.run_piece(ada.user_id, job.id, until=float("inf"))
    ended = services.import_jobs.status(ada, job.id)
    assert (ended.state, ended.report and ended.report["updated"], ended.report and ended.report["rejected"]) == ("done", 40, [])


def _before_writing(services: FakeServices, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Have something done right before the import writes."""
    put_new = services.fake_slots.put_new

    def first(*arguments: Any) -> Any:
        work()
        return put_new(*arguments)

    monkeypatch.setattr(services.fake_slots, "put_new", first)


def test_user_who_leaves_while_a_request_imports_leaves_nothing_behind(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    _before_writing(services, monkeypatch, lambda: services.accounts.leave(ada, password=PASSWORD, until=float("inf")))
    with pytest.raises(NotAuthenticated):
        _import(services, ada, calendar(event("u")))
    assert services.fake_slots._slots == {}


def test_user_who_leaves_while_slots_are_still_written_leaves_nothing_behind(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_user = services.fake_accounts.delete_user

    def import_first(user: Any) -> None:
        _import(services, ada, calendar(event("u")))
        delete_user(user)

    monkeypatch.setattr(services.fake_accounts, "delete_user", import_first)
    assert services.accounts.leave(ada, password=PASSWORD, until=float("inf")) is True
    assert services.fake_slots._slots == {}


def test_slots_are_in_no_group_that_was_removed_while_the_import_ran(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = services.groups.create(ada, Group("", "Trips")).uuid
    _before_writing(services, monkeypatch, lambda: services.groups.delete(ada, trips, until=float("inf")))
    assert _import(services, ada, calendar(event("u"), event("v")), group=trips)["created"] == 2
    assert [stored.slot.groups for stored in services.slots.list(ada, limit=10).slots] == [(), ()]


def test_slots_are_in_no_group_into_which_they_came_while_it_was_removed(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = services.groups.create(ada, Group("", "Trips")).uuid
    delete_group = services.fake_accounts.delete_group

    def import_first(user_id: int, uuid: str) -> None:
        _import(services, ada, calendar(event("u")), group=trips)
        delete_group(user_id, uuid)

    monkeypatch.setattr(services.fake_accounts, "delete_group", import_first)
    assert services.groups.delete(ada, trips, until=float("inf")) is True
    assert [stored.slot.groups for stored in services.slots.list(ada, limit=10).slots] == [()]


def test_request_without_time_to_take_slots_out_of_a_removed_group_goes_on_as_a_job(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = services.groups.create(ada, Group("", "Trips")).uuid
    _before_writing(services, monkeypatch, lambda: services.groups.delete(ada, trips, until=float("inf")))
    with monkeypatch.context() as late:
        late.setattr(slot_edits, "time", SimpleNamespace(time=lambda: 2e12))
        job = services.slot_import.import_file(ada, calendar(event("u")), ImportOptions(trips), until=1e12)
    assert isinstance(job, ImportJob)
    assert [stored.slot.groups for stored in services.slots.list(ada, limit=10).slots] == [(trips,)]
    assert services.import_jobs.run_piece(ada.user_id, job.id, until=float("inf")) == "finished"
    ended = services.import_jobs.status(ada, job.id)
    assert (ended.state, ended.report and ended.report["created"]) == ("done", 1)
    assert [stored.slot.groups for stored in services.slots.list(ada, limit=10).slots] == [()]


def test_job_whose_group_was_removed_between_its_pieces_leaves_no_slot_in_it(services: FakeServices, ada: Caller) -> None:
    trips = services.groups.create(ada, Group("", "Trips")).uuid
    job = services.import_jobs.start_with(ada, calendar(event("u")), ImportOptions(trips), import_id=UNKNOWN)
    services.slots.create(ada, {"title": "t", "start": NOON, "groups": (trips,)}, uid="written before")
    services.fake_accounts.delete_group(ada.user_id, trips)
    assert services.import_jobs.run_piece(ada.user_id, job.id, until=float("inf")) == "finished"
    assert services.import_jobs.status(ada, job.id).state == "failed"
    assert [stored.slot.groups for stored in services.slots.list(ada, limit=10).slots] == [()]
