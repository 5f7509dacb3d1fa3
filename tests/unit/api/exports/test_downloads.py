from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exports import Archive, Packer, RunRef
from chalicelib.services.ports.exports import Dossier
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient, Reply
from tests.unit.api.exports.conftest import User, Worker

FILES = {"slots.json": b"[]", "a/b/c/deep.xml": b"<x/>", "a/b.csv": b"1", "SHA256SUMS": b"", "a/ü 1.ics": b"BEGIN"}
BOTH = pytest.mark.parametrize("base", ["/api/v1/export", "/api/v1/v1/export"])


class FakeArchiver:
    """Makes archives at once, or leaves them to a job."""

    def __init__(self, services: FakeServices) -> None:
        self._services = services
        self.later = False
        self.asked: list[tuple[RunRef, Packer, str]] = []

    def make(self, ref: RunRef, *, packer: Packer, folder: str, deadline: float) -> Archive | None:
        self.asked.append((ref, packer, folder))
        if self.later:
            return None
        extension = {"zip": "zip", "tar": "tar", "tar_gz": "tar.gz", "tar_bz2": "tar.bz2"}[packer]
        self._services.fake_objects.put(ref.archive_key(extension, folder), b"made")
        return Archive(extension, 4)


@pytest.fixture
def archiver(services: FakeServices) -> FakeArchiver:
    made = FakeArchiver(services)
    vars(services)["export_archiver"] = made
    return made


def done(ada: User, worker: Worker, *extensions: str, **export: Any) -> int:
    number: int = ada.create({"name": "Plan", **export})["export"]["_id"]
    ada.call("POST", f"/{number}/start")
    worker.finish(number, FILES, *extensions)
    return number


def dossier(services: FakeServices, number: int) -> Dossier:
    found = services.fake_exports.dossier(number)
    assert found is not None
    return found


def passkey(services: FakeServices, number: int) -> str:
    return dossier(services, number).export.passkey


def target(reply: Reply) -> tuple[str, dict[str, str]]:
    """Give the key and the parameters of the address that a reply leads to."""
    assert reply.status == 307, reply.text
    assert (reply.headers["cache-control"], reply.headers["referrer-policy"]) == ("no-store", "no-referrer")
    parts = urlsplit(reply.headers["location"])
    return parts.path.removeprefix("/"), {name: values[0] for name, values in parse_qs(parts.query).items()}


def code(reply: Reply, status: int) -> str:
    assert reply.status == status, reply.text
    return str(reply.json()["code"]).rpartition(".")[2]


@BOTH
def test_file_leads_to_the_store(ada: User, worker: Worker, base: str) -> None:
    number = done(ada, worker)
    prefix = f"exports/{number}/1/files"
    expected = {"seconds": "300", "disposition": "attachment"}
    for path, name, content_type in [
        ("slots.json", "slots.json", "application/json"),
        ("a/b/c/deep.xml", "deep.xml", "application/xml"),
        ("a/b.csv", "b.csv", "text/csv; charset=utf-8"),
        ("SHA256SUMS", "SHA256SUMS", "text/plain; charset=utf-8"),
        ("a/ü 1.ics", "ü 1.ics", "text/calendar; charset=utf-8"),
    ]:
        url = f"{base}/{number}/file/{quote(path)}?token={ada.token}"
        key, query = target(ada.client.get(url))
        assert key == quote(f"{prefix}/{path}")
        assert query == {**expected, "filename": name, "content_type": content_type}
        head = ada.client.head(url)
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(FILES[path])))
        assert head.headers["content-type"] == content_type
        assert head.headers["content-disposition"].startswith("attachment; filename=")


def test_folder_is_listed(ada: User, worker: Worker) -> None:
    number = done(ada, worker)
    everything = [("a/b.csv", 1), ("a/b/c/deep.xml", 4), ("a/ü 1.ics", 5)]
    listed = [{"path": path, "size": size} for path, size in everything]
    assert ada.call("GET", f"/{number}/file/a").json() == {"path": "a", "files": listed, "more": False}
    assert ada.call("GET", f"/{number}/file/a?limit=2").json() == {"path": "a", "files": listed[:2], "more": True}
    assert ada.call("GET", f"/{number}/file/a?limit=2&offset=2").json() == {"path": "a", "files": listed[2:], "more": False}
    assert ada.call("GET", f"/{number}/file/a/b").json() == {"path": "a/b", "files": listed[1:2], "more": False}


