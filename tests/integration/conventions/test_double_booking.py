"""Many managers at once: no place and, where they are guarded, no host is ever booked twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations, cycle
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.convention_table import DynamoConventionStore
from chalicelib.domain.conventions import TimeSlot
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.schedule_entries import ScheduleEntry
from chalicelib.services.accounts import Accounts
from chalicelib.services.conventions.conventions import Conventions, PersonRef
from chalicelib.services.conventions.events import Events
from chalicelib.services.conventions.places import Places
from chalicelib.services.conventions.schedule_import import ScheduleImport, ScheduleReport
from chalicelib.services.conventions.time_slots import Outcome, SlotChange, SlotDraft, TimeSlots
from chalicelib.services.conventions.visits import Visitor
from chalicelib.services.ports.conventions import ConventionStore
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.conventions import FakeConventionStore
from tests.tables import create_tables, new_session

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
HOSTS = [PersonRef(name=f"Host {number}") for number in range(3)]
ROOMS = ("room-1", "room-2", "room-3", "yard")


class OneAtATime:
    """A client whose calls each happen at one moment, as DynamoDB's do: moto's transactions are not isolated."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def locked(**arguments: Any) -> Any:
            with self._lock:
                return call(**arguments)

        return locked


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[ConventionStore]:
    if request.param == "fake":
        yield FakeConventionStore()
        return
    with mock_aws():
        client = new_session().create_client("dynamodb")
        create_tables(client)
        yield DynamoConventionStore(OneAtATime(client), table="conventions")


class Con:
    """A convention with three rooms, a yard that takes everything, and twenty events."""

    def __init__(self, store: ConventionStore) -> None:
        accounts = FakeAccountStore()
        users = Accounts(users=accounts, sessions=accounts, groups=accounts, clock=lambda: NOW)
        mona = users.sign_up(email="mona@example.org", password="correct horse battery", name="Mona")
        shared: dict[str, Any] = {"store": store, "clock": lambda: NOW, "pause": lambda _: None}
        self.store = store
        self.users = users
        self.conventions = Conventions(accounts=lambda: users, **shared)
        self.places = Places(**shared)
        self.events = Events(accounts=lambda: users, **shared)
        self.slots = TimeSlots(accounts=lambda: users, **shared)
        self.key = self.conventions.create(mona.id, title="Con", slug=None, properties={}).key
        self.mona = Visitor(self.key, mona.id)
        for slug in ROOMS:
            self.places.add(self.mona, title=slug, slug=slug, properties={"parallel": slug == "yard"})
        titles = [f"Game {number}" for number in range(20)]
        games = [self.events.submit(self.mona, {"title": title, "duration": 60}, None)[1].id for title in titles]
        self.event = games[0]
        self._next = cycle(games)

    def draft(self, *places: str, hour: float = 0, minutes: int = 60, hosts: Sequence[PersonRef] | None = None) -> SlotDraft:
        """Ask for a time slot, each time for another event, so that nothing but the places and hosts keeps them apart."""
        return SlotDraft(next(self._next), MORNING + timedelta(hours=hour), places, minutes, hosts=hosts)

    def booked(self) -> list[TimeSlot]:
        return list(self.store.time_slots(self.key))

    def overlaps(self, *, hosts: bool) -> list[tuple[int, int]]:
        """Look for double bookings, comparing each with each."""
        return [
            (first.id, second.id)
            for first, second in combinations(self.booked(), 2)
            if first.start < second.end
            and second.start < first.end
            and (
                set(first.places) & set(second.places) - {"yard"}
                or (hosts and {host.key for host in first.hosts} & {host.key for host in second.hosts})
            )
        ]


@pytest.fixture
def con(store: ConventionStore) -> Con:
    return Con(store)


