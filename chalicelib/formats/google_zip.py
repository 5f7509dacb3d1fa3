"""Google's export: a zip archive of .ics files, read member by member as streams."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import SEEK_CUR, SEEK_END, SEEK_SET
from typing import IO, Any, Final, cast

from chalicelib.domain.errors import InvalidEncoding, InvalidInput
from chalicelib.domain.imports import Entry, Reading, Rejection, Source
from chalicelib.formats.encoding import encoding_of, utf8_chunks
from chalicelib.formats.recognition import recognise

SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip file begins: with a member, or with nothing but its end."""

MAX_RATIO: Final = 100
"""How much larger a member, and all members together, may be than what they are packed in."""
MAX_MEMBERS: Final = 1_000
_FREE_SIZE: Final = 1_048_576
"""Bytes up to which nobody minds the ratio: short texts that repeat pack better than bombs are feared for."""
_MAX_DIRECTORY: Final = 4_194_304
"""Bytes of the archive's directory; nothing larger is read at once."""
_AHEAD: Final = 262_144
"""Bytes fetched at once: one request where the source is a remote object."""
_MAX_NAME: Final = 200
"""Characters by which a member is named."""
_MAX_NOTES: Final = 20
"""Members that are not calendars and are named."""
_MAX_CALENDAR_NOTES: Final = 100
"""Notes after which each further calendar has one."""
_PIECE: Final = 65_536


def read(source: Source, *, resume: Mapping[str, Any] | None = None) -> ZipReading:
    """Open an archive; `resume` is what `ZipReading.checkpoint` gave. Raises `InvalidInput` for one that is refused."""
    return ZipReading(source, resume)


