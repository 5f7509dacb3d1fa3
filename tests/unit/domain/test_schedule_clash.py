"""When time slots are in each other's way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.conventions import Person, Place, TimeSlot
from chalicelib.domain.schedule_clash import Clash, all_clashes, clashes, named, named_clashes

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
PLACES = {slug: Place(slug, slug, START, parallel=slug == "yard") for slug in ("a", "b", "yard")}
ADA, BOB = Person("ada@example.org", "Ada"), Person("", "Bob")


def slot(
    number: int, minute: int = 0, minutes: int = 60, places: tuple[str, ...] = ("a",), hosts: tuple[Person, ...] = (ADA,)
) -> TimeSlot:
    return TimeSlot(number, 1, START + timedelta(minutes=minute), minutes, places, hosts, START)


def test_touching_ends_do_not_clash() -> None:
    assert clashes(slot(1), [slot(2, 60), slot(3, -60)], PLACES) == []
    assert [clash.slot.id for clash in clashes(slot(1), [slot(2, 59), slot(3, -59)], PLACES)] == [3, 2]


def test_clash_names_only_what_is_shared_and_takes_one_at_a_time() -> None:
    other = slot(2, 30, places=("b", "yard", "a"), hosts=(BOB, Person("ADA@example.org", "The Countess")))
    assert clashes(slot(1, places=("a", "yard")), [other], PLACES) == [Clash(other, ("a",), (ADA,))]
    assert clashes(slot(1, places=("yard",), hosts=(Person("", "bob "),)), [other], PLACES) == [
        Clash(other, (), (Person("", "bob "),))
    ]
    assert clashes(slot(1, places=("yard",), hosts=()), [other], PLACES) == []


def test_neither_itself_nor_what_is_cancelled_is_in_the_way() -> None:
    assert clashes(slot(1), [slot(1), slot(2)._replace(cancelled=True)], PLACES) == []


def test_descriptions_are_in_order_and_in_the_zone() -> None:
    zone = ZoneInfo("Europe/Berlin")
    first, second = slot(2), slot(1, 30, places=("a", "b"))
    described = [
        {"id": "2", "event": "1", "start": "2026-05-01T11:00:00+02:00", "end": "2026-05-01T12:00:00+02:00", "locations": ["a"]},
        {
            "id": "1",
            "event": "1",
            "start": "2026-05-01T11:30:00+02:00",
            "end": "2026-05-01T12:30:00+02:00",
            "locations": ["a", "b"],
        },
    ]
    assert named([second, first, second], zone) == described
    assert named_clashes([Clash(second, ("b",), (ADA,))], zone) == [described[1] | {"locations": ["b"], "hosts": ["Ada"]}]


slots = st.lists(
    st.builds(
        slot,
        number=st.just(0),
        minute=st.integers(0, 300),
        minutes=st.integers(1, 200),
        places=st.sampled_from((("a",), ("b",), ("yard",), ("a", "b"), ("b", "yard"))),
        hosts=st.sampled_from(((ADA,), (BOB,), (ADA, BOB))),
    ),
    max_size=20,
)


@given(slots)
def test_sweep_finds_the_pairs_that_comparing_each_with_each_finds(found: list[TimeSlot]) -> None:
    numbered = [made._replace(id=number, cancelled=number % 7 == 6) for number, made in enumerate(found)]
    swept = {frozenset((one.id, clash.slot.id)) for one, clash in all_clashes(numbered, PLACES)}
    compared = {
        frozenset((one.id, other.id))
        for one, other in combinations(numbered, 2)
        if not one.cancelled and clashes(one, [other], PLACES)
    }
    assert swept == compared
