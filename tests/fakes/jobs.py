"""State machines and mail in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalicelib.domain.errors import Unavailable


class FakeStateMachine:
    """Fulfils `StateMachine`: notes each execution once, and runs it at once if told how."""

    def __init__(self, run: Callable[[Mapping[str, Any]], object] | None = None) -> None:
        self._run = run
        self.executions: dict[str, Mapping[str, Any]] = {}
        """The state each execution was started with, by name."""
        self.stopped: dict[str, str] = {}
        """The cause, by name."""

    def start(self, name: str, state: Mapping[str, Any]) -> None:
        if name in self.executions:
            return
        self.executions[name] = dict(state)
        if self._run is not None:
            self._run(self.executions[name])

    def stop(self, name: str, *, cause: str) -> None:
        if name in self.executions:
            self.stopped.setdefault(name, cause)


class Mail(NamedTuple):
    """One mail that was sent."""

    to: str
    subject: str
    text: str


class FakeMailer:
    """Fulfils `Mailer`: keeps what was sent; refuses everything while `broken`."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.broken = False

    def send(self, *, to: str, subject: str, text: str) -> None:
        if self.broken:
            raise Unavailable("mail")
        self.sent.append(Mail(to, subject, text))
