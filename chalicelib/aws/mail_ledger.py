"""What keeps exports from being a mail relay, on DynamoDB: items of the exports table that go by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import ConditionFailed, Table

SENT_KEPT: Final = timedelta(days=30)
ASK_AGAIN: Final = timedelta(days=1)
CODE_KEPT: Final = timedelta(days=30)


class DynamoMailLedger:
    """Fulfils `MailLedger`."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._table = Table(client, table)

    def was_sent(self, mail: str) -> bool:
        """Whether the mail of that name has been sent."""
        return self._table.get(_key("sent", mail)) is not None

    def mark_sent(self, mail: str, *, now: datetime) -> None:
        """Remember for a month that it has been."""
        self._table.put({**_key("sent", mail), "ttl": _seconds(now + SENT_KEPT)})

    def spend(self, user_id: int, *, now: datetime, limit: int) -> bool:
        """Count one more mail of the user's on this day; False when that is over the limit."""
        try:
            self._table.update(
                _key("day", f"{user_id}#{now:%Y-%m-%d}"),
                "SET #ttl = :ttl ADD mails :one",
                condition="attribute_not_exists(mails) OR mails < :limit",
                values={":one": 1, ":limit": limit, ":ttl": _seconds(now + timedelta(days=2))},
                names={"#ttl": "ttl"},
            )
        except ConditionFailed:
            return False
        return True

    def is_confirmed(self, address: str) -> bool:
        """Whether whoever reads that address has agreed to get exports."""
        item = self._table.get(_key("address", address))
        return item is not None and item.get("confirmed") is not None

    def ask(self, address: str, code_hash: str, *, now: datetime) -> bool:
        """Remember under which code the address can confirm itself; False when it was asked within the last day."""
        try:
            self._table.transact(
                [
                    self._table.updating(
                        _key("address", address),
                        "SET asked = :now",
                        condition="attribute_not_exists(asked) OR asked <= :before",
                        values={":now": _seconds(now), ":before": _seconds(now - ASK_AGAIN)},
                    ),
                    self._table.putting({**_key("code", code_hash), "address": address, "ttl": _seconds(now + CODE_KEPT)}),
                ]
            )
        except ConditionFailed:
            return False
        return True

    def confirm(self, code_hash: str, *, now: datetime) -> str | None:
        """Make the address of that code a confirmed one and give it; None for an unknown code."""
        item = self._table.get(_key("code", code_hash))
        if item is None or item["ttl"] <= _seconds(now):
            return None
        address = str(item["address"])
        self._table.update(_key("address", address), "SET confirmed = :now", values={":now": _seconds(now)})
        return address


def _key(kind: str, name: str) -> Item:
    return {"pk": f"mail#{kind}#{name}", "sk": "M"}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
