"""Changing a slot's fields: the four that say when belong together."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slot_changes import SlotChange, changed_fields, midnight, new_slot, next_change
from chalicelib.domain.slots import FLOATING, Slot

PLAIN = Slot(uid="u", title="t", start=datetime(2026, 7, 1, 10, tzinfo=UTC), end=datetime(2026, 7, 1, 11, tzinfo=UTC))
BERLIN = PLAIN._replace(timezone="Europe/Berlin")
FLOAT = PLAIN._replace(start=datetime(2026, 7, 1, 10), end=datetime(2026, 7, 1, 11), timezone=FLOATING)
EAST = timezone(timedelta(hours=2))
DAY = PLAIN._replace(start=datetime(2026, 7, 1), end=datetime(2026, 7, 2), all_day=True)


@pytest.mark.parametrize(
    ("slot", "change", "expected"),
    [
        (PLAIN, {"title": "other"}, {"title": "other"}),
        (PLAIN, {"start": datetime(2026, 7, 1, 9)}, {"start": datetime(2026, 7, 1, 9, tzinfo=UTC)}),
        (PLAIN, {"start": datetime(2026, 7, 1, 9, tzinfo=EAST)}, {"start": datetime(2026, 7, 1, 7, tzinfo=UTC)}),
        (BERLIN, {"start": datetime(2026, 7, 1, 9)}, {"start": datetime(2026, 7, 1, 7, tzinfo=UTC)}),
        (BERLIN, {"start": datetime(2026, 1, 1, 9), "end": None}, {"start": datetime(2026, 1, 1, 8, tzinfo=UTC), "end": None}),
        (PLAIN, {"timezone": "Europe/Berlin"}, {"timezone": "Europe/Berlin"}),
        (BERLIN, {"timezone": "America/New_York"}, {"timezone": "America/New_York"}),
        (BERLIN, {"timezone": None}, {"timezone": None}),
        (BERLIN, {"timezone": FLOATING},
         {"timezone": FLOATING, "start": datetime(2026, 7, 1, 12), "end": datetime(2026, 7, 1, 13)}),
        (FLOAT, {"timezone": "Europe/Berlin"},
         {"timezone": "Europe/Berlin", "start": datetime(2026, 7, 1, 8, tzinfo=UTC), "end": datetime(2026, 7, 1, 9, tzinfo=UTC)}),
        (FLOAT, {"start": datetime(2026, 7, 1, 9)}, {"start": datetime(2026, 7, 1, 9)}),
        (DAY, {"start": datetime(2026, 6, 30, tzinfo=UTC)}, {"start": datetime(2026, 6, 30)}),
        (PLAIN, {"all_day": True, "start": datetime(2026, 7, 1)},
         {"all_day": True, "start": datetime(2026, 7, 1), "end": None}),
        (DAY, {"all_day": False, "start": datetime(2026, 7, 1, 8)},
         {"all_day": False, "start": datetime(2026, 7, 1, 8, tzinfo=UTC), "end": None}),
        (BERLIN, {"all_day": True, "start": datetime(2026, 7, 1), "end": datetime(2026, 7, 3)},
         {"all_day": True, "timezone": None, "start": datetime(2026, 7, 1), "end": datetime(2026, 7, 3)}),
    ],
)  # fmt: skip
def test_change_sets_what_it_names_and_keeps_the_rest(slot: Slot, change: SlotChange, expected: dict[str, Any]) -> None:
    assert slot._replace(**changed_fields(slot, change)) == slot._replace(**expected)


@pytest.mark.parametrize(
    ("slot", "change", "fields"),
    [
        (PLAIN, {"end": datetime(2026, 7, 1, 9)}, {"end": "must not be before start"}),
        (PLAIN, {"start": datetime(2026, 7, 2)}, {"end": "must not be before start"}),
        (DAY, {"end": datetime(2026, 7, 1)}, {"end": "must be after start"}),
        (DAY, {"start": datetime(2026, 7, 1, 8)}, {"start": "must be a date, or midnight, in an all-day slot"}),
        (PLAIN, {"all_day": True}, {"start": "must be given when allday changes"}),
        (DAY, {"timezone": "Europe/Berlin"}, {"timezone": "must be null in an all-day slot: a day is the same date everywhere"}),
        (FLOAT, {"start": datetime(2026, 7, 1, tzinfo=UTC)}, {"start": "must have no offset in a floating slot"}),
        (
            BERLIN._replace(start=datetime(9999, 12, 31, 23, 30, tzinfo=UTC), end=None),
            {"timezone": FLOATING},
            {"start": "must be a time between the years 1 and 9999"},
        ),
        (
            PLAIN,
            {"start": datetime(1, 1, 1, tzinfo=EAST)},
            {"start": "must be a time between the years 1 and 9999"},
        ),
    ],
)
def test_change_that_makes_no_sense_is_named(slot: Slot, change: SlotChange, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        changed_fields(slot, change)
    assert (refused.value.code, refused.value.details) == ("invalid_fields", {"fields": fields})


def test_new_slot_takes_the_defaults_for_what_is_not_said() -> None:
    made = new_slot("u", {"title": "t", "start": datetime(2026, 7, 1, 10)})
    assert made == Slot(uid="u", title="t", start=datetime(2026, 7, 1, 10, tzinfo=UTC))


def test_midnight_is_naive() -> None:
    assert midnight(datetime(2026, 7, 1, 5, tzinfo=UTC).date()) == datetime(2026, 7, 1)


def test_next_change_counts_the_revision_of_a_kept_text_only() -> None:
    now = datetime(2026, 8, 1, 1, 2, 3, 456_000, tzinfo=UTC)
    assert next_change(PLAIN, now) == {"sequence": 0, "changed": now}
    kept = PLAIN._replace(ical="BEGIN:VEVENT…", sequence=4)
    assert next_change(kept, now) == {"sequence": 5, "changed": now}


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from([None, FLOATING, "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
    st.sampled_from([None, "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_another_zone_keeps_the_instant(start: datetime, first: str | None, second: str | None) -> None:
    slot = new_slot("u", {"title": "t", "start": start, "timezone": first})
    moved = slot._replace(**changed_fields(slot, {"timezone": second}))
    if first != FLOATING:
        assert (moved.start, moved.timezone) == (slot.start, second)
    else:
        assert moved == new_slot("u", {"title": "t", "start": start, "timezone": second})
