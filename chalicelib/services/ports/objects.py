"""Where files are kept: uploads, large answers, archives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class ObjectInfo(NamedTuple):
    """What is known of a stored object. `etag` as the store gives it, without quotes."""

    key: str
    size: int
    etag: str = ""


class ObjectStore(Protocol):
    """A private, encrypted bucket. Prefixes: `tmp/` goes after a day, `uploads/` after two, `spill/` and `exports/` stay."""

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> ObjectInfo:
        """Write a small object in one request."""
        ...

    def write(
        self,
        key: str,
        chunks: Iterable[bytes],
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Write a stream: one put when it is small, else a multipart upload in parts that grow with the size.

        Memory holds at most two parts. An error, also one raised by `chunks`, aborts the upload and leaves nothing.
        """
        ...

    def read(self, key: str, *, start: int = 0, end: int | None = None, chunk_size: int = 262_144) -> Iterator[bytes]:
        """Yield the bytes from `start` up to, not including, `end`. Raises `NotFound("object")`."""
        ...

    def head(self, key: str) -> ObjectInfo | None:
        """Tell size and etag; None when it is not there."""
        ...

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield what is under a prefix, by key."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Remove objects, a thousand a request; no error for those that are gone."""
        ...

    def abort_uploads(self, prefix: str) -> None:
        """Abort the unfinished multipart uploads under a prefix, which killed tasks leave behind."""
        ...

    def download_url(
        self, key: str, *, filename: str, content_type: str, disposition: str = "attachment", seconds: int = 300
    ) -> str:
        """Presign a GET whose answer carries that name (RFC 6266, any Unicode) and type."""
        ...

    def upload_url(self, key: str, *, content_type: str | None = None, seconds: int = 3_600) -> str:
        """Presign a PUT."""
        ...
