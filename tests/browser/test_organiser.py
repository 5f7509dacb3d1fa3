"""An organiser's journey: a convention, its rooms and events, a board on which things are dragged, and what visitors then see."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsing import PHONE, Axe, OpenPage, Person, Watch, overflow
from tests.browser.hostile import MARKUP, RIGHT_TO_LEFT, expect_only_text

DAY = "2031-05-02"
LONG = "Donaudampfschifffahrtsgesellschaft" * 29
"""About as long as a title can be, without a place to break."""


class Con:
    """A convention of somebody's, made by the API."""

    def __init__(self, person: Person, **properties: Any) -> None:
        self.person = person
        settings = {"title": "Spring Con", "slug": f"spring-{secrets.token_hex(4)}", "timezone": "Europe/Berlin", **properties}
        made = self._sent(person.http.post("/entities/conventions", json=settings))
        self.slug = made["slug"]
        self.headers = {"Convention": made["key"]}

    def send(self, method: str, path: str, json: Any = None) -> dict[str, Any]:
        return self._sent(self.person.http.request(method, f"/entities/{path}", json=json, headers=self.headers))

    def slots(self) -> list[dict[str, Any]]:
        reply = self.person.http.get("/entities/timeslots", headers=self.headers)
        listed: list[dict[str, Any]] = reply.json()
        return listed

    def placed(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Give what is where: title, start, minutes and rooms."""
        return sorted(
            (slot["event"]["title"], slot["start"][:16], slot["duration"], tuple(room["title"] for room in slot["locations"]))
            for slot in self.slots()
        )

    def room(self, title: str, **properties: Any) -> str:
        return str(self.send("POST", "locations", {"title": title, **properties})["slug"])

    def event(self, title: str, **properties: Any) -> str:
        return str(self.send("POST", "events", {"title": title, "duration": 60, **properties})["id"])

    def slot(self, event: str, start: str, *rooms: str, **properties: Any) -> str:
        return str(self.send("POST", "timeslots", {"event": event, "start": start, "locations": rooms, **properties})["id"])

    @staticmethod
    def _sent(reply: Any) -> dict[str, Any]:
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer


@pytest.fixture
def con(person: Person) -> Con:
    """Two rooms and a yard, for two days."""
    made = Con(person, **{"start-date": DAY, "end-date": "2031-05-03"})
    made.room("Great Hall", **{"max-attendees": 50})
    made.room("Library")
    made.room("Yard", parallel=True)
    return made


class Board:
    """The board of a convention, as a manager handles it."""

    def __init__(self, page: Page, con: Con) -> None:
        self.page = page
        page.goto(f"/#/conventions/{con.slug}/board")
        expect(self.column("Great Hall")).to_be_visible()
        self.strip = page.locator(".board-strip")

    def column(self, room: str) -> Locator:
        return self.page.locator(".ec-col-head").filter(has_text=room)

    def entry(self, title: str) -> Locator:
        return self.page.locator(".ec-event:not(.ec-ghost)").filter(has_text=title)

    def waiting(self, title: str) -> Locator:
        return self.page.get_by_role("region", name="Events").get_by_role("button", name=title)

    def spot(self, room: str, hour: float) -> tuple[float, float]:
        """Give the point of the screen at which an hour begins in a room."""
        column = self.column(room).bounding_box()
        label = self.page.locator(".ec-sidebar").get_by_text(f"{int(hour):02d}:00", exact=True).bounding_box()
        assert column is not None
        assert label is not None
        hours = self.page.locator(".ec-sidebar").get_by_text(f"{int(hour) + 1:02d}:00", exact=True).bounding_box()
        assert hours is not None
        middle = label["y"] + label["height"] / 2 + (hours["y"] - label["y"]) * (hour - int(hour))
        return column["x"] + column["width"] / 2, middle + 3

    def drag(self, source: Locator, to: tuple[float, float], *, at: tuple[float, float] | None = None, drop: bool = True) -> None:
        """Pull something, by `at` or its upper middle, over the page."""
        if at is None:
            box = source.bounding_box()
            assert box is not None
            at = (box["x"] + box["width"] / 2, box["y"] + 3)
        self.page.mouse.move(*at)
        self.page.mouse.down()
        self.page.mouse.move(at[0] + 10, at[1] + 10, steps=3)
        self.page.mouse.move(*to, steps=6)
        if drop:
            self.page.mouse.up()


def labelled(page: Page, values: Mapping[str, str]) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)


def test_a_convention_from_nothing_to_its_public_schedule(page_of: Page, person: Person, axe: Axe, open_page: OpenPage) -> None:
    page, slug = page_of, f"summer-{secrets.token_hex(4)}"
    page.goto("/#/conventions")
    page.get_by_role("button", name="New convention").click()
    labelled(page, {"Title": "Summer Con", "Short name in addresses": "1", "First day": DAY, "Last day": "2031-05-01"})
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_be_visible()  # and what was typed is still there
    labelled(page, {"Short name in addresses": slug, "Last day": "2031-05-03"})
    axe(page)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=1, name="Summer Con")).to_be_visible()
    axe(page)
    tabs = page.get_by_role("navigation", name="Convention")

    tabs.get_by_role("link", name="Rooms").click()
    for room in ("Great Hall", "Library"):
        page.get_by_role("button", name="Add a room").click()
        page.get_by_label("Title").fill(room)
        page.get_by_role("dialog").get_by_role("button", name="Add").click()
        expect(page.get_by_role("rowheader", name=room)).to_be_visible()
    page.get_by_role("button", name="Add a room").click()
    page.get_by_label("Title").fill("library")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a location with this title or slug already")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    axe(page)

    tabs.get_by_role("link", name="Tags").click()
    page.get_by_role("button", name="Add a type of tags").click()
    labelled(page, {"Title": "track", "Values": "games\ntalks"})
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=3, name="track")).to_be_visible()
    axe(page)

    tabs.get_by_role("link", name="Events").click()
    page.get_by_role("button", name="Add an event").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Opening")
    dialog.get_by_label("Minutes").fill("90")
    dialog.get_by_label("Teaser").fill("Everybody meets.")
    dialog.get_by_label("track").select_option("talks")
    axe(page)
    dialog.get_by_role("button", name="Add").click()
    status = page.get_by_label("Status of Opening")
    expect(status).to_have_value("0")
    axe(page)

    tabs.get_by_role("link", name="Board").click()
    page.get_by_role("button", name="Opening").click()
    dialog = page.get_by_role("dialog", name="Schedule an event")
    dialog.get_by_label("Starts").fill(f"{DAY}T10:00")
    dialog.get_by_label("Great Hall").check()
    axe(page)
    dialog.get_by_role("button", name="Schedule").click()
    expect(page.locator(".ec-event").filter(has_text="Opening")).to_be_visible()
    axe(page)

    tabs.get_by_role("link", name="Events").click()
    expect(status).to_have_value("4")
    status.select_option("Content approved")
    expect(page.get_by_text("Only managers see the event now.")).to_be_visible()
    visitor = open_page(size=PHONE, script=False)
    visitor.goto(f"/conventions/{slug}/schedule")
    expect(visitor.get_by_text("Nothing is on the schedule yet.")).to_be_visible()
    tabs.get_by_role("link", name="Board").click()
    expect(page.locator(".ec-event").filter(has_text="Opening")).to_contain_text("not public")
    tabs.get_by_role("link", name="Events").click()
    status.select_option("Approved")
    expect(page.get_by_text("Everybody can see the event now.")).to_be_visible()
    expect(page.get_by_role("cell", name="public")).to_be_visible()
    visitor = open_page(size=PHONE, script=False)
    visitor.goto(f"/conventions/{slug}/schedule")
    expect(visitor.get_by_role("heading", level=2)).to_have_text(["Friday, 2 May 2031"])
    expect(visitor.get_by_role("heading", level=3)).to_have_text(["Opening"])
    expect(visitor.locator("time").first).to_have_text("10:00")
    expect(visitor.get_by_text("Everybody meets.")).to_be_visible()


@pytest.fixture
def page_of(open_page: OpenPage, person: Person) -> Page:
    """Give a page on a desktop, signed in."""
    return open_page(person, size=(1400, 1000))


def test_events_are_dragged_into_rooms_and_between_them(page_of: Page, con: Con, axe: Axe) -> None:
    con.event("Opening", duration=90)
    board = Board(page_of, con)
    board.drag(board.waiting("Opening"), board.spot("Great Hall", 10))
    expect(board.entry("Opening")).to_be_visible()
    expect(page_of.get_by_text("Everything is scheduled.")).to_be_visible()
    assert con.placed() == [("Opening", f"{DAY}T10:00", "90", ("Great Hall",))]
    axe(page_of)

    board.drag(board.entry("Opening"), board.spot("Library", 12))
    expect(page_of.get_by_text("Saved.").first).to_be_visible()
    assert con.placed() == [("Opening", f"{DAY}T12:00", "90", ("Library",))]

    box = board.entry("Opening").bounding_box()
    assert box is not None
    bottom = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    page_of.mouse.move(*bottom)
    with page_of.expect_response(lambda response: response.request.method == "PUT") as saving:
        board.drag(board.entry("Opening"), (bottom[0], bottom[1] + 61), at=bottom)
    assert saving.value.status == 200
    expect(board.entry("Opening")).to_contain_text("14:30")
    expect(board.strip).not_to_contain_text("Not moved")
    assert con.placed() == [("Opening", f"{DAY}T12:00", "150", ("Library",))]


def test_a_finger_drags_by_the_handle(open_page: OpenPage, person: Person, con: Con) -> None:
    con.event("Opening")
    board = Board(open_page(person, size=(820, 1180)), con)
    handle = board.page.locator(".handle").bounding_box()
    assert handle is not None
    x, y = handle["x"] + 10, handle["y"] + 10
    to = board.spot("Library", 11)
    touch = board.page.context.new_cdp_session(board.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        point = {"x": x + (to[0] - x) * step / 5, "y": y + (to[1] - y) * step / 5}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    expect(board.page.locator(".drag-ghost")).to_contain_text("11:00, Library")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(board.entry("Opening")).to_be_visible()
    assert con.placed() == [("Opening", f"{DAY}T11:00", "60", ("Library",))]


def test_what_is_in_the_way_is_named_before_anything_is_sent(page_of: Page, con: Con, watch: Watch) -> None:
    con.slot(con.event("Opening", duration=90), f"{DAY}T10:00", "great-hall")
    con.event("Closing")
    board = Board(page_of, con)
    sent = len(watch.requests)
    board.drag(board.waiting("Closing"), board.spot("Great Hall", 11), drop=False)
    expect(board.strip).to_contain_text("In the way: “Opening”")
    expect(board.strip).to_contain_text("10:00–11:30, Great Hall")
    expect(board.entry("Opening")).to_have_class(re.compile("in-the-way"))
    page_of.mouse.up()
    expect(board.strip).to_contain_text("Not scheduled. In the way: “Opening”")
    expect(board.waiting("Closing")).to_be_visible()
    assert [request.url for request in watch.requests[sent:] if request.method != "GET"] == []

    board.drag(board.waiting("Closing"), board.spot("Library", 11), drop=False)  # the same host, elsewhere: that is only a warning
    expect(board.strip).to_contain_text("would be in two places: “Opening”")
    page_of.mouse.up()
    expect(page_of.get_by_text("A host is somewhere else at that time.")).to_be_visible()
    assert [title for title, *_ in con.placed()] == ["Closing", "Opening"]

    board.drag(board.entry("Closing"), board.spot("Great Hall", 10))
    expect(board.strip).to_contain_text("Not moved. In the way: “Opening”")
    assert con.placed()[0] == ("Closing", f"{DAY}T11:00", "60", ("Library",))


def test_a_refusal_of_the_service_is_explained_and_the_event_goes_back(page_of: Page, con: Con) -> None:
    con.slot(con.event("Opening"), f"{DAY}T10:00", "great-hall")
    other = con.event("Somebody else's")
    board = Board(page_of, con)
    expect(board.entry("Opening")).to_be_visible()
    con.slot(other, f"{DAY}T10:30", "library")  # meanwhile, by another manager
    board.drag(board.entry("Opening"), board.spot("Library", 10))
    expect(board.strip).to_contain_text("Not moved. Something else is scheduled there at that time:")
    expect(board.strip).to_contain_text("“Somebody else's”, Fri 2 May, 10:30–11:30, Library")
    expect(board.entry("Somebody else's")).to_be_visible()
    assert con.placed()[0] == ("Opening", f"{DAY}T10:00", "60", ("Great Hall",))
    hall, opening = board.column("Great Hall").bounding_box(), board.entry("Opening").bounding_box()
    assert hall is not None
    assert opening is not None
    assert hall["x"] <= opening["x"] < hall["x"] + hall["width"]


def test_what_other_managers_do_is_seen(page_of: Page, con: Con, watch: Watch) -> None:
    con.slot(con.event("Opening"), f"{DAY}T10:00", "great-hall")
    other = con.event("Somebody else's")
    board = Board(page_of, con)
    expect(board.entry("Opening")).to_be_visible()
    with page_of.expect_response("**/entities/timeslots") as asked:
        page_of.evaluate("dispatchEvent(new Event('focus'))")
    assert asked.value.status == 304  # nothing has changed: one request, and no more
    sent = len(watch.requests)
    con.slot(other, f"{DAY}T12:00", "library")
    page_of.evaluate("dispatchEvent(new Event('focus'))")
    expect(board.entry("Somebody else's")).to_be_visible()
    answers = [request.response() for request in watch.requests[sent:]]
    read = [urlsplit(answer.url).path for answer in answers if answer is not None and answer.status != 304]
    assert sorted(read) == ["/entities/events", "/entities/locations", "/entities/timeslots"]  # whoever looks anew, it is read once


def test_a_time_slot_is_changed_and_cancelled_without_dragging(page_of: Page, con: Con) -> None:
    con.slot(con.event("Opening"), f"{DAY}T10:00", "great-hall")
    con.slot(con.event("Other"), f"{DAY}T14:00", "library", hosts=[{"email": "grace@example.org", "name": "Grace"}])
    board = Board(page_of, con)
    board.entry("Opening").get_by_role("button").focus()
    page_of.keyboard.press("Enter")
    dialog = page_of.get_by_role("dialog", name="Time slot")
    dialog.get_by_label("Starts").fill(f"{DAY}T13:30")
    dialog.get_by_label("Library").check()
    expect(dialog.get_by_role("status")).to_contain_text("“Other”, Fri 2 May, 14:00–15:00, Library")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("“Other”, Fri 2 May, 14:00–15:00, Library")
    dialog.get_by_label("Library").uncheck()
    dialog.get_by_label("Yard").check()
    dialog.get_by_label("E-mail of a host").fill("grace@example.org")
    dialog.get_by_label("Name").fill("Grace")
    dialog.get_by_role("button", name="Add host").click()
    expect(dialog.get_by_role("status")).to_contain_text("Somebody would be in two places:")
    dialog.get_by_role("button", name="Remove Grace").click()
    expect(dialog.get_by_role("status")).to_have_count(0)
    dialog.get_by_text("Notes and number of visitors").click()
    dialog.get_by_label("Visitors at most").fill("60")
    dialog.get_by_label("Notes to visitors").fill("Bring a chair.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page_of.get_by_text("More attendees than the location holds.")).to_be_visible()
    assert con.placed()[0] == ("Opening", f"{DAY}T13:30", "60", ("Great Hall", "Yard"))
    opening = con.slots()[0]
    assert (opening["max-attendees"], opening["notes-to-attendees"]) == ("60", "Bring a chair.")

    board.entry("Other").click()
    dialog = page_of.get_by_role("dialog", name="Time slot")
    dialog.get_by_role("button", name="Cancel this time slot").click()
    page_of.get_by_role("dialog", name="Cancel this time slot?").get_by_role("button", name="Cancel the time slot").click()
    expect(board.entry("Other")).to_have_count(0)
    assert [title for title, *_ in con.placed()] == ["Opening"]
    expect(board.waiting("Other")).to_be_visible()


def test_nights_on_which_clocks_change(page_of: Page, person: Person) -> None:
    con = Con(person, **{"start-date": "2031-10-26", "end-date": "2031-10-26"})
    con.room("Great Hall")
    con.slot(con.event("Night watch"), "2031-10-26T02:30:00+01:00", "great-hall", duration=30)  # the second half past two
    con.event("Early bird", duration=60)
    board = Board(page_of, con)
    expect(board.entry("Night watch")).to_be_visible()
    board.waiting("Early bird").click()
    dialog = page_of.get_by_role("dialog", name="Schedule an event")
    dialog.get_by_label("Great Hall").check()
    dialog.get_by_label("Starts").fill("2031-10-26T01:30")
    dialog.get_by_label("Minutes").fill("120")  # until the second half past two
    in_the_way = dialog.get_by_role("status").filter(has_text="Something is in the way:")
    expect(in_the_way).to_have_count(0)
    dialog.get_by_label("Minutes").fill("121")
    expect(in_the_way).to_be_visible()
    dialog.get_by_label("Minutes").fill("120")
    expect(in_the_way).to_have_count(0)
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog).to_have_count(0)
    assert [(slot["start"], slot["end"]) for slot in con.slots()] == [
        ("2031-10-26T01:30:00+02:00", "2031-10-26T02:30:00+01:00"),
        ("2031-10-26T02:30:00+01:00", "2031-10-26T03:00:00+01:00"),
    ]


@pytest.mark.parametrize("script", [False, True])
def test_visitors_find_their_way_on_a_phone(open_page: OpenPage, con: Con, axe: Axe, script: bool) -> None:
    con.send("POST", "tagtypes", {"title": "track", "requirement": "*", "values": ["games", "talks"]})
    for title, start, room, track in (
        ("Opening", "10:00", "great-hall", "talks"),
        ("Dice for all", "12:00", "library", "games"),
        ("שלום עולם", "14:00", "yard", "games"),
    ):
        event = con.event(title, status=5, teaser="Come along.", description="What to bring:\nnothing.", tags={"track": [track]})
        con.slot(event, f"{DAY}T{start}", room)
    page = open_page(size=PHONE, script=script, dark=script)
    page.goto(f"/conventions/{con.slug}/schedule")
    titles = page.get_by_role("heading", level=3)
    expect(titles).to_have_text(["Opening", "Dice for all", "שלום עולם"])
    expect(page.get_by_text("Times in Europe/Berlin (UTC+02:00)")).to_be_visible()
    if script:
        assert overflow(page) == 0
        axe(page)
        page.get_by_label("Search").fill("dice")
        expect(titles.filter(visible=True)).to_have_text(["Dice for all"])
        expect(page.get_by_text("1 of 3 on this page")).to_be_visible()
        page.get_by_label("Search").fill("")
        expect(titles.filter(visible=True)).to_have_count(3)
    page.get_by_label("track").select_option("games")
    page.get_by_role("button", name="Show").click()
    expect(titles).to_have_text(["Dice for all", "שלום עולם"])
    page.get_by_label("Search").fill("עולם")
    page.get_by_label("Search").press("Enter")
    expect(titles.filter(visible=True)).to_have_text(["שלום עולם"])
    page.get_by_text("More").first.click()
    expect(page.get_by_text("What to bring:")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("listitem").get_by_role("link", name="Add to calendar").click()
    (entry,) = icalendar.Calendar.from_ical(downloading.value.path().read_bytes()).walk("VEVENT")
    assert str(entry["SUMMARY"]) == "שלום עולם"
    page.get_by_role("link", name="Show everything").click()
    expect(titles).to_have_count(3)
    page.get_by_text("Add to calendar", exact=True).first.click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download .ics").click()
    whole = icalendar.Calendar.from_ical(downloading.value.path().read_bytes())
    assert [str(entry["SUMMARY"]) for entry in whole.walk("VEVENT")] == ["Opening", "Dice for all", "שלום עולם"]
    if script:
        axe(page)
        assert overflow(page) == 0


def test_rooms_side_by_side(open_page: OpenPage, con: Con, axe: Axe) -> None:
    con.slot(con.event("Opening", status=5, description="Long words."), f"{DAY}T10:00", "great-hall", "yard")
    con.slot(con.event("Dice", status=4), f"{DAY}T10:30", "yard")
    page = open_page()
    page.goto(f"/conventions/{con.slug}/schedule")
    page.get_by_role("button", name="Rooms side by side").click()
    grid = page.get_by_role("region", name="Rooms on Friday, 2 May 2031")
    expect(grid.get_by_role("button")).to_have_text(["10:00 – 11:00Opening", "10:00 – 11:00Opening", "10:30 – 11:30Dice"])
    axe(page)
    grid.get_by_role("button", name="Opening").first.click()
    expect(page.get_by_role("dialog", name="Opening").get_by_text("Long words.")).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    expect(grid.get_by_role("button")).to_have_count(3)
    page.get_by_role("button", name="Rooms side by side").click()
    expect(page.get_by_role("heading", level=3)).to_have_text(["Opening", "Dice"])


def test_titles_are_read_in_short_and_narrow_boxes(open_page: OpenPage, con: Con) -> None:
    con.slot(con.event("Quarter past ten", duration=15, status=4), f"{DAY}T10:00", "great-hall")
    con.slot(con.event("How to write a villain", status=4), f"{DAY}T11:00", "great-hall")
    page = open_page()
    page.goto(f"/conventions/{con.slug}/schedule")
    page.get_by_role("button", name="Rooms side by side").click()
    short = page.get_by_role("button", name="Quarter past ten")
    assert "y" not in overflowing(short)
    page = open_page(con.person, size=PHONE)
    page.goto(f"/#/conventions/{con.slug}/board")
    box = page.get_by_role("button", name="How to write a villain")
    title, host = (box.locator(f".{name}").bounding_box() for name in ("board-title", "board-faint"))
    assert title is not None
    assert host is not None
    # Two lines of it leave no room for whom it is by, who then stands beside, cut off, and not over its second line.
    assert title["height"] > 30
    assert host["x"] >= title["x"] + title["width"]


def overflowing(box: Locator) -> str:
    """Tell in which directions a box holds more than it shows: "", "x", "y" or "xy"."""
    return str(
        box.evaluate("it => (it.scrollWidth > it.clientWidth ? 'x' : '') + (it.scrollHeight > it.clientHeight + 3 ? 'y' : '')")
    )


def test_a_schedule_that_is_not_there(open_page: OpenPage, axe: Axe) -> None:
    page = open_page()
    page.goto("/conventions/nowhere/schedule")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such convention")
    axe(page)


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_whatever_strangers_call_things_is_text(open_page: OpenPage, person: Person, size: tuple[int, int]) -> None:
    con = Con(person, title=MARKUP, location=RIGHT_TO_LEFT, series=LONG, **{"start-date": DAY, "end-date": DAY})
    for number, text in enumerate((MARKUP, RIGHT_TO_LEFT, LONG)):
        con.send("POST", "tagtypes", {"title": f"{number}{text[:300]}", "requirement": "*", "values": [text[:500]]})
        room = con.room(f"{number} {text}"[:1000], area=text)
        properties = {"teaser": text, "description": text, "tags": {f"{number}{text[:300]}": [text[:500]]}}
        host = {"email": f"{number}@example.org", "name": text}
        con.slot(con.event(text, status=5, **properties), f"{DAY}T1{number}:00", room, hosts=[host])
        con.event(f"{text[:900]} again")
    page = open_page(person, size=size)
    for tab in ("", "/board", "/events", "/rooms", "/tags", "/managers", "/files", "/settings"):
        page.goto(f"/#/conventions/{con.slug}{tab}")
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        expect(page.get_by_role("status").filter(has_text="Opening")).to_have_count(0)
        expect_only_text(page)
    page.goto("/#/conventions")
    expect(page.get_by_role("heading", level=1, name="Conventions")).to_be_visible()
    expect_only_text(page)
    page.goto(f"/conventions/{con.slug}/schedule")
    expect(page.get_by_role("heading", level=3)).to_have_text([MARKUP, RIGHT_TO_LEFT, LONG])
    expect_only_text(page)


def test_a_schedule_is_imported_after_a_look(page_of: Page, con: Con, axe: Axe) -> None:
    lines = ["title,start,duration,location"]
    lines += [f"Opening,{DAY} 10:00,60,Great Hall", f"Late,{DAY} 10:30,60,Great Hall", f"New,{DAY} 12:00,60,Attic"]
    table = "\n".join(lines)
    page_of.goto(f"/#/conventions/{con.slug}/files")
    page_of.get_by_label("File").set_input_files({"name": "plan.csv", "mimeType": "text/csv", "buffer": table.encode()})
    page_of.get_by_role("button", name="Look through it").click()
    expect(page_of.get_by_role("heading", level=3)).to_have_text("What would happen")
    expect(page_of.get_by_role("row").nth(1)).to_contain_text("Something else is scheduled there at that time")
    axe(page_of)
    assert con.placed() == []
    page_of.get_by_role("button", name="Import", exact=True).click()
    expect(page_of.get_by_role("heading", level=3)).to_have_text("What was done")
    assert [title for title, *_ in con.placed()] == ["New", "Opening"]


def test_managers_are_made_and_strangers_kept_out(page_of: Page, con: Con, open_page: OpenPage, http: Any) -> None:
    account = {"email": f"{secrets.token_hex(8)}@example.org", "password-register": "correct horse battery", "name": "Nina"}
    assert http.post("/auth/register", json=account).status_code == 200
    page_of.goto(f"/#/conventions/{con.slug}/managers")
    field = page_of.get_by_label("E-mail of a user")
    field.fill("nobody@example.org")
    page_of.get_by_role("button", name="Make manager").click()
    expect(page_of.get_by_text("There is no such user.")).to_be_visible()
    field.fill(account["email"])
    page_of.get_by_role("button", name="Make manager").click()
    expect(page_of.get_by_role("button", name="Dismiss Nina")).to_be_visible()
    stranger = open_page()
    stranger.goto(f"/#/conventions/{con.slug}/board")
    expect(stranger.get_by_role("alert")).to_have_text("Sign in as a manager of this convention to see this.")
    expect(stranger.get_by_role("link", name="Board")).to_have_count(0)
