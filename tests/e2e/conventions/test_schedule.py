"""A convention on the running service: the seed's calls, simultaneous bookings, feeds, preflight."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import icalendar
import pytest


class Con:
    """A convention of somebody's own, over HTTP."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.name = f"ביגור-{uuid.uuid4().hex[:8]}"
        account = {"email": f"{uuid.uuid4().hex}@example.org", "password-register": "correct horse battery", "name": "Mona"}
        token = http.post("/auth/register", json=account).json()["token"]
        made = http.post("/entities/conventions", json={"title": self.name}, headers={"Authorization": token}).json()
        assert (made["status"], made["slug"]) == (True, self.name)
        self.public = {"Convention": made["key"]}
        self.mona = {"Convention": made["key"], "Authorization": token}

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.http.request(method, f"/entities/{path}", json=body, headers=self.mona)


@pytest.fixture
def con(http: httpx.Client) -> Con:
    con = Con(http)
    assert con.send("POST", "locations", {"title": "שולחן א"}).json()["slug"] == "שולחן-א"
    assert con.send("POST", "events", {"title": "Game", "duration": 60}).json()["id"] == "1"
    return con


def test_time_slot_lives_from_creation_to_cancellation(con: Con) -> None:
    body = {"event": 1, "start": 1458651705, "max_attendees": 4, "notes_to_attendees": "Hooray!", "locations": ["שולחן-א"]}
    made = con.send("POST", "timeslots", body)
    assert (made.status_code, made.json()["start"], made.json()["hosts"][0]["name"]) == (200, "2016-03-22T13:01:45+00:00", "Mona")
    listed = con.http.get("/entities/timeslots", headers=con.public)
    assert [slot["id"] for slot in listed.json()] == ["1"]
    assert con.http.get("/entities/timeslots", headers={**con.public, "If-None-Match": listed.headers["etag"]}).status_code == 304
    assert con.http.get("/entities/locations/שולחן-א", headers=con.public).json()["timeslots"][0]["id"] == "1"
    assert con.send("PUT", "timeslots/1", {"start": "2016-04-27T15:00:00-02:00"}).json()["start"] == "2016-04-27T17:00:00+00:00"
    calendar = con.http.get(f"/conventions/{con.name}/schedule.ics")
    (event,) = icalendar.Calendar.from_ical(calendar.content).walk("VEVENT")
    assert (calendar.headers["content-type"], event["SEQUENCE"], event["STATUS"]) == (
        "text/calendar; charset=utf-8",
        1,
        "CONFIRMED",
    )
    assert {con.http.get(f"/conventions/{con.name}/schedule.{kind}").status_code for kind in ("json", "xml", "csv")} == {200}
    for _ in range(2):
        assert con.send("DELETE", "timeslots/1").json() == {"status": True}
    (event,) = icalendar.Calendar.from_ical(con.http.get(f"/conventions/{con.name}/schedule.ics").content).walk("VEVENT")
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CANCELLED")


def test_of_many_at_once_one_gets_the_room(con: Con) -> None:
    body = {"event": 1, "start": "2026-05-01T10:00:00", "locations": ["שולחן-א"]}
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: con.send("POST", "timeslots", body), range(24)))
    assert Counter(reply.status_code for reply in replies) == {200: 1, 400: 23}
    winner = next(reply.json()["id"] for reply in replies if reply.status_code == 200)
    assert {slot["id"] for reply in replies if reply.status_code == 400 for slot in reply.json()["details"]["timeslots"]} == {
        winner
    }


def test_browsers_may_ask_from_anywhere(con: Con) -> None:
    asked = {
        "Origin": "https://client.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "convention",
    }
    reply = con.http.options("/entities/timeslots", headers=asked)
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "*")
    assert "Convention" in reply.headers["access-control-allow-headers"].split(",")
    refused = con.http.get("/entities/timeslots", headers={"Origin": "https://client.example"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (403, "*")


def test_feed_of_a_user_is_read_without_a_token(http: httpx.Client) -> None:
    account = {"email": f"{uuid.uuid4().hex}@example.org", "password-register": "correct horse battery", "name": "Ada"}
    token = {"Authorization": f"Bearer {http.post('/auth/register', json=account).json()['token']}"}
    made = http.post("/v1/feeds", headers=token).json()
    assert icalendar.Calendar.from_ical(http.get(made["url"]).content).walk("VEVENT") == []
    assert http.delete(f"/v1/feeds/{made['passkey']}", headers=token).status_code == 204
    assert http.get(made["url"]).status_code == 404
