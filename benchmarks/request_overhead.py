"""Warm requests: what one costs in our code, the stores being in memory, beside a bare Chalice route.

    python -m benchmarks.request_overhead [--check]

Target: at most 2 ms a request, AWS calls aside.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice

from tests.fakes.services import FakeServices
from tests.http_client import HttpClient

ROUNDS = 15
REQUESTS = 200
TARGET_MS = 2.0


def bare() -> Callable[[], Any]:
    """Give a request to a Chalice app with one route that does nothing."""
    app = Chalice(app_name="bare")

    @app.route("/")
    def nothing() -> dict[str, str]:
        return {}

    client = HttpClient(app)
    return lambda: client.get("/", headers={"Accept": "application/json"})


def ours() -> dict[str, Callable[[], Any]]:
    """Give requests to our app that read and write one thing."""
    import os

    from tests.tables import ENVIRONMENT

    os.environ.update(ENVIRONMENT)
    from app import app
    from chalicelib import wiring

    wiring.use(FakeServices())
    logging.disable(logging.INFO)
    client = HttpClient(app, headers={"Accept": "application/json"})
    account = {"email": "a@example.org", "password": "correct horse battery", "username": "Ann"}
    client.post("/v1/users", json=account)
    token = client.post("/v1/users/signin", json={name: account[name] for name in ("email", "password")}).json()["authToken"]
    known = client.with_headers(Authorization=f"Token token={token}")
    slot = {"title": "Tea", "start": "2026-05-01T15:00:00Z", "end": "2026-05-01T16:00:00Z"}
    uid = known.post("/v1/slots", json=slot).json()["uid"]
    return {
        "GET /": lambda: client.get("/"),
        "GET /v1/me": lambda: known.get("/v1/me"),
        "GET /v1/slots/<uid>": lambda: known.get(f"/v1/slots/{uid}"),
        "PATCH /v1/slots/<uid>": lambda: known.patch(f"/v1/slots/{uid}", json={"title": "Tea"}),
        "POST /v1/export/timeslot, 1 slot": lambda: known.post("/v1/export/timeslot"),
    }


def main() -> None:
    """Measure in turns and print medians; `--check` fails when a request takes more than the target."""
    requests = {"Chalice alone": bare(), **ours()}
    taken: dict[str, list[float]] = {name: [] for name in requests}
    for _ in range(ROUNDS):
        for name, request in requests.items():
            started = time.perf_counter()
            for _ in range(REQUESTS):
                request()
            taken[name].append((time.perf_counter() - started) / REQUESTS * 1000)
    print(f"{'request':40}{'median ms':>10}{'of 2 ms':>9}")
    medians = {name: statistics.median(values) for name, values in taken.items()}
    for name, median in medians.items():
        print(f"{name:40}{median:10.3f}{median / TARGET_MS:9.0%}")
    print(f"=> {max(medians.values()):.1f} ms for a request, AWS aside (at most {TARGET_MS:g})")
    if "--check" in sys.argv and max(medians.values()) > TARGET_MS:
        sys.exit("The target is missed.")


if __name__ == "__main__":
    main()
