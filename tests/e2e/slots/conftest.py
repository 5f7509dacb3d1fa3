"""Users of the Timeslot data API on the running service."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

PASSWORD = "correct horse battery"
PATIENCE = 240
"""Seconds for an import job, on a machine that has other things to do as well."""

NewUser = Callable[[], httpx.Client]


@pytest.fixture
def new_user(base_url: str) -> Iterator[NewUser]:
    """Sign somebody up and in; the client follows no redirects and asks for no compression."""
    with ExitStack() as clients:

        def sign_up() -> httpx.Client:
            http = clients.enter_context(httpx.Client(base_url=base_url, timeout=60, headers={"Accept-Encoding": "identity"}))
            account = {"email": f"{secrets.token_hex(8)}@example.org", "password": PASSWORD}
            made = http.post("/v1/users", json={**account, "username": "Ann"})
            assert made.status_code == 201, made.text
            http.headers["Authorization"] = f"Token token={http.post('/v1/users/signin', json=account).json()['authToken']}"
            return http

        yield sign_up


def import_file(http: httpx.Client, content: bytes, **query: str) -> dict[str, Any]:
    """Import a file by one request and give the report, without the group it went to."""
    answer = http.post("/v1/import/", content=content, params=query, headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    del report["group"]
    return report


def import_by_upload(http: httpx.Client, content: bytes) -> list[dict[str, Any]]:
    """Import a file the way large ones take; give what the import showed until it ended."""
    upload = http.post("/v1/import/uploads").json()
    put = httpx.request(upload["method"], upload["url"], content=content, headers=upload["headers"], timeout=60)
    assert put.status_code == 200, put.text
    started = http.post("/v1/import/", json={"upload": upload["upload"]})
    assert started.status_code == 202, started.text
    deadline = time.monotonic() + PATIENCE
    shown: list[dict[str, Any]] = []
    while not shown or shown[-1]["state"] not in ("done", "failed"):
        assert time.monotonic() < deadline, shown[-1]
        time.sleep(0.1)
        shown.append(http.get(started.json()["status_url"]).json())
    return shown


def new_group(http: httpx.Client, name: str) -> str:
    """Make a group and give its uuid."""
    return str(http.post("/v1/groups", json={"name": name}).json()["uuid"])


def exported(http: httpx.Client, kind: str, group: str | None = None) -> bytes:
    """Export within one answer."""
    answer = http.post(f"/v1/export/{kind}", json={"group": group})
    assert answer.status_code == 200, answer.text
    return answer.content
