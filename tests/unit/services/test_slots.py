"""Slots one by one and in pages: the rest of what `tests/unit/api/slots` shows from outside."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.slots import Slot, Window
from chalicelib.services import slots as slots_module
from chalicelib.services.import_options import ImportOptions
from chalicelib.services.slots import occurrences_of
from tests.calendars import calendar, event
from tests.fakes.services import NOON, FakeServices

MARCH = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def test_slot_says_when_it_was_made(services: FakeServices, ada: Caller) -> None:
    made = services.slots.create(ada, {"title": "t", "start": NOON}, uid="u")
    assert made.slot == Slot(uid="u", title="t", start=NOON, changed=NOON)
    assert services.slots.get(ada, "u") == made


def test_slot_without_a_uid_gets_a_random_one(services: FakeServices, ada: Caller) -> None:
    first, second = (services.slots.create(ada, {"title": "t", "start": NOON}).slot.uid for _ in range(2))
    assert first != second
    assert first[14] == second[14] == "4"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC), True),
        (datetime(2026, 3, 1, tzinfo=UTC), None, True),
        (datetime(2026, 4, 1, tzinfo=UTC), None, False),
        (datetime(2026, 3, 31), datetime(2026, 4, 1), True),
    ],
)
def test_slot_takes_place_where_it_overlaps(start: datetime, end: datetime | None, expected: bool) -> None:
    assert bool(occurrences_of(Slot(uid="u", title="t", start=start, end=end), MARCH)) is expected


def test_search_of_a_page_among_many_series_is_bounded(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots_module, "MAX_PAGES", 2)
    series = [event(f"s{number:02}", "elsewhere", f"202601{number + 1:02}T080000Z", "RRULE:FREQ=YEARLY") for number in range(20)]
    services.slot_import.import_file(ada, calendar(*series), ImportOptions(), until=float("inf"))
    services.slots.create(ada, {"title": "inside", "start": NOON})
    shown, after, pages = [], None, 0
    while True:
        listing = services.slots.list(ada, limit=5, window=MARCH, after=after)
        shown += [stored.slot.title for stored in listing.slots]
        pages += 1
        if listing.after is None:
            break
        after = listing.after
    assert (shown, pages) == (["inside"], 3)


@pytest.mark.parametrize("backward", [False, True])
def test_page_ends_where_looking_has_got_to_when_time_is_up(services: FakeServices, ada: Caller, backward: bool) -> None:
    series = [event(f"s{number}", f"s{number}", f"2026010{number + 1}T080000Z", "RRULE:FREQ=DAILY") for number in range(5)]
    elsewhere = event("e", "elsewhere", "20260103T090000Z", "RRULE:FREQ=YEARLY")
    services.slot_import.import_file(ada, calendar(*series, elsewhere), ImportOptions(), until=float("inf"))
    services.slots.create(ada, {"title": "last", "start": NOON.replace(year=2030)})
    last = services.slots.list(ada, limit=10).slots[-1].slot
    pages, onward = [], services.fake_slots.place(last) if backward else None
    while True:
        way = {"before": onward} if backward else {"after": onward}
        listing = services.slots.list(ada, limit=10, window=MARCH, occurrences=True, until=0, **way)
        assert listing.occurrences is not None
        assert [len(times) for times in listing.occurrences] == [31] * len(listing.slots)
        pages.append([stored.slot.title for stored in listing.slots])
        onward = listing.before if backward else listing.after
        if onward is None:
            break
    shown = [["s0"], ["s1"], ["s2"], [], ["s3"], ["s4"]]
    assert pages == (shown[::-1] if backward else shown)


def test_list_of_a_group_that_is_none_is_not_found(services: FakeServices, ada: Caller) -> None:
    with pytest.raises(NotFound, match="group"):
        services.slots.list(ada, limit=5, group="none")


def test_list_goes_one_way(services: FakeServices, ada: Caller) -> None:
    with pytest.raises(InvalidInput, match="before"):
        services.slots.list(ada, limit=5, after="x", before="y")
