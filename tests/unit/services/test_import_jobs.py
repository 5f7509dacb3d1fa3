"""Imports that run as jobs, in pieces that may be killed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotFound, TooLarge, Unavailable
from chalicelib.domain.slots import Group, Slot
from chalicelib.services import import_entries, import_jobs, import_survey, import_writer
from chalicelib.services.import_jobs import Next
from chalicelib.services.import_options import ImportOptions
from chalicelib.services.ports.imports import ImportJob
from chalicelib.services.ports.slots import Owner
from chalicelib.services.slot_import import SlotImport
from tests.calendars import calendar, event, varied_events
from tests.fakes.services import NOON, FakeServices
from tests.unit.services.conftest import PASSWORD

NO_TIME = 0.0
FOREVER = float("inf")


class Killed(BaseException):
    """The task's container is gone."""


def _upload(services: FakeServices, caller: Caller, content: bytes) -> str:
    upload = services.import_jobs.open_upload(caller).id
    services.fake_objects.put(f"uploads/{caller.user_id}/{upload}", content)
    return upload


def _start(services: FakeServices, caller: Caller, content: bytes, **options: Any) -> ImportJob:
    return services.import_jobs.start(caller, _upload(services, caller, content), ImportOptions(**options))


def _run(services: FakeServices, job: ImportJob, *, until: float = FOREVER) -> tuple[ImportJob, list[Next]]:
    """Run pieces until the end; what each left to do."""
    left: list[Next] = ["more"]
    while left[-1] != "finished":
        assert len(left) < 1_000, "it does not get on"
        left.append(services.import_jobs.run_piece(job.user_id, job.id, until=until))
    return services.import_jobs.status(Caller(job.user_id), job.id), left[1:]


def _slots(services: FakeServices, caller: Caller) -> list[Slot]:
    return [stored.slot._replace(changed=None) for stored in services.fake_slots.stream(Owner(caller.user_id))]


def _twin(services: FakeServices, caller: Caller, content: bytes, **options: Any) -> tuple[dict[str, Any], list[Slot]]:
    """Import the same in one request as another user, for comparison."""
    other = FakeServices()
    for group in services.fake_accounts.groups(caller.user_id):
        other.fake_accounts.ensure_group(caller.user_id, group)
    user = services.fake_accounts.user(caller.user_id)
    assert user is not None
    other.fake_accounts.create_user(user)
    report = other.slot_import.import_file(caller, content, ImportOptions(**options), until=FOREVER)
    assert not isinstance(report, ImportJob)
    return report.as_json(), _slots(other, caller)


def test_upload_is_put_under_the_user_and_expires(services: FakeServices, ada: Caller) -> None:
    upload = services.import_jobs.open_upload(ada)
    assert upload.url == f"https://objects.test/uploads/{ada.user_id}/{upload.id}?seconds=3600"
    assert (upload.expires - NOON).total_seconds() == 3_600


def test_job_ends_with_the_report_that_a_request_would_give(services: FakeServices, ada: Caller) -> None:
    content = calendar(*varied_events(40), event("", "No uid"), "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n")
    job = _start(services, ada, content)
    assert job == ImportJob(job.id, ada.user_id, f"uploads/{ada.user_id}/{job.id}", job.options, "pending", NOON)
    assert services.fake_machine.executions == {job.id: {"user_id": ada.user_id, "import_id": job.id}}
    ended, left = _run(services, job)
    report, slots = _twin(services, ada, content)
    assert (ended.state, ended.done, ended.total, ended.report) == ("done", 41, 41, report)
    assert report["created"] == 41
    assert _slots(services, ada) == slots
    assert left == ["finished"]
    assert services.fake_objects.objects == {}


def test_same_upload_asked_for_twice_is_one_import(services: FakeServices, ada: Caller) -> None:
    upload = _upload(services, ada, calendar(event("u")))
    first = services.import_jobs.start(ada, upload, ImportOptions())
    assert services.import_jobs.start(ada, upload, ImportOptions()) == first
    ended, _ = _run(services, first)
    assert services.import_jobs.start(ada, upload, ImportOptions()) == ended
    assert len(services.fake_machine.executions) == 1


