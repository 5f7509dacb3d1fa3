"""A stream of bytes as blocks of whole lines, and where each of their characters stands in the stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.formats.ical.text import is_tidy, is_unfolded

GATHER: Final = 65_536
"""Bytes that are gathered before they are looked at."""
ENOUGH: Final = 65_536
"""Bytes without an LF after which lines are taken to end in CR alone."""
MAX_LINE: Final = 1_000_000
"""Octets in a line, folded or not."""

_LINE_END: Final = re.compile(r"\r*\n")


class Stream:
    """Fills `text` with block after block; the reader says with `keep` what it wants to see again with the next one.

    `text` has one character per octet (latin-1, which is reversible) and ends every line in CRLF. A block grows as long
    as nothing of it is taken, each time to twice its size, so that a long entry is not looked at again and again.
    """

    def __init__(self, chunks: Iterable[bytes], offset: int = 0, cr: bool | None = None, gather: int = 0) -> None:
        self.text = ""
        self.clean = True
        """Whether `text` has neither NUL characters nor CRs that end no line."""
        self.folded = False
        """Whether `text` has folds, or lines that are not tidy."""
        self.tidy = True
        """Whether all lines of `text` are as those of kept text."""
        self.torn = False
        """Whether `text` is followed by a line of more than `MAX_LINE` octets, which will be passed over."""
        self.cr = cr
        """Whether lines end in CR alone, as on old Macs; None while no line end has been seen."""
        self._chunks = chunks
        self._gather = gather or GATHER
        self._base = offset
        self._raw = b""
        self._exact = True

    def __iter__(self) -> Iterator[bool]:
        """Yield whether this block is the last, each time `text` has been filled."""
        tail: list[bytes] = []
        size = 0
        passing = False
        for chunk in self._chunks:
            if passing:
                end = chunk.find(self._newline) + 1
                self._base += end or len(chunk)
                chunk = chunk[end:] if end else b""
                passing = not end
            tail.append(chunk)
            size += len(chunk)
            if size < max(self._gather, len(self._raw)):
                continue
            data = b"".join(tail)
            if self.cr is None:
                self._look_for_line_ends(data, at_end=False)
            cut = data.rfind(self._newline) + 1
            if cut:
                self._fill(data[:cut])
                yield False
            elif size > MAX_LINE:
                self.torn = True
                self._fill(b"")
                yield False
                self.torn = False
                self._base += size
                passing = True
            if cut or passing:
                tail = [data[cut:]] if not passing else []
                size = len(data) - cut if not passing else 0
        rest = b"".join(tail)
        if self.cr is None:
            self._look_for_line_ends(rest, at_end=True)
        self._fill(rest)
        yield True

    @property
    def _newline(self) -> bytes:
        return b"\r" if self.cr else b"\n"

    def _look_for_line_ends(self, data: bytes, *, at_end: bool) -> None:
        """Settle how lines end, once there is an LF, or none in much text that has CRs."""
        if b"\n" in data:
            self.cr = False
        elif at_end or len(data) >= ENOUGH:
            self.cr = b"\r" in data

    def _fill(self, data: bytes) -> None:
        self._raw += data
        text = self._raw.decode("latin-1")
        if self.cr:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._look_at_lines(text)
        lines = count(self._raw, b"\n")
        self._exact = not self.cr and lines == count(self._raw, b"\r") and (self.tidy or lines == self._raw.count(b"\r\n"))
        if not self._exact:
            text = _LINE_END.sub("\r\n", text)
            self._look_at_lines(text)
        if text and text[-1] != "\n":
            text += "\r\n"
        self.clean = "\0" not in text and (self._exact or text.count("\r") == text.count("\n"))
        self.text = text

    def _look_at_lines(self, text: str) -> None:
        self.folded = not is_unfolded(text)
        self.tidy = not self.folded or is_tidy(text)

    def offset(self, position: int) -> int:
        """Tell where in the stream a position of `text` stands that is the beginning of a line."""
        if self._exact:
            return self._base + min(position, len(self._raw))
        lines = self.text.count("\n", 0, position)
        return self._base + len(self._raw) - len(b"".join(self._raw.split(self._newline, lines)[lines:]))

    def keep(self, position: int) -> None:
        """Begin the next block at this position of `text`, the beginning of a line or the end."""
        offset = self.offset(position)
        self._raw = self._raw[offset - self._base :]
        self._base = offset


def count(data: bytes, octet: bytes) -> int:
    """Count an octet that is not frequent: deleting it takes half as long as counting it."""
    return len(data) - len(data.replace(octet, b""))
