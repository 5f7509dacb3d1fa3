"""Importing a schedule over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.api.conventions.conftest import Con

DEMOCON = Path(__file__).parents[5] / "shared/data/conference/pretalx-democon.json"
NOTHING = {
    "status": True,
    "dry-run": False,
    "created": "0",
    "updated": "0",
    "unchanged": "0",
    "cancelled": "0",
    "created-events": "0",
    "created-locations": [],
    "rejected": [],
    "rejected-total": "0",
    "remaining": "0",
}
CSV = """Title;Start;Duration;Room;Speakers;Abstract
Opening;2026-05-01T09:00;30;Hall;"Ada
Bob <bob@example.org>";Welcome
"=cmd()";2026-05-01T10:00;1:30;Yard;;
"""


def sent(con: Con, body: bytes | str, query: str = "create=true") -> dict[str, object]:
    reply = con.mona.post(f"/entities/timeslots/import?{query}", body=body, headers={"Content-Type": "application/octet-stream"})
    assert reply.status == 200, reply.text
    report: dict[str, object] = reply.json()
    return report


def test_table_is_imported_with_everything_it_needs_and_a_second_time_changes_nothing(con: Con) -> None:
    con.join("bob@example.org", "Bob Builder")
    report = sent(con, CSV)
    assert report == NOTHING | {"created": "2", "created-events": "2", "created-locations": ["hall", "yard"]}
    first, second = con.mona.get("/entities/timeslots").json()
    assert (
        first["event"]["title"],
        first["event"]["teaser"],
        first["start"],
        first["duration"],
        first["locations"][0]["title"],
    ) == (
        "Opening",
        "Welcome",
        "2026-05-01T09:00:00+02:00",
        "30",
        "Hall",
    )
    assert first["hosts"] == [{"name": "Ada", "email": None}, {"name": "Bob", "email": "bob@example.org"}]
    assert (second["event"]["title"], second["duration"], second["hosts"][0]["name"]) == ("=cmd()", "90", "Mona Manager")
    etag = con.mona.get("/entities/timeslots").headers["etag"]
    assert sent(con, CSV) == NOTHING | {"unchanged": "2"}
    assert con.mona.get("/entities/timeslots").headers["etag"] == etag


def form(*parts: tuple[str, str]) -> tuple[bytes, dict[str, str]]:
    """Write a form as browsers and curl do: each part's own header line, and what it holds."""
    body = "".join(f"--XyZ\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n" for head, content in parts)
    return f"{body}--XyZ--\r\n".encode(), {"Content-Type": "multipart/form-data; boundary=XyZ"}


def test_file_may_come_in_a_form_with_its_switches(con: Con) -> None:
    expected = NOTHING | {"created": "2", "created-events": "2", "created-locations": ["hall", "yard"]}
    file = ('name="file"; filename="schedule.csv"\r\nContent-Type: text/csv; charset=utf-8', CSV)
    body, headers = form(('name="create"', "true"), ('name="dry_run"', "1"), file)
    reply = con.mona.post("/entities/timeslots/import", body=body, headers=headers)
    assert (reply.status, reply.json()) == (200, expected | {"dry-run": True})
    body, headers = form(file)
    reply = con.mona.post("/entities/timeslots/import?create=true", body=body, headers=headers)
    assert (reply.status, reply.json()) == (200, expected)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (('name="file"', CSV),),
        (('name="other"; filename="a.csv"', CSV),),
        (('name="file"; filename="a.csv"', CSV), ('name="file"; filename="b.csv"', CSV)),
    ],
    ids=["nothing", "no file", "another name", "two files"],
)
def test_form_must_hold_one_file(con: Con, parts: tuple[tuple[str, str], ...]) -> None:
    body, headers = form(*parts)
    reply = con.mona.post("/entities/timeslots/import", body=body, headers=headers)
    details = {"code": "file_required", "field": "file"}
    assert (reply.status, reply.json()) == (
        400,
        {"status": False, "error": "A form must hold one file, named file", "details": details},
    )


def test_dry_run_says_the_same_and_writes_nothing(con: Con) -> None:
    report = sent(con, CSV, "create=true&dry_run=true")
    assert report == NOTHING | {"dry-run": True, "created": "2", "created-events": "2", "created-locations": ["hall", "yard"]}
    assert (con.mona.get("/entities/timeslots").json(), con.mona.get("/entities/events").json()) == ([], [])


def test_unknown_locations_and_events_are_reported_unless_they_are_to_be_created(con: Con) -> None:
    con.event("Opening")
    rejected = [
        {"entry": "1", "line": "2", "uid": "", "reason": "unknown_location", "locations": ["Hall"]},
        {"entry": "2", "line": "4", "uid": "", "reason": "unknown_event", "event": "=cmd()"},
    ]
    assert sent(con, CSV, "") == NOTHING | {"rejected": rejected, "rejected-total": "2"}


