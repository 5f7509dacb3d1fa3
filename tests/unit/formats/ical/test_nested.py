"""What stands inside an event never keeps a calendar from being read."""

from __future__ import annotations

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import Entry
from chalicelib.formats import ical
from chalicelib.formats.ical.lines import parse_line
from chalicelib.formats.ical.nested import SOUND, readable
from tests.unit.formats.ical.calendars import calendar, entries, event, slots, written

pytestmark = pytest.mark.filterwarnings("ignore")

START = "DTSTART:20260101T100000Z"


def alarm(*lines: str) -> str:
    """An event with an alarm of these lines."""
    return event("UID:1", START, "BEGIN:VALARM", *lines, "END:VALARM")


@pytest.mark.parametrize(
    "line",
    [
        "TRIGGER:x",
        "TRIGGER:-P1H",
        "TRIGGER;VALUE=DATE-TIME:20260231T000000Z",
        "ACKNOWLEDGED:20261301T000000Z",
        "REPEAT:often",
        "DESCRIPTION;VALUE=DATE:x",
        "ATTACH;VALUE=BINARY;ENCODING=BASE64:x",
        "GEO:1",
        "X-A;CN:x",
        "X-A;B=\x01:x",
        'ACTION;X="a"b:x',
    ],
)
def test_property_that_nobody_can_read_is_kept_as_a_value(line: str) -> None:
    reading = ical.read([calendar(event("UID:0", START), alarm("ACTION:AUDIO", line))])
    found = [entry.slot for entry in reading if isinstance(entry, Entry)]
    assert [slot.ical for slot in found][1:] == [alarm("ACTION:AUDIO", f"X-UNREADABLE:{line}")]
    assert reading.notes == ["1 lines inside of entries make no sense and are kept as X-UNREADABLE, first in entry 2"]
    assert len(icalendar.Calendar.from_ical(written(*found)).walk("VALARM")) == 1
    assert slots(written(*found)) == found


@pytest.mark.parametrize(
    "line",
    ["CATEGORIES;VALUE=DATE:x", "COMMENT;VALUE=PERIOD:99991231T000000Z/P9D", "FREEBUSY:00010101T000000Z/-P9D"],
)
@pytest.mark.parametrize("other", ["X-A:1", "x-small:1"])
def test_property_of_the_event_that_nobody_can_read_is_kept_as_a_value(line: str, other: str) -> None:
    (found,) = slots(calendar(event("UID:1", START, other, line)))
    assert found.ical == event("UID:1", START, other.replace("small", "SMALL").replace("x-", "X-"), f"X-UNREADABLE:{line}")
    assert len(icalendar.Calendar.from_ical(written(found)).walk("VEVENT")) == 1


@pytest.mark.parametrize(
    "value",
    ["99991231T000000Z/P9D", "99991231/P1D", "00010101T000000Z/-P9D", "20260102/20260101", "20260101T000000/20270101T000000Z"],
)
@pytest.mark.parametrize(
    ("params", "kept"),
    [
        (";VALUE=PERIOD", ";VALUE=PERIOD"),
        (";value=period", ";VALUE=period"),
        (";VALUE=Period", ";VALUE=Period"),
        (';VALUE="PERIOD"', ';VALUE="PERIOD"'),
        (";VALUE=PER\r\n IOD", ";VALUE=PERIOD"),
        (";VALUE=\r\n\tPERIOD", ";VALUE=PERIOD"),
        (";VAL\r\n UE=PERIOD", ";VALUE=PERIOD"),
        (";VALUE = PERIOD", ";VALUE=PERIOD"),
        (";CN=a;VALUE=pERIOD", ";CN=a;VALUE=pERIOD"),
        (";RSVP=TRUE;VALUE=PERIOD;ROLE=CHAIR", ";RSVP=TRUE;VALUE=PERIOD;ROLE=CHAIR"),
        (";X=;VALUE=PERIOD", ";X=;VALUE=PERIOD"),
    ],
)
@pytest.mark.parametrize("name", ["X-A", "COMMENT", "SUMMARY", "RECURRENCE-ID"])
def test_period_that_makes_no_sense_is_kept_as_a_value_however_it_is_spelled(name: str, params: str, kept: str, value: str) -> None:
    (found,) = slots(calendar(event("UID:1", START, f"{name}{params}:{value}")))
    assert found.ical.replace("\r\n ", "") == event("UID:1", START, f"X-UNREADABLE:{name}{kept}:{value}")
    assert len(icalendar.Calendar.from_ical(written(found)).walk("VEVENT")) == 1


