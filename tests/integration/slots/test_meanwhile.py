"""What others do while an import runs, on DynamoDB as moto has it: right between what it reads and what it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.calendars import calendar, event
from tests.http_client import HttpClient, Reply
from tests.integration.slots.conftest import Deployment
from tests.state_machines import Call

ICS = {"Content-Type": "text/calendar"}
CHANGED = "the slot was changed while the import ran and was left as it is; import the file again to have it say this"
REMOVED = "the slot was removed while the import ran; import the file again to have it back"


def _after_lookup(cloud: Deployment, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Reply]) -> list[int]:
    """Act once, after the import has looked its slots up; give the status of that."""
    get_many = cloud.services.slot_store.get_many
    statuses: list[int] = []

    def looked_up(*arguments: Any) -> Any:
        found = get_many(*arguments)
        if not statuses:
            statuses.append(0)
            statuses[0] = act().status
        return found

    monkeypatch.setattr(cloud.services.slot_store, "get_many", looked_up)
    return statuses


def _by_request(cloud: Deployment, client: HttpClient, content: bytes) -> dict[str, Any]:
    report: dict[str, Any] = client.post("/v1/import", body=content, headers=ICS).json()
    return report


def _by_upload(cloud: Deployment, client: HttpClient, content: bytes) -> dict[str, Any]:
    upload = cloud.upload(client, content)
    assert client.post("/v1/import", json={"upload": upload}).status == 202
    assert cloud.wait(upload) == "SUCCEEDED"
    report: dict[str, Any] = client.get(f"/v1/import/{upload}").json()
    return report


WAYS = pytest.mark.parametrize("send", [_by_request, _by_upload])
Send = Callable[[Deployment, HttpClient, bytes], dict[str, Any]]


@WAYS
@pytest.mark.usefixtures("tasks")
def test_edit_made_while_an_import_runs_is_not_lost(cloud: Deployment, monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    ada = cloud.user("ada")
    old = calendar(*(event(f"u{number}", f"Old {number}", "20260301T100000Z", "X-KEPT:1") for number in range(30)))
    ada.post("/v1/import", body=old, headers=ICS)
    statuses = _after_lookup(cloud, monkeypatch, lambda: ada.patch("/v1/slots/u7", json={"title": "Mine"}))
    report = send(cloud, ada, old.replace(b"Old", b"New"))
    assert statuses == [200]
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 29, 0)
    assert [(each["entry"], each["uid"], each["reason"]) for each in report["rejected"]] == [(8, "u7", CHANGED)]
    titles = {slot["uid"]: slot["title"] for slot in ada.post("/v1/export/timeslot").json()}
    assert titles == {f"u{number}": "Mine" if number == 7 else f"New {number}" for number in range(30)}
    again = send(cloud, ada, old.replace(b"Old", b"New"))
    assert (again["updated"], again["unchanged"], again["rejected"]) == (1, 29, [])
    assert ada.get("/v1/slots/u7").json()["title"] == "New 7"


@WAYS
@pytest.mark.usefixtures("tasks")
def test_slot_made_while_an_import_runs_is_not_overwritten(cloud: Deployment, monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    ada = cloud.user("ada")
    mine = {"uid": "u", "title": "Mine", "start": "2026-03-01T10:00:00Z"}
    statuses = _after_lookup(cloud, monkeypatch, lambda: ada.post("/v1/slots", json=mine))
    report = send(cloud, ada, calendar(event("u", "Theirs"), event("v")))
    assert statuses == [201]
    assert (report["created"], [(each["uid"], each["reason"]) for each in report["rejected"]]) == (1, [("u", CHANGED)])
    assert [slot["title"] for slot in ada.post("/v1/export/timeslot").json()] == ["Mine", "A slot"]


@WAYS
@pytest.mark.usefixtures("tasks")
def test_slot_removed_while_an_import_runs_stays_removed(cloud: Deployment, monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    ada = cloud.user("ada")
    ada.post("/v1/import", body=calendar(event("u", "Old")), headers=ICS)
    statuses = _after_lookup(cloud, monkeypatch, lambda: ada.delete("/v1/slots/u"))
    report = send(cloud, ada, calendar(event("u", "New")))
    assert statuses == [204]
    assert (report["updated"], [each["reason"] for each in report["rejected"]]) == (0, [REMOVED])
    assert ada.post("/v1/export/timeslot").json() == []


def test_task_that_is_killed_and_runs_again_leaves_an_edit_made_in_between(
    cloud: Deployment, tasks: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = cloud.user("ada")
    put_new = cloud.services.slot_store.put_new
    edits: list[int] = []

    def killed_once(*arguments: Any) -> Any:
        done = put_new(*arguments)
        if not edits:
            edits.append(ada.patch("/v1/slots/u3", json={"title": "Mine"}).status)
            raise MemoryError("the container is gone")
        return done

    monkeypatch.setattr(cloud.services.slot_store, "put_new", killed_once)
    report = _by_upload(cloud, ada, calendar(*(event(f"u{number}") for number in range(30))))
    assert (edits, len(tasks)) == ([200], 2)
    assert (report["created"], report["updated"], report["unchanged"], report["rejected"]) == (30, 0, 0, [])
    assert ada.get("/v1/slots/u3").json()["title"] == "Mine"
