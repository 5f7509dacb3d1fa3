"""A phone has room for three days of a week, which begin with the day that one is at."""

from __future__ import annotations

import re

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.browsing import DESKTOP, PHONE, Axe, OpenPage, Person, Watch, overflow
from tests.browser.worlds import TODAY, Entry, keep

WEEK = "/#/calendar?view=week&date=2026-05-14"


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))


def expect_days(page: Page, first: int, last: int, at: int) -> None:
    """Expect some days of May 2026 to be shown, and the address to be at one of them."""
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(rf"^{first}\s–\s{last} May 2026$"))
    shown = page.locator(".calendar-grid .ec-col-head time")
    expect(shown).to_have_count(last - first + 1)
    assert [time.get_attribute("datetime") for time in shown.all()] == [f"2026-05-{day:02}" for day in range(first, last + 1)]
    expect(page).to_have_url(re.compile(rf"view=week&date=2026-05-{at:02}$"))


def test_three_days_are_walked_through(open_page: OpenPage, person: Person, watch: Watch, axe: Axe) -> None:
    keep(
        person, "Work", [Entry("Interview", "20260514T1100"), Entry("Long run", "20260517T0900"), Entry("At the lake", "20260516")]
    )
    page = open_page(person, size=PHONE)
    page.clock.set_fixed_time(TODAY)
    page.goto(WEEK)
    expect_days(page, 14, 16, at=14)
    expect(page.get_by_role("button", name="Thursday 14 May, 11:00–12:00 Interview")).to_be_visible()
    expect(page.get_by_role("button", name="3 days", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Long run")).to_have_count(0)
    assert overflow(page) == 0
    axe(page)

    watch.requests.clear()
    onward = page.get_by_role("button", name="Next 3 days")
    onward.press("Enter")
    expect_days(page, 17, 19, at=17)
    expect(onward).to_be_focused()
    expect(page.get_by_role("button", name="Sunday 17 May, 9:00–10:00 Long run")).to_be_visible()
    page.get_by_role("button", name="Previous 3 days").click()
    expect_days(page, 14, 16, at=14)
    page.wait_for_load_state("networkidle")
    # What was read a moment ago is not read again.
    assert len([request for request in watch.requests if "/v1/" in request.url]) == 1
    page.get_by_role("button", name="Today").click()
    expect_days(page, 13, 15, at=13)
    page.get_by_role("button", name="Month", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_text("May 2026")
    page.get_by_role("button", name="3 days", exact=True).click()
    expect_days(page, 13, 15, at=13)


def test_who_turns_the_phone_sees_the_week_around_that_day(open_page: OpenPage, person: Person) -> None:
    keep(person, "Work", [Entry("Interview", "20260514T1100"), Entry("Long run", "20260517T0900")])
    page = open_page(person, size=PHONE)
    page.clock.set_fixed_time(TODAY)
    page.goto(WEEK)
    expect_days(page, 14, 16, at=14)
    resize(page, (PHONE[1], PHONE[0]))
    expect_days(page, 11, 17, at=14)
    assert overflow(page) == 0
    expect(page.get_by_role("button", name="Week", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Long run")).to_be_visible()
    resize(page, PHONE)
    expect_days(page, 14, 16, at=14)
    expect(page.get_by_role("button", name="Interview")).to_be_visible()
    resize(page, DESKTOP)
    page.get_by_role("button", name="Next week").click()
    expect_days(page, 18, 24, at=21)
    resize(page, PHONE)
    expect_days(page, 21, 23, at=21)
