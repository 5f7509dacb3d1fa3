"""One object of Timeslot JSON into one slot: every spelling that is understood, every fault that is named."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.imports import BytesSource, Entry, Rejection
from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Group, Location, Slot
from chalicelib.formats import ical, timeslot_json

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "uid": "u",
    "title": "t",
    "visibility": "public",
    "start": "2026-03-01T09:00:00.000Z",
    "end": "2026-03-01T10:00:00.000Z",
    "location": None,
}
SLOT = Slot(uid="u", title="t", visibility="public", start=NINE, end=TEN)


def _read(content: bytes) -> list[Entry | Rejection]:
    return list(timeslot_json.read(BytesSource(content).chunks()))


def _one(changes: dict[str, Any] | None = None, *, without: tuple[str, ...] = ()) -> Entry | Rejection:
    value = {key: item for key, item in {**PLAIN, **(changes or {})}.items() if key not in without}
    (item,) = _read(json.dumps([value]).encode())
    return item


def _slot(changes: dict[str, Any] | None = None, *, without: tuple[str, ...] = ()) -> Slot:
    item = _one(changes, without=without)
    assert isinstance(item, Entry), item
    return item.slot


def _reason(changes: dict[str, Any] | None = None, *, without: tuple[str, ...] = ()) -> str:
    item = _one(changes, without=without)
    assert isinstance(item, Rejection), item
    return item.reason


def test_groups_are_told_beside_the_slot() -> None:
    uuid = "b6649d08-7d7e-407a-9750-d38f4912a3e8"
    group = Group(uuid, "Club", image="i", public=True, description="d")
    slot = SLOT._replace(groups=(uuid,))
    (entry,) = _read(b"".join(timeslot_json.write([slot], groups={uuid: group})))
    assert entry == Entry(1, 1, SLOT, (group,))


@pytest.mark.parametrize(
    ("older", "expected"),
    [
        ({"group": "Club"}, (Group("", "Club"),)),
        ({"group": "b6649d08-7d7e-407a-9750-d38f4912a3e8"}, (Group("b6649d08-7d7e-407a-9750-d38f4912a3e8", ""),)),
        ({"group": {"name": "Club", "image_url": "i"}}, (Group("", "Club", image="i"),)),
        ({"group": "Club", "groups": ["Club", {"name": "Team"}]}, (Group("", "Club"), Group("", "Team"))),
    ],
)
def test_the_older_key_for_groups_is_understood(older: dict[str, Any], expected: tuple[Group, ...]) -> None:
    assert _one(older) == Entry(1, 1, SLOT, expected)


def test_the_older_key_for_an_image_becomes_a_medium() -> None:
    assert _slot({"image_url": "https://x/y.png", "media": [1]}) == SLOT._replace(
        media=(1, {"type": "image", "url": "https://x/y.png"})
    )


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"start": "2026-03-01T10:00:00+01:00", "end": None}, SLOT._replace(end=None)),
        ({"start": "2026-03-01 09:00", "end": "2026-03-01T10:00:00"}, SLOT),
        ({"start": "20260301T090000Z", "end": "20260301T100000Z"}, SLOT),
        (
            {"start": "2026-03-01T10:00:00", "end": "2026-03-01T11:00:00", "timezone": "Europe/Berlin"},
            SLOT._replace(timezone="Europe/Berlin"),
        ),
        (
            {"start": "2026-03-01T09:00:00", "end": None, "timezone": "floating"},
            SLOT._replace(start=NINE.replace(tzinfo=None), end=None, timezone=FLOATING),
        ),
        ({"start": "2026-03-01", "end": None}, SLOT._replace(start=datetime(2026, 3, 1), end=datetime(2026, 3, 2), all_day=True)),
        (
            {"start": "2026-03-01", "end": "2026-03-05", "allday": True},
            SLOT._replace(start=datetime(2026, 3, 1), end=datetime(2026, 3, 5), all_day=True),
        ),
        (
            {"start": "2026-03-01T00:00:00.000Z", "end": None, "allday": True},
            SLOT._replace(start=datetime(2026, 3, 1), end=None, all_day=True),
        ),
    ],
)
def test_times_of_many_spellings(times: dict[str, Any], expected: Slot) -> None:
    assert _slot(times) == expected


def test_what_is_absent_has_its_usual_value() -> None:
    assert _slot(without=("uid", "visibility", "end", "location")) == Slot(uid="", title="t", start=NINE)


def test_a_location_may_be_incomplete_or_a_name() -> None:
    assert _slot({"location": {"city": "Bonn", "latitude": "50.7", "longitude": None}}).location == Location(
        city="Bonn", latitude=50.7
    )
    assert _slot({"location": "Bonn"}).location == Location(name="Bonn")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": None}, "title is missing"),
        ({"title": 5}, "title is not a text"),
        ({"title": "x" * (MAX_TITLE + 1)}, "title has 1001 characters, over the limit of 1000"),
        ({"title": "a\0b"}, "title has a NUL character in it"),
        ({"description": "x" * (MAX_TEXT + 1)}, "description has 100001 characters, over the limit of 100000"),
        ({"uid": 7}, "uid is not a text"),
        ({"visibility": "secret"}, "visibility is none of private, friends, foaf, public"),
        ({"visibility": ["public"]}, "visibility is none of private, friends, foaf, public"),
        ({"start": None}, "start is missing"),
        ({"start": 5}, "start is not a time such as 2019-09-15T20:44:02.000Z"),
        ({"start": "tomorrow"}, "start is not a time such as 2019-09-15T20:44:02.000Z"),
        ({"end": "2026-03-01T08:00:00Z"}, "end is before start"),
        ({"end": "x", "allday": True, "start": "2026-03-01"}, "end is not a time such as 2019-09-15T20:44:02.000Z"),
        ({"allday": "yes"}, "allday is neither true nor false"),
        ({"allday": True}, "start of an all-day slot is not midnight"),
        ({"timezone": "Mars/Olympus"}, "timezone 'Mars/Olympus' is not known"),
        ({"timezone": "../../etc/passwd"}, "timezone '../../etc/passwd' is not known"),
        ({"timezone": 5}, "timezone is not a text"),
        ({"timezone": "floating"}, "start of a floating slot has an offset"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "start is outside the calendar"),
        ({"media": {}}, "media is not a list"),
        ({"notes": "x"}, "notes is not a list"),
        ({"settings": []}, "settings is not an object"),
        ({"notes": ["a\0"]}, "notes has a NUL character in it"),
        ({"location": 5}, "location is not an object"),
        ({"location": {"planet": "Mars"}}, "location has unknown keys: planet"),
        ({"location": {"latitude": 91}}, "latitude is not a number of degrees"),
        ({"location": {"longitude": "east"}}, "longitude is not a number of degrees"),
        ({"groups": [5]}, "a group is neither an object nor a text"),
        ({"groups": [{}]}, "a group has neither uuid nor name"),
        ({"groups": [{"uuid": "x"}]}, "a group's uuid is not a UUID"),
        ({"groups": [{"name": "x", "public": 1}]}, "a group's public is neither true nor false"),
        ({"groups": [{"name": "x", "owner": 1}]}, "a group has unknown keys: owner"),
        ({"sequence": -1}, "sequence is not a revision number"),
        ({"ical": 5}, "ical is not a text"),
        ({"ical": "BEGIN:VTODO\r\nEND:VTODO\r\n"}, "ical: there is no VEVENT in it"),
    ],
)
def test_a_faulty_entry_is_rejected_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    assert _reason(changes) == reason


SERIES = (
    "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20260301T100000\r\n"
    "DTEND;TZID=Europe/Berlin:20260301T110000\r\nRRULE:FREQ=DAILY;COUNT=9\r\nCLASS:PUBLIC\r\nSUMMARY;LANGUAGE=de:Täglich\r\n"
    "SEQUENCE:2\r\nX-COLOR:red\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:x\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260302T100000\r\n"
    "DTSTART;TZID=Europe/Berlin:20260302T120000\r\nSUMMARY:Später\r\nEND:VEVENT\r\n"
)


def test_a_slot_with_kept_text_comes_back_whole() -> None:
    slot = ical.from_text(SERIES)
    assert (slot.title, slot.start, slot.end, slot.recurring, slot.sequence) == ("Täglich", NINE, TEN, True, 2)
    (entry,) = _read(b"".join(timeslot_json.write([slot])))
    assert entry == Entry(1, 1, slot)
    assert "RECURRENCE-ID" in slot.ical


def test_the_keys_win_over_the_kept_text() -> None:
    kept = ical.from_text(SERIES)
    slot = _slot({"ical": kept.ical, "title": "Nightly", "timezone": "Europe/Berlin"})
    assert slot == ical.edit(kept, {"title": "Nightly"})
    assert slot.title == "Nightly"
    assert "Nightly" in slot.ical
    assert "X-COLOR:red" in slot.ical


def test_keys_that_are_absent_say_nothing_against_the_kept_text() -> None:
    kept = ical.from_text(SERIES)
    assert _slot({"ical": kept.ical}, without=("uid", "title", "visibility", "end", "location")) == kept


@pytest.mark.parametrize(
    "text", ["x", "BEGIN:VEVENT\r\n", SERIES.replace("UID:u", "UID:v", 1), "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"]
)
def test_kept_text_that_is_none_is_rejected(text: str) -> None:
    assert _reason({"ical": text}).startswith("ical: ")


def test_nesting_is_bounded() -> None:
    def nested(levels: int) -> Any:
        value: Any = "x"
        for _ in range(levels):
            value = [value]
        return value

    assert isinstance(_one({"notes": nested(19)}), Entry)
    assert _reason({"notes": nested(20)}) == "notes is nested deeper than 20 levels"
