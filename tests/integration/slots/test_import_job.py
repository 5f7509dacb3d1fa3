"""The deployed state machine of imports, executed in process with the deployed tasks."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.services import import_jobs
from chalicelib.tasks import slot_import
from chalicelib.tasks.slot_import import import_execution_ended, import_failed, import_step
from tests.calendars import calendar, event, varied_events
from tests.http_client import HttpClient
from tests.integration.slots.conftest import Deployment
from tests.state_machines import Call, tasks_in_process

ICS = {"Content-Type": "text/calendar"}


def _finish(cloud: Deployment, client: HttpClient, content: bytes) -> tuple[str, dict[str, Any]]:
    """Import by upload; give how the execution ended and what the import shows then."""
    upload = cloud.upload(client, content)
    assert client.post("/v1/import", json={"upload": upload}).status == 202
    outcome = cloud.wait(upload)
    shown: dict[str, Any] = client.get(f"/v1/import/{upload}").json()
    return outcome, shown


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pieces end as soon as they have done anything."""
    monkeypatch.setattr(slot_import, "PIECE_SECONDS", -1.0)
    monkeypatch.setattr("chalicelib.services.import_entries.BATCH_ENTRIES", 20)
    monkeypatch.setattr(import_jobs, "LOOK_AT_CLOCK", 40)


def test_upload_is_imported_with_the_report_of_a_request(cloud: Deployment, tasks: list[Call]) -> None:
    ada, bob = cloud.user("ada"), cloud.user("bob")
    content = calendar(*varied_events(60), event("bad", "x" * 1_001), "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n")
    outcome, shown = _finish(cloud, ada, content)
    report = bob.post("/v1/import", body=content, headers=ICS).json()
    assert outcome == "SUCCEEDED"
    assert shown == {
        **report, "import": shown["import"], "state": "done", "done": 61, "total": 61, "group": shown["group"],
    }  # fmt: skip
    assert ada.post("/v1/export/ical").body == bob.post("/v1/export/ical").body
    assert [call.function for call in tasks] == ["ImportStep"]
    assert cloud.s3.list_objects_v2(Bucket="slotport-test").get("Contents", []) == []


@pytest.mark.usefixtures("tiny")
def test_import_in_many_pieces_comes_out_the_same(cloud: Deployment, tasks: list[Call]) -> None:
    ada = cloud.user("ada")
    outcome, shown = _finish(cloud, ada, calendar(*varied_events(100)))
    assert (outcome, shown["state"], shown["created"], shown["done"]) == ("SUCCEEDED", "done", 100, 100)
    assert len(tasks) > 6
    assert len(ada.post("/v1/export/timeslot").json()) == 100


@pytest.mark.usefixtures("tiny")
def test_killed_tasks_are_run_again_with_the_same_report(cloud: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = cloud.user("ada")
    deaths = iter([False, True, False, True, True])
    put_new = cloud.services.slot_store.put_new

    def dies(*arguments: Any) -> Any:
        done = put_new(*arguments)
        if next(deaths, False):
            raise MemoryError("the container is gone")
        return done

    monkeypatch.setattr(cloud.services.slot_store, "put_new", dies)
    with tasks_in_process({"ImportStep": import_step, "ImportFailed": import_failed}):
        outcome, shown = _finish(cloud, ada, calendar(*varied_events(100)))
    assert (outcome, shown["state"], shown["created"], shown["unchanged"], shown["done"]) == ("SUCCEEDED", "done", 100, 0, 100)


def test_import_whose_tasks_keep_failing_is_closed(cloud: Deployment) -> None:
    ada = cloud.user("ada")

    def broken(_event: Any, _context: Any) -> Any:
        raise RuntimeError("broken")

    with tasks_in_process({"ImportStep": broken, "ImportFailed": import_failed}) as calls:
        outcome, shown = _finish(cloud, ada, calendar(event("u")))
    assert (outcome, shown["state"], shown["error"]["code"]) == ("FAILED", "failed", "import_failed")
    assert [call.function for call in calls] == ["ImportStep"] * 7 + ["ImportFailed"]


def test_file_that_cannot_be_read_fails_the_import_and_not_the_execution(cloud: Deployment, tasks: list[Call]) -> None:
    outcome, shown = _finish(cloud, cloud.user("ada"), b"hello")
    assert (outcome, shown["state"], shown["error"]["code"]) == ("SUCCEEDED", "failed", "unknown_format")
    assert len(tasks) == 1


def test_execution_that_is_aborted_closes_its_import(cloud: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = cloud.user("ada")
    upload = cloud.upload(ada, calendar(event("u")))
    monkeypatch.setattr(cloud.services.import_machine, "start", lambda name, state: None)
    assert ada.post("/v1/import", json={"upload": upload}).status == 202
    user_id = ada.get("/v1/me").json()["id"]
    wiring.use(cloud.services)
    detail = {"status": "ABORTED", "stateMachineArn": cloud.machine, "input": f'{{"user_id": {user_id}, "import_id": "{upload}"}}'}
    event_of = {"version": "0", "id": "1", "source": "aws.states", "account": "1", "time": "", "region": "r", "resources": []}
    other = {**detail, "stateMachineArn": "arn:of:another"}
    for each, state in ((other, "pending"), (detail, "failed"), (detail, "failed")):
        import_execution_ended({**event_of, "detail-type": "Step Functions Execution Status Change", "detail": each}, None)
        assert ada.get(f"/v1/import/{upload}").json()["state"] == state


def test_wide_import_waits_before_it_spreads(cloud: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "WIDE_IMPORT", 50)
    ada = cloud.user("ada")
    ada.post("/v1/import", body=calendar(event("varied-7@example.org", "Old"), event("other")), headers=ICS)
    upload = cloud.upload(ada, calendar(*varied_events(60)))
    monkeypatch.setattr(cloud.services.import_machine, "start", lambda name, state: None)
    ada.post("/v1/import", json={"upload": upload})
    state: dict[str, Any] = {"user_id": ada.get("/v1/me").json()["id"], "import_id": upload}
    assert import_step(state, None) == {**state, "next": "settle"}
    assert import_step(state, None) == {**state, "next": "finished"}
    report = ada.get(f"/v1/import/{upload}").json()
    assert (report["created"], report["updated"]) == (59, 1)
    slots = ada.post("/v1/export/timeslot").json()
    assert len(slots) == len({slot["uid"] for slot in slots}) == 61
    assert [slot["start"] for slot in slots] == sorted(slot["start"] for slot in slots)
    assert ada.get("/v1/slots/varied-7@example.org").json()["title"] == "Plain 7"
    assert ada.patch("/v1/slots/varied-8@example.org", json={"title": "Changed"}).status == 200
    assert ada.get("/v1/slots/varied-8@example.org").json()["title"] == "Changed"
    assert ada.delete("/v1/slots/other").status == 204
    assert len(ada.post("/v1/export/timeslot").json()) == 60
