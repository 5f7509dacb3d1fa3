"""The embedded AWS emulator: installed in a virtual environment of its own, run as one child process.

It needs its own environment because it pins a botocore, and the functions it runs see that environment's boto3, as
functions on Lambda see the runtime's.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final
from urllib.error import URLError

import boto3
import psutil

from deployment.locks import lock_now, locked
from deployment.package import ROOT

ENVIRONMENT: Final = ROOT / ".venv-emulator"
START: Final = ROOT / "deployment" / "emulator_start.py"
HOST: Final = "127.0.0.1"
"""Names the service: the documented paths are directly under this host."""
AWS_HOST: Final = "localhost"
"""Names AWS: the same process and port, told apart by the Host header."""
REGION: Final = "us-east-1"
START_SECONDS: Final = 60
STOP_SECONDS: Final = 120
"""Long enough to write a large state to disk on a busy machine: what is not written by then is lost."""
KILL_SECONDS: Final = 5
_LISTENED_ON: Final = range(20_000, 32_768)
"""Ports below those that Linux (from 32,768) and other systems (from 49,152) give to whoever connects somewhere."""


class EmulatorError(Exception):
    """The emulator cannot be started; the text says why."""


def install() -> Path:
    """Install the emulator when it is not there as pinned; give the Python that runs it. Raises `EmulatorError`."""
    pinned = ROOT / "requirements-emulator.txt"
    digest = hashlib.sha256(pinned.read_bytes() + sys.version.encode()).hexdigest()
    stamp = ENVIRONMENT / ".installed"
    python = ENVIRONMENT / "bin" / "python"
    with locked(ENVIRONMENT / ".lock"):
        if not (stamp.exists() and stamp.read_text() == digest):
            venv.create(ENVIRONMENT, with_pip=True, clear=False)
            command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(pinned)]
            if subprocess.run(command, check=False).returncode != 0:
                raise EmulatorError(f"The emulator could not be installed from {pinned.name}; what pip says of it stands above.")
            stamp.write_text(digest)
    return python


def claim_port(port: int) -> None:
    """Raise `EmulatorError` when somebody else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise EmulatorError(
                f"Port {port} is taken by another program. Stop that, or choose another port: make run PORT={port + 1}"
            ) from error


def end_group(group: int) -> None:
    """Kill the processes of a group and wait until they are gone: a signal is sent, not carried out, when `killpg` returns."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    deadline = time.monotonic() + KILL_SECONDS
    while any(_is_running_in(group, process) for process in psutil.process_iter()) and time.monotonic() < deadline:
        time.sleep(0.01)


def _is_running_in(group: int, process: psutil.Process) -> bool:
    try:
        return os.getpgid(process.pid) == group and is_running(process)
    except (ProcessLookupError, PermissionError):
        return False


def is_running(process: psutil.Process) -> bool:
    """Tell whether a process has not ended; one that only waits to be collected has, and so has one that is gone meanwhile."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """Give a port nobody listens on now.

    It is none that the system hands out to connections, as it does with tens of thousands: one of those could take it before
    who asked has got round to listen. Raises `EmulatorError`.
    """
    for _ in range(100):
        port = secrets.choice(_LISTENED_ON)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise EmulatorError("There is no free port.")


class Emulator:
    """One running emulator with its data in a folder; use as a context manager, or `start` and `stop`."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.log = data / "emulator.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def base_url(self) -> str:
        """The address of the service."""
        return f"http://{HOST}:{self.port}"

    @property
    def endpoint_url(self) -> str:
        """The address of AWS."""
        return f"http://{AWS_HOST}:{self.port}"

    def session(self) -> Any:
        """Give a boto3 session whose clients talk to this emulator."""
        return emulator_session(self.endpoint_url)

    def start(self) -> None:
        """Start it and wait until it answers. Raises `EmulatorError`."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock = lock_now(self.data / ".lock")
        if self._lock is None:
            raise EmulatorError(f"Another Slotport is running on the data in {self.data}. Stop it first.")
        claim_port(self.port)
        python = install()
        temporary = self.data / "tmp"
        temporary.mkdir(exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(python), "-P", str(START)],
                env=self._environment(temporary),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle, so that the state is written first
            )
        self._await_health()

    def stop(self) -> None:
        """Stop it, with its state written, and everything it started. Stopping twice is no error."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                sys.stderr.write(f"The emulator did not stop within {STOP_SECONDS} seconds and was killed.\n")
                process.kill()
                process.wait()
            end_group(process.pid)  # functions that outlived it
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def wait(self) -> int:
        """Wait until it ends by itself and give its exit code."""
        assert self._process is not None
        return self._process.wait()

    def __enter__(self) -> Emulator:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _environment(self, temporary: Path) -> dict[str, str]:
        passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE") if name in os.environ}
        return {
            **passed,
            "BIND_HOST": HOST,
            "MINISTACK_HOST": AWS_HOST,
            "MINISTACK_REGION": REGION,
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.data / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.data / "s3"),
            "TMPDIR": str(temporary),
            "PYTHONUNBUFFERED": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _await_health(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.endpoint_url}/_ministack/health", timeout=5) as answer:  # noqa: S310
                    if "services" in json.load(answer):
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        tail = self.log.read_text(errors="replace")[-2_000:]
        raise EmulatorError(f"The emulator did not start. The end of {self.log}:\n{tail}")


class _EmulatorSession:
    """The part of `boto3.Session` that deploying needs, with every client sent to one endpoint."""

    region_name = REGION

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._session = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=REGION)  # noqa: S106

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._endpoint_url)


def emulator_session(endpoint_url: str) -> Any:
    """Give a boto3 session, as far as deploying needs one, whose clients talk to an emulator."""
    return _EmulatorSession(endpoint_url)
