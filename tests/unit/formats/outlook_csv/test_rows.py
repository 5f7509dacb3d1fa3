"""Rows are cut alike from chunks of any size, and broken ones cost neither the rows behind them nor memory."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.formats.outlook_csv.rows import MAX_ROW, Row, Rows

cells = st.lists(st.text(st.characters(codec="utf-8"), max_size=8) | st.text('",\r\n;', max_size=5), min_size=1, max_size=4)


def _chunks(content: bytes, size: int) -> Iterator[bytes]:
    return iter([content[start : start + size] for start in range(0, len(content), size)])


def _rows(content: bytes, size: int = 1_000, *, newline: str = "\n") -> list[Row]:
    return list(Rows(_chunks(content, size), delimiter=",", newline=newline))


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


@given(st.lists(cells, max_size=6), st.integers(1, 40))
def test_rows_are_those_that_were_written(rows: list[list[str]], size: int) -> None:
    found = _rows(_written(rows), size)
    assert [row.cells for row in found] == [row for row in rows if any(row)]


@given(st.lists(cells, max_size=6), st.integers(1, 40))
def test_reading_goes_on_behind_every_row(rows: list[list[str]], size: int) -> None:
    content = _written(rows)
    reading = Rows(_chunks(content, size), delimiter=",")
    found, places = [], [(reading.offset, reading.line)]
    for row in reading:
        found.append(row)
        places.append((reading.offset, reading.line))
    for done, (offset, line) in enumerate(places):
        again = Rows(_chunks(content[offset:], size), delimiter=",", offset=offset, line=line)
        assert list(again) == found[done:]


def test_lines_are_counted_through_cells_of_several_lines() -> None:
    assert _rows(b'a,"x\r\ny\r\n"\r\n\r\nb,c\nlast') == [Row(1, ["a", "x\r\ny\r\n"]), Row(5, ["b", "c"]), Row(6, ["last"])]


def test_carriage_returns_alone_can_end_lines() -> None:
    assert _rows(b"a,b\rc,d\r", newline="\r") == [Row(1, ["a", "b"]), Row(2, ["c", "d"])]


@pytest.mark.parametrize("size", [7, 100, 100_000])
def test_an_open_quote_costs_one_row(size: int) -> None:
    content = b'a,b\r\nc,"open\r\n' + b"d,e\r\n" * 3
    assert _rows(content, size) == [
        Row(1, ["a", "b"]),
        Row(2, None, "not a row of CSV: unexpected end of data"),
        *(Row(line, ["d", "e"]) for line in (3, 4, 5)),
    ]


def test_text_behind_a_closed_quote_is_a_fault() -> None:
    assert _rows(b'"a"b,c\nd,e\n') == [Row(1, None, "not a row of CSV: ',' expected after '\"'"), Row(2, ["d", "e"])]


def test_an_open_quote_before_much_text_costs_one_row() -> None:
    content = b'c,"open\n' + b"d,e\n" * (MAX_ROW // 4 + 10)
    found = _rows(content, 65_536)
    assert found[0] == Row(1, None, f"the row is longer than {MAX_ROW} characters")
    assert found[1] == Row(2, ["d", "e"])
    assert len(found) == 1 + MAX_ROW // 4 + 10


def test_a_huge_line_is_passed_over_without_being_kept() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a,b\n"
        for _ in range(40):
            yield b"x" * 1_000_000
        yield b"\nc,d\n"

    rows = Rows(chunks(), delimiter=",")
    assert list(rows) == [
        Row(1, ["a", "b"]),
        Row(2, None, f"the row is longer than {MAX_ROW} characters"),
        Row(3, ["c", "d"]),
    ]
    assert rows.offset == 4 + 40_000_001 + 4


def test_a_huge_last_line_is_named() -> None:
    assert _rows(b"a,b\n" + b"x" * 5_000_000, 1_000_000)[1:] == [Row(2, None, f"the row is longer than {MAX_ROW} characters")]


def test_too_many_open_quotes_end_the_reading() -> None:
    with pytest.raises(InvalidInput) as caught:
        _rows(b"x\n" + b'"a\n"b\n' * 5_000)
    assert (caught.value.code, caught.value.details["line"]) == ("unreadable_rows", 102)
