"""An operator's day: exports defined with the form, run, watched, stopped, handed out by link, changed and deleted."""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from chalicelib.api.exports.errors import REDIRECT_KEYS
from tests.browser.browsing import PATIENCE, PHONE, Axe, OpenPage, Person, Watch, overflow
from tests.browser.hostile import HOSTILE, expect_only_text
from tests.browser.worlds import Entry, convene, define_export, keep

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def shown(person: Person, export_id: int) -> dict[str, Any]:
    return dict(person.http.get(f"/api/v1/export/{export_id}").raise_for_status().json())


def add_slots(person: Person, *titles: str) -> None:
    for day, title in enumerate(titles, 1):
        slot = {"title": title, "start": f"2026-03-{day:02d}T10:00:00Z", "end": f"2026-03-{day:02d}T11:00:00Z"}
        person.http.post("/v1/slots", json=slot).raise_for_status()


def state(page: Page) -> Any:
    return page.get_by_role("region", name="State")


def export_id(page: Page) -> int:
    found = re.search(r"#/exports/(\d+)", page.url)
    assert found is not None, page.url
    return int(found[1])


def unzipped(page: Page, address: str) -> dict[str, bytes]:
    """Open a link as a stranger does, and unzip what comes."""
    # what is downloaded is no page
    with page.expect_download() as coming, pytest.raises(Error, match=r"ERR_ABORTED|Download is starting"):
        page.goto(address)
    with zipfile.ZipFile(coming.value.path()) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_scheduled_export_is_defined_run_and_handed_out(open_page: OpenPage, person: Person, axe: Axe) -> None:
    add_slots(person, "Opening", "Talk about ducks", "Closing")
    page = open_page(person)
    page.goto("/#/exports")
    expect(page.get_by_role("heading", name="No export jobs yet", exact=True)).to_be_visible()
    axe(page)

    page.get_by_role("link", name="Define the first export").click()
    page.get_by_label("Name", exact=True).fill("Everything monthly")
    page.get_by_role("checkbox", name="CSV").check()
    page.get_by_role("button", name="First Sunday").click()
    schedule = page.get_by_role("group", name="Schedule 1")
    schedule.get_by_label("Time zone").fill("Europe/Berlin")
    sentence = page.get_by_label("Schedule 1 in words")
    expect(sentence).to_have_text("Every first Sunday at 10:00, Berlin time")
    schedule.get_by_label("Hours").fill("6, 18")
    expect(sentence).to_have_text("Every first Sunday at 06:00 and 18:00, Berlin time")
    page.get_by_role("button", name="Another archive to download").click()
    page.get_by_label("Archive").select_option(label="TAR, gzip")
    axe(page)
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", name="Everything monthly", level=1)).to_be_visible()
    expect(state(page)).to_contain_text("Not run yet")
    expect(page.get_by_text("Every first Sunday at 06:00 and 18:00, Berlin time")).to_be_visible()
    made = shown(person, export_id(page))
    assert made["_schedules"] == [
        {
            "weekdays": ["sunday"],
            "days_of_month": [1, 2, 3, 4, 5, 6, 7],
            "hours": [6, 18],
            "minutes": [0],
            "timezone": "Europe/Berlin",
        }
    ]
    assert made["_next_run"] is not None

    page.get_by_role("button", name="Start").click()
    expect(state(page)).to_contain_text("Done")
    expect(state(page)).to_contain_text("3 objects")
    expect(page.get_by_text("Started by hand")).to_be_visible()
    axe(page)

    with page.expect_download() as coming:
        page.get_by_role("button", name="Download slots.csv").click()
    rows = list(csv.DictReader(io.StringIO(coming.value.path().read_text("utf-8"))))
    assert [row["title"] for row in rows] == ["Opening", "Talk about ducks", "Closing"]
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download Everything monthly.tar.gz").click()
    assert coming.value.suggested_filename == "Everything monthly.tar.gz"
    assert person.token not in page.content()

    link = page.get_by_label("Link to share").input_value()
    stranger = open_page()
    files = unzipped(stranger, link)
    assert sorted(files) == ["SHA256SUMS", "manifest.json", "slots.csv", "slots.json"]
    assert [slot["title"] for slot in json.loads(files["slots.json"])] == ["Opening", "Talk about ducks", "Closing"]

    page.get_by_role("button", name="Make new links").click()
    page.get_by_role("dialog").get_by_role("button", name="Make new links").click()
    expect(page.get_by_label("Link to share")).not_to_have_value(link)
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link does not work")
    axe(stranger)
    assert len(unzipped(stranger, page.get_by_label("Link to share").input_value())) == 4


