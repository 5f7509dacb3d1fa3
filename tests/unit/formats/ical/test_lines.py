"""Content lines, read and written."""

from __future__ import annotations

import pytest

from chalicelib.formats.ical.lines import Line, parse_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("X;A=b \\:", Line("X", ";A=b \\:", "")),
        ("X;A=b \\", Line("X", ";A=b \\\\", "")),
        ("X;A=b\\ :v", Line("X", ";A=b\\\\", "v")),
        ("X;A=b\\\\:v", Line("X", ";A=b\\\\", "v")),
    ],
)
def test_a_backslash_that_ends_parameters_does_not_escape_the_colon(text: str, line: Line) -> None:
    assert parse_line(text) == line
    assert parse_line(line.text) == line
