"""What we write, as other people's programs read it: `icalendar` and `vobject`, and ical.js where there is Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import icalendar
import pytest
import vobject

from chalicelib.domain.slots import Location
from tests.calendars import calendar as calendar_of
from tests.calendars import varied_events
from tests.unit.formats.ical.calendars import calendar, event, slots, written
from tests.unit.formats.ical.test_writer import PLAIN

REAL: Final = calendar(
    event(
        "UID:real",
        "DTSTART;TZID=Europe/Berlin:20260105T080000",
        "DTEND;TZID=Europe/Berlin:20260105T093000",
        "RRULE:FREQ=WEEKLY;COUNT=5",
        "SUMMARY:Übung\\, wöchentlich " + "ä" * 60,
        'ATTENDEE;CN="Doe, Jane";ROLE=REQ-PARTICIPANT:mailto:jane@example.org',
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Übung",
        "TRIGGER:-PT15M",
        "END:VALARM",
    ),
    event("UID:day", "DTSTART;VALUE=DATE:20260106", "SUMMARY:Epiphany"),
)
ICAL_JS: Final = """
import ICAL from "ical.js";
import { readFileSync } from "node:fs";
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const moment = time => time.isDate ? time.toString() : time.toUnixTime();
const zones = calendar.getAllSubcomponents("vtimezone").map(each => each.getFirstPropertyValue("tzid"));
const events = calendar.getAllSubcomponents("vevent").map(each => {
  const event = new ICAL.Event(each);
  return [
    event.uid, event.summary, event.description ?? "", moment(event.startDate), event.isRecurring(),
    event.attendees.length, each.getAllSubcomponents("valarm").length,
  ];
});
console.log(JSON.stringify({ zones, events }));
"""


class Found(NamedTuple):
    """What a program finds of an event."""

    uid: str
    title: str
    description: str
    start: str | int
    """A day as in ISO 8601, or epoch seconds."""
    recurs: bool = False
    attendees: int = 0
    alarms: int = 0


def everything() -> bytes:
    """A calendar with all that we write."""
    return written(
        *slots(REAL), PLAIN, PLAIN._replace(uid="z", timezone="America/New_York", location=Location("Café", city="Paris"))
    )


EVERYTHING: Final = [
    Found("real", "Übung, wöchentlich " + "ä" * 60, "", 1_767_596_400, recurs=True, attendees=1, alarms=1),
    Found("day", "Epiphany", "", "2026-01-06"),
    Found(PLAIN.uid, "Slot title 19", "", 1_569_008_642),
    Found("z", "Slot title 19", "", 1_569_008_642),
]


def moment(value: date) -> str | int:
    return int(value.timestamp()) if isinstance(value, datetime) else value.isoformat()


def read_by_icalendar(content: bytes) -> list[Found]:
    def found(each: Any) -> Found:
        guests = each.get("ATTENDEE", [])
        return Found(
            str(each["UID"]),
            str(each["SUMMARY"]),
            str(each.get("DESCRIPTION", "")),
            moment(each["DTSTART"].dt),
            "RRULE" in each,
            len(guests) if isinstance(guests, list) else 1,
            len(each.walk("VALARM")),
        )

    return [found(each) for each in icalendar.Calendar.from_ical(content).walk("VEVENT")]


def read_by_vobject(content: bytes) -> list[Found]:
    def found(each: Any) -> Found:
        several = each.contents
        description = several["description"][0].value if "description" in several else ""
        counts = [len(several.get(name, ())) for name in ("attendee", "valarm")]
        start = moment(each.dtstart.value)
        return Found(each.uid.value, each.summary.value, description, start, "rrule" in several, *counts)

    return [found(each) for each in vobject.readOne(content.decode()).vevent_list]


@pytest.fixture(scope="module")
def ical_js(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], dict[str, Any]]:
    """Read a calendar with ical.js: the time zones it has, and its events."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node is not installed, so ical.js cannot be asked")
    folder: Path = tmp_path_factory.mktemp("ical_js")
    # Where there is no registry, npm would go on asking for minutes.
    soon = ["--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000"]
    options = ["--no-audit", "--no-fund", *soon, "--prefix", str(folder)]
    installed = subprocess.run([npm, "install", *options, "ical.js@2.2.1"], capture_output=True, check=False)
    if installed.returncode != 0:
        pytest.skip("ical.js cannot be installed here: npm reaches no registry")
    (folder / "read.mjs").write_text(ICAL_JS)

    def read(content: bytes) -> dict[str, Any]:
        done = subprocess.run([node, str(folder / "read.mjs")], input=content, capture_output=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return {**answer, "events": [Found(*each) for each in answer["events"]]}

    return read


def test_everything_is_understood_in_python() -> None:
    assert read_by_icalendar(everything()) == EVERYTHING
    assert read_by_vobject(everything()) == EVERYTHING


def test_everything_is_understood_by_ical_js(ical_js: Callable[[bytes], dict[str, Any]]) -> None:
    assert ical_js(everything()) == {"zones": ["Europe/Berlin", "America/New_York"], "events": EVERYTHING}


@pytest.fixture(scope="module")
def varied() -> bytes:
    """What we write of four hundred events as people have them."""
    return written(*slots(calendar_of(*varied_events(400))))


def test_calendar_as_people_have_it_is_read_alike(varied: bytes) -> None:
    expected = read_by_icalendar(varied)
    assert len(expected) == 400
    assert read_by_vobject(varied) == expected
    lines = varied.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]


def test_calendar_as_people_have_it_is_read_alike_by_ical_js(varied: bytes, ical_js: Callable[[bytes], dict[str, Any]]) -> None:
    assert ical_js(varied) == {"zones": ["Europe/Berlin"], "events": read_by_icalendar(varied)}