@pytest.mark.parametrize(
    "path",
    [
        "none.json", "slots.json/x", "..", "../slots.json", "a/../slots.json", "%2e%2e", "a%2Fb.csv", "..%2f..%2fx", "a%00",
        "./slots.json", "a%5Cb.csv", "a//b.csv", "a/b/c/d/e", "a/b/c//deep.xml", "a/b/c/deep.xml/e",
    ],
)  # fmt: skip
def test_odd_paths_are_files_that_do_not_exist(ada: User, worker: Worker, path: str) -> None:
    number = done(ada, worker)
    for reply in (ada.call("GET", f"/{number}/file/{path}"), ada.call("GET", f"/{number}/zip/none/{path}")):
        assert code(reply, 404) == "export_file_not_found"


def test_disposition_and_filename(ada: User, worker: Worker) -> None:
    number = done(ada, worker)
    for name, expected in [
        ("other", "other.json"),
        ("other.json", "other.json"),
        ("Übersicht", "Übersicht.json"),
        ('a"b\r\nSet-Cookie: x', 'a"b\r\nSet-Cookie: x.json'),
    ]:
        _, query = target(ada.call("GET", f"/{number}/file/slots.json?disposition=inline&filename={quote(name)}"))
        assert (query["disposition"], query["filename"]) == ("inline", expected)
        head = ada.call("HEAD", f"/{number}/file/slots.json?disposition=inline&filename={quote(name)}")
        assert head.headers["content-disposition"].startswith("inline; filename=")
        assert head.headers["content-disposition"].isascii()
        assert not set("\r\n") & set(head.headers["content-disposition"])
    assert code(ada.call("GET", f"/{number}/file/slots.json?disposition=download"), 400) == "invalid_value"
    assert code(ada.call("GET", f"/{number}/file/slots.json?filename={'x' * 301}"), 400) == "invalid_value"


def test_errors_are_redirects_where_somebody_looks_at_them(ada: User, bob: User, worker: Worker, client: HttpClient) -> None:
    number = done(ada, worker)
    fresh = ada.create()["export"]["_id"]
    for reply, key in [
        (ada.call("GET", f"/{number}/file/none?disposition=inline"), "export.file.not.found"),
        (bob.call("GET", f"/{number}/file/slots.json?disposition=inline"), "export.not.found"),
        (ada.call("GET", f"/{fresh}/zip?disposition=attachment"), "export.not.done"),
        (client.get(f"/api/v1/export/{number}/zip?disposition=inline&token=x"), "not.authenticated"),
        (ada.call("GET", f"/{number}/zip?disposition=inline&filename={'x' * 301}"), "invalid.value"),
        (ada.call("GET", f"/{number}/zip?disposition=inline&filename=a&filename=b"), "repeated.parameter"),
    ]:
        assert (reply.status, reply.headers["location"]) == (302, f"https://slotport.test/#server_error:{key}")
        assert ada.token not in str(reply)
    assert code(ada.call("GET", f"/{fresh}/zip"), 400) == "export_not_done"
    assert code(ada.call("GET", f"/{fresh}/file/slots.json"), 400) == "export_not_done"


@pytest.mark.parametrize(("failure", "key"), [(RuntimeError("broken"), "generic"), (Unavailable("table_busy"), "service.busy")])
def test_fault_of_ours_is_a_redirect_too_where_somebody_looks_at_it(
    ada: User, services: FakeServices, worker: Worker, monkeypatch: pytest.MonkeyPatch, failure: Exception, key: str
) -> None:
    number = done(ada, worker)

    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(services.fake_exports, "dossier", fail)
    for path in (f"/{number}/zip", f"/{number}/download/x/Plan.zip"):
        seen = ada.call("GET", f"{path}?disposition=inline")
        assert (seen.status, seen.headers["location"]) == (302, f"https://slotport.test/#server_error:{key}")
        assert code(ada.call("GET", path), 500) == "generic"


@BOTH
def test_zip_of_everything_a_folder_and_a_file(ada: User, worker: Worker, archiver: FakeArchiver, base: str) -> None:
    number = done(ada, worker)
    ref = RunRef(number, 1)
    key, query = target(ada.client.get(f"{base}/{number}/zip?token={ada.token}"))
    assert (key, query["filename"], query["content_type"]) == (ref.archive_key("zip"), "Plan.zip", "application/zip")
    assert archiver.asked == []
    key, query = target(ada.client.get(f"{base}/{number}/zip/a/b?token={ada.token}"))
    assert (key, query["filename"]) == (ref.archive_key("zip", "a/b"), "Plan-b.zip")
    key, query = target(ada.client.get(f"{base}/{number}/zip/a/b?token={ada.token}&filename=x"))
    assert query["filename"] == "x.zip"
    assert archiver.asked == [(ref, "zip", "a/b")]


