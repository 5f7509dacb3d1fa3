from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app import app
from chalicelib import wiring
from chalicelib.domain.accounts import Caller
from chalicelib.domain.exports import Definition
from chalicelib.domain.schedules import Schedule
from chalicelib.tasks import tick as tasks
from tests.fakes.services import FakeServices
from tests.http_client import LambdaContext

EVENT: dict[str, Any] = {
    "version": "0",
    "account": "1",
    "region": "r",
    "id": "x",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-03-01T12:00:00Z",
    "resources": [],
    "detail": {},
}


@pytest.fixture
def services() -> Iterator[FakeServices]:
    made = FakeServices()
    wiring.use(made)
    yield made
    wiring.use(None)


def an_export(services: FakeServices) -> int:
    user = services.accounts.sign_up(email="a@b.example", password="correct horse battery", name="A")
    definition = Definition(name="Daily", schedules=(Schedule(hours=(13,)),))
    return services.export_jobs.create(Caller(user.id), definition).export.id


def state(services: FakeServices, number: int) -> str:
    found = services.fake_exports.dossier(number)
    assert found is not None
    return found.export.state


def ended(name: str, status: str = "TIMED_OUT") -> dict[str, Any]:
    return {**EVENT, "source": "aws.states", "detail": {"name": name, "status": status}}


def test_tick_starts_what_is_due(services: FakeServices) -> None:
    number = an_export(services)
    services.now += timedelta(hours=1)
    tasks.tick(EVENT, LambdaContext())
    assert state(services, number) == "pending"


def test_failure_of_one_matter_does_not_keep_the_tick_from_the_others(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = an_export(services)
    services.now += timedelta(hours=1)
    due = services.export_care.due_exports()
    monkeypatch.setattr(services.export_care, "due_exports", lambda: ["poisoned", *due])
    tasks.tick(EVENT, LambdaContext())
    assert state(services, number) == "pending"


def test_execution_that_died_closes_its_run_only(services: FakeServices) -> None:
    number = an_export(services)
    services.now += timedelta(hours=1)
    tasks.tick(EVENT, LambdaContext())
    for name in ("import-1", f"export-{number}-2", f"archive-{number}-1-x", "export--1", "export-x-1", ""):
        tasks.export_execution_ended(ended(name), LambdaContext())
        assert state(services, number) == "pending"
    tasks.export_execution_ended(ended(f"export-{number}-1"), LambdaContext())
    found = services.fake_exports.dossier(number)
    assert found is not None
    assert found.latest is not None
    assert (found.export.state, found.latest.reason) == ("failed", "its execution timed out")


def test_rules_are_registered() -> None:
    assert {"tick", "export_execution_ended"} <= set(app.handler_map)
