"""Every calendar that ships with `icalendar`: what it can read is read, and comes out equal."""

from __future__ import annotations

import warnings
from pathlib import Path

import icalendar
import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry, Rejection
from chalicelib.formats import ical
from chalicelib.formats.ical import stream
from chalicelib.formats.ical.rewriting import rewrite
from tests.unit.formats.ical.calendars import entries, written

CORPUS = sorted((Path(icalendar.__file__).parent / "tests").rglob("*.ics"))
UNREADABLE = {
    "fuzz_testcase_invalid_month.ics",
    "fuzz_testcase_vtimezone_lone_cr.ics",
    "issue_104_broken_calendar.ics",
    "parsing_error_in_UTC_offset.ics",
}
"""What `icalendar` raises an error for."""

REJECTED = {"broken_dtstart.ics", "issue_1081_invalid_start_and_end.ics", "issue_1081_invalid_start_valid_end.ics"}
"""Their one event starts at INVALID-DATE, against RFC 5545 §3.8.2.4; `icalendar` keeps such an event with an error in it."""

pytestmark = pytest.mark.filterwarnings("ignore")


def events(content: bytes) -> list[icalendar.Component]:
    """All events in a stream, as `icalendar` reads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
    return [event for calendar in calendars for event in calendar.walk("VEVENT")]


def described(found: list[icalendar.Component]) -> list[bytes]:
    """Events with all their components, properties, parameters and values, in an order of their own."""
    return [event.to_ical(sorted=True) for event in found]


def read(content: bytes) -> list[Entry | Rejection] | str:
    """The entries, or the error."""
    try:
        return entries(content)
    except InvalidInput as error:
        return str(error)


def test_corpus_is_there() -> None:
    assert len(CORPUS) > 150


@pytest.mark.parametrize("path", [path for path in CORPUS if path.name not in UNREADABLE | REJECTED], ids=lambda path: path.name)
def test_every_event_comes_out_equal(path: Path) -> None:
    content = path.read_bytes()
    expected = events(content)
    found = read(content)
    if isinstance(found, str):
        assert expected == [], found
        return
    if not expected:  # `icalendar` finds none where a calendar is not closed; ours are more then
        return
    assert [entry for entry in found if isinstance(entry, Rejection)] == []
    back = events(written(*(entry.slot for entry in found if isinstance(entry, Entry))))
    assert back == expected
    assert described(back) == described(expected)


@pytest.mark.parametrize("name", sorted(REJECTED))
def test_event_with_a_start_that_is_none_is_named(name: str) -> None:
    [path] = [path for path in CORPUS if path.name == name]
    [rejection] = entries(path.read_bytes())
    assert isinstance(rejection, Rejection)
    assert rejection.reason == "DTSTART is no date or time (RFC 5545 §3.8.2.4): 'INVALID-DATE'"


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_pieces_of_seven_bytes_give_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = path.read_bytes()
    whole = read(content)
    monkeypatch.setattr(stream, "GATHER", 1)
    pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
    if isinstance(whole, str):
        with pytest.raises(InvalidInput):
            list(ical.read(pieces))
    else:
        assert list(ical.read(pieces)) == whole


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_every_checkpoint_leads_to_the_rest(path: Path) -> None:
    content = path.read_bytes()
    whole = read(content)
    if isinstance(whole, str):
        return
    reading = ical.read([content])
    for count, _ in enumerate(reading, 1):
        state = reading.checkpoint()
        rest = ical.read([content[state["offset"] :]], resume=state)
        assert list(rest) == whole[count:]
        assert rest.ignored == _finished(content).ignored


def _finished(content: bytes) -> ical.CalendarReading:
    reading = ical.read([content])
    list(reading)
    return reading


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_exported_again_it_is_the_same_slot(path: Path) -> None:
    found = read(path.read_bytes())
    if isinstance(found, str):
        return
    slots = [entry.slot for entry in found if isinstance(entry, Entry)]
    content = written(*slots)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert [entry.slot for entry in entries(content) if isinstance(entry, Entry)] == slots


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_kept_text_says_what_the_fields_say(path: Path) -> None:
    found = read(path.read_bytes())
    for entry in found if not isinstance(found, str) else ():
        if isinstance(entry, Entry):
            assert ical.from_text(entry.slot.ical) == entry.slot
            assert rewrite(entry.slot) is entry.slot
