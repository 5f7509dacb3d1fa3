"""A deployment in moto, with the tasks of the export job in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.domain.accounts import User
from chalicelib.domain.exports import Definition, Export, LogEntry, Run, RunRef
from chalicelib.domain.slots import Slot
from chalicelib.services.ports.exports import Dossier, Limits
from chalicelib.services.ports.slots import Mark, Owner
from chalicelib.wiring import Services
from tests.fakes.faults import Killed
from tests.state_machines import MOTO_CONFIG
from tests.tables import BUCKET, REGION, create_bucket, create_tables, settings_for_tests

NOW: Final = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
USER: Final = User(7, "ann@example.org", "Ann", "", NOW)
EXPORT: Final = 5


class Deployment:
    """The services on fresh tables and an empty bucket, and one user."""

    def __init__(self, **settings: str) -> None:
        self.services = Services(settings_for_tests(**settings), clock=lambda: NOW)
        self.s3 = clients.s3_client()
        create_tables(clients.dynamodb_client())
        create_bucket(self.s3)
        self.services.account_store.create_user(USER)
        wiring.use(self.services)

    def add(self, *slots: Slot) -> None:
        self.services.slot_store.put_new(Owner(USER.id), [(slot, Mark("run", n, "created")) for n, slot in enumerate(slots)])

    def define(self, definition: Definition) -> None:
        export = Export(EXPORT, USER.id, NOW, definition, "passkey")
        self.services.export_store.create_export(export, LogEntry(0, "EXPORT_INSERT", NOW), limits=Limits(10, 5))

    def dossier(self) -> Dossier:
        found = self.services.export_store.dossier(EXPORT, log=200)
        assert found is not None
        return found

    def begin(self) -> RunRef:
        was = self.dossier()
        ref = RunRef(EXPORT, was.export.run + 1)
        run = Run(ref, USER.id, was.export.version, "pending", NOW, base=was.export.served)
        entry = LogEntry(ref.run, "EXPORT_START", NOW)
        self.services.export_store.begin_run(run, was=was, next_run=None, log=entry, limits=Limits(10, 5))
        return ref

    def stored(self) -> dict[str, bytes]:
        """Give everything that exports have in the bucket; an upload that nobody has ended fails the test."""
        assert "Uploads" not in self.s3.list_multipart_uploads(Bucket=BUCKET)
        keys = [found["Key"] for found in self.s3.list_objects_v2(Bucket=BUCKET, Prefix="exports/").get("Contents", ())]
        return {key: self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    def log(self) -> list[tuple[str, Any]]:
        return [(entry.type, dict(entry.info)) for entry in reversed(self.dossier().log)]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Deployment]]:
    """Give a way to deploy anew, as often as a test wants."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    mocks: list[Any] = []

    def deploy(**settings: str) -> Deployment:
        leave()
        mocks.append(mock_aws(config=MOTO_CONFIG))
        mocks[-1].start()
        return Deployment(**settings)

    def leave() -> None:
        wiring.use(None)
        for cached in (
            clients.session,
            clients.dynamodb_client,
            clients.s3_client,
            clients.step_functions_client,
            clients.ses_client,
        ):
            cached.cache_clear()
        while mocks:
            mocks.pop().stop()

    yield deploy
    leave()


class AwsFault:
    """Disturbs the nth call to AWS: the process dies, the answer gets lost after the call was done, or AWS is busy."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, call: int | None = None, kind: str = "killed") -> None:
        self.calls: list[str] = []
        self._lock = threading.Lock()
        original = BaseClient._make_api_call

        def made(client: Any, operation: str, parameters: Any) -> Any:
            with self._lock:
                place = len(self.calls)
                self.calls.append(operation)
            if place != call:
                return original(client, operation, parameters)
            if kind == "killed":
                raise Killed(operation)
            if kind == "busy":
                code = "SlowDown" if client.meta.service_model.service_name == "s3" else "ThrottlingException"
                raise ClientError({"Error": {"Code": code, "Message": "slow down"}}, operation)
            original(client, operation, parameters)
            raise ReadTimeoutError(endpoint_url="https://aws.test")

        monkeypatch.setattr(BaseClient, "_make_api_call", made)


def slot(number: int, **changes: Any) -> Slot:
    start = NOW + timedelta(hours=number // 2)
    return Slot(f"slot-{number:04d}", f"Meeting {number}", start, start + timedelta(hours=1), changed=NOW)._replace(**changes)