def test_import_that_could_not_be_started_is_started_when_it_is_asked_for_again(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, state: Any) -> None:
        raise Unavailable("state_machine_busy")

    upload = _upload(services, ada, calendar(event("u")))
    with monkeypatch.context() as busy:
        busy.setattr(services.fake_machine, "start", refuse)
        with pytest.raises(Unavailable):
            services.import_jobs.start(ada, upload, ImportOptions())
    assert services.import_jobs.start(ada, upload, ImportOptions()).id == upload
    assert list(services.fake_machine.executions) == [upload]


def test_upload_of_somebody_else_and_one_that_is_not_put_are_not_found(services: FakeServices, ada: Caller, bob: Caller) -> None:
    empty = services.import_jobs.open_upload(ada).id
    mine = _upload(services, ada, calendar(event("u")))
    for caller, upload in ((ada, empty), (bob, mine)):
        with pytest.raises(NotFound) as refused:
            services.import_jobs.start(caller, upload, ImportOptions())
        assert (refused.value.code, refused.value.details) == ("upload", {"upload": upload})


def test_import_of_somebody_else_is_not_found(services: FakeServices, ada: Caller, bob: Caller) -> None:
    job = _start(services, ada, calendar(event("u")))
    with pytest.raises(NotFound, match="import"):
        services.import_jobs.status(bob, job.id)


def test_what_is_wrong_at_the_start_is_told_at_the_start(
    services: FakeServices, ada: Caller, bob: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = services.groups.create(bob, Group("", "Bob's"))
    with pytest.raises(NotFound, match="group"):
        _start(services, ada, calendar(event("u")), group=group.uuid)
    with pytest.raises(InvalidInput, match="empty_file"):
        _start(services, ada, b"")
    monkeypatch.setattr(import_jobs, "MAX_UPLOAD", 10)
    with pytest.raises(TooLarge) as refused:
        _start(services, ada, b"x" * 11)
    assert refused.value.details == {"bytes": 11, "limit": 10}
    assert services.fake_machine.executions == {}


@pytest.mark.parametrize(
    ("content", "options", "code", "details"),
    [
        (b"hello", {}, "unknown_format", {"media_type": ""}),
        (calendar(event("u", "\xff")).replace(b"\xc3\xbf", b"\xff"), {}, "invalid_encoding", {"line": 8, "position": 131}),
        (calendar(), {}, "no_entries", {"ignored": {}}),
        (
            calendar(event("u", "x" * 1_001), event("v")),
            {"strict": True},
            "not_strictly_valid",
            {"rejected": 1, "entry": 1, "line": 4, "uid": "u", "reason": "SUMMARY is longer than 1000 characters"},
        ),
    ],
)
def test_file_that_cannot_be_imported_fails_the_job(
    services: FakeServices, ada: Caller, content: bytes, options: dict[str, Any], code: str, details: dict[str, Any]
) -> None:
    ended, _ = _run(services, _start(services, ada, content, **options))
    assert (ended.state, ended.report) == ("failed", {"code": code, "details": details})
    assert _slots(services, ada) == []
    assert services.fake_objects.objects == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + b"x" * 40_000_000 + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
         "a line is longer than 1000000 bytes"),
        (b'"Subject","Start Date"\r\n"' + b"x" * 40_000_000, "the row is longer than 1000000 characters"),
    ],
    ids=["iCalendar", "CSV"],
)  # fmt: skip
def test_line_of_forty_megabytes_is_refused_with_its_place(
    services: FakeServices, ada: Caller, content: bytes, reason: str
) -> None:
    ended, _ = _run(services, _start(services, ada, content))
    assert (ended.state, ended.report) == (
        "failed",
        {
            "code": "no_valid_entry",
            "details": {"rejected": 1, "ignored": {}, "entry": 1, "line": 2, "uid": "", "reason": reason},
        },
    )


