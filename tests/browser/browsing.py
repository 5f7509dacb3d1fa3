"""What the browser tests work with: people, pages that are watched for what must not happen, and axe-core.

What a test of a journey looks like:

    def test_slot_is_created(person: Person, open_page: OpenPage, axe: Axe) -> None:
        page = open_page(person)                      # signed in; open_page() is a fresh profile, signed out
        page.goto("/#/calendar")
        page.get_by_role("button", name="New slot").click()
        ...
        expect(page.get_by_text("Lunch")).to_be_visible()
        axe(page)                                     # no violation, or it fails and says which
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

PATIENCE: Final = 120_000
"""Milliseconds a test waits for a condition: the first call of a function of the emulator is slow on a busy machine."""
PHONE: Final = (390, 844)
DESKTOP: Final = (1280, 800)

_AXE: Final = Path(__file__).parent / "axe-core"
_REFUSED: Final = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""Chromium's own note on an answer that a page may well expect, such as that a password is wrong."""


class Person(NamedTuple):
    """Somebody with an account of their own."""

    id: int
    email: str
    password: str
    name: str
    token: str
    http: httpx.Client
    """Calls the service as this person, in all three interfaces."""

    def session(self, base_url: str) -> dict[str, Any]:
        """Give the state of a browser in which this person has signed in."""
        user = {"id": self.id, "email": self.email, "username": self.name}
        kept = {"name": "slotport.session", "value": json.dumps({"token": self.token, "user": user})}
        return {"cookies": [], "origins": [{"origin": base_url, "localStorage": [kept]}]}


class OpenPage(Protocol):
    """Open a page in a profile of its own, signed in as somebody or nobody."""

    def __call__(
        self, person: Person | None = None, *, size: tuple[int, int] = DESKTOP, dark: bool = False, script: bool = True
    ) -> Page: ...


class Axe(Protocol):
    """Fail if axe-core finds anything on what a page shows now, in all of it or within a CSS selector."""

    def __call__(self, page: Page, within: str | None = None) -> None: ...


class Watch:
    """Collects what must not happen on any page of a test: errors, faults, breaches of the policy, requests to strangers."""

    def __init__(self, hosts: set[str]) -> None:
        self.hosts: Final = hosts
        self.requests: Final[list[Request]] = []
        """All that were sent, in order."""
        self._seen: Final[list[str]] = []
        self._expected: Final[list[str]] = []

    def expect(self, pattern: str) -> None:
        """Let things happen whose description matches a regular expression."""
        self._expected.append(pattern)

    def follow(self, page: Page) -> None:
        """Watch a page."""
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("request", self._request)
        page.on("requestfailed", self._request_failed)
        page.on("response", self._response)

    def trouble(self) -> list[str]:
        """Tell what happened and was not expected."""
        return [seen for seen in self._seen if not any(re.search(pattern, seen) for pattern in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _REFUSED.search(message.text):
            self._seen.append(f"console {message.type}: {message.text}")

    def _page_error(self, error: Error) -> None:
        self._seen.append(f"uncaught: {error.stack or error.message}")

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc not in self.hosts:
            self._seen.append(f"foreign request: {request.url}")

    def _request_failed(self, request: Request) -> None:
        # An aborted request is a page left, a search typed on, or a download handed to the browser.
        if request.failure != "net::ERR_ABORTED":
            self._seen.append(f"failed request: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self._seen.append(f"fault: {response.status} for {response.request.method} {response.url}")


def overflow(page: Page) -> int:
    """Give the pixels by which a page is wider than the window that shows it."""
    return int(page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"))


def violations(page: Page, within: str | None = None) -> list[str]:
    """Tell what axe-core finds, each as its rule, what it means and where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_source())
    found = page.evaluate("where => axe.run(where ?? document, {resultTypes: ['violations']})", within)
    return [f"{rule['id']}: {rule['help']}\n{_places(rule['nodes'])}" for rule in found["violations"]]


def _places(nodes: list[dict[str, Any]]) -> str:
    return "\n".join(f"  {node['html'][:300]}\n  {node['failureSummary']}" for node in nodes)


@cache
def _axe_source() -> str:
    source = (_AXE / "axe.min.js").read_bytes()
    assert f"`{hashlib.sha256(source).hexdigest()}`" in (_AXE / "SOURCE.md").read_text(), "axe.min.js is not the recorded one"
    return source.decode()
