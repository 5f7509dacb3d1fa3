"""Content lines, read and written."""

from __future__ import annotations

import pytest

from chalicelib.formats.ical.lines import Line, parse_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("X;A=b \\:", Line("X", ";A=b \\:", "")),
        ("X;A=b \\", Line("X", ";A=b \\", "")),
        ("X;A=b\\ :v", Line("X", ";A=b\\", "v")),
        ("X;A=b\\\\:v", Line("X", ";A=b\\\\:v", "")),
    ],
)
def test_a_colon_behind_backslashes_ends_no_parameters(text: str, line: Line) -> None:
    assert parse_line(text) == line
