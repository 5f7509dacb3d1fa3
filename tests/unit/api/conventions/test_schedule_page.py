"""The public schedule as a page: what it shows to whom, in which order, and that nothing in it is taken for markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin

import icalendar
import pytest

from chalicelib.api import static
from chalicelib.api.conventions import schedule_view
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient, Reply
from tests.unit.api.conventions.conftest import Con

BROWSER = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
VOID = {"meta", "link", "input", "br"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "שלום עולם",
    "x" * 1_000,
    "a & b &amp; c",
]


@dataclass
class Element:
    """A tag, what it says, and the whole text inside it."""

    tag: str
    attributes: dict[str, str]
    text: list[str]

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class Page(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Give the elements that have these attributes; underscores stand for dashes, a trailing one is dropped."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            found
            for found in self.elements
            if found.tag == tag and all(found.attributes.get(name) == value for name, value in wanted.items())
        ]

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return ["".join(found.text).strip() for found in self.all(tag, **attributes)]

    def links(self, text: str) -> list[str]:
        """Give where the links go that begin with a text."""
        return [found["href"] for found in self.all("a") if "".join(found.text).strip().startswith(text)]


def page(con: Con, query: str = "", headers: Any = None) -> Page:
    reply = con.public.get(f"/conventions/{quote(con.made['slug'])}/schedule{query}", headers=headers)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8"), reply.text
    return Page(reply.content.decode())


def titles(shown: Page) -> list[str]:
    return shown.texts("h3")


@pytest.fixture
def small(con: Con) -> Con:
    """Two rooms, three days, one event in both rooms, one that nobody may see."""
    assert con.mona.put("/entities/conventions/self", json={"start-date": "2026-05-01", "end-date": "2026-05-03"}).status == 200
    hall, yard = con.room("Great Hall", area="North"), con.room("Yard", parallel=True)
    assert con.mona.post("/entities/tagtypes", json={"title": "staff", "public": False, "values": ["secret word"]}).status == 200
    for number, (title, start, rooms, tags) in enumerate(
        [
            ("Opening", "2026-05-01T23:30:00", [hall, yard], {"system": "dice", "staff": "secret word"}),
            ("Second", "2026-05-02T10:00:00", [hall], {"system": "cards"}),
            ("Third", "2026-05-02T09:00:00", [yard], {"system": "dice"}),
            ("Hidden", "2026-05-03T09:00:00", [hall], {"system": "hidden value"}),
        ]
    ):
        event = con.event(title, tags=tags, teaser=f"Teaser {number}", description="First.\n\nSecond.", status=5)
        assert con.slot(event, start, *rooms).status == 200
        if title == "Hidden":
            assert con.mona.put(f"/entities/events/{event}", json={"status": 3}).status == 200
    return con


def test_days_and_entries_stand_in_order_with_the_conventions_times(small: Con) -> None:
    shown = page(small)
    assert shown.texts("h1") == ["My Con"]
    assert shown.texts("h2") == ["Friday, 1 May 2026", "Saturday, 2 May 2026"]
    assert [found["id"] for found in shown.all("section")] == ["2026-05-01", "2026-05-02"]
    assert titles(shown) == ["Opening", "Third", "Second"]
    times = [(found["datetime"], "".join(found.text)) for found in shown.all("time")]
    assert times[:2] == [("2026-05-01T23:30:00+02:00", "23:30"), ("2026-05-02T00:30:00+02:00", "00:30 (Sat 2 May)")]
    assert shown.texts("b") == ["Europe/Berlin (UTC+02:00)"]
    assert [found["data-room"] for found in shown.all("a", class_="room")] == ["great-hall", "yard", "yard", "great-hall"]
    assert shown.texts("bdi") == ["Mona Manager"] * 3


def test_nothing_that_is_not_public_is_in_it_not_even_for_managers(small: Con) -> None:
    for client in (small.public, small.mona):
        text = client.get("/conventions/my-con/schedule").content.decode()
        assert [
            word for word in ("Hidden", "hidden value", "secret word", "staff", "example.org", small.made["key"]) if word in text
        ] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?by_location=yard", ["Opening", "Third"]),
        ("?by_location=&by_tag%3Asystem=dice&search=", ["Opening", "Third"]),
        ("?by_tag:system=dice&by_tag:system=cards&by_location=great-hall", ["Opening", "Second"]),
        ("?by-location=great-hall&search=cards", ["Second"]),
        ("?search=DICE+yard", ["Opening", "Third"]),
        ("?search=mona+teaser+2", ["Third"]),
        ("?search=secret", []),
        ("?by_tag:staff=secret%20word", []),
        ("?by_event=1", ["Opening"]),
        ("?by_timeslot=2&by_timeslot=3", ["Third", "Second"]),
        ("?by_location=nowhere", []),
    ],
)
def test_filters_choose(small: Con, query: str, expected: list[str]) -> None:
    shown = page(small, query)
    assert titles(shown) == ([title for title in ("Opening", "Third", "Second") if title in expected])
    if not query.startswith(("?search=", "?by_location=&")):
        (calendar,) = {link["href"] for link in shown.all("link", rel="alternate")}
        reply = small.public.get(urljoin("/conventions/my-con/schedule", calendar))
        found = {str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(reply.content).walk("VEVENT")}
        assert found >= set(expected)
        assert "search" in query or found == set(expected)


def test_menus_offer_what_is_public_and_keep_what_was_chosen(small: Con) -> None:
    shown = page(small, "?by_location=yard&by_event=1&search=open")
    selects = [found["name"] for found in shown.all("select")]
    assert selects == ["by_location", "by_tag:system"]
    assert [(found["value"], "selected" in found.attributes) for found in shown.all("option")] == [
        ("", False),
        ("great-hall", False),
        ("yard", True),
        ("", False),
        ("dice", False),
        ("cards", False),
    ]
    assert [(found["name"], found["value"]) for found in shown.all("input", type="hidden")] == [("by_event", "1")]
    assert shown.all("input", type="search")[0]["value"] == "open"
    assert shown.links("Room: Yard") == ["?by_event=1&search=open"]
    labels = {found["for"] for found in shown.all("label")}
    named = {found["id"] for found in (*shown.all("select"), *shown.all("input")) if found.attributes.get("type") != "hidden"}
    assert labels == named


def test_one_time_slot_goes_to_a_calendar(small: Con) -> None:
    links = page(small).links("Add to calendar: ")
    assert links == ["schedule.ics?by_timeslot=1", "schedule.ics?by_timeslot=3", "schedule.ics?by_timeslot=2"]
    reply = small.public.get(urljoin("/conventions/my-con/schedule", links[1]))
    (event,) = icalendar.Calendar.from_ical(reply.content).walk("VEVENT")
    assert (str(event["SUMMARY"]), event.decoded("DTSTART")) == ("Third", datetime(2026, 5, 2, 7, 0, tzinfo=UTC))


def test_a_calendar_subscribes_to_what_is_chosen(small: Con) -> None:
    shown = page(small, "?by_tag:system=dice")
    assert shown.links("Subscribe") == ["webcal://slotport.test/conventions/my-con/schedule.ics?by_tag:system=dice"]
    assert (
        shown.all("input", id="feed-address")[0]["value"]
        == "https://slotport.test/conventions/my-con/schedule.ics?by_tag:system=dice"
    )


def test_links_and_previews_say_what_it_is(small: Con) -> None:
    shown = page(small)
    said = {found["property"]: found["content"] for found in shown.all("meta") if "property" in found.attributes}
    assert said == {
        "og:type": "website",
        "og:title": "My Con · Schedule",
        "og:description": "1–3 May 2026 · 3 entries, times in Europe/Berlin.",
        "og:url": "https://slotport.test/conventions/my-con/schedule",
    }
    assert shown.texts("title") == ["My Con · Schedule"]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_people_write_is_text(con: Con, text: str) -> None:
    assert con.mona.put("/entities/conventions/self", json={"title": text, "location": text, "series": text}).status == 200
    room = con.room(f"Room {text[:100]}")
    tags = {f"type {text[:200]}": text[:200]}
    event = con.event(text, teaser=text, description=text, tags=tags, **{"notes-to-attendees": text}, status=5)
    assert con.slot(event, "2026-05-01T10:00:00", room, hosts=[{"email": "h@example.org", "name": text}]).status == 200
    shown = page(con, f"?search={quote(text[:20])}&by_host={quote('h@example.org')}")
    assert (shown.texts("h1"), titles(shown), shown.texts("bdi")) == ([text], [text], [text])
    assert [found.attributes.get("dir") for found in (*shown.all("h1"), *shown.all("h3"))] == ["auto", "auto"]
    assert shown.all("img") == []
    assert [found.attributes for found in shown.all("script")] == [
        {"type": "module", "src": f"../../assets/{static.site_files()['schedule/schedule.ts']}"}
    ]
    assert [name for found in shown.elements for name in found.attributes if name == "style" or name.startswith("on")] == []


@pytest.mark.parametrize("name", ["javascript:alert(1)", "ftp://x"])
def test_a_website_is_a_web_address(con: Con, name: str) -> None:
    assert con.mona.put("/entities/conventions/self", json={"website": name}).status == 400
    assert page(con).links("Website") == []


def test_it_loads_nothing_but_its_own(small: Con) -> None:
    reply = small.public.get("/conventions/my-con/schedule")
    assert reply.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
    shown = Page(reply.content.decode())
    loaded = [found["src"] for found in shown.all("script")]
    loaded += [found["href"] for found in shown.all("link") if found["rel"] in ("stylesheet", "icon")]
    assert [urljoin("/conventions/my-con/schedule", name).split("/")[1] for name in loaded] == ["assets"] * 3
    assert all((static.SITE / "assets" / name.rpartition("/")[2]).is_file() for name in loaded)


def test_who_has_it_is_told_so_for_a_minute(small: Con, services: FakeServices) -> None:
    def ask(known: str = "") -> Reply:
        return small.public.get("/conventions/my-con/schedule", headers={"If-None-Match": known})

    first = ask()
    assert first.headers["cache-control"] == "public, max-age=60"
    again = ask(first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert small.mona.put("/entities/events/1", json={"title": "Other"}).status == 200
    changed = ask(first.headers["etag"])
    assert (changed.status, titles(Page(changed.content.decode()))[0]) == (200, "Other")
    services.now = datetime(2026, 5, 2, 12, 0, tzinfo=UTC)  # another day may be the one to show
    assert ask(changed.headers["etag"]).status == 200


def test_an_empty_schedule_says_so(con: Con) -> None:
    shown = page(con)
    assert [text for text in shown.texts("p", class_="empty") if text.startswith("Nothing is on the schedule yet.")] != []
    assert (titles(shown), shown.all("nav"), shown.texts("b")) == ([], [], ["Europe/Berlin (UTC+01:00)"])


def test_the_hour_that_occurs_twice_is_told_apart(con: Con) -> None:
    room = con.room("Hall")
    event = con.event(status=5, duration=60)
    for start in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"):
        assert con.slot(event, start, room, duration=30).status == 200
    shown = page(con)
    assert shown.texts("time") == ["02:30 (UTC+02:00)", "02:00 (UTC+01:00)", "02:30 (UTC+01:00)", "03:00"]
    assert shown.texts("b") == ["Europe/Berlin (UTC+02:00, UTC+01:00)"]


@pytest.mark.parametrize("slug", ["ביגור-16", "my-con-2"])
def test_any_slug_leads_to_it(client: HttpClient, slug: str) -> None:
    con = Con(client, slug=slug)
    shown = page(con)
    assert shown.all("link", rel="canonical")[0]["href"] == f"https://slotport.test/conventions/{quote(slug)}/schedule"


def test_browsers_are_told_of_errors_on_a_page_and_programs_in_json(con: Con) -> None:
    for path, status, words in (
        ("/conventions/nowhere%3Cb%3E/schedule", 404, "There is no such convention"),
        ("/conventions/my-con/schedule?by_event_status=x", 400, "There is no such filter, or not with this value"),
    ):
        reply = con.public.get(path, headers={"Accept": BROWSER})
        assert (reply.status, reply.headers["content-type"], Page(reply.text).texts("h1")) == (
            status,
            "text/html; charset=utf-8",
            [words],
        )
        assert (reply.headers["cache-control"], "Accept," in reply.headers["vary"]) == ("no-store", True)
        assert "content-security-policy" in reply.headers
        reply = con.public.get(path)
        assert (reply.status, reply.json()["error"]) == (status, words)


class TestLong:
    """A schedule that is longer than a page."""

    @pytest.fixture
    def long(self, con: Con, monkeypatch: pytest.MonkeyPatch) -> Con:
        monkeypatch.setattr(schedule_view, "MAX_ENTRIES", 4)
        room = con.room("Yard", parallel=True)
        for day, count in ((1, 3), (2, 6), (4, 1)):
            for number in range(count):
                event = con.event(f"{day}.{number}", status=5, tags={"odd": "yes"} if number % 2 else {})
                assert con.slot(event, f"2026-05-0{day}T10:{number:02d}:00", room).status == 200
        return con

    def test_a_day_at_a_time(self, long: Con, services: FakeServices) -> None:
        shown = page(long)
        assert titles(shown) == ["1.0", "1.1", "1.2"]
        days = shown.all("nav", class_="days")
        assert len(days) == 1
        links = [found for found in shown.all("a") if found["href"].startswith("?day=") and "(" not in found["href"]][:3]
        assert [(found["href"], "aria-current" in found.attributes) for found in links] == [
            ("?day=2026-05-01", True),
            ("?day=2026-05-02", False),
            ("?day=2026-05-04", False),
        ]
        services.now = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
        assert titles(page(long)) == ["4.0"]
        services.now = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
        assert titles(page(long)) == ["1.0", "1.1", "1.2"]

    def test_walking_on_meets_everything_once(self, long: Con) -> None:
        query, seen = "", []
        for _ in range(10):
            shown = page(long, query)
            seen += titles(shown)
            later = shown.links("Later")
            if not later:
                break
            (query,) = later
        assert seen == [f"{day}.{number}" for day, count in ((1, 3), (2, 6), (4, 1)) for number in range(count)]
        back: list[str] = []
        while query:
            shown = page(long, query)
            back = titles(shown) + back
            query = "".join(shown.links("← Earlier"))
        assert back == seen

    @pytest.mark.parametrize(
        "query", ["?day=x", "?day=2020-01-01", "?part=9", "?part=-1", "?part=0", "?part=%D9%A3", "?day=2026-05-01&part=x"]
    )
    def test_what_is_not_there_leads_to_what_is(self, long: Con, query: str) -> None:
        assert titles(page(long, query)) == ["1.0", "1.1", "1.2"]

    def test_filters_go_along(self, long: Con, monkeypatch: pytest.MonkeyPatch) -> None:
        assert titles(page(long, "?by_tag:odd=yes")) == ["1.1", "2.1", "2.3", "2.5"]
        monkeypatch.setattr(schedule_view, "MAX_ENTRIES", 2)
        shown = page(long, "?by_tag:odd=yes&day=2026-05-02&search=2")
        assert (titles(shown), shown.links("Later")) == (["2.1", "2.3"], ["?by_tag:odd=yes&search=2&day=2026-05-02&part=2"])

    def test_long_texts_are_not_put_on_one_page(self, con: Con) -> None:
        room = con.room("Yard", parallel=True)
        for number in range(8):
            event = con.event(f"Event {number}", description="'" * 100_000, teaser="<" * 90_000, status=5)
            assert con.slot(event, f"2026-05-01T10:0{number}:00", room).status == 200
        query, seen = "", []
        while True:
            shown = page(con, query)
            seen += titles(shown)
            if not shown.links("Later"):
                break
            (query,) = shown.links("Later")
        assert seen == [f"Event {number}" for number in range(8)]
