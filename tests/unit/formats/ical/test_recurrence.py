"""Occurrences, judged by `recurring_ical_events`, and rules that would cost anybody else everything."""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import Slot, Window
from chalicelib.formats import ical
from chalicelib.formats.ical.recurrence import _far
from tests.examples import examples
from tests.unit.formats.ical.calendars import calendar, entries, event

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
HOUR = timedelta(hours=1)


def series(*lines: str) -> Slot:
    return ical.from_text(event("UID:s", *lines))


def starts(slot: Slot, window: Window = WINDOW) -> list[str]:
    return [found.start.strftime("%m-%dT%H:%M") for found in ical.occurrences(slot, window)]


def judged(content: bytes, window: Window) -> list[tuple[datetime, datetime]]:
    """What `recurring_ical_events` finds, as ours does: aware, dates and floating times in UTC, zero lengths only at the start."""

    def aware(value: date) -> datetime:
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

    found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        window.earliest - timedelta(days=3), window.latest + timedelta(days=3)
    )
    both = [(aware(each.start), aware(each.end)) for each in found]
    return sorted(
        {
            (start, end)
            for start, end in both
            if start < window.latest and (end > window.earliest or start == end == window.earliest)
        }
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20260103T100000Z", "DTEND:20260103T110000Z"], ["01-03T10:00"]),
        (["DTSTART:20251231T230000Z", "DTEND:20260101T000000Z"], []),
        (["DTSTART:20251231T230000Z", "DTEND:20260101T000001Z"], ["12-31T23:00"]),
        (["DTSTART:20260101T000000Z"], ["01-01T00:00"]),
        (["DTSTART:20260201T000000Z"], []),
        (["DTSTART;VALUE=DATE:20260131"], ["01-31T00:00"]),
        (["DTSTART:19900105T100000Z", "RRULE:FREQ=DAILY;INTERVAL=10"], ["01-06T10:00", "01-16T10:00", "01-26T10:00"]),
        (["DTSTART:19900131T100000Z", "RRULE:FREQ=MONTHLY"], ["01-31T10:00"]),
        (["DTSTART:19920229T100000Z", "RRULE:FREQ=YEARLY"], []),
        (["DTSTART:19900115T100000Z", "RRULE:FREQ=YEARLY"], ["01-15T10:00"]),
        (["DTSTART:19900101T100000Z", "RRULE:FREQ=YEARLY;BYDAY=1MO;BYMONTH=1"], ["01-05T10:00"]),
        (["DTSTART:20251230T100000Z", "RRULE:FREQ=DAILY;COUNT=4"], ["01-01T10:00", "01-02T10:00"]),
        (["DTSTART:20251230T100000Z", "RRULE:FREQ=DAILY;UNTIL=20260102T100000Z"], ["01-01T10:00", "01-02T10:00"]),
        (["DTSTART:20251230T100000Z", "RRULE:FREQ=DAILY;UNTIL=20260102"], ["01-01T10:00", "01-02T10:00"]),
        (["DTSTART:20260101T100000Z", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260102T100000Z"], ["01-01T10:00", "01-03T10:00"]),
        (["DTSTART:20260101T100000Z", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260102"], ["01-01T10:00", "01-03T10:00"]),
        (["DTSTART:20260101T100000Z", "RDATE:20260103T100000Z,20260203T100000Z"], ["01-01T10:00", "01-03T10:00"]),
        (["DTSTART:20260101T100000Z", "RDATE;VALUE=PERIOD:20260103T100000Z/PT1H"], ["01-01T10:00", "01-03T10:00"]),
        (["DTSTART:20260101T235900Z", "RRULE:FREQ=HOURLY;COUNT=2;BYMINUTE=0,30"], ["01-01T23:59", "01-02T00:00", "01-02T00:30"]),
        (["DTSTART:20260101T000000Z", "RRULE:FREQ=MINUTELY;INTERVAL=10;COUNT=3"], ["01-01T00:00", "01-01T00:10", "01-01T00:20"]),
        (["DTSTART:20260101T000000Z", "RRULE:FREQ=NEVER"], ["01-01T00:00"]),
        (["DTSTART:20260101T000000Z", "RRULE:FREQ=DAILY;INTERVAL=0"], ["01-01T00:00"]),
        (["DTSTART:20260101T000000Z", "RRULE:FREQ=DAILY;BYDAY=XX"], ["01-01T00:00"]),
        (["DTSTART:20260101T000000Z", "RRULE:"], ["01-01T00:00"]),
    ],
)
def test_occurrences(lines: list[str], expected: list[str]) -> None:
    assert starts(series(*lines)) == expected


def test_a_series_stays_at_its_hour_when_clocks_change() -> None:
    slot = series("DTSTART;TZID=Europe/Berlin:20260326T100000", "DTEND;TZID=Europe/Berlin:20260326T110000", "RRULE:FREQ=DAILY")
    window = Window(datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    assert ical.occurrences(slot, window) == [
        (datetime(2026, 3, 28, 9, tzinfo=UTC), datetime(2026, 3, 28, 10, tzinfo=UTC)),
        (datetime(2026, 3, 29, 8, tzinfo=UTC), datetime(2026, 3, 29, 9, tzinfo=UTC)),
    ]


def test_changed_occurrences_stand_in_for_those_of_the_rule() -> None:
    text = event("UID:s", "DTSTART:20260101T100000Z", "RRULE:FREQ=WEEKLY;COUNT=4") + event(
        "UID:s", "RECURRENCE-ID:20260108T100000Z", "DTSTART:20260109T120000Z"
    )
    assert starts(ical.from_text(text)) == ["01-01T10:00", "01-09T12:00", "01-15T10:00", "01-22T10:00"]
    future = text.replace("RECURRENCE-ID:", "RECURRENCE-ID;RANGE=THISANDFUTURE:")
    assert starts(ical.from_text(future)) == ["01-01T10:00", "01-09T12:00", "01-16T12:00", "01-23T12:00"]


def test_the_limit_holds() -> None:
    slot = series("DTSTART:20260101T100000Z", "RRULE:FREQ=DAILY")
    assert [found.start.day for found in ical.occurrences(slot, WINDOW, limit=3)] == [1, 2, 3]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;COUNT=1000000000",
        "FREQ=SECONDLY;COUNT=99999999999999999999999",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=3",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30;COUNT=7",
        "FREQ=HOURLY;BYSETPOS=4000",
        "FREQ=SECONDLY;BYSETPOS=300;BYSECOND=1",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;BYSETPOS=" + ",".join(map(str, range(1, 367))),
    ],
)
@pytest.mark.parametrize("window", [WINDOW, Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))])
def test_no_rule_costs_more_than_its_bounds(rule: str, window: Window) -> None:
    """It comes to an end: without the bounds these run for minutes or for ever."""
    slot = series("DTSTART:20240101T100000Z", f"RRULE:{rule}")
    assert len(ical.occurrences(slot, window, limit=20_000)) <= 10_001


