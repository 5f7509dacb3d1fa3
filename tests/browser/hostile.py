"""Texts that strangers try, and what shows that none of them did more than to be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from playwright.sync_api import Page, expect

from tests.browser.browsing import Person, overflow
from tests.browser.worlds import Convention, Entry, convene, define_export, keep

MARKUP: Final = "\"><img src=x onerror=\"window.hacked='img'\"><script>window.hacked='script'</script>"
RIGHT_TO_LEFT: Final = "\u202eפגישה עם המארגנים\u202c \u200fمرحبا بكم في القاعة الكبرى"
LONG: Final = ("Donaudampfschifffahrtsgesellschaft" * 295)[:10_000]
"""Without a place to break."""
HOSTILE: Final = (MARKUP, RIGHT_TO_LEFT, LONG)
NAMES: Final = tuple(text[:1_000] for text in HOSTILE)
"""The same as titles and names, of which 1,000 characters are kept and more are refused."""
DAY: Final = timedelta(days=1)


def expect_only_text(page: Page) -> None:
    """Expect that nothing that a person wrote has become markup or ran, and that it pushes nothing out of the window."""
    assert page.evaluate("window.hacked ?? null") is None
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert overflow(page) == 0


class Hostility(NamedTuple):
    """Where the hostile texts of a person stand."""

    person: Person
    export: int
    convention: Convention


def suffer(person: Person, slug: str) -> Hostility:
    """Give somebody hostile texts wherever a text of a person's own is shown, on the days around `TODAY`."""
    exports = []
    con = convene(person, NAMES[0], slug, **{"start-date": "2026-05-13", "end-date": "2026-05-14"})
    for number, (text, name) in enumerate(zip(HOSTILE, NAMES, strict=True)):
        day = f"202605{12 + number}"
        keep(person, name, [Entry(name, f"{day}T1000", location=name, description=text), Entry(name, day, DAY * 2)])
        exports.append(define_export(person, name, search={"search": [{"type": "match", "mode": "fulltext", "string": name}]}))
        room = con.add("locations", {"title": name, "area": name})["slug"]
        con.add("tagtypes", {"title": name, "values": [name], "requirement": "*"})
        event = con.add(
            "events",
            {"title": name, "teaser": text, "description": text, "duration": 60, "max-attendees": 5, "tags": {name: name}},
        )
        con.add(
            "timeslots",
            {
                "event": int(event["id"]),
                "start": f"2026-05-13T1{number}:00:00",
                "locations": [room],
                "hosts": [{"name": name, "email": f"host-{number}@example.org"}],
                "notes-to-attendees": text,
            },
        )
        con.add("events", {"title": f"{name} again"[-1_000:], "duration": 60, "max-attendees": 5})
    return Hostility(person, exports[0], con)