def test_many_changes_of_one_series_are_put_together_in_time(services: FakeServices, ada: Caller) -> None:
    moved = [f"RECURRENCE-ID:2026{1 + n // 720 % 12:02}{1 + n // 30 % 24:02}T10{n % 30:02}00Z" for n in range(3_000)]
    ended, _ = _run(services, _start(services, ada, calendar(*(event("series", line, "20260301T100000Z", line) for line in moved))))
    assert ended.report is not None
    assert (ended.report["created"], ended.report["rejected"], ended.done) == (1, [], 3_000)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let no more than four events stand behind the first of a uid; give that in characters."""
    limit = 4 * len(event("large", "n", "20260301T100000Z", "RECURRENCE-ID:20260301T100000Z")) + 10
    for module in (import_entries, import_survey):
        monkeypatch.setattr(module, "MAX_TOGETHER", limit)
    return limit


def _series(uid: str, changes: int) -> list[str]:
    return [
        event(uid, str(number), f"2026030{number}T100000Z", f"RECURRENCE-ID:2026030{number}T100000Z")
        for number in range(1, changes + 1)
    ]


def test_series_with_too_much_in_it_is_refused_and_the_others_are_not(services: FakeServices, ada: Caller, narrow: int) -> None:
    ended, _ = _run(services, _start(services, ada, calendar(*_series("huge", 6), *_series("large", 5), event("small"))))
    assert ended.report is not None
    assert (ended.state, ended.report["created"], ended.done) == ("done", 2, 12)
    reason = f"the components of its uid have more than {narrow} characters together"
    assert [(each["entry"], each["uid"], each["reason"]) for each in ended.report["rejected"]] == [
        (number, "huge", reason) for number in range(1, 7)
    ]
    assert [slot.uid for slot in _slots(services, ada)] == ["large", "small"]


def test_series_with_too_much_in_it_is_not_valid_to_a_strict_import(services: FakeServices, ada: Caller, narrow: int) -> None:
    content = calendar(*_series("huge", 6), event("small"))
    ended, _ = _run(services, _start(services, ada, content, strict=True))
    assert ended.report is not None
    assert (ended.state, ended.report["code"]) == ("failed", "not_strictly_valid")
    assert (ended.report["details"]["entry"], ended.report["details"]["uid"]) == (6, "huge")
    assert f"more than {narrow} characters" in ended.report["details"]["reason"]
    assert _slots(services, ada) == []


def test_file_that_changes_under_the_job_fails_it(services: FakeServices, ada: Caller) -> None:
    job = _start(services, ada, calendar(event("u")))
    services.fake_objects.put(job.source, calendar(event("other")))
    ended, _ = _run(services, job)
    assert (ended.state, ended.report) == ("failed", {"code": "upload_changed", "details": {"upload": job.id}})


def test_job_in_tiny_pieces_comes_out_the_same(services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _small_pieces(monkeypatch)
    content = _scattered()
    job = _start(services, ada, content)
    ended, left = _run(services, job, until=NO_TIME)
    report, slots = _twin(services, ada, content)
    assert len(left) > 40
    assert (ended.state, ended.done, ended.total) == ("done", 303, 303)
    assert ended.report == report
    assert _slots(services, ada) == slots


def test_progress_rises_and_moves_with_the_pieces(services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _small_pieces(monkeypatch)
    job = _start(services, ada, _scattered())
    seen = []
    while services.import_jobs.run_piece(ada.user_id, job.id, until=NO_TIME) != "finished":
        now = services.import_jobs.status(ada, job.id)
        seen.append((now.done, now.total))
        assert now.state == "processing"
    assert seen == sorted(seen)
    storing = [done for done, total in seen if total == 303 and done > 0]
    assert len(set(storing)) > 30


@pytest.mark.parametrize("looked_up_first", [10, 5])  # with five of a batch, a job that finds no slot at all looks none up
@pytest.mark.parametrize("seed", range(12))
def test_job_killed_anywhere_comes_out_the_same(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch, seed: int, looked_up_first: int
) -> None:
    monkeypatch.setattr(import_writer, "LOOKED_UP_FIRST", looked_up_first)
    _small_pieces(monkeypatch)
    content = _scattered()
    report, slots = _twin(services, ada, content)
    job = _start(services, ada, content)
    chance = random.Random(seed)
    with monkeypatch.context() as deadly:
        kills = _kill_at_random(deadly, services, chance)
        while True:
            try:
                left = services.import_jobs.run_piece(ada.user_id, job.id, until=chance.choice([NO_TIME, time.time() + 60]))
            except Killed:
                continue
            if left == "finished":
                break
    ended = services.import_jobs.status(ada, job.id)
    assert (ended.state, ended.report) == ("done", report)
    assert _slots(services, ada) == slots
    assert kills() > 5


def test_fifty_thousand_events_killed_in_the_middle(services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    content = calendar(*(event(f"u{number}", f"Slot {number}") for number in range(49_999)), event("u7", "Slot seven"))
    job = _start(services, ada, content)
    put_new = services.fake_slots.put_new
    progress: list[tuple[int, int]] = []
    deaths = iter(number == 25 for number in range(10**6))

    def dies_once(owner: Owner, slots: Any) -> Any:
        now = services.import_jobs.status(ada, job.id)
        progress.append((now.done, now.total))
        if next(deaths):
            put_new(owner, list(slots)[:500])
            raise Killed
        return put_new(owner, slots)

    monkeypatch.setattr(services.fake_slots, "put_new", dies_once)
    with pytest.raises(Killed):
        services.import_jobs.run_piece(ada.user_id, job.id, until=FOREVER)
    ended, _ = _run(services, job)
    report = ended.report
    assert report is not None
    assert (ended.state, ended.done, ended.total, report["created"], report["unchanged"]) == ("done", 50_000, 50_000, 49_999, 0)
    assert [each["entry"] for each in report["rejected"]] == [8]
    assert progress == sorted(progress)
    assert max(later - earlier for (earlier, _), (later, _) in pairwise(progress)) <= 10_000
    assert len(services.fake_slots._slots) == 49_999


def test_dry_run_reports_the_same_and_writes_nothing(services: FakeServices, ada: Caller) -> None:
    content = _scattered()
    ended, _ = _run(services, _start(services, ada, content, dry_run=True))
    assert ended.report == _twin(services, ada, content)[0]
    assert _slots(services, ada) == []
    assert services.fake_accounts.groups(ada.user_id) == []


def test_wide_import_spreads_the_user_s_slots_and_lets_others_notice(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "WIDE_IMPORT", 5)
    content = calendar(*(event(f"u{number}") for number in range(6)))
    ended, left = _run(services, _start(services, ada, content))
    assert left == ["settle", "finished"]
    assert services.accounts.user(ada.user_id).spread == 16
    assert ended.report is not None
    assert ended.report["created"] == 6
    assert _run(services, _start(services, ada, content))[1] == ["finished"]


def test_wide_dry_run_spreads_nothing(services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "WIDE_IMPORT", 5)
    content = calendar(*(event(f"u{number}") for number in range(6)))
    assert _run(services, _start(services, ada, content, dry_run=True))[1] == ["finished"]
    assert services.accounts.user(ada.user_id).spread == 1


def test_job_that_began_with_nothing_goes_on_without_looking_up_until_the_spread_is_raised(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small_pieces(monkeypatch)
    monkeypatch.setattr(import_writer, "LOOKED_UP_FIRST", 5)
    looked_up: list[int] = []
    get_many = services.fake_slots.get_many

    def counted(owner: Owner, uids: Iterable[str]) -> Any:
        wanted = list(uids)
        looked_up.append(len(wanted))
        return get_many(owner, wanted)

    monkeypatch.setattr(services.fake_slots, "get_many", counted)
    job = _start(services, ada, calendar(*(event(f"u{number}") for number in range(60))))
    while services.import_jobs.status(ada, job.id).done < 30:
        services.import_jobs.run_piece(ada.user_id, job.id, until=NO_TIME)
    assert looked_up == [5]
    services.fake_accounts.raise_spread(ada.user_id, 16)  # as an import that runs beside this one does
    _run(services, job, until=NO_TIME)
    assert looked_up == [5, 10, 10, 10]
    assert len(_slots(services, ada)) == 60


def test_wide_import_that_is_killed_after_the_spread_settles_all_the_same(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "WIDE_IMPORT", 5)
    job = _start(services, ada, calendar(*(event(f"u{number}") for number in range(6))))
    raise_spread = services.fake_accounts.raise_spread

    def killed(user_id: int, spread: int) -> None:
        raise_spread(user_id, spread)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(services.fake_accounts, "raise_spread", killed)
        with pytest.raises(Killed):
            services.import_jobs.run_piece(ada.user_id, job.id, until=FOREVER)
    assert _run(services, job)[1] == ["settle", "finished"]


def test_edit_made_while_the_job_runs_is_not_lost(services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _small_pieces(monkeypatch)
    events = [event(f"u{number}", f"Old {number}") for number in range(100)]
    services.slot_import.import_file(ada, calendar(*events), ImportOptions(), until=FOREVER)
    job = _start(services, ada, calendar(*(text.replace("Old", "New") for text in events)))
    while services.import_jobs.status(ada, job.id).done == 0:
        services.import_jobs.run_piece(ada.user_id, job.id, until=NO_TIME)
    services.now = NOON.replace(second=1)
    services.slots.change(ada, "u99", {"title": "Mine"})
    services.slots.change(ada, "u0", {"title": "Mine too"})
    ended, _ = _run(services, job, until=NO_TIME)
    assert ended.report is not None
    assert (ended.report["updated"], [each["uid"] for each in ended.report["rejected"]]) == (99, ["u99"])
    titles = {slot.uid: slot.title for slot in _slots(services, ada)}
    assert (titles.pop("u99"), titles.pop("u0")) == ("Mine", "Mine too")
    assert set(titles.values()) == {f"New {number}" for number in range(1, 99)}


def test_execution_that_dies_closes_the_job_once(services: FakeServices, ada: Caller) -> None:
    job = _start(services, ada, calendar(event("u")))
    services.import_jobs.close(ada.user_id, job.id)
    failed = services.import_jobs.status(ada, job.id)
    assert (failed.state, failed.report) == ("failed", {"code": "import_failed", "details": {}})
    assert services.import_jobs.run_piece(ada.user_id, job.id, until=FOREVER) == "finished"
    assert _slots(services, ada) == []


def test_close_leaves_a_job_that_has_ended_as_it_is(services: FakeServices, ada: Caller) -> None:
    ended, _ = _run(services, _start(services, ada, calendar(event("u"))))
    services.import_jobs.close(ada.user_id, ended.id)
    assert services.import_jobs.status(ada, ended.id) == ended


def test_job_of_a_user_who_has_left_leaves_nothing_behind(services: FakeServices, ada: Caller) -> None:
    job = _start(services, ada, calendar(event("u")))
    services.accounts.leave(ada, password=PASSWORD, until=FOREVER)
    assert services.fake_objects.objects == {}
    assert services.import_jobs.run_piece(ada.user_id, job.id, until=FOREVER) == "finished"
    assert _slots(services, ada) == []


def test_user_who_leaves_while_a_piece_runs_leaves_nothing_behind(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _start(services, ada, calendar(event("u")))
    put_new = services.fake_slots.put_new

    def leave_first(*arguments: Any) -> Any:
        services.accounts.leave(ada, password=PASSWORD, until=FOREVER)
        return put_new(*arguments)

    monkeypatch.setattr(services.fake_slots, "put_new", leave_first)
    services.import_jobs.run_piece(ada.user_id, job.id, until=FOREVER)
    assert _slots(services, ada) == []


def test_group_that_is_deleted_between_two_pieces_fails_the_job_and_no_slot_stays_in_it(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small_pieces(monkeypatch)
    group = services.fake_accounts.ensure_group(ada.user_id, Group("6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "Trips")).uuid
    job = _start(services, ada, calendar(*(event(f"u{number}") for number in range(60))), group=group)
    while services.import_jobs.status(ada, job.id).done < 30:
        services.import_jobs.run_piece(ada.user_id, job.id, until=NO_TIME)
    services.fake_accounts.delete_group(ada.user_id, group)  # by somebody who had looked for its slots before they were written
    ended, _ = _run(services, job)
    assert ended.report is not None
    assert (ended.state, ended.report["code"]) == ("failed", "group_not_found")
    assert [slot.groups for slot in _slots(services, ada)] == [()] * 30


def test_request_that_runs_out_of_time_goes_on_as_a_job_with_the_same_report(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small_pieces(monkeypatch)
    content = _scattered()
    report, slots = _twin(services, ada, content)
    job = _interrupted(services.slot_import, ada, content)
    assert 0 < len(_slots(services, ada)) < len(slots)
    ended, _ = _run(services, job)
    assert ended.report == report
    assert _slots(services, ada) == slots


def _interrupted(imports: SlotImport, caller: Caller, content: bytes) -> ImportJob:
    """Import within a request whose time is over after a few batches."""
    until = time.time() + 3_600
    with pytest.MonkeyPatch.context() as patch:
        batches = iter([until - 1, until - 1, until - 1])
        patch.setattr(import_writer, "time", SimpleNamespace(time=lambda: next(batches, until)))
        outcome = imports.import_file(caller, content, ImportOptions(), until=until)
    assert isinstance(outcome, ImportJob)
    return outcome


def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.import_entries.BATCH_ENTRIES", 10)
    monkeypatch.setattr(import_jobs, "LOOK_AT_CLOCK", 10)
    monkeypatch.setattr(import_jobs, "PROGRESS_ENTRIES", 10)
    monkeypatch.setattr("chalicelib.services.import_survey.BUCKET_ENTRIES", 2)


def _scattered() -> bytes:
    """Give a file in which some uids stand in several places, some entries are bad, and one has no uid."""
    moved = [event(f"series{n}", f"Moved {n}", "20260309T120000Z", "RECURRENCE-ID:20260308T100000Z") for n in range(4)]
    series = [event(f"series{n}", f"Weekly {n}", "20260301T100000Z", "RRULE:FREQ=WEEKLY;COUNT=4") for n in range(4)]
    twice = [event("twice", "First"), event("twice", "Second")]
    bad = [event("bad1", "x" * 1_001), event("bad2", "y" * 1_001)]
    body = list(varied_events(290))
    return calendar(
        *moved, twice[0], *body[:100], bad[0], event("", "No uid"), *body[100:], bad[1], twice[1], *series[:2], *series[2:]
    )


def _kill_at_random(monkeypatch: pytest.MonkeyPatch, services: FakeServices, chance: random.Random) -> Callable[[], int]:
    """Have calls of the stores kill the task, before or after they did what they do; gives how often."""
    killed = 0

    def fatal(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            nonlocal killed
            if killed < 60 and chance.random() < 0.04:
                killed += 1
                if chance.random() < 0.5:
                    call(*arguments, **named)
                raise Killed
            return call(*arguments, **named)

        return wrapped

    for store, names in (
        (services.fake_slots, ("get_many", "replace")),
        (services.fake_objects, ("put", "head", "delete")),
        (services.fake_accounts, ("advance_import", "end_import", "ensure_group", "import_job")),
    ):
        for name in names:
            monkeypatch.setattr(store, name, fatal(getattr(store, name)))
    put_new = services.fake_slots.put_new

    def partly(owner: Owner, slots: Iterable[Any]) -> Any:
        nonlocal killed
        batch = list(slots)
        if killed < 60 and chance.random() < 0.1:
            killed += 1
            put_new(owner, batch[: chance.randrange(len(batch) + 1)])
            raise Killed
        return put_new(owner, batch)

    monkeypatch.setattr(services.fake_slots, "put_new", partly)
    return lambda: killed
