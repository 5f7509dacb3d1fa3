from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exports import TransportOutcome
from tests.fakes.services import FakeServices
from tests.http_client import Reply
from tests.unit.api.exports.conftest import User, Worker

DEFAULTS: dict[str, Any] = {
    "type": "export",
    "objecttype": "slot",
    "search": {},
    "json": True,
    "xml": False,
    "ical": False,
    "csv": False,
    "json_one_file_per_object": False,
    "xml_one_file_per_object": False,
    "ical_one_file_per_object": False,
    "fields": {},
    "flat": False,
    "batch_size": None,
    "filename_template": None,
    "serve_last_done": False,
    "keep_days": None,
    "notify": False,
}


def error(reply: Reply, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = reply.json()
    assert (reply.status, body["code"]) == (status, code), reply.text
    return body


def test_new_export_shows_everything(ada: User, services: FakeServices) -> None:
    shown = ada.create()
    number = shown["export"]["_id"]
    assert 0 < number < 2**53
    assert shown == {
        "_basetype": "export",
        "_date_created": "2026-03-01T12:00:00Z",
        "_state": "new",
        "_progress": {"done": 0, "total": 0},
        "_next_run": None,
        "export": {"_id": number, "_version": 1, **DEFAULTS, "name": f"slots-export-{number}"},
        "_schedules": [],
        "_transports": [],
        "_log": [{"event": {"_id": "0.0", "timestamp": "2026-03-01T12:00:00Z", "type": "EXPORT_INSERT", "info": {"user": ada.id}}}],
        "_files": [],
        "_files_total": 0,
        "_downloads": {"_files": []},
    }
    assert ada.call("GET", f"/{number}").json() == shown
    assert services.fake_export_machine.executions == {}


def test_passkey_has_enough_bits_and_ids_do_not_follow_each_other(ada: User, services: FakeServices) -> None:
    ids = [ada.create()["export"]["_id"] for _ in range(5)]
    assert len({b - a for a, b in pairwise(ids)}) > 1
    keys = set()
    for number in ids:
        dossier = services.fake_exports.dossier(number)
        assert dossier is not None
        keys.add(dossier.export.passkey)
        assert len(base64.urlsafe_b64decode(dossier.export.passkey + "==")) >= 16
    assert len(keys) == 5


def test_another_users_export_is_as_if_it_did_not_exist(ada: User, bob: User, worker: Worker) -> None:
    number = ada.create()["export"]["_id"]
    ada.call("POST", f"/{number}/start")
    worker.finish(number)
    for method, path in [
        ("GET", ""),
        ("POST", ""),
        ("DELETE", ""),
        ("POST", "/start"),
        ("POST", "/stop"),
        ("POST", "/passkey"),
        ("GET", "/files"),
        ("GET", "/file/slots.json"),
        ("GET", "/zip"),
        ("GET", "/zip/slots.json"),
    ]:
        theirs = bob.call(method, f"/{number}{path}", json={})
        nobodys = bob.call(method, f"/404{path}", json={})
        assert error(theirs, 404, "error.user.export_not_found") == {
            "realm": "user",
            "code": "error.user.export_not_found",
            "parameters": {"id": number},
        }
        assert nobodys.json() == {**theirs.json(), "parameters": {"id": 404}}
    assert bob.call("GET", "").json()["count"] == 0


@pytest.mark.parametrize("number", ["x", "1.5", "1e3", "١", "9" * 40, "0x10"])
def test_id_that_is_no_integer_is_a_type_mismatch(ada: User, number: str) -> None:
    body = error(ada.call("GET", f"/{number}"), 400, "error.api.type_mismatch")
    assert (body["attribute"], body["path"]) == ("export_id", "export_id")


def test_list_is_newest_first_and_without_the_long_parts(ada: User, services: FakeServices) -> None:
    made = []
    for n in range(3):
        services.now += timedelta(minutes=1)
        made.append(ada.create({"name": f"n{n}", "type": "download" if n else "export"}))
    short = [
        {
            name: value
            for name, value in export.items()
            if name in {"_basetype", "_date_created", "_state", "_progress", "_next_run", "export"}
        }
        for export in reversed(made)
    ]
    assert ada.call("GET", "").json() == {"limit": None, "offset": 0, "count": 3, "objects": short}
    assert ada.call("GET", "?limit=1&offset=1").json() == {"limit": 1, "offset": 1, "count": 3, "objects": short[1:2]}
    assert ada.call("GET", "?limit=0").json() == {"limit": 0, "offset": 0, "count": 3, "objects": []}
    assert ada.call("GET", "?limit=5000").json() == {"limit": 5000, "offset": 0, "count": 3, "objects": short}
    assert ada.call("GET", "?offset=9").json() == {"limit": None, "offset": 9, "count": 3, "objects": []}
    assert ada.call("GET", "?filter=type:download&limit=1").json() == {"limit": 1, "offset": 0, "count": 2, "objects": short[:1]}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=x", "type_mismatch"),
        ("limit=-1", "invalid_value"),
        ("limit=", "type_mismatch"),
        ("limit=1.0", "type_mismatch"),
        ("offset=-1", "invalid_value"),
        ("offset=1&offset=2", "invalid_value"),
        ("filter=colour:red", "invalid_value"),
        ("filter=type", "invalid_value"),
        ("filter=type:", "invalid_value"),
        ("filter=type:export%2Btype:download", "invalid_value"),
        ("filter=type:export,,", "invalid_value"),
        ("filter=status:sleeping", "invalid_value"),
        ("filter=type:export|zip", "invalid_value"),
    ],
)
def test_bad_list_parameters_are_refused(ada: User, query: str, code: str) -> None:
    error(ada.call("GET", f"?{query}"), 400, f"error.api.{code}")


