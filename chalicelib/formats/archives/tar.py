"""Tar archives (POSIX.1-2001 pax) as streams, plain or compressed."""

from __future__ import annotations

import bz2
import tarfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Protocol

from isal import isal_zlib

from chalicelib.domain.exports import is_plain_path
from chalicelib.formats.archives.deflate import LEVEL

_GZIP: Final = 16
"""Added to the window bits: a gzip header without a name and with the time 0, so that equal data gives equal bytes."""


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def write(files: Iterable[tuple[str, int, Iterable[bytes]]], time: datetime) -> Iterator[bytes]:
    """Write path, size and content of each file as a tar archive; each content is read before the next file is asked for.

    Raises `ValueError` for a path that could leave the folder it is unpacked in, or a content that is not of its size.
    """
    offset = 0
    for path, size, content in files:
        if not is_plain_path(path):
            raise ValueError(f"unsafe path {path!r}")
        entry = tarfile.TarInfo(path)
        entry.size = size
        entry.mtime = int(time.timestamp())
        header = entry.tobuf(tarfile.PAX_FORMAT)
        yield header
        written = 0
        for chunk in content:
            written += len(chunk)
            yield chunk
        if written != size:
            raise ValueError(f"{path!r} has {written} bytes instead of {size}")
        padding = -size % tarfile.BLOCKSIZE
        yield bytes(padding)
        offset += len(header) + size + padding
    yield bytes(2 * tarfile.BLOCKSIZE + -(offset + 2 * tarfile.BLOCKSIZE) % tarfile.RECORDSIZE)


def gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a stream (RFC 1952)."""
    return _compressed(chunks, isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, _GZIP + isal_zlib.MAX_WBITS))


def bzip2(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a stream with bzip2."""
    return _compressed(chunks, bz2.BZ2Compressor())


def _compressed(chunks: Iterable[bytes], compressor: _Compressor) -> Iterator[bytes]:
    for chunk in chunks:
        if compressed := compressor.compress(chunk):
            yield compressed
    yield compressor.flush()
