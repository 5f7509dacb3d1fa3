"""What reading a calendar file gives: entries to import, and entries that cannot be, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from chalicelib.domain.slots import Group, Slot


class Entry(NamedTuple):
    """One readable entry: a slot, or one component of a slot whose other components are elsewhere in the file."""

    number: int
    """Counted from 1 over all entries of the file, readable or not."""
    line: int
    """Of its first line in the file, counted from 1; over all members of a zip, each counted for itself."""
    slot: Slot
    """Its `uid` is empty when the file names none; its `groups` are empty, `Entry.groups` tells."""
    groups: tuple[Group, ...] = ()
    """The groups the file puts it in, as the file describes them; `Group.uuid` or `Group.name` may be empty."""


class Rejection(NamedTuple):
    """One entry that cannot be imported, and why."""

    number: int
    line: int
    uid: str
    reason: str


class Reading(Protocol):
    """A calendar file that is being read: iterate once; the rest is complete when the iteration has ended.

    Raises `InvalidInput` when the file cannot be read on at all, naming ``entry`` and ``line``, and `InvalidEncoding`
    for bytes that are not text.
    """

    @property
    def format(self) -> str:
        """`ical`, `outlook`, `timeslot` or `zip`."""
        ...

    @property
    def notes(self) -> list[str]:
        """What the user should know: an encoding that was assumed, a date order that was guessed."""
        ...

    @property
    def ignored(self) -> Mapping[str, int]:
        """Components that are not slots, counted by kind."""
        ...

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield what is in the file, in its order."""
        ...

    def checkpoint(self) -> dict[str, Any]:
        """Give a JSON-able place to resume from: right after the entry yielded last."""
        ...


class Source(Protocol):
    """The bytes of a calendar file, wherever they are."""

    size: int

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` to the end."""
        ...

    def slice(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` up to, not including, `end`."""
        ...


class BytesSource:
    """A file that is in memory already."""

    def __init__(self, content: bytes, chunk_size: int = 65_536) -> None:
        self._content = content
        self._chunk_size = chunk_size
        self.size = len(content)

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` to the end."""
        for offset in range(start, self.size, self._chunk_size):
            yield self._content[offset : offset + self._chunk_size]

    def slice(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` up to, not including, `end`."""
        return self._content[start:end]