def test_archive_that_takes_long_is_awaited(ada: User, worker: Worker, archiver: FakeArchiver) -> None:
    number = done(ada, worker)
    archiver.later = True
    reply = ada.call("GET", f"/{number}/zip/a")
    assert (reply.status, reply.headers["retry-after"], reply.json()) == (202, "5", {"state": "processing", "retry_after": 5})
    page = ada.client.get(f"/api/v1/export/{number}/zip/a?token={ada.token}", headers={"Accept": "text/html,*/*"})
    assert (page.status, page.headers["content-type"]) == (202, "text/html; charset=utf-8")
    assert b'http-equiv="refresh" content="5"' in page.body


@BOTH
def test_link_opens_without_a_token_and_over_re_runs(
    ada: User, client: HttpClient, services: FakeServices, worker: Worker, archiver: FakeArchiver, base: str
) -> None:
    number = done(ada, worker, "tar", "1.zip", "2.zip")
    start = f"{base}/{number}/download/{passkey(services, number)}/Plan"
    for extension, content_type in [("zip", "application/zip"), ("2.zip", "application/zip"), ("tar", "application/x-tar")]:
        key, query = target(client.get(f"{start}.{extension}"))
        assert key == RunRef(number, 1).archive_key(extension)
        assert (query["filename"], query["disposition"]) == (f"Plan.{extension}", "attachment")
        head = client.head(f"{start}.{extension}")
        assert (head.status, head.headers["content-length"]) == (200, str(100 + len(extension)))
        assert (query["content_type"], head.headers["content-type"]) == (content_type, content_type)
    assert target(client.get(f"{start}.tar.gz"))[0] == RunRef(number, 1).archive_key("tar.gz")
    assert archiver.asked == [(RunRef(number, 1), "tar_gz", "")]
    ada.call("POST", f"/{number}/start")
    assert code(client.get(f"{start}.zip"), 400) == "export_not_done"
    worker.publish(number, FILES)
    assert target(client.get(f"{start}.zip"))[0] == RunRef(number, 2).archive_key("zip")
    ada.call("DELETE", f"/{number}")
    assert client.get(f"{start}.zip").headers["location"] == "https://slotport.test/#server_error:export.invalid.passkey"


def test_former_names_keep_working_and_a_new_passkey_ends_the_old(
    ada: User, client: HttpClient, services: FakeServices, worker: Worker
) -> None:
    number = done(ada, worker)
    key = passkey(services, number)
    for name in ("Größe / 2", "../..", "C:\\x?%#", "n" * 300, "🎉 שלום"):
        ada.call("POST", f"/{number}", json={"export": {"name": name}})
    ada.call("POST", f"/{number}/start")
    worker.finish(number)
    shown = ada.call("GET", f"/{number}").json()["_downloads"]["_files"]
    assert [file["url"] for file in shown] == [f"{key}/{quote('🎉 שלום')}.zip"]
    for name in ("Plan", "🎉 שלום", "Größe _ 2", "n" * 180):
        assert client.get(f"/api/v1/export/{number}/download/{key}/{quote(name)}.zip").status == 307, name
    assert ada.call("POST", f"/{number}/passkey").status == 200
    renewed = passkey(services, number)
    assert renewed != key
    assert client.get(f"/api/v1/export/{number}/download/{key}/Plan.zip").status == 302
    assert client.get(f"/api/v1/export/{number}/download/{renewed}/Plan.zip").status == 307


