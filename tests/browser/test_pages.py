"""Every page, for everybody: without errors, nothing that axe-core finds, on a phone and a desktop, by day and by night."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import DESKTOP, PHONE, Axe, OpenPage, Person, overflow
from tests.browser.hostile import Hostility, expect_only_text
from tests.browser.worlds import TODAY

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])

PLACES = {
    "calendar by month": "/#/calendar?view=month&date=2026-05-13",
    "calendar by week": "/#/calendar?view=week&date=2026-05-13",
    "calendar as a list": "/#/calendar?view=list&date=2026-05-13",
    "import and export": "/#/transfer",
    "export jobs": "/#/exports",
    "a new export job": "/#/exports/new",
    "an export job": "/#/exports/{export}",
    "an export job to edit": "/#/exports/{export}/edit",
    "conventions": "/#/conventions",
    "a convention": "/#/conventions/{slug}",
    "the board of a convention": "/#/conventions/{slug}/board",
    "events of a convention": "/#/conventions/{slug}/events",
    "rooms of a convention": "/#/conventions/{slug}/rooms",
    "tags of a convention": "/#/conventions/{slug}/tags",
    "managers of a convention": "/#/conventions/{slug}/managers",
    "files of a convention": "/#/conventions/{slug}/files",
    "settings of a convention": "/#/conventions/{slug}/settings",
    "a public schedule": "/conventions/{slug}/schedule",
    "account": "/#/account",
    "nothing": "/#/nothing",
    "an error": "/#server_error:user.nothing",
}


def look(page: Page, axe: Axe) -> None:
    """Look at what is shown, by day and by night."""
    page.wait_for_load_state("networkidle")
    expect(page.locator(".busy")).to_have_count(0)
    expect_only_text(page)
    axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # A script that follows the scheme hears of it with the next frame.
    page.evaluate("new Promise(heard => requestAnimationFrame(() => requestAnimationFrame(heard)))")
    axe(page)


@SIZES
@pytest.mark.parametrize("place", PLACES)
def test_hostile_texts_are_only_read(open_page: OpenPage, sufferer: Hostility, axe: Axe, place: str, size: tuple[int, int]) -> None:
    page = open_page(sufferer.person, size=size)
    page.clock.set_fixed_time(TODAY)
    page.goto(PLACES[place].format(export=sufferer.export, slug=sufferer.convention.slug))
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    look(page, axe)


@SIZES
@pytest.mark.parametrize("place", ["calendar by month", "calendar as a list", "import and export", "export jobs", "conventions"])
def test_nothing_yet(open_page: OpenPage, person: Person, axe: Axe, place: str, size: tuple[int, int]) -> None:
    page = open_page(person, size=size)
    page.goto(PLACES[place])
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    look(page, axe)


@SIZES
@pytest.mark.parametrize("path", ["/", "/#/signup", "/#/conventions", "/docs"])
def test_open_pages(open_page: OpenPage, axe: Axe, path: str, size: tuple[int, int]) -> None:
    page = open_page(size=size)
    page.goto(path)
    expect(page.get_by_role("heading", level=1).or_(page.get_by_role("heading", level=2)).first).to_be_visible()
    look(page, axe)


def test_reference_of_an_operation(open_page: OpenPage, axe: Axe) -> None:
    page = open_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto("/docs")
    page.locator("#operations-tag-Slots").click()
    operations = page.locator(".opblock")
    expect(operations.first).to_be_visible()
    for operation in (operations.first, operations.last):
        operation.locator(".opblock-summary-control").click()
        expect(operation.get_by_text("Responses", exact=True)).to_be_visible()
    look(page, axe)
    page.get_by_role("link", name="Slotport", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize(("place", "deeds"), [("rooms", ["Edit", "Remove"]), ("events", ["Cancel", "Status of"])])
def test_what_can_be_done_is_in_sight_on_a_phone(open_page: OpenPage, sufferer: Hostility, place: str, deeds: list[str]) -> None:
    page = open_page(sufferer.person, size=PHONE)
    page.goto(f"/#/conventions/{sufferer.convention.slug}/{place}")
    table = page.get_by_role("table")
    expect(table).to_be_visible()
    for deed in deeds:
        for control in table.get_by_label(deed).all():
            box = control.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= PHONE[0]


DIALOGS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "a new slot": ("/#/calendar?view=month&date=2026-05-13", lambda page: page.get_by_role("button", name="New slot").click()),
    "a slot": ("/#/calendar?view=list&date=2026-05-13", lambda page: page.get_by_role("button", name="onerror").first.click()),
    "groups": ("/#/calendar?view=week&date=2026-05-13", lambda page: page.get_by_role("button", name="Manage groups").click()),
    "deleting an export": ("/#/exports/{export}", lambda page: page.get_by_role("button", name="Delete").click()),
    "deleting an account": ("/#/account", lambda page: page.get_by_role("button", name="Delete my account").click()),
}


@SIZES
@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs(open_page: OpenPage, sufferer: Hostility, axe: Axe, name: str, size: tuple[int, int]) -> None:
    path, open_it = DIALOGS[name]
    page = open_page(sufferer.person, size=size)
    page.clock.set_fixed_time(TODAY)
    page.goto(path.format(export=sufferer.export))
    open_legend(page)
    open_it(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    look(page, axe)
    inside = "document.querySelector('dialog[open]').contains(document.activeElement)"
    assert page.evaluate(inside)
    for _ in range(30):
        page.keyboard.press("Tab")
        # Between its last and its first element, the focus is in the browser's own frame.
        assert page.evaluate(f"{inside} || document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(":focus")).to_have_count(1)
    assert page.evaluate("document.activeElement !== document.body")


def open_legend(page: Page) -> None:
    """Open the list of groups where a phone folds it."""
    page.wait_for_load_state("networkidle")
    for summary in page.locator("details:not([open]) > summary").all():
        summary.click()


def test_keyboard_leads_past_the_header_and_through_it(open_page: OpenPage, person: Person) -> None:
    page = open_page(person)
    page.goto("/#/account")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url.endswith("#/account")
    page.reload()
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached == [
        "Skip to the content",
        "Slotport",
        "Calendar",
        "Import & export",
        "Export jobs",
        "Conventions",
        "API",
        person.name,
        "Sign out",
    ]


def test_who_opens_another_page_reads_on_at_its_top(open_page: OpenPage, person: Person) -> None:
    page = open_page(person)
    page.goto("/#/account")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    page.get_by_role("link", name="Export jobs").press("Enter")
    expect(page.get_by_role("heading", name="Export jobs", exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    expect(page).to_have_title("Export jobs · Slotport")
    page.go_back()
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [PHONE[1], 993, 1024])
def test_header_is_one_line_in_windows_between(open_page: OpenPage, sufferer: Hostility, width: int) -> None:
    page = open_page(sufferer.person, size=(width, 600))
    page.goto("/#/account")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    box = page.get_by_role("banner").bounding_box()
    assert box is not None
    assert box["height"] < 60
    assert overflow(page) == 0


def test_menu_of_a_phone(open_page: OpenPage, person: Person, axe: Axe) -> None:
    page = open_page(person, size=PHONE)
    page.goto("/#/account")
    menu = page.get_by_role("button", name="Menu")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("navigation", name="Site")).to_be_hidden()
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    axe(page)
    page.get_by_role("link", name="Conventions").click()
    expect(page.get_by_role("navigation", name="Site")).to_be_hidden()


def test_somebody_signs_up_out_and_in_again(page: Page, axe: Axe) -> None:
    email = f"{secrets.token_hex(8)}@example.org"
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("You have signed out.")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("wrong horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    axe(page)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