class ZipReading:
    """An archive of calendars being read; see `domain.imports.Reading`."""

    format: Final = "zip"

    def __init__(self, source: Source, resume: Mapping[str, Any] | None) -> None:
        resume = resume or {}
        with _bad_zip():
            self._archive = zipfile.ZipFile(cast(IO[bytes], _View(source)))
            self._members = _checked(self._archive, source.size)
        self._index: int = resume.get("member", 0)
        self._before: int = resume.get("before", 0)
        """Entries in the members before this one."""
        self._number: int = resume.get("entry", 0)
        self._calendars: int = resume.get("calendars", 0)
        """Calendars found, with this one."""
        self._notes: list[str] = list(resume.get("notes", ()))
        self._other_files: int = resume.get("others", 0)
        self._ignored = Counter[str](resume.get("ignored", {}))
        self._inner: dict[str, Any] | None = resume.get("inner")
        self._encoding: str = resume.get("encoding", "")
        self._reading: Reading | None = None

    @property
    def notes(self) -> list[str]:
        """What is to be said of the archive, and of each calendar in it."""
        notes = [*self._notes, *(f"{self._name}: {note}" for note in self._current_notes())]
        if self._other_files > _MAX_NOTES:
            notes.append(f"{self._other_files - _MAX_NOTES} more files are not calendars and were left out.")
        return notes

    def _current_notes(self) -> list[str]:
        """Give what is to be said of the calendar being read, as far as there is room."""
        return self._reading.notes[: max(_MAX_CALENDAR_NOTES - len(self._notes), 1)] if self._reading else []

    @property
    def ignored(self) -> Mapping[str, int]:
        """Components that are not slots, counted by kind, of all calendars."""
        return self._ignored + Counter(self._reading.ignored) if self._reading else self._ignored

    def checkpoint(self) -> dict[str, Any]:
        """Give the place right after the entry yielded last."""
        return {
            "member": self._index,
            "before": self._before,
            "entry": self._number,
            "calendars": self._calendars,
            "notes": list(self._notes),
            "others": self._other_files,
            "ignored": dict(self._ignored),
            "encoding": self._encoding,
            "inner": self._reading.checkpoint() if self._reading else self._inner,
        }

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield what is in the calendars, one calendar after the other."""
        while self._index < len(self._members):
            try:
                yield from self._member(_Member(self._archive, self._members[self._index]))
            except InvalidInput as error:
                if "entry" in error.details:
                    error.details["entry"] = self._number + 1
                error.details.setdefault("member", self._name)
                raise
            self._index += 1
            self._before = self._number
            self._inner = None
        if not self._calendars:
            raise InvalidInput("no_calendar_in_zip")

    @property
    def _name(self) -> str:
        return self._members[self._index].filename[:_MAX_NAME]

    def _member(self, member: _Member) -> Iterator[Entry | Rejection]:
        from chalicelib.formats import ical

        if self._inner is None:
            encoding = _calendar_encoding(member)
            if encoding is None:
                self._other_files += 1
                if self._other_files <= _MAX_NOTES:
                    self._notes.append(f"{self._name}: not a calendar, left out.")
                return
            self._encoding = encoding
            self._calendars += 1
        offset = self._inner["offset"] if self._inner else 0
        reading: Reading = ical.read(utf8_chunks(member, self._encoding, offset), resume=self._inner)
        self._reading = reading
        for item in reading:
            self._number = self._before + item.number
            yield item._replace(number=self._number)
        self._notes += [f"{self._name}: {note}" for note in self._current_notes()]
        self._ignored = Counter(self.ignored)
        self._reading = None


def _calendar_encoding(member: _Member) -> str | None:
    """Tell the encoding of a member that is a calendar; None for one that is something else."""
    head = member.slice(0, 4)
    if head in SIGNATURES:
        raise InvalidInput("nested_zip")
    try:
        encoding = encoding_of(head)
        return encoding if recognise(member, encoding) == "ical" else None
    except InvalidEncoding:
        return None
    except InvalidInput as error:
        if error.code == "empty_file":
            return None
        raise


class _Member:
    """A member of the archive as a source of bytes."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._archive = archive
        self._info = info
        self.size = info.file_size

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` to the end; what is before is unpacked and passed over."""
        with self._open() as member:
            while True:
                with _bad_zip():
                    piece = member.read(_PIECE)
                if not piece:
                    return
                if start < len(piece):
                    yield piece[start:]
                start = max(start - len(piece), 0)

    def slice(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` up to, not including, `end`."""
        with self._open() as member, _bad_zip():
            return member.read(end)[start:]

    def _open(self) -> IO[bytes]:
        with _bad_zip():
            return self._archive.open(self._info)


def _checked(archive: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    """Give the members of an archive that may be unpacked. What they claim bounds what is unpacked of them."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise InvalidInput("zip_too_many_members", limit=MAX_MEMBERS)
    for info in members:
        name = info.filename[:_MAX_NAME]
        if info.flag_bits & 0x1:
            raise InvalidInput("zip_encrypted", member=name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidInput("zip_unknown_compression", member=name)
        if info.file_size > max(MAX_RATIO * info.compress_size, _FREE_SIZE):
            raise InvalidInput("zip_ratio", member=name, limit=MAX_RATIO)
    if sum(info.file_size for info in members) > max(MAX_RATIO * size, _FREE_SIZE):
        raise InvalidInput("zip_ratio", limit=MAX_RATIO)
    return members


@contextmanager
def _bad_zip() -> Iterator[None]:
    """Turn whatever a broken archive makes the library raise into `InvalidInput("bad_zip")`."""
    try:
        yield
    except InvalidInput:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise InvalidInput("bad_zip", reason=str(error)) from error


class _View:
    """The source as the file object that `zipfile` asks for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0
        self._begin = 0
        self._ahead = b""

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        position = offset + {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._source.size}[whence]
        if position < 0:
            raise OSError("a position before the beginning")
        self._at = position
        return position

    def read(self, size: int = -1) -> bytes:
        left = max(self._source.size - self._at, 0)
        wanted = left if size < 0 else min(size, left)
        if wanted > _MAX_DIRECTORY:
            raise InvalidInput("zip_too_many_members", limit=MAX_MEMBERS)
        if not self._begin <= self._at <= self._begin + len(self._ahead) - wanted:
            self._begin = self._at
            self._ahead = self._source.slice(self._at, min(self._at + max(wanted, _AHEAD), self._source.size))
        piece = self._ahead[self._at - self._begin :][:wanted]
        self._at += len(piece)
        return piece

    def close(self) -> None:
        pass
