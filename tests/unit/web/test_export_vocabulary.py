"""The forms of the site offer the fields that the service knows, all of them and no others."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.domain.export_fields import SLOT_FIELDS, TIME_SLOT_FIELDS
from chalicelib.domain.search.objects import SLOT_KINDS, TIME_SLOT_KINDS

SOURCE = (Path(__file__).parents[3] / "web" / "src" / "pages" / "exports" / "vocabulary.ts").read_text("utf-8")


def names(table: str, objecttype: str) -> list[str]:
    """Read a list of names out of one of the tables by object type."""
    whole = re.search(rf"export const {table}[^=]*= \{{\n(.*?)\n\}};", SOURCE, re.DOTALL)
    assert whole is not None
    found = re.search(rf"^  {objecttype}: \[(.*?)\]", whole[1], re.DOTALL | re.MULTILINE)
    assert found is not None
    return re.findall(r'"([^"]+)"', found[1])


def test_searches_can_name_each_field() -> None:
    assert {"slot": set(names("SEARCHED", "slot")), "timeslot": set(names("SEARCHED", "timeslot"))} == {
        "slot": set(SLOT_KINDS.fields),
        "timeslot": set(TIME_SLOT_KINDS.fields),
    }


def test_columns_can_be_each_field_in_the_order_of_everything() -> None:
    assert (names("COLUMNS", "slot"), names("COLUMNS", "timeslot")) == (list(SLOT_FIELDS), list(TIME_SLOT_FIELDS))
