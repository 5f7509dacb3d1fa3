"""Functions keep to their roles: each does what it is there for, on AWS as moto has it, and its calls are judged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from app import app
from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.domain.exports import RunRef
from chalicelib.services import import_jobs
from chalicelib.tasks import export_job, slot_import, tick
from chalicelib.wiring import Services
from tests.calendars import calendar, event, varied_events
from tests.conformance import PASSWORD, World, populate
from tests.http_client import HttpClient, Reply
from tests.permissions import acting_as
from tests.tables import BUCKET, REGION, create_bucket, create_tables, settings_for_tests

COPIES = "copies"
LARGE = "x" * 500_000
"""More than DynamoDB keeps in an item."""
NOBODY = {"version": "", "id": "", "detail-type": "", "source": "", "account": "", "time": "", "region": "", "resources": []}


class Deployment:
    """The deployed tables and buckets, and one user with one of everything; executions are started by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.late = timedelta()
        self.started: list[tuple[str, dict[str, Any]]] = []
        self.s3 = clients.s3_client()
        create_tables(clients.dynamodb_client())
        create_bucket(self.s3)
        self.s3.create_bucket(Bucket=COPIES, CreateBucketConfiguration={"LocationConstraint": REGION})
        clients.ses_client().create_email_identity(EmailIdentity="slotport@slotport.test")
        names = {"COPY_BUCKET": COPIES, "MAIL_FROM": "slotport@slotport.test"}
        self.services = Services(settings_for_tests(**names), lambda: datetime.now(UTC) + self.late)
        for machine in (self.services.import_machine, self.services.export_machine):
            monkeypatch.setattr(machine, "start", lambda name, state: self.started.append((name, dict(state))))
            monkeypatch.setattr(machine, "stop", lambda name, cause: None)
        wiring.use(self.services)
        self.client = HttpClient(app)
        self.world: World = populate(self._send, "ann")
        self.client = self.client.with_headers(**self.world.headers)

    def _send(self, method: str, path: str, json: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        return self.call(method, path, json=json, headers=headers).json()

    def call(self, method: str, path: str, **options: Any) -> Reply:
        """Make a request that must succeed."""
        reply = self.client.request(method, path, **options)
        assert reply.status < 400, (method, path, reply.text)
        return reply

    def turn_to_bob(self) -> None:
        """Go on as somebody who may leave, having no conventions to hand over."""
        account = {"email": "bob@example.org", "password-register": PASSWORD, "name": "Bob"}
        token = HttpClient(app).post("/auth/register", json=account).json()["token"]
        self.client = HttpClient(app).with_headers(Authorization=f"Bearer {token}")

    def upload(self, content: bytes, **options: Any) -> dict[str, Any]:
        """Begin the import of a file by upload, and give the state of its execution."""
        upload = self.call("POST", "/v1/import/uploads").json()
        key = upload["url"].partition("?")[0].partition("/uploads/")[2]
        self.s3.put_object(Bucket=BUCKET, Key=f"uploads/{key}", Body=content)
        self.call("POST", "/v1/import", json={"upload": upload["upload"], **options})
        return self.started[-1][1]

    def run(self, export_id: int) -> RunRef:
        """Start a run and take all its steps."""
        self.call("POST", f"/api/v1/export/{export_id}/start")
        state = self.started[-1][1]
        plan = self.step(state, "prepare")
        for shard in plan["shards"]:
            self.step(state, "shard", shard=shard)
        if plan["sorted"]:
            self.step(state, "merge")
        self.step(state, "assemble")
        for packer in plan["packers"]:
            self.step(state, "pack", packer=packer)
        self.step(state, "publish")
        for transport in plan["transports"]:
            self.step(state, "deliver", transport=transport)
        self.step(state, "finish")
        return RunRef(state["export_id"], state["run"])

    @staticmethod
    def step(state: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
        with acting_as("ExportStep"):
            answer: dict[str, Any] = export_job.export_step({**state, "step": name, **more}, None)
        return answer


@pytest.fixture
def deployment(new_container: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    with mock_aws():
        yield Deployment(monkeypatch)


def test_api_does_what_its_role_allows(deployment: Deployment) -> None:
    call, ids = deployment.call, deployment.world.ids
    series = event("series", "Choir", "20260303T180000Z", "RRULE:FREQ=WEEKLY;COUNT=4", f"X-LARGE:{LARGE}")
    call("POST", "/v1/import", body=calendar(*varied_events(120), series), headers={"Content-Type": "text/calendar"})
    call("POST", "/v1/import", body=calendar(event("job")), headers={"Content-Type": "text/calendar", "Prefer": "respond-async"})
    call("GET", "/v1/slots?limit=5")
    call("PATCH", "/v1/slots/series", json={"title": "Sung", "groups": [ids["uuid"]]})
    call("DELETE", "/v1/slots/series")
    call("POST", "/v1/export/ical")
    call("GET", f"/v1/feeds/{ids['v1:file']}")
    call("GET", f"/conventions/{ids['conventions:slug']}/schedule.ics")
    call("PUT", f"/entities/timeslots/{ids['slot_id']}", json={"start": "2026-03-01T12:00:00"})
    call("POST", "/auth/passwordreset", json={"email": "ann@example.org"})
    ran = deployment.run(int(ids["export_id"]))
    for path in ("", "/files", "/zip", "/zip/", "/file/slots.json", "/start"):
        call("POST" if path == "/start" else "GET", f"/api/v1/export/{ran.export_id}{path}")
    call("POST", f"/api/v1/export/{ran.export_id}/stop")
    call("GET", "/api/v1/export")
    call("DELETE", f"/api/v1/export/{ran.export_id}")
    call("DELETE", f"/v1/groups/{ids['uuid']}")
    deployment.turn_to_bob()
    call("POST", "/v1/import", body=calendar(series), headers={"Content-Type": "text/calendar"})
    call("PUT", "/api/v1/export", json={})
    call("DELETE", "/v1/me", json={"password": PASSWORD})


def test_imports_do_what_their_roles_allow(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "WIDE_IMPORT", 50)
    deployment.turn_to_bob()
    large = event("large", "Large", "20260303T100000Z", f"X-LARGE:{LARGE}")
    content = calendar(*varied_events(60), event("twice", "One"), large, event("twice", "Two", "20260302T100000Z"))
    state = deployment.upload(content)
    with acting_as("ImportStep"):
        while slot_import.import_step(state, None)["next"] != "finished":
            pass
    changed = content.replace(b"SUMMARY:", b"SUMMARY:New ")
    target = deployment.call("POST", "/v1/groups", json={"name": "Target"}).json()["uuid"]
    state = deployment.upload(changed, group=target)
    deployment.call("DELETE", f"/v1/groups/{target}")
    with acting_as("ImportStep"):
        while slot_import.import_step(state, None)["next"] != "finished":
            pass
    state = deployment.upload(content)
    with acting_as("ImportFailed"):
        slot_import.import_failed(state, None)
    state = deployment.upload(content)
    detail = {"status": "ABORTED", "stateMachineArn": deployment.services.settings.import_state_machine, "input": json.dumps(state)}
    with acting_as("ImportExecutionEnded"):
        slot_import.import_execution_ended({**NOBODY, "detail": detail}, None)
    state = deployment.upload(content)
    deployment.call("DELETE", "/v1/me", json={"password": PASSWORD})
    with acting_as("ImportStep"):
        assert slot_import.import_step(state, None)["next"] == "finished"


SORTED = {"search": [], "sort": [{"field": "start", "order": "DESC"}]}


@pytest.mark.parametrize("what", [{"type": "export_incremental"}, {"search": SORTED}, {"objecttype": "timeslot"}])
def test_exports_do_what_their_roles_allow(deployment: Deployment, what: dict[str, Any]) -> None:
    if "objecttype" in what:
        what = {**what, "convention": deployment.call("GET", "/entities/conventions/self").json()["id"]}
    large = calendar(event("large", "Large", "20260303T100000Z", f"X-LARGE:{LARGE}"))
    deployment.call("POST", "/v1/import", body=large, headers={"Content-Type": "text/calendar"})
    definition = {"name": "all", "json": True, "ical": True, "csv": {}, "keep_days": 1, "notify": True, **what}
    transports = [
        {"type": "download", "packer": "tar_gz"},
        {"type": "s3", "packer": "zip"},
        {"type": "email", "options": {"recipients": ["ann@example.org", "else@example.org"]}},
    ]
    body = {"export": definition, "_transports": transports}
    export_id = deployment.call("PUT", "/api/v1/export", json=body).json()["export"]["_id"]
    ran = deployment.run(export_id)
    with acting_as("ExportStep"):
        archive = {"packer": "tar", "folder": ""}
        export_job.export_step({**ran._asdict(), "step": "archive", "archive": archive}, None)
    assert deployment.s3.list_objects_v2(Bucket=COPIES)["KeyCount"] == 1
    deployment.run(export_id)
    deployment.call("POST", f"/api/v1/export/{export_id}/start")
    deployment.step(deployment.started[-1][1], "prepare")
    deployment.step(deployment.started[-1][1], "close", error={"Error": "Lambda.Unknown", "Cause": ""})
    assert deployment.call("GET", f"/api/v1/export/{export_id}").json()["_state"] == "failed"


def test_rules_do_what_their_role_allows(deployment: Deployment) -> None:
    every_minute = {"hours": list(range(24)), "minutes": list(range(60))}
    body = {"export": {"name": "often", "notify": True, "keep_days": 1}, "_schedules": [every_minute]}
    export_id = deployment.call("PUT", "/api/v1/export", json=body).json()["export"]["_id"]
    deployment.run(int(deployment.world.ids["export_id"]))

    def outcomes(**later: float) -> tuple[str, int]:
        deployment.late += timedelta(**later)
        with acting_as("Tick"):
            tick.tick({**NOBODY, "detail": {}}, None)
        shown = deployment.call("GET", f"/api/v1/export/{export_id}").json()
        return shown["_state"], len(shown["_log"])

    assert outcomes(minutes=1) == ("pending", 2)
    detail = {"name": f"export-{export_id}-1", "status": "TIMED_OUT"}
    with acting_as("ExportExecutionEnded"):
        tick.export_execution_ended({**NOBODY, "detail": detail}, None)
    assert outcomes(minutes=1)[0] == "pending"
    deployment.step(deployment.started[-1][1], "prepare")
    deployment.call("POST", f"/api/v1/export/{export_id}", json={"_schedules": []})
    deployment.call("DELETE", f"/api/v1/export/{deployment.world.ids['export_id']}")
    assert outcomes(days=2)[0] == "new"
    left = deployment.s3.list_objects_v2(Bucket=BUCKET, Prefix="exports/")
    assert left["KeyCount"] == 0
