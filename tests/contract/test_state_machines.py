"""`StateMachine`, on the fake and on Step Functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.aws.state_machine import StepFunctionsStateMachine
from chalicelib.services.ports.jobs import StateMachine
from tests.fakes.jobs import FakeStateMachine

STATE = {"user": 1, "title": "Zürich", "list": [1, None]}


class Watched:
    """A state machine and what came of its executions."""

    def __init__(self, client: Any = None) -> None:
        self.client = client
        if client is None:
            self.machine: StateMachine = self._fake()
            return
        role = "arn:aws:iam::123456789012:role/states"
        text = json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 100, "End": True}}})
        self.arn = client.create_state_machine(name="machine", definition=text, roleArn=role)["stateMachineArn"]
        self.machine = StepFunctionsStateMachine(client, arn=self.arn)

    def _fake(self) -> FakeStateMachine:
        self.fake = FakeStateMachine()
        return self.fake

    def started(self) -> dict[str, Any]:
        if self.client is None:
            return {name: dict(state) for name, state in self.fake.executions.items()}
        executions = self.client.list_executions(stateMachineArn=self.arn)["executions"]
        described = [self.client.describe_execution(executionArn=one["executionArn"]) for one in executions]
        return {one["name"]: json.loads(one["input"]) for one in described}

    def stopped(self) -> set[str]:
        if self.client is None:
            return set(self.fake.stopped)
        executions = self.client.list_executions(stateMachineArn=self.arn, statusFilter="ABORTED")["executions"]
        return {one["name"] for one in executions}


@pytest.fixture(params=["fake", "step functions"])
def watched(request: pytest.FixtureRequest) -> Watched:
    if request.param == "fake":
        return Watched()
    return Watched(request.getfixturevalue("session").create_client("stepfunctions"))


def test_execution_starts_once_by_name(watched: Watched) -> None:
    watched.machine.start("import-1", STATE)
    watched.machine.start("import-1", STATE)
    watched.machine.start("import-1", {"another": "state"})
    watched.machine.start("import-2", {})
    assert watched.started() == {"import-1": STATE, "import-2": {}}


def test_execution_stops_if_it_runs(watched: Watched) -> None:
    watched.machine.start("import-1", STATE)
    watched.machine.start("import-2", STATE)
    watched.machine.stop("import-1", cause="the user asked for it")
    assert watched.stopped() == {"import-1"}
    watched.machine.stop("never started", cause="x")
    assert watched.stopped() == {"import-1"}
