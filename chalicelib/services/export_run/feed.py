"""Writing files piece by piece, where `ObjectStore.write` wants to pull: several at a time, memory flat."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, Full, Queue
from threading import Thread
from types import TracebackType
from typing import Final, Self

from chalicelib.services.ports.objects import ObjectInfo, ObjectStore

SMALL: Final = 4 << 20
"""Bytes up to which a file is kept in memory and written in one request."""
_CHUNK: Final = 1 << 18
_QUEUED: Final = 8
"""Chunks that may wait for the network."""
_PARALLEL: Final = 16
"""Small files written at once."""
_WAITING: Final = 64
"""Small files that may wait for that."""


class _Abandoned(Exception):
    """Makes the store abort an upload whose data will not come."""


class Feed:
    """One object that is written as the data comes."""

    def __init__(self, objects: ObjectStore, key: str, content_type: str = "application/octet-stream") -> None:
        self._objects = objects
        self.key = key
        self.content_type = content_type
        self._buffer = bytearray()
        self._queue: Queue[bytes | _Abandoned | None] = Queue(_QUEUED)
        self._thread: Thread | None = None
        self._info: ObjectInfo | None = None
        self._error: BaseException | None = None

    def write(self, data: bytes) -> None:
        """Add data; raises what went wrong with the data before."""
        self._buffer += data
        limit = SMALL if self._thread is None else _CHUNK
        if len(self._buffer) >= limit:
            self._pass_on()

    def close(self) -> ObjectInfo:
        """End the object and give what was stored."""
        if self._thread is None:
            return self._objects.put(self.key, bytes(self._buffer), content_type=self.content_type)
        self._pass_on()
        self._put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._info is not None
        return self._info

    def abandon(self) -> None:
        """Store nothing."""
        self._buffer.clear()
        if self._thread is not None and self._thread.is_alive():
            while True:
                try:
                    self._queue.get_nowait()
                except Empty:
                    break
            self._put(_Abandoned())
            self._thread.join()

    def rest(self) -> bytes | None:
        """Give the whole content, if it is small, for somebody else to store."""
        return bytes(self._buffer) if self._thread is None else None

    def _pass_on(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._upload, name=f"upload {self.key}", daemon=True)
            self._thread.start()
        self._put(bytes(self._buffer))
        self._buffer.clear()

    def _put(self, item: bytes | _Abandoned | None) -> None:
        assert self._thread is not None
        while self._thread.is_alive():
            try:
                self._queue.put(item, timeout=0.2)
                return
            except Full:
                continue
        if self._error is not None and not isinstance(item, _Abandoned):
            raise self._error

    def _upload(self) -> None:
        try:
            self._info = self._objects.write(self.key, self._chunks(), content_type=self.content_type)
        except BaseException as error:  # handed to the thread that feeds
            self._error = error

    def _chunks(self) -> Iterator[bytes]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, _Abandoned):
                raise item
            yield item


class Files:
    """All the files that one task writes: as a context, nothing unfinished is left when it fails."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._pool = ThreadPoolExecutor(_PARALLEL, thread_name_prefix="put")
        self._waiting: deque[Future[ObjectInfo]] = deque()
        self._open: set[Feed] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            for feed in self._open:
                feed.abandon()
            for future in self._waiting:
                future.cancel()
        self._pool.shutdown(wait=True)

    def open(self, key: str, content_type: str = "application/octet-stream") -> Feed:
        """Begin a file."""
        feed = Feed(self._objects, key, content_type)
        self._open.add(feed)
        return feed

    def close(self, feed: Feed) -> None:
        """End a file; a small one is stored in the background."""
        self._open.discard(feed)
        content = feed.rest()
        if content is None:
            feed.close()
        else:
            self.put(feed.key, content, feed.content_type)

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store a small file in the background."""
        while len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(self._objects.put, key, content, content_type=content_type))

    def settle(self) -> None:
        """Wait until everything is stored; raises what went wrong."""
        while self._waiting:
            self._waiting.popleft().result()
