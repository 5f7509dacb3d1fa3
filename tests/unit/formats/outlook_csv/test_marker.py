"""The mark under Billing Information says zone and visibility, and nothing else is taken for it."""

import pytest

from chalicelib.domain.slots import Visibility
from chalicelib.formats.outlook_csv.marker import mark, marked


@pytest.mark.parametrize(
    ("zone", "visibility", "text"),
    [
        ("UTC", None, "Slotport: timezone=UTC"),
        ("America/Argentina/Buenos_Aires", "foaf", "Slotport: timezone=America/Argentina/Buenos_Aires; visibility=foaf"),
        ("", "friends", "Slotport: visibility=friends"),
    ],
)
def test_a_mark_comes_back(zone: str, visibility: Visibility | None, text: str) -> None:
    assert mark(zone, visibility) == text
    assert marked(text) == (zone, visibility)


def test_there_may_be_nothing_to_mark() -> None:
    assert mark("", None) == ""


@pytest.mark.parametrize("cell", ["", "Client 5", "Slotport", "see Slotport: timezone=UTC", "Slotport: timezone=UTC; more"])
def test_what_somebody_else_wrote_is_no_mark(cell: str) -> None:
    assert marked(cell) is None
