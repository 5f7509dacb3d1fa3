"""The tasks on DynamoDB and S3, each call to AWS disturbed in turn: the outcome is that of an undisturbed run."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exports import Definition, RunRef, Transport
from chalicelib.services.export_run import preparation
from chalicelib.tasks.export_job import export_step
from tests.fakes.faults import Killed
from tests.integration.exports.conftest import AwsFault, Deployment, slot

PLAIN = Definition(formats=("json", "ical"), transports=(Transport("download", "tar"),))
LARGE = Definition(formats=("json",))


def run_tasks(ref: RunRef, *, again: int = 3) -> None:
    """Do what the state machine does: each step, again when it fails."""

    def attempt(step: str, **parameters: Any) -> Any:
        event = {"step": step, "export_id": ref.export_id, "run": ref.run, **parameters}
        for left in range(again, -1, -1):
            try:
                return export_step(event, None)
            except (Killed, Unavailable, ClientError):
                if not left:
                    raise
        raise AssertionError

    outline = attempt("prepare")
    for number in outline["shards"]:
        attempt("shard", shard=number)
    attempt("assemble")
    for packer in outline["packers"]:
        attempt("pack", packer=packer)
    attempt("publish")
    for place in outline["transports"]:
        attempt("deliver", transport=place)
    attempt("finish")


def deployed(cloud: Callable[..., Deployment], definition: Definition) -> tuple[Deployment, RunRef]:
    deployment = cloud()
    if definition is LARGE:  # more than one part of a multipart upload, in two shards
        noise = "".join(f"{number * 7919 % 1_000_003:x}" for number in range(20_000))[:95_000]
        deployment.add(*(slot(number, description=f"{number}{noise}") for number in range(110)))
    else:
        deployment.add(*(slot(number) for number in range(10)))
    deployment.define(definition)
    return deployment, deployment.begin()


@pytest.mark.parametrize(("kind", "turn"), [("killed", 0), ("lost", 1), ("busy", 2)])
def test_run_disturbed_at_any_call_ends_as_if_undisturbed(
    cloud: Callable[..., Deployment], kind: str, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three faults take turns; that a task may die at *every* call is shown on the stores in memory."""
    monkeypatch.setattr(preparation, "SHARD_OBJECTS", 7)
    deployment, ref = deployed(cloud, PLAIN)
    with monkeypatch.context() as patch:
        undisturbed = AwsFault(patch)
        run_tasks(ref)
    expected = (deployment.stored(), deployment.log())
    assert deployment.dossier().export.state == "done"

    for call, operation in list(enumerate(undisturbed.calls))[turn::3]:
        deployment, ref = deployed(cloud, PLAIN)
        with monkeypatch.context() as patch:
            AwsFault(patch, call, kind)
            run_tasks(ref)
        assert (deployment.stored(), deployment.log()) == expected, f"{operation}, call {call}"


@pytest.mark.parametrize("kind", ["killed", "lost"])
def test_unfinished_uploads_are_not_left_behind(
    cloud: Callable[..., Deployment], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "SHARD_OBJECTS", 60)
    deployment, ref = deployed(cloud, LARGE)
    with monkeypatch.context() as patch:
        undisturbed = AwsFault(patch)
        run_tasks(ref)
    expected = deployment.stored()
    names = ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")

    for call in map(undisturbed.calls.index, names):
        deployment, ref = deployed(cloud, LARGE)
        with monkeypatch.context() as patch:
            AwsFault(patch, call, kind)
            run_tasks(ref)
        assert deployment.stored() == expected, f"{undisturbed.calls[call]}, call {call}"
