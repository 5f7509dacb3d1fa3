"""The fast path and the complete reader agree on every input."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry
from chalicelib.formats.ical import reader, stream
from chalicelib.formats.ical.noted import NotedText
from chalicelib.formats.ical.quick import QuickReader
from chalicelib.formats.ical.text import fold_kept, is_tidy, is_unfolded, refold
from tests.examples import examples
from tests.unit.formats.ical.calendars import calendar, entries, event, written

TIMES = (
    "20260101T080000Z",
    "20260329T023000",
    "20261025T023000",
    "20260101",
    "20260230T080000Z",
    "20260101T080060Z",
    "20260101T250000",
    "00010101T000000",
    "99991231T235959Z",
    "",
    "2026-01-01",
    "20260101T080000z",
    " 20260101T080000Z",
)
PARAMS = (
    "",
    ";TZID=Europe/Berlin",
    ';TZID="Europe/Berlin"',
    ";TZID=W. Europe Standard Time",
    ";TZID=/example.org/2026/America/New_York",
    ";TZID=Nowhere",
    ";TZID=Custom",
    ";VALUE=DATE",
    ";VALUE=DATE-TIME",
    ";VALUE=DATE-TIME;TZID=Asia/Tokyo",
    ";tzid=Europe/Paris",
    ";TZID=",
    ";",
    "; TZID = Europe/Rome",
    ";X-A=1;TZID=UTC",
    ';X="a:b;c"',
    ";X=a\\:b",
    ";LANGUAGE=de",
    ";CN=Ada Lovelace",
    ";CN=Ada  Lovelace ",
    ';CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN="Doe, Jane"',
    ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Zoë;X-NUM-GUESTS=0",
    ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=needs;CN=a",
    ";RSVP=TRUE;VALUE=PERIOD;X=1",
    ";X=;VALUE=PERIOD",
)
NAMES = (
    *("DTSTART", "DTEND", "DURATION", "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "CLASS", "SEQUENCE", "RRULE", "RDATE"),
    *("EXDATE", "RECURRENCE-ID", "DTSTAMP", "STATUS", "ATTENDEE", "CATEGORIES", "X-A", "X-SLOTPORT-VISIBILITY", "URL", "BEGIN"),
    *("summary", "Dtstart", "DTSTARTX", "UIDX", "X_A", "X.A", "", "END", "LAST-MODIFIED", "TZID"),
)
VALUES = (
    *TIMES,
    "PT1H",
    "-P1D",
    "P1W2DT3H4M5S",
    "FREQ=DAILY;COUNT=3",
    "20260101T080000,20260102T080000Z",
    "PUBLIC",
    "confidential",
    "7",
    "1;2",
    "91;0",
    "nan;nan",
    "a\\, b\\; c\\n d\\\\n \\x \\",
    "Zoë ☕ 日本",
    "mailto:a@example.org",
    "foaf",
    "x" * 90,
    "é" * 60,
    "y" * 1001,
    "VALARM",
    "VEVENT",
    "a:b;c,d",
    " ",
    "\t",
)
FOLDS = ("", "\r\n ", "\r\n\t", "\n ", "\r\n\r\n ", "\r\n  ")


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line that a program might write, or something like it."""
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(
                ("BEGIN:VALARM", "END:VALARM", "BEGIN:X-A", "END:X-A", "", " ", "X", "X=1", "END:VEVENT", "BEGIN:VEVENT")
            )
        )
    colon = draw(st.sampled_from((":", ":", ":", ":", ":", ":", "", " :")))
    line = draw(st.sampled_from(NAMES)) + draw(st.sampled_from(PARAMS)) + colon + draw(st.sampled_from(VALUES))
    at = draw(st.integers(0, len(line)))
    return line[:at] + draw(st.sampled_from((*FOLDS, "", "", "", "", ""))) + line[at:]


ALARM = ("BEGIN:VALARM", "TRIGGER:-PT5M", "SUMMARY:not the event's", "END:VALARM")
TRIGGERS = ("-P0DT0H15M0S", "-P0DT0H15M", "-PT15M0S", "-PT15M\r\n 0S", "-PT1500M", "-PTM", "PT0S")
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Custom\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0130\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)


