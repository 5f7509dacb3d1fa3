"""Feeds on DynamoDB, in the accounts table.

`feed#<hash of the passkey>` / `feed` is the feed, read once for each fetch; `feeds#<user>` / `<created>#<hash>` lists a user's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import Table
from chalicelib.services.ports.feeds import Feed


class DynamoFeedStore:
    """Fulfils `FeedStore`."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._table = Table(client, table)

    def create_feed(self, feed: Feed) -> None:
        """Write a new feed."""
        content = {"user": feed.user_id, "group": feed.group or "", "created": feed.created.isoformat(), "hash": feed.passkey_hash}
        self._table.transact([self._table.putting({**key, **content}) for key in _keys(feed)])

    def feed(self, passkey_hash: str) -> Feed | None:
        """Find a feed: one read."""
        item = self._table.get({"pk": f"feed#{passkey_hash}", "sk": "feed"})
        return _feed(item) if item is not None else None

    def feeds(self, user_id: int) -> Sequence[Feed]:
        """List a user's feeds by when they were made."""
        return [_feed(item) for page in self._table.query("pk = :pk", values={":pk": f"feeds#{user_id}"}) for item in page]

    def delete_feed(self, feed: Feed) -> None:
        """End a feed; no error when gone already."""
        self._table.transact([self._table.deleting(key) for key in _keys(feed)])


def _keys(feed: Feed) -> tuple[Item, Item]:
    listed = f"{feed.created.isoformat()}#{feed.passkey_hash}"
    return {"pk": f"feed#{feed.passkey_hash}", "sk": "feed"}, {"pk": f"feeds#{feed.user_id}", "sk": listed}


def _feed(item: Item) -> Feed:
    return Feed(item["hash"], item["user"], item["group"] or None, datetime.fromisoformat(item["created"]))
