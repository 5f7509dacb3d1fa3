"""A great many of everything: the requests and the elements of a view are bounded, whatever somebody has."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.browsing import Axe, OpenPage, Person, Watch
from tests.browser.worlds import TODAY, Entry, define_export, keep

SLOTS = 1_000
EXPORTS = 500
PAGE_OF_SLOTS = 100
"""The most that one answer of the API gives."""
ELEMENTS = 2_500
"""What a view may have in the document, however much there is to show."""


def calls(watch: Watch) -> list[str]:
    """Give the paths that were called, without what the site itself is made of."""
    return [path for request in watch.requests if (path := urlsplit(request.url).path) != "/" and not path.startswith("/assets/")]


def elements(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('*').length"))


def crowd(person: Person) -> None:
    """Give somebody a thousand slots in May of 2026, all over its days and hours."""
    keep(person, "Crowd", (Entry(f"Slot {n}", f"202605{n % 31 + 1:02}T{n % 24:02}{n % 60:02}") for n in range(SLOTS)))


def layouts(page: Page) -> int:
    """Give how often the page was laid out so far: what costs time, counted so that a busy machine does not matter."""
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable")
    return next(int(item["value"]) for item in metrics.send("Performance.getMetrics")["metrics"] if item["name"] == "LayoutCount")


def test_a_thousand_slots_in_a_month(open_page: OpenPage, person: Person, watch: Watch) -> None:
    crowd(person)
    page = open_page(person)
    page.clock.set_fixed_time(TODAY)
    page.goto("/#/calendar?view=month&date=2026-05-13")
    expect(page.get_by_text("Slot 0", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(calls(watch)) <= SLOTS / PAGE_OF_SLOTS + 5, calls(watch)
    assert elements(page) < ELEMENTS
    assert layouts(page) < SLOTS
    for view in ("Week", "Month"):
        watch.requests.clear()
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.get_by_role("button", name=view, exact=True)).to_have_attribute("aria-pressed", "true")
        page.wait_for_load_state("networkidle")
        assert len(calls(watch)) <= SLOTS / PAGE_OF_SLOTS + 2, calls(watch)
        expect(page.locator(".ec-event").first).to_be_visible()
        assert layouts(page) < 2 * SLOTS


def test_five_hundred_exports(open_page: OpenPage, person: Person, watch: Watch, axe: Axe) -> None:
    for number in range(EXPORTS):
        define_export(person, f"Export {number}")
    page = open_page(person)
    page.goto("/#/exports")
    expect(page.get_by_role("link", name=f"Export {EXPORTS - 1}", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(calls(watch)) <= 3, calls(watch)
    assert elements(page) < ELEMENTS
    watch.requests.clear()
    page.get_by_role("navigation", name="Pages of exports").get_by_role("button").last.click()
    expect(page.get_by_role("link", name=f"Export {EXPORTS - 1}", exact=True)).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert len(calls(watch)) <= 3, calls(watch)
    axe(page)
