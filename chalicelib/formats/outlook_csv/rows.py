"""Cuts a CSV file that arrives in chunks into its rows, with flat memory, and goes on behind rows that are broken."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final, NamedTuple

from chalicelib.domain.errors import InvalidInput

MAX_ROW: Final = 1_000_000
"""Characters of a row, all its lines together."""
_MAX_RECOVERIES: Final = 100
"""Rows that swallow lines behind them. Looking at those again costs up to `MAX_ROW` each."""

csv.field_size_limit(MAX_ROW)


class Row(NamedTuple):
    """One row; `cells` is None, and `reason` tells why, for one that cannot be read."""

    line: int
    cells: list[str] | None
    reason: str = ""


class _TooLong(Exception):
    """The row under way is over `MAX_ROW`."""


class _Long(str):
    """Stands for a line over `MAX_ROW`, whose text is not kept."""

    __slots__ = ("size",)
    size: int


class Rows:
    """The rows of a file. `offset` and `line` say where the row after the one yielded last begins."""

    def __init__(self, chunks: Iterable[bytes], *, delimiter: str, newline: str = "\n", offset: int = 0, line: int = 1) -> None:
        self.offset = offset
        self.line = line
        self._delimiter = delimiter
        self._source = _lines(chunks, newline)
        self._again: list[str] = []
        """Lines to look at again, the next one last."""
        self._row: list[str] = []
        """Lines of the row under way."""
        self._length = 0
        self._recoveries = 0

    def skip(self, lines: int) -> None:
        """Pass over the next lines, whatever they are."""
        for _ in range(lines):
            self._row.append(next(self._source))
        self._pass(self._row)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows that are not blank."""
        reader = csv.reader(_Feed(self), delimiter=self._delimiter, strict=True)
        while True:
            row: Row | None = None
            first = self.line
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _TooLong:
                row = Row(first, None, f"the row is longer than {MAX_ROW} characters")
            except csv.Error as error:
                row = Row(first, None, f"not a row of CSV: {error}")
            else:
                self._pass(self._row)
                if any(cells):
                    yield Row(first, cells)
                continue
            self._recover()
            reader = csv.reader(_Feed(self), delimiter=self._delimiter, strict=True)
            yield row

    def feed(self) -> str:
        """Give the next line to the row under way."""
        line = self._again.pop() if self._again else next(self._source)
        self._row.append(line)
        self._length += len(line)
        if self._length > MAX_ROW or isinstance(line, _Long):
            raise _TooLong
        return line

    def _recover(self) -> None:
        """Give up the first line of the row and look at its other lines again: a quote was not closed."""
        first, *others = self._row
        if others:
            self._recoveries += 1
            if self._recoveries > _MAX_RECOVERIES:
                raise InvalidInput("unreadable_rows", line=self.line, reason="quotes are not closed in too many rows")
            self._again.extend(reversed(others))
        self._row = [first]
        self._pass(self._row)

    def _pass(self, lines: list[str]) -> None:
        for line in lines:
            self.offset += len(line) if line.isascii() and type(line) is str else _size(line)
        self.line += len(lines)
        lines.clear()
        self._length = 0


class _Feed:
    """Hands lines to `csv.reader`. A generator would not: it ends with the first exception that passes through it."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        return self._rows.feed()


def _size(line: str) -> int:
    return line.size if isinstance(line, _Long) else len(line.encode())


def _lines(chunks: Iterable[bytes], newline: str) -> Iterator[str]:
    """Yield lines with their ends; a lone carriage return that ends a line becomes a line feed."""
    end = newline.encode()
    rest = b""
    dropped = 0
    for chunk in chunks:
        cut = chunk.rfind(end) + 1
        if not cut:
            rest += chunk
            if len(rest) > 4 * MAX_ROW:  # in bytes: no row of that size is short enough in characters
                dropped += len(rest)
                rest = b""
            continue
        block = rest + chunk[:cut]
        rest = chunk[cut:]
        if dropped:
            over = block.find(end) + 1
            yield _long(dropped + over)
            block = block[over:]
            dropped = 0
        yield from _split(block, newline)
    if dropped:
        yield _long(dropped + len(rest))
    elif rest:
        yield from _split(rest, newline)


def _split(block: bytes, newline: str) -> Iterator[str]:
    text = block.decode()
    return StringIO(text if newline == "\n" else text.replace("\r", "\n"), newline="\n")


def _long(size: int) -> _Long:
    line = _Long()
    line.size = size
    return line
