"""AWS replayed at the wire for whole jobs: our own clients and services, whose requests leave botocore signed and go no further.

Slots are answered from recorded pages, objects from a folder, and the small tables, where conditions count, by moto. What the
answers take is measured and subtracted, so that what is left is ours: botocore's part of each call is in it, AWS's is not.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import threading
import time
from binascii import crc32
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import boto3
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.models import botocore_stubber

from benchmarks._bucket import FolderBucket
from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.services.ports.slots import SPREAD
from deployment.package import ROOT
from tests.fakes.jobs import FakeStateMachine
from tests.tables import ENVIRONMENT, NAMES, REGION, create_tables, settings_for_tests

WIDE: Final = 100_000
"""Slots above which an import spreads them over partitions."""
SLOT_TABLE: Final = NAMES["SlotTable"]


class Killed(BaseException):
    """The Lambda is gone."""


class SlotWire(Protocol):
    """Answers DynamoDB's requests for the slot table."""

    def answer(self, operation: str, body: bytes) -> bytes:
        """Give the body of an answer to the body of a request."""
        ...


class Meter:
    """Counts the requests to AWS and the processor seconds that answering them takes."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.deaths: list[int] = []
        """At which calls, counted since the beginning, whoever calls is killed."""
        self._answering = 0.0
        self._lock = threading.Lock()
        self._began = time.process_time()

    def reset(self) -> None:
        """Begin anew."""
        with self._lock:
            self.calls.clear()
            self._answering = 0.0
            self._began = time.process_time()

    @property
    def seconds(self) -> float:
        """Processor seconds since the beginning, of all threads, without those that answering took."""
        return time.process_time() - self._began - self._answering

    def attach(self, client: Any, respond: Callable[[str, Any], AWSResponse]) -> None:
        """Have a client's requests answered by `respond`, which takes the name of the operation and the request."""

        def metered(event_name: str, request: Any, **_: Any) -> AWSResponse:
            started = time.thread_time()
            operation = event_name.rpartition(".")[2]
            response = respond(operation, request)
            with self._lock:
                self.calls[operation] += 1
                self._answering += time.thread_time() - started
                is_fatal = self.calls.total() in self.deaths
            if is_fatal:  # after it has taken effect, which is the harder half
                raise Killed
            return response

        client.meta.events.unregister("before-send", botocore_stubber)  # botocore asks all handlers, also once it has an answer
        client.meta.events.register(f"before-send.{client.meta.service_model.service_name}", metered)


class Replayed(wiring.Services):
    """Our services as in a container, on replayed AWS."""

    def __init__(self, folder: Path, slots: SlotWire) -> None:
        super().__init__(settings_for_tests(), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        self.slots_wire = slots
        self.meter = Meter()
        self.bucket = FolderBucket(folder)
        self.machine = FakeStateMachine()
        dynamodb = clients.dynamodb_client.__wrapped__()
        s3 = clients.s3_client.__wrapped__()

        def respond(operation: str, request: Any) -> AWSResponse:
            if f'"{SLOT_TABLE}"'.encode() in request.body[:2_000] or b'INSERT INTO \\"' in request.body[:100]:
                return json_answer(request.url, self.slots_wire.answer(operation, request.body))
            return botocore_stubber("before-send", request)

        self.meter.attach(dynamodb, respond)
        self.meter.attach(s3, self.bucket.respond)
        vars(self).update(_dynamodb=dynamodb, _s3=s3, import_machine=self.machine, export_machine=self.machine)


def json_answer(url: str, body: bytes) -> AWSResponse:
    """Give a successful answer as DynamoDB does."""

    class Raw:
        def stream(self) -> Iterator[bytes]:
            yield body

    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "r", "x-amz-crc32": str(crc32(body))}
    return AWSResponse(url, 200, headers, Raw())


@contextmanager
def replayed_services(folder: Path, slots: SlotWire) -> Iterator[Replayed]:
    """Install services on replayed AWS, for the tasks to find."""
    environment = {**ENVIRONMENT, "AWS_DEFAULT_REGION": REGION}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with mock_aws():
            create_tables(boto3.client("dynamodb", region_name=REGION))
            services = Replayed(folder, slots)
            wiring.use(services)
            yield services
    finally:
        wiring.use(None)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def spread_of(count: int) -> int:
    """Give over how many partitions an import of so many slots puts them."""
    return SPREAD if count > WIDE else 1


class Peak:
    """The most memory that tasks hold in a container that does nothing else.

    It is what this process takes more than it did, with all that the benchmark itself holds, and what a container takes that
    has just loaded the app and its clients. Only Linux tells.
    """

    CONTAINER: Final = 61
    """MB."""

    def __init__(self) -> None:
        gc.collect()
        if sys.platform == "linux":
            getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)(0)
            Path("/proc/self/clear_refs").write_text("5")
            self._before = _status("VmRSS")

    def megabytes(self) -> int:
        """Give it so far; 0 where it cannot be told."""
        if sys.platform != "linux":
            return 0
        return round(_status("VmHWM") - self._before) + self.CONTAINER


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1_000


def measured_apart(module: str, *arguments: str) -> dict[str, Any]:
    """Run a benchmark's measurement in a process that is set up as a function is; give the JSON object that is its last line."""
    command = [sys.executable, "-m", module, "--one", *arguments]
    template = json.loads((ROOT / ".chalice" / "resources-functions.json").read_text())
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    deployed = {name: variables[name] for name in ("PYDANTIC_DISABLE_PLUGINS", "MALLOC_MMAP_THRESHOLD_")}
    done = subprocess.run(command, env={**os.environ, **deployed}, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
