"""What a first visit costs, as it really went over the wire; and that the second costs next to nothing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.browsing import OpenPage, Person, Watch

FIRST_VIEW = 150_000
"""Bytes, compressed, with everything that is fetched: page, scripts, styles, pictures, data."""


def transferred(watch: Watch) -> dict[str, int]:
    """Give the bytes of each answer's body as it was sent."""
    return {request.url: request.sizes()["responseBodySize"] for request in watch.requests if request.response()}


def settle(page: Page) -> None:
    """Wait until everything that a page wants at first is there."""
    page.wait_for_load_state("networkidle")


def test_start_of_a_stranger_is_light(page: Page, watch: Watch) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    settle(page)
    sizes = transferred(watch)
    assert len(sizes) >= 4
    assert sum(sizes.values()) < FIRST_VIEW, sizes


def test_calendar_of_a_person_is_light(open_page: OpenPage, person: Person, watch: Watch) -> None:
    page = open_page(person)
    page.goto("/")
    expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    settle(page)
    sizes = transferred(watch)
    assert sum(sizes.values()) < FIRST_VIEW, sizes


def test_scripts_and_styles_are_fetched_once(page: Page) -> None:
    fetched = "performance.getEntriesByType('resource').filter(entry => entry.transferSize).map(entry => entry.name)"
    page.goto("/")
    settle(page)
    assert len(page.evaluate(fetched)) >= 3
    page.goto("/?again#/signin")
    settle(page)
    assert page.evaluate(fetched) == []


def test_everything_is_sent_compressed(page: Page, watch: Watch) -> None:
    page.goto("/")
    settle(page)
    plain = [
        request.url
        for request in watch.requests
        if (response := request.response()) and len(response.body()) >= 1_000 and response.headers.get("content-encoding") != "gzip"
    ]
    assert plain == []
