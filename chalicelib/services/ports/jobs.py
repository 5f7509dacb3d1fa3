"""How work that outlasts a request is started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class StateMachine(Protocol):
    """One Step Functions state machine."""

    def start(self, name: str, state: Mapping[str, Any]) -> None:
        """Start an execution of that name; starting one of the same name again is no error."""
        ...

    def stop(self, name: str, *, cause: str) -> None:
        """Abort the execution of that name; no error when it is not running."""
        ...


class Mailer(Protocol):
    """Plain-text mail."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send one mail. Raises `Unavailable`."""
        ...
