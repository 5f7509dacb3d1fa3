"""Runs the deployed state machines in process: moto executes them and their Lambda tasks call our Python.

Use inside `mock_aws(config=MOTO_CONFIG)`. Every payload that passes a task is held to the size that Step Functions
allows, which no emulator does.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from moto.awslambda_simple.models import LambdaSimpleBackend

from tests.http_client import LambdaContext
from tests.permissions import acting_as
from tests.tables import BUCKET, NAMES, REGION

MAX_STATE: Final = 262_144
"""Bytes of a state's input or output."""
MOTO_CONFIG: Final[Any] = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
ACCOUNT: Final = "123456789012"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/states"
PATIENCE: Final = 300
"""Seconds for an execution, on a machine that has other things to do as well."""
DEFINITIONS: Final = Path(__file__).parents[1] / ".chalice"

Task = Callable[[Any, Any], Any]


class Call(NamedTuple):
    """One invocation of a task: its logical id and what went in."""

    function: str
    event: Any


def definition(name: str) -> str:
    """Give the text of `.chalice/<name>.asl.json` with its `${LogicalId}` placeholders filled in for tests.

    A table or the bucket stands for its test name, everything else for the ARN of a function of that name.
    """
    names = {**NAMES, "Bucket": BUCKET}

    def fill(match: re.Match[str]) -> str:
        logical_id = match[1]
        return names.get(logical_id) or f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{logical_id}"

    return re.sub(r"\$\{(\w+)\}", fill, (DEFINITIONS / f"{name}.asl.json").read_text())


@contextmanager
def tasks_in_process(tasks: Mapping[str, Task], *, seconds: float = 900.0) -> Iterator[list[Call]]:
    """Have Lambda invocations call these functions, by logical id; gives the calls made, in order.

    An exception answers as Lambda answers one: `errorType` is its class name, so Retry and Catch see it.
    """
    calls: list[Call] = []

    def invoke(
        backend: LambdaSimpleBackend, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
    ) -> bytes:
        name = function_name.rpartition(":")[2]
        text = body.decode() if isinstance(body, bytes) else body or "{}"
        _check_size(f"input of {name}", text)
        event = json.loads(text)
        calls.append(Call(name, event))
        try:
            with acting_as(name):
                answer = json.dumps(tasks[name](event, LambdaContext(seconds)))
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}).encode()
        _check_size(f"output of {name}", answer)
        return answer.encode()

    with patch.object(LambdaSimpleBackend, "invoke", invoke):
        yield calls


def ended(client: Any, execution: str) -> dict[str, Any]:
    """Wait until an execution has ended, and describe it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = client.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            return found
        assert time.monotonic() < deadline, "the execution does not end"
        time.sleep(0.02)


class OversizedState(AssertionError):
    """A state's input or output is larger than Step Functions takes."""


def _check_size(what: str, text: str) -> None:
    size = len(text.encode())
    if size > MAX_STATE:
        raise OversizedState(f"Step Functions refuses the {what}: {size:,} of {MAX_STATE:,} bytes")
