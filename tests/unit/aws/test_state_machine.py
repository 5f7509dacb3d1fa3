from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from chalicelib.aws.state_machine import StepFunctionsStateMachine
from chalicelib.domain.errors import Unavailable

ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:import"


class Client:
    """Notes what it is asked, and fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._error = error

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> dict[str, Any]:
            self.calls.append((operation, parameters))
            if self._error is not None:
                raise self._error
            return {}

        return call


def failure(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "operation")


def test_execution_is_named_by_its_machine() -> None:
    client = Client()
    machine = StepFunctionsStateMachine(client, arn=ARN)
    machine.start("one", {"title": "Zürich"})
    machine.stop("one", cause="asked for")
    execution = "arn:aws:states:eu-central-1:123456789012:execution:import:one"
    assert client.calls == [
        ("start_execution", {"stateMachineArn": ARN, "name": "one", "input": '{"title":"Zürich"}'}),
        ("stop_execution", {"executionArn": execution, "cause": "asked for"}),
    ]


@pytest.mark.parametrize("error", [failure("ThrottlingException"), ConnectTimeoutError(endpoint_url="https://x")])
def test_busy_step_functions_is_unavailable(error: Exception) -> None:
    machine = StepFunctionsStateMachine(Client(error), arn=ARN)
    with pytest.raises(Unavailable, match="jobs"):
        machine.start("one", {})


def test_fault_of_ours_rises() -> None:
    with pytest.raises(ClientError):
        StepFunctionsStateMachine(Client(failure("InvalidName")), arn=ARN).start("one", {})
    with pytest.raises(ClientError):
        StepFunctionsStateMachine(Client(failure("ExecutionAlreadyExists")), arn=ARN).stop("one", cause="")
