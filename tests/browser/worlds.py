"""What people have in the browser tests: a lively month, hostile texts everywhere, and a great many of everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from tests.browser.browsing import Person

TODAY: Final = "2026-05-13T09:41:00+02:00"
"""In the pictures, and wherever it matters what day it is: a Wednesday."""


class Entry(NamedTuple):
    """An entry of a calendar. Times are Berlin's; a start without a time of day is a whole day."""

    title: str
    start: str
    """`20260504T0900`, or `20260504`."""
    length: timedelta = timedelta(hours=1)
    location: str = ""
    rule: str = ""
    description: str = ""

    def lines(self) -> Iterable[str]:
        """Give the lines of its VEVENT (RFC 5545)."""
        uid = uuid5(NAMESPACE_URL, f"{self.title[:200]} {self.start}")
        zone = ";TZID=Europe/Berlin" if "T" in self.start else ";VALUE=DATE"
        form, begin = ("%Y%m%dT%H%M%S", f"{self.start}00") if "T" in self.start else ("%Y%m%d", self.start)
        end = datetime.strptime(begin, form) + self.length  # noqa: DTZ007 - the zone stands beside it
        yield from ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"DTSTART{zone}:{begin}", f"DTEND{zone}:{end:{form}}")
        yield f"SUMMARY:{_escaped(self.title)}"
        for name in ("location", "description"):
            if value := getattr(self, name):
                yield f"{name.upper()}:{_escaped(value)}"
        if self.rule:
            yield f"RRULE:{self.rule}"
        yield "END:VEVENT"


def calendar(entries: Iterable[Entry]) -> bytes:
    """Write a calendar file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example//EN",
        *(line for entry in entries for line in entry.lines()),
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def keep(person: Person, group: str, entries: Iterable[Entry]) -> str:
    """Put entries into a new group of a person's, and give its uuid."""
    made = person.http.post("/v1/groups", json={"name": group})
    assert made.status_code == 201, made.text
    uuid: str = made.json()["uuid"]
    answer = person.http.post(
        "/v1/import", params={"group": uuid}, content=calendar(entries), headers={"Content-Type": "text/calendar"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["rejected"] == []
    return uuid


def define_export(
    person: Person, name: str, *, schedules: Sequence[Any] = (), transports: Sequence[Any] = (), **settings: Any
) -> int:
    """Define an export job, and give its id."""
    body = {"export": {"name": name, "json": True, **settings}, "_schedules": schedules, "_transports": transports}
    answer = person.http.put("/api/v1/export", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["export"]["_id"])


class Convention(NamedTuple):
    """A convention that a person manages."""

    person: Person
    slug: str
    key: str

    def add(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a location, an event, a time slot or a tag type."""
        answer = self.person.http.post(f"/entities/{what}", json=body, headers={"Convention": self.key})
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made


def convene(person: Person, title: str, slug: str, **settings: Any) -> Convention:
    """Make a convention."""
    answer = person.http.post("/entities/conventions", json={"title": title, "slug": slug, "timezone": "Europe/Berlin", **settings})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    return Convention(person, made["slug"], made["key"])
