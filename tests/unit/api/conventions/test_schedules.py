"""A whole small convention by HTTP, and what calendars and conference apps see of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import orjson
import pytest

from chalicelib.api.conventions import render, schedules
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient
from tests.unit.api.conventions.conftest import Con

SCHEMAS = Path(__file__).parents[5] / "shared/data/conference"
TAGS = {"track": "Spiele & Spaß", "event-type": ["Workshop"]}


def entries(con: Con, query: str = "") -> dict[str, Any]:
    reply = con.public.get(f"/conventions/{con.made['slug']}/schedule.ics{query}")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    calendar = icalendar.Calendar.from_ical(reply.content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


@pytest.fixture
def full(con: Con) -> Con:
    """Five rooms, forty events with tags, three days."""
    assert con.mona.put("/entities/conventions/self", json={"start-date": "2026-05-01", "end-date": "2026-05-03"}).status == 200
    con.join("nina@example.org", "Nina")
    assert con.mona.post("/entities/managers", json={"email": "nina@example.org"}).json()["name"] == "Nina"
    rooms = [con.room(f"חדר {number}", area="North") for number in range(1, 6)]
    for number in range(40):
        event = con.event(f"Event {number} — ☃", teaser="Come & play", description="Long <text>", tags=TAGS)
        start = f"2026-05-0{number % 3 + 1}T{9 + number // 15 * 2:02d}:00:00"
        reply = con.slot(event, start, rooms[number // 3 % 5], duration=90)
        assert reply.status == 200, reply.text
    return con


def test_calendar_follows_changes_and_cancellations(full: Con, services: FakeServices) -> None:
    before = entries(full)
    assert len(before) == 40
    assert {(int(event["SEQUENCE"]), str(event["STATUS"])) for event in before.values()} == {(0, "CONFIRMED")}
    key = full.made["key"].lower()
    moved, gone, other = (f"timeslot-{number}-{key}@slotport" for number in (1, 2, 3))
    reply = full.mona.put(
        "/entities/timeslots/1", json={"start": "2026-05-01T20:00:00", "remove-locations": ["חדר-1"], "locations": ["חדר-2"]}
    )
    assert reply.status == 200, reply.text
    assert full.mona.delete("/entities/timeslots/2").json() == {"status": True}
    after = entries(full)
    assert set(after) == set(before)
    shown = {
        uid: (int(after[uid]["SEQUENCE"]), str(after[uid]["STATUS"]), after[uid]["DTSTART"].dt) for uid in (moved, gone, other)
    }
    assert shown == {
        moved: (1, "CONFIRMED", datetime(2026, 5, 1, 18, 0, tzinfo=UTC)),
        gone: (1, "CANCELLED", datetime(2026, 5, 2, 7, 0, tzinfo=UTC)),
        other: (0, "CONFIRMED", datetime(2026, 5, 3, 7, 0, tzinfo=UTC)),
    }
    assert str(after[moved]["LOCATION"]) == "חדר 2 (North)"
    services.now = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)  # half past midnight in Berlin: it is over
    assert set(entries(full)) == set(before) - {gone}


def test_sequence_rises_with_everything_printed_and_nothing_else(full: Con) -> None:
    uid = f"timeslot-1-{full.made['key'].lower()}@slotport"
    seen = [int(entries(full)[uid]["SEQUENCE"])]
    for path, change in (
        ("events/1", {"title": "Other"}),
        ("events/1", {"notes-to-staff": "not printed"}),
        ("locations/חדר-1", {"title": "Saal 1"}),
        ("locations/חדר-1", {"max-attendees": 9}),
        ("conventions/self", {"title": "Your Con"}),
        ("timeslots/1", {"notes-to-attendees": "Bring dice"}),
        ("timeslots/1", {"max-attendees": 3}),
        ("timeslots/1", {"remove-locations": ["חדר-1"], "locations": ["חדר-5"], "start": "2026-05-01T22:00:00"}),
    ):
        reply = full.mona.put(f"/entities/{path}", json=change)
        assert reply.status == 200, reply.text
        seen.append(int(entries(full)[uid]["SEQUENCE"]))
    assert seen == [0, 1, 1, 2, 2, 3, 4, 4, 5]
    assert full.mona.delete("/entities/events/1").json() == {"status": True}
    assert (int(entries(full)[uid]["SEQUENCE"]), str(entries(full)[uid]["STATUS"])) == (6, "CANCELLED")


def test_entry_prints_what_visitors_want_to_know_and_no_address(full: Con) -> None:
    uid = f"timeslot-1-{full.made['key'].lower()}@slotport"
    event = entries(full)[uid]
    assert {name: str(event[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT", "CLASS")} == {
        "SUMMARY": "Event 0 — ☃",
        "DESCRIPTION": "Come & play\n\nLong <text>\n\nMona Manager",
        "LOCATION": "חדר 1 (North)",
        "CONTACT": "Mona Manager",
        "CLASS": "PUBLIC",
    }
    assert sorted(event["CATEGORIES"].cats) == ["Spiele & Spaß", "Workshop"]
    for kind in ("ics", "json", "xml", "csv"):
        reply = full.mona.get(f"/conventions/{full.made['slug']}/schedule.{kind}")
        assert reply.status == 200
        assert b"example.org" not in reply.content


@pytest.mark.parametrize("slug", ["my-con", "ביגור-16", "x"])
def test_conference_files_are_valid(client: HttpClient, slug: str) -> None:
    if not SCHEMAS.exists():
        pytest.skip("the conference schemas are not on this machine: validity was not checked")
    import jsonschema
    import xmlschema

    con = Con(client, slug=slug, website="https://example.org/con")
    names = f"/conventions/{slug}/schedule"
    xsd = xmlschema.XMLSchema(SCHEMAS / "schedule.xml.xsd")
    schema = orjson.loads((SCHEMAS / "schema.json").read_bytes())
    checker = jsonschema.FormatChecker()

    def check() -> None:
        xsd.validate(con.public.get(f"{names}.xml").content.decode())
        jsonschema.validate(orjson.loads(con.public.get(f"{names}.json").content), schema, format_checker=checker)

    check()
    rooms = [con.room("Main \x85 Hall", **{"max-attendees": 5}), con.room("שולחן א"), con.room("Yard", parallel=True)]
    for number, hour in enumerate(("2026-03-28T23:30:00", "2026-03-29T03:00:00", "2026-10-25T02:30:00+01:00")):
        event = con.event(f"<Talk> & {number} ]]>", tags=TAGS | {"language": "he"}, description="x" * 3_000)
        assert con.slot(event, hour, *rooms, duration=14 * 1_440 if number == 2 else 75).status == 200
    check()


def test_conference_json_has_days_rooms_and_sessions(con: Con) -> None:
    event = con.event("Talk", teaser="t", tags={"track": "T"})
    con.room("Hall", area="North")
    con.room("Yard", parallel=True)
    assert con.slot(event, "2026-05-01T23:30:00", "hall", "yard", notes_to_attendees="n").status == 200
    schedule = orjson.loads(con.public.get("/conventions/my-con/schedule.json").content)["schedule"]
    (day,) = schedule["conference"].pop("days")
    conference = schedule["conference"]
    assert [(room["name"], room["slug"], room["capacity"]) for room in conference.pop("rooms")] == [
        ("Hall", "hall", None),
        ("Yard", "yard", None),
    ]
    assert conference == {
        "acronym": "my_con",
        "title": "My Con",
        "start": "2026-05-01",
        "end": "2026-05-01",
        "daysCount": 1,
        "timeslot_duration": "00:30",
        "time_zone_name": "Europe/Berlin",
    }
    rooms = day.pop("rooms")
    assert day == {
        "index": 1,
        "date": "2026-05-01",
        "day_start": "2026-05-01T00:00:00+02:00",
        "day_end": "2026-05-02T00:00:00+02:00",
    }
    (hall,), (yard,) = rooms["Hall"], rooms["Yard"]
    assert (hall["id"], yard["id"], hall["guid"] == yard["guid"]) == (1, 1_000_000_001, False)
    assert {name: value for name, value in hall.items() if name not in ("guid", "url")} == {
        "id": 1,
        "date": "2026-05-01T23:30:00+02:00",
        "start": "23:30",
        "end": "2026-05-02T00:30:00+02:00",
        "duration": "01:00",
        "room": "Hall",
        "slug": "my_con-0001-talk",
        "title": "Talk",
        "subtitle": "n",
        "track": "T",
        "type": "other",
        "language": None,
        "abstract": "t",
        "description": None,
        "persons": [{"name": "Mona Manager"}],
        "links": [],
    }


def test_schedule_is_found_by_slug_id_and_key_and_answers_304(full: Con) -> None:
    names = [full.made[name] for name in ("slug", "id", "key")]
    replies = [full.public.get(f"/conventions/{name}/schedule.csv") for name in names]
    assert {reply.status for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    assert replies[0].headers["cache-control"] == "public, max-age=60"
    again = full.public.get("/conventions/my-con/schedule.csv", headers={"If-None-Match": replies[0].headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert full.public.get("/conventions/nowhere/schedule.csv").status == 404


def test_filters_choose_time_slots_everywhere(full: Con) -> None:
    assert len(entries(full, "?by_location=%D7%97%D7%93%D7%A8-1")) == 9
    assert len(entries(full, "?by_event=1&by_event=2&by_event=99")) == 2
    assert len(entries(full, "?by_tag:track=Spiele%20%26%20Spa%C3%9F")) == 40
    assert len(entries(full, "?by_tag:track=None")) == 0
    listed = full.mona.get("/entities/timeslots?by_host=mona@example.org&by_event_status=4").json()
    assert len(listed) == 40
    assert full.public.get("/entities/timeslots?by_event=x").status == 400
    assert full.public.get("/entities/timeslots?by_evnt=1").status == 400


@pytest.mark.parametrize(
    ("start", "minutes", "first", "last"),
    [
        ("2026-03-29T01:30:00", 60, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
        ("2026-10-25T02:30:00", 60, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("2026-10-25T02:30:00+01:00", 60, "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"),
    ],
)
def test_a_change_of_clocks_leaves_the_instants_right_in_every_output(
    con: Con, start: str, minutes: int, first: str, last: str
) -> None:
    con.room("Hall")
    con.slot(con.event(), start, "hall", duration=minutes)
    expected = (datetime.fromisoformat(first), datetime.fromisoformat(last))
    (listed,) = con.public.get("/entities/timeslots").json()
    (event,) = entries(con).values()
    day = orjson.loads(con.public.get("/conventions/my-con/schedule.json").content)["schedule"]["conference"]["days"][0]
    (session,) = day["rooms"]["Hall"]
    seen: list[Any] = [
        (datetime.fromisoformat(listed["start"]), datetime.fromisoformat(listed["end"])),
        (event["DTSTART"].dt, event["DTEND"].dt),
        (datetime.fromisoformat(session["date"]), datetime.fromisoformat(session["end"])),
    ]
    assert seen == [expected] * 3


@pytest.mark.parametrize(
    ("path", "size"),
    [("timeslots?by_event_status=4", 5_000), ("events", 3_000), ("locations", 2_500), ("conventions", 280), ("tagtypes", 250)],
)
def test_long_list_goes_on_at_the_next_address(full: Con, monkeypatch: pytest.MonkeyPatch, path: str, size: int) -> None:
    for number in range(6):
        assert full.mona.post("/entities/conventions", json={"title": f"Con {number}"}).status == 200
        assert full.mona.post("/entities/tagtypes", json={"title": f"tag {number}", "values": ["a" * 40]}).status == 200
    monkeypatch.setattr(render, "PAGE_BYTES", size)
    address, seen, pages = f"/entities/{path}", [], 0
    while address:
        reply = full.public.get(address)
        assert (reply.status, len(reply.content) <= size) == (200, True)
        seen += reply.json()
        pages += 1
        link = reply.headers.get("link", "")
        address = link.removeprefix("<https://slotport.test").partition(">")[0]
        assert link == "" or link.endswith('>; rel="next"')
    monkeypatch.undo()
    assert seen == full.public.get(f"/entities/{path}").json()
    assert pages > 3


def test_long_list_of_users_goes_on_at_the_next_address(con: Con, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        con.join(f"u{number}@example.org", "Same Name")
        assert con.mona.post("/entities/managers", json={"email": f"u{number}@example.org"}).status == 200
    everybody = con.mona.get("/entities/users").json()
    assert [person["email"] for person in everybody] == ["mona@example.org", *(f"u{number}@example.org" for number in range(5))]
    monkeypatch.setattr(render, "PAGE_BYTES", 150)
    pages = [con.mona.get("/entities/users")]
    while link := pages[-1].headers.get("link"):
        pages.append(con.mona.get(link.removeprefix("<https://slotport.test").partition(">")[0]))
    assert [len(page.json()) for page in pages] == [2, 2, 2]
    assert [person for page in pages for person in page.json()] == everybody
    assert con.mona.get("/entities/users?after=999").status == 400


@pytest.mark.parametrize("kind", ["ics", "json", "xml", "csv"])
def test_schedule_too_large_for_an_answer_is_fetched_elsewhere(
    full: Con, services: FakeServices, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    whole = full.public.get(f"/conventions/my-con/schedule.{kind}").content
    monkeypatch.setattr(schedules, "MAX_RESPONSE", 1_000)
    reply = full.public.get(f"/conventions/my-con/schedule.{kind}")
    assert (reply.status, reply.json()["url"]) == (302, reply.headers["location"])
    (stored,) = services.fake_objects.list("tmp/schedules/")
    assert b"".join(services.fake_objects.read(stored.key)) == whole