def at_once(calls: Sequence[Callable[[], Any]], *, threads: int) -> list[Any]:
    """Run the calls from several threads that start together; give each one's result or refusal."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except InvalidInput as refused:
            return refused

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, calls))


def test_a_hundred_want_one_room_and_one_gets_it(con: Con) -> None:
    drafts = [con.draft("room-1") for _ in range(100)]
    outcomes = at_once([partial(con.slots.create, con.mona, draft) for draft in drafts], threads=20)
    refused = [outcome for outcome in outcomes if isinstance(outcome, InvalidInput)]
    (winner,) = con.booked()
    assert (len(refused), {error.code for error in refused}) == (99, {"clash"})
    assert [error.details["timeslots"][0]["id"] for error in refused] == [str(winner.id)] * 99  # type: ignore[index]  # a list here


def test_all_who_do_not_contradict_each_other_get_what_they_want(con: Con) -> None:
    drafts = [con.draft("room-1", hour=hour) for hour in range(12)] + [con.draft("yard")] * 4
    at_once([partial(con.slots.create, con.mona, draft) for draft in drafts], threads=16)
    assert Counter((slot.places, slot.start) for slot in con.booked()) == Counter(
        (tuple(draft.places), draft.start) for draft in drafts
    )


def test_one_host_in_two_rooms_is_refused_when_hosts_are_guarded(con: Con) -> None:
    con.conventions.change(con.mona, {"host_clash": "refuse"})
    rooms = ["room-1", "room-2", "room-3", "yard"] * 5
    drafts = [con.draft(room, hosts=HOSTS[:1]) for room in rooms]
    outcomes = at_once([partial(con.slots.create, con.mona, draft) for draft in drafts], threads=16)
    assert sum(1 for outcome in outcomes if isinstance(outcome, InvalidInput)) == 19
    assert len(con.booked()) == 1


def test_moves_into_each_others_rooms_are_both_refused(con: Con) -> None:
    first = con.slots.create(con.mona, con.draft("room-1")).scheduled.slot.id
    second = con.slots.create(con.mona, con.draft("room-2")).scheduled.slot.id
    moves = {first: ("room-2", "room-1"), second: ("room-1", "room-2")}
    calls = [
        lambda slot_id=slot_id, to=to, away=away: con.slots.change(
            con.mona, slot_id, SlotChange(add_places=[to], remove_places=[away])
        )
        for slot_id, (to, away) in moves.items()
    ]
    assert [type(outcome) for outcome in at_once(calls, threads=2)] == [InvalidInput, InvalidInput]
    assert {slot.id: slot.places for slot in con.booked()} == {first: ("room-1",), second: ("room-2",)}


def test_no_location_is_removed_under_a_time_slot(con: Con) -> None:
    calls = [lambda hour=hour: con.slots.create(con.mona, con.draft("room-1", hour=hour)) for hour in range(6)]
    at_once([*calls[:3], lambda: con.places.remove(con.mona, "room-1"), *calls[3:]], threads=7)
    head = con.store.head(con.key)
    assert head is not None
    assert ("room-1" in head.places) == any(slot.places == ("room-1",) for slot in con.booked())


def test_no_new_time_slot_survives_the_cancellation_of_its_event(con: Con) -> None:
    drafts = [con.draft("room-1", hour=hour)._replace(event_id=con.event) for hour in range(12)]
    calls = [partial(con.slots.create, con.mona, draft) for draft in drafts]
    at_once([*calls[:6], lambda: con.events.cancel(con.mona, con.event), *calls[6:]], threads=13)
    assert con.booked() == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("guarded", [False, True])
def test_creates_changes_and_cancellations_from_sixteen_threads_leave_no_overlap(con: Con, seed: int, guarded: bool) -> None:
    if guarded:
        con.conventions.change(con.mona, {"host_clash": "refuse"})
    for hour in range(6):
        con.slots.create(con.mona, con.draft("room-1", hour=hour, hosts=[HOSTS[hour % 3]]))
    choose = random.Random(seed)
    calls: list[Callable[[], Any]] = []
    for _ in range(64):
        slot_id, half = choose.randrange(1, 16), choose.randrange(0, 16) / 2
        rooms, host = choose.sample(ROOMS, choose.randrange(1, 4)), choose.sample(HOSTS, choose.randrange(1, 3))
        match choose.randrange(4):
            case 0:
                draft = con.draft(*rooms, hour=half, minutes=choose.choice((30, 60, 90)), hosts=host)
                calls.append(partial(con.slots.create, con.mona, draft))
            case 1:
                move = SlotChange(start=MORNING + timedelta(hours=half))
                calls.append(partial(_existing, con, slot_id, move))
            case 2:
                move = SlotChange(add_places=rooms[:1], remove_places=rooms[1:], add_hosts=host[:1])
                calls.append(partial(_existing, con, slot_id, move))
            case _:
                calls.append(partial(_existing, con, slot_id, None))
    at_once(calls, threads=16)
    assert con.overlaps(hosts=guarded) == []
    assert con.booked() != []


def _existing(con: Con, slot_id: int, change: SlotChange | None) -> None:
    """Change or cancel a time slot if it is there."""
    slot = con.store.time_slot(con.key, slot_id)
    if slot is None or slot.cancelled:
        return
    if change is None:
        con.slots.cancel(con.mona, slot_id)
    else:
        try:
            con.slots.change(con.mona, slot_id, change)
        except NotFound:
            return


@pytest.mark.parametrize("guarded", [False, True])
def test_imports_and_bookings_at_once_leave_no_overlap_and_lose_nothing(con: Con, guarded: bool) -> None:
    if guarded:
        con.conventions.change(con.mona, {"host_clash": "refuse"})
    importer = ScheduleImport(store=con.store, accounts=lambda: con.users, clock=lambda: NOW, pause=lambda _: None)

    def entries(first: int) -> list[ScheduleEntry]:
        return [
            ScheduleEntry(
                number=number,
                line=0,
                uid=f"{first}-{number}",
                title=f"Talk {first} {number}",
                start=MORNING + number * timedelta(minutes=30),
                minutes=60 if number % 3 else 30,
                places=(ROOMS[(number + first) % 4],),
                hosts=((f"Host {(number + first) % 3}", ""),),
            )
            for number in range(20)
        ]

    def run(first: int) -> ScheduleReport:
        return importer.run(con.mona, entries(first), create=True, dry_run=False, deadline=float("inf"))

    drafts = [con.draft("room-1", hour=hour, hosts=HOSTS[:1]) for hour in range(8)]
    bookings = [partial(con.slots.create, con.mona, draft) for draft in drafts]
    outcomes = at_once([lambda: run(0), *bookings[:4], lambda: run(1), *bookings[4:], lambda: run(0)], threads=12)
    reports = [outcome for outcome in outcomes if isinstance(outcome, ScheduleReport)]
    booked = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    assert con.overlaps(hosts=guarded) == []
    assert [report.created + report.unchanged + len(report.rejected) for report in reports] == [20, 20, 20]
    assert len(con.booked()) == len(booked) + sum(report.created for report in reports)
    assert len({slot.uid for slot in con.booked() if slot.uid}) == sum(report.created for report in reports)
