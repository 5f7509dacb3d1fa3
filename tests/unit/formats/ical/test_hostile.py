"""Whatever stands in a file: what was read and written is read as the same, and is what other programs read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from unittest.mock import patch

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical
from chalicelib.formats.ical import stream
from chalicelib.formats.ical.text import unfold
from tests.unit.formats.ical.calendars import calendar, event, slot, slots, written

pytestmark = pytest.mark.filterwarnings("ignore")

UTC_START = "DTSTART:20260101T100000Z"
IN_BERLIN = "DTSTART;TZID=Europe/Berlin:20260101T100000"

PIECES = (
    *('"', "'", ":", ";", ",", "=", "\\", "\t", " ", "\r\n ", "\r\n\t", "\n ", "\r\n", "\n", "\r", "\0", "\x01", "\x7f", "\ufeff"),
    *("^n", "^'", "^^", "\\n", "\\,", "\\;", "\\N", "\\\\", "TZID=", "TZID=a,b", "TZID=Q", "VALUE=", "VALUE=DATE", "VALUE=PERIOD"),
    *(
        "VALUE=DATE,PERIOD",
        "X=1",
        'CN="a:b"',
        "x=y",
        "a",
        "Z",
        "é",
        "日",
        "ſ",
        "ı",
        "\u212a",
        "0",
        "X-A",
        "x-b",
        "20260101",
        "UID:",
    ),
    *("20260101T100000", "20260101T100000Z", "/P9D", "99991231T000000Z", "RRULE:FREQ=DAILY", "GEO:1;2", "CATEGORIES:a\\,b,c"),
    *("BEGIN:VALARM", "END:VALARM", "BEGIN:VEVENT", "END:VEVENT", "begin:x", "end:x", "BEGIN", "END", "TRIGGER:-PT5M", "x" * 74),
    *('ATTENDEE;CN="x;y":mailto:a@b', 'X-SLOTPORT-TITLE:"x"', "BEGIN:VTIMEZONE", "END:VTIMEZONE", "http://x/y", "%2C", "_", "."),
)
NAMES = (
    *("X-A", "SUMMARY", "summary", "DTSTART", "DTEND", "UID", "DESCRIPTION", "LOCATION", "ATTENDEE", "CATEGORIES", "CLASS", "GEO"),
    *("RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "URL", "x-small", "COMMENT", "RRULE", "DURATION", "FREEBUSY", ""),
)
MIDDLES = (":", ";", "", ";X=", ';x="', ": ", ";TZID=", ";TZID=Europe/Berlin:", ";X=a:b", ';X="a":', ";VALUE=PERIOD:")
LINES = st.builds(
    lambda name, middle, pieces, end: name + middle + "".join(pieces) + end,
    st.sampled_from(NAMES),
    st.sampled_from(MIDDLES),
    st.lists(st.sampled_from(PIECES), max_size=5),
    st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", ""]),
)
STARTS = ("", UTC_START, "DTSTART:20260101T100000", "DTSTART;VALUE=DATE:20260101", IN_BERLIN)
EVENTS = st.builds(
    lambda start, lines, alarm: (
        f"BEGIN:VEVENT\r\n{start}\r\n{''.join(lines)}BEGIN:VALARM\r\n{''.join(alarm)}END:VALARM\r\nEND:VEVENT\r\n"
    ),
    st.sampled_from(STARTS),
    st.lists(LINES, max_size=3),
    st.lists(LINES, max_size=1),
)
CALENDARS = st.builds(
    lambda begin, parts, end: (begin + "".join(parts) + end).encode(),
    st.sampled_from(["BEGIN:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nPRODID:x\r\n", ""]),
    st.lists(st.one_of(EVENTS, EVENTS, EVENTS, LINES), min_size=1, max_size=3),
    st.sampled_from(["END:VCALENDAR\r\n", ""]),
)


def events(content: bytes) -> list[icalendar.Component]:
    """The events in a file as `icalendar` reads them. Raises what it raises."""
    return [found for each in icalendar.Calendar.from_ical(content, multiple=True) for found in each.walk("VEVENT")]


def described(content: bytes) -> list[bytes]:
    """The events in a file as `icalendar` writes them, which it cannot of all that it reads. Raises what it raises."""
    return [found.to_ical(sorted=True) for found in events(content)]


@given(CALENDARS)
def test_what_was_written_is_read_as_the_same(content: bytes) -> None:
    reading = ical.read([content])
    try:
        found = list(reading)
    except InvalidInput:
        return
    kept = [entry.slot for entry in found if isinstance(entry, Entry)]
    exported = written(*kept)
    assert list(map(unfolded, slots(exported))) == list(map(unfolded, kept))
    again = written(*slots(exported))
    assert unfold(again.decode()) == unfold(exported.decode())
    assert written(*slots(again)) == again
    back = events(exported)
    assert len(back) >= len(kept)  # some stand inside others
    if reading.notes or len(kept) < len(found) or b"\t" in content or b"\0" in content or b"\r" in content.replace(b"\r\n", b""):
        return
    try:
        expected = described(content)
    except Exception:
        return
    if len(expected) == len(kept) == len(back):
        assert described(exported) == expected


def unfolded(found: Slot) -> Slot:
    """A slot with the lines of its text in one piece, because folds mean nothing."""
    return found._replace(ical=unfold(found.ical))


def items(found: Iterable[Entry | Rejection]) -> list[Entry | Rejection]:
    """Entries without their folds."""
    return [item._replace(slot=unfolded(item.slot)) if isinstance(item, Entry) else item for item in found]


def outcome(chunks: list[bytes]) -> tuple[list[Entry | Rejection], list[str], dict[str, int]] | str:
    """What reading gives: entries, notes and what was ignored, or the error."""
    reading = ical.read(chunks)
    try:
        return items(reading), reading.notes, reading.ignored
    except InvalidInput as error:
        return error.code


@given(CALENDARS, st.sampled_from((1, 2, 7, 50)))
def test_pieces_of_any_size_give_the_same(content: bytes, size: int) -> None:
    with patch.object(stream, "GATHER", 1):
        assert outcome([content[at : at + size] for at in range(0, len(content), size)]) == outcome([content])


@given(CALENDARS, st.integers(1, 3))
def test_reading_goes_on_from_where_it_stood(content: bytes, count: int) -> None:
    whole = outcome([content])
    if isinstance(whole, str) or len(whole[0]) < count:
        return
    reading = ical.read([content])
    begun = items(islice(reading, count))
    state = reading.checkpoint()
    rest = ical.read([content[state["offset"] :]], resume=state)
    assert (begun + items(rest), sorted(rest.notes), rest.ignored) == (whole[0], sorted(whole[1]), whole[2])


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('X-A;x="', 'X-UNREADABLE:X-A;X="'),
        ('X-A;X="a:b', 'X-UNREADABLE:X-A;X="a:b'),
        ('DTEND;X="a:20260101', 'X-UNREADABLE:DTEND;X="a:20260101'),
        ("X-A;X=a\\", "X-UNREADABLE:X-A;X=a\\"),
        ("X-A;X=a\\ :b", "X-UNREADABLE:X-A;X=a\\:b"),
        ("X-A;VALUE=DATE,TEXT:b", "X-UNREADABLE:X-A;VALUE=DATE,TEXT:b"),
        ("URL; ", "URL:"),
        ("URL; X=1; ", "URL;X=1;:"),
    ],
)
def test_line_whose_parameters_never_end_is_kept_as_a_value(line: str, kept: str) -> None:
    found = slot(UTC_START, line)
    assert found.ical == event(UTC_START, kept)
    assert slots(written(found)) == [found]
    assert len(described(written(found))) == 1


@pytest.mark.parametrize("line", ['DTSTART;X="a:20260101', "DTSTART;VALUE=DATE,TEXT:20260101", "DTSTART;VALUE=PERIOD:99991231/P9D"])
def test_start_whose_parameters_make_no_sense_is_not_passed_over(line: str) -> None:
    reading = ical.read([calendar(event(line))])
    assert [getattr(entry, "reason", "") for entry in reading] == [f"DTSTART is no date or time (RFC 5545 §3.8.2.4): {line!r}"]


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        (IN_BERLIN, "DTEND:20260101T110000", "DTEND;TZID=Europe/Berlin:20260101T110000"),
        (
            'DTSTART;TZID="Europe/Berlin":20260101T100000',
            "DTEND;X=1:20260101T110000",
            'DTEND;X=1;TZID="Europe/Berlin":20260101T110000',
        ),
        (UTC_START, "DTEND: 20260101T110000", "DTEND:20260101T110000Z"),
        ("DTSTART;VALUE=DATE:20260101", "DTEND:20260101T110000", "DTEND:20260101T110000Z"),
        (UTC_START, "EXDATE;X=1:20260101T110000,20260101T110000Z", "EXDATE;X=1:20260101T110000Z,20260101T110000Z"),
        ("DTSTART:20260101T100000", "DTEND:20260101T110000", "DTEND:20260101T110000"),
    ],
)
def test_end_without_a_zone_is_in_the_starts(start: str, end: str, kept: str) -> None:
    found = slot(start, end)
    assert found.ical == event(start, kept)
    assert slots(written(found)) == [found]


def test_time_inside_a_nested_component_stays_as_it_is() -> None:
    lines = (UTC_START, "BEGIN:VEVENT", "DTSTART:20260101T110000", "END:VEVENT")
    found = slot(*lines, head=("X-WR-TIMEZONE:Europe/Berlin",))
    assert found.ical == event(*lines)
    assert slots(written(found)) == [found]


@pytest.mark.parametrize("other", ["X-A:1", "x-small:1"])
def test_place_on_earth_is_one_whichever_way_it_is_read(other: str) -> None:
    place = slot(UTC_START, "GEO:1\\;2\\n", other).location
    assert place is not None
    assert (place.latitude, place.longitude) == (1, 2)


def test_calendar_inside_an_event_is_no_calendar() -> None:
    found = slot(UTC_START, "BEGIN:VCALENDAR", "X-A:1", "END:X-A")
    assert found.ical == event(UTC_START, "BEGIN:X-UNREADABLE", "X-A:1", "END:X-UNREADABLE")
    assert slots(written(found)) == [found]
    assert len(described(written(found))) == 1


def test_mark_of_the_byte_order_before_an_event_is_not_the_events() -> None:
    one, two = event("UID:1", UTC_START), event("UID:2", UTC_START)
    assert slots(calendar(one, "\ufeff" + two)) == slots(calendar(one, two))
