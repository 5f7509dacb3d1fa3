from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.slots import Slot, Window
from chalicelib.domain.spans import BEGINNING, Span, may_touch, span_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def series(*lines: str, start: datetime = NOON, end: datetime | None = NOON + HOUR) -> Slot:
    text = "\r\n".join(["BEGIN:VEVENT", f"DTSTART:{start:%Y%m%dT%H%M%SZ}", *lines, "END:VEVENT", ""])
    return Slot("u", "t", start, end, recurring=True, ical=text)


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (Slot("u", "t", NOON, NOON + HOUR), Span(NOON, NOON + HOUR)),
        (Slot("u", "t", NOON, None), Span(NOON, NOON)),
        (Slot("u", "t", NOON, NOON - HOUR), Span(NOON, NOON)),
        (
            Slot("u", "t", datetime(2026, 3, 1), datetime(2026, 3, 2), all_day=True),
            Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        ),
    ],
)
def test_span_of_a_single_slot_is_exact(slot: Slot, expected: Span) -> None:
    assert span_of(slot) == expected


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["RRULE:FREQ=WEEKLY;UNTIL=20260401T120000Z"], datetime(2026, 4, 1, tzinfo=UTC)),
        (["RRULE:FREQ=YEARLY;UNTIL=20300401;BYMONTH=4"], datetime(2030, 4, 1, tzinfo=UTC)),
        (["rrule:freq=daily;until=20260401"], datetime(2026, 4, 1, tzinfo=UTC)),
        (["RRULE:FREQ=DAILY;COUNT=10"], NOON + 9 * DAY),
        (["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=10;BYDAY=MO,TU;WKST=SU"], NOON + 18 * 7 * DAY),
        (["RRULE:FREQ=WEEKLY;UNTIL=2026", " 0401"], datetime(2026, 4, 1, tzinfo=UTC)),
        (["RDATE;VALUE=DATE:20260401,20270401"], datetime(2027, 4, 1, tzinfo=UTC)),
        (["RDATE;VALUE=PERIOD:20260401T000000Z/20270401T000000Z"], datetime(2027, 4, 1, tzinfo=UTC)),
        (
            ["END:VEVENT", "BEGIN:VEVENT", "RECURRENCE-ID:20260308T120000Z", "DTSTART:20280101T000000Z"],
            datetime(2028, 1, 1, tzinfo=UTC),
        ),
        (["DURATION:P20D", "RDATE:20260401T000000Z"], datetime(2026, 4, 21, tzinfo=UTC)),
    ],
)
def test_span_of_a_series_reaches_its_last_occurrence_and_not_much_further(lines: list[str], last: datetime) -> None:
    first, reach = span_of(series(*lines))
    assert NOON - 4 * DAY < first <= NOON
    assert reach is not None
    assert last + HOUR <= reach <= last + 30 * DAY


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY",
        "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=31",
        "FREQ=DAILY;COUNT=3;BYMONTH=2",
        "FREQ=DAILY;COUNT=99999999999",
        "FREQ=DAILY;COUNT=x",
        "UNTIL=soon",
        "",
    ],
)
def test_span_of_a_series_without_a_known_end_is_open(rule: str) -> None:
    assert span_of(series(f"RRULE:{rule}")).reach is None


def test_span_takes_the_latest_of_several_rules() -> None:
    both = ["RRULE:FREQ=DAILY;UNTIL=20270101", "RRULE:FREQ=DAILY;UNTIL=20260401"]
    reach = span_of(series(*both)).reach
    assert reach is not None
    assert reach >= datetime(2027, 1, 1, tzinfo=UTC)
    assert span_of(series(*both, "RRULE:FREQ=DAILY")).reach is None


def test_span_begins_with_an_occurrence_moved_before_the_start() -> None:
    moved = ["RRULE:FREQ=DAILY;COUNT=3", "END:VEVENT", "BEGIN:VEVENT", "RECURRENCE-ID:20260302T120000Z", "DTSTART:20250101T000000Z"]
    assert span_of(series(*moved)).first <= datetime(2025, 1, 1, tzinfo=UTC)


def test_span_of_what_moves_all_that_follows_is_open() -> None:
    moved = ["RRULE:FREQ=DAILY;COUNT=3", "END:VEVENT", "BEGIN:VEVENT", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T120000Z"]
    assert span_of(series(*moved)) == Span(BEGINNING, None)


def test_span_leaves_zones_out() -> None:
    zone = "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=YEARLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    slot = series("RRULE:FREQ=DAILY;COUNT=3")
    assert span_of(slot._replace(ical=zone + slot.ical)) == span_of(slot)


def test_span_at_the_edge_of_time_is_open() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert span_of(series("RRULE:FREQ=DAILY;COUNT=3", start=last, end=last)) == Span(BEGINNING, None)
    assert span_of(series("RDATE:00000000")) == Span(BEGINNING, None)


@pytest.mark.parametrize(
    ("start", "end", "touches"),
    [
        (NOON - HOUR, NOON, False),
        (NOON - HOUR, NOON + timedelta(microseconds=1), True),
        (NOON, None, True),
        (NOON + HOUR, NOON + 2 * HOUR, False),
        (NOON + HOUR - timedelta(microseconds=1), None, True),
        (NOON - DAY, NOON + DAY, True),
        (NOON - DAY, None, False),
    ],
)
def test_window_is_half_open(start: datetime, end: datetime | None, touches: bool) -> None:
    assert may_touch(Slot("u", "t", start, end), Window(NOON, NOON + HOUR)) is touches
