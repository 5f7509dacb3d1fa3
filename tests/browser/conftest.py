"""The site in a real Chromium, the machine's own. Without one, the browser tests are left out, and one line says so.

All of them run in one of pytest-xdist's workers, one after the other: a browser and the service it talks to fill two cores.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.browsing import DESKTOP, PATIENCE, Axe, OpenPage, Person, Watch, violations
from tests.browser.chromium import find_chromium
from tests.browser.hostile import Hostility, suffer
from tests.running_service import Stack

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # There is no internet: only addresses of this machine are found.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="Folder to put the pictures for the README in; without it none are taken.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("browser"))
    if find_chromium() is None:
        left_out = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, with an empty profile for each page that is opened."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), chromium_sandbox=False, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def watch(stack: Stack) -> Iterator[Watch]:
    """Watch all pages of a test; it fails at its end if something happened that must not."""
    watching = Watch({urlsplit(stack.base_url).netloc, urlsplit(stack.endpoint_url).netloc})
    yield watching
    assert watching.trouble() == []


@pytest.fixture
def open_page(browser: Browser, base_url: str, watch: Watch) -> Iterator[OpenPage]:
    """Open pages, each in a profile of its own, in Berlin."""
    with ExitStack() as opened:

        def open_one(
            person: Person | None = None, *, size: tuple[int, int] = DESKTOP, dark: bool = False, script: bool = True
        ) -> Page:
            context = browser.new_context(
                base_url=base_url,
                viewport=ViewportSize(width=size[0], height=size[1]),
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                locale="en-GB",
                timezone_id="Europe/Berlin",
                storage_state=person.session(base_url) if person else None,  # type: ignore[arg-type]  # a dict for a TypedDict
            )
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            watch.follow(page)
            context.on("page", watch.follow)
            return page

        yield open_one


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """Give a page on a desktop, signed out."""
    return open_page()


@pytest.fixture
def person(browser: Browser, base_url: str) -> Iterator[Person]:
    """Sign somebody up and in, by the API."""
    with ExitStack() as clients:
        yield sign_up(clients.enter_context(httpx.Client(base_url=base_url, timeout=60)))


@pytest.fixture(scope="session")
def sufferer(browser: Browser, base_url: str) -> Iterator[Hostility]:
    """Somebody with hostile texts everywhere, for tests that only look."""
    with httpx.Client(base_url=base_url, timeout=60) as http:
        yield suffer(sign_up(http), f"hostile-{secrets.token_hex(4)}")


def sign_up(http: httpx.Client, name: str = "Ada Lovelace") -> Person:
    """Make an account and let a client call as it."""
    account = {"email": f"{secrets.token_hex(8)}@example.org", "password": "correct horse battery"}
    made = http.post("/v1/users", json={**account, "username": name})
    assert made.status_code == 201, made.text
    token = http.post("/v1/users/signin", json=account).json()["authToken"]
    http.headers["Authorization"] = f"Bearer {token}"
    return Person(made.json()["id"], account["email"], account["password"], name, token, http)


@pytest.fixture
def axe() -> Axe:
    """Let axe-core look at pages."""

    def look(page: Page, within: str | None = None) -> None:
        expect(page.locator(".busy")).to_have_count(0)  # it fades in, and what it announces is what is to be looked at
        found = violations(page, within)
        assert not found, "\n".join(found)

    return look
