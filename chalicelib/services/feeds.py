"""Private feeds: a user's own slots at an address that only who has it knows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.domain.accounts import Caller, User
from chalicelib.domain.errors import NotAuthenticated, NotFound, TooLarge
from chalicelib.services.accounts import token_hash
from chalicelib.services.ports.accounts import GroupStore
from chalicelib.services.ports.feeds import Feed, FeedStore
from chalicelib.services.slot_export import ExportFile, SlotExport

MAX_FEEDS: Final = 100
"""Feeds per user."""
MAX_PASSKEY: Final = 100
PASSKEY_BYTES: Final = 24


class NewFeed(NamedTuple):
    """A feed as it is handed out: the only moment at which its passkey is known."""

    feed: Feed
    passkey: str


class Feeds:
    """Make, list, read and end feeds."""

    def __init__(
        self,
        *,
        feeds: FeedStore,
        groups: GroupStore,
        slot_export: Callable[[], SlotExport],
        clock: Callable[[], datetime],
    ) -> None:
        self._feeds = feeds
        self._groups = groups
        self._slot_export = slot_export
        self._clock = clock

    def create(self, caller: Caller, *, group: str | None) -> NewFeed:
        """Make a feed of all slots or of one group. Raises `NotFound("group")`, `TooLarge("too_many_feeds")`."""
        if group is not None and self._groups.group(caller.user_id, group) is None:
            raise NotFound("group", uuid=group)
        if len(self._feeds.feeds(caller.user_id)) >= MAX_FEEDS:
            raise TooLarge("too_many_feeds", limit=MAX_FEEDS)
        passkey = secrets.token_urlsafe(PASSKEY_BYTES)
        feed = Feed(_hash(passkey), caller.user_id, group, self._clock())
        self._feeds.create_feed(feed)
        return NewFeed(feed, passkey)

    def list(self, caller: Caller) -> Sequence[Feed]:
        """List the caller's feeds."""
        return self._feeds.feeds(caller.user_id)

    def read(self, passkey: str, *, content_type: str, max_bytes: int, until: float) -> ExportFile:
        """Write the feed's calendar. Raises `NotFound("feed")`: also when its group or its user has gone."""
        feed = self._feeds.feed(_hash(passkey)) if 0 < len(passkey) <= MAX_PASSKEY else None
        if feed is None:
            raise NotFound("feed")
        try:
            return self._slot_export().export(
                Caller(feed.user_id), "ical", group=feed.group, content_type=content_type, max_bytes=max_bytes, until=until
            )
        except (NotAuthenticated, NotFound) as gone:
            raise NotFound("feed") from gone

    def end(self, caller: Caller, passkey: str) -> None:
        """End one of the caller's feeds, named by its passkey. Raises `NotFound("feed")`, also for another user's."""
        feed = self._feeds.feed(_hash(passkey)) if 0 < len(passkey) <= MAX_PASSKEY else None
        if feed is None or feed.user_id != caller.user_id:
            raise NotFound("feed")
        self._feeds.delete_feed(feed)

    # leaving (see `services.accounts.Leaving`)

    def check(self, user: User) -> None:
        """Feeds hold nobody back."""

    def remove(self, user: User, *, until: float) -> bool:
        """End all feeds of the user; there are at most `MAX_FEEDS`."""
        for feed in self._feeds.feeds(user.id):
            if self._clock().timestamp() >= until:
                return False
            self._feeds.delete_feed(feed)
        return True


def _hash(passkey: str) -> str:
    return token_hash(f"feed:{passkey}")
