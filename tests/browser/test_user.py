"""The journey of somebody with a calendar: bring it in, look at it, change it, take it out again."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Error, FilePayload, FloatRect, Locator, Page, expect

from tests.browser.browsing import DESKTOP, PATIENCE, PHONE, Axe, OpenPage, Person, Watch
from tests.browser.hostile import HOSTILE, expect_only_text
from tests.calendars import calendar, event

DEMO = Path(__file__).parents[1] / "data" / "demo.ics"
MARCH = "/#/calendar?view=month&date=2026-03-10"


def test_file_comes_in_and_goes_out_as_it_was(page: Page, axe: Axe, watch: Watch) -> None:
    page.goto("/#/signup?to=%23%2Ftransfer")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill(f"{secrets.token_hex(8)}@example.org")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign up").click()

    good = DEMO.read_text("utf-8").replace("\r\n", "\n").replace("\n", "\r\n")
    broken = event("broken@example.org", "Broken", "20261399T100000Z")
    whole = good.replace("END:VCALENDAR", f"{broken}END:VCALENDAR")
    lines = whole.splitlines()
    line = lines.index("UID:broken@example.org")  # counted from one: the line of its BEGIN
    entries = good.count("BEGIN:VEVENT")
    slots = len({str(each["UID"]) for each in Calendar.from_ical(good).walk("VEVENT")})
    choose(page, "year.ics", whole.encode())
    row = page.get_by_role("row").filter(has_text="broken@example.org")
    expect(row.get_by_role("cell")).to_have_text(
        [str(entries + 1), str(line), re.compile(r"DTSTART is no date or time .*20261399T100000Z"), "broken@example.org"]
    )
    expect(page.get_by_role("button", name=f"Import {slots} slots")).to_be_enabled()
    axe(page)

    choose(page, "year.ics", good.encode())
    expect(row).to_have_count(0)
    page.get_by_role("button", name=f"Import {slots} slots").click()
    expect(page.get_by_text("Imported", exact=True)).to_be_visible()
    expect(count(page, "created")).to_have_text(str(slots))
    axe(page)

    page.get_by_role("link", name="See the calendar").click()
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    page.goto(MARCH)
    expect(page.get_by_role("heading", name="March 2026", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sunday 1 March, 10:00 Call with the Tel Aviv office (recurring)")).to_be_visible()
    axe(page)

    page.goto("/#/transfer")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "Timeslot-Export.ical"
    assert events(Path(download.value.path()).read_bytes()) == events(good.encode())


def test_slot_is_made_changed_moved_and_deleted(open_page: OpenPage, person: Person, axe: Axe) -> None:
    page = open_page(person)
    page.goto(MARCH)
    page.get_by_role("button", name="New slot").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Lunch")
    dialog.get_by_label("Start").fill("2026-03-04T12:30")
    dialog.get_by_label("End", exact=True).fill("2026-03-04T13:15")
    dialog.get_by_label("Place").fill("Canteen")
    axe(page)
    dialog.get_by_role("button", name="Make slot").click()
    lunch = page.get_by_role("button", name="Wednesday 4 March, 12:30 Lunch")
    expect(lunch).to_be_visible()
    made = only_slot(person)
    assert {name: made[name] for name in ("title", "start", "end", "timezone", "visibility")} == {
        "title": "Lunch",
        "start": "2026-03-04T11:30:00.000Z",
        "end": "2026-03-04T12:15:00.000Z",
        "timezone": "Europe/Berlin",
        "visibility": "private",
    }

    lunch.click()
    expect(dialog.get_by_label("Start")).to_have_value("2026-03-04T12:30")
    dialog.get_by_label("Title").fill("Long lunch")
    dialog.get_by_label("Time zone").select_option("America/New_York")
    expect(dialog.get_by_text("Here (Europe/Berlin): 4 Mar 2026, 18:30–19:15")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    lunch = page.get_by_role("button", name="Wednesday 4 March, 18:30 Long lunch")
    expect(lunch).to_be_visible()

    drag(page, lunch, day(page, "2026-03-12"))
    moved = page.get_by_role("button", name="Thursday 12 March, 18:30 Long lunch")
    expect(moved).to_be_visible()
    expect(page.locator(".saving")).to_have_count(0)
    expected = {**made, "title": "Long lunch", "timezone": "America/New_York"}
    expected |= {"start": "2026-03-12T17:30:00.000Z", "end": "2026-03-12T18:15:00.000Z"}
    assert only_slot(person) == expected

    moved.click()
    dialog.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog", name="Delete this slot?").get_by_role("button", name="Delete").click()
    expect(moved).to_have_count(0)
    assert person.http.get("/v1/slots").json()["data"] == []


def test_what_is_too_long_is_refused_and_not_cut(open_page: OpenPage, person: Person) -> None:
    page = open_page(person)
    page.goto(MARCH)
    page.get_by_role("button", name="New slot").click()
    title = page.get_by_role("dialog").get_by_label("Title")
    title.fill("😀" * 1_001)
    page.get_by_role("button", name="Make slot").click()
    assert title.evaluate("it => it.validationMessage") == "At most 1,000 characters; these are 1,001."
    title.fill("😀" * 1_000)
    page.get_by_role("button", name="Make slot").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert only_slot(person)["title"] == "😀" * 1_000


def test_days_are_the_same_everywhere_and_floating_times_stay(open_page: OpenPage, person: Person) -> None:
    make(person, title="Holiday", start="2026-03-10", end="2026-03-12", allday=True)
    make(person, title="Alarm", start="2026-03-11T07:00:00", end="2026-03-11T07:05:00", timezone="floating")
    page = open_page(person)
    page.goto(MARCH)
    holiday = page.get_by_role("button", name="Tuesday 10 March, Holiday")
    expect(page.get_by_role("button", name="Wednesday 11 March, 7:00 Alarm")).to_be_visible()
    drag(page, holiday, day(page, "2026-03-17"))
    expect(page.get_by_role("button", name="Tuesday 17 March, Holiday")).to_be_visible()
    drag(page, page.get_by_role("button", name="Wednesday 11 March, 7:00 Alarm"), day(page, "2026-03-29"))
    expect(page.get_by_role("button", name="Sunday 29 March, 7:00 Alarm")).to_be_visible()
    expect(page.locator(".saving")).to_have_count(0)
    found = {slot["title"]: (slot["start"], slot["end"]) for slot in person.http.get("/v1/slots").json()["data"]}
    assert found == {
        "Holiday": ("2026-03-17T00:00:00.000Z", "2026-03-19T00:00:00.000Z"),
        "Alarm": ("2026-03-29T07:00:00.000", "2026-03-29T07:05:00.000"),
    }


def test_slot_in_utc_is_edited_on_its_own_clock(open_page: OpenPage, person: Person) -> None:
    make(person, title="Call", start="2026-03-04T10:00:07.250Z", end="2026-03-04T11:00:00Z")
    page = open_page(person)
    page.goto(MARCH)
    page.get_by_role("button", name="Wednesday 4 March, 11:00 Call").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Start")).to_have_value("2026-03-04T10:00:07")
    dialog.get_by_label("End", exact=True).fill("2026-03-04T12:30")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    slot = only_slot(person)
    assert (slot["start"], slot["end"], slot.get("timezone")) == ("2026-03-04T10:00:07.250Z", "2026-03-04T12:30:00.000Z", None)


def test_what_changed_elsewhere_is_not_overwritten_unseen(open_page: OpenPage, person: Person) -> None:
    uid = make(person, title="Talk", start="2026-03-04T10:00:00Z", end="2026-03-04T11:00:00Z")
    page = open_page(person)
    page.goto(MARCH)
    page.get_by_role("button", name="Wednesday 4 March, 11:00 Talk").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Description").fill("With slides")
    assert person.http.patch(f"/v1/slots/{uid}", json={"title": "Keynote"}).status_code == 200
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("This slot was changed elsewhere since you opened it.")).to_be_visible()
    expect(dialog.get_by_label("Description")).to_have_value("With slides")
    dialog.get_by_role("button", name="Save my changes all the same").click()
    keynote = page.get_by_role("button", name="Wednesday 4 March, 11:00 Keynote")
    expect(keynote).to_be_visible()
    assert (only_slot(person)["title"], only_slot(person)["description"]) == ("Keynote", "With slides")

    other = {"start": "2026-03-20T10:00:00Z", "end": "2026-03-20T11:00:00Z"}
    assert person.http.patch(f"/v1/slots/{uid}", json=other).status_code == 200
    drag(page, keynote, day(page, "2026-03-06"))
    expect(page.get_by_text("moved by somebody else meanwhile")).to_be_visible()
    expect(page.get_by_role("button", name="Friday 20 March, 11:00 Keynote")).to_be_visible()
    assert only_slot(person)["start"] == "2026-03-20T10:00:00.000Z"


def test_one_time_of_a_series_is_not_torn_out(open_page: OpenPage, person: Person) -> None:
    content = calendar(event("weekly@example.org", "Choir", "20260303T180000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4"))
    assert person.http.post("/v1/import", content=content, headers={"Content-Type": "text/calendar"}).status_code == 200
    before = only_slot(person)
    page = open_page(person)
    page.goto(MARCH)
    second = page.get_by_role("button", name="Tuesday 10 March, 19:00 Choir (recurring)")
    drag(page, second, day(page, "2026-03-12"))
    expect(page.get_by_text("one time of it cannot be moved alone")).to_be_visible()
    expect(second).to_be_visible()
    assert only_slot(person) == before
    second.click()
    expect(page.get_by_role("dialog").get_by_text("a change changes the whole series")).to_be_visible()


def test_groups_are_made_shown_hidden_renamed_and_deleted(open_page: OpenPage, person: Person, axe: Axe) -> None:
    page = open_page(person)
    page.goto(MARCH)
    page.get_by_role("button", name="Manage groups").click()
    dialog = page.get_by_role("dialog", name="Groups")
    dialog.get_by_label("Name").fill("Work")
    dialog.get_by_label("Public").check()
    dialog.get_by_role("button", name="Make group").click()
    expect(dialog.get_by_text("Work", exact=True)).to_be_visible()
    axe(page)
    dialog.get_by_role("button", name="Close").click()
    (group,) = person.http.get("/v1/groups").json()["data"]
    assert (group["name"], group["public"]) == ("Work", True)
    make(person, title="Meeting", start="2026-03-04T10:00:00Z", end="2026-03-04T11:00:00Z", groups=[group["uuid"]])
    make(person, title="Dentist", start="2026-03-05T10:00:00Z", end="2026-03-05T11:00:00Z")
    page.reload()
    meeting, dentist = (page.get_by_role("button", name=name) for name in ("Meeting", "Dentist"))
    expect(meeting).to_be_visible()
    page.get_by_role("checkbox", name="Work").uncheck()
    expect(meeting).to_have_count(0)
    expect(dentist).to_be_visible()
    page.get_by_role("checkbox", name="Work").check()
    page.get_by_role("checkbox", name="No group").uncheck()
    expect(dentist).to_have_count(0)
    expect(meeting).to_be_visible()

    page.get_by_role("button", name="Manage groups").click()
    dialog.get_by_role("button", name="Change Work").click()
    dialog.get_by_label("Name").first.fill("Office")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Delete Office").click()
    page.get_by_role("dialog", name="Delete this group?").get_by_role("button", name="Delete").click()
    expect(dialog.get_by_text("No group yet.")).to_be_visible()
    assert person.http.get("/v1/groups").json()["data"] == []
    assert len(person.http.get("/v1/slots").json()["data"]) == 2


def test_large_file_goes_by_upload(open_page: OpenPage, person: Person, watch: Watch) -> None:
    long = "\r\n ".join(["DESCRIPTION:", *["x" * 70] * 1_200])
    large = calendar(*[event(f"{number}@example.org", f"Number {number}", "20260304T100000Z", long) for number in range(60)])
    assert len(large) > 5_000_000
    page = open_page(person)
    page.goto("/#/transfer")
    choose(page, "large.ics", large)
    page.get_by_role("button", name="Import 60 slots").click()
    done = page.get_by_text("Imported", exact=True)
    expect(page.get_by_role("progressbar").or_(done)).to_be_visible()
    expect(done).to_be_visible()
    expect(count(page, "created")).to_have_text("60")
    puts = [request for request in watch.requests if request.method == "PUT"]
    assert [urlsplit(request.url).path.split("/")[2] for request in puts] == ["uploads"]
    with page.expect_download() as download:  # more than one answer holds: it is redirected to the bucket
        page.get_by_role("button", name="Download").click()
    assert events(Path(download.value.path()).read_bytes()) == events(large)
    page.goto(MARCH)  # and of the calendar's pages less than the usual number fits into one
    expect(page.get_by_role("button", name=re.compile(r"Wednesday 4 March, \+\d+ more"))).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_file_that_cannot_be_read_says_why(open_page: OpenPage, person: Person, axe: Axe) -> None:
    page = open_page(person)
    page.goto("/#/transfer")
    choose(page, "<img src=x onerror=alert(1)>.ics", b"This is no calendar.")
    expect(page.get_by_role("alert")).to_contain_text("The file is none that can be read")
    choose(page, "half.ics", calendar(event("good@example.org"), event("bad@example.org", "Bad", "tomorrow")))
    page.get_by_role("checkbox", name="All or nothing").check()
    page.get_by_role("button", name="Look again with these options").click()
    expect(page.get_by_role("alert")).to_contain_text("1 of the entries cannot be imported")
    axe(page)
    assert person.http.get("/v1/slots").json()["data"] == []


def test_private_link_is_made_followed_and_ended(open_page: OpenPage, person: Person, base_url: str) -> None:
    make(person, title="Dentist", start="2026-03-05T10:00:00Z", end="2026-03-05T11:00:00Z")
    page = open_page(person)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/#/transfer")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link.startswith(f"{base_url}/v1/feeds/")
    assert "SUMMARY:Dentist" in httpx.get(link, timeout=60).text
    page.reload()  # the browser remembers the link, until its owner signs out
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_text("The link has ended.")).to_be_visible()
    assert httpx.get(link, timeout=60).status_code == 404
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    page.goto("/#/account")
    page.reload()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert "v1/feeds/" not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_hostile_texts_are_only_read(open_page: OpenPage, person: Person, axe: Axe, size: tuple[int, int]) -> None:
    for number, text in enumerate(HOSTILE):
        title = text[:1_000]
        made = person.http.post("/v1/groups", json={"name": title})
        assert made.status_code == 201, made.text
        start = f"2026-03-0{number + 3}T10:00:00Z"
        make(person, title=title, start=start, location={"name": title}, description=text, groups=[made.json()["uuid"]])
    page = open_page(person, size=size)
    for view in ("month", "week", "list"):
        page.goto(f"/#/calendar?view={view}&date=2026-03-03")
        expect(page.get_by_role("button", name="onerror").first).to_be_visible()
        expect_only_text(page)
        axe(page)
    page.get_by_role("button", name="Donaudampfschiff").first.click()
    expect(page.get_by_label("Title")).to_have_value(HOSTILE[2][:1_000])
    expect_only_text(page)
    axe(page)
    page.keyboard.press("Escape")
    if size == PHONE:
        page.get_by_text("Groups", exact=True).click()
    page.get_by_role("button", name="Manage groups").click()
    expect_only_text(page)
    axe(page)
    page.goto("/#/transfer")
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    expect_only_text(page)
    axe(page)


def test_thousand_slots_in_a_month_are_eleven_requests_at_most(open_page: OpenPage, person: Person, watch: Watch) -> None:
    many = [event(f"{n}@example.org", f"Number {n}", f"202603{1 + n % 31:02d}T{6 + n % 12:02d}0000Z") for n in range(1_000)]
    sent = person.http.post("/v1/import", content=calendar(*many), headers={"Content-Type": "text/calendar"})
    assert sent.status_code == 200
    page = open_page(person)
    page.goto(MARCH)
    expect(page.get_by_role("button", name="more").first).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    asked = len(reads(watch))
    assert 10 <= asked <= 11
    page.get_by_role("button", name="Next month").click()
    expect(page.get_by_role("heading", name="April 2026", exact=True)).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    april = len(reads(watch))
    page.get_by_role("button", name="Previous month").click()
    expect(page.get_by_role("heading", name="March 2026", exact=True)).to_be_visible()
    page.get_by_role("button", name="List").click()
    expect(page.get_by_role("button", name=re.compile("more of 1,000"))).to_be_visible()
    assert len(reads(watch)) == april
    page.get_by_role("button", name="Month", exact=True).click()
    page.get_by_role("button", name=re.compile(r"Wednesday 4 March, \+\d+ more")).click()
    expect(page.get_by_role("dialog", name="Wednesday, 4 March 2026").get_by_role("listitem")).to_have_count(
        len([n for n in range(1_000) if n % 31 == 3])
    )


def test_account_is_deleted_by_who_knows_its_password(open_page: OpenPage, person: Person, axe: Axe) -> None:
    make(person, title="Dentist", start="2026-03-05T10:00:00Z")
    page = open_page(person)
    page.goto("/#/account")
    expect(page.get_by_text(person.email)).to_be_visible()
    page.get_by_role("button", name="Delete my account…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your password").fill("wrong horse battery")
    dialog.get_by_role("button", name="Delete everything").click()
    expect(dialog.get_by_role("alert")).to_have_text("E-mail address or password is wrong.")
    axe(page)
    dialog.get_by_label("Your password").fill(person.password)
    dialog.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert person.http.get("/v1/me").status_code == 401


def choose(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Calendar file").set_input_files(FilePayload(name=name, mimeType="text/calendar", buffer=content))


def count(page: Page, name: str) -> Locator:
    """Give the number above a name in an import's report."""
    return page.get_by_role("definition").filter(has=page.locator(f"xpath=self::*[../dt[.='{name}']]"))


