"""Webhooks, copies and the mail ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.domain.errors import DomainError


class Posted(NamedTuple):
    """One request to a webhook."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class FakeWebhookClient:
    """Fulfils `WebhookClient`: keeps what was posted; raises `error` while there is one."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.error: DomainError | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        if self.error is not None:
            raise self.error
        self.posted.append(Posted(url, body, headers))


class FakeCopyTarget:
    """Fulfils `CopyTarget`: remembers what was copied where."""

    def __init__(self) -> None:
        self.copied: dict[str, str] = {}
        """Our key, by the target's."""

    def copy(self, key: str, target: str) -> None:
        self.copied[target] = key


class FakeMailLedger:
    """Fulfils `MailLedger`."""

    def __init__(self) -> None:
        self._sent: set[str] = set()
        self._spent: dict[tuple[int, str], int] = {}
        self._asked: dict[str, datetime] = {}
        self._codes: dict[str, tuple[str, datetime]] = {}
        self._confirmed: set[str] = set()

    def was_sent(self, mail: str) -> bool:
        return mail in self._sent

    def mark_sent(self, mail: str, *, now: datetime) -> None:
        self._sent.add(mail)

    def spend(self, user_id: int, *, now: datetime, limit: int) -> bool:
        day = (user_id, f"{now:%Y-%m-%d}")
        if self._spent.get(day, 0) >= limit:
            return False
        self._spent[day] = self._spent.get(day, 0) + 1
        return True

    def is_confirmed(self, address: str) -> bool:
        return address in self._confirmed

    def ask(self, address: str, code_hash: str, *, now: datetime) -> bool:
        if address in self._asked and self._asked[address] > now - timedelta(days=1):
            return False
        self._asked[address] = now
        self._codes[code_hash] = (address, now + timedelta(days=30))
        return True

    def confirm(self, code_hash: str, *, now: datetime) -> str | None:
        address, until = self._codes.get(code_hash, ("", now))
        if until <= now:
            return None
        self._confirmed.add(address)
        return address
