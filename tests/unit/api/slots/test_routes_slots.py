"""Groups and slots over HTTP."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.calendars import calendar, event
from tests.fakes.services import NOON, FakeServices
from tests.http_client import HttpClient, Reply

UNKNOWN = "99999999-9999-4999-8999-999999999999"
NO_GROUP = {"error": {"code": "group_not_found", "message": "There is no group with this uuid.", "uuid": UNKNOWN}}
LOCATION = {
    "name": "Town hall", "country": "Germany", "postalcode": "10115", "city": "Berlin", "address": "Main street 1",
    "latitude": 52.5, "longitude": 13.4,
}  # fmt: skip
ICS = {"Content-Type": "text/calendar"}


def _group(client: HttpClient, name: str = "Trips", **more: Any) -> str:
    reply = client.post("/v1/groups", json={"name": name, **more})
    assert reply.status == 201
    return str(reply.json()["uuid"])


def _slot(client: HttpClient, title: str = "A slot", start: str = "2026-03-01T10:00:00Z", **more: Any) -> dict[str, Any]:
    reply = client.post("/v1/slots", json={"title": title, "start": start, **more})
    assert reply.status == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def _fields(reply: Reply) -> Any:
    assert reply.status == 422, reply.text
    return reply.json()["error"]["fields"]


def _titles(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [slot["title"] for slot in reply.json()["data"]]


def test_group_from_making_to_removing(ada: HttpClient) -> None:
    reply = ada.post(
        "/v1/groups", json={"name": "Trips", "public": True, "image": "https://example.org/i.png", "description": "All"}
    )
    uuid = reply.json()["uuid"]
    shown = {"uuid": uuid, "name": "Trips", "image": "https://example.org/i.png", "public": True, "description": "All"}
    assert (reply.status, reply.json(), reply.headers["location"]) == (201, shown, f"https://slotport.test/v1/groups/{uuid}")
    assert ada.get(f"/v1/groups/{uuid}").json() == shown
    assert ada.get(f"/v1/groups/{uuid.upper()}").json() == shown
    changed = ada.patch(f"/v1/groups/{uuid}", json={"name": "Journeys", "public": False})
    assert (changed.status, changed.json()) == (200, {**shown, "name": "Journeys", "public": False})
    assert ada.get("/v1/groups").json() == {"data": [changed.json()], "paging": {"limit": 40, "after": None}}
    removed = ada.delete(f"/v1/groups/{uuid}")
    assert (removed.status, removed.body) == (204, b"")
    assert ada.get(f"/v1/groups/{uuid}").status == ada.delete(f"/v1/groups/{uuid}").status == 404


def test_groups_are_listed_by_name_in_pages(ada: HttpClient) -> None:
    for name in "EBADC":
        _group(ada, name)
    first = ada.get("/v1/groups?limit=2").json()
    second = ada.get(f"/v1/groups?limit=2&after={first['paging']['after']}").json()
    third = ada.get(f"/v1/groups?limit=2&after={second['paging']['after']}").json()
    assert ["".join(group["name"] for group in page["data"]) for page in (first, second, third)] == ["AB", "CD", "E"]
    assert third["paging"]["after"] is None
    assert _fields(ada.get(f"/v1/groups?after={UNKNOWN}")) == {"after": "is no cursor of this list"}


@pytest.mark.parametrize("uuid", [UNKNOWN, "x", "..", "%00"])
@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/slots")])
def test_group_that_is_none_is_not_found(ada: HttpClient, method: str, suffix: str, uuid: str) -> None:
    reply = ada.request(method, f"/v1/groups/{uuid}{suffix}")
    assert (reply.status, reply.json()["error"]["code"]) == (404, "group_not_found")


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/slots")])
def test_group_of_somebody_else_answers_as_one_that_does_not_exist(
    ada: HttpClient, bob: HttpClient, method: str, suffix: str
) -> None:
    theirs = _group(bob)
    reply = ada.request(method, f"/v1/groups/{theirs}{suffix}", body="{}")
    assert reply.status == 404
    assert reply.text.replace(theirs, UNKNOWN) == ada.request(method, f"/v1/groups/{UNKNOWN}{suffix}", body="{}").text
    assert reply.json() == {"error": {**NO_GROUP["error"], "uuid": theirs}}


def test_group_fields_are_each_named(ada: HttpClient) -> None:
    assert _fields(
        ada.post("/v1/groups", json={"image": 5, "public": "perhaps", "description": "x" * 100_001, "colour": "red"})
    ) == {
        "name": "is required",
        "image": "must be a text",
        "public": "must be a valid boolean, unable to interpret input",
        "description": "must have at most 100000 characters",
        "colour": "is not known here",
    }
    assert _fields(ada.post("/v1/groups", json={"name": "x" * 1_001})) == {"name": "must have at most 1000 characters"}
    assert _fields(ada.patch(f"/v1/groups/{_group(ada)}", json={"name": "", "uuid": UNKNOWN})) == {
        "name": "must have at least 1 character",
        "uuid": "is not known here",
    }


def test_removing_a_group_keeps_its_slots(ada: HttpClient) -> None:
    trips, work = _group(ada, "Trips"), _group(ada, "Work")
    both = _slot(ada, groups=[trips, work])
    ada.post("/v1/import", body=calendar(event("kept")), headers={**ICS, "X": ""})
    ada.post(f"/v1/import?group={trips}", body=calendar(event("kept")), headers=ICS)
    before = ada.get("/v1/slots/kept").json()
    assert ada.delete(f"/v1/groups/{trips}").status == 204
    assert ada.get(f"/v1/slots/{both['uid']}").json() == {**both, "groups": [{"uuid": work}]}
    after = ada.get("/v1/slots/kept").json()
    assert after == {**before, "groups": [group for group in before["groups"] if group["uuid"] != trips]}


def test_slot_from_making_to_removing(ada: HttpClient) -> None:
    reply = ada.post("/v1/slots", json={"title": "A slot", "start": "2026-03-01T10:00:00Z"})
    slot = reply.json()
    uid = slot["uid"]
    assert (reply.status, slot) == (
        201,
        {
            "uid": uid,
            "title": "A slot",
            "visibility": "private",
            "start": "2026-03-01T10:00:00.000Z",
            "end": None,
            "location": None,
        },
    )
    assert list(slot) == ["uid", "title", "visibility", "start", "end", "location"]
    assert (len(uid), reply.headers["location"]) == (36, f"https://slotport.test/v1/slots/{uid}")
    assert ada.get(f"/v1/slots/{uid}").json() == slot
    changed = ada.patch(f"/v1/slots/{uid}", json={"title": "Other", "end": "2026-03-01T12:00:00+01:00", "visibility": "foaf"})
    expected = {**slot, "title": "Other", "end": "2026-03-01T11:00:00.000Z", "visibility": "foaf"}
    assert (changed.status, changed.json()) == (200, expected)
    assert ada.get(f"/v1/slots/{uid}").json() == expected
    removed = ada.delete(f"/v1/slots/{uid}")
    assert (removed.status, removed.body) == (204, b"")
    assert (
        ada.get(f"/v1/slots/{uid}").status
        == ada.delete(f"/v1/slots/{uid}").status
        == ada.patch(f"/v1/slots/{uid}", body="{}").status
        == 404
    )


def test_slot_keeps_everything_it_was_given(ada: HttpClient) -> None:
    group = _group(ada)
    given: dict[str, Any] = {
        "uid": "my own uid", "title": "T" * 300, "visibility": "friends", "start": "2026-07-01T10:00:00",
        "end": "2026-07-01T11:30:00",
        "timezone": "Europe/Berlin", "location": LOCATION, "description": "Line\nline",
        "media": [{"url": "u", "n": [1, 2.5, None]}],
        "notes": ["a", {"b": True}], "settings": {"alerts": ["10m"]}, "groups": [group],
    }  # fmt: skip
    shown = {**given, "start": "2026-07-01T08:00:00.000Z", "end": "2026-07-01T09:30:00.000Z", "groups": [{"uuid": group}]}
    assert _slot(ada, **given) == shown
    again = {name: value for name, value in shown.items() if name != "uid"}
    assert ada.patch("/v1/slots/my%20own%20uid", json=again).json() == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"start": "2026-07-01", "allday": True}, {"start": "2026-07-01T00:00:00.000Z", "end": None, "allday": True}),
        (
            {"start": "2026-07-01T00:00:00.000Z", "end": "2026-07-03", "allday": True},
            {"start": "2026-07-01T00:00:00.000Z", "end": "2026-07-03T00:00:00.000Z", "allday": True},
        ),
        ({"start": "2026-07-01T10:00", "timezone": "floating"}, {"start": "2026-07-01T10:00:00.000", "timezone": "floating"}),
        ({"start": "20260701T100000Z"}, {"start": "2026-07-01T10:00:00.000Z"}),
        ({"start": "2026-07-01T10:00:00.123456-05:30"}, {"start": "2026-07-01T15:30:00.123456Z"}),
        ({"start": "2026-07-01T10:00:00", "timezone": "UTC"}, {"start": "2026-07-01T10:00:00.000Z"}),
    ],
)
def test_times_are_read_as_people_write_them(ada: HttpClient, given: dict[str, Any], shown: dict[str, Any]) -> None:
    made = _slot(ada, **given)
    assert {name: made[name] for name in shown} == shown
    assert ("timezone" in made) == ("timezone" in shown)


def test_slot_fields_are_each_named(ada: HttpClient) -> None:
    reply = ada.post(
        "/v1/slots",
        json={
            "title": "", "start": "tomorrow", "end": 5, "visibility": "secret", "allday": "perhaps", "timezone": "Mars/Olympus",
            "location": {"latitude": 91, "longitude": "east", "planet": "Mars"}, "description": "a\x00b",
            "media": "x", "settings": [],
            "groups": ["x", 5], "uid": "", "colour": "red",
        },
    )  # fmt: skip
    time = "must be an ISO 8601 time such as 2019-09-15T20:44:02Z"
    assert _fields(reply) == {
        "title": "must have at least 1 character",
        "start": time,
        "end": time,
        "visibility": "must be 'private', 'friends', 'foaf' or 'public'",
        "allday": "must be a valid boolean, unable to interpret input",
        "timezone": "must be an IANA time zone such as Europe/Berlin, floating, or null",
        "location.latitude": "must be less than or equal to 90",
        "location.longitude": "must be a valid number, unable to parse string as a number",
        "location.planet": "is not known here",
        "description": "must not contain control characters",
        "media": "must be an array",
        "settings": "must be an object",
        "groups.0": "must be the uuid of a group",
        "groups.1": "must be the uuid of a group",
        "uid": "must have at least 1 character",
        "colour": "is not known here",
    }


def test_limits_of_texts(ada: HttpClient) -> None:
    assert _slot(ada, "x" * 1_000, description="y" * 100_000)["title"] == "x" * 1_000
    nested: Any = "x"
    for _ in range(21):
        nested = [nested]
    reply = ada.post(
        "/v1/slots",
        json={
            "title": "x" * 1_001,
            "start": "2026-03-01T10:00:00Z",
            "description": "y" * 100_001,
            "notes": nested,
            "media": ["z" * 100_001],
        },
    )
    assert _fields(reply) == {
        "title": "must have at most 1000 characters",
        "description": "must have at most 100000 characters",
        "media": "must not be larger than 100000 bytes of JSON",
        "notes": "must not be nested deeper than 20",
    }


def test_end_before_start_and_groups_that_are_none_are_named(ada: HttpClient, bob: HttpClient) -> None:
    theirs = _group(bob)
    assert _fields(ada.post("/v1/slots", json={"title": "t", "start": "2026-03-02", "end": "2026-03-01"})) == {
        "end": "must not be before start"
    }
    for group in (theirs, UNKNOWN):
        reply = ada.post("/v1/slots", json={"title": "t", "start": "2026-03-02", "groups": [group]})
        assert _fields(reply) == {"groups": f"there is no group {group}"}


def test_uid_that_is_taken_is_a_conflict_for_its_owner_only(ada: HttpClient, bob: HttpClient) -> None:
    _slot(ada, uid="u")
    reply = ada.post("/v1/slots", json={"uid": "u", "title": "again", "start": "2026-03-01T10:00:00Z"})
    assert (reply.status, reply.json()["error"]) == (
        409,
        {"code": "slot_exists", "message": "There is a slot with this uid already.", "uid": "u"},
    )
    assert _slot(bob, "Bob's", uid="u")["title"] == "Bob's"
    assert ada.get("/v1/slots/u").json()["title"] == "A slot"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_slot_of_somebody_else_answers_as_one_that_does_not_exist(ada: HttpClient, bob: HttpClient, method: str) -> None:
    _slot(bob, uid="theirs")
    reply = ada.request(method, "/v1/slots/theirs", body="{}")
    assert (reply.status, reply.json()) == (
        404,
        {"error": {"code": "slot_not_found", "message": "There is no slot with this uid.", "uid": "theirs"}},
    )


@pytest.mark.parametrize("uid", ["a/b", "ünïcödé & ?#%", "~tilde", "..", "040000008200E00074C5@outlook.com", "100%25", "+"])
def test_uid_may_be_any_text(ada: HttpClient, uid: str) -> None:
    reply = ada.post("/v1/slots", json={"uid": uid, "title": "t", "start": "2026-03-01T10:00:00Z"})
    path = reply.headers["location"].removeprefix("https://slotport.test")
    encoded = "/v1/slots/~" + base64.urlsafe_b64encode(uid.encode()).decode()
    for address in (path, encoded, encoded.rstrip("=")):
        assert ada.get(address).json()["uid"] == uid
    if "/" not in uid and uid not in ("..", "~tilde"):
        assert ada.get(f"/v1/slots/{quote(uid, safe='')}").json()["uid"] == uid
    assert ada.patch(path, json={"title": "u"}).json()["title"] == "u"
    assert ada.delete(path).status == 204


def test_revision_guards_a_change(ada: HttpClient) -> None:
    made = ada.post("/v1/slots", json={"uid": "u", "title": "t", "start": "2026-03-01T10:00:00Z"})
    revision = made.headers["etag"]
    changed = ada.patch("/v1/slots/u", json={"title": "u"}, headers={"If-Match": revision})
    assert (changed.status, changed.headers["etag"] != revision) == (200, True)
    for reply in (
        ada.patch("/v1/slots/u", json={"title": "v"}, headers={"If-Match": revision}),
        ada.delete("/v1/slots/u", headers={"If-Match": revision}),
    ):
        assert (reply.status, reply.json()["error"]["code"]) == (412, "revision_mismatch")
    assert ada.get("/v1/slots/u").json()["title"] == "u"
    several = f'"0123", W/{changed.headers["etag"]}'
    assert ada.patch("/v1/slots/u", json={"title": "u"}, headers={"If-Match": several}).status == 200
    assert ada.delete("/v1/slots/u", headers={"If-Match": several}).status == 204


def test_slot_that_the_client_has_is_not_sent_again(ada: HttpClient) -> None:
    ada.post("/v1/slots", json={"uid": "u", "title": "t", "start": "2026-03-01T10:00:00Z"})
    etag = ada.get("/v1/slots/u").headers["etag"]
    for known in (etag, f"W/{etag}", f'"0123", {etag}', "*"):
        reply = ada.get("/v1/slots/u", headers={"If-None-Match": known})
        assert (reply.status, reply.body, reply.headers["etag"], reply.headers.get("content-length")) == (304, b"", etag, None)
    assert ada.get("/v1/slots/u", headers={"If-None-Match": '"0123"'}).status == 200


def test_every_bad_end_of_a_window_is_named(ada: HttpClient) -> None:
    fault = "must be an ISO 8601 time such as 2019-09-15T20:44:02Z"
    reply = ada.get("/v1/slots?filter=between&earliest=soon")
    assert (reply.status, reply.json()["error"]["fields"]) == (422, {"earliest": fault, "latest": fault})


def test_fault_of_a_type_is_told_in_words_of_json(ada: HttpClient) -> None:
    body = {"title": 1, "start": "2026-03-01T10:00:00Z", "media": "x", "settings": [], "location": "x", "groups": {}, "uid": ""}
    assert ada.post("/v1/slots", json=body).json()["error"]["fields"] == {
        "title": "must be a text",
        "media": "must be an array",
        "settings": "must be an object",
        "location": "must be an object",
        "groups": "must be an array",
        "uid": "must have at least 1 character",
    }


def test_change_of_an_imported_slot_keeps_everything_else(ada: HttpClient, services: FakeServices) -> None:
    text = event(
        "kept", "Old", "20260301T100000Z", "SEQUENCE:3", "X-MINE;P=1:kept", "ATTENDEE;CN=Bob:mailto:bob@example.org",
        "RRULE:FREQ=DAILY;COUNT=3", "BEGIN:VALARM", "ACTION:DISPLAY", "SUMMARY:Alarm", "TRIGGER:-PT5M", "END:VALARM",
    )  # fmt: skip
    ada.post("/v1/import", body=calendar(text), headers=ICS)
    services.now = NOON.replace(hour=13)
    assert ada.patch("/v1/slots/kept", json={"title": "New"}).json()["title"] == "New"
    exported = ada.post("/v1/export/ical").text.split("BEGIN:VEVENT\r\n")[1].split("END:VEVENT")[0]
    lines = set(exported.splitlines())
    assert {
        "UID:kept", "SUMMARY:New", "SEQUENCE:4", "LAST-MODIFIED:20260301T130000Z", "DTSTAMP:20260301T130000Z", "X-MINE;P=1:kept",
        "ATTENDEE;CN=Bob:mailto:bob@example.org", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Alarm", "TRIGGER:-PT5M",
    } <= lines  # fmt: skip
    assert "SUMMARY:Old" not in lines


def test_change_that_changes_nothing_writes_nothing(ada: HttpClient, services: FakeServices) -> None:
    made = ada.post("/v1/slots", json={"uid": "u", "title": "t", "start": "2026-03-01T10:00:00Z"})
    before = dict(services.fake_slots._slots)
    services.now = NOON.replace(hour=13)
    again = ada.patch("/v1/slots/u", json={"title": "t"})
    assert (again.status, again.headers["etag"]) == (200, made.headers["etag"])
    assert services.fake_slots._slots == before


def test_slots_are_listed_by_start_then_uid_forth_and_back(ada: HttpClient) -> None:
    for number in (3, 1, 4, 0, 2):
        _slot(ada, f"S{number}", f"2026-03-0{1 + number // 2}T10:00:00Z", uid=f"u{number}")
    first = ada.get("/v1/slots?limit=2")
    second = ada.get(f"/v1/slots?limit=2&after={quote(first.json()['paging']['after'])}")
    third = ada.get(f"/v1/slots?limit=2&after={quote(second.json()['paging']['after'])}")
    back = ada.get(f"/v1/slots?limit=2&before={quote(third.json()['paging']['before'])}")
    assert [_titles(page) for page in (first, second, third, back)] == [["S0", "S1"], ["S2", "S3"], ["S4"], ["S2", "S3"]]
    assert (third.json()["paging"]["after"], first.json()["paging"]["limit"]) == (None, 2)


def test_page_of_very_long_texts_is_shorter(ada: HttpClient) -> None:
    group = _group(ada)
    for number in range(60):
        _slot(ada, f"Long {number:02}", f"2026-03-01T10:{number:02}:00Z", description="x" * 99_000, groups=[group])
    for path in ("/v1/slots?limit=60", f"/v1/groups/{group}/slots?limit=60"):
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            page = ada.get(path + (f"&after={after}" if after else ""))
            seen += _titles(page)
            assert (page.json()["paging"]["limit"], len(page.body) < 4_400_000) == (60, True)
            after = page.json()["paging"]["after"]
        assert seen == [f"Long {number:02}" for number in range(60)]


def test_lists_of_a_group_hold_its_slots_only(ada: HttpClient) -> None:
    trips, work = _group(ada, "Trips"), _group(ada, "Work")
    _slot(ada, "one", groups=[trips])
    _slot(ada, "both", "2026-03-02", groups=[work, trips])
    _slot(ada, "none")
    assert _titles(ada.get(f"/v1/groups/{trips}/slots")) == ["one", "both"]
    assert _titles(ada.get(f"/v1/groups/{work}/slots")) == ["both"]
    assert ada.get(f"/v1/groups/{_group(ada, 'Empty')}/slots").json() == {
        "data": [],
        "paging": {"limit": 40, "before": None, "after": None},
    }


def test_window_holds_what_takes_place_in_it(ada: HttpClient) -> None:
    _slot(ada, "before", "2026-03-01T09:00:00Z", end="2026-03-01T10:00:00Z")
    _slot(ada, "into", "2026-03-01T09:00:00Z", end="2026-03-01T10:00:01Z")
    _slot(ada, "point", "2026-03-01T10:00:00Z")
    _slot(ada, "around", "2026-01-01", end="2026-12-31")
    _slot(ada, "after", "2026-03-01T12:00:00Z")
    weekly = event("w", "weekly", "20260208T110000Z", "RRULE:FREQ=WEEKLY")
    over = event("o", "over", "20260208T110000Z", "RRULE:FREQ=WEEKLY;COUNT=2")
    other_day = event("d", "other day", "20260209T110000Z", "RRULE:FREQ=WEEKLY")
    ada.post("/v1/import", body=calendar(weekly, over, other_day), headers=ICS)
    reply = ada.get("/v1/slots?filter=between&earliest=2026-03-01T10:00:00Z&latest=2026-03-01T12:00:00Z")
    assert _titles(reply) == ["around", "weekly", "into", "point"]
    assert reply.json()["paging"] == {
        "limit": 40,
        "before": None,
        "after": None,
        "filter": "between",
        "earliest": "2026-03-01T10:00:00.000Z",
        "latest": "2026-03-01T12:00:00.000Z",
    }


def test_slot_too_large_for_an_answer_is_put_aside_and_linked(
    ada: HttpClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = event("large", "Large", "20260301T100000Z", "ATTACH:data:," + "x" * 9_000)
    ada.post("/v1/import", body=calendar(event("before", start="20260301T090000Z"), large), headers=ICS)
    whole = ada.get("/v1/slots/large").body
    monkeypatch.setattr("chalicelib.api.slots.routes.MAX_RESPONSE", 5_000)
    objects = services.fake_objects.objects

    def put_aside(reply: Reply) -> bytes:
        [(key, stored)] = objects.items()
        assert (reply.status, stored.content_type) == (303, "application/json")
        assert reply.headers["location"] == reply.json()["url"]
        assert key in reply.json()["url"]
        objects.clear()
        return stored.body

    reply = ada.get("/v1/slots/large")
    assert put_aside(reply) == whole
    revision = reply.headers["etag"]
    assert ada.get("/v1/slots/large", headers={"If-None-Match": revision}).status == 304
    changed = ada.patch("/v1/slots/large", json={"title": "Changed"}, headers={"If-Match": revision})
    assert json.loads(put_aside(changed))["title"] == "Changed"
    assert changed.headers["etag"] != revision
    first = ada.get("/v1/slots")
    assert _titles(first) == ["A slot"]
    assert json.loads(put_aside(ada.get(f"/v1/slots?after={first.json()['paging']['after']}")))["data"][0]["title"] == "Changed"
    window = "filter=between&earliest=2026-03-01T09:55:00Z&latest=2026-03-01T10:05:00Z&occurrences=true"
    assert json.loads(put_aside(ada.get(f"/v1/slots?{window}")))["data"][0]["occurrences"]


def test_page_of_a_window_is_filled_past_series_that_are_elsewhere(ada: HttpClient) -> None:
    elsewhere = [event(f"e{number:02}", "elsewhere", f"202601{number + 1:02}T080000Z", "RRULE:FREQ=YEARLY") for number in range(30)]
    ada.post("/v1/import", body=calendar(*elsewhere), headers=ICS)
    for number in range(5):
        _slot(ada, f"S{number}", f"2026-06-0{number + 1}T10:00:00Z")
    window = "filter=between&earliest=2026-06-01T00:00:00Z&latest=2026-07-01T00:00:00Z&limit=2"
    first = ada.get(f"/v1/slots?{window}")
    second = ada.get(f"/v1/slots?{window}&after={quote(first.json()['paging']['after'])}")
    back = ada.get(f"/v1/slots?{window}&before={quote(second.json()['paging']['before'])}")
    assert [_titles(page) for page in (first, second, back)] == [["S0", "S1"], ["S2", "S3"], ["S0", "S1"]]


def test_occurrences_in_a_window_are_listed(ada: HttpClient) -> None:
    series = event("w", "weekly", "20260301T110000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260315T110000Z")
    moved = event("w", "moved", "20260309T110000Z", "DURATION:PT1H", "RECURRENCE-ID:20260308T110000Z")
    ada.post("/v1/import", body=calendar(series, moved), headers=ICS)
    _slot(ada, "once", "2026-03-02T10:00:00Z", end="2026-03-02T11:00:00Z")
    reply = ada.get("/v1/slots?filter=between&earliest=2026-03-01&latest=2026-04-01&occurrences=true").json()
    shown = {slot["title"]: slot["occurrences"] for slot in reply["data"]}
    assert shown == {
        "weekly": [{"start": f"2026-03-{day}T11:00:00.000Z", "end": f"2026-03-{day}T12:00:00.000Z"} for day in ("01", "09", "22")],
        "once": [{"start": "2026-03-02T10:00:00.000Z", "end": "2026-03-02T11:00:00.000Z"}],
    }


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=0", {"limit": "must be a number from 1 to 100"}),
        ("limit=101", {"limit": "must be a number from 1 to 100"}),
        ("limit=many", {"limit": "must be a number from 1 to 100"}),
        ("filter=now", {"filter": "must be between"}),
        ("earliest=2026-01-01", {"earliest": "needs filter=between"}),
        ("filter=between&latest=2026-01-01", {"earliest": "must be an ISO 8601 time such as 2019-09-15T20:44:02Z"}),
        ("filter=between&earliest=x&latest=2026-01-01", {"earliest": "must be an ISO 8601 time such as 2019-09-15T20:44:02Z"}),
        ("filter=between&earliest=2026-01-01&latest=2026-01-01", {"latest": "must be after earliest"}),
        ("occurrences=true", {"occurrences": "needs filter=between"}),
        ("before=x&after=y", {"before": "cannot be used together with after"}),
    ],
)
def test_query_of_a_list_is_checked(ada: HttpClient, query: str, fields: dict[str, str]) -> None:
    assert _fields(ada.get(f"/v1/slots?{query}")) == fields


def test_query_of_a_list_that_is_not_known_or_not_clear_is_refused(ada: HttpClient) -> None:
    for query, code in (
        ("colour=red", "unknown_field"),
        ("limit=1&limit=2", "conflicting_values"),
        ("occurrences=x", "invalid_flag"),
    ):
        reply = ada.get(f"/v1/slots?{query}")
        assert (reply.status, reply.json()["error"]["code"]) == (422, code)
    assert ada.get("/v1/slots?after=%F0nonsense").status == 422


def test_offset_in_a_query_may_lose_its_plus(ada: HttpClient) -> None:
    reply = ada.get("/v1/slots?filter=between&earliest=2026-03-01T10:00:00+02:00&latest=2026-03-02T10:00:00%2B02:00")
    assert reply.json()["paging"]["earliest"] == "2026-03-01T08:00:00.000Z"
