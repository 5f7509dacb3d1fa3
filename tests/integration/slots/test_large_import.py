"""A file of fifty thousand events by upload, whose tasks are killed again and again, followed over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app import app
from chalicelib import wiring
from chalicelib.tasks.slot_import import import_step
from tests.calendars import calendar, event, varied_events
from tests.fakes.faults import Killed
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient

COUNT = 50_000
PASSWORD = "correct horse battery"


@pytest.fixture
def services() -> Iterator[FakeServices]:
    """Services in memory: what is tried here is the job, and fifty thousand slots in moto would take minutes."""
    made = FakeServices()
    wiring.use(made)
    yield made
    wiring.use(None)


def _user(services: FakeServices, name: str) -> HttpClient:
    services.accounts.sign_up(email=f"{name}@example.org", password=PASSWORD, name=name)
    token = services.accounts.sign_in(email=f"{name}@example.org", password=PASSWORD).token
    return HttpClient(app, headers={"Authorization": f"Token token={token}"})


def _start(services: FakeServices, client: HttpClient, content: bytes) -> dict[str, Any]:
    """Upload a file, start its import, and give the state that its first task gets."""
    upload = client.post("/v1/import/uploads").json()
    services.fake_objects.put(upload["url"].removeprefix("https://objects.test/").partition("?")[0], content)
    assert client.post("/v1/import", json={"upload": upload["upload"]}).status == 202
    return dict(services.fake_machine.executions[upload["upload"]])


def _file() -> bytes:
    """Fifty thousand events; some cannot be imported, some stand twice, some series have their parts far apart."""
    events = list(varied_events(COUNT))
    for place in range(100, COUNT, 9_000):
        events[place] = event(f"bad-{place}", "x" * 1_001)
        events[place + 1] = event("twice", f"At {place}")
        moved = event("series", f"Moved {place}", "20260309T150000Z", f"RECURRENCE-ID:2026{place // 9_000 + 1:02d}01T100000Z")
        events[place + 2] = moved
    events[70] = event("series", "Weekly", "20260101T100000Z", "RRULE:FREQ=DAILY;COUNT=300")
    return calendar(*events, "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n")


class _Deaths:
    """Kills the task at chosen calls of a store's method, before or after the call has taken effect."""

    def __init__(self, target: object, name: str, deaths: dict[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        method: Callable[..., Any] = getattr(target, name)

        def call(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            when = deaths.get(self.calls)
            if when == "before":
                raise Killed
            done = method(*arguments, **options)
            if when == "after":
                raise Killed
            return done

        monkeypatch.setattr(target, name, call)


def test_killed_again_and_again_it_ends_with_the_report_of_one_that_was_not(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = _file()
    ada, bob = _user(services, "ada"), _user(services, "bob")
    state = _start(services, bob, content)
    while state.get("next") != "finished":
        state = import_step(state, None)
    calm = bob.get(f"/v1/import/{state['import_id']}").json()

    state = _start(services, ada, content)
    path = f"/v1/import/{state['import_id']}"
    assert ada.get(path).json() == {"import": state["import_id"], "state": "pending", "done": 0, "total": 0}
    monkeypatch.setattr("chalicelib.tasks.slot_import.PIECE_SECONDS", 0.5)
    deaths = [
        _Deaths(services.fake_objects, "put", {1: "before", 2: "after"}, monkeypatch),  # with the place to go on from
        _Deaths(services.fake_slots, "put_new", {3: "before", 9: "after", 20: "after", 37: "before"}, monkeypatch),
        _Deaths(services.fake_accounts, "advance_import", {6: "before", 15: "after"}, monkeypatch),
        _Deaths(services.fake_accounts, "end_import", {1: "before", 2: "after"}, monkeypatch),
    ]
    killed = 0
    seen = [(0, 0)]
    while state.get("next") != "finished":
        try:
            state = import_step(state, None)
        except Killed:
            killed += 1
        shown = ada.get(path).json()
        assert shown["state"] in ("pending", "processing", "done")
        seen.append((shown["done"], shown["total"]))
    assert killed == 10, [death.calls for death in deaths]
    assert seen == sorted(seen)

    ended = ada.get(path).json()
    assert {**ended, "import": 0, "group": 0} == {**calm, "import": 0, "group": 0}
    assert (ended["state"], ended["done"], ended["total"], ended["updated"], ended["unchanged"]) == ("done", COUNT, COUNT, 0, 0)
    assert len(ended["rejected"]) == 6 + 5
    assert ended["created"] == COUNT - 6 - 5 - 6
    assert ended["ignored"] == {"VTODO": 1}
    assert services.fake_objects.objects.keys() == set()
    assert _export(services, ada) == _export(services, bob)


def _export(services: FakeServices, client: HttpClient) -> bytes:
    key = client.post("/v1/export/ical").headers["location"].removeprefix("https://objects.test/").partition("?")[0]
    return services.fake_objects.objects.pop(key).body


def test_progress_moves_at_least_once_per_ten_thousand_entries(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = _user(services, "ada")
    state = _start(services, ada, _file())
    advance = services.fake_accounts.advance_import
    seen: list[tuple[int, int]] = []

    def watched(*arguments: Any, **options: Any) -> None:
        advance(*arguments, **options)
        shown = ada.get(f"/v1/import/{state['import_id']}").json()
        assert shown["state"] == "processing"
        seen.append((shown["done"], shown["total"]))

    monkeypatch.setattr(services.fake_accounts, "advance_import", watched)
    assert import_step(state, None)["next"] == "finished"
    storing = [done for done, total in seen if total == COUNT]
    assert seen == sorted(seen)
    assert max(after - before for before, after in zip([0, *storing], [*storing, COUNT], strict=True)) <= 10_000