class Counting:
    """Notes the calls of a store."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            self.calls.append(name)
            return getattr(self._store, name)(*args, **named)

        return call


def test_wrong_passkey_export_and_name_cannot_be_told_apart(
    ada: User, client: HttpClient, services: FakeServices, worker: Worker
) -> None:
    number = done(ada, worker)
    fresh = ada.create({"name": "Plan"})["export"]["_id"]
    key = passkey(services, number)
    counting = Counting(services.fake_exports)
    vars(services).update(export_store=counting)
    vars(services).pop("export_downloads")
    vars(services).pop("export_jobs")
    answers = []
    for path in [
        f"{number}/download/{'x' * len(key)}/Plan.zip",
        f"{number}/download/{key[:-1]}/Plan.zip",
        f"{number}/download/{key}x/Plan.zip",
        f"{number}/download/é/Plan.zip",
        f"404/download/{key}/Plan.zip",
        f"abc/download/{key}/Plan.zip",
        f"{number}/download/{key}/Other.zip",
        f"{number}/download/{key}/Plan",
        f"{number}/download/{key}/Plan.exe",
        f"{number}/download/{key}/Plan.7.zip",
        f"{number}/download/{key}/Plan.0.zip",
        f"{fresh}/download/{key}/Plan.zip",
        f"{number}/download/{key}/Plan.zip/x",
        f"{number}/download/{key}//Plan.zip",
        f"{number}/download/x/a/b/c/d",
    ]:
        counting.calls.clear()
        for more in ("", "?disposition=inline"):
            reply = client.get(f"/api/v1/export/{path}{more}")
            headers = {name: value for name, value in reply.headers.items() if name != "x-runtime"}
            answers.append((reply.status, headers, reply.body))
        assert counting.calls == ["dossier", "dossier"], path
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == 302
    assert answers[0][1]["location"] == "https://slotport.test/#server_error:export.invalid.passkey"


def test_last_done_run_is_served_where_that_is_wanted(
    ada: User, client: HttpClient, services: FakeServices, worker: Worker
) -> None:
    number = done(ada, worker, serve_last_done=True)
    link = f"/api/v1/export/{number}/download/{passkey(services, number)}/Plan.zip"
    ada.call("POST", f"/{number}/start")
    assert target(client.get(link))[0] == RunRef(number, 1).archive_key("zip")
    assert ada.call("GET", f"/{number}").json()["_files_total"] == len(FILES)
    worker.fail(number)
    assert target(client.get(link))[0] == RunRef(number, 1).archive_key("zip")
    ada.call("POST", f"/{number}/start")
    worker.finish(number)
    assert target(client.get(link))[0] == RunRef(number, 3).archive_key("zip")


def test_without_that_only_a_done_export_is_served(ada: User, client: HttpClient, services: FakeServices, worker: Worker) -> None:
    number = done(ada, worker)
    link = f"/api/v1/export/{number}/download/{passkey(services, number)}/Plan.zip"
    ada.call("POST", f"/{number}/start")
    worker.fail(number)
    assert code(client.get(link), 400) == "export_not_done"
    assert client.get(f"{link}?disposition=inline").headers["location"] == "https://slotport.test/#server_error:export.not.done"


def test_files_that_were_kept_long_enough_are_gone(ada: User, client: HttpClient, services: FakeServices, worker: Worker) -> None:
    number = done(ada, worker, keep_days=2)
    services.now += timedelta(days=2)
    for due in services.export_care.due_care():
        assert services.export_care.look_after(due, until=float("inf")) == "discarded"
    shown = ada.call("GET", f"/{number}").json()
    assert (shown["_state"], shown["_files"], shown["_downloads"]) == ("done", [], {"_files": []})
    assert (
        code(client.get(f"/api/v1/export/{number}/download/{passkey(services, number)}/Plan.zip"), 404) == "export_file_not_found"
    )
    assert services.fake_objects.objects == {}


def test_files_are_listed_in_pages(ada: User, worker: Worker) -> None:
    number = ada.create()["export"]["_id"]
    ada.call("POST", f"/{number}/start")
    names = [f"f{n:05d}.json" for n in range(2_500)]
    worker.finish(number, dict.fromkeys(names, b"{}"))
    everything = [{"path": name, "size": 2, "sha256": f"sha of {name}"} for name in names]
    shown = ada.call("GET", f"/{number}").json()
    assert (shown["_files"], shown["_files_total"]) == (everything[:1_000], 2_500)
    page = {"limit": None, "offset": 0, "count": 2_500}
    assert ada.call("GET", f"/{number}/files").json() == {**page, "objects": everything[:1_000]}
    for limit, offset in [(10, 995), (1_000, 990), (1_000, 2_400), (0, 5), (5, 9_999), (1, 2_499)]:
        assert ada.call("GET", f"/{number}/files?limit={limit}&offset={offset}").json() == {
            "limit": limit,
            "offset": offset,
            "count": 2_500,
            "objects": everything[offset : offset + limit],
        }
