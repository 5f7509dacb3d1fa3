"""The pictures in the README: `pytest tests/browser/test_pictures.py --pictures docs/images` takes them again."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import OpenPage, Person
from tests.browser.demo import MONTH, hold_a_convention, live_a_month, run_exports
from tests.browser.worlds import TODAY


@pytest.fixture(scope="module")
def pictures(pytestconfig: pytest.Config) -> Path:
    folder: Path | None = pytestconfig.getoption("pictures", None)
    if folder is None:
        pytest.skip("pictures are only taken when asked for, by --pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def take(page: Page, path: Path) -> None:
    """Take a picture once nothing moves any more."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=path, animations="disabled", caret="hide")


def test_calendar(open_page: OpenPage, person: Person, pictures: Path) -> None:
    live_a_month(person)
    page = open_page(person)
    page.clock.set_fixed_time(TODAY)
    page.goto("/#/calendar?view=month&date=2026-05-13")
    for group in MONTH:
        expect(page.get_by_role("main").get_by_text(group, exact=True).first).to_be_visible()
    expect(page.get_by_text("Grandma's 80th birthday").first).to_be_visible()
    take(page, pictures / "calendar.png")


def test_exports(open_page: OpenPage, person: Person, pictures: Path) -> None:
    live_a_month(person)
    started = run_exports(person)
    page = open_page(person)
    page.goto("/#/exports")
    expect(page.get_by_role("table").get_by_text("Done", exact=True)).to_have_count(len(started))
    take(page, pictures / "exports.png")


def test_board(open_page: OpenPage, person: Person, pictures: Path) -> None:
    con = hold_a_convention(person, f"spring-games-{secrets.token_hex(4)}")
    page = open_page(person)
    page.clock.set_fixed_time("2026-05-01T10:00:00+02:00")
    page.goto(f"/#/conventions/{con.slug}/board")
    expect(page.get_by_text("Castle on the hill").first).to_be_visible()
    take(page, pictures / "board.png")