@pytest.mark.parametrize("params", [";VALUE=PERIOD", ";VALUE=period", ';VALUE="PERIOD"'])
def test_period_that_makes_sense_is_kept_as_it_is(params: str) -> None:
    lines = (f"RDATE{params}:20260101T000000Z/PT1H", f"X-A{params}:20260101T000000Z/20260102T000000Z")
    (found,) = slots(calendar(event("UID:1", START, *lines)))
    assert found.ical == event("UID:1", START, *lines)


def test_time_zone_inside_an_event_is_no_time_zone() -> None:
    zone = ("BEGIN:VTIMEZONE", "TZID:Q", "END:VTIMEZONE")
    (found,) = slots(calendar(event("UID:1", START, *zone)))
    assert found.ical == event("UID:1", START, "BEGIN:X-UNREADABLE", "TZID:Q", "END:X-UNREADABLE")
    assert len(icalendar.Calendar.from_ical(written(found)).walk("VEVENT")) == 1


@given(st.from_regex(SOUND, fullmatch=True))
def test_what_passes_for_sound_can_be_read(line: str) -> None:
    text = line[:-2] if line.endswith("\r\n") else line[:-1]
    if "\r" not in text:
        found = icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\r\nBEGIN:VALARM\r\n{text}\r\nEND:VALARM\r\nEND:VCALENDAR\r\n")
        assert len(found.walk("VALARM")) == 1


NAMES = (
    "TRIGGER",
    "REPEAT",
    "DTSTART",
    "RDATE",
    "EXDATE",
    "RRULE",
    "ATTACH",
    "CATEGORIES",
    "FREEBUSY",
    "TZOFFSETTO",
    "GEO",
    "X-A",
    "A.B",
)
PARAMS = (
    "",
    ";",
    ";A",
    ";A=b",
    ';A="b',
    ";VALUE=BINARY",
    ";VALUE=DATE",
    ";VALUE=PERIOD",
    ";value=Period",
    ';VALUE="period"',
    ";VALUE=P\r\n ERIOD",
    ";TZID=Europe/Berlin",
    ";TZID=/^n/x",
    ";=",
    ";A=\\",
)
VALUES = (
    "",
    "x",
    "20260101",
    "20260230T000000Z",
    "P1D",
    "-P99999999999W",
    "20260101T000000Z/PT1H",
    "99991231T000000Z/P1D",
    "20260101T000000/20270101T000000Z",
    "20260102/20260101",
    "1;2",
    "FREQ=X",
    "+0100",
    "\\",
    "a,\\,b",
    ":;",
)
KINDS = (
    "VALARM",
    "VTIMEZONE",
    "STANDARD",
    "DAYLIGHT",
    "VCALENDARS",
    "VTODO",
    "VEVENT",
    "VFREEBUSY",
    "X-A",
    "",
    "Ä;B",
    "AVAILABLE",
    "VLOCATION",
)
LINES = st.builds(
    "{}{}:{}".format, st.sampled_from(NAMES), st.sampled_from(PARAMS), st.one_of(st.sampled_from(VALUES), st.text(max_size=9))
)


@given(st.lists(LINES, max_size=4), st.sampled_from(KINDS), st.lists(LINES, max_size=4), st.lists(LINES, max_size=3))
def test_no_event_keeps_a_calendar_from_being_read(own: list[str], kind: str, nested: list[str], zone: list[str]) -> None:
    content = calendar(
        "".join(
            f"{line}\r\n" for line in ("BEGIN:VTIMEZONE", "TZID:Here", "BEGIN:STANDARD", *zone, "END:STANDARD", "END:VTIMEZONE")
        ),
        event("UID:1", "DTSTART;TZID=Here:20260101T100000", *own, f"BEGIN:{kind}", *nested, f"END:{kind}"),
        event("UID:2", START),
    )
    found = [entry.slot for entry in entries(content) if isinstance(entry, Entry)]
    calendars = icalendar.Calendar.from_ical(written(*found), multiple=True)
    assert [str(each.get("UID")) for each in calendars[0].subcomponents if each.name == "VEVENT"] == [slot.uid for slot in found]


@given(LINES, st.sampled_from(["VEVENT", "VALARM"]))
def test_what_stands_for_a_line_stands_for_itself(text: str, kind: str) -> None:
    line = parse_line(text.replace("\r\n ", "").replace("\n", "").replace("\r", ""))
    assert line is not None
    assert readable(readable(line, kind), kind) == readable(line, kind)
