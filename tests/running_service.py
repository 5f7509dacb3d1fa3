"""One running Slotport for the end-to-end and the browser tests: the packaged template on the local emulator, over HTTP.

With pytest-xdist all workers share the one that the first of them starts; the last one to finish stops it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from deployment.emulator import REGION, free_port
from deployment.locks import lock_now, locked
from deployment.package import ROOT

START_SECONDS = 300
"""The first start on a fresh machine installs the emulator and the packages to ship."""
STOP_SECONDS = 180


class Stack(NamedTuple):
    """A running service."""

    base_url: str
    endpoint_url: str
    """Of AWS: for boto3 clients in tests."""
    data: Path
    pid: int
    """Of `deployment.local`."""

    def aws(self, service: str) -> Any:
        """Give a boto3 client of this stack's AWS."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )


def start(data: Path, port: int) -> Stack:
    """Start the service as `make run` does and wait for its ready line."""
    process = launch(data, port)
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Slotport is ready: "):
            return Stack(line.split()[-1], f"http://localhost:{port}", data, process.pid)
        assert time.monotonic() < deadline, "".join(lines)
    process.wait()
    raise AssertionError(f"It did not start:\n{''.join(lines)}")


def launch(data: Path, port: int) -> subprocess.Popen[str]:
    """Start the service without waiting."""
    return subprocess.Popen(
        [sys.executable, "-m", "deployment.local", "--port", str(port), "--data", str(data), "--no-demo"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def stop(stack: Stack, sign: signal.Signals = signal.SIGTERM) -> None:
    """Stop the service and wait until it has let go of its data, which is the last thing it does."""
    os.kill(stack.pid, sign)
    deadline = time.monotonic() + STOP_SECONDS
    while (lock := lock_now(stack.data / ".lock")) is None:
        assert time.monotonic() < deadline, "It did not stop"
        time.sleep(0.05)
    lock.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stack]:
    """Give the running service that all tests share; make your own user in each test."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    state = shared / "slotport.json"
    with locked(shared / "slotport.lock"):
        if state.exists():
            running = json.loads(state.read_text())
        else:
            started = start(shared / "slotport-data", free_port())
            running = {"stack": [started.base_url, started.endpoint_url, str(started.data), started.pid], "users": 0}
        running["users"] += 1
        state.write_text(json.dumps(running))
    base_url, endpoint_url, data, pid = running["stack"]
    yield Stack(base_url, endpoint_url, Path(data), pid)
    with locked(shared / "slotport.lock"):
        running = json.loads(state.read_text())
        running["users"] -= 1
        state.write_text(json.dumps(running))
        if running["users"] == 0:
            state.unlink()
            stop(Stack(base_url, endpoint_url, Path(data), pid))


@pytest.fixture(scope="session")
def base_url(stack: Stack) -> str:
    """The address of the running service, without a trailing slash."""
    return stack.base_url


@pytest.fixture
def http(base_url: str) -> Iterator[httpx.Client]:
    """An HTTP client of the running service; it follows no redirects."""
    with httpx.Client(base_url=base_url, timeout=60) as client:
        yield client
