"""Cells: no spreadsheet runs them, and every spelling of a date or time means what it says."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats.outlook_csv.cells import DateOrder, guard, parse_date, parse_time, told_order, truth, unguard


@given(st.text() | st.text("'=+-@\t\r\n ＝a"))
def test_any_text_comes_back_and_none_runs(text: str) -> None:
    cell = guard(text)
    assert unguard(cell) == text
    assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠")
    assert cell[:1] not in ("\t", "\r", "\n")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("-2°", "'-2°"),
        (" +1", "' +1"),
        ("'=1", "''=1"),
        ("＝1", "'＝1"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_formula_gets_an_apostrophe(text: str, cell: str) -> None:
    assert guard(text) == cell


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("9/15/2019", "mdy", date(2019, 9, 15)),
        ("15/9/2019", "dmy", date(2019, 9, 15)),
        ("15/09/19", "dmy", date(2019, 9, 15)),
        ("1/2/69", "mdy", date(1969, 1, 2)),
        ("1/2/68", "mdy", date(2068, 1, 2)),
        ("15.9.2019", "mdy", date(2019, 9, 15)),
        ("15. 9. 2019", "dmy", date(2019, 9, 15)),
        ("2019. 9. 15.", "dmy", date(2019, 9, 15)),
        ("2019-09-15", "mdy", date(2019, 9, 15)),
        ("2019/9/15", "dmy", date(2019, 9, 15)),
        ("19-09-15", "ymd", date(2019, 9, 15)),
        ("09-15-2019", "mdy", date(2019, 9, 15)),
        ("1/1/0099", "mdy", date(99, 1, 1)),
        ("13/1/2019", "mdy", None),
        ("1/32/2019", "mdy", None),
        ("1/1/201", "mdy", None),
        ("1-1/2019", "mdy", None),
        ("0/1/2019", "mdy", None),
        ("1/1/0000", "mdy", None),
        ("today", "mdy", None),
        ("", "mdy", None),
    ],
)
def test_dates(cell: str, order: DateOrder, expected: date | None) -> None:
    assert parse_date(cell, order) == expected


@pytest.mark.parametrize(
    ("cell", "told"),
    [("13/1/2019", "dmy"), ("1/13/2019", "mdy"), ("1/12/2019", "either"), ("1.13.2019", None), ("2019-01-13", None), ("x", None)],
)
def test_what_a_date_tells_of_its_order(cell: str, told: str | None) -> None:
    assert told_order(cell) == told


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("8:44:02 PM", time(20, 44, 2)),
        ("12:00:00 AM", time()),
        ("12:30 PM", time(12, 30)),
        ("9 AM", time(9)),
        ("9:00 a.m.", time(9)),
        ("9:00 p. m.", time(21)),
        ("9:00\u202fPM", time(21)),
        ("9:00 nachm.", time(21)),
        ("19:0:00", time(19)),
        ("20:44", time(20, 44)),
        ("14h30", time(14, 30)),
        ("14h", time(14)),
        ("14.30 Uhr", time(14, 30)),
        ("20:44:02.000", time(20, 44, 2)),
        ("24:00", None),
        ("13:00 PM", None),
        ("0:30 AM", None),
        ("9:00 XX", None),
        ("14", None),
        ("", None),
        ("9:60", None),
    ],
)
def test_times(cell: str, expected: time | None) -> None:
    assert parse_time(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("True", True), ("Wahr", True), ("Ein", True), ("VRAI", True), ("Verdadero", True), ("1", True), ("False", False),
     ("Aus", False), ("Faux", False), ("Falso", False), ("", False), (" ", False), ("maybe", None)],
)  # fmt: skip
def test_yes_and_no_in_four_languages(cell: str, expected: bool | None) -> None:
    assert truth(cell) is expected
