"""Where users' feeds are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class Feed(NamedTuple):
    """A user's slots, or one group of them, for whoever knows the passkey. Only the passkey's hash is kept."""

    passkey_hash: str
    user_id: int
    group: str | None
    """The group's uuid; None for all slots."""
    created: datetime


class FeedStore(Protocol):
    """Feeds by the hash of their passkey, and by user."""

    def create_feed(self, feed: Feed) -> None:
        """Write a new feed."""
        ...

    def feed(self, passkey_hash: str) -> Feed | None:
        """Find a feed: one read."""
        ...

    def feeds(self, user_id: int) -> Sequence[Feed]:
        """List a user's feeds by when they were made."""
        ...

    def delete_feed(self, feed: Feed) -> None:
        """End a feed; no error when gone already."""
        ...
