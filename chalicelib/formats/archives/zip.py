"""The ZIP container (PKWARE APPNOTE 6.3.3) around members that are deflated already and whose sizes are known.

`zipfile` and the streaming ZIP libraries compress what they are given; here the data comes compressed, so what is left is headers.
They are exact, without data descriptors, and ZIP64 appears only where a number needs it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.domain.exports import is_plain_path

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s4B4H3L5H2L")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_END: Final = struct.Struct("<4s4H2LH")

_MAX16: Final = 0xFFFF
_MAX32: Final = 0xFFFFFFFF
_DEFLATED: Final = 8
_UTF8: Final = 0x800
_PLAIN: Final = 20
_ZIP64: Final = 45
_UNIX: Final = 3
_REGULAR_FILE: Final = 0o100644 << 16
_ZIP64_EXTRA: Final = 1


class Member(NamedTuple):
    """One file of an archive."""

    path: str
    size: int
    """Bytes of the file."""
    crc: int
    """CRC-32 of the file."""
    deflated: int
    """Bytes of its raw deflate stream."""


class ZipContainer:
    """Writes what stands around the members' data, and knows where each member's data begins.

    For each member in turn: emit `open(member)`, then exactly `member.deflated` bytes of data; at the end emit `close()`.
    """

    def __init__(self, time: datetime) -> None:
        self._dos_time = time.hour << 11 | time.minute << 5 | time.second // 2
        self._dos_date = max(time.year - 1980, 0) << 9 | time.month << 5 | time.day
        self._directory = bytearray()
        self._members = 0
        self.offset = 0
        """Bytes of the archive so far, the open member's data included: it begins `member.deflated` bytes before."""

    def open(self, member: Member) -> bytes:
        """Give a member's local header. Raises `ValueError` for a path that could leave the folder it is unpacked in."""
        if not is_plain_path(member.path):
            raise ValueError(f"unsafe path {member.path!r}")
        name = member.path.encode()
        flags = 0 if name.isascii() else _UTF8
        large = max(member.size, member.deflated) >= _MAX32
        far = self.offset >= _MAX32
        version = _ZIP64 if large or far else _PLAIN
        size, deflated = (_MAX32, _MAX32) if large else (member.size, member.deflated)
        numbers = (member.size, member.deflated) if large else ()
        local_extra = _zip64_extra(*numbers)
        central_extra = _zip64_extra(*numbers, *((self.offset,) if far else ()))
        self._directory += _CENTRAL.pack(
            b"PK\x01\x02", version, _UNIX, version, 0, flags, _DEFLATED, self._dos_time, self._dos_date, member.crc, deflated, size,
            len(name), len(central_extra), 0, 0, 0, _REGULAR_FILE, min(self.offset, _MAX32),
        )  # fmt: skip
        self._directory += name + central_extra
        header = _LOCAL.pack(
            b"PK\x03\x04", version, flags, _DEFLATED, self._dos_time, self._dos_date, member.crc, deflated, size,
            len(name), len(local_extra),
        )  # fmt: skip
        header += name + local_extra
        self._members += 1
        self.offset += len(header) + member.deflated
        return header

    def close(self) -> bytes:
        """Give the central directory and the end records."""
        start, size, count = self.offset, len(self._directory), self._members
        end = b""
        if count >= _MAX16 or start >= _MAX32 or size >= _MAX32:
            end = _END64.pack(b"PK\x06\x06", _END64.size - 12, _ZIP64, _ZIP64, 0, 0, count, count, size, start)
            end += _LOCATOR64.pack(b"PK\x06\x07", 0, start + size, 1)
        count = min(count, _MAX16)
        end += _END.pack(b"PK\x05\x06", 0, 0, count, count, min(size, _MAX32), min(start, _MAX32), 0)
        self.offset += size + len(end)
        return bytes(self._directory) + end


def _zip64_extra(*numbers: int) -> bytes:
    """Give the extra field that holds the numbers which do not fit, in the order of APPNOTE §4.5.3."""
    return struct.pack(f"<2H{len(numbers)}Q", _ZIP64_EXTRA, 8 * len(numbers), *numbers) if numbers else b""


class Placed(NamedTuple):
    """A member and where its data lies in the archive."""

    member: Member
    offset: int


TAIL: Final = 65_536
"""Bytes from the end of an archive in which the end records of ours are found, and mostly the central directory too."""


def directory_place(tail: bytes) -> tuple[int, int]:
    """Read from the last bytes of an archive where its central directory begins and how long it is."""
    fields = _END.unpack(tail[-_END.size :])
    size, offset = fields[5], fields[6]
    start = len(tail) - _END.size - _LOCATOR64.size - _END64.size
    if start >= 0 and tail[start : start + 4] == b"PK\x06\x06":
        *_, size, offset = _END64.unpack_from(tail, start)
    return offset, size


def read_directory(chunks: Iterable[bytes]) -> Iterator[Placed]:
    """Read a central directory that `ZipContainer` wrote."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        start = 0
        while len(rest) - start >= _CENTRAL.size:
            fields = _CENTRAL.unpack_from(rest, start)
            crc, deflated, size, name_size, extra_size, place = *fields[9:14], fields[18]
            name = start + _CENTRAL.size
            end = name + name_size + extra_size
            if end > len(rest):
                break
            numbers = list(struct.unpack_from(f"<{max(extra_size - 4, 0) // 8}Q", rest, name + name_size + 4) if extra_size else ())
            large = size == _MAX32 and deflated == _MAX32 and len(numbers) >= 2
            if large:
                size, deflated = numbers[:2]
            if place == _MAX32:
                place = numbers[-1]
            member = Member(rest[name : name + name_size].decode(), size, crc, deflated)
            yield Placed(member, place + _LOCAL.size + name_size + (20 if large else 0))
            start = end
        rest = rest[start:]
