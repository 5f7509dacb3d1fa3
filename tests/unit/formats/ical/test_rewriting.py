"""Edited slots: only what differs is written anew, and text and fields never contradict each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats import ical
from chalicelib.formats.ical.rewriting import rewrite
from tests.examples import examples
from tests.unit.formats.ical.calendars import calendar, entries, event, slot
from tests.unit.formats.strategies import slots as any_slots

CHANGED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
STAMPS = ("LAST-MODIFIED:20260203T040506Z", "DTSTAMP:20260203T040506Z")
HOUR = timedelta(hours=1)
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:East\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0130\r\nTZOFFSETTO:+0130\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)
LINES = (
    "UID:a",
    "DTSTART;TZID=Europe/Berlin;X-A=1:20260105T100000",
    "DTEND;TZID=Europe/Berlin:20260105T110000",
    "SUMMARY;LANGUAGE=en:Old",
    "LOCATION:Café",
    "CLASS:CONFIDENTIAL",
    'ATTENDEE;CN="Doe, Jane":mailto:jane@example.org',
    "X-B;C=d:e",
)
ALARM = ("BEGIN:VALARM", "TRIGGER:-PT15M", "SUMMARY:Old", "END:VALARM")
SLOT = ical.from_text(event(*LINES, *ALARM))


def rewritten(slot: Slot, **fields: Any) -> Slot:
    """The slot with other fields, and its text; the two agree."""
    edited = rewrite(slot._replace(**fields))
    assert ical.from_text(edited.ical)._replace(changed=edited.changed, groups=edited.groups) == edited
    return edited


def text(*replaced: tuple[str, str], added: tuple[str, ...] = ()) -> str:
    """The text of `SLOT` with some lines replaced (by nothing: removed) and some added behind the others."""
    lines = [dict(replaced).get(line, line) for line in LINES]
    return event(*(line for line in lines if line), *added, *ALARM)


def test_nothing_to_do() -> None:
    assert rewrite(SLOT) is SLOT
    own = SLOT._replace(ical="")
    assert rewrite(own) is own
    grouped = SLOT._replace(groups=("g",), changed=CHANGED)
    assert rewrite(grouped) is grouped


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": "New, better"}, text((LINES[3], "SUMMARY;LANGUAGE=en:New\\, better"))),
        ({"title": ""}, text((LINES[3], ""))),
        ({"description": "more"}, text(added=("DESCRIPTION:more",))),
        ({"visibility": "public"}, text((LINES[5], "CLASS:PUBLIC"))),
        ({"visibility": "foaf"}, text(added=("X-SLOTPORT-VISIBILITY:foaf",))),
        ({"location": None}, text((LINES[4], ""))),
        ({"location": Location("Bar", latitude=1.5, longitude=2.5)}, text((LINES[4], "LOCATION:Bar"), added=("GEO:1.5;2.5",))),
        ({"uid": "b"}, text((LINES[0], "UID:b"))),
        ({"sequence": 2}, text(added=("SEQUENCE:2",))),
        ({"notes": ("n",)}, text(added=('X-SLOTPORT-NOTES:["n"]',))),
        ({"title": "N", "changed": CHANGED}, text((LINES[3], "SUMMARY;LANGUAGE=en:N"), added=STAMPS)),
        ({"start": SLOT.start - HOUR}, text((LINES[1], "DTSTART;X-A=1;TZID=Europe/Berlin:20260105T090000"))),
        ({"end": datetime(2026, 7, 1, 9, tzinfo=UTC)}, text((LINES[2], "DTEND;TZID=Europe/Berlin:20260701T110000"))),
        ({"end": None}, text((LINES[2], ""))),
        (
            {"timezone": "Asia/Tokyo"},
            text((LINES[1], "DTSTART;X-A=1;TZID=Asia/Tokyo:20260105T180000"), (LINES[2], "DTEND;TZID=Asia/Tokyo:20260105T190000")),
        ),
        ({"timezone": None}, text((LINES[1], "DTSTART;X-A=1:20260105T090000Z"), (LINES[2], "DTEND:20260105T100000Z"))),
        (
            {"timezone": None, "all_day": True, "start": datetime(2026, 1, 5), "end": datetime(2026, 1, 7)},
            text((LINES[1], "DTSTART;X-A=1;VALUE=DATE:20260105"), (LINES[2], "DTEND;VALUE=DATE:20260107")),
        ),
        (
            {"timezone": FLOATING, "start": datetime(2026, 1, 5, 8), "end": datetime(2026, 1, 5, 9)},
            text((LINES[1], "DTSTART;X-A=1:20260105T080000"), (LINES[2], "DTEND:20260105T090000")),
        ),
    ],
)
def test_only_what_differs_is_written_anew(fields: dict[str, Any], expected: str) -> None:
    assert rewritten(SLOT, **fields).ical == expected


def test_a_duration_stays_as_long_as_it_is_right() -> None:
    slot = ical.from_text(event("UID:a", "DTSTART:20260105T100000Z", "DURATION:PT1H"))
    assert slot.end is not None
    moved = rewritten(slot, start=slot.start + HOUR, end=slot.end + HOUR)
    assert moved.ical == event("UID:a", "DTSTART:20260105T110000Z", "DURATION:PT1H")
    longer = rewritten(slot, end=slot.end + HOUR)
    assert longer.ical == event("UID:a", "DTSTART:20260105T100000Z", "DTEND:20260105T120000Z")


def test_the_name_a_zone_came_with_stays() -> None:
    for zone, tzid in (("", "W. Europe Standard Time"), (ZONE, "East")):
        slot = ical.from_text(zone + event("UID:a", f"DTSTART;TZID={tzid}:20260105T100000"))
        moved = rewritten(slot, start=slot.start + HOUR)
        assert moved.ical == zone + event("UID:a", f"DTSTART;TZID={tzid}:20260105T110000")


def test_a_text_without_uid_stays_without_until_it_is_edited() -> None:
    slot = ical.from_text(event("DTSTART:20260105T100000Z"))._replace(uid="given")
    assert rewrite(slot) is slot
    assert rewrite(slot._replace(title="x")).ical == event("DTSTART:20260105T100000Z", "UID:given", "SUMMARY:x")


SERIES = (
    event(
        "UID:s",
        "DTSTART;TZID=Europe/Berlin:20260302T100000",
        "DTEND;TZID=Europe/Berlin:20260302T110000",
        "RRULE:FREQ=DAILY;UNTIL=20260410T080000Z",
        "EXDATE;TZID=Europe/Berlin:20260303T100000,20260330T100000",
        "RDATE:20260501T080000Z",
        "SUMMARY:series",
    )
    + event("UID:s", "RECURRENCE-ID:20260304T090000Z", "DTSTART:20260304T090000Z", "DTEND:20260304T093000Z", "SUMMARY:renamed")
    + event(
        "UID:s", "RECURRENCE-ID;TZID=Europe/Berlin:20260305T100000", "DTSTART;TZID=Europe/Berlin:20260305T150000", "SUMMARY:moved"
    )
)


def test_a_series_moves_as_a_whole() -> None:
    slot = ical.from_text(SERIES)
    assert slot.end is not None
    moved = rewritten(slot, start=slot.start + HOUR, end=slot.end + HOUR)
    assert moved.ical == (
        event(
            "UID:s",
            "DTSTART;TZID=Europe/Berlin:20260302T110000",
            "DTEND;TZID=Europe/Berlin:20260302T120000",
            "RRULE:FREQ=DAILY;UNTIL=20260410T090000Z",
            "EXDATE;TZID=Europe/Berlin:20260303T110000,20260330T110000",
            "RDATE;TZID=Europe/Berlin:20260501T110000",
            "SUMMARY:series",
        )
        + event(
            "UID:s",
            "RECURRENCE-ID;TZID=Europe/Berlin:20260304T110000",
            "DTSTART;TZID=Europe/Berlin:20260304T110000",
            "DTEND;TZID=Europe/Berlin:20260304T113000",
            "SUMMARY:renamed",
        )
        + event(
            "UID:s",
            "RECURRENCE-ID;TZID=Europe/Berlin:20260305T110000",
            "DTSTART;TZID=Europe/Berlin:20260305T150000",
            "SUMMARY:moved",
        )
    )


def test_a_series_becomes_one_of_days() -> None:
    slot = ical.from_text(SERIES)
    days = rewritten(slot, start=datetime(2026, 3, 2), end=datetime(2026, 3, 3), all_day=True, timezone=None)
    assert days.ical.startswith(
        event(
            "UID:s",
            "DTSTART;VALUE=DATE:20260302",
            "DTEND;VALUE=DATE:20260303",
            "RRULE:FREQ=DAILY;UNTIL=20260410",
            "EXDATE;VALUE=DATE:20260303,20260330",
            "RDATE;VALUE=DATE:20260501",
            "SUMMARY:series",
        )
        + event(
            "UID:s",
            "RECURRENCE-ID;VALUE=DATE:20260304",
            "DTSTART;VALUE=DATE:20260304",
            "DTEND;VALUE=DATE:20260304",
            "SUMMARY:renamed",
        )
    )


@examples(400)
@given(
    any_slots(whole_seconds=True),
    st.sampled_from([SLOT, ical.from_text(SERIES), ical.from_text(ZONE + event("DTSTART;TZID=East:20260101T090000"))]),
)
def test_whatever_is_edited_text_and_fields_agree(other: Slot, slot: Slot) -> None:
    edited = slot._replace(**{**other._asdict(), "recurring": slot.recurring, "changed": CHANGED, "ical": slot.ical})
    assert ical.from_text(rewrite(edited).ical) == rewrite(edited)._replace(changed=None, uid=edited.uid)


@pytest.mark.parametrize(
    "more", [(), ("RRULE:FREQ=DAILY;UNTIL=20270101T000000Z", "EXDATE;TZID=Asia/Tokyo:20260102T080000")], ids=["one", "series"]
)
@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Asia/Tokyo", datetime(9999, 12, 31, 20, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(9999, 12, 31, 23, 30, tzinfo=UTC), None),
        ("America/New_York", datetime(1, 1, 1, 0, 30, tzinfo=UTC), None),
    ],
)
def test_times_that_the_clock_of_their_zone_cannot_show(
    more: tuple[str, ...], zone: str, start: datetime, end: datetime | None
) -> None:
    old = slot(f"DTSTART;TZID={zone}:20260101T080000", "UID:u", *more)
    moved = rewrite(old._replace(start=start, end=end))
    (entry,) = entries(calendar(moved.ical))
    assert isinstance(entry, Entry)
    assert (entry.slot.start, entry.slot.end, entry.slot.timezone) == (start, end, zone)
