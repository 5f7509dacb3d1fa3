"""A calendar of 10,000 events in and out of the whole service, beside Radicale, over HTTP on this machine.

Radicale, a CalDAV server that keeps a file per event, is installed into an environment of its own for this. Ours runs on the local
emulator as `make run` does (`deployment.emulator_start` tells what is special about that), which takes most of the time, and once
more with AWS replayed at the wire. Both answer one client that keeps its connection and takes gzip, with the same events. Rounds
are interleaved, and the figures are medians: on the clock for what is asked over HTTP (the processor's are of the server and all
that it started), of the processor for the replayed part.

    python -m benchmarks.radicale [--rounds 3] [--check]

Targets: on the emulator import at least 3 x Radicale and export at least as fast as Radicale with a warm cache; replayed at least
10 x and 5 x.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx

from benchmarks._replay import plain_slot
from benchmarks._slot_wire import RecordedSlots, SlotSink
from benchmarks._wire import measured_apart, replayed_services
from chalicelib.domain.imports import BytesSource, Entry
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical
from chalicelib.formats.detect import open_calendar
from chalicelib.services.ports.slots import Owner
from deployment.emulator import free_port
from deployment.package import ROOT
from tests.http_client import HttpClient

RADICALE: Final = "radicale==3.9.0"
EVENTS: Final = 10_000
PATIENCE: Final = 300.0
"""Seconds that something may take."""
TARGETS: Final = {
    "import, emulator": 3.0,
    "export, emulator": 1.0,
    "import, replayed": 10.0,
    "export, replayed": 5.0,
}
WARM: Final = 5
"""Exports a round: they are short, and each is at the mercy of whoever shares the machine."""
LEAST: Final = 0.6
"""Of a target, under which `--check` fails: whoever shares the machine takes from the emulator what it takes from nobody else."""
ACCOUNT: Final = {"email": "a@example.org", "password": "correct horse battery", "username": "A"}


def slot(number: int) -> Slot:
    """Make a slot that is in no group."""
    return plain_slot(number)._replace(groups=())


def calendar() -> bytes:
    """Make the file that goes in."""
    return b"".join(ical.write(slot(number) for number in range(EVENTS)))


def imported() -> list[Slot]:
    """Give the slots that an import makes of the file."""
    return [entry.slot for entry in open_calendar(BytesSource(calendar())) if isinstance(entry, Entry)]


Taken = tuple[float, float]
"""Seconds, by the clock and of the processor; 0 where that is not known."""
Timed = Callable[[], Taken]
"""Does something once."""


class Server:
    """A process that answers HTTP."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self._process = process
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, follow_redirects=True)

    def processor_seconds(self) -> float:
        """Give what the process and those that it started have used so far."""
        return sum(map(_processor_seconds, _with_descendants(self._process.pid)))

    def timed(self, ask: Callable[[], httpx.Response]) -> tuple[httpx.Response, Taken]:
        """Ask for something; give the answer, and the seconds it took."""
        clock, processor = time.perf_counter(), self.processor_seconds()
        answer = ask()
        return answer, (time.perf_counter() - clock, self.processor_seconds() - processor)


def _with_descendants(process: int) -> Iterator[int]:
    yield process
    threads: list[Path] = []
    with suppress(OSError):  # the process has ended
        threads += Path(f"/proc/{process}/task").iterdir()
    for thread in threads:
        with suppress(OSError):  # the thread has ended
            for child in (thread / "children").read_text().split():
                yield from _with_descendants(int(child))


def _processor_seconds(process: int) -> float:
    """Give what a process has used, and those of its children that have ended; 0 when it has ended itself."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@contextmanager
def served(command: list[str], url: str, log: Path) -> Iterator[Server]:
    """Start a server and wait until it answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        server = Server(process, url)
        deadline = time.monotonic() + PATIENCE
        while not _answers(server):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command} does not answer:\n{log.read_text()[-2_000:]}")
            time.sleep(0.2)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _answers(server: Server) -> bool:
    try:
        return server.http.get("/").status_code < 500
    except httpx.HTTPError:
        return False


