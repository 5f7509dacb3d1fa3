"""Runs of export jobs on the deployed template: the state machine, its task, archives and links."""

import hashlib
import io
import json
import subprocess
import tarfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.running_service import Stack

PATIENCE = 120
"""Seconds for a run."""


class Owner:
    """A user with some slots, and what the API gives."""

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(base_url=stack.base_url, timeout=60)
        email = f"{uuid.uuid4().hex}@example.org"
        signed_up = self.http.post("/v1/users", json={"email": email, "password": "correct horse", "username": "Ann"})
        assert signed_up.status_code == 201, signed_up.text
        signed_in = self.http.post("/v1/users/signin", json={"email": email, "password": "correct horse"})
        self.token = signed_in.json()["authToken"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def import_slots(self, count: int) -> None:
        events = "".join(
            f"BEGIN:VEVENT\r\nUID:e2e-{number:03d}\r\nDTSTAMP:20260101T000000Z\r\n"
            f"DTSTART:202601{number % 28 + 1:02d}T{number // 28:02d}0000Z\r\nSUMMARY:שלום {number}\r\nEND:VEVENT\r\n"
            for number in range(count)
        )
        calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{events}END:VCALENDAR\r\n"
        answer = self.http.post("/v1/import", content=calendar.encode(), headers={"Content-Type": "text/calendar"})
        assert answer.status_code == 200, answer.text

    def call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.http.request(method, f"/api/v1/export{path}", **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, export: dict[str, Any], **more: Any) -> int:
        made: int = self.call("PUT", "", json={"export": export, **more})["export"]["_id"]
        return made

    def run(self, export_id: int) -> dict[str, Any]:
        """Start a run and wait for its end."""
        assert self.call("POST", f"/{export_id}/start")["_state"] == "pending"
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


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Owner:
    made = Owner(stack)
    made.import_slots(60)
    return made


class Hook(BaseHTTPRequestHandler):
    """Notes what is posted."""

    posted: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    posted: list[tuple[dict[str, str], bytes]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Hook,), {"posted": posted}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", posted
    server.shutdown()
    thread.join()
    server.server_close()


def test_run_delivers_what_was_asked_for(owner: Owner, hook: Any, tmp_path: Path) -> None:
    url, posted = hook
    transports = [
        {"type": "download", "packer": "tar_gz"},
        {"type": "webhook", "packer": "zip", "options": {"url": url, "secret": "s3cret-s3cret-s3cret"}},
    ]
    export_id = owner.create(
        {"name": "Weekly Überblick", "json": True, "xml": True, "ical": True, "csv": {"delimiter": ";"}, "batch_size": 25},
        _transports=transports,
    )

    done = owner.run(export_id)

    assert done["_state"] == "done", done
    assert done["_progress"] == {"done": 60, "total": 60}
    assert [transport["_state"] for transport in done["_transports"]] == ["done", "done"]
    (download,) = done["_downloads"]["_files"][:1]
    content = owner.link(export_id, download["url"])
    assert len(content) == download["size"]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted(file["path"] for file in done["_files"])
    assert {file["path"]: file["sha256"] for file in done["_files"]} == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()
    }
    batches = [json.loads(archive.read(f"00000{batch}/slots.json")) for batch in (1, 2, 3)]
    assert list(map(len, batches)) == [25, 25, 10]
    packed = owner.link(export_id, done["_transports"][0]["_download"]["_files"][0]["url"])
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert sorted(tar.getnames()) == sorted(archive.namelist())
    archive.extractall(tmp_path)
    if which("sha256sum"):
        assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False).returncode == 0
    (headers, body), *_ = posted
    assert json.loads(body)["export"]["_id"] == export_id
    assert headers["X-Slotport-Delivery"] == f"export-{export_id}-1-1"


def test_link_gives_the_new_data_after_another_run_and_nothing_after_deletion(owner: Owner) -> None:
    export_id = owner.create({"name": "again", "json": True})
    first = owner.run(export_id)
    url = first["_downloads"]["_files"][0]["url"]
    before = owner.link(export_id, url)
    owner.run(export_id)

    after = owner.link(export_id, url)
    owner.call("DELETE", f"/{export_id}")
    gone = httpx.get(f"{owner.http.base_url}/api/v1/export/{export_id}/download/{url}")

    runs = [json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))["run"] for content in (before, after)]
    assert runs == [1, 2]
    assert (gone.status_code, "#server_error:export.invalid.passkey" in gone.headers["Location"]) == (302, True)


def test_files_and_folders_with_a_token(owner: Owner) -> None:
    export_id = owner.create({"name": "files", "json": True, "json_one_file_per_object": True, "batch_size": 40})
    done = owner.run(export_id)
    assert done["_state"] == "done", done

    one = owner.http.get(f"/api/v1/export/{export_id}/file/000001/e2e-000.json", follow_redirects=True, headers=_anonymous(owner))
    folder = owner.http.get(f"/api/v1/v1/export/{export_id}/zip/000002", follow_redirects=True, headers=_anonymous(owner))
    assert (one.status_code, folder.status_code) == (200, 200), (one.text, folder.text)
    assert one.json()["uid"] == "e2e-000"
    names = zipfile.ZipFile(io.BytesIO(folder.content)).namelist()
    assert (len(names), {name.partition("/")[0] for name in names}) == (20, {"000002"})


def _anonymous(owner: Owner) -> dict[str, str]:
    return {"Authorization": f"Bearer {owner.token}", "Accept": "*/*"}
