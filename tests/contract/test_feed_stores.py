"""`FeedStore`, on the fake and on DynamoDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.aws.feed_table import DynamoFeedStore
from chalicelib.services.ports.feeds import Feed
from tests.fakes.feeds import FakeFeedStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
ALL = Feed("b" * 64, 9_007_199_254_740_991, None, NOW)
WORK = Feed("a" * 64, 9_007_199_254_740_991, "f7a0ad12-4b0f-4b0e-9f4c-8f0f5c1f0a11", NOW + timedelta(seconds=1))
OTHER = Feed("c" * 64, 7, None, NOW)
Store = FakeFeedStore | DynamoFeedStore


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return FakeFeedStore()
    return DynamoFeedStore(request.getfixturevalue("dynamodb"), table="accounts")


def test_feed_is_found_by_passkey_and_listed_for_its_user_until_it_ends(store: Store) -> None:
    for feed in (WORK, ALL, OTHER):
        store.create_feed(feed)
    assert [store.feed(feed.passkey_hash) for feed in (ALL, WORK, OTHER)] == [ALL, WORK, OTHER]
    assert (list(store.feeds(ALL.user_id)), list(store.feeds(7)), list(store.feeds(1))) == ([ALL, WORK], [OTHER], [])
    store.delete_feed(ALL)
    store.delete_feed(ALL)
    assert (store.feed(ALL.passkey_hash), store.feed("d" * 64)) == (None, None)
    assert list(store.feeds(ALL.user_id)) == [WORK]
