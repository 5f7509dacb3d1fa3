"""Which encoding a text file is in, and its text as one validated UTF-8 stream.

All readers of text work on UTF-8 bytes. A file that is UTF-8 already is passed through and can be entered at any
offset; one in another encoding is transcoded from its beginning, and offsets count in what comes out.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from chalicelib.domain.errors import InvalidEncoding
from chalicelib.domain.imports import Source

UTF8: Final = "utf-8"
WINDOWS_1252: Final = "cp1252"
"""What Outlook writes its CSV files in."""

_MARKS: Final = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, UTF-32 before UTF-16 because one begins with the other; None: not taken."""

_FAMILIES: Final = (
    "utf-8", "utf-16", "ascii", "iso8859", "cp", "koi8", "mac-", "tis-620", "big5", "gb", "euc_", "shift_jis", "ptcp154"
)  # fmt: skip
"""Beginnings of the names (as `codecs.lookup` gives them) of the encodings that text is really sent in.

Python knows more, some of them dangerous or no character encodings at all (`unicode_escape`, `idna`, `zlib`).
"""


def encoding_of(head: bytes, charset: str | None = None) -> str:
    """Tell the encoding of a file by its first bytes and the charset it was sent with: a name that `codecs` knows.

    A byte order mark wins over the charset; without both it is UTF-8. Raises `InvalidEncoding` for a charset that is
    not known, and for UTF-16 that neither mark nor charset declares.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if encoding is None:
                raise InvalidEncoding("unsupported_encoding", encoding="utf-32")
            return encoding
    if charset is None:
        if head[:2].count(0) == 1:  # one half of the first character is zero: any calendar file begins in ASCII
            raise InvalidEncoding("invalid_encoding", position=0, line=1, reason="UTF-16 without a byte order mark")
        return UTF8
    name = _known(charset)
    if name == "utf-16":  # RFC 2781 §4.3: without a mark, look which half of the first character is zero
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    return UTF8 if name in ("ascii", "utf-8-sig") else name


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
    except (LookupError, ValueError) as error:
        raise InvalidEncoding("unknown_charset", charset=charset) from error
    if not name.startswith(_FAMILIES):
        raise InvalidEncoding("unknown_charset", charset=charset)
    return name


def is_utf8(source: Source) -> bool:
    """Whether all of it is valid UTF-8: reads it to its end, or to the first byte that is not."""
    try:
        for _ in utf8_chunks(source, UTF8):
            pass
    except InvalidEncoding:
        return False
    return True


def utf8_chunks(source: Source, encoding: str, start: int = 0, line: int = 1) -> Iterator[bytes]:
    """Yield the text as UTF-8 without a byte order mark, from the offset `start` in that UTF-8 form, where a character begins.

    `line` is the number of the line at `start`, for the error. A character that chunks cut in two may come out in
    two chunks. Raises `InvalidEncoding` with the `position` (byte in the file) and `line` of the first invalid byte.
    """
    mark = next((mark for mark, marked in _MARKS if marked == encoding and source.slice(0, len(mark)) == mark), b"")
    if encoding == UTF8:
        yield from _validated(source, len(mark) + start, line)
    else:
        yield from _transcoded(source, encoding, len(mark), start)


def _validated(source: Source, start: int, line: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(UTF8)()
    position = start
    pending = 0
    for chunk in source.chunks(start):
        if pending or not chunk.isascii():
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _invalid(error, position - pending, line) from error
            pending = len(decoder.getstate()[0])
        yield chunk
        position += len(chunk)
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _invalid(error, position - pending, line) from error


def _transcoded(source: Source, encoding: str, start: int, skip: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    position = start
    line = 1
    pending = 0
    try:
        for chunk in source.chunks(start):
            text = decoder.decode(chunk).encode()
            position += len(chunk)
            pending = len(decoder.getstate()[0])
            line += text.count(b"\n")
            if skip < len(text):
                yield text[skip:]
                skip = 0
            else:
                skip -= len(text)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _invalid(error, position - pending, line) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise InvalidEncoding("invalid_encoding", position=position, line=line) from error


def _invalid(error: UnicodeDecodeError, position: int, line: int) -> InvalidEncoding:
    """Name the place: `position` is where the decoder's input begins, `line` the line there (or of the chunk before)."""
    lines = error.object[: error.start].count(b"\n")
    return InvalidEncoding("invalid_encoding", position=position + error.start, line=line + lines)
