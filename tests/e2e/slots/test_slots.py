"""The Timeslot data API on the packaged service, over HTTP."""

from __future__ import annotations

import gzip
import json
import re
import secrets
import shutil
import subprocess
import time
from typing import Any

import httpx
import pytest

from tests.calendars import calendar, event, varied_events
from tests.seeds import EXPORT_LENGTH, IMPORT_LINES, exported_slots

PASSWORD = "correct horse battery"
WAIT_SECONDS = 300
ICS = {"Content-Type": "text/calendar"}


def _token(http: httpx.Client) -> str:
    """Sign a new user up and in."""
    email = f"{secrets.token_hex(8)}@example.org"
    made = http.post("/v1/users", json={"email": email, "password": PASSWORD, "username": "Ada"})
    assert made.status_code == 201, made.text
    return str(http.post("/v1/users/signin", json={"email": email, "password": PASSWORD}).json()["authToken"])


@pytest.fixture
def token(http: httpx.Client) -> str:
    return _token(http)


@pytest.fixture
def ada(http: httpx.Client, token: str) -> httpx.Client:
    http.headers["Authorization"] = f"Token token={token}"
    return http


def _finished(client: httpx.Client, status_url: str) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """Follow an import to its end; give its last status and the progress that was seen."""
    seen: list[tuple[int, int]] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        shown: dict[str, Any] = client.get(status_url).json()
        seen.append((shown["done"], shown["total"]))
        if shown["state"] in ("done", "failed"):
            return shown, seen
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_documented_curl_lines_work_as_they_stand(base_url: str, token: str) -> None:
    def curl(path: str, data: str, accept: str) -> tuple[str, bytes]:
        command = ["curl", "-s", "-i", f"{base_url}{path}", "-d", data, "-X", "POST", "-H", "Content-Type: application/json"]
        command += ["-H", f"Accept: {accept}", "-H", f"Authorization: Token token={token}"]
        head, _, body = subprocess.run(command, check=True, capture_output=True).stdout.partition(b"\r\n\r\n")
        return head.decode().lower(), body

    head, body = curl("//v1/import/".replace("//", "/"), json.dumps({"file": IMPORT_LINES}), "text/plain")
    assert (head.splitlines()[0].split()[1], body) == ("200", b"")
    assert "content-length: 0" in head
    head, body = curl("/v1/export/timeslot", "", "application/json")
    assert 'content-disposition: attachment; filename="timeslot-export.json"' in head
    assert [slot["title"] for slot in json.loads(body)] == [f"Slot title {number}" for number in range(20, 25)]
    head, body = curl("/v1/export/ical", "", "text/plain")
    assert "content-type: application/octet-stream" in head
    assert body.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Slotport//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n")
    assert b"DTSTART:20190921T204402Z\r\n" in body


def test_documented_export_has_the_documented_length_and_headers(ada: httpx.Client) -> None:
    for slot in exported_slots():
        assert ada.post("/v1/slots", json=slot).status_code == 201
    answer = ada.post("/v1/export/timeslot", headers={"Accept": "application/json", "Accept-Encoding": "identity"})
    assert (answer.status_code, len(answer.content)) == (200, EXPORT_LENGTH)
    assert {
        "x-frame-options": "SAMEORIGIN",
        "x-xss-protection": "1; mode=block",
        "x-content-type-options": "nosniff",
        "content-disposition": 'attachment; filename="Timeslot-Export.json"',
        "content-transfer-encoding": "binary",
        "content-type": "application/json",
        "cache-control": "private",
        "vary": "Accept-Encoding, Origin",
        "content-length": str(EXPORT_LENGTH),
    }.items() <= dict(answer.headers).items()
    assert {"etag", "x-request-id", "x-runtime"} <= set(answer.headers)