def day(page: Page, date: str) -> Locator:
    """Give a day's place in the month."""
    return page.locator(".ec-day").filter(has=page.locator(f"time[datetime='{date}']"))


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag an event with the mouse into a day's place."""
    expect(page.locator(".saving")).to_have_count(0)
    begin, end = place(what), place(to)
    page.mouse.move(begin["x"] + 20, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(begin["x"] + 40, begin["y"] + 20, steps=4)
    page.mouse.move(end["x"] + 30, end["y"] + end["height"] - 15, steps=8)
    page.mouse.up()


def place(what: Locator) -> FloatRect:
    """Tell where something is as soon as it is somewhere: the calendar draws its events anew when one was moved."""
    deadline = time.monotonic() + PATIENCE / 1000
    while True:
        with suppress(Error):  # it was drawn anew between being found and being moved to
            what.scroll_into_view_if_needed()
            if box := what.bounding_box():
                return box
        assert time.monotonic() < deadline, what


def make(person: Person, **slot: Any) -> str:
    made = person.http.post("/v1/slots", json=slot)
    assert made.status_code == 201, made.text
    return str(made.json()["uid"])


def only_slot(person: Person) -> dict[str, Any]:
    (slot,) = person.http.get("/v1/slots").json()["data"]
    return dict(slot)


def events(content: bytes) -> list[bytes]:
    """Give a calendar's events, each as iCalendar, in an order that does not depend on the file's."""
    return sorted(component.to_ical() for component in Calendar.from_ical(content).walk("VEVENT"))


def reads(watch: Watch) -> list[str]:
    """Give the addresses of the slots that pages have asked for."""
    return [request.url for request in watch.requests if "/v1/slots" in request.url]
