"""Reading schedules from files, and what was written from them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.conventions import Convention, Event, Person, Place, ScheduledSlot, TimeSlot
from chalicelib.domain.errors import InvalidEncoding, InvalidInput
from chalicelib.domain.imports import Rejection
from chalicelib.domain.schedule_entries import ScheduleEntry
from chalicelib.formats import schedule_csv, schedule_files

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CON = Convention("CON1", "s", 1, "con", "Con", "Europe/Berlin", NOW, NOW)
lines = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30).map(str.strip).filter(bool)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=60)


@given(
    title=lines,
    room=lines,
    host=lines.filter(lambda name: "<" not in name),
    teaser=texts,
    notes=texts,
    minutes=st.integers(1, 20_160),
)
def test_table_comes_back_as_it_was_written(title: str, room: str, host: str, teaser: str, notes: str, minutes: int) -> None:
    event = Event(1, title, Person("", host), NOW, NOW, teaser=teaser, tags={"track": ("T",)})
    slot = TimeSlot(1, 1, NOW, minutes, ("a",), (Person("a@example.org", host),), NOW, notes_to_attendees=notes)
    scheduled = ScheduledSlot(slot, event, (Place("a", room, NOW),), CON)
    (read,) = schedule_files.read(b"".join(schedule_csv.write([scheduled])))
    assert isinstance(read, ScheduleEntry)
    assert read._replace(start=read.start.astimezone(UTC)) == ScheduleEntry(
        1, 2, scheduled.uid, title, NOW, minutes, (room,), ((host, ""),), teaser, "", notes, {"track": ("T",)}
    )


def test_bad_rows_are_reported_by_line_and_the_others_are_read() -> None:
    rows = ("A,One,2026-05-01T10:00,2026-05-01T11:30", "A,Two,soon,", ",,,", "A,Three,2026-05-01T10:00Z,2026-05-01T11:00")
    table = "\n".join(("location,title,start,end", *rows)) + "\n"
    assert list(schedule_files.read(table.encode())) == [
        ScheduleEntry(1, 2, "", "One", datetime(2026, 5, 1, 10), 90, ("A",)),
        Rejection(2, 3, "", "start: not an ISO-8601 time: 'soon'"),
        Rejection(3, 5, "", "end: not a time like start: '2026-05-01T11:00'"),
    ]


CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Elsewhere//EN\r
{events}END:VCALENDAR\r
"""
EVENT = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART{start}\r\n{more}\r\n"
    "SUMMARY:Talk\r\nLOCATION:Hall\r\nEND:VEVENT\r\n"
)


def test_calendar_gives_instants_wall_clocks_and_days() -> None:
    events = [
        EVENT.format(uid="utc", start=":20260501T100000Z", more="DTEND:20260501T113000Z"),
        EVENT.format(uid="zone", start=";TZID=Europe/Berlin:20260501T100000", more="DURATION:PT1H"),
        EVENT.format(uid="wall", start=":20260501T100000", more="CONTACT:Ada\r\nCONTACT:Bob\\, the other"),
        EVENT.format(uid="day", start=";VALUE=DATE:20260501", more="STATUS:CANCELLED"),
        EVENT.format(uid="series", start=":20260501T100000Z", more="RRULE:FREQ=DAILY"),
        EVENT.format(uid="odd", start=":20260501T100000Z", more="DTEND:20260501T100030Z"),
    ]
    read = list(schedule_files.read(CALENDAR.format(events="".join(events)).encode()))
    assert [entry._replace(line=0) for entry in read] == [
        ScheduleEntry(1, 0, "utc", "Talk", datetime(2026, 5, 1, 10, tzinfo=UTC), 90, ("Hall",)),
        ScheduleEntry(2, 0, "zone", "Talk", datetime(2026, 5, 1, 8, tzinfo=UTC), 60, ("Hall",)),
        ScheduleEntry(3, 0, "wall", "Talk", datetime(2026, 5, 1, 10), None, ("Hall",), (("Ada", ""), ("Bob, the other", ""))),
        ScheduleEntry(4, 0, "day", "Talk", datetime(2026, 5, 1), 1_440, ("Hall",), cancelled=True),
        Rejection(5, 0, "series", "a recurring event is no time slot: list its occurrences"),
        Rejection(6, 0, "odd", "its end is not whole minutes after its start"),
    ]


def conference(*sessions: Any) -> bytes:
    return orjson.dumps({"schedule": {"conference": {"days": [{"rooms": {"Hall": list(sessions)}}]}}})


def test_session_of_frab_and_pretalx_is_read() -> None:
    session = {
        "guid": "g",
        "date": "2026-05-01T10:00:00+02:00",
        "duration": "1:01:30",
        "title": "Talk",
        "subtitle": "s",
        "track": "T",
        "type": None,
        "abstract": "a",
        "description": "d",
        "persons": [{"public_name": "Ada"}, {"name": "Bob"}],
    }
    (entry,) = schedule_files.read(conference(session))
    start = datetime.fromisoformat("2026-05-01T10:00:00+02:00")
    hosts = (("Ada", ""), ("Bob", ""))
    assert entry == ScheduleEntry(1, 0, "g", "Talk", start, 1_530, ("Hall",), hosts, "a", "d", "s", {"track": ("T",)})


@pytest.mark.parametrize(
    "session", [None, [], {}, {"date": 5}, {"date": "2026-05-01T10:00:00Z"}, {"date": "2026-05-01T10:00:00Z", "duration": "x"}]
)
def test_what_is_no_session_is_reported(session: Any) -> None:
    (read,) = schedule_files.read(conference(session))
    assert isinstance(read, Rejection)
    assert read.reason.startswith("not a session of 'Hall': ")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"{}", b"[1]", b"title\nx", b'{"schedule": 1}', b"{"])
def test_what_is_no_schedule_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        list(schedule_files.read(content))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidEncoding):
        list(schedule_files.read(b"title,start,location\n\xff"))
