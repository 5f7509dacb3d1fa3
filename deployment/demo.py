"""Walks through a running Slotport as a new user would, showing each request as a curl line, and checks every answer.

python -m deployment.demo [http://127.0.0.1:8000]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import secrets
import shlex
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import icalendar

from deployment.package import ROOT

CALENDAR: Final = ROOT / "tests" / "data" / "demo.ics"
DEMO_EMAIL: Final = "demo@slotport.example"
DEMO_PASSWORD: Final = "a demo of slots"  # noqa: S105 - for the machine it runs on, and printed when it is made
PATIENCE: Final = 120
"""Seconds that a job may take."""


class DemoError(Exception):
    """An answer was not what the documentation promises."""


def load(base_url: str) -> None:
    """Make the demo account and import the demo calendar into it; doing so again changes nothing."""
    with httpx.Client(base_url=base_url, timeout=60) as http:
        account = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD, "username": "Demo"}
        http.post("/v1/users", json=account)
        signed_in = http.post("/v1/users/signin", json={"email": DEMO_EMAIL, "password": DEMO_PASSWORD})
        if signed_in.status_code != 200:
            raise DemoError(f"The demo account could not be made: {signed_in.text}")
        token = {"Authorization": f"Token token={signed_in.json()['authToken']}"}
        imported = http.post("/v1/import", headers=token, files={"file": ("demo.ics", CALENDAR.read_bytes())})
        if imported.status_code != 200:
            raise DemoError(f"The demo calendar could not be imported: {imported.text}")


class Walk:
    """One walk through the service: every request is shown and its answer checked."""

    def __init__(self, base_url: str, say: Callable[[str], None]) -> None:
        self.base_url = base_url
        self.token = ""
        self._say = say
        self._http = httpx.Client(timeout=60)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say what comes."""
        self._say(f"\n# {title}")
        yield

    def call(
        self,
        method: str,
        path: str,
        *,
        expect: int = 200,
        json_body: Any = None,
        file: Path | None = None,
        body: Path | None = None,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
    ) -> httpx.Response:
        """Send a request and show it; raises `DemoError` when the status is not the expected one."""
        url = path if path.startswith("http") else self.base_url + path
        sent = dict(headers or {})
        if signed and self.token:
            sent["Authorization"] = f"Token token={self.token}"
        line = ["curl", *(["-X", method] if method != "GET" else []), url]
        line += [part for name, value in sent.items() for part in ("-H", f"{name}: {value}")]
        options: dict[str, Any] = {}
        if json_body is not None:
            options["json"] = json_body
            line += ["-H", "Content-Type: application/json", "-d", json.dumps(json_body)]
        if file is not None:
            options["files"] = {"file": (file.name, file.read_bytes(), "text/calendar")}
            line += ["-F", f"file=@{file.relative_to(ROOT)}"]
        if body is not None:
            options["content"] = body.read_bytes()
            line += ["--data-binary", f"@{body.relative_to(ROOT)}"]
        self._say("$ " + shlex.join(line))
        answer = self._http.request(method, url, headers=sent, **options)
        if answer.status_code != expect:
            raise DemoError(f"{method} {url} gave {answer.status_code} instead of {expect}: {answer.text[:500]}")
        return answer

    def result(self, text: str) -> None:
        """Show what came of it."""
        self._say(f"  -> {text}")

    def check(self, what: str, found: object, wanted: object) -> None:
        """Raise `DemoError` unless the two are equal."""
        if found != wanted:
            raise DemoError(f"{what}: {found!r} instead of {wanted!r}")

    def await_state(self, ask: Callable[[], tuple[str, Any]], ended: Sequence[str]) -> Any:
        """Ask until the state is one of those, and give what came with it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            state, answer = ask()
            if state in ended:
                return answer
            if time.monotonic() > deadline:
                raise DemoError(f"Still {state!r} after {PATIENCE} seconds")
            time.sleep(0.5)


def accounts(walk: Walk) -> None:
    """Sign up and sign in."""
    email, password = f"visitor-{secrets.token_hex(4)}@slotport.example", secrets.token_urlsafe(12)
    with walk.step("Make an account"):
        made = walk.call("POST", "/v1/users", expect=201, json_body={"email": email, "password": password, "username": "Visitor"})
        walk.result(made.text)
    with walk.step("Sign in: the token opens all interfaces"):
        signed_in = walk.call("POST", "/v1/users/signin", json_body={"email": email, "password": password})
        walk.token = signed_in.json()["authToken"]
        walk.result("a token")


def imports(walk: Walk) -> None:
    """Import the calendar twice: the second time nothing changes."""
    uids = {str(event["UID"]) for event in _events(CALENDAR.read_bytes())}
    with walk.step("Import a calendar"):
        report = walk.call("POST", "/v1/import", file=CALENDAR).json()
        walk.result(json.dumps(report))
        walk.check("created", report["created"], len(uids))
        walk.check("rejected", report["rejected"], [])
    with walk.step("Import it again: nothing changes"):
        report = walk.call("POST", "/v1/import", file=CALENDAR).json()
        walk.result(json.dumps(report))
        walk.check("outcome", [report[name] for name in ("created", "updated", "unchanged")], [0, 0, len(uids)])


def uploads(walk: Walk) -> None:
    """Import the way that takes files of any size: through S3, by a job."""
    with walk.step("Import a large file: ask for an address, put the file there, name it"):
        upload = walk.call("POST", "/v1/import/uploads", expect=201).json()
        walk.call(upload["method"], upload["url"], body=CALENDAR, headers=upload["headers"], signed=False)
        started = walk.call("POST", "/v1/import", expect=202, json_body={"upload": upload["upload"]}).json()
    with walk.step("Watch it"):

        def ask() -> tuple[str, Any]:
            job = walk.call("GET", started["status_url"]).json()
            return job["state"], job

        job = walk.await_state(ask, ("done", "failed"))
        walk.result(json.dumps(job))
        walk.check("state", job["state"], "done")


def exports(walk: Walk) -> None:
    """Export in every format, and compare with what went in."""
    sent = _events(CALENDAR.read_bytes())
    with walk.step("Export as iCalendar: every component comes back, with every property"):
        answer = walk.call("POST", "/v1/export/ical")
        came = _events(answer.content)
        found, wanted = _comparable(came), _comparable(sent)
        walk.check("events that differ", [event for event in found if event not in wanted], [])
        walk.check("events that are missing", [event for event in wanted if event not in found], [])
        walk.result(f"{len(came)} events, the same as in the file; {answer.headers['content-disposition']}")
    with walk.step("Export as Timeslot JSON"):
        slots = walk.call("POST", "/v1/export/timeslot").json()
        walk.check("uids", {slot["uid"] for slot in slots}, {str(event["UID"]) for event in sent})
        walk.result(f"{len(slots)} slots; the first: {json.dumps({key: slots[0][key] for key in ('uid', 'title', 'start')})}")
    with walk.step("Export for Google Calendar"):
        walk.check("events", len(_events(walk.call("POST", "/v1/export/google").content)), len(sent))
    with walk.step("Export for Outlook"):
        rows = list(csv.DictReader(io.StringIO(walk.call("POST", "/v1/export/outlook").content.decode("utf-8-sig"))))
        walk.result(f"{len(rows)} rows; the columns: {', '.join(list(rows[0])[:6])} ...")
        walk.check("rows at least one a slot", len(rows) >= len(slots), True)


def groups(walk: Walk) -> None:
    """Make a group, put a slot in it, and export only the group."""
    with walk.step("Make a group and a slot in it"):
        group = walk.call("POST", "/v1/groups", expect=201, json_body={"name": "Holidays"}).json()["uuid"]
        slot = {"title": "Lake Bohinj", "start": "2026-08-03T08:00:00Z", "end": "2026-08-03T18:00:00Z", "groups": [group]}
        made = walk.call("POST", "/v1/slots", expect=201, json_body=slot).json()
    with walk.step("Export that group only"):
        exported = walk.call("POST", "/v1/export/timeslot", json_body={"group": group}).json()
        walk.check("uids", [slot["uid"] for slot in exported], [made["uid"]])
        walk.result(json.dumps(exported))


def export_jobs(walk: Walk) -> None:
    """Save an export, run it, download its archive and verify every file in it."""
    query = f"?token={walk.token}"
    definition = {"name": "My year", "type": "export", "json": True, "ical": True, "csv": {}, "xml": True}
    with walk.step("Save an export: four formats in one archive"):
        made = walk.call("PUT", f"/api/v1/export{query}", json_body={"export": definition}, signed=False).json()
        address = f"/api/v1/export/{made['export']['_id']}"
    with walk.step("Run it"):
        walk.call("POST", f"{address}/start{query}", signed=False)

        def ask() -> tuple[str, Any]:
            export = walk.call("GET", f"{address}{query}", signed=False).json()
            return export["_state"], export

        export = walk.await_state(ask, ("done", "failed"))
        walk.check("state", export["_state"], "done")
        walk.result(", ".join(file["path"] for file in export["_files"]))
    with walk.step("Download everything as a zip, by way of a short-lived link"):
        link = walk.call("GET", f"{address}/zip{query}", expect=307, signed=False).headers["location"]
        archive = walk.call("GET", link, signed=False).content
        walk.result(f"{len(archive):,} bytes, {verify_archive(archive)} files with the right checksums")


def verify_archive(content: bytes) -> int:
    """Check a downloaded archive against its own `SHA256SUMS` and give the number of files. Raises `DemoError`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        sums = next((name for name in names if name.rpartition("/")[2] == "SHA256SUMS"), None)
        if sums is None:
            raise DemoError(f"There is no SHA256SUMS in the archive: {names}")
        folder = sums.removesuffix("SHA256SUMS")
        lines = archive.read(sums).decode().splitlines()
        for line in lines:
            digest, name = line.split("  ", 1)
            if hashlib.sha256(archive.read(folder + name)).hexdigest() != digest:
                raise DemoError(f"{name} does not have the checksum it should have")
    return len(lines)


