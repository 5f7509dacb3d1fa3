"""Private feeds over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar

from app import app
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient

PASSWORD = "correct horse battery"
MISSING = "f7a0ad12-4b0f-4b0e-9f4c-8f0f5c1f0a11"


def somebody(services: FakeServices, email: str) -> HttpClient:
    services.accounts.sign_up(email=email, password=PASSWORD, name="Somebody")
    token = services.accounts.sign_in(email=email, password=PASSWORD).token
    return HttpClient(app).with_headers(Authorization=f"Token token={token}")


def slot(client: HttpClient, title: str, **fields: object) -> str:
    body = {"title": title, "start": "2026-05-01T10:00:00Z", "end": "2026-05-01T11:00:00Z", **fields}
    reply = client.post("/v1/slots", json=body)
    assert reply.status == 201, reply.text
    return str(reply.json()["uid"])


def test_feed_gives_the_slots_to_whoever_has_the_passkey_until_it_is_ended(services: FakeServices) -> None:
    ada = somebody(services, "ada@example.org")
    uid = slot(ada, "Tea")
    made = ada.post("/v1/feeds")
    feed = made.json()
    assert (made.status, feed) == (
        201,
        {
            "group": None,
            "created": "2026-03-01T12:00:00.000Z",
            "passkey": feed["passkey"],
            "url": f"https://slotport.test/v1/feeds/{feed['passkey']}.ics",
        },
    )
    path = f"/v1/feeds/{feed['passkey']}.ics"
    anybody = HttpClient(app)
    read = anybody.get(path)
    (event,) = icalendar.Calendar.from_ical(read.content).walk("VEVENT")
    assert (read.headers["content-type"], str(event["UID"]), event["DTSTART"].dt) == (  # type: ignore[union-attr]  # a time
        "text/calendar; charset=utf-8",
        uid,
        datetime(2026, 5, 1, 10, 0, tzinfo=UTC),
    )
    assert anybody.get(path, headers={"If-None-Match": read.headers["etag"]}).status == 304
    assert ada.get("/v1/feeds").json() == {"feeds": [{"group": None, "created": "2026-03-01T12:00:00.000Z"}]}
    assert somebody(services, "eve@example.org").delete(f"/v1/feeds/{feed['passkey']}").status == 404
    assert ada.delete(f"/v1/feeds/{feed['passkey']}").status == 204
    assert (anybody.get(path).status, ada.get("/v1/feeds").json()) == (404, {"feeds": []})


def test_feed_of_a_group_has_its_slots_only_and_an_unknown_group_has_none(services: FakeServices) -> None:
    ada = somebody(services, "ada@example.org")
    group = ada.post("/v1/groups", json={"name": "Work"}).json()["uuid"]
    slot(ada, "Tea")
    wanted = slot(ada, "Meeting", groups=[group])
    feed = ada.post("/v1/feeds", json={"group": group}).json()
    calendar = icalendar.Calendar.from_ical(HttpClient(app).get(f"/v1/feeds/{feed['passkey']}.ics").content)
    assert [str(event["UID"]) for event in calendar.walk("VEVENT")] == [wanted]
    assert ada.post("/v1/feeds", json={"group": MISSING}).status == 404
    ada.delete(f"/v1/groups/{group}")
    assert HttpClient(app).get(f"/v1/feeds/{feed['passkey']}.ics").status == 404


def test_feed_needs_an_account_to_make_and_a_passkey_to_read(services: FakeServices) -> None:
    anybody = HttpClient(app)
    assert (anybody.post("/v1/feeds").status, anybody.get("/v1/feeds").status) == (401, 401)
    assert [anybody.get(f"/v1/feeds/{name}").status for name in ("x.ics", "x", ".ics", "x.csv")] == [404] * 4


def test_feeds_end_when_their_user_leaves(services: FakeServices) -> None:
    ada = somebody(services, "ada@example.org")
    feed = ada.post("/v1/feeds").json()
    assert ada.delete("/v1/me", json={"password": PASSWORD}).status < 300
    assert HttpClient(app).get(f"/v1/feeds/{feed['passkey']}.ics").status == 404
