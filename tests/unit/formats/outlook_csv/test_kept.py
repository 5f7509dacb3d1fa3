"""Columns that slots have no field for live in the kept text, and come out of any kept text."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Slot
from chalicelib.formats import ical
from chalicelib.formats.outlook_csv.kept import Kept, kept_columns, with_columns

SLOT = Slot(uid="", title="Treffen", start=datetime(2022, 7, 24, 19), end=datetime(2022, 7, 24, 20), timezone=FLOATING)
COLUMNS = {
    "organizer": "Müller, H.",
    "required": "Anna; bob@example.org",
    "optional": 'Carl "C" Coe',
    "resources": "Room 5",
    "categories": "Work;Café",
    "billing": "'=5",
    "mileage": "12 km",
    "priority": "Hoch",
    "sensitivity": "Vertraulich",
    "show_as": "3",
}


def test_all_columns_come_back_from_the_text() -> None:
    kept = kept_columns(with_columns(SLOT, COLUMNS).ical)
    assert kept == Kept(
        {name: cell for name, cell in COLUMNS.items() if name not in ("priority", "sensitivity")}, 1, "CONFIDENTIAL", None
    )


def test_the_text_is_valid_and_says_what_the_fields_say() -> None:
    slot = with_columns(SLOT, COLUMNS)
    assert slot.ical == (
        "BEGIN:VEVENT\r\nDTSTAMP:19700101T000000Z\r\nUID:\r\nDTSTART:20220724T190000\r\nDTEND:20220724T200000\r\n"
        "DESCRIPTION:\r\nSUMMARY:Treffen\r\n"
        'ORGANIZER;CN="Müller, H.":invalid:nomail\r\n'
        'ATTENDEE;ROLE=REQ-PARTICIPANT;CN="Anna":invalid:nomail\r\n'
        'ATTENDEE;ROLE=REQ-PARTICIPANT;CN="bob@example.org":mailto:bob@example.org\r\n'
        "ATTENDEE;ROLE=OPT-PARTICIPANT;CN=\"Carl ^'C^' Coe\":invalid:nomail\r\n"
        'ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;CN="Room 5":invalid:nomail\r\n'
        "CATEGORIES:Work,Café\r\nCLASS:CONFIDENTIAL\r\nPRIORITY:1\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n"
        "X-SLOTPORT-BILLING:=5\r\nX-SLOTPORT-MILEAGE:12 km\r\nEND:VEVENT\r\n"
    )
    (entry,) = ical.read([f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{slot.ical}END:VCALENDAR\r\n".encode()])
    assert isinstance(entry, Entry)
    assert entry.slot._replace(ical="") == SLOT


@pytest.mark.parametrize("cell", [{}, {"priority": "Normal", "show_as": "2", "sensitivity": "Privat", "categories": " "}])
def test_a_row_that_says_nothing_more_keeps_no_text(cell: dict[str, str]) -> None:
    assert with_columns(SLOT, cell) == SLOT


@pytest.mark.parametrize(("shown", "number"), [("Free", "0"), ("frei", "0"), ("1", "1"), ("tentative", "1"), ("4", "4")])
def test_how_the_time_is_shown(shown: str, number: str) -> None:
    assert kept_columns(with_columns(SLOT, {"show_as": shown}).ical).cells == {"show_as": number}


def test_a_free_time_is_transparent_to_every_program() -> None:
    assert "\r\nTRANSP:TRANSPARENT\r\n" in with_columns(SLOT, {"show_as": "0"}).ical


def test_a_kept_text_of_another_program_fills_the_columns() -> None:
    text = (
        "BEGIN:VTIMEZONE\r\nTZID:X\r\nEND:VTIMEZONE\r\n"
        "BEGIN:VEVENT\r\nORGANIZER;CN=Ann:mailto:ann@example.org\r\nATTENDEE:MAILTO:bob@example.org\r\n"
        'ATTENDEE;CUTYPE=ROOM:mailto:room@example.org\r\nATTENDEE;ROLE=OPT-PARTICIPANT;CN="Coe, \r\n Carl":mailto:c@example.org\r\n'
        "CATEGORIES:A\\,B,C\r\nCATEGORIES:D\r\nPRIORITY:7\r\nCLASS:PUBLIC\r\nTRANSP:TRANSPARENT\r\n"
        "BEGIN:VALARM\r\nTRIGGER:-PT1H30M\r\nSUMMARY:x\r\nATTENDEE:mailto:alarm@example.org\r\nEND:VALARM\r\n"
        "BEGIN:VALARM\r\nTRIGGER:-P1D\r\nEND:VALARM\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nPRIORITY:1\r\nEND:VEVENT\r\n"
    )
    assert kept_columns(text) == Kept(
        {
            "organizer": "Ann",
            "required": "bob@example.org",
            "resources": "room@example.org",
            "optional": "Coe, Carl",
            "categories": "A,B;C;D",
            "show_as": "0",
        },
        -1,
        "",
        timedelta(hours=1, minutes=30),
    )


@pytest.mark.parametrize(
    "trigger", [";VALUE=DATE-TIME:20260101T000000Z", ";RELATED=END:-PT5M", ":PT5M", ":soon", ":-P99999999999W"]
)
def test_a_trigger_that_is_no_time_before_the_start_is_no_reminder(trigger: str) -> None:
    assert kept_columns(f"BEGIN:VEVENT\r\nBEGIN:VALARM\r\nTRIGGER{trigger}\r\nEND:VALARM\r\nEND:VEVENT\r\n").alert is None
