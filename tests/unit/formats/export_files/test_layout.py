"""Where files stand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.exports import Definition, is_plain_path
from chalicelib.domain.slots import Slot
from chalicelib.formats.archives.names import collision_key
from chalicelib.formats.export_files.layout import Names, batch_path, content_type, object_folder, object_name

SLOT = Slot("u-1", "Team: Plan/B", datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("", "u-1"),
        ("%n% %title%", "000003 Team_ Plan_B"),
        ("%start%-%uid%", "20260304T050608Z-u-1"),
        ("%unknown%", "%unknown%"),
        ("../%uid%", "_u-1"),
    ],
)
def test_name_from_a_template(template: str, name: str) -> None:
    assert object_name(Definition(filename_template=template), SLOT, 2) == name


def test_all_day_slot_is_named_by_its_day() -> None:
    slot = SLOT._replace(start=datetime(2026, 3, 4), all_day=True)

    assert object_name(Definition(filename_template="%start%"), slot, 0) == "2026-03-04"


def test_title_is_not_taken_for_a_template() -> None:
    assert object_name(Definition(filename_template="%title%"), SLOT._replace(title="%uid%"), 0) == "%uid%"


@pytest.mark.parametrize(
    ("definition", "batch", "folder"),
    [
        (Definition(), "slots.json", "slots/"),
        (Definition(batch_size=10), "000003/slots.json", "000003/"),
        (Definition(batch_size=10, flat=True), "slots-000003.json", ""),
        (Definition(objecttype="timeslot"), "timeslots.json", "timeslots/"),
    ],
)
def test_places(definition: Definition, batch: str, folder: str) -> None:
    assert batch_path(definition, "json", 2 if definition.batch_size else None) == batch
    assert object_folder(definition, 25) == folder


@given(st.lists(st.sampled_from(["a", "A", "a-2", "a-3", "é", "e\u0301", "ß", "SS", "b"]), max_size=30))
def test_names_never_collide(wanted: list[str]) -> None:
    names = Names()
    paths = [names.claim("x/", name) for name in wanted]

    assert len({collision_key(path) for path in paths}) == len(wanted)
    assert all(is_plain_path(path) for path in paths)


def test_object_takes_no_papers_name() -> None:
    names = Names()

    assert [names.claim("", name) for name in ("manifest", "Deleted", "MANIFEST")] == ["manifest-2", "Deleted-2", "MANIFEST-3"]
    assert names.claim("slots/", "manifest") == "slots/manifest"


def test_types() -> None:
    assert [content_type(path) for path in ("a/b.json", "x.ics", "SHA256SUMS")] == [
        "application/json",
        "text/calendar; charset=utf-8",
        "text/plain; charset=utf-8",
    ]
