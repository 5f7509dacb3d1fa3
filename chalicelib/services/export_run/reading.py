"""Reading an object once, from front to back, in stretches."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.services.ports.objects import ObjectStore


class SequentialObject:
    """The bytes of an object from `start`, read in one request when they are first wanted."""

    def __init__(self, objects: ObjectStore, key: str, start: int = 0, end: int | None = None) -> None:
        self._objects = objects
        self._key = key
        self._start = start
        self._end = end
        self._chunks: Iterator[bytes] | None = None
        self._chunk = b""
        self._offset = 0

    def take(self, size: int) -> Iterator[bytes]:
        """Yield the next `size` bytes."""
        if self._chunks is None:
            self._chunks = self._objects.read(self._key, start=self._start, end=self._end)
        while size:
            if self._offset == len(self._chunk):
                self._chunk, self._offset = next(self._chunks), 0
            part = self._chunk[self._offset : self._offset + size]
            self._offset += len(part)
            size -= len(part)
            yield part

    def skip(self, size: int) -> None:
        """Pass over the next `size` bytes."""
        for _ in self.take(size):
            pass
