"""An export job from its definition to its link and its end, over HTTP on the running service."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
import time
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

PASSWORD = "correct horse battery"
EVENTS = 120


class Exports:
    """One user of the export API."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        email = f"{uuid.uuid4().hex}@example.org"
        http.post("/v1/users", json={"email": email, "password": PASSWORD, "username": "E"}).raise_for_status()
        self.token = http.get("/api/v1/session").json()["token"]
        login = {"token": self.token, "login": email, "password": PASSWORD}
        http.post("/api/v1/session/authenticate", params=login).raise_for_status()

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        options["params"] = {"token": self.token, **options.get("params", {})}
        return self.http.request(method, f"/api/v1/export{path}", **options)

    def fill(self, events: int = EVENTS) -> None:
        body = "".join(
            f"BEGIN:VEVENT\r\nUID:e{n}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202603{n % 28 + 1:02d}T100000Z\r\n"
            f"SUMMARY:Event {n}\r\nEND:VEVENT\r\n"
            for n in range(events)
        )
        calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{body}END:VCALENDAR\r\n"
        headers = {"Authorization": f"Token token={self.token}", "Content-Type": "text/calendar"}
        self.http.post("/v1/import/", content=calendar.encode(), headers=headers).raise_for_status()

    def wait(self, number: int, seconds: float = 300) -> dict[str, Any]:
        """Wait for the end of the run, looking at its progress on the way."""
        deadline, last = time.monotonic() + seconds, -1
        while time.monotonic() < deadline:
            shown: dict[str, Any] = self.call("GET", f"/{number}").json()
            assert shown["_progress"]["done"] >= last or shown["_state"] == "pending"
            last = shown["_progress"]["done"] if shown["_state"] == "processing" else -1
            if shown["_state"] in {"done", "failed"}:
                return shown
            time.sleep(0.2)
        raise AssertionError(f"still {shown['_state']}")

    def fetch(self, path: str, **params: str) -> bytes:
        reply = self.http.get(path, params=params)
        assert reply.status_code == 307, reply.text
        assert (reply.headers["cache-control"], reply.headers["referrer-policy"]) == ("no-store", "no-referrer")
        stored = httpx.get(reply.headers["location"], timeout=60)
        assert stored.status_code == 200
        return stored.content


@pytest.fixture
def user(http: httpx.Client) -> Exports:
    return Exports(http)


def test_job_from_definition_to_lasting_link(user: Exports, tmp_path: Path) -> None:
    user.fill()
    definition = {
        "export": {"name": "Pläne 2026", "json": True, "ical": True, "csv": {}},
        "_transports": [{"type": "download", "packer": "tar_gz"}],
    }
    number = user.call("PUT", "", json=definition).json()["export"]["_id"]
    assert user.call("POST", f"/{number}/start").json()["_state"] == "pending"
    shown = user.wait(number)
    assert (shown["_state"], shown["_progress"]) == ("done", {"done": EVENTS, "total": EVENTS})
    assert [entry["event"]["type"] for entry in shown["_log"]] == ["EXPORT_INSERT", "EXPORT_START", "EXPORT_FINISH"]
    assert shown["_transports"][0]["_state"] == "done"

    digests = {file["path"]: file["sha256"] for file in shown["_files"]}
    for base in (f"/api/v1/export/{number}", f"/api/v1/v1/export/{number}"):
        for path, digest in digests.items():
            content = user.fetch(f"{base}/file/{quote(path)}", token=user.token)
            assert hashlib.sha256(content).hexdigest() == digest
            (tmp_path / path).write_bytes(content)
    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout

    link = f"/api/v1/export/{number}/download/{shown['_downloads']['_files'][0]['url']}"
    with zipfile.ZipFile(io.BytesIO(user.fetch(link))) as archive:
        assert archive.testzip() is None
        assert {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()} == digests
    for tar in (shown["_transports"][0]["_download"]["_files"][0]["url"], shown["_downloads"]["_files"][0]["url"][:-4] + ".tar"):
        with tarfile.open(fileobj=io.BytesIO(user.fetch(f"/api/v1/export/{number}/download/{tar}"))) as archive:
            assert set(archive.getnames()) == set(digests)

    user.fill(EVENTS + 1)
    user.call("POST", f"/{number}/start")
    assert user.wait(number)["_progress"] == {"done": EVENTS + 1, "total": EVENTS + 1}
    with zipfile.ZipFile(io.BytesIO(user.fetch(link))) as archive:
        assert archive.read("slots.ics").count(b"BEGIN:VEVENT") == EVENTS + 1

    assert user.call("DELETE", f"/{number}").status_code == 200
    gone = user.http.get(link)
    site = str(user.http.base_url).rstrip("/")
    assert (gone.status_code, gone.headers["location"]) == (302, f"{site}/#server_error:export.invalid.passkey")


def test_runs_of_simultaneous_starts_never_overlap(user: Exports) -> None:
    number = user.call("PUT", "", json={}).json()["export"]["_id"]
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: user.call("POST", f"/{number}/start").status_code, range(10)))
    assert set(statuses) <= {200, 400}
    log = [entry["event"]["type"] for entry in user.wait(number)["_log"]]
    # a request that came after the end of the first run may well have started another
    assert log == ["EXPORT_INSERT", *["EXPORT_START", "EXPORT_FINISH"] * statuses.count(200)]


def test_expired_link_of_the_store_is_refused_and_ours_goes_on(user: Exports) -> None:
    number = user.call("PUT", "", json={}).json()["export"]["_id"]
    user.call("POST", f"/{number}/start")
    link = f"/api/v1/export/{number}/download/{user.wait(number)['_downloads']['_files'][0]['url']}"
    address = user.http.get(link).headers["location"]
    broken = httpx.URL(address).copy_set_param("X-Amz-Date", "20200101T000000Z")
    assert httpx.get(broken, timeout=60).status_code == 403
    assert zipfile.ZipFile(io.BytesIO(user.fetch(link))).testzip() is None
    head = user.http.head(link)
    assert (head.status_code, head.headers["content-type"]) == (200, "application/zip")
