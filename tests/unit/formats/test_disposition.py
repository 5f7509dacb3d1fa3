from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats.disposition import content_disposition

HARMFUL = {*map(chr, range(32)), "\x7f", "/", "\\"}


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("Timeslot-Export.json", 'attachment; filename="Timeslot-Export.json"'),
        ("a b (1).ics", 'attachment; filename="a b (1).ics"'),
        ("Zürich.ics", "attachment; filename=\"Zurich.ics\"; filename*=UTF-8''Z%C3%BCrich.ics"),
        ('say "hi"; x=1.ics', "attachment; filename=\"say _hi__ x_1.ics\"; filename*=UTF-8''say%20%22hi%22%3B%20x%3D1.ics"),
        ("\N{SNOWMAN}.zip", "attachment; filename=\".zip\"; filename*=UTF-8''%E2%98%83.zip"),
        ("100%.zip", "attachment; filename=\"100_.zip\"; filename*=UTF-8''100%25.zip"),
        ("a\r\nSet-Cookie: b", "attachment; filename=\"a__Set-Cookie_ b\"; filename*=UTF-8''a__Set-Cookie%3A%20b"),
        ("../x.zip", 'attachment; filename=".._x.zip"'),
        ("C:\\ü/\0x\x7f", "attachment; filename=\"C__u__x_\"; filename*=UTF-8''C%3A_%C3%BC__x_"),
    ],
)
def test_disposition_of_any_name(filename: str, expected: str) -> None:
    assert content_disposition(filename) == expected


def test_disposition_of_another_kind() -> None:
    assert content_disposition("a.ics", "inline") == 'inline; filename="a.ics"'


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_name_comes_back_from_the_header(filename: str) -> None:
    header = content_disposition(filename)
    assert header.isascii()
    assert header.isprintable()
    plain, _, exact = header.partition("; filename*=UTF-8''")
    shown = "".join("_" if character in HARMFUL else character for character in filename)
    assert (unquote(exact) if exact else plain.removeprefix('attachment; filename="')[:-1]) == shown