@st.composite
def calendars(draw: st.DrawFn) -> bytes:
    """A calendar of such lines."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        drawn = draw(st.lists(lines(), max_size=6))
        if draw(st.booleans()):
            alarm = "\r\n".join(ALARM).replace("-PT5M", draw(st.sampled_from(TRIGGERS)))
            drawn.insert(draw(st.integers(0, len(drawn))), alarm)
        found.append(event("DTSTART:20260101T080000Z", "UID:u", *drawn))
    head = [
        "VERSION:2.0",
        draw(st.sampled_from(("PRODID:-//Test//EN", "PRODID:icalendar-ruby", "PRODID:x\r\nX-WR-TIMEZONE:Asia/Tokyo"))),
    ]
    where = draw(st.integers(0, 2))
    content = calendar(*([ZONE] if where == 1 else []), *found, *([ZONE] if where == 2 else []), head=head)
    if draw(st.integers(0, 4)) == 0:
        content = content.replace(b"\r\n", b"\n")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from((b"\r", b"\0", b"\r\n ", b"\n", b" "))) + content[at:]
    return content


def outcome(content: bytes, size: int = 0) -> Any:
    """What comes out of a calendar that arrives in pieces of a size, errors included and folds aside."""
    reading = reader.read([content[start : start + size] for start in range(0, len(content), size)] if size else [content])
    found: list[Any] = []
    try:
        found.extend(_unfolded(entry) if isinstance(entry, Entry) else entry for entry in reading)
    except InvalidInput as error:
        found.append(str(error))
    return found, reading.ignored, reading.notes


def _unfolded(entry: Entry) -> Entry:
    assert max(map(len, entry.slot.ical.encode().split(b"\r\n"))) <= 75
    return entry._replace(slot=entry.slot._replace(ical=entry.slot.ical.replace("\r\n ", "")))


class NeverQuick(QuickReader):
    """Finds nothing, so that everything goes to the complete reader."""

    def __init__(self, frame: Any) -> None:
        super().__init__(frame)
        self.match = lambda text, position: None  # type: ignore[assignment]  # finds nothing


@examples(1500)
@given(calendars())
def test_both_ways_agree(content: bytes) -> None:
    quick = outcome(content)
    with patch.object(reader, "QuickReader", NeverQuick):
        assert outcome(content) == quick


@examples(300)
@given(calendars(), st.integers(1, 40))
def test_the_size_of_pieces_changes_nothing(content: bytes, size: int) -> None:
    with patch.object(stream, "GATHER", 1):
        found = outcome(content, size)
    assert found == outcome(content)


INVITED = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED"


@pytest.mark.parametrize(
    "line",
    [
        f"{INVITED};CN=jane@example.org;X-NUM-GUESTS=0:mailto:jane@example.org",
        f'{INVITED};RSVP=TRUE;CN="Doe,\r\n  Jane":mailto:jane@example.org',
        f'{INVITED[:-4]}\r\n {INVITED[-4:]};RSVP=TRUE;CN="Doe":mailto:jane@example.org',
        "ATTENDEE;ROLE=CHAIR;RSVP=TRUE;CN=Ada Lovelace;LEVEL=7:mailto:ada@example.org",
        "X-A;VALUE=URI;X-B=Z:x",
        "EXDATE;VALUE=DATE:20260101",
    ],
)
def test_a_usual_event_is_read_quickly(line: str) -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260101T080000"
    content = calendar(event(start, start.replace("START", "END"), "SUMMARY;LANGUAGE=de:Kaffee\\, um acht", line, *ALARM))
    with patch.object(reader, "read_event", side_effect=AssertionError("the complete reader was asked")):
        (entry,) = entries(content)
    assert entry.slot.title == "Kaffee, um acht"  # type: ignore[union-attr]  # it is an entry


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=200), min_size=1))
def test_refolding_gives_the_one_way_to_fold(texts: list[str]) -> None:
    texts = ["BEGIN:VEVENT", *(f"X:{text}" for text in texts)]
    canonical = octets("".join(map(fold_kept, texts)))
    other = ["\r\n ".join(octets(text)[start : start + 20] for start in range(0, len(octets(text)), 20)) for text in texts]
    assert refold(canonical.replace("\r\n ", "\r\n\t")) == canonical
    assert refold(octets("".join(f"{text}\r\n" for text in texts))) == canonical
    assert refold("".join(f"{text}\r\n" for text in other)) == canonical


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=200), min_size=1)


@given(LINES, st.integers(20, 80), st.sampled_from(("\r\n ", "\r\n\t", "\n ", "\r\n \r\n ")))
def test_tidy_lines_are_short_and_folded_with_a_space(texts: list[str], room: int, fold: str) -> None:
    cut = [[f"X:{octets(text)}"[start : start + room] for start in range(0, len(octets(text)) + 2, room)] for text in texts]
    folded = "".join(f"{fold.join(pieces)}\r\n" for pieces in cut)
    lines = folded.removesuffix("\r\n").split("\r\n")
    tidy = all(2 <= len(line) <= 75 and line[0] != "\t" and "\n" not in line for line in lines)
    assert is_tidy(folded) is tidy
    assert is_unfolded(folded) is (tidy and all(line[0] != " " for line in lines))


@given(LINES)
def test_text_in_our_own_folding_is_tidy(texts: list[str]) -> None:
    assert is_tidy(octets("".join(fold_kept(f"X:{text}") for text in texts)))


def test_text_stays_folded_as_it_was() -> None:
    folded = event("UID:u", "DTSTART:20260101T080000Z", "DESCRIPTION:" + "\r\n ".join(["long text "] * 20))
    (entry,) = entries(calendar(folded))
    assert isinstance(entry, Entry)
    assert entry.slot.ical == folded
    assert entry.slot.description == "long text " * 20


@pytest.mark.parametrize("fold", ["\r\n\t", "\r\n \r\n ", ""])
def test_text_with_other_folds_is_folded_anew(fold: str) -> None:
    (entry,) = entries(calendar(event("UID:u", "DTSTART:20260101T080000Z", "DESCRIPTION:" + fold.join(["long text "] * 20))))
    assert isinstance(entry, Entry)
    assert f"\r\n{fold_kept('DESCRIPTION:' + 'long text ' * 20)}" in entry.slot.ical


@examples(300)
@given(calendars())
def test_what_is_noted_is_so(content: bytes) -> None:
    try:
        found = [entry.slot for entry in reader.read([content]) if isinstance(entry, Entry)]
    except InvalidInput:
        return
    for slot in found:
        if isinstance(slot.ical, NotedText):
            assert slot.ical.octets == slot.ical.encode()
    for slots in (found, *([slot] for slot in found)):
        assert written(*slots) == written(*(slot._replace(ical=str(slot.ical)) for slot in slots))


def octets(text: str) -> str:
    """One character per octet."""
    return text.encode().decode("latin-1")
