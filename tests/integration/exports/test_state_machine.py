"""The deployed state machine, executed in process with the deployed task."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.aws import clients
from chalicelib.domain.exports import Definition, RunRef, Transport, TransportOutcome
from chalicelib.services.export_run import preparation
from chalicelib.tasks.export_job import export_step
from tests.integration.exports.conftest import Deployment, slot
from tests.state_machines import ROLE, Call, definition, ended, tasks_in_process

Task = Callable[[dict[str, Any], Any], Any]


def execute(name: str, state: dict[str, Any], task: Task = export_step) -> tuple[str, list[Call]]:
    """Run an execution to its end; waits between attempts are cut to a second, which is the least there is."""
    text = json.dumps(json.loads(definition("export_job"), object_hook=_impatient))
    with tasks_in_process({"ExportStep": task}) as calls:
        client = clients.step_functions_client()
        machine = client.create_state_machine(name="export", definition=text, roleArn=ROLE)["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(state))["executionArn"]
        return ended(client, execution)["status"], calls


def _impatient(value: dict[str, Any]) -> dict[str, Any]:
    if "IntervalSeconds" in value:
        return {"ErrorEquals": value["ErrorEquals"], "IntervalSeconds": 1, "BackoffRate": 1, "MaxAttempts": 1}
    return value


def steps(calls: list[Call]) -> list[str]:
    return [call.event["step"] for call in calls]


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "SHARD_OBJECTS", 5)


def failing(step: str, times: int) -> Task:
    left = [times]

    def task(event: dict[str, Any], context: Any) -> Any:
        if event["step"] == step and left[0]:
            left[0] -= 1
            raise ConnectionError("cut off")
        return export_step(event, context)

    return task


@contextmanager
def begun(cloud: Callable[..., Deployment], asked: Definition) -> Iterator[tuple[Deployment, RunRef]]:
    deployment = cloud()
    deployment.add(*(slot(number) for number in range(12)))
    deployment.define(asked)
    yield deployment, deployment.begin()


TWO = Definition(formats=("json",), transports=(Transport("download", "tar_gz"), Transport("download")))


def test_run_goes_through_all_its_steps(cloud: Callable[..., Deployment], small_shards: None) -> None:
    with begun(cloud, TWO) as (deployment, ref):
        outcome, calls = execute(ref.execution, ref._asdict())

        assert outcome == "SUCCEEDED"
        assert steps(calls) == [
            "prepare", "shard", "shard", "shard", "assemble", "pack", "publish", "deliver", "deliver", "finish",
        ]  # fmt: skip
        dossier = deployment.dossier()
        assert dossier.export.state == "done"
        assert dossier.latest is not None
        assert dossier.latest.transports == {0: TransportOutcome("done"), 1: TransportOutcome("done")}
        archive = zipfile.ZipFile(io.BytesIO(deployment.stored()[ref.archive_key("zip")]))
        assert [one["uid"] for one in json.loads(archive.read("slots.json"))] == [f"slot-{number:04d}" for number in range(12)]


def test_sorted_run_merges_its_shards(cloud: Callable[..., Deployment], small_shards: None) -> None:
    search = {"search": [], "sort": [{"field": "start", "order": "DESC"}]}
    with begun(cloud, Definition(formats=("json",), search=search)) as (deployment, ref):
        outcome, calls = execute(ref.execution, ref._asdict())

        assert (outcome, steps(calls)[4]) == ("SUCCEEDED", "merge")
        found = [one["uid"] for one in json.loads(deployment.stored()[ref.file_key("slots.json")])]
        assert found == [f"slot-{number:04d}" for pair in range(10, -1, -2) for number in (pair, pair + 1)]


@pytest.mark.parametrize("step", ["prepare", "shard", "assemble", "pack", "publish", "deliver", "finish"])
def test_step_that_fails_is_tried_again(cloud: Callable[..., Deployment], small_shards: None, step: str) -> None:
    with begun(cloud, TWO) as (deployment, ref):
        outcome, _ = execute(ref.execution, ref._asdict(), failing(step, 1))

        assert outcome == "SUCCEEDED"
        assert deployment.dossier().export.state == "done"
        assert not [key for key in deployment.stored() if "/work/" in key]


@pytest.mark.parametrize("step", ["prepare", "shard", "assemble", "publish", "finish"])
def test_step_that_keeps_failing_closes_the_run_with_the_reason(
    cloud: Callable[..., Deployment], small_shards: None, step: str
) -> None:
    with begun(cloud, TWO) as (deployment, ref):
        outcome, calls = execute(ref.execution, ref._asdict(), failing(step, 99))

        assert (outcome, steps(calls)[-1]) == ("FAILED", "close")
        assert deployment.dossier().export.state == "failed"
        assert deployment.log()[-1] == ("EXPORT_FAILED", {"reason": "ConnectionError: cut off"})
        assert deployment.stored() == {}


def test_archive_that_cannot_be_made_fails_its_transport_only(cloud: Callable[..., Deployment], small_shards: None) -> None:
    with begun(cloud, TWO) as (deployment, ref):
        outcome, _ = execute(ref.execution, ref._asdict(), failing("pack", 99))

        assert outcome == "SUCCEEDED"
        latest = deployment.dossier().latest
        assert latest is not None
        assert latest.transports == {0: TransportOutcome("failed", "the archive could not be made"), 1: TransportOutcome("done")}


def test_transport_that_fails_fails_itself_only(cloud: Callable[..., Deployment]) -> None:
    with begun(cloud, TWO) as (deployment, ref):
        outcome, _ = execute(ref.execution, ref._asdict(), failing("deliver", 99))

        assert outcome == "SUCCEEDED"
        assert deployment.dossier().export.state == "done"
        assert [entry for entry in deployment.log() if entry[0] == "EXPORT_TRANSPORT_FAILED"] == [
            ("EXPORT_TRANSPORT_FAILED", {"transport": place, "reason": "ConnectionError: cut off"}) for place in (0, 1)
        ]


def test_run_that_cannot_succeed_is_not_tried_again(cloud: Callable[..., Deployment], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "MAX_OBJECT_FILES", 3)
    with begun(cloud, Definition(formats=("json",), one_file_per_object=("json",))) as (deployment, ref):
        outcome, calls = execute(ref.execution, ref._asdict())

        assert (outcome, steps(calls)) == ("SUCCEEDED", ["prepare", "assemble", "publish", "finish"])
        assert deployment.log()[-1] == ("EXPORT_FAILED", {"reason": "too_many_object_files (objects=12, limit=3)"})
        assert deployment.stored() == {}


def test_same_machine_makes_an_archive_of_a_run(cloud: Callable[..., Deployment]) -> None:
    with begun(cloud, Definition(formats=("json",), batch_size=5)) as (deployment, ref):
        execute(ref.execution, ref._asdict())
        outcome, calls = execute("archive-1", {**ref._asdict(), "archive": {"packer": "zip", "folder": "000002"}})

        assert (outcome, steps(calls)) == ("SUCCEEDED", ["archive"])
        archive = zipfile.ZipFile(io.BytesIO(deployment.stored()[ref.archive_key("zip", "000002")]))
        assert archive.namelist() == ["000002/slots.json"]
