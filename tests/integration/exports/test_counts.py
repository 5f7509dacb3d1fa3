"""How many calls of DynamoDB the requests and rules of export jobs take: counts do not drift."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.accounts import Caller
from chalicelib.domain.exports import Archive, Definition, LogEntry, RunRef, RunResult
from chalicelib.domain.schedules import Schedule
from tests.fakes.services import FakeServices
from tests.tables import REGION, create_tables

CALLER = Caller(10)
PASSKEY_CALLS = ["Query"]


class Counted:
    """The services of export jobs on DynamoDB, with a note of each call."""

    def __init__(self) -> None:
        client = boto3.client("dynamodb", region_name=REGION)
        create_tables(client)
        self.calls: list[str] = []
        client.meta.events.register("before-call.dynamodb", self._note)
        self.services = FakeServices()
        for store in ("export_store", "run_store", "care_store"):
            vars(self.services).pop(store)
        vars(self.services)["_dynamodb"] = client

    def _note(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)

    def taken(self) -> list[str]:
        """Give the calls since this was last asked."""
        calls, self.calls[:] = list(self.calls), []
        return calls

    def finish(self, number: int, now: datetime) -> RunRef:
        ref = RunRef(number, 1)
        store = self.services.run_store
        store.claim_run(ref, now=now)
        store.publish_run(ref, RunResult(1, 1, (Archive("zip", 7),)))
        store.finish_run(ref, log=LogEntry(1, "EXPORT_FINISH", now), now=now)
        return ref


@pytest.fixture
def counted() -> Iterator[Counted]:
    with mock_aws():
        yield Counted()


def test_tick_with_nothing_due_is_two_queries(counted: Counted) -> None:
    counted.services.export_jobs.create(CALLER, Definition(name="x", schedules=(Schedule(hours=(20,)),)))
    counted.taken()
    care = counted.services.export_care
    assert (list(care.due_exports()), list(care.due_care())) == ([], [])
    assert counted.taken() == ["Query", "Query"]


def test_due_export_starts_with_one_read_and_one_transaction(counted: Counted) -> None:
    number = counted.services.export_jobs.create(CALLER, Definition(name="x", schedules=(Schedule(hours=(13,)),))).export.id
    counted.services.now += timedelta(hours=1)
    counted.taken()
    assert [counted.services.export_care.start_due(due) for due in counted.services.export_care.due_exports()] == ["started"]
    assert counted.taken() == ["Query", "Query", "TransactWriteItems"]
    assert list(counted.services.fake_export_machine.executions) == [f"export-{number}-1"]


def test_export_with_runs_and_log_is_one_read(counted: Counted) -> None:
    jobs = counted.services.export_jobs
    number = jobs.create(CALLER, Definition()).export.id
    jobs.start(CALLER, number)
    counted.finish(number, counted.services.now)
    counted.taken()
    assert len(jobs.dossier(CALLER, number, log=200).log) == 3
    assert counted.taken() == ["Query"]


def test_list_reads_the_page_only(counted: Counted) -> None:
    for _ in range(5):
        counted.services.export_jobs.create(CALLER, Definition())
    counted.taken()
    assert len(counted.services.export_jobs.exports(CALLER, [], limit=3, offset=1).dossiers) == 3
    assert counted.taken() == ["Query", "BatchGetItem"]
    assert counted.services.export_jobs.exports(CALLER, [], limit=0, offset=0).total == 5
    assert counted.taken() == ["Query"]


def test_link_takes_the_same_calls_whatever_is_wrong_with_it(counted: Counted) -> None:
    jobs = counted.services.export_jobs
    made = jobs.create(CALLER, Definition(name="Plan")).export
    jobs.start(CALLER, made.id)
    counted.finish(made.id, counted.services.now)
    counted.taken()
    downloads = counted.services.export_downloads
    assert downloads.open(made.id, made.passkey, "Plan.zip", deadline=0).size == 7  # type: ignore[union-attr]  # it is a file
    assert counted.taken() == PASSKEY_CALLS
    wrong = [(made.id, "x", "Plan.zip"), (404, made.passkey, "Plan.zip"), (None, "x", "x"), (made.id, made.passkey, "x")]
    for number, passkey, name in wrong:
        with pytest.raises(Exception, match="export_invalid_passkey"):
            downloads.open(number, passkey, name, deadline=0)
        assert counted.taken() == PASSKEY_CALLS