def radicale(folder: Path, port: int) -> list[str] | None:
    """Install Radicale and give the command that runs it; None where it cannot be installed."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", RADICALE]
    if subprocess.run(install, check=False, capture_output=True).returncode != 0:
        return None
    options = ["--server-hosts", f"127.0.0.1:{port}", "--storage-filesystem-folder", str(folder / "collections")]
    return [str(python), "-m", "radicale", "--config", "", *options, "--auth-type", "none", "--logging-level", "error"]


def theirs(server: Server, content: bytes, store: Path) -> dict[str, Timed]:
    """Give what is measured of Radicale: a new collection in, and out again with and without its cache."""
    path = ""

    def timed(method: str, **options: object) -> Taken:
        answer, taken = server.timed(lambda: server.http.request(method, path, **options))  # type: ignore[arg-type]  # each has its type
        if answer.status_code not in (200, 201) or (method == "GET" and answer.content.count(b"BEGIN:VEVENT") != EVENTS):
            sys.exit(f"Radicale: {method} {answer.status_code} {answer.text[:200]}")
        return taken

    def put() -> Taken:
        nonlocal path
        path = f"/a/{secrets.token_hex(4)}/"
        server.http.request("MKCOL", "/a/")
        return timed("PUT", content=content, headers={"Content-Type": "text/calendar"})

    def get_cold() -> Taken:
        for cache in store.rglob(".Radicale.cache"):
            shutil.rmtree(cache)
        return timed("GET")

    return {"Radicale import": put, "Radicale export, cold": get_cold, "Radicale export, warm": lambda: timed("GET")}


def on_emulator(server: Server, content: bytes) -> dict[str, Timed]:
    """Give what is measured of ours on the emulator: the same file in for a new user, and out again."""
    headers: dict[str, str] = {}

    def import_and_wait() -> httpx.Response:
        answer = server.http.post("/v1/import", headers=headers, files={"file": ("a.ics", content)}).raise_for_status()
        while answer.json().get("state") in ("pending", "processing") or answer.status_code == 202:
            time.sleep(0.05)
            answer = server.http.get(answer.json().get("status_url") or answer.request.url, headers=headers).raise_for_status()
        return answer

    def import_file() -> Taken:
        account = {**ACCOUNT, "email": f"{secrets.token_hex(4)}@example.org"}
        server.http.post("/v1/users", json=account).raise_for_status()
        credentials = {name: account[name] for name in ("email", "password")}
        signed_in = server.http.post("/v1/users/signin", json=credentials).raise_for_status()
        headers["Authorization"] = f"Token token={signed_in.json()['authToken']}"
        answer, taken = server.timed(import_and_wait)
        report = answer.json().get("report") or answer.json()
        if report["created"] != EVENTS:
            sys.exit(f"ours: {answer.text[:500]}")
        return taken

    def export() -> Taken:
        answer, taken = server.timed(lambda: server.http.post("/v1/export/ical", headers=headers).raise_for_status())
        if answer.content.count(b"BEGIN:VEVENT") != EVENTS:
            sys.exit(f"ours: {answer.text[:500]}")
        return taken

    return {"ours import, emulator": import_file, "ours export, emulator": export}


def replayed_request(what: str) -> float:
    """Import or export by one request to the app, AWS replayed; give the processor seconds it takes, AWS's answers aside."""
    with tempfile.TemporaryDirectory() as folder:
        sink = SlotSink()
        with replayed_services(Path(folder), sink) as services:
            from app import app  # reads the environment

            logging.disable(logging.INFO)
            user = services.accounts.sign_up(email=ACCOUNT["email"], password=ACCOUNT["password"], name="A")
            if what == "export":
                services.slots_wire = RecordedSlots(imported().__getitem__, EVENTS, Owner(user.id))
            token = services.accounts.sign_in(email=ACCOUNT["email"], password=ACCOUNT["password"]).token
            client = HttpClient(app, headers={"Authorization": f"Token token={token}"})
            client.get("/v1/me")
            content = calendar() if what == "import" else b""
            services.meter.reset()
            if what == "import":
                answer = client.post("/v1/import", body=content, headers={"Content-Type": "text/calendar"})
                seconds = services.meter.seconds
                done = sink.inserted
            else:
                answer = client.post("/v1/export/ical")
                seconds = services.meter.seconds
                done = answer.body.count(b"BEGIN:VEVENT")
        if answer.status != 200 or done != EVENTS:
            sys.exit(f"replayed {what}: {answer.status} {done} {answer.body[:500]!r}")
        return seconds


