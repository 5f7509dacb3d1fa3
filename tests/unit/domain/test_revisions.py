"""Equal content has an equal revision, and nothing else has."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import Location, Slot

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEXT = "BEGIN:VEVENT\r\nUID:u\r\nDESCRIPTION:one two\r\nEND:VEVENT\r\n"
SLOT = Slot("u", "title", START, START + timedelta(hours=1), notes=({"a": 1, "b": 2},), ical=TEXT)


@pytest.mark.parametrize(
    "same",
    [
        {"changed": START},
        {"notes": ({"b": 2, "a": 1},)},
        {"ical": TEXT.replace("one two", "one\r\n  two")},
        {"ical": TEXT.replace("one two", "o\r\n ne t\r\n wo")},
    ],
)
def test_what_means_the_same_has_one_revision(same: dict[str, Any]) -> None:
    assert revision_of(SLOT._replace(**same)) == revision_of(SLOT)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Title"},
        {"notes": ({"a": 1, "b": 3},)},
        {"ical": TEXT.replace("one two", "one  two")},
        {"location": Location("Hall")},
        {"groups": ("g",)},
        {"sequence": 1},
        {"end": None},
    ],
)
def test_other_content_has_another_revision(other: dict[str, Any]) -> None:
    assert revision_of(SLOT._replace(**other)) != revision_of(SLOT)
