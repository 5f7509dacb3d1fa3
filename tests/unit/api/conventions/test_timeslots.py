"""Time slots over HTTP: the seed's calls literally, and what is refused."""

from __future__ import annotations

import pytest

from tests.unit.api.conventions.conftest import Con

EVENT = {
    "id": "1",
    "title": "A game",
    "teaser": None,
    "description": None,
    "requires-registration": False,
    "duration": "60",
    "min-attendees": "3",
    "max-attendees": "6",
    "notes-to-attendees": "Bring dice",
    "data": None,
    "tags": {},
    "user": {"name": "Mona Manager", "email": "mona@example.org"},
    "price": "0",
    "status": "4",
}
STAFF = {"notes-to-staff": None, "logistical-requirements": None, "scheduling-constraints": None}
TABLE = {"title": "Table 1", "area": None, "max-attendees": None, "slug": "table-1", "parallel": False}
SLOT = {
    "id": "1",
    "duration": "60",
    "min-attendees": "3",
    "max-attendees": "4",
    "notes-to-attendees": "Hooray!",
    "event": EVENT,
    "start": "2016-03-22T14:01:45+01:00",
    "end": "2016-03-22T15:01:45+01:00",
    "locations": [TABLE],
    "hosts": [{"name": "Oded Arbel", "email": "oded@geek.co.il"}],
}


@pytest.fixture
def scheduled(con: Con) -> Con:
    """The seed's convention: a table, an event, and the time slot of its example."""
    con.room("Table 1")
    con.event("A game", **{"min-attendees": 3, "max-attendees": 6, "notes-to-attendees": "Bring dice"})
    con.join("oded@geek.co.il", "Oded Arbel")
    reply = con.mona.post(
        "/entities/timeslots",
        body='{"event":1,"start":1458651705,"max_attendees":4,"notes_to_attendees":"Hooray!","locations":["table-1"],'
        '"hosts":[{"email":"oded@geek.co.il"}]}',
        headers={"Content-Type": "application/json"},
    )
    assert (reply.status, reply.json()) == (200, {"status": True, **SLOT, "event": EVENT | STAFF})
    return con


def test_list_and_retrieve_show_what_was_created(scheduled: Con) -> None:
    listed = scheduled.public.get("/entities/timeslots", headers={"Content-Type": "application/json"})
    assert (listed.status, listed.json()) == (200, [SLOT])
    shown = scheduled.public.get("/entities/timeslots/1")
    assert (shown.status, shown.json()) == (200, SLOT)


def test_update_adds_and_removes_locations_and_hosts(scheduled: Con) -> None:
    scheduled.room("Table 4")
    scheduled.join("conan@example.com", "Conan")
    conan = scheduled.mona.get("/entities/users").json()
    assert [user["email"] for user in conan] == ["mona@example.org", "oded@geek.co.il"]
    body = {
        "start": "2016-04-27T15:00:00-02:00",
        "max_attendees": 10,
        "locations": ["table-4"],
        "remove-locations": ["table-1"],
        "hosts": [{"email": "conan@example.com"}],
        "remove-hosts": [{"email": "oded@geek.co.il"}],
    }
    reply = scheduled.mona.put("/entities/timeslots/1", json=body)
    expected = {
        "status": True,
        **SLOT,
        "event": EVENT | STAFF,
        "max-attendees": "10",
        "start": "2016-04-27T19:00:00+02:00",
        "end": "2016-04-27T20:00:00+02:00",
        "locations": [{**TABLE, "title": "Table 4", "slug": "table-4"}],
        "hosts": [{"name": "Conan", "email": "conan@example.com"}],
    }
    assert (reply.status, reply.json()) == (200, expected)


def test_what_was_to_be_removed_and_is_not_there_is_named(scheduled: Con) -> None:
    body = {"remove-locations": ["table-9"], "remove-hosts": [{"email": "nobody@example.org"}, {"id": 7}, {"name": "Conan"}]}
    reply = scheduled.mona.put("/entities/timeslots/1", json=body)
    warning = {
        "code": "not_there",
        "message": "What was to be removed was not there",
        "locations": ["table-9"],
        "hosts": ["nobody@example.org", "7", "Conan"],
    }
    assert (reply.status, reply.json()) == (200, {"status": True, **SLOT, "event": EVENT | STAFF, "warnings": [warning]})


def test_host_of_whom_only_the_name_is_known_can_be_removed(con: Con) -> None:
    table = "title,start,duration,location,hosts\nTalk,2026-05-01T09:00,30,Hall,Ada"
    assert con.mona.post("/entities/timeslots/import?create=true", body=table).json()["created"] == "1"
    assert con.public.get("/entities/timeslots/1").json()["hosts"] == [{"name": "Ada", "email": None}]
    reply = con.mona.put("/entities/timeslots/1", json={"remove-hosts": [{"name": "Ada"}]})
    assert (reply.status, reply.json()["hosts"]) == (200, [{"name": "Mona Manager", "email": "mona@example.org"}])
    assert "warnings" not in reply.json()


def test_cancel_answers_the_same_a_second_time_and_nobody_finds_it_any_more(scheduled: Con) -> None:
    for _ in range(2):
        reply = scheduled.mona.delete("/entities/timeslots/1")
        assert (reply.status, reply.json()) == (200, {"status": True})
    assert scheduled.public.get("/entities/timeslots").json() == []
    gone = scheduled.mona.get("/entities/timeslots/1")
    details = {"code": "timeslot", "id": "1"}
    assert (gone.status, gone.json()) == (404, {"status": False, "error": "There is no such time slot", "details": details})


def test_clash_names_what_is_in_the_way(scheduled: Con) -> None:
    reply = scheduled.slot("1", "2016-03-22T14:30:00", "table-1")
    way = {
        "id": "1",
        "event": "1",
        "start": "2016-03-22T14:01:45+01:00",
        "end": "2016-03-22T15:01:45+01:00",
        "locations": ["table-1"],
        "hosts": [],
    }
    error = "Something else is scheduled there at that time"
    assert (reply.status, reply.json()) == (
        400,
        {"status": False, "error": error, "details": {"code": "clash", "timeslots": [way]}},
    )


def test_list_answers_304_until_something_changes(scheduled: Con) -> None:
    first = scheduled.public.get("/entities/timeslots")
    known = {"If-None-Match": first.headers["etag"]}
    assert scheduled.public.get("/entities/timeslots", headers=known).status == 304
    scheduled.mona.put("/entities/timeslots/1", json={"notes-to-attendees": "Other"})
    assert scheduled.public.get("/entities/timeslots", headers=known).status == 200
