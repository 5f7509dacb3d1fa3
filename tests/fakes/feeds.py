"""Feeds in memory."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.services.ports.feeds import Feed


class FakeFeedStore:
    """Fulfils `FeedStore`."""

    def __init__(self) -> None:
        self._feeds: dict[str, Feed] = {}

    def create_feed(self, feed: Feed) -> None:
        self._feeds[feed.passkey_hash] = feed

    def feed(self, passkey_hash: str) -> Feed | None:
        return self._feeds.get(passkey_hash)

    def feeds(self, user_id: int) -> Sequence[Feed]:
        mine = [feed for feed in self._feeds.values() if feed.user_id == user_id]
        return sorted(mine, key=lambda feed: (feed.created, feed.passkey_hash))

    def delete_feed(self, feed: Feed) -> None:
        self._feeds.pop(feed.passkey_hash, None)
