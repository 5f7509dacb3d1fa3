"""Slots at the very ends of the calendar, the years 1 and 9999, come back from every format that they are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import BytesSource, Entry, Rejection
from chalicelib.domain.slots import FLOATING, Slot, Window
from chalicelib.formats import ical, outlook_csv, timeslot_json

FIRST = datetime.min  # noqa: DTZ901
LAST = datetime.max  # noqa: DTZ901
ZONES = (None, FLOATING, "Europe/Berlin", "Pacific/Auckland", "America/New_York", "Pacific/Apia")


def slot(start: datetime, end: datetime | None, zone: str | None) -> Slot:
    """A slot at times that are UTC's, or on no wall."""
    wall = None if zone == FLOATING else UTC
    return Slot("u", "t", start.replace(tzinfo=wall), end.replace(tzinfo=wall) if end is not None else None, timezone=zone)


def _near_an_end(draw: Callable[[st.SearchStrategy[int]], int]) -> datetime:
    seconds = timedelta(seconds=draw(st.one_of(st.integers(0, 3), st.integers(0, 200_000))))
    return FIRST + seconds if draw(st.integers(0, 1)) else LAST.replace(microsecond=0) - seconds


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    """Slots near the ends of the calendar."""
    times = sorted((_near_an_end(draw), _near_an_end(draw)))
    return slot(times[0], draw(st.sampled_from((None, times[1]))), draw(st.sampled_from(ZONES)))


def the_one(entries: Iterable[Entry | Rejection]) -> Slot:
    """The slot of the one entry that there is, by its fields alone."""
    [entry] = entries
    assert isinstance(entry, Entry), entry
    return entry.slot._replace(ical="", changed=None)


@given(slots())
def test_ical_and_json_bring_a_slot_back_as_it_was(made: Slot) -> None:
    exported = b"".join(ical.write([made]))
    assert the_one(ical.read([exported])) == made
    assert len(icalendar.Calendar.from_ical(exported).walk("VEVENT")) == 1
    assert the_one(timeslot_json.read([b"".join(timeslot_json.write([made]))])) == made


@given(slots(), st.sampled_from((None, 0, 30, 9_999_999)))
def test_outlook_csv_brings_the_times_back(made: Slot, alert: int | None) -> None:
    made = made._replace(settings={"alerts": [{"minutes": alert}]} if alert is not None else None)
    exported = b"".join(outlook_csv.write([made]))
    layout = outlook_csv.recognise(exported.decode())
    assert layout is not None
    back = the_one(outlook_csv.read(BytesSource(exported, 65_536).chunks, layout))
    assert (back.start, back.end) == (made.start, made.end)
    assert (back.timezone == FLOATING) is (made.timezone == FLOATING)


@pytest.mark.parametrize("end", [None, datetime(9999, 12, 31)])
@pytest.mark.parametrize("start", [datetime(9999, 12, 30), datetime(9999, 12, 31), datetime(1, 1, 1)])
def test_days_at_the_end_of_the_calendar(start: datetime, end: datetime | None) -> None:
    made = Slot("u", "t", start, end if end != start else None, all_day=True)
    assert the_one(ical.read([b"".join(ical.write([made]))])) == made
    assert the_one(timeslot_json.read([b"".join(timeslot_json.write([made]))])) == made
    exported = b"".join(outlook_csv.write([made]))
    layout = outlook_csv.recognise(exported.decode())
    assert layout is not None
    back = the_one(outlook_csv.read(BytesSource(exported, 65_536).chunks, layout))
    assert back.start == start
    assert back.end == (made.end or (start + timedelta(days=1) if start.date() != LAST.date() else None))


@pytest.mark.parametrize("text", ['[{"title":"t","start":"9999-12-31"}]', '[{"title":"t","start":"9999-12-31","allday":true}]'])
def test_the_last_day_ends_openly_because_no_day_is_after_it(text: str) -> None:
    expected = Slot("", "t", datetime(9999, 12, 31), None, all_day=True)
    assert the_one(timeslot_json.read([text.encode()])) == expected
    read = the_one(ical.read([b"BEGIN:VEVENT\r\nSUMMARY:t\r\nDTSTART;VALUE=DATE:99991231\r\nEND:VEVENT\r\n"]))
    assert read == expected


def test_an_end_on_the_last_day_is_one_whichever_way_it_is_read() -> None:
    lines = b"DTSTART;VALUE=DATE:99991230\r\nDTEND;VALUE=DATE:99991231\r\n"
    quick = the_one(ical.read([b"BEGIN:VEVENT\r\n" + lines + b"END:VEVENT\r\n"]))
    complete = the_one(ical.read([b"BEGIN:VEVENT\r\nx:1\r\n" + lines + b"END:VEVENT\r\n"]))
    assert quick.end == complete.end == datetime(9999, 12, 31)


@pytest.mark.parametrize(
    "zone", ["", "Z", ";TZID=Europe/Berlin", ";TZID=Pacific/Auckland", ";TZID=America/New_York", ";VALUE=DATE"]
)
@pytest.mark.parametrize("day", ["00010102", "20260101", "99991230"])
@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;UNTIL=99991231T235959Z", "FREQ=DAILY;UNTIL=00010101T000000Z", "FREQ=HOURLY", "FREQ=MONTHLY;COUNT=9"]
)
def test_series_that_never_end_are_looked_through(zone: str, day: str, rule: str) -> None:
    params, mark = ("", "Z") if zone == "Z" else (zone, "")
    start = f"DTSTART{params}:{day}" + ("" if "DATE" in zone else f"T120000{mark}")
    made = ical.from_text(f"BEGIN:VEVENT\r\nUID:1\r\n{start}\r\nRRULE:{rule}\r\nEND:VEVENT\r\n")
    everything = Window(FIRST.replace(tzinfo=UTC), LAST.replace(tzinfo=UTC))
    first = min(found.start for found in ical.occurrences(made, everything))
    assert first == (made.start if made.start.tzinfo is not None else made.start.replace(tzinfo=UTC))
    last_hours = Window(datetime(9999, 12, 31, tzinfo=UTC), LAST.replace(tzinfo=UTC))
    assert all(found.start >= first for found in ical.occurrences(made, last_hours))
