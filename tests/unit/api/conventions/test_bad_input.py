"""What cannot be accepted is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.api.conventions.conftest import Con

GOOD: dict[str, Any] = {"event": 1, "start": "2026-05-01T10:00:00", "locations": ["hall"]}


@pytest.fixture
def ready(con: Con) -> Con:
    con.room("Hall")
    con.event("A game", **{"min-attendees": 3})
    return con


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"event": 99}, "unknown_event"),
        ({"event": "x"}, "invalid_fields"),
        ({"event": True}, "invalid_fields"),
        ({"locations": ["nowhere"]}, "unknown_location"),
        ({"locations": []}, "location_required"),
        ({"locations": [f"room-{number}" for number in range(11)]}, "unknown_location"),
        ({"locations": "hall"}, "invalid_fields"),
        ({"start": "tomorrow"}, "invalid_fields"),
        ({"start": "2026-05-01"}, "invalid_fields"),
        ({"start": ""}, "invalid_fields"),
        ({"start": None}, "invalid_fields"),
        ({"start": 10**15}, "invalid_fields"),
        ({"start": "2026-05-01T10:00:00.5"}, "invalid_fields"),
        ({"start": [1]}, "invalid_fields"),
        ({"duration": 0}, "duration_out_of_range"),
        ({"duration": -5}, "duration_out_of_range"),
        ({"duration": 15 * 24 * 60}, "duration_out_of_range"),
        ({"duration": "an hour"}, "invalid_fields"),
        ({"min_attendees": 5, "max_attendees": 4}, "attendees"),
        ({"max_attendees": 2}, "attendees"),
        ({"max_attendees": -1}, "invalid_fields"),
        ({"hosts": []}, "host_required"),
        ({"hosts": [{"id": 1, "email": "mona@example.org"}]}, "id_and_email"),
        ({"hosts": [{"name": "Mona"}]}, "id_or_email_required"),
        ({"hosts": [{"email": "nobody@example.org"}]}, "unknown_user"),
        ({"hosts": [{"id": 5}]}, "unknown_user"),
        ({"hosts": [{"email": f"{number}@example.org", "name": "x"} for number in range(21)]}, "too_many_hosts"),
        ({"notes_to_attendees": "x" * 100_001}, "invalid_fields"),
        ({"loactions": ["hall"]}, "invalid_fields"),
        ({"max_attendees": 5, "max-attendees": 6}, "repeated_field"),
    ],
)
def test_time_slot_is_refused_and_nothing_is_written(ready: Con, change: dict[str, Any], code: str) -> None:
    reply = ready.mona.post("/entities/timeslots", json=GOOD | change)
    assert (reply.status, reply.json()["status"], reply.json()["details"]["code"]) == (400, False, code)
    assert ready.mona.get("/entities/timeslots").json() == []
    assert ready.mona.post("/entities/timeslots", json=GOOD).json()["id"] == "1"


@pytest.mark.parametrize(
    "start",
    [1777622400, "1777622400", "2026-05-01T10:00:00", "2026-05-01T08:00:00Z", "2026-05-01 08:00:00+00:00", "20260501T080000Z"],
)
def test_start_is_read_in_every_form(ready: Con, start: Any) -> None:
    assert ready.mona.post("/entities/timeslots", json=GOOD | {"start": start}).json()["start"] == "2026-05-01T10:00:00+02:00"


def test_eleven_locations_are_too_many(ready: Con) -> None:
    rooms = [ready.room(f"Room {number}") for number in range(11)]
    assert ready.mona.post("/entities/timeslots", json=GOOD | {"locations": rooms}).json()["details"] == {
        "code": "too_many_locations",
        "field": "locations",
        "limit": 10,
    }
    assert ready.mona.post("/entities/timeslots", json=GOOD | {"locations": rooms[:10]}).status == 200


def test_change_is_all_or_nothing(ready: Con) -> None:
    made = ready.mona.post("/entities/timeslots", json=GOOD).json()
    shown = {name: value for name, value in made.items() if name != "status"}
    for change, code in (
        ({"remove-locations": ["hall"]}, "location_required"),
        ({"start": "2027-01-01T00:00:00", "locations": ["nowhere"]}, "unknown_location"),
        ({"duration": 90, "min-attendees": 9, "max-attendees": 8}, "attendees"),
        ({"duration": 0}, "duration_out_of_range"),
        ({"event": 1}, "invalid_fields"),
    ):
        reply = ready.mona.put("/entities/timeslots/1", json=change)
        assert (reply.status, reply.json()["details"]["code"]) == (400, code)
        assert ready.mona.get("/entities/timeslots/1").json() == shown
    assert ready.mona.put("/entities/timeslots/2", json={}).status == 404


def test_removing_the_last_host_brings_back_the_owner(ready: Con) -> None:
    ready.join("ada@example.org", "Ada")
    ready.mona.post("/entities/timeslots", json=GOOD | {"hosts": [{"email": "ada@example.org", "name": "The Countess"}]})
    assert ready.mona.get("/entities/timeslots/1").json()["hosts"] == [{"name": "The Countess", "email": "ada@example.org"}]
    reply = ready.mona.put("/entities/timeslots/1", json={"remove-hosts": [{"email": "ADA@example.org"}]})
    assert reply.json()["hosts"] == [{"name": "Mona Manager", "email": "mona@example.org"}]


def test_busy_host_and_small_room_are_warnings(ready: Con) -> None:
    ready.room("Cell", **{"max-attendees": 2})
    ready.mona.post("/entities/timeslots", json=GOOD)
    reply = ready.mona.post("/entities/timeslots", json=GOOD | {"locations": ["cell"], "max_attendees": 5}).json()
    busy, small = reply["warnings"]
    assert (busy["code"], [slot["id"] for slot in busy["timeslots"]], busy["timeslots"][0]["hosts"]) == (
        "hosts_busy",
        ["1"],
        ["Mona Manager"],
    )
    assert small == {
        "code": "over_capacity",
        "message": "More attendees than the location holds",
        "location": "cell",
        "holds": "2",
        "max-attendees": "5",
    }


def test_guarding_hosts_is_refused_while_they_are_torn_and_then_holds(ready: Con) -> None:
    ready.room("Yard", parallel=True)
    for place in ("hall", "yard"):
        assert ready.mona.post("/entities/timeslots", json=GOOD | {"locations": [place]}).status == 200
    reply = ready.mona.put("/entities/conventions/self", json={"host-clash": "refuse"})
    assert (reply.status, [slot["id"] for slot in reply.json()["details"]["timeslots"]]) == (400, ["1", "2"])
    assert ready.mona.get("/entities/conventions/self").json()["host-clash"] == "warn"
    ready.mona.delete("/entities/timeslots/1")
    assert ready.mona.put("/entities/conventions/self", json={"host-clash": "refuse"}).json()["host-clash"] == "refuse"
    assert ready.mona.post("/entities/timeslots", json=GOOD).json()["details"]["code"] == "clash"


def test_yard_becomes_a_room_only_when_nothing_overlaps_there(ready: Con) -> None:
    ready.room("Yard", parallel=True)
    for _ in range(3):
        assert ready.mona.post("/entities/timeslots", json=GOOD | {"locations": ["yard"]}).status == 200
    reply = ready.mona.put("/entities/locations/yard", json={"parallel": False})
    assert (reply.status, [slot["id"] for slot in reply.json()["details"]["timeslots"]]) == (400, ["1", "2", "3"])
    for number in (1, 2):
        ready.mona.delete(f"/entities/timeslots/{number}")
    assert ready.mona.put("/entities/locations/yard", json={"parallel": False}).json()["parallel"] is False


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("conventions", {"title": "x" * 10_000}, 400),
        ("conventions", {}, 400),
        ("conventions", {"title": "  "}, 400),
        ("conventions", {"title": "My Con"}, 409),
        ("conventions", {"title": "A", "slug": "with space"}, 400),
        ("conventions", {"title": "A", "slug": "42"}, 400),
        ("conventions", {"title": "A", "timezone": "Mars/Base"}, 400),
        ("conventions", {"title": "A", "timezone": "../../etc/passwd"}, 400),
        ("conventions", {"title": "A", "start-date": "2026-05-02", "end-date": "2026-05-01"}, 400),
        ("conventions", {"title": "A", "website": "javascript:alert(1)"}, 400),
        ("locations", {"title": "x" * 10_000}, 400),
        ("locations", {"title": "HALL", "slug": "other"}, 409),
        ("locations", {"title": "Other", "slug": "hall"}, 409),
        ("locations", {"title": "☃"}, 400),
        ("events", {"title": "x" * 10_000}, 400),
        ("events", {"title": "A", "duration": 0}, 400),
        ("events", {"title": "A", "min-attendees": 2, "max-attendees": 1}, 400),
        ("events", {"title": "A", "status": 6}, 400),
        ("events", {"title": "A", "price": "free"}, 400),
        ("events", {"title": "A", "tags": ["x"]}, 400),
        ("events", {"title": "A\x00"}, 400),
        ("tagtypes", {"title": "A", "requirement": "?"}, 400),
        ("managers", {}, 400),
        ("managers", {"email": "nobody@example.org"}, 400),
    ],
)
def test_entity_is_refused(ready: Con, path: str, body: dict[str, Any], status: int) -> None:
    reply = ready.mona.post(f"/entities/{path}", json=body)
    assert (reply.status, set(reply.json())) == (status, {"status", "error", "details"})


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", "not_json"), (b"[]", "not_an_object"), (b"", "not_an_object"), (b"\xff", "invalid_encoding")]
)
def test_body_that_is_no_property_list_is_refused(ready: Con, body: bytes, code: str) -> None:
    reply = ready.mona.post("/entities/events", body=body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.json()["details"]["code"]) == (400, code)


def test_location_in_use_stays(ready: Con) -> None:
    ready.mona.post("/entities/timeslots", json=GOOD)
    reply = ready.mona.delete("/entities/locations/hall")
    assert (reply.status, [slot["id"] for slot in reply.json()["details"]["timeslots"]]) == (400, ["1"])
    ready.mona.delete("/entities/timeslots/1")
    assert ready.mona.delete("/entities/locations/hall").json() == {"status": True}
    assert ready.mona.post("/entities/locations", json={"title": "Hall"}).status == 200


def test_hebrew_stands_in_paths_and_filters(ready: Con) -> None:
    slug = ready.room("שולחן א")
    assert slug == "שולחן-א"
    encoded = "%D7%A9%D7%95%D7%9C%D7%97%D7%9F-%D7%90"
    event = ready.event("משחק", tags={"סוג": "תפקידים"})
    assert ready.mona.post("/entities/timeslots", json=GOOD | {"event": event, "locations": [slug]}).status == 200
    shown = ready.public.get(f"/entities/locations/{encoded}").json()
    assert (shown["title"], [slot["event"]["title"] for slot in shown["timeslots"]]) == ("שולחן א", ["משחק"])
    assert len(ready.public.get(f"/entities/timeslots?by_location={encoded}&by_tag:סוג=תפקידים").json()) == 1
    assert ready.public.get("/entities/tagtypes/%D7%A1%D7%95%D7%92").json()["values"] == ["תפקידים"]


def test_tags_keep_to_their_types(ready: Con) -> None:
    mona = ready.mona
    mona.post("/entities/tagtypes", json={"title": "age", "requirement": "1", "values": ["all", "adult"]})
    assert mona.post("/entities/events", json={"title": "A", "tags": {"age": ["all", "adult"]}}).status == 400
    made = mona.post("/entities/events", json={"title": "A", "tags": {"age": "all", "kind": ["x", "y"]}}).json()
    assert made["tags"] == {"age": "all", "kind": ["x", "y"]}
    assert mona.get("/entities/tagtypes/kind").json() == {"title": "kind", "requirement": "+", "public": True, "values": ["x", "y"]}
    path = f"/entities/events/{made['id']}"
    assert mona.put(path, json={"remove-tags": {"age": ["all"]}}).status == 400
    changed = mona.put(path, json={"remove-tags": {"age": ["all"], "kind": ["x"]}, "tags": {"age": "adult"}}).json()
    assert changed["tags"] == {"age": "adult", "kind": ["y"]}
    in_use = mona.put("/entities/tagtypes/age", json={"remove-values": ["adult"]})
    assert (in_use.status, in_use.json()["details"]["events"]) == (400, [made["id"]])
    replaced = mona.put("/entities/tagtypes/age", json={"replace-values": {"adult": "18+"}, "values": ["kids"]}).json()
    assert replaced["values"] == ["all", "18+", "kids"]
    assert mona.get(path).json()["tags"]["age"] == "18+"
    assert mona.delete("/entities/tagtypes/age").status == 400
    assert mona.delete("/entities/tagtypes/nothing").status == 404


def test_misspelt_and_underscored_names_are_understood(ready: Con) -> None:
    body = {"title": "A", "logitsical-requirements": "Brooms", "notes_to_staff": "n", "max_attendees": "6", "price": 12.5}
    made = ready.mona.post("/entities/events", json=body).json()
    assert {name: made[name] for name in ("logistical-requirements", "notes-to-staff", "max-attendees", "price")} == {
        "logistical-requirements": "Brooms",
        "notes-to-staff": "n",
        "max-attendees": "6",
        "price": "12.5",
    }


def test_cancelled_event_is_gone_with_its_time_slots_and_takes_no_more(ready: Con) -> None:
    for hour in range(10, 15):
        assert ready.mona.post("/entities/timeslots", json=GOOD | {"start": f"2026-05-01T{hour}:00:00"}).status == 200
    for _ in range(2):
        assert ready.mona.delete("/entities/events/1").json() == {"status": True}
    assert ready.public.get("/entities/events/1").status == 404
    assert ready.mona.get("/entities/events/1").json()["status"] == "6"
    assert ready.mona.get("/entities/timeslots").json() == []
    assert ready.mona.post("/entities/timeslots", json=GOOD).json()["details"]["code"] == "event_cancelled"
