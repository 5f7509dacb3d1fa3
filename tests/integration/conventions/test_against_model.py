"""Random histories of a schedule: the service and a simple model agree after each step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.conventions.conventions import PersonRef
from chalicelib.services.conventions.time_slots import SlotChange, SlotDraft
from tests.examples import examples
from tests.fakes.conventions import FakeConventionStore
from tests.integration.conventions.test_double_booking import MORNING, NOW, Con

ROOMS = ("room-1", "room-2", "yard")
HOSTS = ("Ada", "Bob", "Eve")


@dataclass(frozen=True)
class Booked:
    """What the model knows of a time slot."""

    start: datetime
    minutes: int
    places: tuple[str, ...]
    hosts: tuple[str, ...]


class Model:
    """A schedule as a list that is looked through from one end to the other."""

    def __init__(self) -> None:
        self.slots: dict[int, Booked] = {}
        self.parallel = {"yard"}
        self.guarded = False

    def is_free(self, number: int, wanted: Booked) -> bool:
        return not any(self.clash(wanted, other) for known, other in self.slots.items() if known != number)

    def clash(self, first: Booked, second: Booked) -> bool:
        minute = timedelta(minutes=1)
        if not (first.start < second.start + second.minutes * minute and second.start < first.start + first.minutes * minute):
            return False
        room = set(first.places) & set(second.places) - self.parallel
        return bool(room or (self.guarded and set(first.hosts) & set(second.hosts)))

    def torn(self) -> bool:
        guarded, self.guarded = self.guarded, True
        found = not all(self.is_free(number, slot) for number, slot in self.slots.items())
        self.guarded = guarded
        return found


half_hours = st.integers(0, 8)
minutes = st.sampled_from((30, 60, 90))
some_rooms = st.lists(st.sampled_from(ROOMS), min_size=1, max_size=3, unique=True).map(tuple)
some_hosts = st.lists(st.sampled_from(HOSTS), min_size=1, max_size=2, unique=True).map(tuple)
numbers = st.integers(1, 6)
steps = st.one_of(
    st.tuples(st.just("create"), half_hours, minutes, some_rooms, some_hosts),
    st.tuples(st.just("move"), numbers, half_hours, minutes),
    st.tuples(st.just("places"), numbers, some_rooms, some_rooms),
    st.tuples(st.just("hosts"), numbers, some_hosts, some_hosts),
    st.tuples(st.just("cancel"), numbers),
    st.tuples(st.just("guard"), st.booleans()),
    st.tuples(st.just("parallel"), st.sampled_from(ROOMS), st.booleans()),
)


class Both:
    """The service and the model, doing the same."""

    def __init__(self) -> None:
        self.con = Con(FakeConventionStore())
        self.model = Model()

    def passes(self, call: Any) -> bool:
        try:
            call()
        except InvalidInput:
            return False
        return True

    def create(self, half: int, length: int, places: tuple[str, ...], hosts: tuple[str, ...]) -> None:
        wanted = Booked(MORNING + half * timedelta(minutes=30), length, places, hosts)
        free = self.model.is_free(0, wanted)
        draft = SlotDraft(self.con.event, wanted.start, places, length, hosts=[PersonRef(name=name) for name in hosts])
        assert self.passes(lambda: self.con.slots.create(self.con.mona, draft)) == free
        if free:
            self.model.slots[max(slot.id for slot in self.con.booked())] = wanted

    def change(self, number: int, wanted: Booked, change: SlotChange) -> None:
        possible = bool(wanted.places) and (wanted == self.model.slots[number] or self.model.is_free(number, wanted))
        assert self.passes(lambda: self.con.slots.change(self.con.mona, number, change)) == possible
        if possible:
            self.model.slots[number] = wanted

    def move(self, number: int, half: int, length: int) -> None:
        if number in self.model.slots:
            start = MORNING + half * timedelta(minutes=30)
            wanted = replace(self.model.slots[number], start=start, minutes=length)
            self.change(number, wanted, SlotChange(start=start, minutes=length))

    def places(self, number: int, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
        if number in self.model.slots:
            before = self.model.slots[number]
            places = tuple(dict.fromkeys([*(slug for slug in before.places if slug not in removed), *added]))
            self.change(number, replace(before, places=places), SlotChange(add_places=added, remove_places=removed))

    def hosts(self, number: int, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
        if number in self.model.slots:
            before = self.model.slots[number]
            names = {name for name in before.hosts if name not in removed} | set(added)
            order = [name for name in (*before.hosts, *added) if name in names]
            change = SlotChange(
                add_hosts=[PersonRef(name=name) for name in added], remove_hosts=[PersonRef(name=name) for name in removed]
            )
            self.change(number, replace(before, hosts=tuple(dict.fromkeys(order))), change)

    def cancel(self, number: int) -> None:
        if number in self.model.slots:
            self.con.slots.cancel(self.con.mona, number)
            del self.model.slots[number]

    def guard(self, guarded: bool) -> None:
        possible = not guarded or self.model.guarded or not self.model.torn()
        change = {"host_clash": "refuse" if guarded else "warn"}
        assert self.passes(lambda: self.con.conventions.change(self.con.mona, change)) == possible
        if possible:
            self.model.guarded = guarded

    def parallel(self, place: str, parallel: bool) -> None:
        crowd = [slot for slot in self.model.slots.values() if place in slot.places]
        self.model.parallel.discard(place)
        single = all(
            not (set(first.places) & set(second.places) and self._at_once(first, second))
            for first in crowd
            for second in crowd
            if first is not second
        )
        possible = parallel or single
        assert self.passes(lambda: self.con.places.change(self.con.mona, place, {"parallel": parallel})) == possible
        if parallel or not possible:
            self.model.parallel.add(place)

    def _at_once(self, first: Booked, second: Booked) -> bool:
        return first.start < second.start + timedelta(minutes=second.minutes) and second.start < first.start + timedelta(
            minutes=first.minutes
        )

    def agree(self) -> None:
        stored = {
            slot.id: Booked(slot.start, slot.minutes, slot.places, tuple(host.name for host in slot.hosts))
            for slot in self.con.booked()
        }
        assert stored == self.model.slots
        assert NOW < MORNING


@examples(150)
@given(st.lists(steps, max_size=25))
def test_service_and_model_agree_after_each_step(history: list[tuple[Any, ...]]) -> None:
    both = Both()
    for name, *arguments in history:
        getattr(both, name)(*arguments)
        both.agree()
