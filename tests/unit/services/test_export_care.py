"""The minute tick, on stores in memory."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exports import (
    LINK_GRACE,
    PENDING_LIMIT,
    RUN_LIMIT,
    TASK_LIMIT,
    Archive,
    Definition,
    LogEntry,
    RunRef,
    RunResult,
)
from chalicelib.domain.schedules import Schedule
from chalicelib.services.ports.exports import Dossier
from tests.fakes.services import FakeServices

MINUTE = timedelta(minutes=1)
DUE = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
HOURLY = Schedule(hours=tuple(range(24)))


class Tick:
    """The tick of one container, and its user."""

    def __init__(self) -> None:
        self.services = FakeServices()
        self.user = self.services.accounts.sign_up(email="ada@example.org", password="correct horse battery", name="Ada")
        self.caller = Caller(self.user.id)

    def create(self, **definition: object) -> int:
        made = Definition(name="Daily", schedules=(HOURLY,))
        return self.services.export_jobs.create(self.caller, replace(made, **definition)).export.id  # type: ignore[arg-type]  # fields by name

    def read(self, number: int) -> Dossier:
        return self.services.export_jobs.dossier(self.caller, number, log=50)

    def at(self, moment: datetime) -> Counter[str]:
        self.services.now = moment
        return self()

    def __call__(self) -> Counter[str]:
        care = self.services.export_care
        outcomes: Counter[str] = Counter(care.start_due(number) for number in care.due_exports())
        outcomes.update(care.look_after(due, until=float("inf")) for due in care.due_care())
        return outcomes

    def finish(self, number: int) -> RunRef:
        store, now = self.services.fake_exports, self.services.now
        ref = RunRef(number, self.read(number).export.run)
        store.claim_run(ref, now=now)
        self.services.fake_objects.put(ref.file_key("a.json"), b"[]")
        store.publish_run(ref, RunResult(1, 1, (Archive("zip", 1),)))
        store.finish_run(ref, log=LogEntry(ref.run, "EXPORT_FINISH", now), now=now)
        return ref

    def executions(self) -> list[str]:
        return list(self.services.fake_export_machine.executions)


@pytest.fixture
def tick() -> Tick:
    return Tick()


def test_nothing_due_does_nothing(tick: Tick) -> None:
    tick.create()
    tick.create(schedules=())
    assert tick.at(DUE - MINUTE) == Counter()
    assert tick.executions() == []


def test_due_minute_starts_once_however_often_the_rule_fires(tick: Tick) -> None:
    number = tick.create()
    assert tick.at(DUE) == {"started": 1}
    assert tick() == Counter()
    assert tick.executions() == [f"export-{number}-1"]
    found = tick.read(number)
    assert (found.export.state, found.export.next_run) == ("pending", DUE + timedelta(hours=1))
    assert found.latest is not None
    assert found.latest.due == DUE
    assert found.log[0].info == {"by": "schedule", "due": "2026-03-01T13:00:00+00:00"}


def test_due_minute_starts_once_in_many_places_at_once(tick: Tick) -> None:
    number = tick.create()
    tick.services.now = DUE
    barrier = threading.Barrier(8)

    def fire(_: int) -> str:
        barrier.wait()
        return tick.services.export_care.start_due(number)

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(fire, range(8)))
    assert outcomes == {"started": 1, "nothing": 7}
    assert tick.executions() == [f"export-{number}-1"]


def test_late_rule_starts_one_run(tick: Tick) -> None:
    number = tick.create(schedules=(Schedule(hours=(13,), minutes=tuple(range(0, 60, 5))),))
    assert tick.at(DUE + 12 * MINUTE) == {"started": 1}
    assert tick.read(number).export.next_run == DUE + 15 * MINUTE


def test_outage_of_days_leads_to_one_run(tick: Tick) -> None:
    number = tick.create()
    assert tick.at(DUE + timedelta(days=3, minutes=20)) == {"started": 1}
    tick.finish(number)
    assert tick.at(DUE + timedelta(days=3, minutes=21)) == Counter()
    assert tick.read(number).export.next_run == DUE + timedelta(days=3, hours=1)


def test_run_still_going_skips_the_next_and_logs_it(tick: Tick) -> None:
    number = tick.create()
    tick.at(DUE)
    tick.services.fake_exports.claim_run(RunRef(number, 1), now=DUE)
    assert tick.at(DUE + timedelta(hours=1)) == {"skipped": 1}
    assert tick() == Counter()
    found = tick.read(number)
    assert found.export.next_run == DUE + timedelta(hours=2)
    assert (found.log[0].type, found.log[0].info["due"]) == ("EXPORT_SKIPPED", "2026-03-01T14:00+00:00")
    assert tick.executions() == [f"export-{number}-1"]


def test_run_without_a_place_waits_a_minute(tick: Tick) -> None:
    numbers = [tick.create() for _ in range(6)]
    assert tick.at(DUE) == {"started": 5, "postponed": 1}
    waiting = next(number for number in numbers if tick.read(number).export.run == 0)
    assert tick.read(waiting).export.next_run == DUE + MINUTE
    done = next(number for number in numbers if number != waiting)
    tick.finish(done)
    assert tick.at(DUE + MINUTE)["started"] == 1
    assert tick.read(waiting).export.state == "pending"


def test_changed_schedule_is_not_started_for_the_old_minute(tick: Tick) -> None:
    number = tick.create()
    tick.services.export_jobs.update(tick.caller, number, lambda kept: replace(kept, schedules=(Schedule(hours=(20,)),)))
    assert tick.at(DUE) == Counter()
    assert tick.services.export_care.start_due(number) == "nothing"
    tick.services.export_jobs.delete(tick.caller, number)
    assert tick.services.export_care.start_due(number) == "nothing"


def test_pending_run_without_execution_is_started_again_under_its_name(tick: Tick) -> None:
    number = tick.create(schedules=())
    machine = tick.services.fake_export_machine
    kept, tick.services.fake_export_machine.start = machine.start, _unavailable  # type: ignore[method-assign]  # fails for a while
    tick.services.export_jobs.start(tick.caller, number)
    assert tick.executions() == []
    assert tick.read(number).export.state == "pending"
    machine.start = kept  # type: ignore[method-assign]  # fails for a while
    assert tick() == Counter()
    started = tick.services.now
    assert tick.at(started + MINUTE) == {"restarted": 1}
    assert tick() == Counter()
    assert tick.executions() == [f"export-{number}-1"]
    assert tick.at(started + PENDING_LIMIT) == {"closed": 1}
    found = tick.read(number)
    assert found.latest is not None
    assert (found.export.state, found.latest.reason) == ("failed", "it could not be started")


def _unavailable(name: str, state: object) -> None:
    raise Unavailable("jobs_unreachable")


def test_run_that_takes_too_long_is_closed_and_aborted(tick: Tick) -> None:
    number = tick.create(schedules=())
    tick.services.export_jobs.start(tick.caller, number)
    begun = tick.services.now
    tick.services.fake_exports.claim_run(RunRef(number, 1), now=begun)
    assert tick.at(begun + RUN_LIMIT - MINUTE) == Counter()
    assert tick.at(begun + RUN_LIMIT) == {"closed": 1}
    found = tick.read(number)
    assert found.latest is not None
    assert (found.export.state, found.latest.reason) == ("failed", "it took longer than a run may take")
    assert list(tick.services.fake_export_machine.stopped) == [f"export-{number}-1"]


def test_files_of_a_replaced_run_go_after_the_grace_period(tick: Tick) -> None:
    number = tick.create(schedules=())
    for _ in range(2):
        tick.services.export_jobs.start(tick.caller, number)
        tick.finish(number)
    keys = [RunRef(number, run).file_key("a.json") for run in (1, 2)]
    assert sorted(tick.services.fake_objects.objects) == keys
    finished = tick.services.now
    assert tick.at(finished + LINK_GRACE - MINUTE) == Counter()
    assert tick.at(finished + LINK_GRACE) == {"discarded": 1}
    assert sorted(tick.services.fake_objects.objects) == keys[1:]
    assert tick() == Counter()
    assert tick.read(number).export.served == 2


def test_files_written_after_a_stop_go_when_no_task_can_write_more(tick: Tick) -> None:
    number = tick.create(schedules=())
    tick.services.export_jobs.start(tick.caller, number)
    tick.services.fake_exports.claim_run(RunRef(number, 1), now=tick.services.now)
    tick.services.export_jobs.stop(tick.caller, number)
    stopped = tick.services.now
    tick.services.fake_objects.put(RunRef(number, 1).file_key("late.json"), b"[]")
    before = tick.read(number).export
    assert tick.at(stopped + TASK_LIMIT) == {"discarded": 1}
    assert tick.services.fake_objects.objects == {}
    assert replace(tick.read(number).export, revision=before.revision) == before


def test_files_of_a_deleted_export_follow(tick: Tick) -> None:
    number = tick.create(schedules=())
    other = tick.create(schedules=())
    for each in (number, other):
        tick.services.export_jobs.start(tick.caller, each)
        tick.finish(each)
    tick.services.export_jobs.delete(tick.caller, number)
    assert tick() == {"discarded": 1}
    assert list(tick.services.fake_objects.objects) == [RunRef(other, 1).file_key("a.json")]


def test_discarding_stops_when_time_is_up_and_goes_on_later(tick: Tick) -> None:
    number = tick.create(schedules=())
    tick.services.export_jobs.start(tick.caller, number)
    tick.finish(number)
    tick.services.export_jobs.delete(tick.caller, number)
    (due,) = tick.services.export_care.due_care()
    assert tick.services.export_care.look_after(due, until=0) == "unfinished"
    assert len(tick.services.fake_objects.objects) == 1
    assert tick() == {"discarded": 1}


@pytest.mark.parametrize(("notify", "scheduled", "mails"), [(True, True, 1), (False, True, 0), (True, False, 0)])
def test_owner_is_mailed_once_when_a_scheduled_run_fails_and_that_is_wanted(
    tick: Tick, notify: bool, scheduled: bool, mails: int
) -> None:
    number = tick.create(notify=notify, name="Daily\nplan")
    tick.services.now = DUE
    if scheduled:
        tick()
    else:
        tick.services.export_jobs.start(tick.caller, number)
    for _ in range(2):
        tick.services.export_failures.close(RunRef(number, 1), "no such group")
    sent = tick.services.fake_mailer.sent
    assert [(mail.to, mail.subject) for mail in sent] == [("ada@example.org", "Export Daily plan failed")] * mails
    assert all("no such group" in mail.text for mail in sent)


def test_mail_that_cannot_be_sent_does_not_keep_the_run_open(tick: Tick) -> None:
    number = tick.create(notify=True)
    tick.at(DUE)
    tick.services.fake_mailer.broken = True
    assert tick.services.export_failures.close(RunRef(number, 1), "broken") is True
    assert tick.read(number).export.state == "failed"


def test_late_news_of_an_execution_changes_nothing(tick: Tick) -> None:
    number = tick.create(schedules=())
    tick.services.export_jobs.start(tick.caller, number)
    tick.finish(number)
    before = tick.read(number)
    assert tick.services.export_failures.close(RunRef(number, 1), "its execution failed") is False
    tick.services.export_jobs.start(tick.caller, number)
    assert tick.services.export_failures.close(RunRef(number, 1), "its execution failed") is False
    assert tick.services.export_failures.close(RunRef(404, 1), "its execution failed") is False
    assert before.export.state == "done"
    assert tick.read(number).export.state == "pending"