def test_clashes_are_reported_entry_by_entry_and_the_rest_is_in(con: Con) -> None:
    con.room("Hall")
    con.slot(con.event("Other"), "2026-05-01T09:15:00", "hall")
    report = sent(con, CSV)
    way = {
        "id": "1",
        "event": "1",
        "start": "2026-05-01T09:15:00+02:00",
        "end": "2026-05-01T10:15:00+02:00",
        "locations": ["hall"],
        "hosts": [],
    }
    rejected = [{"entry": "1", "line": "2", "uid": "", "reason": "clash", "timeslots": [way]}]
    expected = {"created": "1", "created-events": "1", "created-locations": ["yard"], "rejected": rejected, "rejected-total": "1"}
    assert report == NOTHING | expected


def test_own_calendar_comes_back_without_a_change_and_a_moved_entry_moves_its_time_slot(con: Con) -> None:
    con.join("ada@example.org", "Ada")
    con.room("Hall A", area="North")
    con.room("Hall B")
    event = con.event("Talk", teaser="t", **{"notes-to-attendees": "n"})
    made = con.slot(event, "2026-05-01T09:00:00", "hall-a", "hall-b", hosts=[{"email": "ada@example.org"}])
    assert made.status == 200, made.text
    feeds = {kind: con.public.get(f"/conventions/my-con/schedule.{kind}").content for kind in ("ics", "csv", "json")}
    for kind, content in feeds.items():
        assert (kind, sent(con, content, "")) == (kind, NOTHING | {"unchanged": "1"})
    report = sent(con, feeds["ics"].replace(b"DTSTART:20260501T07", b"DTSTART:20260501T06"), "")
    assert report == NOTHING | {"updated": "1"}
    (moved,) = con.mona.get("/entities/timeslots").json()
    expected = {name: value for name, value in made.json().items() if name != "status"}
    assert moved == expected | {"start": "2026-05-01T08:00:00+02:00", "duration": "120"}
    cancelled = feeds["ics"].replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED")
    assert sent(con, cancelled, "") == NOTHING | {"cancelled": "1"}
    assert con.mona.get("/entities/timeslots").json() == []
    assert sent(con, feeds["ics"], "") == NOTHING | {"updated": "1"}


def test_schedule_moves_to_another_convention(con: Con) -> None:
    rooms = [con.room(f"Hall {number}") for number in range(5)]
    for number in range(30):
        event = con.event(f"Talk {number}", description="d", tags={"track": f"T{number % 3}"})
        assert con.slot(event, f"2026-05-01T{number // 5 + 9:02d}:00:00", rooms[number % 5]).status == 200
    exported = con.public.get("/conventions/my-con/schedule.json").content
    made = con.mona.post("/entities/conventions", json={"title": "Next Con", "timezone": "Europe/Berlin"}).json()
    other = con.mona.with_headers(Convention=made["key"])
    reply = other.post("/entities/timeslots/import?create=true", body=exported)
    assert reply.json() == NOTHING | {
        "created": "30",
        "created-events": "30",
        "created-locations": [f"hall-{number}" for number in range(5)],
    }
    keys = ("start", "duration", "locations")
    before, after = con.mona.get("/entities/timeslots").json(), other.get("/entities/timeslots").json()
    assert [[slot[key] for key in keys] for slot in after] == [[slot[key] for key in keys] for slot in before]
    assert [slot["event"]["description"] for slot in after] == ["d"] * 30


def test_schedule_of_pretalx_is_imported_whole(con: Con) -> None:
    if not DEMOCON.exists():
        pytest.skip("the example schedule is not on this machine: it was not imported")
    report = sent(con, DEMOCON.read_bytes())
    slots = con.mona.get("/entities/timeslots").json()
    assert (report["created"], report["rejected"]) == (str(len(slots)), [])
    assert slots[0]["start"] == "2020-12-14T09:00:00+01:00"
    assert sent(con, DEMOCON.read_bytes()) == NOTHING | {"unchanged": report["created"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_file"),
        (b"  \n", "empty_file"),
        (b"what is this", "unknown_format"),
        (b'{"a": 1}', "unknown_format"),
        (b'{"a": ', "not_json"),
        (b"\xff\xfa", "invalid_encoding"),
        (b"title,start,location\n", "no_entries"),
    ],
)
def test_what_is_no_schedule_is_refused(con: Con, body: bytes, code: str) -> None:
    reply = con.mona.post("/entities/timeslots/import", body=body, headers={"Content-Type": "text/csv"})
    assert (reply.status, reply.json()["details"]["code"]) == (400, code)


def test_only_managers_import(con: Con) -> None:
    for who in (con.public, con.join("eve@example.org")):
        assert who.post("/entities/timeslots/import", body=CSV).status == 403
