"""Calendars as they are written: exact, valid for other programs, and the same when they come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Group, Location, Slot
from chalicelib.formats import ical
from chalicelib.formats.ical.extras import render
from chalicelib.formats.ical.plain import batches
from tests.examples import examples
from tests.unit.formats.ical.calendars import calendar, entries, event, slots, written
from tests.unit.formats.strategies import slots as any_slots

CHANGED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
PLAIN = Slot(
    uid="db439ff9-c014-4f87-8a4a-50f772270fdf",
    title="Slot title 19",
    start=datetime(2019, 9, 20, 19, 44, 2, tzinfo=UTC),
    end=datetime(2019, 10, 20, 19, 44, 2, tzinfo=UTC),
    visibility="public",
    changed=datetime(2016, 8, 30, 9, 50, 42, tzinfo=UTC),
)
CUSTOM = (
    "BEGIN:VTIMEZONE\r\nTZID:Custom\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{0}\r\nTZOFFSETTO:{0}\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def test_empty_calendar() -> None:
    assert written() == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Slotport//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
    )


def test_own_slot_in_the_order_of_the_original_service() -> None:
    assert written(PLAIN) == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Slotport//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
        b"BEGIN:VEVENT\r\nDTSTAMP:20160830T095042Z\r\nUID:db439ff9-c014-4f87-8a4a-50f772270fdf\r\nDTSTART:20190920T194402Z\r\n"
        b"DTEND:20191020T194402Z\r\nCLASS:PUBLIC\r\nDESCRIPTION:\r\nSUMMARY:Slot title 19\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_google_calendar() -> None:
    weekly = ical.from_text(event("UID:w", "DTSTART:20260105T080000Z", "DTEND:20260105T090000Z", "RRULE:FREQ=WEEKLY"))
    content = b"".join(ical.write([PLAIN, weekly], google=True, name="Ada, Bob", timezone="Europe/Berlin")).decode()
    assert content.startswith(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Slotport//EN\r\nCALSCALE:GREGORIAN\r\nX-WR-CALNAME:Ada\\, Bob\r\n"
        "X-WR-TIMEZONE:Europe/Berlin\r\nBEGIN:VTIMEZONE\r\nTZID:UTC\r\n"
    )
    assert "\r\nUID:w\r\nDTSTART;TZID=UTC:20260105T080000\r\nDTEND;TZID=UTC:20260105T090000\r\nRRULE:FREQ=WEEKLY\r\n" in content
    assert "METHOD" not in content
    assert "DTSTART:20190920T194402Z" in content


def test_what_icalendar_has_no_word_for_comes_back() -> None:
    group = Group("7a3f0c5e-0000-4000-8000-000000000001", "Friends; and family", "https://example.org/i.png", True, "of mine")
    slot = PLAIN._replace(
        visibility="friends",
        location=Location("Café", "France", "75001", "Paris", "1, rue de Rivoli", 48.8566, 2.3522),
        description="one\r\ntwo\x07",
        media=({"id": 1, "name": "é,;:\n"},),
        notes=("a", None, 1.5, True),
        settings={"alerts": {"omd": "0,60"}},
        groups=(group.uuid,),
        sequence=3,
        start=PLAIN.start.replace(microsecond=123_000),
    )
    content = b"".join(ical.write([slot], groups={group.uuid: group}))
    assert entries(content) == [Entry(1, 6, slot._replace(groups=()), (group,))]


def test_a_night_has_one_half_past_two_that_no_zone_can_name() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 2:30 in Berlin
    slot = PLAIN._replace(start=second, end=second + timedelta(hours=1), timezone="Europe/Berlin")
    assert "DTSTART:20261025T013000Z" in written(slot).decode()
    assert slots(written(slot)) == [slot]


@examples(400)
@given(st.lists(any_slots(), max_size=4))
def test_slots_made_here_come_back_as_they_were(found: list[Slot]) -> None:
    found = [slot._replace(changed=CHANGED, sequence=index) for index, slot in enumerate(found)]
    content = written(*found)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert all(line.decode() is not None for line in content.split(b"\r\n"))
    back = [
        slot if slot.ical == "" else slot._replace(ical="", changed=CHANGED) for slot in slots(content)
    ]  # one that every program understands is kept as text
    assert back == found


@examples(300)
@given(st.lists(any_slots(), max_size=4))
def test_plain_slots_are_written_as_all_others(found: list[Slot]) -> None:
    found += [slot._replace(timezone=None, all_day=False, location=None, media=(), notes=(), settings=None) for slot in found]
    (batch,) = batches(found, lambda slot: render(slot, {}))
    assert batch.texts == [render(slot, {}) for slot in found]


@pytest.mark.parametrize(
    "slot",
    [
        PLAIN._replace(changed=CHANGED, title=title, description=description, uid=uid)
        for title in ("", "a" * 67, "a" * 68, "é" * 34, "a,b", "a;b", "a\\b", "tab\t", "a\nb", "\x7f")
        for description in ("", "b" * 63, "b" * 64, "ü")
        for uid in ("u", "u" * 71, "u" * 72)
    ],
)
def test_plain_slots_at_the_edges(slot: Slot) -> None:
    (batch,) = batches([PLAIN, slot, PLAIN], lambda each: render(each, {}))
    assert batch.texts == [render(PLAIN, {}), render(slot, {}), render(PLAIN, {})]


def test_floating_times_stay_floating_when_they_come_back() -> None:
    kept = ical.from_text(event("UID:f", "DTSTART:20260101T080000"))
    own = PLAIN._replace(uid="o", start=datetime(2026, 1, 1, 9), end=None, timezone=FLOATING)
    assert kept.timezone == FLOATING
    content = written(PLAIN, kept, own)
    assert slots(content)[1:] == [kept, slots(written(own))[0]]
    assert slots(written(own))[0].timezone == FLOATING
    assert b"X-SLOTPORT-TIMES" not in written(PLAIN)


def test_each_zone_is_described_once_and_before_its_events() -> None:
    berlin = [PLAIN._replace(uid=str(number), timezone="Europe/Berlin") for number in range(3_000)]
    windows = ical.from_text(event("UID:w", "DTSTART;TZID=W. Europe Standard Time:20260101T080000"))
    quoted = ical.from_text(
        event("UID:q", 'DTSTART;TZID="Asia/Tokyo";X-A=1:20260101T080000', "EXDATE;TZID=Asia/Tokyo:20260102T080000")
    )
    content = written(*berlin, windows, quoted).decode()
    for tzid in ("Europe/Berlin", "W. Europe Standard Time", "Asia/Tokyo"):
        assert content.count(f"\r\nTZID:{tzid}\r\n") == 1
        assert content.index(f"\r\nTZID:{tzid}\r\n") < min(content.index(f"TZID={tzid}"), len(content)) or tzid == "Asia/Tokyo"
    assert content.index("\r\nTZID:Asia/Tokyo\r\n") < content.index('TZID="Asia/Tokyo"')


def test_two_meanings_of_one_tzid_get_a_calendar_each() -> None:
    east, again, west = (
        ical.from_text(CUSTOM.format(offset) + event(f"UID:{uid}", "DTSTART;TZID=Custom:20260101T080000"))
        for uid, offset in (("east", "+0130"), ("again", "+0130"), ("west", "-0130"))
    )
    assert (east.start, west.start) == (datetime(2026, 1, 1, 6, 30, tzinfo=UTC), datetime(2026, 1, 1, 9, 30, tzinfo=UTC))
    content = written(east, again, PLAIN, west)
    assert content.count(b"BEGIN:VTIMEZONE") == 2
    assert content.count(b"BEGIN:VCALENDAR") == content.count(b"END:VCALENDAR") == 2
    assert [slot for slot in slots(content) if slot.uid != PLAIN.uid] == [east, again, west]


def test_the_same_slots_at_another_pace_give_the_same() -> None:
    found = [PLAIN._replace(uid=str(number)) for number in range(10)]
    writer = ical.CalendarWriter({})
    assert writer.add(found[:3]) + writer.add(found[3:]) + writer.end() == written(*found)
    assert ical.CalendarWriter({}).end() == written()


@pytest.mark.parametrize(
    "text", ["DESCRIPTION:write \\;TZID=Asia/Tokyo:", "DESCRIPTION:" + "x" * 80 + ";TZID=Asia/Tokyo:x", 'X-A:"\\;TZID=Asia/Tokyo:']
)
def test_text_that_speaks_of_a_zone_needs_none(text: str) -> None:
    lines = ["DTSTART:20260101T100000Z", text, "x-a:read completely"]
    exported = written(*slots(calendar(event(*lines))))
    assert b"VTIMEZONE" not in exported
    exported = written(*slots(calendar(event("X-A;X=" + "y" * 80 + ";TZID=Asia/Tokyo:1", *lines))))
    assert exported.count(b"BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\n") == 1