STEPS: Final[tuple[tuple[str, Callable[[Walk], None]], ...]] = (
    ("slots", accounts),
    ("slots", imports),
    ("slots", exports),
    ("slots", groups),
    ("slots", uploads),
    ("exports", export_jobs),
)
"""The interface that each part of the walk needs, and the part."""


def walk_through(base_url: str, say: Callable[[str], None]) -> None:
    """Take all steps that the running service has interfaces for. Raises `DemoError`."""
    interfaces = httpx.get(f"{base_url}/", timeout=60, headers={"Accept": "application/json"}).json()["interfaces"]
    walk = Walk(base_url, say)
    for interface, part in STEPS:
        if interface in interfaces:
            part(walk)
        else:
            say(f"\n# {part.__doc__}\n  -> left out: this deployment has no {interface} interface")


def _events(content: bytes) -> list[Any]:
    calendar = icalendar.Calendar.from_ical(content)
    events: list[Any] = calendar.walk("VEVENT")
    return events


def _comparable(events: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Give events as values that are equal when the events are, whatever the order of their properties."""
    return sorted(_component(event) for event in events)


def _component(component: Any) -> tuple[Any, ...]:
    properties = []
    for name, value in component.property_items(recursive=False):
        if name not in ("BEGIN", "END"):
            parameters = sorted((key, str(item)) for key, item in getattr(value, "params", {}).items())
            properties.append((name, str(parameters), value.to_ical() if hasattr(value, "to_ical") else value))
    return (str(component.name), sorted(properties), sorted(_component(inner) for inner in component.subcomponents))


def main() -> None:
    """Walk through the service at an address."""
    parser = argparse.ArgumentParser(description="Walk through a running Slotport.")
    parser.add_argument("base_url", nargs="?", default="http://127.0.0.1:8000")
    arguments = parser.parse_args()
    try:
        walk_through(arguments.base_url.rstrip("/"), print)
    except DemoError as error:
        parser.exit(1, f"\nThe demo failed. {error}\n")
    except httpx.TransportError as error:
        parser.exit(1, f"Nothing answers at {arguments.base_url} ({error}). Start it first: make run\n")
    sys.stdout.write("\nThe demo is through: every answer was as it should be.\n")


if __name__ == "__main__":
    main()
