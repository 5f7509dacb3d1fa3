"""Executions on Step Functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from botocore.exceptions import ClientError

from chalicelib.aws.failures import UNREACHABLE
from chalicelib.domain.errors import Unavailable

_BUSY: Final = frozenset({"ThrottlingException", "ServiceUnavailable", "InternalFailure", "ExecutionLimitExceeded"})


class StepFunctionsStateMachine:
    """Fulfils `StateMachine` on the machine of one ARN."""

    def __init__(self, client: Any, *, arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, name: str, state: Mapping[str, Any]) -> None:
        """Start an execution of that name; starting one of the same name again is no error.

        Names are remembered for ninety days after the execution has ended. Raises `Unavailable("jobs_busy")`.
        """
        self._call(
            "start_execution",
            harmless="ExecutionAlreadyExists",
            stateMachineArn=self._arn,
            name=name,
            input=orjson.dumps(state).decode(),
        )

    def stop(self, name: str, *, cause: str) -> None:
        """Abort the execution of that name; no error when it is not running. A task that runs already goes on to its end."""
        execution = f"{self._arn.replace(':stateMachine:', ':execution:', 1)}:{name}"
        self._call("stop_execution", harmless="ExecutionDoesNotExist", executionArn=execution, cause=cause)

    def _call(self, operation: str, *, harmless: str, **parameters: Any) -> None:
        try:
            getattr(self._client, operation)(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _BUSY:
                raise Unavailable("jobs_busy") from error
            if code != harmless:
                raise
        except UNREACHABLE as error:
            raise Unavailable("jobs_unreachable") from error
