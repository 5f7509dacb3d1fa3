"""What the original service was tried with: slots with everything, exported and imported by somebody else; and then some."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import httpx
import icalendar
import pytest

from tests.calendars import calendar, event, varied_events
from tests.e2e.slots.conftest import NewUser, exported, import_file, new_group
from tests.seeds import EXPORT_LENGTH, IMPORT_LINES, IMPORTED, exported_slots

FORMATS = ("timeslot", "ical", "google", "outlook")
NOTHING: dict[str, Any] = {"created": 0, "updated": 0, "unchanged": 0, "rejected": [], "ignored": {}, "notes": []}
CURL = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def _slots(groups: list[str]) -> list[dict[str, Any]]:
    """Five public slots, each with media; three with notes, two with alerts, one with a location, three in a group each."""
    slots: list[dict[str, Any]] = []
    for number in range(5):
        slot: dict[str, Any] = {
            "uid": f"slot-{number}",
            "title": f"Slot title {number}",
            "visibility": "public",
            "start": f"2019-09-1{number}T20:44:02.000Z",
            "end": f"2019-10-1{number}T20:44:02.000Z",
            "location": None,
            "media": [{"media_type": "image", "url": f"https://example.org/{number}.jpg"}],
        }
        if number == 4:
            slot["location"] = {
                "name": "Brandenburger Tor",
                "country": "Germany",
                "postalcode": "10117",
                "city": "Berlin",
                "address": "Pariser Platz",
                "latitude": 52.516275,
                "longitude": 13.377704,
            }
        if number < 3:
            slot |= {"notes": [{"title": f"Note {number}", "content": "“…”, and\nmore"}], "groups": [groups[number]]}
        if number in (2, 3):
            slot["settings"] = {"alerts": "1110001000"}
        slots.append(slot)
    return slots


def _bare(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in slot.items() if key != "groups"} for slot in slots]


def _names(http: httpx.Client) -> list[str]:
    return [group["name"] for group in http.get("/v1/groups").json()["data"]]


def _uids(http: httpx.Client, group: str) -> list[str]:
    return [slot["uid"] for slot in http.get(f"/v1/groups/{group}/slots").json()["data"]]


def test_slots_of_one_user_become_those_of_another(new_user: NewUser) -> None:
    ada = new_user()
    groups = [new_group(ada, f"Group {number}") for number in range(3)]
    slots = _slots(groups)
    for slot in slots:
        assert ada.post("/v1/slots", json=slot).status_code == 201
    files = {kind: exported(ada, kind) for kind in FORMATS}
    mine = json.loads(files["timeslot"])
    assert _bare(mine) == _bare(slots)

    for kind in ("timeslot", "ical", "google"):  # each as a new user, without a group
        bob = new_user()
        report = bob.post("/v1/import/", content=files[kind], headers={"Content-Type": "application/octet-stream"}).json()
        assert report == {**NOTHING, "created": 5, "group": report["group"]}
        assert _names(bob) == ["Group 0", "Group 1", "Group 2", "Imports"]
        assert _uids(bob, report["group"]) == ["slot-3", "slot-4"]
        assert [_uids(bob, group) for group in groups] == [["slot-0"], ["slot-1"], ["slot-2"]]
        if kind == "timeslot":
            assert exported(bob, kind) == files[kind]
        theirs = json.loads(exported(bob, "timeslot"))
        for slot in theirs:
            slot.pop("ical", None)
        assert _bare(theirs) == _bare(slots), kind

    cleo = new_user()
    target = new_group(cleo, "Target")
    for number, kind in enumerate(FORMATS):
        group = target if number == 0 else new_group(cleo, kind)
        report = cleo.post(f"/v1/import/?group={group}", content=files[kind], headers={"Content-Type": "text/plain"}).json()
        assert (report["created"] + report["updated"] + report["unchanged"], report["rejected"], report["group"]) == (5, [], group)
        titles = [slot["title"] for slot in json.loads(exported(cleo, "timeslot", group))]
        assert titles == [slot["title"] for slot in slots], kind
    assert _names(cleo) == ["Target", "google", "ical", "outlook"]


def test_group_is_exported_with_its_slots_only_and_an_empty_one_as_an_empty_calendar(new_user: NewUser) -> None:
    ada = new_user()
    groups = [new_group(ada, f"Group {number}") for number in range(3)]
    for slot in _slots(groups):
        assert ada.post("/v1/slots", json=slot).status_code == 201
    assert [slot["uid"] for slot in json.loads(exported(ada, "timeslot", groups[1]))] == ["slot-1"]
    for kind in ("ical", "google"):
        events = icalendar.Calendar.from_ical(exported(ada, kind, groups[1])).walk("VEVENT")
        assert [str(each["UID"]) for each in events] == ["slot-1"]
    assert [line.split(b",")[0] for line in exported(ada, "outlook", groups[1]).splitlines()[1:]] == [b'"Slot title 1"']
    empty = new_group(ada, "Empty")
    assert exported(ada, "timeslot", empty) == b"[]"
    assert len(exported(ada, "outlook", empty).splitlines()) == 1
    for kind in ("ical", "google"):
        parsed = icalendar.Calendar.from_ical(exported(ada, kind, empty))
        assert (parsed["VERSION"], parsed["PRODID"], parsed.subcomponents) == ("2.0", "-//Slotport//EN", [])


@pytest.mark.parametrize("wrapped", [False, True])
def test_documented_export_goes_in_and_comes_out_to_the_byte(new_user: NewUser, wrapped: bool) -> None:
    ada = new_user()
    sent: Any = {"file": json.dumps(exported_slots(), indent=2).splitlines(keepends=True)} if wrapped else exported_slots()
    report = ada.post("/v1/import/", json=sent).json()
    assert report == {**NOTHING, "created": 5, "group": report["group"]}
    assert _names(ada) == ["Imports"]
    content = exported(ada, "timeslot")
    assert (len(content), json.loads(content)) == (EXPORT_LENGTH, list(reversed(exported_slots())))


@CURL
def test_documented_curl_of_the_import_works_with_its_double_slash(new_user: NewUser, base_url: str) -> None:
    ada = new_user()
    line = ["curl", f"{base_url}//v1/import/", "-d", json.dumps({"file": IMPORT_LINES}), "-X", "POST"]
    line += ["-H", "Content-Type: application/json", "-H", "Accept: text/plain"]
    line += ["-H", f"Authorization: {ada.headers['authorization']}", "-s", "-i"]
    head, _, body = subprocess.run(line, check=True, capture_output=True).stdout.partition(b"\r\n\r\n")
    assert (head.split()[1], body, b"content-length: 0" in head.lower()) == (b"200", b"", True)
    events = icalendar.Calendar.from_ical(exported(ada, "ical")).walk("VEVENT")
    assert [(str(each["UID"]), f"{each.decoded('DTSTART'):%Y%m%dT%H%M%S%Z}", str(each["SUMMARY"])) for each in events] == [
        (uid, f"{start}UTC", f"Slot title {number}") for uid, start, _, number in IMPORTED
    ]


def test_file_again_changes_nothing_and_one_summary_changes_one(new_user: NewUser) -> None:
    ada = new_user()
    content = calendar(*varied_events(64))
    assert import_file(ada, content) == {**NOTHING, "created": 64}
    before = exported(ada, "ical")
    assert import_file(ada, content) == {**NOTHING, "unchanged": 64}
    assert exported(ada, "ical") == before
    assert import_file(ada, before) == {**NOTHING, "unchanged": 64}
    changed = content.replace(b"SUMMARY:Plain 5\r\n", b"SUMMARY:Plain five\r\n")
    assert import_file(ada, changed) == {**NOTHING, "unchanged": 63, "updated": 1}
    assert exported(ada, "ical") == before.replace(b"SUMMARY:Plain 5\r\n", b"SUMMARY:Plain five\r\n")
    assert _names(ada) == ["Imports"]


def test_uid_of_two_users_is_two_slots(new_user: NewUser) -> None:
    ada, bob = new_user(), new_user()
    assert import_file(ada, calendar(event("shared", "Ada's"))) == {**NOTHING, "created": 1}
    assert import_file(bob, calendar(event("shared", "Bob's"))) == {**NOTHING, "created": 1}
    assert [user.get("/v1/slots/shared").json()["title"] for user in (ada, bob)] == ["Ada's", "Bob's"]
    assert bob.delete("/v1/slots/shared").status_code == 204
    assert ada.get("/v1/slots/shared").json()["title"] == "Ada's"


@pytest.mark.parametrize("together", [True, False])
def test_series_and_its_changed_occurrences_are_one_slot_and_come_back(new_user: NewUser, together: bool) -> None:
    ada = new_user()
    instance = "RECURRENCE-ID;TZID=Europe/Berlin"
    events = [
        event("series", "Weekly", "20260302T100000", "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Europe/Berlin:20260323T100000"),
        event("series", "Later", "20260309T150000", f"{instance}:20260309T100000"),
        event("series", "Renamed", "20260316T100000", f"{instance}:20260316T100000"),
    ]
    events = [each.replace("DTSTART:", "DTSTART;TZID=Europe/Berlin:") for each in events]
    others = [event(f"other-{number}") for number in range(3)]
    content = calendar(*events, *others) if together else calendar(events[1], *others, events[0], events[2])
    assert import_file(ada, content) == {**NOTHING, "created": 4}
    assert len(ada.get("/v1/slots").json()["data"]) == 4
    back = icalendar.Calendar.from_ical(exported(ada, "ical")).walk("VEVENT")
    sent = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert sorted(each.to_ical(sorted=True) for each in back) == sorted(each.to_ical(sorted=True) for each in sent)
    window = {"filter": "between", "earliest": "2026-03-02T00:00:00Z", "latest": "2026-04-01T00:00:00Z", "occurrences": "true"}
    [listed] = [slot for slot in ada.get("/v1/slots", params=window).json()["data"] if slot["uid"] == "series"]
    starts = [each["start"][:16] for each in listed["occurrences"]]
    assert starts == ["2026-03-02T09:00", "2026-03-09T14:00", "2026-03-16T09:00", "2026-03-30T08:00"]


@pytest.mark.parametrize("kind", ["timeslot", "ical", "google"])
def test_calendar_as_people_have_it_comes_back_whole(new_user: NewUser, kind: str) -> None:
    ada, bob = new_user(), new_user()
    content = calendar(*varied_events(200))
    import_file(ada, content)
    file = exported(ada, kind)
    assert import_file(bob, file) == {**NOTHING, "created": 200}
    back = icalendar.Calendar.from_ical(exported(bob, "ical")).walk("VEVENT")
    sent = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert sorted(each.to_ical(sorted=True) for each in back) == sorted(each.to_ical(sorted=True) for each in sent)