def test_filter_grammar(ada: User, worker: Worker) -> None:
    names: dict[int, str] = {}
    for kind in ("export", "export_incremental", "download"):
        for state in ("new", "done", "failed", "pending"):
            number = ada.create({"type": kind})["export"]["_id"]
            names[number] = f"{kind}/{state}"
            if state != "new":
                assert ada.call("POST", f"/{number}/start").status == 200
            if state == "done":
                worker.finish(number)
            if state == "failed":
                worker.fail(number)

    def listed(text: str) -> set[str]:
        reply = ada.call("GET", f"?filter={text}").json()
        assert reply["count"] == len(reply["objects"])
        return {names[one["export"]["_id"]] for one in reply["objects"]}

    assert listed("type:download") == {name for name in names.values() if name.startswith("download/")}
    assert listed("status:done|failed") == {name for name in names.values() if name.endswith(("/done", "/failed"))}
    expected = {"download/failed", "export/failed"} | {name for name in names.values() if name.startswith("export_incremental/")}
    seed = "type:download|export{}status:failed,type:export_incremental"
    assert listed(seed.format("%2B")) == listed(seed.format("+")) == listed(seed.format("%20")) == expected


def test_update_changes_what_is_sent_and_leaves_the_rest(ada: User, services: FakeServices) -> None:
    before = ada.create(
        {"name": "Plan", "csv": {"delimiter": ";"}, "fields": {"title": {"display_name": "Titel"}}},
        _transports=[{"type": "download"}],
    )
    number = before["export"]["_id"]
    after = ada.call("POST", f"/{number}", json={"export": {"xml": True, "json": True}}).json()
    assert after["export"] == {**before["export"], "_version": 2, "xml": True, "json": True}
    assert after["_transports"] == before["_transports"]
    assert ada.call("POST", f"/{number}", json={"_transports": []}).json()["_transports"] == []
    assert ada.call("POST", f"/{number}", json={}).json()["export"] == {**after["export"], "_version": 4}


def test_what_is_shown_can_be_sent_back(ada: User, services: FakeServices, worker: Worker) -> None:
    number = ada.create(
        {
            "name": "Full",
            "objecttype": "slot",
            "csv": {"use_bom": True},
            "ical": True,
            "ical_one_file_per_object": True,
            "keep_days": 3,
        },
        _schedules=[{"weekdays": ["Sunday"], "day_of_month": [7, 1], "hour": 10, "timezone": "Europe/Berlin"}],
        _transports=[{"type": "email", "packer": "tar_gz", "options": {"email.recipients": [ada.id, "x@example.org"]}}],
    )["export"]["_id"]
    ada.call("POST", f"/{number}/start")
    worker.finish(number, {"a.json": b"1"}, "tar.gz")
    shown = ada.call("GET", f"/{number}").json()
    assert shown["_schedules"] == [
        {"weekdays": ["sunday"], "days_of_month": [1, 7], "hours": [10], "minutes": [0], "timezone": "Europe/Berlin"}
    ]
    assert shown["_next_run"] == "2026-06-07T08:00:00Z"
    again = ada.call("POST", f"/{number}", json=shown)
    assert again.status == 200, again.text
    assert again.json()["export"] == {**shown["export"], "_version": 2}
    copied = ada.call("PUT", "", json=shown)
    assert copied.status == 200, copied.text
    assert copied.json()["export"]["_id"] != number