def replayed(what: str) -> Taken:
    """Measure a replayed request in a process of its own."""
    return 0.0, float(measured_apart("benchmarks.radicale", what)["seconds"])


def main() -> None:
    """Print the table; with `--check`, fail when a target is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--one", choices=("import", "export"))
    given = arguments.parse_args()
    if given.one:
        print(json.dumps({"seconds": replayed_request(given.one)}))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        our_port, their_port = free_port(), free_port()
        command = radicale(folder, their_port)
        if command is None:
            print(f"{RADICALE} cannot be installed here: not compared")
            return
        content = calendar()
        them = stack.enter_context(served(command, f"http://127.0.0.1:{their_port}", folder / "radicale.log"))
        local = [sys.executable, "-m", "deployment.local", "--port", str(our_port), "--data", str(folder / "data"), "--no-demo"]
        us = stack.enter_context(served(local, f"http://127.0.0.1:{our_port}", folder / "local.log"))
        works: dict[str, Timed] = {
            **theirs(them, content, folder / "collections"),
            **on_emulator(us, content),
            "ours import, replayed": lambda: replayed("import"),
            "ours export, replayed": lambda: replayed("export"),
        }
        taken: dict[str, list[Taken]] = {name: [] for name in works}
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", flush=True)
            for name in [*works, *["Radicale export, warm", "ours export, emulator"] * (WARM - 1)]:
                if number == 0 or name != "Radicale export, cold":  # nothing is held to it, and it takes longer than all else
                    taken[name].append(works[name]())
    show(taken, check=given.check)


def show(taken: dict[str, list[Taken]], *, check: bool) -> None:
    """Print events per second and the ratios; with `check`, fail when one is under its target."""
    clock = {name: statistics.median(each[0] for each in times) for name, times in taken.items()}
    processor = {name: statistics.median(each[1] for each in times) for name, times in taken.items()}
    for name in taken:
        said = [f"{EVENTS / seconds:10,.0f}/s" if seconds else f"{'':>12}" for seconds in (clock[name], processor[name])]
        print(f"{name:28} by the clock {said[0]}, of the processor {said[1]}")
    ratios = {
        "import, emulator": clock["Radicale import"] / clock["ours import, emulator"],
        "export, emulator": clock["Radicale export, warm"] / clock["ours export, emulator"],
        "import, replayed": processor["Radicale import"] / processor["ours import, replayed"],
        "export, replayed": processor["Radicale export, warm"] / processor["ours export, replayed"],
    }
    for name, ratio in ratios.items():
        print(f"{name:20} {ratio:6.1f} x Radicale (target {TARGETS[name]:g})")
    print("=> " + ", ".join(f"{name} {ratio:.1f} x (target {TARGETS[name]:g})" for name, ratio in ratios.items()) + ": x Radicale")
    missed = [name for name, ratio in ratios.items() if ratio < TARGETS[name] * LEAST]
    if missed and check:
        sys.exit(f"missed: {missed}")


if __name__ == "__main__":
    main()
