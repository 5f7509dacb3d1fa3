"""Reading a schedule is cheap: counted in calls to DynamoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.convention_table import DynamoConventionStore
from chalicelib.domain.conventions import Convention, Event, EventStatus, Manager, Person, Place, TimeSlot
from chalicelib.services.conventions.schedule import Schedules
from chalicelib.services.conventions.time_slots import TimeSlots
from chalicelib.services.conventions.visits import Visitor
from chalicelib.services.ports.conventions import Save
from tests.tables import create_tables, new_session

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOSTS = tuple(Person(f"host-{number}@example.org", f"Host {number}", number) for number in range(1, 300))
ROOMS = 60
SLOTS = 2_000


class Counting:
    """A client that counts its calls."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        return getattr(self._client, name)


@pytest.fixture
def client() -> Iterator[Counting]:
    with mock_aws():
        made = new_session().create_client("dynamodb")
        create_tables(made)
        yield Counting(made)


@pytest.fixture
def store(client: Counting) -> DynamoConventionStore:
    store = DynamoConventionStore(client, table="conventions")
    store.commit("CON1", [Save(Convention("CON1", "s", 1, "con", "Con", "UTC", NOW, NOW)), Save(Manager(HOSTS[0], NOW))])
    for number in range(ROOMS):
        store.commit("CON1", [Save(Place(f"room-{number}", f"Room {number}", NOW))])
    records: list[Event | TimeSlot] = []
    for number in range(1, SLOTS + 1):
        records.append(
            Event(number, f"Event {number}", HOSTS[number % 299], NOW, NOW, "teaser", "text " * 40, status=EventStatus.SCHEDULED)
        )
        start = NOW + timedelta(hours=number // ROOMS)
        places = (f"room-{number % ROOMS}", f"room-{(number + 1) % ROOMS}")
        records.append(TimeSlot(number, number, start, 60, places, HOSTS[number % 290 : number % 290 + 3], NOW))
    items = [_item(record) for record in records]
    for first in range(0, len(items), 25):
        client.batch_write_item(
            RequestItems={"conventions": [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]}
        )
    client.calls.clear()
    return store


def _item(record: Event | TimeSlot) -> dict[str, Any]:
    from chalicelib.aws import convention_table
    from chalicelib.aws.attributes import typed

    return typed(convention_table._item("CON1", record._replace(revision=1)))


def test_two_thousand_time_slots_are_a_handful_of_queries(store: DynamoConventionStore, client: Counting) -> None:
    opened = Schedules(store=store, clock=lambda: NOW).open(Visitor("CON1"))
    assert sum(len(found.places) + len(found.slot.hosts) for found in opened.slots()) == SLOTS * 5
    assert set(client.calls) == {"query"}
    assert client.calls["query"] <= 6


def test_version_of_a_schedule_is_one_query(store: DynamoConventionStore, client: Counting) -> None:
    assert Schedules(store=store, clock=lambda: NOW).open(Visitor("CON1")).version
    assert client.calls == {"query": 1}


def test_one_time_slot_is_one_query_and_two_reads(store: DynamoConventionStore, client: Counting) -> None:
    slots = TimeSlots(store=store, accounts=lambda: pytest.fail("no account is needed"), clock=lambda: NOW)
    assert slots.show(Visitor("CON1"), 7)[1].event.title == "Event 7"
    assert client.calls == {"query": 1, "get_item": 2}