def test_outdated_version_is_refused(ada: User) -> None:
    number = ada.create()["export"]["_id"]
    assert ada.call("POST", f"/{number}", json={"export": {"_version": 1, "flat": True}}).json()["export"]["_version"] == 2
    body = error(ada.call("POST", f"/{number}", json={"export": {"_version": 1}}), 400, "error.user.version_mismatch")
    assert body["parameters"] == {"provided": 1, "expected": 2}
    error(ada.call("POST", f"/{number}", json={"export": {"_version": "2"}}), 400, "error.api.type_mismatch")
    error(ada.call("POST", f"/{number}", json={"export": {"_id": number + 1}}), 400, "error.api.invalid_value")


def test_definition_that_changes_make_too_large_is_refused(ada: User) -> None:
    values = {"search": [{"type": "in", "fields": ["uid"], "in": [f"{n:04d}{'x' * 150}" for n in range(1_000)]}]}
    number = ada.create({"search": values})["export"]["_id"]
    mail = {"type": "email", "options": {"recipients": [ada.id], "message": "m" * 9_000}}
    body = error(ada.call("POST", f"/{number}", json={"_transports": [mail] * 10}), 400, "error.api.invalid_content")
    assert (body["limit"], body["bytes"] > 200_000) == (200_000, True)
    assert ada.call("GET", f"/{number}").json()["export"]["_version"] == 1
    error(ada.call("PUT", "", json={"export": {"name": "n" * 2_000_000}}), 400, "error.api.invalid_content")


def test_too_many_values_are_named_however_long_they_are(ada: User) -> None:
    values = {"search": [{"type": "in", "fields": ["uid"], "in": [f"{n:036d}" for n in range(10_000)]}]}
    body = error(ada.call("PUT", "", json={"export": {"search": values}}), 400, "error.api.invalid_value")
    assert (body["path"], body["limit"]) == ("export.search.search[0].in", 1_000)


def test_concurrent_updates_are_all_kept(ada: User) -> None:
    number = ada.create()["export"]["_id"]
    changes: list[dict[str, Any]] = [{"flat": True}, {"xml": True}, {"notify": True}, {"batch_size": 5}, {"keep_days": 2}]
    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(lambda change: ada.call("POST", f"/{number}", json={"export": change}).status, changes))
    assert statuses == [200] * 5
    shown = ada.call("GET", f"/{number}").json()["export"]
    assert shown["_version"] == 6
    wanted = {name: value for change in changes for name, value in change.items()}
    assert {name: shown[name] for name in wanted} == wanted


def test_scheduled_export_needs_a_name(ada: User) -> None:
    schedule = {"_schedules": [{"hours": [5]}]}
    error(ada.call("PUT", "", json=schedule), 400, "error.user.export_name_required")
    number = ada.create()["export"]["_id"]
    error(ada.call("POST", f"/{number}", json=schedule), 400, "error.user.export_name_required")
    named = ada.call("POST", f"/{number}", json={**schedule, "export": {"name": "Daily"}}).json()
    assert (named["_next_run"], named["_state"]) == ("2026-03-02T05:00:00Z", "new")
    error(ada.call("POST", f"/{number}", json={"export": {"name": ""}}), 400, "error.user.export_name_required")
    assert ada.call("POST", f"/{number}", json={"_schedules": []}).json()["_next_run"] is None


