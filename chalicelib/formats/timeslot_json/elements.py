"""Cuts a JSON array that arrives in chunks into its elements, with flat memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import orjson

from chalicelib.domain.errors import InvalidInput

MAX_ELEMENT: Final = 16_777_216
"""Bytes of one element; what is longer ends the reading."""

_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
"""A whole string, or one structural byte; a quote alone begins a string that is not complete yet."""
_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
_JOINTS: Final = (b'},{"uid":', b"},{")
"""What stands between two elements in compact JSON; the first is how our own files have it."""


class Batch(NamedTuple):
    """Some elements that stand next to each other."""

    offset: int
    """Where `raw` begins in the stream."""
    line: int
    """The line on which `raw` begins."""
    raw: bytes
    """The elements' own bytes with the commas between them."""
    values: list[Any] | None
    """The elements, parsed; None for one element that is not JSON."""
    reason: str = ""
    """Why it is not JSON."""

    def after(self, index: int) -> tuple[int, int]:
        """Give offset and line right after the element of that index."""
        end = 0
        for _ in range(index + 1):
            _, end, _ = _element_end(self.raw, end + 1 if end else 0, 0)
        return self.offset + end, self.line + self.raw.count(b"\n", 0, end)


def batches(chunks: Iterable[bytes], *, offset: int = 0, line: int = 1) -> Iterator[Batch]:
    """Yield the array's elements in their order.

    `offset` and `line` are 0 and 1 for a stream from its beginning, or what `Batch.after` gave for one that goes on
    there. Raises `InvalidInput` when the array does not end, when an element is over `MAX_ELEMENT`, and for anything
    behind the array.
    """
    return _Cutter(chunks, offset, line).batches(resumed=offset > 0)


class _Cutter:
    """The rest of the stream that is not cut yet: `self.buffer` from `self.at` on."""

    def __init__(self, chunks: Iterable[bytes], offset: int, line: int) -> None:
        self.chunks = iter(chunks)
        self.buffer = b""
        self.at = 0
        self.offset = offset
        self.line = line
        self.careful_until = 0
        """Up to this offset elements are cut one by one, because cutting many at once has failed there."""

    def batches(self, *, resumed: bool) -> Iterator[Batch]:
        lead = self.next_byte()
        if not resumed:
            if lead != b"[":
                raise InvalidInput("not_json", line=self.line, reason="not an array")
            self.advance(self.at + 1)
            if self.next_byte() == b"]":
                self.advance(self.at + 1)
                self.expect_end()
                return
        elif lead == b",":
            self.advance(self.at + 1)
        else:
            self.end_array()
            return
        while True:
            self.next_byte()
            batch = self.compact() or self.single()
            yield batch
            if self.next_byte() != b",":
                self.end_array()
                return
            self.advance(self.at + 1)

    def compact(self) -> Batch | None:
        """Parse as many elements at once as the buffer holds, if it looks like compact JSON.

        A cut at the wrong place (in a string, in an inner array) leaves something open, so it does not parse.
        """
        if self.offset < self.careful_until or self.buffer.find(b"\n", self.at) >= 0:
            return None
        for joint in _JOINTS:
            cut = self.buffer.rfind(joint, self.at) + 1
            if cut > 0:
                raw = self.buffer[self.at : cut]
                try:
                    values = orjson.loads(b"[%b]" % raw)
                except orjson.JSONDecodeError:
                    continue
                batch = Batch(self.offset, self.line, raw, values)
                self.advance(cut)
                return batch
        self.careful_until = self.offset + len(self.buffer) - self.at
        return None

    def single(self) -> Batch:
        """Cut one element, wherever it ends."""
        position, depth = self.at, 0
        while True:
            found, position, depth = _element_end(self.buffer, position, depth)
            if found:
                break
            size = len(self.buffer) - self.at
            if size > MAX_ELEMENT:
                raise InvalidInput("entry_too_large", line=self.line, limit=MAX_ELEMENT)
            moved = position - self.at
            if not self.more(size):
                raise InvalidInput("not_json", line=self.line, reason="the array does not end")
            position = self.at + moved
        raw = self.buffer[self.at : position]
        try:
            batch = Batch(self.offset, self.line, raw, [orjson.loads(raw)])
        except orjson.JSONDecodeError as error:
            batch = Batch(self.offset, self.line, raw, None, error.msg)
        self.advance(position)
        return batch

    def more(self, least: int) -> bool:
        """Read on by at least `least` bytes, so that looking again costs no more than reading; False at the end."""
        parts = [self.buffer[self.at :]]
        size = 0
        for chunk in self.chunks:
            parts.append(chunk)
            size += len(chunk)
            if size >= max(least, 1):
                break
        self.buffer = b"".join(parts)
        self.at = 0
        return size > 0

    def advance(self, position: int) -> None:
        self.line += self.buffer.count(b"\n", self.at, position)
        self.offset += position - self.at
        self.at = position

    def next_byte(self) -> bytes:
        """Skip white space and give the byte behind it; empty at the end."""
        while True:
            match = _SPACE.match(self.buffer, self.at)
            self.advance(match.end() if match else self.at)
            if self.at < len(self.buffer):
                return self.buffer[self.at : self.at + 1]
            if not self.more(1):
                return b""

    def end_array(self) -> None:
        if self.next_byte() != b"]":
            raise InvalidInput("not_json", line=self.line, reason="the array does not end")
        self.advance(self.at + 1)
        self.expect_end()

    def expect_end(self) -> None:
        if self.next_byte():
            raise InvalidInput("not_json", line=self.line, reason="there is more behind the array")


def _element_end(buffer: bytes, position: int, depth: int) -> tuple[bool, int, int]:
    """Look from `position`, at `depth` open brackets, for the comma or bracket that ends the element.

    Gives whether it was found and where, or from where and at what depth to look on when there is more.
    """
    for token in _TOKEN.finditer(buffer, position):
        byte = buffer[token.start()]
        if byte in b"[{":
            depth += 1
        elif byte in b"]}":
            if depth == 0 and byte == ord("]"):
                return True, token.start(), 0
            depth = max(depth - 1, 0)
        elif byte == ord(","):
            if depth == 0:
                return True, token.start(), 0
        elif token.end() - token.start() == 1:
            return False, token.start(), depth
    return False, len(buffer), depth