@pytest.mark.parametrize("span", [0, 1, 30, 100])
def test_search_in_far_years_has_the_same_days_and_few_that_follow(span: int) -> None:
    for first in range(1, 10_000 - span):
        last = first + span
        far = _far(first, last)
        for year in range(max(first - 1, 1), min(last + 1, 9_999 - far) + 1):
            assert (isleap(year), date(year, 1, 1).weekday()) == (isleap(year + far), date(year + far, 1, 1).weekday())
        assert 0 <= 9_999 - far - last < 400
    assert 9_999 - _far(2026, 2026 + span) - (2026 + span) < (32 if span < 73 else 400)


def test_very_many_rules_and_listed_times_are_not_all_looked_at() -> None:
    first = datetime(2026, 1, 1, 10, tzinfo=UTC)
    days = Window(first, first + timedelta(days=12_000))
    never = ["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 5_000
    assert ical.occurrences(series("DTSTART:20260101T100000Z", *never), days) == [(first, first)]
    lines = [f"{first + timedelta(days=day):%Y%m%dT%H%M%SZ}" for day in range(1, 12_000)]
    listed = series("DTSTART:20260101T100000Z", *(f"RDATE:{line}" for line in lines))
    assert len(ical.occurrences(listed, days, limit=20_000)) == 10_001
    left_out = series("DTSTART:20260101T100000Z", "RRULE:FREQ=DAILY", f"EXDATE:{','.join(lines)}")
    assert ical.occurrences(left_out, days, limit=20_000) == [(first, first)]


RULES = st.builds(
    lambda frequency, interval, end, parts: ";".join([f"FREQ={frequency}", f"INTERVAL={interval}", *end, *parts]),
    st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")),
    st.integers(1, 4),
    st.sampled_from(([], ["COUNT=7"], ["UNTIL=20260115T120000Z"])),
    st.lists(
        st.sampled_from(("BYMONTH=1,7", "BYMONTHDAY=1,15,-1", "BYDAY=MO,SU", "BYHOUR=9,10", "BYMINUTE=0,30")),
        max_size=2,
        unique=True,
    ),
)


@examples(200)
@given(
    RULES,
    st.datetimes(datetime(2019, 1, 1), datetime(2026, 1, 15, 10)).map(lambda found: found.replace(microsecond=0, second=0)),
    st.sampled_from(("DTSTART:{}Z", "DTSTART;TZID=Europe/Berlin:{}", "DTSTART:{}")),
    st.sampled_from(("DURATION:PT1H", "DURATION:P1D", "X-A:1")),
)
def test_the_judge_finds_the_same(rule: str, start: datetime, line: str, length: str) -> None:
    if line == "DTSTART:{}":  # UNTIL is floating as DTSTART is (RFC 5545 §3.3.10)
        rule = rule.replace("120000Z", "120000")
    text = event("UID:s", line.format(start.strftime("%Y%m%dT%H%M%S")), length, f"RRULE:{rule}")
    assert ical.occurrences(ical.from_text(text), WINDOW, limit=10_000) == judged(calendar(text), WINDOW)


def test_every_corpus_slot_can_be_asked() -> None:
    """Nothing in real calendars makes it fail."""
    for path in sorted((Path(icalendar.__file__).parent / "tests" / "calendars").glob("*.ics")):
        try:
            found = entries(path.read_bytes())
        except InvalidInput:
            continue
        for entry in found:
            if isinstance(entry, Entry):
                window = Window(entry.slot.order[0] - HOUR, entry.slot.order[0] + timedelta(days=400))
                assert len(ical.occurrences(entry.slot, window, limit=5)) <= 5