def test_start_runs_once(ada: User, services: FakeServices, worker: Worker) -> None:
    number = ada.create()["export"]["_id"]
    started = ada.call("POST", f"/{number}/start")
    assert (started.status, started.json()["_state"]) == (200, "pending")
    assert services.fake_export_machine.executions == {f"export-{number}-1": {"export_id": number, "run": 1}}
    body = error(ada.call("POST", f"/{number}/start"), 400, "error.user.export_already_running")
    assert body == {"realm": "user", "code": "error.user.export_already_running", "parameters": {"id": number}}
    worker.claim(number)
    assert ada.call("GET", f"/{number}").json()["_state"] == "processing"
    worker.finish(number)
    shown = ada.call("GET", f"/{number}").json()
    assert (shown["_state"], shown["_progress"]) == ("done", {"done": 3, "total": 3})
    assert [entry["event"]["type"] for entry in shown["_log"]] == ["EXPORT_INSERT", "EXPORT_START", "EXPORT_FINISH"]
    assert ada.call("POST", f"/{number}/start").status == 200


def test_ten_starts_at_once_are_one(ada: User, services: FakeServices) -> None:
    number = ada.create()["export"]["_id"]
    barrier = threading.Barrier(10)

    def start(_: int) -> int:
        barrier.wait()
        return ada.call("POST", f"/{number}/start").status

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(start, range(10))) == [200] + [400] * 9
    assert list(services.fake_export_machine.executions) == [f"export-{number}-1"]


def test_only_five_runs_at_once(ada: User, bob: User) -> None:
    numbers = [ada.create()["export"]["_id"] for _ in range(6)]
    assert [ada.call("POST", f"/{number}/start").status for number in numbers[:5]] == [200] * 5
    body = error(ada.call("POST", f"/{numbers[5]}/start"), 400, "error.user.too_many_running_exports")
    assert body["parameters"] == {"limit": 5}
    assert bob.call("POST", f"/{bob.create()['export']['_id']}/start").status == 200
    assert ada.call("POST", f"/{numbers[0]}/stop").status == 200
    assert ada.call("POST", f"/{numbers[5]}/start").status == 200


def test_stop_is_final(ada: User, services: FakeServices, worker: Worker) -> None:
    number = ada.create()["export"]["_id"]
    body = error(ada.call("POST", f"/{number}/stop"), 404, "error.user.export_not_running")
    assert body["parameters"] == {"id": number}
    ada.call("POST", f"/{number}/start")
    ref = worker.claim(number)
    services.fake_exports.set_total(ref, 10)
    services.fake_exports.advance_run(ref, 0, 4)
    stopped = ada.call("POST", f"/{number}/stop").json()
    assert (stopped["_state"], stopped["_progress"]) == ("failed", {"done": 4, "total": 10})
    assert stopped["_log"][-1]["event"] == {
        "_id": "1.6",
        "timestamp": "2026-03-01T12:00:00Z",
        "type": "EXPORT_STOPPED",
        "info": {"user": ada.id},
    }
    assert services.fake_export_machine.stopped == {f"export-{number}-1": "stopped by its owner"}
    worker.fail(number)
    assert ada.call("GET", f"/{number}").json() == stopped
    error(ada.call("POST", f"/{number}/stop"), 404, "error.user.export_not_running")


def test_update_stops_and_purges_the_run(ada: User, services: FakeServices, worker: Worker) -> None:
    number = ada.create()["export"]["_id"]
    ada.call("POST", f"/{number}/start")
    worker.publish(number, {"a.json": b"1"})
    changed = ada.call("POST", f"/{number}", json={"export": {"flat": True}}).json()
    assert (changed["_state"], changed["_files_total"], changed["_downloads"]) == ("new", 0, {"_files": []})
    assert services.fake_export_machine.stopped == {f"export-{number}-1": "stopped by its owner"}


def test_delete_removes_the_export_and_its_schedule(ada: User, services: FakeServices) -> None:
    number = ada.create({"name": "Daily"}, _schedules=[{}])["export"]["_id"]
    ada.call("POST", f"/{number}/start")
    gone = ada.call("DELETE", f"/{number}")
    assert (gone.status, gone.json()) == (200, {"_basetype": "export", "export": {"_id": number}, "deleted": True})
    error(ada.call("GET", f"/{number}"), 404, "error.user.export_not_found")
    error(ada.call("DELETE", f"/{number}"), 404, "error.user.export_not_found")
    assert ada.call("GET", "").json()["count"] == 0
    assert services.fake_exports.due_exports(services.now + timedelta(days=9), limit=9) == []
    assert services.fake_export_machine.stopped == {f"export-{number}-1": "its export was deleted"}


