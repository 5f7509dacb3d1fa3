"""Components of one UID become one slot."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical
from tests.unit.formats.ical.calendars import event, slots, written

MASTER = event("UID:s", "DTSTART:20260105T090000Z", "SUMMARY:series", "RRULE:FREQ=WEEKLY")
SECOND = event("UID:s", "RECURRENCE-ID:20260112T090000Z", "DTSTART:20260112T110000Z", "SUMMARY:second")
THIRD = event("UID:s", "RECURRENCE-ID:20260119T090000Z", "DTSTART:20260119T080000Z", "SUMMARY:third")
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:East\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0130\r\nTZOFFSETTO:+0130\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def read(text: str) -> Slot:
    return ical.from_text(text)


def test_a_series_and_its_changed_occurrences_are_one_slot_in_any_order() -> None:
    expected = read(MASTER)._replace(ical=MASTER + SECOND + THIRD)
    assert ical.merge(read(MASTER), read(SECOND), read(THIRD)) == expected
    assert ical.merge(read(THIRD), ical.merge(read(SECOND), read(MASTER))) == expected
    assert slots(written(expected)) == [read(MASTER), read(SECOND), read(THIRD)]
    assert read(expected.ical) == expected


def test_changed_occurrences_without_their_series_are_a_slot() -> None:
    assert ical.merge(read(THIRD), read(SECOND)) == read(SECOND)._replace(ical=SECOND + THIRD)
    assert read(SECOND).recurring


@pytest.mark.parametrize(
    ("sequences", "winner"),
    [(("", ""), 1), (("2", "1"), 0), (("1", "2"), 1), (("x", ""), 1)],
)
def test_the_higher_sequence_wins_else_the_later(sequences: tuple[str, str], winner: int) -> None:
    both = [
        read(event("UID:s", "DTSTART:20260101", f"SUMMARY:{number}", *([f"SEQUENCE:{sequence}"] if sequence else [])))
        for number, sequence in enumerate(sequences)
    ]
    assert ical.merge(*both) == both[winner]


def test_update_of_an_occurrence_leaves_the_series_and_the_others_alone() -> None:
    known = ical.merge(read(MASTER), read(SECOND), read(THIRD))
    moved = SECOND.replace("T110000Z", "T150000Z")
    assert ical.amend(known, read(moved)) == known._replace(ical=MASTER + moved + THIRD)
    assert ical.amend(read(MASTER), read(SECOND)) == ical.merge(read(MASTER), read(SECOND))
    assert ical.amend(read(SECOND), read(THIRD)) == ical.merge(read(SECOND), read(THIRD))
    assert ical.amend(ical.amend(known, read(moved)), read(moved)) == ical.amend(known, read(moved))


def test_update_of_an_occurrence_wins_whatever_the_sequences_say() -> None:
    older, newer = (SECOND.replace("SUMMARY", f"SEQUENCE:{sequence}\r\nSUMMARY") for sequence in (1, 2))
    assert ical.amend(ical.merge(read(MASTER), read(newer)), read(older)).ical == MASTER + older


@pytest.mark.parametrize("known", [MASTER, SECOND, MASTER + SECOND], ids=["series", "occurrence", "both"])
def test_update_with_the_series_says_all_there_is(known: str) -> None:
    other = MASTER.replace("SUMMARY:series", "SUMMARY:renamed")
    for update in (read(other), ical.merge(read(other), read(THIRD)), read(other)._replace(ical="")):
        assert ical.amend(read(known), update) == update


def test_update_of_an_occurrence_brings_its_zone() -> None:
    in_the_east = SECOND.replace("DTSTART:20260112T110000Z", "DTSTART;TZID=East:20260112T110000")
    assert ical.amend(read(MASTER), read(ZONE + in_the_east)).ical == ZONE + MASTER + in_the_east


def test_only_a_changed_occurrence_by_itself_is_one() -> None:
    second = read(SECOND)
    assert ical.occurrence(second) == "20260112T090000Z "
    assert ical.occurrence(read(SECOND.replace("RECURRENCE-ID", "recurrence-\r\n id"))) == ical.occurrence(second)
    assert ical.occurrence(read(THIRD)) != ical.occurrence(second)
    for other in (read(MASTER), ical.merge(read(MASTER), second), ical.merge(second, read(THIRD)), second._replace(ical="")):
        assert ical.occurrence(other) == ""


def test_a_slot_made_here_can_be_a_part() -> None:
    own = Slot("s", "mine", datetime(2026, 1, 5, 9, tzinfo=UTC), changed=datetime(2026, 1, 1, tzinfo=UTC))
    merged = ical.merge(own, read(SECOND))
    assert (merged.title, merged.recurring) == ("mine", True)
    assert [slot.title for slot in slots(written(merged))] == ["mine", "second"]
    assert ical.merge(own, own) == own


def test_zones_come_once() -> None:
    first = read(ZONE + event("UID:s", "DTSTART;TZID=East:20260105T090000", "RRULE:FREQ=WEEKLY"))
    second = read(ZONE + event("UID:s", "RECURRENCE-ID;TZID=East:20260112T090000", "DTSTART;TZID=East:20260112T100000"))
    assert ical.merge(second, first).ical == first.ical + second.ical.removeprefix(ZONE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no VEVENT in it"),
        ("hello", "there is no VEVENT in it"),
        (event("UID:a", "DTSTART:20260101") + event("UID:b", "DTSTART:20260101"), "its components have different UIDs"),
        ("BEGIN:VEVENT\r\n", "the file ends inside it (RFC 5545 §3.4)"),
        (event("DTSTART:20260101", "SUMMARY:" + "x" * 2_000), "SUMMARY is longer than 1000 characters"),
    ],
)
def test_text_that_is_no_slot(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ical.from_text(text)
    assert caught.value.details["reason"] == reason


def test_text_from_outside_is_normalised() -> None:
    odd = "begin:vevent\nuid:a\nsummary:" + "x" * 100 + "\ndtstart:20260101\nend:vevent"
    assert ical.from_text(odd).ical == event("UID:a", "SUMMARY:" + "x" * 67 + "\r\n " + "x" * 33, "DTSTART:20260101")
