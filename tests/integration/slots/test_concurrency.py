"""Many at once, on DynamoDB as moto has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.services import import_writer
from tests.calendars import calendar, event, varied_events
from tests.integration.slots.conftest import PASSWORD, Deployment

ICS = {"Content-Type": "text/calendar"}


@pytest.mark.parametrize("looked_up_first", [100, 5])  # with five of 31, who finds no slot at all looks none up
def test_twenty_identical_imports_at_once_make_each_slot_and_one_imports_group(
    cloud: Deployment, monkeypatch: pytest.MonkeyPatch, looked_up_first: int
) -> None:
    monkeypatch.setattr(import_writer, "LOOKED_UP_FIRST", looked_up_first)
    ada = cloud.user("ada")
    content = calendar(*varied_events(30), event("", "No uid"))

    def run(_: int) -> tuple[int, int]:
        reply = ada.post("/v1/import", body=content, headers=ICS)
        report = reply.json()
        assert (reply.status, report["rejected"], report["updated"]) == (200, [], 0)
        return report["created"], report["unchanged"]

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(run, range(20)))
    assert {created + unchanged for created, unchanged in outcomes} == {31}
    assert sum(created for created, _ in outcomes) == 31
    assert len(ada.post("/v1/export/timeslot").json()) == 31
    assert [group["name"] for group in ada.get("/v1/groups").json()["data"]] == ["Imports"]


def test_edits_of_different_fields_at_once_are_all_kept(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    ada.post("/v1/import", body=calendar(event("u")), headers=ICS)
    changes = [
        {"title": "New"},
        {"visibility": "public"},
        {"description": "Text"},
        {"end": "2026-03-01T12:00:00Z"},
        {"notes": ["n"]},
        {"location": {"city": "Berlin"}},
    ]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda change: ada.patch("/v1/slots/u", json=change).status, changes))
    assert statuses == [200] * 6
    slot = ada.get("/v1/slots/u").json()
    assert (slot["title"], slot["visibility"], slot["description"], slot["end"], slot["notes"], slot["location"]["city"]) == (
        "New",
        "public",
        "Text",
        "2026-03-01T12:00:00.000Z",
        ["n"],
        "Berlin",
    )


def test_one_of_ten_guarded_edits_at_once_wins(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    made = ada.post("/v1/slots", json={"uid": "u", "title": "t", "start": "2026-03-01T10:00:00Z"})
    guard = {"If-Match": made.headers["etag"]}
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda n: ada.patch("/v1/slots/u", json={"title": f"t{n}"}, headers=guard), range(10)))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 9
    [winner] = [reply for reply in replies if reply.status == 200]
    assert ada.get("/v1/slots/u").json() == winner.json()


def test_one_of_ten_slots_of_one_uid_made_at_once_is_made(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    body = {"uid": "u", "title": "t", "start": "2026-03-01T10:00:00Z"}
    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(lambda _: ada.post("/v1/slots", json=body).status, range(10)))
    assert statuses == [201] + [409] * 9


def test_one_of_ten_accounts_of_one_address_made_at_once_is_made(cloud: Deployment) -> None:
    body = {"email": "ada@example.org", "password": PASSWORD, "username": "Ada"}
    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(lambda _: cloud.client.post("/v1/users", json=body).status, range(10)))
    assert statuses == [201] + [409] * 9


def test_guesses_sent_all_at_once_lock_as_those_sent_one_by_one(cloud: Deployment) -> None:
    cloud.user("ada")
    wrong = {"email": "ada@example.org", "password": "wrong password"}
    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(lambda _: cloud.client.post("/v1/users/signin", json=wrong).status, range(16)))
    assert statuses == [401] * 10 + [429] * 6
    right = {"email": "ada@example.org", "password": PASSWORD}
    assert cloud.client.post("/v1/users/signin", json=right).status == 429


def test_leaving_empties_the_tables(cloud: Deployment) -> None:
    ada, bob = cloud.user("ada"), cloud.user("bob")
    for client in (ada, bob):
        client.post("/v1/import", body=calendar(*varied_events(60)), headers=ICS)
    assert ada.delete("/v1/me", json={"password": PASSWORD}).status == 204
    assert ada.get("/v1/me").status == 401
    assert cloud.dynamodb.scan(TableName="slots")["Count"] == 60
    assert len(bob.post("/v1/export/timeslot").json()) == 60
    assert bob.delete("/v1/me", json={"password": PASSWORD}).status == 204
    assert [cloud.dynamodb.scan(TableName=table)["Items"] for table in ("slots", "accounts")] == [[], []]