def test_exports_per_user_are_limited(ada: User, services: FakeServices) -> None:
    made = [ada.create()["export"]["_id"] for _ in range(3)]
    object.__setattr__(services.settings, "max_exports", 3)
    vars(services).pop("export_jobs")
    body = error(ada.call("PUT", "", json={}), 400, "error.user.too_many_exports")
    assert body["parameters"] == {"limit": 3}
    ada.call("DELETE", f"/{made[0]}")
    assert ada.call("PUT", "", json={}).status == 200


def test_transports_show_state_and_links(ada: User, services: FakeServices, worker: Worker) -> None:
    transports = [{"type": "download", "packer": "zip_10mb"}, {"type": "download", "packer": "tar"}]
    number = ada.create({"name": "Pläne 2026"}, _transports=transports)["export"]["_id"]
    shown = ada.call("GET", f"/{number}").json()["_transports"]
    assert [(one["_state"], one["_download"]) for one in shown] == [("new", {"_files": []})] * 2
    ada.call("POST", f"/{number}/start")
    ref = worker.publish(number, {"a.json": b"1"}, "1.zip", "2.zip", "10.zip", "tar")
    services.fake_exports.record_transport(ref, 0, TransportOutcome("done"))
    shown = ada.call("GET", f"/{number}").json()
    dossier = services.fake_exports.dossier(number)
    assert dossier is not None
    base = f"{dossier.export.passkey}/Pl%C3%A4ne%202026"
    assert [one["_state"] for one in shown["_transports"]] == ["done", "pending"]
    assert shown["_transports"][0]["_download"] == {
        "_files": [
            {"url": f"{base}.1.zip", "size": 105},
            {"url": f"{base}.2.zip", "size": 105},
            {"url": f"{base}.10.zip", "size": 106},
        ]
    }
    assert shown["_transports"][1]["_download"] == {"_files": [{"url": f"{base}.tar", "size": 103}]}
    assert shown["_downloads"] == {"_files": [{"url": f"{base}.zip", "size": 103}]}


def test_user_who_leaves_takes_the_exports_along(ada: User, bob: User, services: FakeServices) -> None:
    for user in (ada, ada, bob):
        user.create()
    leaving = services.accounts.user(ada.id)
    assert services.export_jobs.remove(leaving, until=float("inf")) is True
    assert (ada.call("GET", "").json()["count"], bob.call("GET", "").json()["count"]) == (0, 1)


@pytest.mark.parametrize("failure", [Unavailable("table_busy"), RuntimeError("broken")])
def test_fault_of_ours_has_an_id_that_the_logs_have(
    ada: User, services: FakeServices, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    number = ada.create()["export"]["_id"]

    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(services.fake_exports, "dossier", fail)
    reply = ada.call("GET", f"/{number}")
    assert error(reply, 500, "error.server.generic")["uuid"] == reply.headers["x-request-id"]
    assert reply.headers.get("retry-after") == ("1" if isinstance(failure, Unavailable) else None)


def test_wrong_method_is_an_api_error(ada: User) -> None:
    body = error(ada.call("PATCH", "/1"), 400, "error.api.invalid_request_method")
    assert body["realm"] == "api"


def test_value_that_is_none_of_the_known_ones_is_told_them(ada: User) -> None:
    reply = ada.call("GET", "/1/zip?disposition=open")
    assert error(reply, 400, "error.api.invalid_value") == {
        "realm": "api",
        "code": "error.api.invalid_value",
        "description": "disposition has an invalid value: expected inline or attachment.",
        "attribute": "disposition",
        "path": "disposition",
        "value": "open",
        "expected": ["inline", "attachment"],
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["nothing", "exports", "export/1/begin", "v1/export", "session/x/y", "export/1/file"])
def test_unknown_call_is_said_to_be_one_with_or_without_a_token(ada: User, method: str, path: str) -> None:
    for query in ("", f"?token={ada.token}"):
        reply = ada.client.request(method, f"/api/v1/{path}{query}")
        assert error(reply, 400, "error.api.invalid_api") == {
            "realm": "api",
            "code": "error.api.invalid_api",
            "description": f"/api/v1/{path} is not known.",
            "attribute": f"/api/v1/{path}",
            "path": f"/api/v1/{path}",
        }