def test_export_is_changed_and_deleted(open_page: OpenPage, person: Person, axe: Axe) -> None:
    number = define_export(person, "Before")
    page = open_page(person)
    page.goto(f"/#/exports/{number}")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name", exact=True).fill("Typed here")
    person.http.post(f"/api/v1/export/{number}", json={"export": {"name": "Changed elsewhere"}}).raise_for_status()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You began with version 1; it is at version 2 now.")
    axe(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Typed here")
    page.get_by_role("button", name="Save mine in its place").click()
    expect(page.get_by_role("heading", name="Typed here", level=1)).to_be_visible()

    page.get_by_role("button", name="Delete").click()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_be_focused()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No export jobs yet", exact=True)).to_be_visible()
    assert person.http.get("/api/v1/export").json()["count"] == 0


class SlowReceiver(ThreadingHTTPServer):
    """Takes a webhook's posts, and answers none of them before it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SlowHandler)
        self.asked, self.answer = threading.Event(), threading.Event()


class SlowHandler(BaseHTTPRequestHandler):
    """One post to `SlowReceiver`."""

    server: SlowReceiver

    def do_POST(self) -> None:
        self.server.asked.set()
        self.server.answer.wait(PATIENCE / 1_000)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[SlowReceiver]:
    with SlowReceiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.answer.set()
        server.shutdown()
        thread.join()


def test_running_export_is_stopped(open_page: OpenPage, person: Person, receiver: SlowReceiver, axe: Axe) -> None:
    hook = {"type": "webhook", "options": {"url": f"http://127.0.0.1:{receiver.server_port}/"}}
    number = define_export(person, "Held up by its webhook", transports=[hook])
    page = open_page(person)
    page.goto("/#/exports")
    page.get_by_role("button", name="Start Held up by its webhook").click()
    expect(page.get_by_role("row", name="Held up by its webhook")).to_contain_text("Running")
    page.get_by_role("link", name="Held up by its webhook").click()
    assert receiver.asked.wait(PATIENCE / 1_000)

    expect(state(page)).to_contain_text("Running")
    axe(page)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop the run").click()

    expect(state(page)).to_contain_text("The run was stopped.")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    assert shown(person, number)["_state"] == "failed"


SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({}, "Every day at 02:00, UTC"),
    ({"hours": [10], "timezone": "Europe/Berlin"}, "Every day at 10:00, Berlin time"),
    ({"hours": [6, 18], "minutes": [5]}, "Every day at 06:05 and 18:05, UTC"),
    ({"hours": [6, 12, 18], "minutes": [30]}, "Every day at 06:30, 12:30 and 18:30, UTC"),
    ({"weekdays": ["sunday"], "days_of_month": [*range(1, 8)], "hours": [10]}, "Every first Sunday at 10:00, UTC"),
    ({"weekdays": ["friday"], "days_of_month": [*range(15, 22)], "hours": [9]}, "Every third Friday at 09:00, UTC"),
    (
        {"weekdays": ["monday"], "days_of_month": [*range(1, 8), *range(15, 22)], "hours": [9]},
        "Every first and third Monday at 09:00, UTC",
    ),
    (
        {"weekdays": ["monday", "tuesday"], "days_of_month": [*range(8, 15)], "hours": [9]},
        "Every second Monday and second Tuesday at 09:00, UTC",
    ),
    ({"weekdays": ["saturday"], "days_of_month": [29, 30, 31], "hours": [9]}, "Every fifth Saturday at 09:00, UTC"),
    ({"weekdays": ["friday"], "days_of_month": [13], "hours": [0]}, "Every Friday that is the 13th at 00:00, UTC"),
    (
        {"weekdays": ["friday", "saturday"], "days_of_month": [1, 2], "hours": [0]},
        "Every Friday or Saturday that is the 1st or 2nd at 00:00, UTC",
    ),
    ({"days_of_month": [1, 15], "hours": [6, 18]}, "On the 1st and 15th at 06:00 and 18:00, UTC"),
    ({"days_of_month": [3, 22, 23], "hours": [6]}, "On the 3rd, 22nd and 23rd at 06:00, UTC"),
    ({"days_of_month": [11, 12, 13], "hours": [6]}, "On the 11th, 12th and 13th at 06:00, UTC"),
    ({"days_of_month": [1, 2, 3, 4, 10], "hours": [6]}, "On the 1st to 4th and 10th at 06:00, UTC"),
    ({"days_of_month": [31], "hours": [6]}, "On the 31st (in months that have it) at 06:00, UTC"),
    ({"days_of_month": [*range(1, 32)], "hours": [6]}, "Every day at 06:00, UTC"),
    ({"weekdays": DAYS, "hours": [6]}, "Every day at 06:00, UTC"),
    ({"weekdays": DAYS[:5], "hours": [8]}, "Monday to Friday at 08:00, UTC"),
    ({"weekdays": ["saturday", "sunday"], "hours": [8]}, "Every Saturday and Sunday at 08:00, UTC"),
    ({"weekdays": ["monday", "wednesday", "friday"], "hours": [8]}, "Every Monday, Wednesday and Friday at 08:00, UTC"),
    ({"hours": [*range(24)], "minutes": [*range(60)]}, "Every minute"),
    ({"hours": [*range(24)], "minutes": [*range(0, 60, 5)]}, "Every 5 minutes"),
    ({"hours": [*range(24)], "minutes": [0, 15, 30, 45], "timezone": "Asia/Kathmandu"}, "Every 15 minutes"),
    ({"hours": [*range(24)], "minutes": [0, 30], "timezone": "Asia/Kathmandu"}, "Every 30 minutes, Kathmandu time"),
    ({"hours": [*range(24)]}, "Every hour, on the hour, UTC"),
    ({"hours": [*range(24)], "minutes": [7]}, "Every hour at 7 past, UTC"),
    ({"hours": [*range(24)], "minutes": [5, 20, 21]}, "Every hour at 5, 20 and 21 past, UTC"),
    ({"weekdays": ["sunday"], "hours": [*range(24)], "minutes": [*range(0, 60, 5)]}, "Every Sunday, every 5 minutes, UTC"),
    ({"hours": [*range(0, 24, 2)]}, "Every 2 hours, starting at 00:00, UTC"),
    ({"hours": [*range(1, 24, 4)], "minutes": [30]}, "Every 4 hours at 30 past, starting at 01:30, UTC"),
    ({"hours": [*range(9, 18)]}, "Every hour from 09:00 to 17:00, UTC"),
    ({"hours": [*range(9, 18)], "minutes": [0, 15, 30, 45]}, "Every 15 minutes from 09:00 to 17:45, UTC"),
    (
        {"weekdays": DAYS[:5], "hours": [*range(9, 18)], "minutes": [0, 30], "timezone": "America/Argentina/Buenos_Aires"},
        "Monday to Friday, every 30 minutes from 09:00 to 17:30, Buenos Aires time",
    ),
    ({"hours": [9, 10, 11, 15], "minutes": [0, 30]}, "Every 30 minutes in the hours 9 to 11 and 15, UTC"),
    ({"hours": [9, 11, 15, 16], "minutes": [1, 2]}, "At 1 and 2 past in the hours 9, 11, 15 and 16, UTC"),
    ({"hours": [9, 10], "minutes": [0, 20, 40]}, "Every day at 09:00, 09:20, 09:40, 10:00, 10:20 and 10:40, UTC"),
    ({"hours": [4], "timezone": "Etc/GMT+3"}, "Every day at 04:00, Etc/GMT+3"),
    ({"hours": [4], "timezone": "CET"}, "Every day at 04:00, CET"),
]


def test_schedules_are_told_in_sentences(open_page: OpenPage, person: Person) -> None:
    page = open_page(person)
    told: list[str] = []
    for first in range(0, len(SENTENCES), 20):
        some = SENTENCES[first : first + 20]
        number = define_export(person, "Often", schedules=[schedule for schedule, _ in some])
        page.goto(f"/#/exports/{number}")
        listed = page.get_by_role("region", name="When it runs").get_by_role("listitem")
        expect(listed).to_have_count(len(some))
        told += listed.all_inner_texts()
        person.http.delete(f"/api/v1/export/{number}").raise_for_status()  # one of them would go on and run every minute
    assert told == [sentence for _, sentence in SENTENCES]


def test_long_list_takes_one_request_a_page(open_page: OpenPage, person: Person, watch: Watch, axe: Axe) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda place: define_export(person, f"Export {place}"), range(500)))
    page = open_page(person)
    page.goto("/#/exports")
    pages = page.get_by_role("navigation", name="Pages of exports")
    expect(pages).to_contain_text("1–25 of 500")
    axe(page)
    seen = {page.get_by_role("row").nth(1).get_by_role("link").inner_text()}
    for first in (26, 51, 76):
        before = len(watch.requests)
        pages.get_by_role("button", name="Next").click()
        expect(pages).to_contain_text(f"{first}–{first + 24} of 500")
        expect(page.get_by_role("row")).to_have_count(26)
        seen.add(page.get_by_role("row").nth(1).get_by_role("link").inner_text())
        asked = [request.url.partition("/api/v1/")[2] for request in watch.requests[before:] if "/assets/" not in request.url]
        assert asked == [f"export?limit=25&offset={first - 1}"]
    assert len(seen) == 4
    page.go_back()
    expect(pages).to_contain_text("51–75 of 500")
    page.get_by_role("row").last.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Export [0-9]+$"))
    expect(page.get_by_role("main")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(pages).to_contain_text("51–75 of 500")

    page.get_by_label("State").select_option(label="Done")
    expect(page.get_by_text("No export fits this choice.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(pages).to_contain_text("1–25 of 500")


ELABORATE: dict[str, Any] = {
    "search": [
        {
            "type": "complex",
            "bool": "should",
            "search": [
                {"type": "match", "string": "ducks geese", "mode": "token", "fields": ["title", "description"]},
                {"type": "in", "fields": ["location.city"], "in": ["Berlin", None, "Köln"], "bool": "must_not"},
            ],
        },
        {"type": "match", "string": "?ld*", "mode": "wildcard", "bool": "should"},
        {"type": "range", "field": "end", "from": "2026-01-01T00:00:00+01:00", "bool": "must"},
        {"type": "in", "fields": ["title"], "in": [" led by a space"]},
    ],
    "sort": [{"field": "title", "order": "DESC"}, {"field": "end"}],
}


def test_definition_survives_the_form_as_it_is(open_page: OpenPage, person: Person, axe: Axe) -> None:
    definition = {
        "type": "export_incremental",
        "search": ELABORATE,
        "ical": True,
        "ical_one_file_per_object": True,
        "csv": {"delimiter": "\t", "quote": "'", "escape": "\\", "use_bom": True, "empty_columns": False},
        "fields": {"title": {"display_name": "Was"}, "uid": {"display_name": "Nummer"}},
        "batch_size": 7,
        "filename_template": "%start% %title%",
        "serve_last_done": True,
        "keep_days": 3,
        "notify": True,
    }
    schedule = {"weekdays": [], "days_of_month": [31], "hours": [3], "minutes": [0, 59], "timezone": "Asia/Tokyo"}
    mail = {"type": "email", "packer": "tar_bz2", "options": {"recipients": [person.id, person.email], "message": "Here\nit is"}}
    number = define_export(person, "Elaborate", schedules=[schedule], transports=[mail], **definition)
    before = shown(person, number)
    page = open_page(person)
    page.goto(f"/#/exports/{number}/edit")
    expect(page.get_by_label("Condition", exact=True)).to_have_value(re.compile("led by a space"))
    axe(page)
    page.get_by_role("button", name="JSON", exact=True).click()
    assert json.loads(page.get_by_label("Search as JSON").input_value()) == ELABORATE
    page.get_by_role("button", name="Conditions").click()
    page.get_by_label("Name", exact=True).fill("Elaborate still")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Elaborate still", level=1)).to_be_visible()

    after = shown(person, number)
    assert after["export"] == {**before["export"], "name": "Elaborate still", "_version": 2}
    assert list(after["export"]["fields"]) == ["title", "uid"]
    assert (after["_schedules"], after["_transports"]) == (before["_schedules"], before["_transports"])


def test_search_is_said_simply_and_by_conditions(open_page: OpenPage, person: Person) -> None:
    group = person.http.post("/v1/groups", json={"name": "Ducks"}).raise_for_status().json()["uuid"]
    page = open_page(person)
    page.goto("/#/exports/new")
    page.get_by_label("Text contains").fill("Ente")
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_role("checkbox", name="Ducks").check()
    page.get_by_role("button", name="Conditions").click()
    page.get_by_role("group", name="Add a condition").get_by_role("button", name="Is between").click()
    between = page.get_by_role("group", name="Is between").last
    between.get_by_label("Field").select_option(label="End")
    between.get_by_label("To").fill("2026-12-31")
    between.get_by_label("This condition").select_option(label="must not hold")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("region", name="What it takes")).to_contain_text("any text contains “Ente”")
    assert shown(person, export_id(page))["export"]["search"] == {
        "search": [
            {"type": "match", "string": "Ente"},
            {"type": "in", "fields": ["group.uuid"], "in": [group]},
            {"type": "range", "field": "start", "from": "2026-01-01"},
            {"type": "range", "bool": "must_not", "field": "end", "from": None, "to": "2026-12-31"},
        ]
    }


def test_time_slots_of_a_convention_are_exported(open_page: OpenPage, person: Person) -> None:
    slug = f"duck-con-{secrets.token_hex(4)}"
    convene(person, f"Duck Con {slug}", slug)
    conventions = person.http.get("/entities/conventions").json()
    number = next(one["id"] for one in conventions if one["slug"] == slug)
    page = open_page(person)
    page.goto("/#/exports/new")
    page.get_by_label("Name", exact=True).fill("Programme")
    page.get_by_label("What is exported").select_option(label="Time slots of a convention")
    page.get_by_label("Convention", exact=True).select_option(label=f"Duck Con {slug}")
    page.get_by_label("In one of these rooms").fill("main, lake")
    page.get_by_label("Add a field").select_option("event.title")
    page.get_by_label("Add a tag").fill("Track")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Name of tag.Track in the files").fill("Strand")
    page.get_by_role("button", name="Save and start").click()
    expect(state(page)).to_contain_text("Done")
    own = shown(person, export_id(page))["export"]
    assert (own["objecttype"], own["convention"], own["fields"], own["search"]) == (
        "timeslot",
        number,
        {"event.title": {"display_name": "event.title"}, "tag.Track": {"display_name": "Strand"}},
        {"search": [{"type": "in", "fields": ["location.slug"], "in": ["main", "lake"]}]},
    )


def test_refusals_stand_at_their_field_and_lose_nothing(open_page: OpenPage, person: Person, axe: Axe) -> None:
    page = open_page(person)
    page.goto("/#/exports/new")
    page.get_by_label("Name", exact=True).fill("Half right")
    page.get_by_role("button", name="Every night").click()
    page.get_by_label("Hours").fill("2, noon")
    expect(page.get_by_label("Schedule 1 in words")).to_have_text("Not understood yet")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("_schedules[0].hours[1] has the wrong type: expected integer.")
    expect(page.get_by_label("Hours")).to_be_focused()
    expect(page.get_by_label("Hours")).to_have_accessible_description(re.compile("A whole number is expected"))
    expect(page.get_by_label("Hours")).to_have_value("2, noon")
    axe(page)

    page.get_by_label("Hours").fill("2, 12")
    page.get_by_role("button", name="JSON", exact=True).click()
    search = page.get_by_label("Search as JSON")
    search.fill('{"search": [{"type": "in", "fields": ["colour"], "in": ["red"]}]}')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(search).to_be_focused()
    expect(search).to_have_accessible_description("Unknown field.")
    search.fill('{"search": [')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(search).to_have_accessible_description(re.compile("This is not JSON"))
    expect(page.get_by_role("button", name="Conditions")).to_be_disabled()

    # a reload, an ended session: what was typed is there again
    page.reload()
    expect(page.get_by_text("This is what you had typed before.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half right")
    expect(page.get_by_label("Hours")).to_have_value("2, 12")
    assert person.http.get("/api/v1/export").json()["count"] == 0


def test_pressed_twice_is_done_once(open_page: OpenPage, person: Person, watch: Watch) -> None:
    page = open_page(person)
    page.goto("/#/exports/new")
    page.get_by_label("Name", exact=True).fill("Once")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Once", level=1)).to_be_visible()
    assert person.http.get("/api/v1/export").json()["count"] == 1
    assert [request.method for request in watch.requests].count("PUT") == 1


@pytest.mark.parametrize("name", [text[:1_000] for text in HOSTILE], ids=["markup", "right-to-left", "long"])
def test_strange_names_are_only_read(name: str, open_page: OpenPage, person: Person, axe: Axe) -> None:
    search = {"search": [{"type": "match", "string": name[:900]}]}
    number = define_export(
        person,
        name,
        search=search,
        fields={"title": {"display_name": name}},
        schedules=[{}],
        transports=[{"type": "email", "options": {"recipients": [person.email], "message": name}}],
    )
    page = open_page(person, size=PHONE)
    for address, sign in (
        ("", page.get_by_role("link", name="New export")),
        (f"/{number}", page.get_by_role("region", name="What it takes")),
        (f"/{number}/edit", page.get_by_role("button", name="Save and start")),
    ):
        page.goto(f"/#/exports{address}")
        expect(sign).to_be_visible()
        expect(page.get_by_text("Loading")).to_have_count(0)
        expect_only_text(page)
        axe(page)


def test_files_are_found_in_folders(open_page: OpenPage, person: Person, axe: Axe) -> None:
    add_slots(person, *(f"Talk {number}" for number in range(1, 8)))
    number = define_export(
        person, "In folders", ical=True, ical_one_file_per_object=True, batch_size=3, filename_template="%title%"
    )
    page = open_page(person, size=PHONE)
    page.goto(f"/#/exports/{number}")
    page.get_by_role("button", name="Start").click()
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_role("button", name=re.compile("^00000"))).to_have_count(3)
    files.get_by_role("button", name="000002/").click()
    expect(files.get_by_role("cell", name=re.compile("Talk"))).to_have_count(6)
    expect(files).to_contain_text("Talk 4.ics")
    axe(page)
    assert overflow(page) == 0
    # an archive that takes long is made by a job; the button waits for it
    asked: list[str] = []
    seen: list[str] = []

    def make(route: Route) -> None:
        asked.append(route.request.url)
        if seen:
            route.continue_()
        else:
            route.fulfill(status=202, json={"state": "processing", "retry_after": 1}, headers={"Retry-After": "1"})

    page.route("**/zip/000002", make)
    with page.expect_download() as coming:
        files.get_by_role("button", name="Folder as ZIP").click()
        expect(files.get_by_text("Being made…")).to_be_visible()
        seen.append("Being made…")
    assert len(asked) >= 2
    assert coming.value.suggested_filename == "In folders-000002.zip"
    with zipfile.ZipFile(coming.value.path()) as archive:
        assert sorted(archive.namelist()) == ["000002/Talk 4.ics", "000002/Talk 5.ics", "000002/Talk 6.ics", "000002/slots.json"]
    files.get_by_role("button", name="All files").click()
    files.get_by_label("SHA-256 of manifest.json").click()
    listed = {file["path"]: file["sha256"] for file in shown(person, number)["_files"]}
    expect(files).to_contain_text(listed["manifest.json"])


def test_thousands_of_files_are_paged(open_page: OpenPage, person: Person, watch: Watch, axe: Axe) -> None:
    keep(person, "Many", [Entry(f"Talk {number:04d}", "20260504T0900") for number in range(1_100)])
    number = define_export(person, "A file for each", json_one_file_per_object=True, filename_template="%title%")
    page = open_page(person)
    page.goto(f"/#/exports/{number}")
    page.get_by_role("button", name="Start").click()
    files = page.get_by_role("region", name="Files")
    pages = files.get_by_role("navigation", name="Pages of files")
    expect(pages).to_contain_text("1–100 of 1,102")
    before = len(watch.requests)
    pages.get_by_role("button", name="Next").click()
    expect(pages).to_contain_text("101–200 of 1,102")
    expect(files.get_by_role("row")).to_have_count(101)
    asked = [request.url.partition(f"/{number}/")[2] for request in watch.requests[before:]]
    assert [each for each in asked if each] == ["files?limit=100&offset=100"]  # the page may look once more at the run
    axe(page)
    files.get_by_role("button", name="slots/").first.click()
    expect(pages).to_contain_text("1–100 of")
    expect(files.get_by_role("row").nth(1)).to_contain_text("Talk 0000.json")
    with page.expect_download() as coming:
        files.get_by_role("button", name="Download Talk 0099.json").click()
    assert json.loads(coming.value.path().read_text("utf-8"))["title"] == "Talk 0099"


def test_each_error_key_has_a_page(open_page: OpenPage, axe: Axe) -> None:
    page = open_page(size=PHONE)
    titles = set()
    for key in sorted(REDIRECT_KEYS):
        page.goto(f"/#server_error:{key}")
        expect(page.get_by_text(key, exact=True)).to_be_visible()
        titles.add(page.get_by_role("heading", level=1).inner_text())
        axe(page)
    # a link can fail in two ways with one title: of a download, of a mail
    assert len(titles) == len(REDIRECT_KEYS) - 1
    assert "Something went wrong" not in titles
    page.goto('/#server_error:"><img src=x onerror="window.hacked=1">')
    expect(page.get_by_role("heading", level=1)).to_have_text("Something went wrong")
    expect_only_text(page)
