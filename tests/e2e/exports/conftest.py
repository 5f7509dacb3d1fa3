"""Users of export jobs on the running service, receivers of webhooks, and the mails that were sent."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tests.running_service import Stack

PATIENCE = 300
"""Seconds for a run, on a machine that has other things to do as well."""


def events(count: int) -> bytes:
    """Write a calendar of events with a title, one after another over January 2026."""
    written = "".join(
        f"BEGIN:VEVENT\r\nUID:e2e-{number:03d}\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:202601{number % 28 + 1:02d}T{number // 28 % 24:02d}0000Z\r\nSUMMARY:שלום {number}\r\nEND:VEVENT\r\n"
        for number in range(count)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{written}END:VCALENDAR\r\n".encode()


class Owner:
    """A user with some slots, and what the API gives."""

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(base_url=stack.base_url, timeout=60)
        self.email = f"{uuid.uuid4().hex}@example.org"
        signed_up = self.http.post("/v1/users", json={"email": self.email, "password": "correct horse", "username": "Ann"})
        assert signed_up.status_code == 201, signed_up.text
        signed_in = self.http.post("/v1/users/signin", json={"email": self.email, "password": "correct horse"})
        self.token = signed_in.json()["authToken"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def import_slots(self, count: int) -> None:
        answer = self.http.post("/v1/import", content=events(count), headers={"Content-Type": "text/calendar"})
        assert answer.status_code == 200, answer.text

    def call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.http.request(method, f"/api/v1/export{path}", **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Make a call that does not succeed, and give its status and the last part of the code."""
        answer = self.http.request(method, f"/api/v1/export{path}", **options)
        return answer.status_code, answer.json()["code"].rpartition(".")[2]

    def create(self, export: dict[str, Any], **more: Any) -> int:
        made: int = self.call("PUT", "", json={"export": export, **more})["export"]["_id"]
        return made

    def start(self, export_id: int) -> None:
        assert self.call("POST", f"/{export_id}/start")["_state"] == "pending"

    def run(self, export_id: int) -> dict[str, Any]:
        """Start a run and wait for its end."""
        self.start(export_id)
        return self.ended(export_id)

    def ended(self, export_id: int) -> dict[str, Any]:
        """Wait for the end of the run that is going."""
        deadline = time.monotonic() + PATIENCE
        seen: list[int] = []
        while True:
            found: dict[str, Any] = self.call("GET", f"/{export_id}")
            seen.append(found["_progress"]["done"])
            if found["_state"] in {"done", "failed"}:
                assert seen == sorted(seen)
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.2)

    def link(self, export_id: int, path: str) -> bytes:
        """Fetch a lasting link, as somebody without a token."""
        answer = httpx.get(f"{self.http.base_url}/api/v1/export/{export_id}/download/{path}", follow_redirects=True, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.content


class Hooked:
    """A receiver of webhooks that notes what is posted, and answers when it is `open`."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.called = Event()
        self.open = Event()
        self.open.set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (_Hook,), {"hooked": self}))
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


class _Hook(BaseHTTPRequestHandler):
    hooked: Hooked

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.hooked.posted.append((dict(self.headers), body))
        self.hooked.called.set()
        self.hooked.open.wait(PATIENCE)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hooked]:
    made = Hooked()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.open.set()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def stored(stack: Stack, export_id: int, run: int) -> list[str]:
    """List what a run has in the bucket, without the prefix that all of it has."""
    s3 = stack.aws("s3")
    bucket = next(each["Name"] for each in s3.list_buckets()["Buckets"] if "-bucket-" in each["Name"])
    prefix = f"exports/{export_id}/{run}/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    uploads = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    assert [each["Key"] for each in uploads if each["Key"].startswith(prefix)] == []
    return [each["Key"].removeprefix(prefix) for page in pages for each in page.get("Contents", [])]


def until_gone(stack: Stack, export_id: int, run: int) -> None:
    """Wait until nothing that a run has written is left."""
    deadline = time.monotonic() + PATIENCE
    while found := stored(stack, export_id, run):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def discard(stack: Stack, export_id: int, run: int) -> None:
    """Let the time have come at which a run's files are removed, and the rule of every minute fire."""
    tables = stack.aws("dynamodb")
    table = next(name for name in tables.list_tables()["TableNames"] if "ExportTable" in name)
    tables.update_item(
        TableName=table,
        Key={"pk": {"S": f"E#{export_id}"}, "sk": {"S": f"D#{run:010d}"}},
        UpdateExpression="SET care_at = :past",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    functions = stack.aws("lambda")
    tick = next(each["FunctionName"] for each in functions.list_functions()["Functions"] if "-Tick-" in each["FunctionName"])
    event = dict.fromkeys(("version", "account", "region", "detail-type", "source", "time", "id"), "")
    answer = functions.invoke(FunctionName=tick, Payload=json.dumps({**event, "detail": {}, "resources": []}))
    assert "FunctionError" not in answer, answer["Payload"].read()


def mails(stack: Stack, address: str) -> list[tuple[str, str]]:
    """Give subject and text of the mails to an address, in the order in which they were sent."""
    accounts = httpx.get(f"{stack.endpoint_url}/_ministack/ses/messages", timeout=60).json()["messages"]
    sent = sorted((mail for mails in accounts.values() for mail in mails), key=lambda mail: mail["Timestamp"])
    return [(mail["Subject"], mail["BodyText"]) for mail in sent if mail["To"] == [address]]
