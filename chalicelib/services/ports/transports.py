"""How a finished run leaves the house."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class WebhookClient(Protocol):
    """Posts to addresses that somebody else has given us."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post, follow no redirect, and connect to a public address only.

        Raises `InvalidInput("webhook_refused")` for an address we never connect to, `Unavailable("webhook_failed")` for any other
        failure, an answer that is not a success included.
        """
        ...


class CopyTarget(Protocol):
    """The bucket that a deployment lets exports be copied to."""

    def copy(self, key: str, target: str) -> None:
        """Copy one of our objects to that key, whatever its size; copying again is the same."""
        ...


class MailLedger(Protocol):
    """What stands between exports and sending mail to anybody, any number of times."""

    def was_sent(self, mail: str) -> bool:
        """Whether the mail of that name has been sent."""
        ...

    def mark_sent(self, mail: str, *, now: datetime) -> None:
        """Remember for a month that it has been."""
        ...

    def spend(self, user_id: int, *, now: datetime, limit: int) -> bool:
        """Count one more mail of the user's on this day (UTC); False when that is over the limit."""
        ...

    def is_confirmed(self, address: str) -> bool:
        """Whether whoever reads that address has agreed to get exports."""
        ...

    def ask(self, address: str, code_hash: str, *, now: datetime) -> bool:
        """Remember under which code the address can confirm itself; False when it was asked within the last day."""
        ...

    def confirm(self, code_hash: str, *, now: datetime) -> str | None:
        """Make the address of that code a confirmed one and give it; None for an unknown code."""
        ...
