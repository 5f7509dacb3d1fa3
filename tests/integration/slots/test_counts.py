"""How many calls of DynamoDB the requests take: counts do not drift."""

from __future__ import annotations

from collections import Counter
from random import Random
from string import ascii_letters
from typing import Any

import pytest

from tests.calendars import calendar, event, varied_events
from tests.integration.slots.conftest import Deployment

ICS = {"Content-Type": "text/calendar"}


@pytest.mark.parametrize("path", ["/v1/me", "/v1/slots/varied-1@example.org", "/v1/groups/{group}"])
def test_authenticated_read_of_one_thing_is_two_reads(cloud: Deployment, path: str) -> None:
    ada = cloud.user("ada")
    group = ada.post("/v1/import", body=calendar(*varied_events(3)), headers=ICS).json()["group"]
    cloud.taken()
    assert ada.get(path.format(group=group)).status == 200
    calls = cloud.taken()
    assert len(calls) == 2
    assert set(calls) <= {"GetItem", "BatchGetItem"}


@pytest.mark.parametrize("kind", ["timeslot", "ical", "google", "outlook"])
@pytest.mark.parametrize("grouped", [False, True])
def test_small_export_is_three_reads(cloud: Deployment, kind: str, grouped: bool) -> None:
    ada = cloud.user("ada")
    group = ada.post("/v1/import", body=calendar(*varied_events(40)), headers=ICS).json()["group"]
    cloud.taken()
    assert ada.post(f"/v1/export/{kind}", json={"group": group} if grouped else {}).status == 200
    assert Counter(cloud.taken()) == {"GetItem": 1, "Query": 2}


@pytest.mark.parametrize(("kind", "status"), [("ical", 200), ("timeslot", 303)])
def test_large_export_is_a_query_per_megabyte_and_two_reads(cloud: Deployment, kind: str, status: int) -> None:
    ada = cloud.user("ada")
    letters = Random(1)  # what is kept is packed, and these are not packed to nothing
    texts = ("DESCRIPTION:" + "".join(letters.choices(ascii_letters, k=9_000)) for _ in range(400))
    events = (event(f"u{number}", "t", "20260301T100000Z", text) for number, text in enumerate(texts))
    assert ada.post("/v1/import", body=calendar(*events), headers=ICS).json()["created"] == 400
    size = sum(_size(item) for item in cloud.dynamodb.get_paginator("scan").paginate(TableName="slots").search("Items"))
    assert size > 2_000_000
    cloud.taken()
    assert ada.post(f"/v1/export/{kind}").status == status
    calls = Counter(cloud.taken())
    assert set(calls) == {"GetItem", "Query"}
    assert calls.total() <= -(-size // 1_000_000) + 2


@pytest.mark.parametrize("count", [1, 25, 100, 260])
def test_import_of_new_slots_is_one_lookup_a_hundred_and_one_write_per_twenty_five(cloud: Deployment, count: int) -> None:
    ada = cloud.user("ada")
    ada.post("/v1/import", body=calendar(event("here already")), headers=ICS)
    cloud.taken()
    reply = ada.post("/v1/import", body=calendar(*(event(f"u{number}") for number in range(count))), headers=ICS)
    assert reply.json()["created"] == count
    assert len(cloud.taken()) <= -(-count // 25) + -(-count // 100) + 5


def test_import_into_nothing_is_one_lookup_however_large(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    cloud.taken()
    reply = ada.post("/v1/import", body=calendar(*(event(f"u{number}") for number in range(260))), headers=ICS)
    assert reply.json()["created"] == 260
    assert Counter(cloud.taken()) == {
        "GetItem": 2,  # who asks, and whether the group is still there at the end
        "Query": 3,  # the user with the groups, also when one is made, and whether there is any slot
        "BatchGetItem": 1,
        "TransactWriteItems": 1,  # the group
        "BatchExecuteStatement": 11,
    }


def test_import_of_known_slots_only_reads(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    content = calendar(*varied_events(120))
    ada.post("/v1/import", body=content, headers=ICS)
    cloud.taken()
    assert ada.post("/v1/import", body=content, headers=ICS).json()["unchanged"] == 120
    assert Counter(cloud.taken()) == {"GetItem": 1, "Query": 1, "BatchGetItem": 2}


def test_requests_that_are_refused_cost_little(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    cloud.taken()
    assert cloud.client.get("/v1/slots").status == 401
    assert cloud.taken() == []
    assert ada.post("/v1/import", body=b"", headers=ICS).status == 422
    assert ada.post("/v1/export/ical", json={"gruop": 1}).status == 422
    assert cloud.taken() == ["GetItem", "GetItem"]


def _size(item: dict[str, Any]) -> int:
    """Give the bytes of an item: its names and values."""
    return sum(len(name) + (len(value) if isinstance(value, bytes | str) else 8) for name, value in item.items())
