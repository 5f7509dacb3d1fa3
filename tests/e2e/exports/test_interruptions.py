"""Runs and imports whose process is killed or frozen, and runs that are stopped, changed, deleted or begun at once.

They have a service of their own, because every process of a function is hit.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import httpx
import psutil
import pytest

from deployment.emulator import free_port
from tests.e2e.exports.conftest import PATIENCE, Hooked, Owner, discard, events, stored, until_gone
from tests.running_service import Stack, start, stop

pytestmark = pytest.mark.xdist_group("interruptions")

EVENTS = 50_000
KILLED_AT = 5_000
"""Events, of those, that have been stored when the process is killed."""
SLICE = 0.05
"""Seconds for which a frozen process goes on until it is looked at again: a small part of what it has to write."""
PHASE_SLICE = 0.01
"""The same where a phase of a short run must not be passed over."""


class Workers:
    """The processes that run one function."""

    def __init__(self, stack: Stack, function: str) -> None:
        self._mark = f"{stack.data}/tmp/ministack-lambda-slotport-local-{function}-"

    def pids(self) -> list[int]:
        """Find those that are there now."""
        running = psutil.process_iter(["cmdline"])
        return [process.pid for process in running if self._mark in " ".join(process.info["cmdline"] or ())]

    def freeze_when(self, condition: Callable[[], object], seconds: float = SLICE) -> None:
        """Let them go on bit by bit until the condition holds, and leave them frozen."""
        deadline = time.monotonic() + PATIENCE
        pids: list[int] = []
        while True:
            pids = send(signal.SIGSTOP, pids or self.pids())
            if pids and condition():
                return
            send(signal.SIGCONT, pids)
            assert time.monotonic() < deadline, "it did not come to that"
            time.sleep(seconds)

    def thaw(self) -> None:
        """Let them go on."""
        send(signal.SIGCONT, self.pids())

    def kill(self) -> None:
        """End them at once, as a crash does."""
        assert send(signal.SIGKILL, self.pids())


def send(sign: signal.Signals, pids: list[int]) -> list[int]:
    """Send a signal to each, and give those that had not ended."""
    reached = []
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
            reached.append(pid)
    return reached


class Imported(NamedTuple):
    """A user with many slots, and what the import of them showed, one after another."""

    owner: Owner
    shown: list[dict[str, Any]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = start(tmp_path_factory.mktemp("service"), free_port())
    yield made
    stop(made)


@pytest.fixture(scope="module")
def imported(service: Stack) -> Imported:
    """Import so many events that the process can be killed in the middle of it, where it is frozen first so as not to be missed."""
    owner = Owner(service)
    upload = owner.http.post("/v1/import/uploads").json()
    httpx.request(upload["method"], upload["url"], content=events(EVENTS), headers=upload["headers"], timeout=60).raise_for_status()
    address = owner.http.post("/v1/import/", json={"upload": upload["upload"]}).json()["status_url"]
    shown: list[dict[str, Any]] = []

    def is_amidst() -> bool:
        shown.append(owner.http.get(address).json())
        return bool(KILLED_AT <= shown[-1]["done"] < EVENTS)

    importing = Workers(service, "ImportStep")
    importing.freeze_when(is_amidst)
    importing.kill()
    deadline = time.monotonic() + 2 * PATIENCE
    while shown[-1]["state"] not in {"done", "failed"}:
        assert time.monotonic() < deadline, shown[-1]
        time.sleep(0.1)
        shown.append(owner.http.get(address).json())
    return Imported(owner, shown)


@pytest.fixture
def workers(service: Stack) -> Iterator[Workers]:
    """The processes that run the steps of an export."""
    made = Workers(service, "ExportStep")
    yield made
    made.thaw()


@pytest.fixture(scope="module")
def bob(service: Stack) -> Owner:
    """A user whose runs are short."""
    made = Owner(service)
    made.import_slots(20)
    return made


@pytest.fixture
def owner(imported: Imported) -> Owner:
    return imported.owner


def some(**more: Any) -> dict[str, Any]:
    """Define an export of the slots of four days: several times as many as a task writes without saying how far it is."""
    days = {"type": "range", "field": "start", "from": "2026-01-01", "to": "2026-01-04"}
    return {"search": {"search": [days]}, "json": True, "ical": True, **more}


def is_half_written(owner: Owner, export_id: int) -> Callable[[], bool]:
    def condition() -> bool:
        progress = owner.call("GET", f"/{export_id}")["_progress"]
        return bool(0 < progress["done"] < progress["total"])

    return condition


def entered_and_left(service: Stack, state: str, execution: str) -> int:
    """Count how often an execution has come to a state of the machine and has left it."""
    machine = service.aws("stepfunctions")
    arns = [each["stateMachineArn"] for each in machine.list_state_machines()["stateMachines"]]
    arn = next(each for each in arns if each.endswith("-export")).replace(":stateMachine:", ":execution:")
    history = machine.get_execution_history(executionArn=f"{arn}:{execution}", maxResults=1_000)["events"]
    names = [each.get("stateEnteredEventDetails", each.get("stateExitedEventDetails", {})).get("name") for each in history]
    return names.count(state)


def frozen_in(service: Stack, owner: Owner, workers: Workers, state: str) -> int:
    """Give an export whose run is frozen in a state of the machine; a run that was too quick for that is followed by another."""
    deadline = time.monotonic() + PATIENCE
    while True:
        export_id = owner.create({"json": True, "ical": True}, _transports=[{"type": "download", "packer": "tar_gz"}])
        execution = f"export-{export_id}-1"
        owner.start(export_id)
        workers.freeze_when(partial(entered_and_left, service, state, execution), PHASE_SLICE)
        is_going = owner.call("GET", f"/{export_id}")["_state"] not in {"done", "failed"}
        if is_going and entered_and_left(service, state, execution) == 1:
            return export_id
        workers.thaw()
        assert time.monotonic() < deadline, "it is always too quick"


def log(shown: dict[str, Any]) -> list[str]:
    return [entry["event"]["type"].removeprefix("EXPORT_") for entry in shown["_log"]]


def files(owner: Owner, shown: dict[str, Any]) -> dict[str, bytes]:
    """Give what is in the archive, but what names the run; the manifest without its number and time."""
    content = owner.link(shown["export"]["_id"], shown["_downloads"]["_files"][0]["url"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist() if name != "SHA256SUMS"}
    manifest = {name: value for name, value in json.loads(found["manifest.json"]).items() if name not in {"run", "time"}}
    return {**found, "manifest.json": json.dumps(manifest).encode()}


def test_killed_import_ends_with_the_report_of_an_undisturbed_one(imported: Imported) -> None:
    report = imported.shown[-1]
    assert {name: report[name] for name in report if name not in {"import", "group"}} == {
        "state": "done",
        "done": EVENTS,
        "total": EVENTS,
        "created": EVENTS,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
        "ignored": {},
        "notes": [],
    }
    done = [each["done"] for each in imported.shown]
    assert done == sorted(done)


def test_large_run_holds_every_slot_in_every_format(owner: Owner) -> None:
    done = owner.run(owner.create({"json": True, "csv": {}, "ical": True}))
    assert (done["_state"], done["_progress"]) == ("done", {"done": EVENTS, "total": EVENTS})
    found = files(owner, done)
    slots = json.loads(found["slots.json"])
    assert {slot["uid"] for slot in slots} == {f"e2e-{number:03d}" for number in range(EVENTS)}
    assert len(slots) == EVENTS
    assert len(list(csv.DictReader(io.StringIO(found["slots.csv"].decode("utf-8-sig"))))) == EVENTS
    assert len(set(re.findall(rb"\r\nUID:(e2e-[0-9]+)\r\n", found["slots.ics"]))) == EVENTS


def test_killed_run_ends_with_the_files_of_an_undisturbed_one(service: Stack, owner: Owner, workers: Workers) -> None:
    export_id = owner.create(some(csv={}, xml=True))
    undisturbed = owner.run(export_id)
    expected, kept = files(owner, undisturbed), stored(service, export_id, 1)

    owner.start(export_id)
    workers.freeze_when(is_half_written(owner, export_id))
    workers.kill()
    shown = owner.ended(export_id)

    assert (shown["_state"], shown["_progress"]) == ("done", undisturbed["_progress"])
    assert log(shown) == ["INSERT", "START", "FINISH", "START", "FINISH"]
    assert files(owner, shown) == expected
    assert stored(service, export_id, 2) == kept


@pytest.mark.parametrize("phase", ["Prepare", "Write shards", "Assemble", "Make archives", "Finish"])
def test_stop_is_final_in_each_phase(service: Stack, bob: Owner, workers: Workers, phase: str) -> None:
    export_id = frozen_in(service, bob, workers, phase)

    stopped = bob.call("POST", f"/{export_id}/stop")
    workers.thaw()

    assert (stopped["_state"], stopped["_files"], log(stopped)) == ("failed", [], ["INSERT", "START", "STOPPED"])
    assert bob.refused("POST", f"/{export_id}/stop") == (404, "export_not_running")
    assert bob.refused("GET", f"/{export_id}/zip") == (400, "export_not_done")
    again = bob.run(export_id)
    assert (again["_state"], log(again)) == ("done", [*log(stopped), "START", "FINISH"])
    discard(service, export_id, 1)  # what a task wrote after its last look at whether its run is going
    until_gone(service, export_id, 1)


def test_stopped_task_removes_what_it_has_written(service: Stack, owner: Owner, workers: Workers) -> None:
    export_id = owner.create(some())
    owner.start(export_id)
    workers.freeze_when(is_half_written(owner, export_id))
    stopped = owner.call("POST", f"/{export_id}/stop")
    assert stored(service, export_id, 1) != []
    workers.thaw()
    until_gone(service, export_id, 1)
    assert owner.call("GET", f"/{export_id}") == stopped


def test_stop_while_a_transport_waits_for_its_receiver(bob: Owner, hook: Hooked) -> None:
    hook.open.clear()
    export_id = bob.create({}, _transports=[{"type": "webhook", "options": {"url": hook.url}}])
    bob.start(export_id)
    assert hook.called.wait(PATIENCE)
    stopped = bob.call("POST", f"/{export_id}/stop")
    hook.open.set()
    again = bob.run(export_id)
    assert log(again) == ["INSERT", "START", "STOPPED", "START", "FINISH"]
    assert [json.loads(body)["run"] for _, body in hook.posted] == [1, 2]
    assert stopped["_state"] == "failed"


def test_deletion_ends_the_run(service: Stack, owner: Owner, workers: Workers) -> None:
    export_id = owner.create(some())
    owner.start(export_id)
    workers.freeze_when(is_half_written(owner, export_id))
    assert owner.call("DELETE", f"/{export_id}")["deleted"] is True
    workers.thaw()
    until_gone(service, export_id, 1)
    assert owner.refused("GET", f"/{export_id}") == (404, "export_not_found")
    assert export_id not in [each["export"]["_id"] for each in owner.call("GET", "")["objects"]]


def test_change_ends_the_run(service: Stack, owner: Owner, workers: Workers) -> None:
    export_id = owner.create(some(name="before"))
    owner.start(export_id)
    workers.freeze_when(is_half_written(owner, export_id))
    changed = owner.call("POST", f"/{export_id}", json={"export": {"name": "after", "_version": 1}})
    workers.thaw()
    assert (changed["_state"], changed["export"]["_version"], log(changed)) == ("new", 2, ["INSERT", "START", "STOPPED"])
    until_gone(service, export_id, 1)
    assert owner.call("GET", f"/{export_id}") == changed


def test_one_of_ten_starts_begins_a_run(bob: Owner, workers: Workers) -> None:
    export_id = bob.create({})
    bob.run(export_id)  # now there is a process to be frozen
    workers.freeze_when(lambda: True)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: bob.http.post(f"/api/v1/export/{export_id}/start"), range(10)))
    workers.thaw()
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    refusals = [answer.json() for answer in answers if answer.status_code == 400]
    expected = {"realm": "user", "code": "error.user.export_already_running", "parameters": {"id": export_id}}
    assert refusals == [expected] * 9
    assert log(bob.ended(export_id)) == ["INSERT", "START", "FINISH", "START", "FINISH"]
