"""Files in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

from chalicelib.domain.errors import NotFound
from chalicelib.services.ports.objects import ObjectInfo


class FakeObject(NamedTuple):
    """One stored object."""

    body: bytes
    content_type: str
    metadata: Mapping[str, str]
    etag: str


class FakeObjectStore:
    """Fulfils `ObjectStore`; `objects` is what is stored, by key, for tests to look at and to put uploads into."""

    def __init__(self) -> None:
        self.objects: dict[str, FakeObject] = {}

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> ObjectInfo:
        return self.write(key, (body,), content_type=content_type)

    def write(
        self,
        key: str,
        chunks: Iterable[bytes],
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        body = b"".join(chunks)
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        self.objects[key] = FakeObject(body, content_type, dict(metadata or {}), etag)
        return ObjectInfo(key, len(body), etag)

    def read(self, key: str, *, start: int = 0, end: int | None = None, chunk_size: int = 262_144) -> Iterator[bytes]:
        stored = self.objects.get(key)
        if stored is None:
            raise NotFound("object", key=key)
        body = stored.body[start:end]
        for offset in range(0, len(body), chunk_size):
            yield body[offset : offset + chunk_size]

    def head(self, key: str) -> ObjectInfo | None:
        stored = self.objects.get(key)
        return None if stored is None else ObjectInfo(key, len(stored.body), stored.etag)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        for key in sorted(key for key in self.objects if key.startswith(prefix)):
            stored = self.objects[key]
            yield ObjectInfo(key, len(stored.body), stored.etag)

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)

    def abort_uploads(self, prefix: str) -> None:
        """Nothing: a write in memory is whole or not at all."""

    def download_url(
        self, key: str, *, filename: str, content_type: str, disposition: str = "attachment", seconds: int = 300
    ) -> str:
        query = urlencode({"filename": filename, "content_type": content_type, "disposition": disposition, "seconds": seconds})
        return f"https://objects.test/{quote(key)}?{query}"

    def upload_url(self, key: str, *, content_type: str | None = None, seconds: int = 3_600) -> str:
        query = {"seconds": str(seconds)} | ({} if content_type is None else {"content_type": content_type})
        return f"https://objects.test/{quote(key)}?{urlencode(query)}"
