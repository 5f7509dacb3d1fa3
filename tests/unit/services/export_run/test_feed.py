"""Writing files piece by piece."""

from collections.abc import Iterable
from typing import Any

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.services.export_run import feed
from chalicelib.services.export_run.feed import Files
from chalicelib.services.ports.objects import ObjectInfo
from tests.fakes.objects import FakeObjectStore


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "SMALL", 100)
    monkeypatch.setattr(feed, "_CHUNK", 10)


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 5_000])
def test_file_is_what_was_written(size: int) -> None:
    objects = FakeObjectStore()
    content = bytes(number % 251 for number in range(size))
    with Files(objects) as files:
        one = files.open("a", "text/plain")
        for start in range(0, size, 7):
            one.write(content[start : start + 7])
        files.close(one)
        files.settle()

    assert (objects.objects["a"].body, objects.objects["a"].content_type) == (content, "text/plain")


def test_many_files_at_once() -> None:
    objects = FakeObjectStore()
    with Files(objects) as files:
        for number in range(300):
            files.put(str(number), str(number).encode(), "text/plain")
        files.settle()

    assert {key: one.body for key, one in objects.objects.items()} == {str(number): str(number).encode() for number in range(300)}


@pytest.mark.parametrize("size", [10, 5_000])
def test_nothing_is_stored_of_what_is_not_ended(size: int) -> None:
    objects = FakeObjectStore()

    def fail() -> None:
        with Files(objects) as files:
            files.open("a").write(bytes(size))
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert objects.objects == {}


class Broken(FakeObjectStore):
    """Takes some data and then no more."""

    def write(self, key: str, chunks: Iterable[bytes], **options: Any) -> ObjectInfo:
        next(iter(chunks))
        raise Unavailable("objects_busy")

    def put(self, key: str, body: bytes, **options: Any) -> ObjectInfo:
        raise Unavailable("objects_busy")


@pytest.mark.parametrize("size", [10, 200, 100_000])
def test_failure_of_the_store_reaches_who_writes(size: int) -> None:
    def write() -> None:
        with Files(Broken()) as files:
            one = files.open("a")
            for _ in range(size // 10):
                one.write(bytes(10))
            files.close(one)
            files.settle()

    with pytest.raises(Unavailable):
        write()
