"""The Timeslot data API on a deployment in moto, with the tasks of the import job in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from app import app
from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.tasks.slot_import import import_failed, import_step
from chalicelib.wiring import Services
from tests.http_client import HttpClient
from tests.state_machines import MOTO_CONFIG, ROLE, Call, definition, ended, tasks_in_process
from tests.tables import BUCKET, create_bucket, create_tables, settings_for_tests

PASSWORD = "correct horse battery"
Task = Callable[[Any, Any], Any]


class Deployment:
    """Fresh tables, an empty bucket, the import's state machine, and a note of every call to DynamoDB."""

    def __init__(self) -> None:
        self.dynamodb = clients.dynamodb_client()
        self.s3 = clients.s3_client()
        self.states = clients.step_functions_client()
        create_tables(self.dynamodb)
        create_bucket(self.s3)
        text = json.dumps(json.loads(definition("import_job"), object_hook=_impatient))
        machine = self.states.create_state_machine(name="import", definition=text, roleArn=ROLE)
        self.machine: str = machine["stateMachineArn"]
        self.services = Services(settings_for_tests(IMPORT_STATE_MACHINE=self.machine))
        self.client = HttpClient(app)
        self._calls: list[str] = []
        self._lock = threading.Lock()
        self.dynamodb.meta.events.register("before-call.dynamodb", self._note)
        wiring.use(self.services)

    def user(self, name: str) -> HttpClient:
        """Sign somebody up and in."""
        email = f"{name}@example.org"
        self.services.accounts.sign_up(email=email, password=PASSWORD, name=name)
        return self.client.with_headers(
            Authorization=f"Token token={self.services.accounts.sign_in(email=email, password=PASSWORD).token}"
        )

    def taken(self) -> list[str]:
        """Give the calls to DynamoDB since this was last asked."""
        with self._lock:
            calls, self._calls = self._calls, []
        return calls

    def upload(self, client: HttpClient, content: bytes) -> str:
        """Put a file where a presigned URL points to."""
        upload: dict[str, Any] = client.post("/v1/import/uploads").json()
        [key] = [part for part in [upload["url"].partition("?")[0].partition("/uploads/")[2]] if part]
        self.s3.put_object(Bucket=BUCKET, Key=f"uploads/{key}", Body=content)
        return str(upload["upload"])

    def wait(self, import_id: str) -> str:
        """Give the outcome of an import's execution once it has ended."""
        execution = self.machine.replace(":stateMachine:", ":execution:") + f":{import_id}"
        return str(ended(self.states, execution)["status"])

    def _note(self, model: Any, **_: Any) -> None:
        with self._lock:
            self._calls.append(model.name)


@pytest.fixture
def cloud(new_container: None) -> Iterator[Deployment]:
    with mock_aws(config=MOTO_CONFIG):
        yield Deployment()


@pytest.fixture
def tasks() -> Iterator[list[Call]]:
    """Run the deployed tasks, and note the calls."""
    with tasks_in_process({"ImportStep": import_step, "ImportFailed": import_failed}) as calls:
        yield calls


def _impatient(value: dict[str, Any]) -> dict[str, Any]:
    """Cut the waits between attempts to a second, the least there is."""
    return {**value, "IntervalSeconds": 1, "BackoffRate": 1, "MaxDelaySeconds": 1} if "IntervalSeconds" in value else value
