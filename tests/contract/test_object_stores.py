"""`ObjectStore`, on the fake and on S3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.aws.archive_bucket import S3ObjectStore
from chalicelib.domain.errors import NotFound
from chalicelib.services.ports.objects import ObjectInfo, ObjectStore
from tests.fakes.objects import FakeObjectStore
from tests.tables import BUCKET

PART = 5 * 1_024 * 1_024
BODY = bytes(range(256)) * 40_000


@pytest.fixture(params=["fake", "s3"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "fake":
        return FakeObjectStore()
    return S3ObjectStore(request.getfixturevalue("s3"), bucket=BUCKET, first_part=PART)


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def whole(store: ObjectStore, key: str) -> bytes:
    return b"".join(store.read(key))


def test_small_object_comes_back(store: ObjectStore) -> None:
    info = store.put("tmp/ä b+c", b"hello", content_type="text/plain")
    assert info == ObjectInfo("tmp/ä b+c", 5, "5d41402abc4b2a76b9719d911017c592")
    assert store.head("tmp/ä b+c") == info
    assert whole(store, "tmp/ä b+c") == b"hello"
    store.put("tmp/ä b+c", b"other")
    assert whole(store, "tmp/ä b+c") == b"other"


def test_missing_object_is_not_found(store: ObjectStore) -> None:
    assert store.head("nothing") is None
    for start, end in ((0, None), (3, 7), (3, 3)):
        with pytest.raises(NotFound) as missing:
            list(store.read("nothing", start=start, end=end))
        assert (missing.value.code, missing.value.details) == ("object", {"key": "nothing"})


@pytest.mark.parametrize(
    ("size", "chunk_size"),
    [(0, 1), (1, 1), (PART - 1, 100_000), (PART, 100_000), (PART + 1, PART), (len(BODY), 99_999), (len(BODY), len(BODY))],
)
def test_stream_is_written_whole(store: ObjectStore, size: int, chunk_size: int) -> None:
    info = store.write("exports/a", chunks(BODY[:size], chunk_size), content_type="text/calendar", metadata={"sha256": "x"})
    assert (info.key, info.size) == ("exports/a", size)
    assert store.head("exports/a") == info
    assert whole(store, "exports/a") == BODY[:size]


@pytest.mark.parametrize("before_the_error", [0, 1, 100_000, PART + 1, 2 * PART + 1])
def test_failed_stream_leaves_nothing(store: ObjectStore, before_the_error: int) -> None:
    def failing() -> Iterator[bytes]:
        yield from chunks(BODY[:before_the_error], 100_000)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        store.write("exports/a", failing())
    assert store.head("exports/a") is None
    assert list(store.list("")) == []


def test_ranges_are_half_open(store: ObjectStore) -> None:
    store.put("a", BODY)
    for start, end in ((0, 1), (5, 600_000), (len(BODY) - 3, None), (0, None), (7, 7), (0, 2 * len(BODY)), (len(BODY), None)):
        assert b"".join(store.read("a", start=start, end=end)) == BODY[start:end]
    assert {len(chunk) for chunk in store.read("a", end=262_144 * 3)} == {262_144}
    store.put("empty", b"")
    assert list(store.read("empty")) == []


def test_objects_are_listed_by_key(store: ObjectStore) -> None:
    for number in range(1_005):
        store.put(f"exports/{number:04}", b"x" * (number % 3))
    store.put("other/1", b"")
    found = list(store.list("exports/"))
    assert [(info.key, info.size) for info in found] == [(f"exports/{number:04}", number % 3) for number in range(1_005)]
    assert found[1] == store.head("exports/0001")


def test_objects_are_removed_by_the_thousand(store: ObjectStore) -> None:
    for number in range(1_005):
        store.put(f"tmp/{number}", b"")
    store.delete([f"tmp/{number}" for number in range(1_004)] + ["gone"])
    assert [info.key for info in store.list("")] == ["tmp/1004"]
    store.delete([])
    store.abort_uploads("tmp/")
    assert [info.key for info in store.list("")] == ["tmp/1004"]
