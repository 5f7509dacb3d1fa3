"""Export and import over HTTP, as the original service's documentation has them and beyond."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import Any

import icalendar
import pytest

from app import app
from tests.calendars import calendar, event, varied_events
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient, Reply
from tests.seeds import EXPORT_LENGTH, IMPORT_LINES, exported_slots

SEED = {"Content-Type": "application/json", "Accept": "application/json"}
SEED_TEXT = {"Content-Type": "application/json", "Accept": "text/plain"}
ICS = {"Content-Type": "text/calendar"}
UNKNOWN = "99999999-9999-4999-8999-999999999999"
FORMATS = ("timeslot", "ical", "google", "outlook")
EMPTY: dict[str, Any] = {"created": 0, "updated": 0, "unchanged": 0, "rejected": [], "ignored": {}, "notes": []}


def _code(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.json()["error"]["code"]


def _import(client: HttpClient, content: bytes, query: str = "") -> dict[str, Any]:
    reply = client.post(f"/v1/import{query}", body=content, headers=ICS)
    assert reply.status == 200, reply.text
    report: dict[str, Any] = reply.json()
    return report


def _group(client: HttpClient, name: str) -> str:
    return str(client.post("/v1/groups", json={"name": name}).json()["uuid"])


# export


@pytest.mark.parametrize("body", ['{"group":"%s","group":null}', '{"group":null,"group":"%s"}'])
def test_group_said_twice_in_one_object_is_not_guessed_at(ada: HttpClient, body: str) -> None:
    assert _code(ada.post("/v1/export/ical", body=body % _group(ada, "Trips"), headers=SEED)) == (422, "conflicting_values")


def test_group_may_be_spelled_in_two_ways(ada: HttpClient) -> None:
    group = _group(ada, "Trips")
    reply = ada.post(f"/v1/export/ical?group={group.upper()}", json={"group": group})
    assert (reply.status, reply.headers["content-disposition"]) == (200, f'attachment; filename="{group}.ical"')


def test_name_that_is_longer_than_an_answer_is_refused_all_the_same(ada: HttpClient) -> None:
    assert _code(ada.post("/v1/export/ical", json={"x" * 4_000_000: 1})) == (422, "invalid_request")
    assert _code(ada.post("/v1/slots", json={f"k{number}": 1 for number in range(100_000)})) == (422, "invalid_request")


def test_documented_export_has_the_documented_length_and_headers(ada: HttpClient) -> None:
    slots = exported_slots()
    for slot in slots:
        assert ada.post("/v1/slots", json=slot).status == 201
    reply = ada.post("/v1/export/timeslot", headers=SEED)
    assert reply.status == 200
    assert reply.json() == list(reversed(slots))
    assert (len(reply.body), reply.headers["content-length"]) == (EXPORT_LENGTH, str(EXPORT_LENGTH))
    assert {
        "x-frame-options": "SAMEORIGIN",
        "x-xss-protection": "1; mode=block",
        "x-content-type-options": "nosniff",
        "content-disposition": 'attachment; filename="Timeslot-Export.json"',
        "content-transfer-encoding": "binary",
        "content-type": "application/json",
        "cache-control": "private",
        "vary": "Accept-Encoding, Origin",
    }.items() <= reply.headers.items()
    assert reply.headers["etag"].startswith('W/"')
    assert len(reply.headers["etag"]) == 36


@pytest.mark.parametrize(
    ("kind", "accept", "content_type", "filename"),
    [
        ("timeslot", "text/plain", "application/json", "Timeslot-Export.json"),
        ("ical", "text/plain", "application/octet-stream", "Timeslot-Export.ical"),
        ("ical", "*/*", "application/octet-stream", "Timeslot-Export.ical"),
        ("ical", "text/html, text/calendar;q=0.9", "text/calendar; charset=utf-8", "Timeslot-Export.ical"),
        ("google", "application/json", "application/octet-stream", "Timeslot-Export.ical"),
        ("google", "text/calendar", "text/calendar; charset=utf-8", "Timeslot-Export.ical"),
        ("outlook", "application/json", "text/csv; charset=utf-8", "Timeslot-Export.csv"),
    ],
)
def test_export_has_the_type_and_name_of_its_format(
    ada: HttpClient, kind: str, accept: str, content_type: str, filename: str
) -> None:
    reply = ada.post(f"/v1/export/{kind}", headers={"Content-Type": "application/json", "Accept": accept})
    assert (reply.status, reply.headers["content-type"]) == (200, content_type)
    assert reply.headers["content-disposition"] == f'attachment; filename="{filename}"'


def test_empty_exports(ada: HttpClient) -> None:
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Slotport//EN\r\nCALSCALE:GREGORIAN\r\n"
    assert ada.post("/v1/export/timeslot").body == b"[]"
    assert ada.post("/v1/export/ical").body == head + b"METHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
    assert ada.post("/v1/export/google").body == head + b"X-WR-CALNAME:ada\r\nX-WR-TIMEZONE:UTC\r\nEND:VCALENDAR\r\n"
    assert ada.post("/v1/export/outlook").body.startswith(b'"Subject","Start Date","Start Time",')


@pytest.mark.parametrize("kind", FORMATS)
def test_group_is_taken_from_wherever_it_is_said(ada: HttpClient, kind: str) -> None:
    group = _group(ada, "Trips")
    ada.post("/v1/slots", json={"uid": "in", "title": "Inside", "start": "2026-03-01", "groups": [group]})
    ada.post("/v1/slots", json={"uid": "out", "title": "Outside", "start": "2026-03-01"})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    replies = [
        ada.post(f"/v1/export/{kind}", json={"group": group}),
        ada.post(f"/v1/export/{kind}", json={"group": group.upper()}),
        ada.post(f"/v1/export/{kind}", body=f"group={group}", headers=form),
        ada.post(f"/v1/export/{kind}", body=json.dumps({"group": group}), headers=form),
        ada.post(f"/v1/export/{kind}?group={group}"),
        ada.post(f"/v1/export/{kind}?group={group}", json={"group": group}),
    ]
    for reply in replies:
        assert (reply.status, reply.body) == (200, replies[0].body)
        assert reply.headers["content-disposition"].startswith(f'attachment; filename="{group}.')
    assert b"Inside" in replies[0].body
    assert b"Outside" not in replies[0].body


@pytest.mark.parametrize("body", ["", "{}", '{"group": null}', '{"group": ""}', "null", " \n"])
def test_no_group_means_everything(ada: HttpClient, body: str) -> None:
    ada.post("/v1/slots", json={"uid": "u", "title": "t", "start": "2026-03-01"})
    reply = ada.post("/v1/export/timeslot", body=body, headers=SEED)
    assert [slot["uid"] for slot in reply.json()] == ["u"]


def test_flag_may_be_said_in_each_way_at_once(ada: HttpClient) -> None:
    file = calendar(event("u")).decode()
    reply = ada.post("/v1/import?dry_run=true&dry_run=1", json={"file": file, "dry_run": True})
    assert (reply.status, reply.json()["created"], ada.get("/v1/slots").json()["data"]) == (200, 1, [])
    assert _code(ada.post("/v1/import?dry_run=1", json={"file": file, "dry_run": False})) == (422, "conflicting_values")
    assert _code(ada.post("/v1/import", json={"file": file, "dry_run": 1})) == (422, "invalid_flag")


def test_group_of_nobody_and_of_somebody_else_is_not_found(ada: HttpClient, bob: HttpClient) -> None:
    theirs = _group(bob, "Bob's")
    for kind in FORMATS:
        for group in (theirs, UNKNOWN):
            reply = ada.post(f"/v1/export/{kind}", json={"group": group})
            assert (reply.status, reply.json()) == (
                404,
                {"error": {"code": "group_not_found", "message": "There is no group with this uuid.", "uuid": group}},
            )


@pytest.mark.parametrize(
    ("url", "body", "code"),
    [
        ("", '{"group": "no uuid"}', "invalid_uuid"),
        ("", '{"group": 5}', "invalid_uuid"),
        ("", '{"group": {}}', "invalid_uuid"),
        (f"?group={UNKNOWN}", '{"group": "11111111-1111-4111-8111-111111111111"}', "conflicting_values"),
        (f"?group={UNKNOWN}&group=x", "", "conflicting_values"),
        ("", "{", "not_json"),
        ("", "[]", "not_an_object"),
        ("", '"text"', "not_an_object"),
        ("", '{"gruop": null}', "unknown_field"),
        ("?gruop=", "", "unknown_field"),
    ],
)
def test_export_is_not_guessed_at(ada: HttpClient, url: str, body: str, code: str) -> None:
    assert _code(ada.post(f"/v1/export/timeslot{url}", body=body, headers=SEED)) == (422, code)


def test_export_is_compressed_for_clients_that_take_it(ada: HttpClient) -> None:
    _import(ada, calendar(*varied_events(50)))
    plain = ada.post("/v1/export/ical")
    packed = ada.post("/v1/export/ical", headers={"Accept": "*/*", "Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert (packed.headers["etag"], packed.headers["content-length"]) == (plain.headers["etag"], str(len(packed.body)))


def test_same_slots_give_the_same_bytes_and_etag(ada: HttpClient) -> None:
    _import(ada, calendar(*varied_events(30)))
    for kind in FORMATS:
        first, second = ada.post(f"/v1/export/{kind}"), ada.post(f"/v1/export/{kind}")
        assert (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])
    etag = ada.post("/v1/export/ical").headers["etag"]
    ada.patch("/v1/slots/varied-3@example.org", json={"title": "Other"})
    assert ada.post("/v1/export/ical").headers["etag"] != etag


@pytest.mark.parametrize(("kind", "content_type"), [("timeslot", "application/json"), ("ical", "application/octet-stream")])
def test_large_export_is_put_aside_and_linked(
    ada: HttpClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch, kind: str, content_type: str
) -> None:
    _import(ada, calendar(*varied_events(60)))
    whole = ada.post(f"/v1/export/{kind}").body
    monkeypatch.setattr("chalicelib.api.slots.routes.MAX_RESPONSE", 5_000)
    reply = ada.post(f"/v1/export/{kind}")
    [(key, stored)] = services.fake_objects.objects.items()
    url = services.fake_objects.download_url(key, filename=reply.json()["filename"], content_type=content_type, seconds=900)
    extension = {"timeslot": "json", "ical": "ical"}[kind]
    assert (reply.status, reply.headers["location"]) == (303, url)
    assert reply.json() == {"url": url, "filename": f"Timeslot-Export.{extension}"}
    assert (stored.body, stored.content_type) == (whole, content_type)


def test_export_that_takes_too_long_says_so_and_leaves_nothing(ada: HttpClient, services: FakeServices) -> None:
    _import(ada, calendar(*varied_events(5)))
    hurried = HttpClient(app, headers=ada._headers, seconds=1)
    assert _code(hurried.post("/v1/export/ical")) == (413, "export_too_large")
    assert services.fake_objects.objects == {}


# import


def test_documented_import_answers_as_documented(ada: HttpClient) -> None:
    reply = ada.post("/v1/import/", body=json.dumps({"file": IMPORT_LINES}), headers=SEED_TEXT)
    assert (reply.status, reply.body) == (200, b"")
    assert {"content-type": "application/json", "cache-control": "no-cache", "content-length": "0"}.items() <= reply.headers.items()
    exported = ada.post("/v1/export/timeslot").json()
    assert [(slot["title"], slot["start"], slot["visibility"]) for slot in exported] == [
        ("Slot title 20", "2019-09-21T20:44:02.000Z", "public"),
        ("Slot title 21", "2019-09-22T21:44:02.000Z", "public"),
        ("Slot title 22", "2019-09-23T22:44:02.000Z", "public"),
        ("Slot title 23", "2019-09-24T23:44:02.000Z", "public"),
        ("Slot title 24", "2019-09-25T00:44:02.000Z", "public"),
    ]
    [group] = ada.get("/v1/groups").json()["data"]
    assert group["name"] == "Imports"
    again = ada.post("/v1/import/", body=json.dumps({"file": IMPORT_LINES}), headers=SEED)
    assert again.json() == {**EMPTY, "unchanged": 5, "group": group["uuid"]}


def _multipart(*parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    body = b"".join(
        b"--XyZ\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b\r\n" % (head.encode(), content) for head, content in parts
    )
    return body + b"--XyZ--\r\n", {"Content-Type": "multipart/form-data; boundary=XyZ"}


@pytest.mark.parametrize(
    "content",
    [calendar(event("u", "Ü")), b"\xef\xbb\xbf" + calendar(event("u", "Ü")), calendar(event("u", "Ü")).decode().encode("utf-16")],
    ids=["utf-8", "utf-8 with BOM", "utf-16"],
)
def test_file_may_come_as_multipart_or_as_the_body(ada: HttpClient, content: bytes) -> None:
    group = _group(ada, "Target")
    body, headers = _multipart(('"file"; filename="cal.ics"', content), ('"group"', group.encode()))
    assert ada.post("/v1/import/", body=body, headers=headers).json() == {**EMPTY, "created": 1, "group": group}
    for content_type in ("text/calendar", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded"):
        if content_type.endswith("urlencoded") and content[:1] != b"B":
            continue
        reply = ada.post(f"/v1/import?group={group}", body=content, headers={"Content-Type": content_type})
        assert reply.json() == {**EMPTY, "unchanged": 1, "group": group}
    assert ada.get("/v1/slots/u").json()["title"] == "Ü"


def test_file_may_come_as_text_or_lines_in_json_or_a_form(ada: HttpClient) -> None:
    text = calendar(event("u")).decode()
    group = _group(ada, "Target")
    for file in (text, text.splitlines(keepends=True), text.splitlines()):
        reply = ada.post("/v1/import", json={"file": file, "group": group})
        assert (reply.status, reply.json()["rejected"]) == (200, [])
    assert reply.json()["unchanged"] == 1
    slots = exported_slots()
    assert ada.post("/v1/import", json={"file": slots, "group": group}).json() == {**EMPTY, "created": 5, "group": group}
    reply = ada.post("/v1/import", body=json.dumps(slots), headers=SEED)
    assert reply.json()["unchanged"] == 5


def test_charset_of_the_request_is_believed(ada: HttpClient) -> None:
    content = calendar(event("u", "Käse")).decode().encode("iso-8859-1")
    reply = ada.post("/v1/import", body=content, headers={"Content-Type": "text/calendar; charset=iso-8859-1"})
    assert reply.json()["created"] == 1
    assert ada.get("/v1/slots/u").json()["title"] == "Käse"
    assert _code(ada.post("/v1/import", body=content, headers=ICS)) == (403, "invalid_encoding")


def test_csv_of_outlook_in_windows_1252_is_taken_and_said(ada: HttpClient) -> None:
    header = b'"Subject","Start Date","Start Time","End Date","End Time"\r\n'
    content = header + b'"K\xe4se","3/14/2026","10:00:00 AM","3/14/2026","11:00:00 AM"\r\n'
    reply = ada.post("/v1/import", body=content, headers={"Content-Type": "text/csv"})
    report = reply.json()
    assert (reply.status, report["created"]) == (200, 1)
    assert "The file is not UTF-8: read as windows-1252, which is what Outlook writes." in report["notes"]


def test_google_s_zip_is_taken(ada: HttpClient) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.ics", calendar(event("a")))
        packed.writestr("b.ics", calendar(event("b")))
    reply = ada.post("/v1/import", body=archive.getvalue(), headers={"Content-Type": "application/zip"})
    assert (reply.status, reply.json()["created"]) == (200, 2)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_missing"),
        (b"  ", "file_missing"),
        (b"{}", "file_missing"),
        (b'{"file": null}', "file_missing"),
        (b'{"file": 5}', "invalid_file"),
        (b'{"file": {"a": 1}}', "invalid_file"),
        (b'{"file": [1]}', "invalid_file"),
        (b'{"file": ["a", {}]}', "invalid_file"),
        (b'{"file": ""}', "empty_file"),
        (b'{"file": []}', "empty_file"),
        (b'{"file": "hello"}', "unknown_format"),
        (b'{"file": "x", "upload": "99999999-9999-4999-8999-999999999999"}', "invalid_fields"),
        (b'{"file": "x", "group": 5}', "invalid_uuid"),
        (b'{"file": "x", "strict": "perhaps"}', "invalid_flag"),
        (b'{"file": "x", "dry_run": 1}', "invalid_flag"),
        (b'{"file": "x", "grupo": 1}', "unknown_field"),
        (b"nonsense", "not_json"),
        (b"{", "not_json"),
        (b'{"file": "BEGIN:VCALENDAR\\r\\nEND:VCALENDAR\\r\\n"}', "no_entries"),
    ],
)
def test_request_that_cannot_be_an_import_is_refused(ada: HttpClient, body: bytes, code: str) -> None:
    assert _code(ada.post("/v1/import/", body=body, headers=SEED)) == (422, code)


def test_multipart_that_is_none_is_refused(ada: HttpClient) -> None:
    body, headers = _multipart(('"file"; filename="cal.ics"', calendar(event("u"))))
    assert _code(ada.post("/v1/import", body=body, headers={"Content-Type": "multipart/form-data"})) == (422, "invalid_multipart")
    other, headers = _multipart(('"attachment"; filename="cal.ics"', b"x"))
    assert _code(ada.post("/v1/import", body=other, headers=headers)) == (422, "unknown_field")


def test_bytes_that_are_no_text_are_a_422_where_no_file_is_asked_for(ada: HttpClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    multipart, multipart_headers = _multipart(('"group"', b"\xff"))
    for path in ("/v1/export/ical", "/v1/export/timeslot", "/v1/groups", "/v1/slots", "/v1/users", "/v1/users/signin"):
        assert _code(ada.post(path, body=b'{"group": "\xff"}', headers=SEED)) == (422, "not_text"), path
        assert _code(ada.post(path, body=b"group=\xff", headers=form)) == (422, "not_text"), path
        assert _code(ada.post(path, body=multipart, headers=multipart_headers)) == (422, "not_text"), path
        latin = {"Content-Type": "application/json; charset=rot13"}
        assert _code(ada.post(path, body=b"{}", headers=latin)) == (422, "unknown_charset"), path


def test_multipart_that_stops_early_is_refused_whatever_is_lost(ada: HttpClient) -> None:
    body, headers = _multipart(('"file"; filename="cal.ics"', calendar(event("u"))), ('"dry_run"', b"true"))
    for length in (0, 2, *range(3, len(body) - len("--\r\n"), 7), len(body) - len("-\r\n")):
        reply = ada.post("/v1/import", body=body[:length], headers=headers)
        assert _code(reply) == (422, "invalid_multipart" if length else "file_missing"), body[:length]
    assert ada.post("/v1/import", body=body[: -len("\r\n")], headers=headers).json()["created"] == 1
    assert ada.get("/v1/slots").json()["data"] == []


def test_bytes_that_are_no_text_are_a_403_with_their_place(ada: HttpClient) -> None:
    content = calendar(event("a"), event("u", "Ü")).replace("Ü".encode(), b"\xff")
    reply = ada.post("/v1/import", body=content, headers=ICS)
    assert (reply.status, reply.json()["error"]["code"], reply.json()["error"]["line"]) == (403, "invalid_encoding", 14)
    reply = ada.post("/v1/import", body=b'{"file": "\xff"}', headers=SEED)
    assert _code(reply) == (403, "invalid_encoding")
    assert ada.get("/v1/slots").json()["data"] == []


def test_unknown_group_imports_nothing(ada: HttpClient, bob: HttpClient) -> None:
    for group in (UNKNOWN, _group(bob, "Bob's")):
        for query, headers in (("", ICS), ("", {**ICS, "Prefer": "respond-async"})):
            reply = ada.post(f"/v1/import{query}?group={group}", body=calendar(event("u")), headers=headers)
            assert _code(reply) == (404, "group_not_found")
    assert ada.get("/v1/slots").json()["data"] == ada.get("/v1/groups").json()["data"] == []


def test_bad_entries_are_reported_and_the_good_ones_imported(ada: HttpClient) -> None:
    content = calendar(event("a"), event("b", "x" * 1_001), event("c"), "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n")
    report = _import(ada, content)
    assert report == {
        **EMPTY,
        "created": 2,
        "rejected": [{"entry": 2, "line": 10, "uid": "b", "reason": "SUMMARY is longer than 1000 characters"}],
        "ignored": {"VTODO": 1},
        "group": report["group"],
    }


def test_what_was_passed_over_or_understood_in_part_is_noted(ada: HttpClient) -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nTZOFFSETTO:xx\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    outer = "BEGIN:VEVENT\r\nUID:b\r\nDTSTART;TZID=Z:20260101T100000\r\nBEGIN:VEVENT\r\nUID:c\r\nEND:VEVENT\r\nEND:VEVENT\r\n"
    late = "BEGIN:VEVENT\r\nUID:d\r\nDTSTART;TZID=Asia/Tokyo:00010101T010000\r\nEND:VEVENT\r\n"
    content = calendar(zone, event("a"), "some text\r\n", outer, ":::\r\n", late)
    line = content[: content.index(b"some text")].count(b"\n") + 1
    report = _import(ada, content)
    assert (report["created"], report["notes"]) == (
        2,
        [
            f"2 lines between the components are no properties (RFC 5545 §3.1), first line {line}",
            "1 entries stand inside another and are kept as a part of it (RFC 5545 §3.6), first in entry 2",
            "1 entries stand at their wall clock time: the VTIMEZONE of their zone makes no sense (RFC 5545 §3.6.5)",
        ],
    )
    assert [entry["reason"] for entry in report["rejected"]] == [
        "DTSTART is outside the calendar, which has the years 1 to 9999: 'DTSTART;TZID=Asia/Tokyo:00010101T010000'"
    ]
    exported = icalendar.Calendar.from_ical(ada.post("/v1/export/ical").body)
    assert sorted(str(found["UID"]) for found in exported.walk("VEVENT")) == ["a", "b", "c"]
    assert list(exported.walk("VTIMEZONE")) == []


def test_strict_imports_all_or_nothing(ada: HttpClient) -> None:
    content = calendar(event("a"), event("b", "x" * 1_001))
    for query in ("?strict=true", "?strict=1"):
        reply = ada.post(f"/v1/import{query}", body=content, headers=ICS)
        assert (reply.status, reply.json()) == (
            422,
            {
                "error": {
                    "code": "not_strictly_valid",
                    "message": "1 of the entries cannot be imported, and strict was asked for: "
                    "nothing was imported (entry 2, line 10).",
                    "rejected": 1,
                    "entry": 2,
                    "line": 10,
                    "uid": "b",
                    "reason": "SUMMARY is longer than 1000 characters",
                }
            },
        )
    assert ada.get("/v1/slots").json()["data"] == []
    assert _import(ada, calendar(event("a")), "?strict=true")["created"] == 1


def test_file_without_a_valid_entry_is_a_422_that_names_entry_and_line(ada: HttpClient) -> None:
    reply = ada.post("/v1/import", body=calendar(event("b", "x" * 1_001)), headers=ICS)
    error = reply.json()["error"]
    assert (reply.status, error["code"], error["entry"], error["line"]) == (422, "no_valid_entry", 1, 4)


def test_dry_run_reports_and_writes_nothing(ada: HttpClient) -> None:
    _import(ada, calendar(event("a", "Old"), event("same")))
    content = calendar(event("a", "New"), event("same"), event("b"))
    group = ada.get("/v1/groups").json()["data"][0]["uuid"]
    expected = {**EMPTY, "created": 1, "updated": 1, "unchanged": 1, "group": group}
    assert _import(ada, content, "?dry_run=true") == expected
    assert [slot["title"] for slot in ada.get("/v1/slots").json()["data"]] == ["Old", "A slot"]
    assert _import(ada, content) == expected


def test_importing_twice_changes_nothing_and_one_change_updates_one(ada: HttpClient) -> None:
    content = calendar(*varied_events(80))
    first = _import(ada, content)
    assert (first["created"], first["updated"], first["unchanged"], first["rejected"]) == (80, 0, 0, [])
    before = ada.post("/v1/export/timeslot").body
    assert _import(ada, content) == {**first, "created": 0, "unchanged": 80}
    assert ada.post("/v1/export/timeslot").body == before
    changed = content.replace(b"SUMMARY:Plain 5\r\n", b"SUMMARY:Plain five\r\n")
    assert _import(ada, changed) == {**first, "created": 0, "updated": 1, "unchanged": 79}


def test_two_users_may_have_the_same_uid(ada: HttpClient, bob: HttpClient) -> None:
    _import(ada, calendar(event("u", "Ada's")))
    assert _import(bob, calendar(event("u", "Bob's")))["created"] == 1
    assert [client.get("/v1/slots/u").json()["title"] for client in (ada, bob)] == ["Ada's", "Bob's"]


def test_series_with_changed_occurrences_is_one_slot_and_comes_back_whole(ada: HttpClient) -> None:
    parts = [
        event("s", "Weekly", "20260301T100000Z", "RRULE:FREQ=WEEKLY;COUNT=5", "X-KEPT;A=b:yes"),
        event("s", "Moved", "20260309T100000Z", "RECURRENCE-ID:20260308T100000Z"),
        event("s", "Also", "20260316T100000Z", "RECURRENCE-ID:20260315T100000Z"),
    ]
    assert _import(ada, calendar(*parts))["created"] == 1
    assert len(ada.get("/v1/slots").json()["data"]) == 1
    exported = ada.post("/v1/export/ical").text
    assert [part for part in parts if part in exported] == parts
    assert _import(ada, exported.encode())["unchanged"] == 1


@pytest.mark.parametrize("kind", ["timeslot", "ical"])
def test_export_imported_by_its_owner_changes_nothing(ada: HttpClient, kind: str) -> None:
    _import(ada, calendar(*varied_events(40)))
    ada.post(
        "/v1/slots", json={"uid": "mine", "title": "Mine", "start": "2026-03-01T10:00:00Z", "notes": ["n"], "visibility": "foaf"}
    )
    report = _import(ada, ada.post(f"/v1/export/{kind}").body)
    assert (report["created"], report["updated"], report["unchanged"], report["rejected"]) == (0, 0, 41, [])


def test_original_scenario(ada: HttpClient, bob: HttpClient) -> None:
    groups = [_group(ada, f"Group {number}") for number in range(3)]
    for number in range(5):
        slot: dict[str, Any] = {
            "uid": f"slot-{number}",
            "title": f"Slot title {number}",
            "visibility": "public",
            "start": f"2019-09-1{number}T20:44:02Z",
            "end": f"2019-10-1{number}T20:44:02Z",
            "media": [{"url": f"https://example.org/{number}.jpg"}],
            "notes": [{"title": f"Note {note}", "content": "…"} for note in range(3)],
        }
        if number < 2:
            slot["settings"] = {"alerts": "omlet"}
        if number == 2:
            slot["location"] = {"name": "Here", "city": "Berlin", "latitude": 52.5, "longitude": 13.4}
        if number < 3:
            slot["groups"] = [groups[number]]
        assert ada.post("/v1/slots", json=slot).status == 201
    exports = {kind: ada.post(f"/v1/export/{kind}") for kind in FORMATS}
    assert {kind: reply.status for kind, reply in exports.items()} == dict.fromkeys(FORMATS, 200)

    report = bob.post("/v1/import", body=exports["timeslot"].body, headers=SEED).json()
    assert (report["created"], report["rejected"]) == (5, [])
    mine, theirs = exports["timeslot"].json(), bob.post("/v1/export/timeslot").json()
    assert theirs == mine
    assert [slot["uid"] for slot in bob.get(f"/v1/groups/{report['group']}/slots").json()["data"]] == ["slot-3", "slot-4"]
    assert [group["name"] for group in bob.get("/v1/groups").json()["data"]] == ["Group 0", "Group 1", "Group 2", "Imports"]

    target = _group(bob, "Target")
    for kind, reply in exports.items():
        if kind != "timeslot":
            assert (
                bob.post(
                    f"/v1/import?group={target}", body=reply.body, headers={"Content-Type": reply.headers["content-type"]}
                ).status
                == 200
            )
    only = ada.post("/v1/export/timeslot", json={"group": groups[1]})
    assert [slot["uid"] for slot in only.json()] == ["slot-1"]
    empty = ada.post("/v1/export/ical", json={"group": _group(ada, "Empty")})
    assert b"VEVENT" not in empty.body


def test_title_of_a_formula_comes_back_from_csv_unchanged(ada: HttpClient, bob: HttpClient) -> None:
    title = '=HYPERLINK("http://evil";"x") & \'+1'
    ada.post("/v1/slots", json={"uid": "u", "title": title, "start": "2026-03-01T10:00:00Z", "end": "2026-03-01T11:00:00Z"})
    exported = ada.post("/v1/export/outlook")
    assert b'"=' not in exported.body
    assert bob.post("/v1/import", body=exported.body, headers={"Content-Type": "text/csv"}).json()["created"] == 1
    [slot] = bob.get("/v1/slots").json()["data"]
    assert (slot["title"], slot["start"], slot["end"]) == (title, "2026-03-01T10:00:00.000Z", "2026-03-01T11:00:00.000Z")


def test_long_title_stays_long(ada: HttpClient) -> None:
    _import(ada, calendar(event("u", "x" * 300)))
    assert ada.get("/v1/slots/u").json()["title"] == "x" * 300


# large files


def test_upload_way_from_the_url_to_the_report(ada: HttpClient, services: FakeServices) -> None:
    opened = ada.post("/v1/import/uploads")
    upload = opened.json()
    assert (opened.status, upload) == (
        201,
        {"upload": upload["upload"], "method": "PUT", "url": upload["url"], "headers": {}, "expires": "2026-03-01T13:00:00.000Z"},
    )
    early = ada.post("/v1/import/", json={"upload": upload["upload"]})
    assert _code(early) == (404, "upload_not_found")
    key = upload["url"].removeprefix("https://objects.test/").partition("?")[0]
    services.fake_objects.put(key, calendar(event("a"), event("b", "x" * 1_001)))
    started = ada.post("/v1/import/", json={"upload": upload["upload"]})
    url = f"https://slotport.test/v1/import/{upload['upload']}"
    assert (started.status, started.json()) == (202, {"import": upload["upload"], "state": "pending", "status_url": url})
    assert started.headers["location"] == url
    path = url.removeprefix("https://slotport.test")
    assert ada.get(path).json() == {"import": upload["upload"], "state": "pending", "done": 0, "total": 0}
    [(_, state)] = services.fake_machine.executions.items()
    services.import_jobs.run_piece(state["user_id"], state["import_id"], until=float("inf"))
    done = ada.get(path).json()
    assert done == {
        **EMPTY,
        "import": upload["upload"],
        "state": "done",
        "done": 2,
        "total": 2,
        "created": 1,
        "rejected": [{"entry": 2, "line": 10, "uid": "b", "reason": "SUMMARY is longer than 1000 characters"}],
        "group": done["group"],
    }


def test_upload_that_was_tried_dry_can_be_imported(ada: HttpClient, services: FakeServices) -> None:
    opened = ada.post("/v1/import/uploads").json()
    user_id = ada.get("/v1/me").json()["id"]
    services.fake_objects.put(f"uploads/{user_id}/{opened['upload']}", calendar(event("u")))
    tried = {"upload": opened["upload"], "dry_run": True}
    dry = ada.post("/v1/import", json=tried)
    assert (dry.status, dry.json()["import"] != opened["upload"]) == (202, True)
    assert services.import_jobs.run_piece(user_id, dry.json()["import"], until=float("inf")) == "finished"
    assert (ada.post("/v1/import", json=tried).json()["state"], ada.get("/v1/slots").json()["data"]) == ("done", [])
    real = ada.post("/v1/import", json={"upload": opened["upload"]})
    assert (real.status, real.json()["import"]) == (202, opened["upload"])
    assert _code(ada.post("/v1/import", json={"upload": opened["upload"], "strict": True})) == (409, "upload_used")
    assert services.import_jobs.run_piece(user_id, opened["upload"], until=float("inf")) == "finished"
    assert ada.get(f"/v1/import/{opened['upload']}").json()["created"] == 1
    assert [*services.fake_objects.list("uploads/"), *services.fake_objects.list("tmp/")] == []


def test_uploads_tried_dry_in_different_ways_are_told_apart(ada: HttpClient, services: FakeServices) -> None:
    opened = ada.post("/v1/import/uploads").json()
    user_id = ada.get("/v1/me").json()["id"]
    services.fake_objects.put(f"uploads/{user_id}/{opened['upload']}", calendar(event("u")))
    tried = {"upload": opened["upload"], "dry_run": True}
    names = {ada.post("/v1/import", json=tried | more).json()["import"] for more in ({}, {"strict": True}, {})}
    assert len(names) == 2


def test_failed_import_shows_its_error(ada: HttpClient, services: FakeServices) -> None:
    started = ada.post(
        "/v1/import", body=b"hello", headers={"Content-Type": "text/plain", "Prefer": "respond-async, wait=5"}
    ).json()
    [(_, state)] = services.fake_machine.executions.items()
    services.import_jobs.run_piece(state["user_id"], state["import_id"], until=float("inf"))
    assert ada.get(f"/v1/import/{started['import']}").json() == {
        "import": started["import"],
        "state": "failed",
        "done": 0,
        "total": 0,
        "error": {
            "code": "unknown_format",
            "message": "The file is none that can be read: iCalendar, a zip of iCalendar files, Outlook CSV or Timeslot JSON.",
            "media_type": "text/plain",
        },
    }


def test_imports_and_uploads_are_their_owners_only(ada: HttpClient, bob: HttpClient, services: FakeServices) -> None:
    started = ada.post("/v1/import", body=calendar(event("u")), headers={**ICS, "Prefer": "respond-async"}).json()
    for path in (started["import"], UNKNOWN, "x"):
        assert _code(bob.get(f"/v1/import/{path}")) == (404, "import_not_found")
    for upload in (started["import"], UNKNOWN, "x"):
        assert _code(bob.post("/v1/import", json={"upload": upload})) == (404, "upload_not_found")


def test_body_that_lambda_would_not_pass_is_a_413_that_names_the_way(ada: HttpClient) -> None:
    for content_type in ("text/calendar", "application/json", "multipart/form-data; boundary=x"):
        reply = ada.post("/v1/import", body=b"x" * 4_500_001, headers={"Content-Type": content_type})
        assert (reply.status, reply.json()) == (
            413,
            {
                "error": {
                    "code": "request_too_large",
                    "message": "This is too large for one request. POST /v1/import/uploads gives a URL to put the file to; "
                    'then POST /v1/import/ with {"upload": id} imports it.',
                    "bytes": 4_500_001,
                    "limit": 4_500_000,
                    "upload": "/v1/import/uploads",
                }
            },
        )


# hostile files


def _bomb() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.ics", b"BEGIN:VCALENDAR\r\n" + b"X:" + b"0" * 60_000_000)
    return archive.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_000,
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 10_000 + b"END:X\r\n" * 10_000 + b"END:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + b"x" * 4_000_000 + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"[" * 100_000,
        b'[{"a":' * 50_000,
        b"\x00" * 1_000,
        b"PK\x03\x04nonsense",
        _bomb(),
    ],
    ids=["open events", "nested", "a line of 4 MB", "open arrays", "open objects", "NUL", "no zip", "zip bomb"],
)
def test_hostile_file_gets_a_4xx(ada: HttpClient, content: bytes) -> None:
    reply = ada.post("/v1/import", body=content, headers={"Content-Type": "application/octet-stream"})
    assert reply.status in (403, 422), reply.text
    assert ada.get("/v1/slots").json()["data"] == []


def test_rule_with_a_billion_occurrences_is_kept_and_never_expanded(ada: HttpClient) -> None:
    text = event("u", "Often", "20260301T100000Z", "RRULE:FREQ=SECONDLY;COUNT=1000000000")
    assert _import(ada, calendar(text))["created"] == 1
    assert text in ada.post("/v1/export/ical").text
    reply = ada.get("/v1/slots?filter=between&earliest=2026-03-01T10:00:00Z&latest=2026-03-01T10:00:03Z&occurrences=true")
    assert [each["start"][17:19] for each in reply.json()["data"][0]["occurrences"]] == ["00", "01", "02"]
