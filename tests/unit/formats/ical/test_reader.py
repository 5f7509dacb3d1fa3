"""What calendars mean, what is wrong with some, and that hostile ones cost little."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import icalendar
import pytest

from chalicelib.domain.errors import InvalidEncoding, InvalidInput
from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats import ical
from chalicelib.formats.ical import reader
from chalicelib.formats.ical import stream as stream_module
from tests.unit.formats.ical.calendars import calendar, entries, event, slot, slots

RUBY = ("PRODID:icalendar-ruby", "VERSION:2.0")
BERLIN = "Europe/Berlin"
IN_BERLIN = "DTSTART;TZID=Europe/Berlin"
NINE = datetime(2026, 1, 1, 9, tzinfo=UTC)
EAST = (
    "BEGIN:VTIMEZONE\r\nTZID:East\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0130\r\nTZOFFSETTO:+0130\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def naive(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # no zone among them


def test_a_whole_event() -> None:
    lines = (
        "DTSTAMP:20260101T000000Z",
        "UID:a\\,b",
        f"{IN_BERLIN}:20260701T100000",
        "DTEND;TZID=America/New_York:20260701T100000",
        "SUMMARY:Flight\\, east to west",
        "DESCRIPTION:one\\ntwo \\\\n",
        "LOCATION:Gate 5\\; hall B",
        "GEO:52.5;13.4",
        "CLASS:PUBLIC",
        "SEQUENCE:4",
        "RRULE:FREQ=YEARLY",
    )
    assert slot(*lines) == Slot(
        uid="a,b",
        title="Flight, east to west",
        start=utc(2026, 7, 1, 8),
        end=utc(2026, 7, 1, 14),
        visibility="public",
        timezone="Europe/Berlin",
        location=Location("Gate 5; hall B", latitude=52.5, longitude=13.4),
        description="one\ntwo \\n",
        recurring=True,
        sequence=4,
        ical=event(*lines),
    )


@pytest.mark.parametrize(
    ("lines", "start", "end", "timezone", "all_day"),
    [
        (["DTSTART:20260101T090000Z"], NINE, None, None, False),
        (["DTSTART:20260101T090000Z", "DTEND:20260101T100000Z"], NINE, utc(2026, 1, 1, 10), None, False),
        (["DTSTART:20260101T090000"], naive(2026, 1, 1, 9), None, FLOATING, False),
        (["DTSTART;VALUE=DATE:20260101"], naive(2026, 1, 1), naive(2026, 1, 2), None, True),
        (["DTSTART:20260101", "DTEND:20260104"], naive(2026, 1, 1), naive(2026, 1, 4), None, True),
        (["DTSTART;VALUE=DATE:20260101", "DURATION:P2D"], naive(2026, 1, 1), naive(2026, 1, 3), None, True),
        (["DTSTART;VALUE=DATE:20260101", "DURATION:PT1H"], naive(2026, 1, 1), naive(2026, 1, 2), None, True),
        (["DTSTART;VALUE=DATE:20260101", "DTEND:20260101T120000Z"], naive(2026, 1, 1), naive(2026, 1, 2), None, True),
        (["DTSTART:20260101T090000Z", "DURATION:PT90M"], NINE, utc(2026, 1, 1, 10, 30), None, False),
        (["DTSTART:20260101T090000Z", "DURATION:-PT1H"], NINE, utc(2026, 1, 1, 8), None, False),
        (["DTSTART:20260101T090000Z", "DURATION:soon"], NINE, None, None, False),
        (["DTSTART:20260101T090000Z", "DURATION:P99999999999W"], NINE, None, None, False),
        (["DTSTART:20260101T090000Z", "DTEND;VALUE=DATE:20260102"], NINE, utc(2026, 1, 2), None, False),
        (["DTSTART:20260101T090000Z", "DTEND:20260101T080000Z"], NINE, utc(2026, 1, 1, 8), None, False),
        (["DTSTART:20260101T090060Z"], utc(2026, 1, 1, 9, 0, 59), None, None, False),
        (["DTSTART;TZID=UTC:20260101T090000"], NINE, None, "UTC", False),
        (["DTSTART;TZID=Nowhere:20260101T090000"], naive(2026, 1, 1, 9), None, FLOATING, False),
        (["DTSTART;TZID=Nowhere:20260101T090000Z"], NINE, None, None, False),
        (["DTSTART;TZID=W. Europe Standard Time:20260101T100000"], NINE, None, BERLIN, False),
        (["DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260101T100000"], NINE, None, BERLIN, False),
        (['DTSTART;TZID="Europe/Berlin":20260101T100000'], NINE, None, BERLIN, False),
        (["dtstart ; tzid = Europe/Berlin:20260101T100000"], NINE, None, BERLIN, False),
        # a day by the calendar is 23 hours by the clock when summer time begins (RFC 5545 §3.3.6)
        ([f"{IN_BERLIN}:20260328T100000", "DURATION:P1D"], utc(2026, 3, 28, 9), utc(2026, 3, 29, 8), BERLIN, False),
        ([f"{IN_BERLIN}:20260328T100000", "DURATION:PT24H"], utc(2026, 3, 28, 9), utc(2026, 3, 29, 9), BERLIN, False),
        # a time that a zone skips is told by the offset before (RFC 5545 §3.3.5)
        ([f"{IN_BERLIN}:20260329T023000"], utc(2026, 3, 29, 1, 30), None, BERLIN, False),
        ([f"{IN_BERLIN}:20261025T023000"], utc(2026, 10, 25, 0, 30), None, BERLIN, False),
        # without a start
        (["DTEND:20260101T090000Z"], NINE, NINE, None, False),
        (["DTSTAMP:20260101T090000Z"], NINE, None, None, False),
        (["RECURRENCE-ID;VALUE=DATE:20260101"], naive(2026, 1, 1), naive(2026, 1, 2), None, True),
        (["SUMMARY:when?"], naive(1970, 1, 1), None, FLOATING, False),
    ],
)  # fmt: skip
def test_times(lines: list[str], start: datetime, end: datetime | None, timezone: str | None, *, all_day: bool) -> None:
    found = slot(*lines)
    assert (found.start, found.end, found.timezone, found.all_day) == (start, end, timezone, all_day)


@pytest.mark.parametrize(
    ("head", "start", "timezone", "text"),
    [
        (("PRODID:-//Else//EN",), naive(2026, 1, 1, 9), FLOATING, "DTSTART:20260101T090000"),
        (("PRODID:icalendar-ruby",), NINE, None, "DTSTART:20260101T090000Z"),
        (("PRODID:-//Slotport//EN",), NINE, None, "DTSTART:20260101T090000Z"),
        (("X-WR-TIMEZONE:UTC",), NINE, None, "DTSTART:20260101T090000Z"),
        (("X-WR-TIMEZONE:Asia/Tokyo",), utc(2026, 1, 1), "Asia/Tokyo", "DTSTART;TZID=Asia/Tokyo:20260101T090000"),
        ((*RUBY, "X-WR-TIMEZONE:Asia/Tokyo"), utc(2026, 1, 1), "Asia/Tokyo", "DTSTART;TZID=Asia/Tokyo:20260101T090000"),
        (("X-WR-TIMEZONE:Tokyo Standard Time",), utc(2026, 1, 1), "Asia/Tokyo", "DTSTART;TZID=Asia/Tokyo:20260101T090000"),
        (("X-WR-TIMEZONE:Nowhere",), naive(2026, 1, 1, 9), FLOATING, "DTSTART:20260101T090000"),
    ],
)  # fmt: skip
def test_a_time_without_zone_is_what_its_calendar_says(
    head: tuple[str, ...], start: datetime, timezone: str | None, text: str
) -> None:
    found = slot("DTSTART:20260101T090000", head=head)
    assert (found.start, found.timezone, found.ical) == (start, timezone, event(text))
    assert ical.from_text(found.ical) == found


def test_all_times_without_zone_get_the_calendars() -> None:
    lines = (
        "DTSTART:20260101T090000",
        "EXDATE:20260102T090000,20260103T090000Z",
        "RDATE;VALUE=PERIOD:20260104T090000/PT1H",
        "RDATE;VALUE=DATE:20260105",
    )
    assert slot(*lines, head=RUBY).ical == event(
        "DTSTART:20260101T090000Z",
        "EXDATE:20260102T090000Z,20260103T090000Z",
        "RDATE;VALUE=PERIOD:20260104T090000Z/PT1H",
        "RDATE;VALUE=DATE:20260105",
    )


@pytest.mark.parametrize(
    ("access", "visibility"),
    [("PUBLIC", "public"), ("public", "public"), ("PRIVATE", "private"), ("CONFIDENTIAL", "private"), ("X", "private")],
)
def test_visibility(access: str, visibility: str) -> None:
    assert slot("DTSTART:20260101", f"CLASS:{access}").visibility == visibility
    assert slot("DTSTART:20260101").visibility == "private"


def test_what_alarms_say_is_not_the_events() -> None:
    alarm = ("BEGIN:VALARM", "SUMMARY:wake up", "DURATION:PT5M", "UID:alarm", "END:VALARM")
    found = slot("DTSTART:20260101T090000Z", *alarm, "SUMMARY:meeting")
    assert (found.uid, found.title, found.end) == ("", "meeting", None)


def test_our_property_completes_only_what_still_says_the_same() -> None:
    friends = (
        "DTSTART:20260101T090000Z",
        "CLASS:PRIVATE",
        "X-SLOTPORT-VISIBILITY:friends",
        "LOCATION:Café",
        'X-SLOTPORT-LOCATION:{"name":"Café"\\,"city":""}',
    )
    assert slot(*friends).visibility == "friends"
    opened = [line.replace("PRIVATE", "PUBLIC").replace("LOCATION:Café", "LOCATION:Bar") for line in friends]
    assert (slot(*opened).visibility, slot(*opened).location) == ("public", Location("Bar"))


def test_start_that_is_no_time_is_not_guessed() -> None:
    content = calendar(event("UID:1", "DTSTART:20260101"), event("UID:2", "DTSTART:20261301T100000Z", "DTEND:20261101T100000Z"))
    assert list(ical.read([content]))[1:] == [
        Rejection(2, 8, "2", "DTSTART is no date or time (RFC 5545 §3.8.2.4): '20261301T100000Z'")
    ]


@pytest.mark.parametrize("start", ["DTSTART;TZID=Asia/Tokyo:00010101T010000", "DTSTART;TZID=America/New_York:99991231T230000"])
def test_start_whose_instant_no_calendar_has_is_named_as_such(start: str) -> None:
    assert entries(calendar(event("UID:1", start))) == [
        Rejection(1, 4, "1", f"DTSTART is outside the calendar, which has the years 1 to 9999: '{start}'")
    ]


def test_entries_are_numbered_and_placed() -> None:
    content = calendar(
        event("UID:1", "DTSTART:20260101"),
        event("UID:2", "DTEND:20260102"),
        "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n",
        event("UID:3", "DTSTART:20260103"),
    )
    content += calendar(
        "BEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n",
        "BEGIN:VTODO\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VTODO\r\n",
        event("UID:4", "DTSTART:20260104"),
    )
    reading = ical.read([content])
    found = [(entry.number, entry.line, entry.slot.uid) for entry in reading if isinstance(entry, Entry)]
    assert found == [(1, 4, "1"), (2, 8, "2"), (3, 15, "3"), (4, 29, "4")]
    assert reading.ignored == {"VTODO": 2, "VJOURNAL": 1}
    assert reading.notes == ["1 entries have no start (DTSTART, RFC 5545 §3.6.1) and stand at another of their times"]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\r\n", b"\r\n\r\n"])
def test_any_line_end_is_one(end: bytes) -> None:
    content = calendar(
        event("UID:1", "DTSTART:20260101", "SUMMARY:one"), event("UID:2", "DTSTART:20260101", "DESCRIPTION:x" + "y" * 200)
    )
    expected = slots(content)
    assert slots(content.replace(b"\r\n", end).replace(end + b" ", b"\r\n " if end == b"\r\n\r\n" else end + b" ")) == expected


def test_lines_may_end_otherwise_after_those_of_an_old_mac() -> None:
    many = [event(f"UID:{number}", "DTSTART:20260101", "SUMMARY:" + "x" * 60) for number in range(1_000)]
    old, new = calendar(*many[:900])[: -len("END:VCALENDAR\r\n")], "".join(many[900:]).encode() + b"END:VCALENDAR\r\n"
    content = old.replace(b"\r\n", b"\r") + new
    reading = ical.read([content[start : start + 65_536] for start in range(0, len(content), 65_536)])
    found = []
    for entry in reading:
        found.append(entry)
        if entry.number == 950:
            state = reading.checkpoint()
    kept = [entry.slot for entry in found if isinstance(entry, Entry)]
    assert [slot.uid for slot in kept] == list(map(str, range(1_000)))
    rest = ical.read([content[state["offset"] :]], resume=state)
    assert [entry.slot for entry in rest if isinstance(entry, Entry)] == kept[950:]


def test_a_lone_cr_in_a_text_is_a_line_end_there() -> None:
    content = calendar(event("DTSTART:20260101", "DESCRIPTION:a\rb"))
    (found,) = slots(content)
    assert (found.description, found.ical) == ("a\nb", event("DTSTART:20260101", "DESCRIPTION:a\\nb"))


def test_lines_that_are_no_properties_are_left_out_and_told() -> None:
    reading = ical.read([calendar(event("DTSTART:20260101", "SUMMARY=x", "X", "X-A;B=1"))])
    (entry,) = reading
    assert isinstance(entry, Entry)
    assert entry.slot.ical == event("DTSTART:20260101", "X-A;B=1:")
    assert reading.notes == ["2 lines that are no properties were left out (RFC 5545 §3.1)"]


@pytest.mark.parametrize("size", [0, 7])
def test_lines_between_components_that_are_no_properties_are_told(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "GATHER", 1)
    first, second = event("UID:1", "DTSTART:20260101"), event("UID:2", "DTSTART:20260102")
    todo = "BEGIN:VTODO\r\nno property\r\nEND:VTODO\r\n"
    content = calendar(first, "\r\n", "X-A:1\r\n", "some text\r\n", todo, second, ":::\r\n") + b"-- \r\nthe sender\r\n"
    reading = ical.read([content[start : start + size] for start in range(0, len(content), size)] if size else [content])
    assert [entry.slot for entry in reading if isinstance(entry, Entry)] == slots(calendar(first, second))
    assert reading.notes == ["4 lines between the components are no properties (RFC 5545 §3.1), first line 10"]


def test_lines_between_components_are_told_after_resuming_too() -> None:
    content = calendar(event("UID:1", "DTSTART:20260101"), "text\r\n", event("UID:2", "DTSTART:20260101"), "text\r\n")
    for passed in (1, 2):
        reading = ical.read([content])
        found = iter(reading)
        for _ in range(passed):
            next(found)
        state = reading.checkpoint()
        rest = ical.read([content[state["offset"] :]], resume=state)
        list(rest)
        assert rest.notes == ["2 lines between the components are no properties (RFC 5545 §3.1), first line 8"]


def test_event_within_an_event_is_kept_there_and_told() -> None:
    inner = ("BEGIN:VEVENT", "UID:2", "DTSTART:20260102", "END:VEVENT")
    reading = ical.read([calendar(event("UID:0", "DTSTART:20260101"), event("UID:1", "DTSTART:20260101", *inner))])
    assert [entry.slot.ical for entry in reading if isinstance(entry, Entry)][1:] == [event("UID:1", "DTSTART:20260101", *inner)]
    assert reading.notes == ["1 entries stand inside another and are kept as a part of it (RFC 5545 §3.6), first in entry 2"]


SENSELESS = [
    *(
        f"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n{line}\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
        for line in (
            "RRULE:FREQ=SECONDLY",
            "RRULE:FREQ=YEARLY;INTERVAL=0",
            "RRULE:FREQ=YEARLY;BYHOUR=0,1",
            "RDATE;TZID=Europe/Berlin:20200101T000000",
        )
    ),
    "BEGIN:STANDARD\r\nTZOFFSETTO:xx\r\nEND:STANDARD\r\n",
    "BEGIN:STANDARD\r\nDTSTART:x\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n",
    "",
]


@pytest.mark.parametrize("observance", SENSELESS)
@pytest.mark.parametrize("behind", [False, True])
def test_zone_that_makes_no_sense_is_left_out_and_told(observance: str, *, behind: bool) -> None:
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Z\r\n{observance}END:VTIMEZONE\r\n"
    found = event("UID:1", "DTSTART;TZID=Z:20260101T100000")
    reading = ical.read([calendar(found, zone) if behind else calendar(zone, found)])
    (entry,) = reading
    assert isinstance(entry, Entry)
    assert (entry.slot.start, entry.slot.timezone, entry.slot.ical) == (naive(2026, 1, 1, 10), FLOATING, found)
    assert reading.notes == [
        "1 entries stand at their wall clock time: the VTIMEZONE of their zone makes no sense (RFC 5545 §3.6.5)"
    ]
    exported = b"".join(ical.write([entry.slot]))
    assert [each.to_ical() for each in icalendar.Calendar.from_ical(exported).walk("VEVENT")] == [
        each.to_ical() for each in icalendar.Calendar.from_ical(calendar(found)).walk("VEVENT")
    ]
    assert slots(exported) == [entry.slot]


def test_a_fold_may_cut_a_character_in_two() -> None:
    content = calendar(event("DTSTART:20260101", "SUMMARY:é")).replace("é".encode(), b"\xc3\r\n \xa9")
    assert slots(content)[0].title == "é"


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(InvalidEncoding) as caught:
        entries(calendar(event("UID:1", "DTSTART:20260101"), event("DTSTART:20260101", "SUMMARY:x")).replace(b":x", b":\xff"))
    assert caught.value.details["line"] == 10
    with pytest.raises(InvalidEncoding):
        entries(calendar(head=("PRODID:x",)).replace(b":x", b":\xff"))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["SUMMARY:" + "x" * 1_001], "SUMMARY is longer than 1000 characters"),
        (["LOCATION:" + "x" * 1_001], "LOCATION is longer than 1000 characters"),
        (["DESCRIPTION:" + "x" * 100_001], "DESCRIPTION is longer than 100000 characters"),
        (["X-A:" + "x" * 1_000_000], "a line is longer than 1000000 bytes"),
        (["SUMMARY:a\0b"], "it contains a NUL character (RFC 5545 §3.1)"),
        (["BEGIN:X-A"] * 20 + ["END:X-A"] * 20, "components are nested deeper than 20"),
    ],
)
def test_what_cannot_be_accepted_is_named(lines: list[str], reason: str) -> None:
    content = calendar(event("UID:1", "DTSTART:20260101"), event("UID:bad", *lines), event("UID:3", "DTSTART:20260103"))
    found = entries(content)
    assert [entry.slot.uid for entry in found if isinstance(entry, Entry)] == ["1", "3"]
    assert found[1] == Rejection(2, 8, "bad", reason)


def test_uid_that_is_too_long_is_named() -> None:
    found = entries(calendar(event("UID:1", "DTSTART:20260101"), event("UID:" + "x" * 100_001, "DTSTART:20260102")))
    assert found[1] == Rejection(2, 8, "x" * 1_000, "UID is longer than 100000 characters")


def test_just_within_the_limits() -> None:
    found = slot("DTSTART:20260101", "SUMMARY:" + "é" * 1_000, "DESCRIPTION:" + "\\," * 100_000, "X-A:" + "x" * 900_000)
    assert (len(found.title), len(found.description)) == (1_000, 100_000)


def test_an_event_that_never_ends() -> None:
    head = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20260101\r\n"
    assert entries(head) == [Rejection(1, 2, "x", "the file ends inside it (RFC 5545 §3.4)")]
    assert entries(head + b"END:VCALENDAR\r\n") == [Rejection(1, 2, "x", "it has no END:VEVENT (RFC 5545 §3.6)")]


def test_a_file_that_ends_too_early_is_told() -> None:
    reading = ical.read([calendar(event("DTSTART:20260101")).replace(b"END:VCALENDAR\r\n", b"")])
    assert len(list(reading)) == 1
    assert reading.notes == ["the file ends before its END:VCALENDAR"]


def test_no_calendar_at_all() -> None:
    for content in (b"", b"hello\r\nworld\r\n", b"\r\n" * 100):
        with pytest.raises(InvalidInput, match="not_icalendar"):
            entries(content)


def test_a_zone_may_be_described_behind_its_events() -> None:
    first, plain, second = (
        event("UID:1", "DTSTART;TZID=East:20260101T090000"),
        event("UID:2", "DTSTART:20260101T090000Z"),
        event("UID:3", "DTSTART;TZID=East:20260101T100000"),
    )
    content = calendar(first, plain, "BEGIN:VTODO\r\nEND:VTODO\r\n", EAST, second)
    expected = slots(calendar(EAST, first, plain, second))
    assert expected[0].start == utc(2026, 1, 1, 7, 30)
    assert expected[0].ical == EAST + first
    reading = ical.read([content])
    for count, _ in enumerate(reading, 1):
        state = reading.checkpoint()
        rest = ical.read([content[state["offset"] :]], resume=state)
        assert [entry.slot for entry in rest if isinstance(entry, Entry)] == expected[count:]
        assert rest.ignored == {"VTODO": 1}
    assert slots(content) == expected


def test_a_zone_that_is_never_described_is_waited_for_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = event("UID:1", "DTSTART;TZID=East:20260101T090000")
    assert slots(calendar(lost, lost)) == [ical.from_text(lost)] * 2
    monkeypatch.setattr(reader, "MAX_HELD", 100)
    reading = ical.read([calendar(lost, lost, lost, EAST)])
    assert [entry.slot.timezone for entry in reading if isinstance(entry, Entry)] == [FLOATING] * 3
    assert len(reading.notes) == 1


def test_zones_of_one_calendar_are_not_the_nexts() -> None:
    here = calendar(EAST, event("UID:1", "DTSTART;TZID=East:20260101T090000"))
    west = calendar(EAST.replace("+0130", "-0130"), event("UID:2", "DTSTART;TZID=East:20260101T090000"))
    assert [found.start for found in slots(here + west)] == [utc(2026, 1, 1, 7, 30), utc(2026, 1, 1, 10, 30)]


def stream(head: bytes, piece: bytes, times: int, tail: bytes) -> Iterator[bytes]:
    yield head
    for _ in range(times):
        yield piece
    yield tail


OPEN = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX-A:"
CLOSE = b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("head", "piece", "times", "tail", "reasons"),
    [
        (OPEN, b"x" * 65_536, 640, CLOSE, ["a line is longer than 1000000 bytes"]),
        (b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", 10_000, b"", ["components are nested deeper than 20"]),
        (OPEN, b"\r\n " + b"x" * 65_000, 300, CLOSE, ["it is longer than 16000000 bytes"]),
    ],
    ids=["line", "nesting", "folded line"],
)
def test_hostile_events_cost_little(head: bytes, piece: bytes, times: int, tail: bytes, reasons: list[str]) -> None:
    tracemalloc.start()
    found = list(ical.read(stream(head, piece, times, tail)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [entry.reason for entry in found if isinstance(entry, Rejection)] == reasons
    assert peak < 150_000_000


@pytest.mark.parametrize(
    ("head", "piece", "times", "code"),
    [
        (b"BEGIN:VCALENDAR\r\nX-A:", b"x" * 65_536, 640, "line_too_long"),
        (b"BEGIN:VCALENDAR\r\nX-A:", b"\r\n " + b"x" * 65_000, 100, "line_too_long"),
        (b"", b"x" * 65_536, 640, "line_too_long"),
        (b"", b"BEGIN:VCALENDAR\r\n", 10_000, "nested_too_deep"),
        (b"BEGIN:VCALENDAR\r\n", b"BEGIN:X-A\r\n", 10_000, "nested_too_deep"),
    ],
)
def test_hostile_calendars_are_refused(head: bytes, piece: bytes, times: int, code: str) -> None:
    with pytest.raises(InvalidInput, match=code) as caught:
        list(ical.read(stream(head, piece, times, b"")))
    assert {"entry", "line"} <= caught.value.details.keys()


def test_a_large_event_is_kept() -> None:
    lines = [f"X-LINE-{number}:{'y' * 200}" for number in range(3_000)]
    (found,) = slots(calendar(event("UID:large", "DTSTART:20260101T090000Z", *lines)))
    assert len(found.ical) > 600_000
    assert ical.from_text(found.ical) == found


def test_resuming_in_the_middle_of_a_line_that_is_passed_over() -> None:
    long = b"X-A:" + b"x" * 3_000_000 + b"\r\n"
    content = calendar(event("UID:1", "DTSTART:20260101", "X-B:1"), event("UID:2", "DTSTART:20260102")).replace(b"X-B:1\r\n", long)
    pieces = [content[start : start + 65_536] for start in range(0, len(content), 65_536)]
    reading = ical.read(pieces)
    found = []
    for entry in reading:
        found.append(entry)
        state = reading.checkpoint()
        rest = content[state["offset"] :]
        again = list(ical.read((rest[start : start + 65_536] for start in range(0, len(rest), 65_536)), resume=state))
        assert again == ([] if len(found) == 2 else [Entry(2, 9, ical.from_text(event("UID:2", "DTSTART:20260102")))])
    assert [type(entry) for entry in found] == [Rejection, Entry]


def deep(depth: int, kind: str) -> str:
    """An event with components of a kind in each other, so many levels in all."""
    return event("UID:deep", *[f"BEGIN:{kind}"] * (depth - 1), "SUMMARY:x", *[f"END:{kind}"] * (depth - 1))


@pytest.mark.parametrize("kind", ["VEVENT", "VALARM", "x-a", "VEVENT \r\nSUMMARY:END\r\nX-A:1"])
@pytest.mark.parametrize("depth", [20, 21, 22, 40, 60])
@pytest.mark.parametrize("size", [1, 7, 1_000, 0])
def test_event_that_is_nested_too_deep_leaves_its_calendar_as_it_is(
    depth: int, kind: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "GATHER", 1)
    behind = (event("UID:1", "DTSTART:20260101T100000"), event("UID:2", "DTSTART;TZID=East:20260101T090000"))
    head = (*RUBY, f"X-WR-TIMEZONE:{BERLIN}")
    content = calendar(EAST, deep(depth, kind), *behind, head=head)
    expected = entries(calendar(EAST, *behind, head=head))
    first, *found = entries(content, size)
    assert isinstance(first, Rejection) is (depth > 20)
    assert [entry.slot for entry in found if isinstance(entry, Entry)] == [
        entry.slot for entry in expected if isinstance(entry, Entry)
    ]
    assert [entry.number for entry in found] == [2, 3]
    assert found[0].line == content[: content.index(b"UID:1")].count(b"\n")
    assert [entry.slot.timezone for entry in found if isinstance(entry, Entry)] == [BERLIN, None]


@pytest.mark.parametrize("size", [1, 13, 0])
def test_event_that_is_passed_over_may_be_resumed_in_its_middle(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "GATHER", 1)
    content = calendar(deep(40, "VEVENT"), event("UID:1", "DTSTART:20260101T100000"), head=(f"X-WR-TIMEZONE:{BERLIN}",))
    reading = ical.read([content[at : at + 1] for at in range(len(content))])
    next(iter(reading))
    state = reading.checkpoint()
    assert content[state["offset"] :].startswith(b"END:VEVENT\r\nEND:VEVENT")
    rest = content[state["offset"] :]
    pieces = [rest[at : at + size] for at in range(0, len(rest), size)] if size else [rest]
    assert [entry.slot.timezone for entry in ical.read(pieces, resume=state) if isinstance(entry, Entry)] == [BERLIN]


@pytest.mark.parametrize("end", ["END:VEVENT", "end : vevent", "EN\r\n D:VEVENT", "END:VEV\r\n\r\n\tENT"])
@pytest.mark.parametrize("size", [1, 7, 0])
def test_event_that_is_passed_over_ends_however_that_is_spelled(end: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "GATHER", 1)
    long = event("UID:0", "X-A:1\r\n" + "BEGIN:X-A\r\n" * 20).replace("END:VEVENT", end)
    content = calendar(long, event("UID:1", "DTSTART:20260101T100000"))
    assert [type(entry) for entry in entries(content, size)] == [Rejection, Entry]


def test_component_that_ends_and_never_began_leaves_its_calendar_as_it_is() -> None:
    behind = event("UID:1", "DTSTART:20260101T100000")
    head = (f"X-WR-TIMEZONE:{BERLIN}",)
    content = calendar("END:VEVENT\r\nEND:X-A\r\n", behind, head=head)
    assert slots(content) == slots(calendar(behind, head=head))


def test_line_too_long_behind_an_event_is_not_the_events() -> None:
    content = calendar(event("UID:0", "DTSTART:20260101T100000"), "X-A:" + "x" * 1_200_000 + "\r\n")
    pieces = [content[at : at + 65_536] for at in range(0, len(content), 65_536)]
    reading = iter(ical.read(pieces))
    assert isinstance(next(reading), Entry)
    with pytest.raises(InvalidInput, match="line_too_long"):
        next(reading)


@pytest.mark.parametrize("size", [1, 0])
def test_rejected_event_has_no_uid_of_what_stands_behind_it(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "GATHER", 1)
    content = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VCALENDAR\r\n" + calendar(event("UID:2", "DTSTART:20260101"))
    assert [getattr(entry, "uid", "") for entry in entries(content, size)] == ["", ""]


def test_events_that_waited_for_their_zone_are_noted_once_after_resuming() -> None:
    waiting = [event(f"UID:{number}", "RECURRENCE-ID;TZID=East:20260101T090000", "no property") for number in range(3)]
    content = calendar(*waiting, "no property\r\n", EAST, event("UID:3", "DTSTART:20260101"))
    reading = ical.read([content])
    whole = list(reading)
    assert reading.notes == [
        "1 lines between the components are no properties (RFC 5545 §3.1), first line 19",
        "3 lines that are no properties were left out (RFC 5545 §3.1)",
        "3 entries have no start (DTSTART, RFC 5545 §3.6.1) and stand at another of their times",
    ]
    again = ical.read([content])
    for count, _ in enumerate(again, 1):
        state = again.checkpoint()
        rest = ical.read([content[state["offset"] :]], resume=state)
        assert list(rest) == whole[count:]
        assert sorted(rest.notes) == sorted(reading.notes)


def test_zone_that_is_not_closed_does_not_make_its_calendar_unfinished() -> None:
    reading = ical.read([calendar(EAST.replace("END:STANDARD\r\n", ""), event("UID:1", "DTSTART:20260101"))])
    assert len(list(reading)) == 1
    assert reading.notes == []


def test_zone_with_an_event_in_it_is_whole_after_resuming() -> None:
    zone = EAST.replace("BEGIN:STANDARD", event("UID:0", "DTSTART:20260101") + "no property\r\nBEGIN:STANDARD")
    content = calendar(zone, event("UID:1", "DTSTART;TZID=East:20260101T090000"))
    reading = ical.read([content])
    first = next(iter(reading))
    state = json.loads(json.dumps(reading.checkpoint()))
    rest = ical.read([content[state["offset"] :]], resume=state)
    assert [first, *rest] == entries(content)
    assert rest.notes == ["1 lines that are no properties were left out (RFC 5545 §3.1)"]