def test_bytes_pass_both_ways_as_they_are(ada: httpx.Client) -> None:
    text = calendar(event("u", "Grüße 🎉"))
    for content in (text, b"\xef\xbb\xbf" + text, text.decode().encode("utf-16")):
        answer = ada.post("/v1/import/", files={"file": ("cal.ics", content)})
        assert (answer.status_code, answer.json()["rejected"]) == (200, []), answer.text
    assert ada.get("/v1/slots/u").json()["title"] == "Grüße 🎉"
    bad = ada.post("/v1/import/", content=text.replace("ü".encode(), b"\xff"), headers=ICS)
    assert (bad.status_code, bad.json()["error"]["code"]) == (403, "invalid_encoding")
    plain = ada.post("/v1/export/ical", headers={"Accept-Encoding": "identity", "Accept": "text/calendar"})
    assert "SUMMARY:Grüße 🎉\r\n".encode() in plain.content
    with ada.stream("POST", "/v1/export/ical", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert (gzip.decompress(raw) if packed.headers.get("content-encoding") == "gzip" else raw) == plain.content


def test_errors_speak_the_interface_s_words(http: httpx.Client, ada: httpx.Client) -> None:
    refused = http.get("/v1/me", headers={"Authorization": "Token token=unknown"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_token")
    assert "www-authenticate" in refused.headers or "x-amzn-remapped-www-authenticate" in refused.headers
    unknown = ada.post("/v1/export/timeslot", json={"group": "99999999-9999-4999-8999-999999999999"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "group_not_found")
    assert ada.post("/v1/import/", json={"file": 5}).status_code == 422


@pytest.mark.parametrize("uid", ["plain", "a/b", "100%25 sure?", "ünïcödé"])
def test_uid_of_any_text_is_reached_by_its_location(ada: httpx.Client, uid: str) -> None:
    made = ada.post("/v1/slots", json={"uid": uid, "title": "t", "start": "2026-03-01T10:00:00Z"})
    assert made.status_code == 201, made.text
    assert ada.get(made.headers["location"]).json()["uid"] == uid
    assert ada.patch(made.headers["location"], json={"title": "u"}).json()["title"] == "u"
    assert ada.delete(made.headers["location"]).status_code == 204
    assert ada.get(made.headers["location"]).status_code == 404


def test_fifteen_years_of_slots_by_one_upload_and_half_of_them_by_one_request(ada: httpx.Client, base_url: str) -> None:
    events = [text.replace("END:VEVENT", f"X-FILLER:{'.' * 40}\r\nEND:VEVENT") for text in varied_events(16_568)]
    content, half = calendar(*events), calendar(*events[:8_284])
    assert 5_000_000 < len(content) < 6_500_000
    upload = ada.post("/v1/import/uploads").json()
    put = httpx.request(upload["method"], upload["url"], content=content, headers=upload["headers"], timeout=60)
    assert put.status_code == 200, put.text
    started = ada.post("/v1/import/", json={"upload": upload["upload"]})
    assert (started.status_code, started.headers["location"]) == (202, f"{base_url}/v1/import/{upload['upload']}")
    assert ada.post("/v1/import/", json={"upload": upload["upload"]}).json()["import"] == upload["upload"]
    shown, seen = _finished(ada, started.json()["status_url"])
    assert (shown["state"], shown["done"], shown["total"], shown["created"], shown["rejected"]) == (
        "done",
        16_568,
        16_568,
        16_568,
        [],
    )
    assert seen == sorted(seen)

    exported = ada.post("/v1/export/ical")
    assert exported.status_code == 303
    assert exported.json()["url"] == exported.headers["location"]
    file = httpx.get(exported.headers["location"], timeout=60)
    unfolded = file.text.replace("\r\n ", "")
    found = re.findall(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", unfolded, re.DOTALL)
    assert sorted(found) == sorted(text.replace("\r\n ", "") for text in events)
    assert httpx.get(ada.post("/v1/export/ical").json()["url"], timeout=60).content == file.content
    assert file.headers["content-disposition"].startswith('attachment; filename="Timeslot-Export.ical"')

    other = httpx.Client(base_url=base_url, timeout=60)
    other.headers["Authorization"] = f"Token token={_token(other)}"
    answer = other.post("/v1/import/", content=half, headers=ICS)
    if answer.status_code == 202:  # a slow machine: the import goes on as a job
        report, _ = _finished(other, answer.json()["status_url"])
    else:
        assert answer.status_code == 200, answer.text
        report = answer.json()
    assert (report["created"], report["rejected"]) == (8_284, [])


def test_small_file_is_imported_as_a_job_when_asked_to(ada: httpx.Client) -> None:
    started = ada.post("/v1/import/", content=calendar(*varied_events(20)), headers={**ICS, "Prefer": "respond-async"})
    assert started.status_code == 202
    shown, _ = _finished(ada, started.json()["status_url"])
    assert (shown["state"], shown["created"]) == ("done", 20)


def test_request_that_is_too_large_names_the_other_way(ada: httpx.Client) -> None:
    answer = ada.post("/v1/import/", content=b"x" * 4_600_000, headers=ICS)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["upload"]) == (
        413,
        "request_too_large",
        "/v1/import/uploads",
    )
