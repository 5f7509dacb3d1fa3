"""Every page, for everybody: found without errors, usable without a mouse, on a phone, in the dark."""

from __future__ import annotations

import secrets

from playwright.sync_api import Page, expect

from tests.browser.browsing import PHONE, Axe, OpenPage, Person, overflow


def test_somebody_signs_up_out_and_in_again(page: Page, axe: Axe) -> None:
    email = f"{secrets.token_hex(8)}@example.org"
    page.goto("/")
    axe(page)
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    axe(page)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You have signed out.")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("wrong horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()


def test_phone_in_the_dark(open_page: OpenPage, person: Person, axe: Axe) -> None:
    page = open_page(person, size=PHONE, dark=True)
    page.goto("/")
    expect(page.get_by_role("main")).to_be_visible()
    axe(page)
    assert overflow(page) == 0
