"""Any encoding that text is sent in comes out as the same UTF-8, and invalid bytes are named by their place."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidEncoding
from chalicelib.domain.imports import BytesSource
from chalicelib.formats.encoding import encoding_of, is_utf8, utf8_chunks

TEXT = "Subject,Start Date\r\nCafé “Zürich” 🕰,1/2/2026\r\n"


def _utf8(content: bytes, encoding: str, *, chunk_size: int = 3, start: int = 0) -> bytes:
    return b"".join(utf8_chunks(BytesSource(content, chunk_size), encoding, start))


@pytest.mark.parametrize(
    ("head", "charset", "expected"),
    [
        (b"BEGIN", None, "utf-8"),
        (codecs.BOM_UTF8 + b"B", None, "utf-8"),
        (codecs.BOM_UTF8 + b"B", "iso-8859-1", "utf-8"),
        (codecs.BOM_UTF16_LE + b"B\0", None, "utf-16-le"),
        (codecs.BOM_UTF16_BE + b"\0B", "utf-8", "utf-16-be"),
        (b"BEGIN", "Windows-1252", "cp1252"),
        (b"BEGIN", '"UTF-8"', "utf-8"),
        (b"BEGIN", "us-ascii", "utf-8"),
        (b"B\0E\0", "utf-16", "utf-16-le"),
        (b"\0B\0E", "utf-16", "utf-16-be"),
        (b"", None, "utf-8"),
        (b"B", None, "utf-8"),
    ],
)
def test_the_mark_wins_then_the_charset_then_utf8(head: bytes, charset: str | None, expected: str) -> None:
    assert encoding_of(head, charset) == expected


@pytest.mark.parametrize("charset", ["klingon", "unicode_escape", "utf-7", "idna", "zlib", "rot13", "", "a\0b", "utf-32"])
def test_a_charset_that_text_is_not_sent_in_is_refused(charset: str) -> None:
    with pytest.raises(InvalidEncoding) as caught:
        encoding_of(b"BEGIN", charset)
    assert (caught.value.code, caught.value.details) == ("unknown_charset", {"charset": charset})


@pytest.mark.parametrize("head", [b"B\0E\0", b"\0B\0E"])
def test_utf16_that_nothing_declares_is_refused(head: bytes) -> None:
    with pytest.raises(InvalidEncoding, match="without a byte order mark"):
        encoding_of(head)


def test_utf32_is_refused() -> None:
    with pytest.raises(InvalidEncoding) as caught:
        encoding_of(TEXT.encode("utf-32")[:4])
    assert caught.value.code == "unsupported_encoding"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
    ],
)
@pytest.mark.parametrize("chunk_size", [1, 2, 3, 5, 1000])
def test_text_comes_out_whole_from_any_offset(content: bytes, encoding: str, chunk_size: int) -> None:
    expected = TEXT.encode()
    for start in {len(TEXT[:length].encode()) for length in range(len(TEXT) + 1)}:
        assert _utf8(content, encoding, chunk_size=chunk_size, start=start) == expected[start:]


@given(st.text(st.characters(codec="utf-8")), st.integers(1, 9))
def test_every_text_survives_utf16(text: str, chunk_size: int) -> None:
    assert _utf8(text.encode("utf-16"), "utf-16-le", chunk_size=chunk_size) == text.encode()


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("content", "encoding", "position", "line"),
    [
        (b"a\nb\xff\n", "utf-8", 3, 2),
        (codecs.BOM_UTF8 + b"a\nb\xff\n", "utf-8", 6, 2),
        (b"a\n\xc3\xa9\n\xc3", "utf-8", 5, 3),
        (b"\xed\xa0\x80", "utf-8", 0, 1),
        (b"a\r\nb\x81", "cp1252", 4, 2),
        (codecs.BOM_UTF16_LE + b"a\0\n\0\x00\xdc", "utf-16-le", 6, 2),
        (codecs.BOM_UTF16_LE + b"a\0b", "utf-16-le", 4, 1),
    ],
)
def test_an_invalid_byte_is_named_by_position_and_line(
    content: bytes, encoding: str, position: int, line: int, chunk_size: int
) -> None:
    with pytest.raises(InvalidEncoding) as caught:
        _utf8(content, encoding, chunk_size=chunk_size)
    assert (caught.value.code, caught.value.details) == ("invalid_encoding", {"position": position, "line": line})


def test_whether_a_file_is_utf8_is_decided_by_all_of_it() -> None:
    assert is_utf8(BytesSource(TEXT.encode(), 1))
    assert not is_utf8(BytesSource(b"a" * 100_000 + b"\xfc", 1000))
