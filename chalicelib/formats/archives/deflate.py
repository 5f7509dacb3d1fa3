"""Raw deflate (RFC 1951) in pieces that concatenate to one valid stream, and back."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from isal import isal_zlib

LEVEL: Final = 2
"""isal's: about ten times the speed of zlib's level 6, at nearly the same size."""
PIECE: Final = 1 << 18
"""Bytes that are inflated at a time."""
_BLOCK: Final = 0xFFFF
END: Final = b"\x03\x00"
"""The empty last block that ends a stream made of pieces."""


class Deflater:
    """Compresses one piece and keeps count of what went in and came out.

    End the piece with `cut`, when others follow in the same stream, or with `finish`, when it is the whole stream.
    """

    def __init__(self) -> None:
        self._compressor = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
        self.size = 0
        """Bytes fed."""
        self.crc = 0
        """CRC-32 of them."""
        self.deflated = 0
        """Bytes given out."""

    def feed(self, data: bytes) -> bytes:
        """Compress more data."""
        self.size += len(data)
        self.crc = isal_zlib.crc32(data, self.crc)
        return self._count(self._compressor.compress(data))

    def cut(self) -> bytes:
        """End the piece on a byte boundary; another piece, or `END`, must follow."""
        return self._count(self._compressor.flush(isal_zlib.Z_FULL_FLUSH))

    def finish(self) -> bytes:
        """End the stream."""
        return self._count(self._compressor.flush(isal_zlib.Z_FINISH))

    def _count(self, deflated: bytes) -> bytes:
        self.deflated += len(deflated)
        return deflated


class Digest:
    """What lists and archives say of a file: its size, CRC-32 and SHA-256, counted as it flows by."""

    def __init__(self) -> None:
        self._sha256 = sha256()
        self.size = 0
        self.crc = 0

    def feed(self, data: bytes) -> None:
        """Count more data."""
        self.size += len(data)
        self.crc = isal_zlib.crc32(data, self.crc)
        self._sha256.update(data)

    @property
    def sha256(self) -> str:
        """The SHA-256 in hexadecimal."""
        return self._sha256.hexdigest()


def deflate(data: bytes) -> bytes:
    """Compress a whole small file."""
    deflated: bytes = isal_zlib.compress(data, LEVEL, -isal_zlib.MAX_WBITS)
    return deflated


def stored(data: bytes) -> bytes:
    """Give a piece of its own, uncompressed, of what stands between pieces: blocks of at most 65,535 bytes (RFC 1951 §3.2.4)."""
    blocks = [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)]
    return b"".join([b"\x00" + struct.pack("<HH", len(block), len(block) ^ _BLOCK) + block for block in blocks])


class Inflater:
    """Decompresses a stream, or a piece of one, as it comes."""

    def __init__(self) -> None:
        self._decompressor = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)

    def feed(self, deflated: bytes) -> Iterator[bytes]:
        """Yield what these bytes say, `PIECE` bytes at a time: a few of them may say a thousand times as many."""
        data: bytes = self._decompressor.decompress(deflated, PIECE)
        while data:
            yield data
            data = self._decompressor.decompress(self._decompressor.unconsumed_tail, PIECE)


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress a stream, or pieces of one; the last need not end it."""
    inflater = Inflater()
    return (data for chunk in chunks for data in inflater.feed(chunk))


def combined_crc(first: int, second: int, second_size: int) -> int:
    """Give the CRC-32 of two stretches of data one after the other, from their own."""
    crc: int = isal_zlib.crc32_combine(first, second, second_size)
    return crc
