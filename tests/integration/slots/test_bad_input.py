"""What people and attackers send, on a deployment in moto: by one request, and by upload, where any size gets in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.wiring import Services
from tests.calendars import calendar, event
from tests.http_client import HttpClient
from tests.integration.slots.conftest import Deployment
from tests.state_machines import Call

JSON = {"Content-Type": "application/json"}
ICS = {"Content-Type": "text/calendar"}
CSV = {"Content-Type": "text/csv"}
HEADER = '"Subject","Start Date","Start Time","End Date","End Time"\r\n'
ROW = '"{}","3/14/2026","10:00:00 AM","3/14/2026","11:00:00 AM"\r\n'
INVALID_TOKEN = {
    "error": {
        "code": "invalid_token",
        "message": "The token is missing, unknown or expired: send `Authorization: Token token=…`.",
    }
}


def _by_request(cloud: Deployment, client: HttpClient, content: bytes) -> dict[str, Any]:
    """Import; give the report or the error."""
    reply = client.post("/v1/import", body=content, headers={"Content-Type": "application/octet-stream"})
    answer: dict[str, Any] = reply.json()
    assert reply.status == 200 or 400 <= reply.status < 500
    return answer


def _by_upload(cloud: Deployment, client: HttpClient, content: bytes) -> dict[str, Any]:
    """Import as a job; give what it shows at the end."""
    upload = cloud.upload(client, content)
    assert client.post("/v1/import", json={"upload": upload}).status == 202
    assert cloud.wait(upload) == "SUCCEEDED"
    shown: dict[str, Any] = client.get(f"/v1/import/{upload}").json()
    assert shown["state"] == ("failed" if "error" in shown else "done")
    return shown


WAYS = pytest.mark.parametrize("send", [_by_request, _by_upload])
Send = Callable[[Deployment, HttpClient, bytes], dict[str, Any]]


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({}, b"", 422, "file_missing"),
        (JSON, b"", 422, "file_missing"),
        (JSON, b"not JSON", 422, "not_json"),
        (JSON, b'{"file": 5}', 422, "invalid_file"),
        (JSON, b'{"file": ""}', 422, "empty_file"),
        (JSON, b'{"file": "\xff"}', 403, "invalid_encoding"),
        (ICS, calendar(event("u", "K?")).replace(b"?", b"\xe4"), 403, "invalid_encoding"),
        (ICS, b"hello", 422, "unknown_format"),
        (ICS, calendar(), 422, "no_entries"),
    ],
)
def test_what_is_no_calendar_is_refused_and_nothing_is_stored(
    cloud: Deployment, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    ada = cloud.user("ada")
    reply = ada.post("/v1/import", body=body, headers=headers)
    assert (reply.status, reply.json()["error"]["code"]) == (status, code)
    assert cloud.dynamodb.scan(TableName="slots")["Items"] == []
    assert ada.get("/v1/groups").json()["data"] == []


DEEP = "components are nested deeper than 20"


@WAYS
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_000,
            {"code": "no_valid_entry", "entry": 1, "line": 2, "reason": DEEP},
        ),
        (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + b"BEGIN:X\r\n" * 10_000 + b"END:X\r\n" * 10_000,
            {"code": "no_valid_entry", "entry": 1, "line": 2, "reason": DEEP},
        ),
        (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + b"x" * 4_000_000,
            {"code": "no_valid_entry", "entry": 1, "line": 2, "reason": "a line is longer than 1000000 bytes"},
        ),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 4_000_000, {"code": "line_too_long", "entry": 0, "line": 2, "limit": 1_000_000}),
        (b"[" * 100_000, {"code": "not_json", "entry": 1, "line": 1, "reason": "the array does not end"}),
        (b"\x00" * 1_000, {"code": "unknown_format"}),
        (calendar(event("u")).decode().encode("utf-16")[:-1], {"code": "invalid_encoding", "position": 332, "line": 10}),
    ],
    ids=["open events", "nested", "a line of 4 MB", "nothing but a line of 4 MB", "open arrays", "NUL", "half a character"],
)
@pytest.mark.usefixtures("tasks")
def test_hostile_file_is_refused_either_way(cloud: Deployment, send: Send, content: bytes, error: dict[str, Any]) -> None:
    ada = cloud.user("ada")
    found = send(cloud, ada, content)["error"]
    assert {key: found.get(key) for key in error} == error
    assert cloud.dynamodb.scan(TableName="slots")["Items"] == []


@WAYS
def test_zip_that_would_grow_without_end_is_refused_either_way(cloud: Deployment, tasks: list[Call], send: Send) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.ics", calendar(event("u", "0" * 900)) + b"X:" + b"0" * 60_000_000)
    ada = cloud.user("ada")
    assert send(cloud, ada, archive.getvalue())["error"]["code"] == "zip_ratio"
    assert cloud.dynamodb.scan(TableName="slots")["Items"] == []
    assert len(tasks) <= 1


def test_line_of_forty_megabytes_is_refused_with_its_place_and_the_rest_imported(cloud: Deployment, tasks: list[Call]) -> None:
    long = "BEGIN:VEVENT\r\nUID:long\r\nSUMMARY:" + "x" * 40_000_000 + "\r\nEND:VEVENT\r\n"
    report = _by_upload(cloud, cloud.user("ada"), calendar(event("u"), long, event("v")))
    assert (report["created"], report["done"], report["total"]) == (2, 3, 3)
    assert report["rejected"] == [{"entry": 2, "line": 10, "uid": "long", "reason": "a line is longer than 1000000 bytes"}]
    assert len(tasks) == 1


@WAYS
@pytest.mark.parametrize("rule", ["FREQ=SECONDLY;COUNT=1000000000", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"])
@pytest.mark.usefixtures("tasks")
def test_rule_with_a_billion_occurrences_is_kept_as_it_is(cloud: Deployment, send: Send, rule: str) -> None:
    ada = cloud.user("ada")
    text = event("u", "Often", "20260301T100000Z", f"RRULE:{rule}")
    assert send(cloud, ada, calendar(text))["created"] == 1
    assert text in ada.post("/v1/export/ical").text
    window = "/v1/slots?filter=between&earliest=2099-01-01T00:00:00Z&latest=2099-01-02T00:00:00Z&occurrences=true"
    assert ada.get(window).status == 200


@WAYS
@pytest.mark.usefixtures("tasks")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_comes_in_however_it_is_written(cloud: Deployment, send: Send, encoding: str) -> None:
    ada = cloud.user("ada")
    assert send(cloud, ada, calendar(event("u", "Grüße 🎉 שלום")).decode().encode(encoding))["created"] == 1
    assert ada.get("/v1/slots/u").json()["title"] == "Grüße 🎉 שלום"


@WAYS
@pytest.mark.usefixtures("tasks")
def test_csv_as_outlook_writes_it_is_read_and_its_encoding_told(cloud: Deployment, send: Send) -> None:
    ada = cloud.user("ada")
    report = send(cloud, ada, (HEADER + ROW.format("Käse – „fein“")).encode("windows-1252"))
    assert (report["created"], report["rejected"]) == (1, [])
    assert "The file is not UTF-8: read as windows-1252, which is what Outlook writes." in report["notes"]
    [slot] = ada.get("/v1/slots").json()["data"]
    assert slot["title"] == "Käse – „fein“"


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=quoted", "==", '=HYPERLINK("http://x";"y")'])
def test_formula_goes_through_csv_and_comes_back(cloud: Deployment, title: str) -> None:
    ada, bob = cloud.user("ada"), cloud.user("bob")
    slot = {"uid": "u", "title": title, "start": "2026-03-01T10:00:00Z", "end": "2026-03-01T11:00:00Z"}
    assert ada.post("/v1/slots", json=slot).status == 201
    exported = ada.post("/v1/export/outlook")
    assert not exported.text.splitlines()[1].startswith(('"=', '"+', '"-', '"@', '"\t'))
    assert bob.post("/v1/import", body=exported.body, headers=CSV).json()["created"] == 1
    assert [each["title"] for each in bob.get("/v1/slots").json()["data"]] == [title]


def test_group_of_somebody_else_is_as_one_that_is_not_there(cloud: Deployment) -> None:
    ada, bob = cloud.user("ada"), cloud.user("bob")
    theirs = bob.post("/v1/groups", json={"name": "Bob's"}).json()["uuid"]
    content = calendar(event("u"))
    upload = cloud.upload(ada, content)
    for group in (theirs, "99999999-9999-4999-8999-999999999999"):
        expected = {"error": {"code": "group_not_found", "message": "There is no group with this uuid.", "uuid": group}}
        replies = [
            ada.post(f"/v1/import?group={group}", body=content, headers=ICS),
            ada.post("/v1/import", json={"file": content.decode(), "group": group}),
            ada.post("/v1/import", json={"upload": upload, "group": group}),
            ada.post("/v1/export/ical", json={"group": group}),
        ]
        assert [(reply.status, reply.json()) for reply in replies] == [(404, expected)] * 4
    assert cloud.dynamodb.scan(TableName="slots")["Items"] == []
    assert [each["name"] for each in bob.get("/v1/groups").json()["data"]] == ["Bob's"]


@pytest.mark.parametrize("header", [None, "", "Token", "Token token=", "Token token=" + "A" * 43, "Basic YTpi", "Token token=é"])
def test_missing_malformed_and_unknown_tokens_are_refused(cloud: Deployment, header: str | None) -> None:
    sent = {**ICS, **({} if header is None else {"Authorization": header})}
    for path in ("/v1/import", "/v1/import/uploads", "/v1/export/ical", "/v1/export/timeslot"):
        reply = cloud.client.post(path, body=calendar(event("u")), headers=sent)
        assert (reply.status, reply.json(), reply.headers["www-authenticate"]) == (401, INVALID_TOKEN, "Token")


def test_token_lives_for_thirty_days_after_its_last_use(cloud: Deployment) -> None:
    ada = cloud.user("ada")

    def after(days: float) -> int:
        wiring.use(Services(cloud.services.settings, lambda: datetime.now(UTC) + timedelta(days=days)))
        return ada.post("/v1/export/ical").status

    assert [after(29), after(58), after(88.5), after(29)] == [200, 200, 401, 200]


@pytest.mark.parametrize("size", [4_500_001, 4_700_000])
def test_body_beyond_what_lambda_takes_names_the_other_way(cloud: Deployment, size: int) -> None:
    reply = cloud.user("ada").post("/v1/import", body=b"x" * size, headers=ICS)
    error = reply.json()["error"]
    assert (reply.status, error["code"], error["upload"]) == (413, "request_too_large", "/v1/import/uploads")


def test_upload_that_is_not_there_and_that_is_somebody_else_s_are_alike(cloud: Deployment) -> None:
    ada, bob = cloud.user("ada"), cloud.user("bob")
    upload = cloud.upload(bob, calendar(event("u")))
    for unknown in (upload, "99999999-9999-4999-8999-999999999999"):
        reply = ada.post("/v1/import", json={"upload": unknown})
        assert (reply.status, reply.json()["error"]["code"]) == (404, "upload_not_found")
        assert ada.get(f"/v1/import/{unknown}").status == 404


def test_many_bad_entries_are_all_counted_and_a_thousand_listed(cloud: Deployment) -> None:
    ada = cloud.user("ada")
    content = calendar(event("good"), *(event(f"bad-{number}", "x" * 1_001) for number in range(2_500)))
    report = ada.post("/v1/import", body=content, headers=ICS).json()
    assert (report["created"], len(report["rejected"]), report["rejected_total"]) == (1, 1_000, 2_500)
    first = report["rejected"][0]
    assert (first["entry"], first["line"], first["uid"]) == (2, 10, "bad-0")
