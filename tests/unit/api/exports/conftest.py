"""The export API on services in memory, called as API Gateway calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import pytest

from app import app
from chalicelib import wiring
from chalicelib.domain.exports import Archive, ExportFile, LogEntry, RunRef, RunResult
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient, Reply

PASSWORD = "correct horse battery"


@pytest.fixture
def services() -> Iterator[FakeServices]:
    made = FakeServices()
    wiring.use(made)
    yield made
    wiring.use(None)


@pytest.fixture
def client(services: FakeServices) -> HttpClient:
    """A client without a token."""
    return HttpClient(app)


class User(NamedTuple):
    """A signed-in user of the API."""

    client: HttpClient
    token: str
    id: int

    def call(self, method: str, path: str, *, json: Any = None) -> Reply:
        """Call a path under `/api/v1/export` with the user's token in the query."""
        separator = "&" if "?" in path else "?"
        return self.client.request(method, f"/api/v1/export{path}{separator}token={self.token}", json=json)

    def create(self, export: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Define an export and give it."""
        reply = self.call("PUT", "", json={"export": export or {}, **more})
        assert reply.status == 200, reply.text
        made: dict[str, Any] = reply.json()
        return made


def signed_up(client: HttpClient, services: FakeServices, email: str) -> User:
    user = services.accounts.sign_up(email=email, password=PASSWORD, name=email.partition("@")[0])
    return User(client, services.accounts.sign_in(email=email, password=PASSWORD).token, user.id)


@pytest.fixture
def ada(client: HttpClient, services: FakeServices) -> User:
    return signed_up(client, services, "ada@example.org")


@pytest.fixture
def bob(client: HttpClient, services: FakeServices) -> User:
    return signed_up(client, services, "bob@example.org")


class Worker:
    """Does what the tasks of a run do, on the stores in memory."""

    def __init__(self, services: FakeServices) -> None:
        self._services = services

    def ref(self, export_id: int) -> RunRef:
        dossier = self._services.fake_exports.dossier(export_id)
        assert dossier is not None
        return RunRef(export_id, dossier.export.run)

    def claim(self, export_id: int) -> RunRef:
        ref = self.ref(export_id)
        self._services.fake_exports.claim_run(ref, now=self._services.now)
        return ref

    def publish(self, export_id: int, files: dict[str, bytes], *extensions: str) -> RunRef:
        """Write files, their index and archives, and make them visible."""
        ref, objects = self.claim(export_id), self._services.fake_objects
        listed = [ExportFile(path, len(body), f"sha of {path}") for path, body in sorted(files.items())]
        for path, body in files.items():
            objects.put(ref.file_key(path), body)
        for page in range(0, len(listed), 1_000):
            objects.put(ref.index_key(page // 1_000), orjson.dumps([file._asdict() for file in listed[page : page + 1_000]]))
        archives = tuple(Archive(extension, 100 + len(extension)) for extension in sorted({"zip", *extensions}))
        for archive in archives:
            objects.put(ref.archive_key(archive.extension), b"x" * archive.size)
        self._services.fake_exports.publish_run(ref, RunResult(3, len(listed), archives))
        return ref

    def finish(self, export_id: int, files: dict[str, bytes] | None = None, *extensions: str) -> RunRef:
        ref = self.publish(export_id, files if files is not None else {"slots.json": b"[]"}, *extensions)
        entry = LogEntry(ref.run, "EXPORT_FINISH", self._services.now, {"objects": 3})
        self._services.fake_exports.finish_run(ref, log=entry, now=self._services.now)
        return ref

    def fail(self, export_id: int, reason: str = "broken") -> None:
        self._services.export_failures.close(self.ref(export_id), reason)


@pytest.fixture
def worker(services: FakeServices) -> Worker:
    return Worker(services)
