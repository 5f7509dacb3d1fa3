from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.schedules import Schedule, next_run
from tests.examples import examples

BERLIN = "Europe/Berlin"
EVERY_HOUR = tuple(range(24))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def runs(schedules: list[Schedule], start: datetime, end: datetime) -> list[datetime]:
    found = []
    moment = next_run(schedules, start - timedelta(minutes=1))
    while moment is not None and moment < end:
        found.append(moment)
        moment = next_run(schedules, moment)
    return found


@cache
def _clock(zone: str, start: datetime, minutes: int) -> list[tuple[datetime, datetime]]:
    """What a wall clock shows at each minute, by the UTC offset alone."""
    tz = ZoneInfo(zone)
    moments = (start + timedelta(minutes=n) for n in range(minutes))
    return [(moment, (moment + (moment.astimezone(tz).utcoffset() or timedelta())).replace(tzinfo=UTC)) for moment in moments]


def brute_force(schedule: Schedule, start: datetime, minutes: int) -> Iterator[datetime]:
    """Watch a wall clock minute by minute: what it shows for the first time counts, and what it jumps over counts at once."""
    seen: datetime | None = None
    for moment, shown in _clock(schedule.timezone, start - timedelta(days=2), minutes + 2 * 1440):
        first = shown if seen is None else seen + timedelta(minutes=1)
        new = [first + timedelta(minutes=n) for n in range(int((shown - first).total_seconds() // 60) + 1)]
        seen = shown if seen is None else max(seen, shown)
        if moment >= start and any(_fits(schedule, local) for local in new):
            yield moment


def _fits(schedule: Schedule, local: datetime) -> bool:
    return (
        local.hour in schedule.hours
        and local.minute in schedule.minutes
        and (not schedule.weekdays or local.weekday() in schedule.weekdays)
        and (not schedule.days_of_month or local.day in schedule.days_of_month)
    )


def test_default_is_two_at_night_every_day() -> None:
    assert runs([Schedule()], utc(2026, 1, 1), utc(2026, 1, 3)) == [utc(2026, 1, 1, 2), utc(2026, 1, 2, 2)]


def test_next_run_is_strictly_after() -> None:
    assert next_run([Schedule()], utc(2026, 1, 1, 2)) == utc(2026, 1, 2, 2)
    assert next_run([Schedule()], utc(2026, 1, 1, 1, 59) + timedelta(seconds=59)) == utc(2026, 1, 1, 2)


def test_no_schedule_is_never_due() -> None:
    assert next_run([], utc(2026, 1, 1)) is None


def test_first_sunday_of_the_month_at_ten() -> None:
    first_sunday = Schedule(weekdays=(6,), days_of_month=tuple(range(1, 8)), hours=(10,))
    found = runs([first_sunday], utc(2026, 1, 1), utc(2026, 7, 1))
    assert found == [
        utc(2026, 1, 4, 10),
        utc(2026, 2, 1, 10),
        utc(2026, 3, 1, 10),
        utc(2026, 4, 5, 10),
        utc(2026, 5, 3, 10),
        utc(2026, 6, 7, 10),
    ]


def test_every_five_minutes() -> None:
    often = Schedule(hours=EVERY_HOUR, minutes=tuple(range(0, 60, 5)))
    start = utc(2026, 1, 1)
    assert runs([often], start, start + timedelta(days=1)) == [start + timedelta(minutes=5 * n) for n in range(288)]


def test_several_schedules_are_any_of_them_and_one_run_where_they_meet() -> None:
    schedules = [Schedule(hours=(6,)), Schedule(hours=(6, 18), weekdays=(0,))]
    assert runs(schedules, utc(2026, 1, 5), utc(2026, 1, 7)) == [utc(2026, 1, 5, 6), utc(2026, 1, 5, 18), utc(2026, 1, 6, 6)]


def test_local_time_that_dst_skips_is_due_at_the_next_minute_that_exists() -> None:
    schedule = Schedule(hours=(2,), minutes=(15, 30), timezone=BERLIN)
    assert runs([schedule], utc(2026, 3, 28, 12), utc(2026, 3, 29, 12)) == [utc(2026, 3, 29, 1)]


def test_local_time_that_occurs_twice_is_due_once() -> None:
    schedule = Schedule(hours=(2,), minutes=(30,), timezone=BERLIN)
    assert runs([schedule], utc(2026, 10, 24, 12), utc(2026, 10, 25, 12)) == [utc(2026, 10, 25, 0, 30)]


def test_berlin_through_both_changes_of_a_year() -> None:
    schedule = Schedule(hours=(2, 3), minutes=(0, 30), timezone=BERLIN)
    start, minutes = utc(2026, 1, 1), 365 * 1440
    expected = list(brute_force(schedule, start, minutes))
    assert len(expected) == 365 * 4 - 2
    assert runs([schedule], start, start + timedelta(minutes=minutes)) == expected


def test_day_that_a_zone_leaves_out_is_due_at_the_start_of_the_next() -> None:
    schedule = Schedule(days_of_month=(30,), hours=(9,), timezone="Pacific/Apia")
    moment = next_run([schedule], utc(2011, 12, 29))
    assert moment == utc(2011, 12, 30, 10)
    assert moment.astimezone(ZoneInfo("Pacific/Apia")).date() == date(2011, 12, 31)


@pytest.mark.parametrize("day", range(1, 32))
@pytest.mark.parametrize("weekday", range(7))
def test_every_day_of_the_month_comes_on_every_weekday(day: int, weekday: int) -> None:
    for year in range(2026, 2040):
        moment = next_run([Schedule(weekdays=(weekday,), days_of_month=(day,))], utc(year, 1, 1))
        assert moment is not None
        assert (moment.day, moment.weekday()) == (day, weekday)


def some(low: int, high: int, *, least: int = 1) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.integers(low, high), min_size=least, max_size=6).map(lambda found: tuple(sorted(found)))


SCHEDULES = st.builds(
    Schedule,
    weekdays=some(0, 6, least=0),
    days_of_month=some(1, 31, least=0),
    hours=st.one_of(some(0, 4), some(0, 23), st.just(EVERY_HOUR)),
    minutes=some(0, 59),
    timezone=st.sampled_from(
        ["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca"]
    ),
)
AROUND_CHANGES = st.sampled_from(
    [
        utc(2026, 3, 28),
        utc(2026, 10, 24),
        utc(2026, 3, 7),
        utc(2026, 10, 31),
        utc(2026, 4, 4),
        utc(2026, 10, 3),
        utc(2018, 11, 3),
        utc(2018, 2, 17),
        utc(2026, 2, 14),
        utc(2026, 3, 21),
        utc(2024, 2, 28),
        utc(2026, 12, 30),
    ]
)


@examples(60)
@given(SCHEDULES, AROUND_CHANGES)
def test_next_run_agrees_with_watching_the_clock(schedule: Schedule, start: datetime) -> None:
    minutes = 3 * 1440
    assert runs([schedule], start, start + timedelta(minutes=minutes)) == list(brute_force(schedule, start, minutes))
