"""What is noted of kept text."""

import pytest

from chalicelib.formats.ical.noted import names_floating_times


@pytest.mark.parametrize(
    "line",
    [
        "RDATE:20260101T080000",
        "EXDATE:20260101T080000Z,20260102T080000",
        "RDATE;VALUE=PERIOD:20260101T080000/20260101T090000",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260101T080000",
        "RDATE:\r\n 20260101T080000",
        "RDATE:20260101T080000Z,\r\n 20260102T08\r\n 0000",
        "RDATE;X-A=\r\n TZID:20260101T080000",
        'RDATE;X-A=";TZID=UTC:":20260101T080000',
        "EXDATE;VALUE=DATE-TIME\r\n :20260101T080000",
    ],
)
def test_times_of_no_zone(line: str) -> None:
    assert names_floating_times(f"BEGIN:VEVENT\r\nUID:u\r\n{line}\r\nEND:VEVENT\r\n")


@pytest.mark.parametrize(
    "line",
    [
        "RDATE:20260101T080000Z",
        "RDATE;VALUE=DATE:20260101,20260102",
        "EXDATE;TZID=Europe/Berlin:20260101T080000",
        "RDATE;VALUE=DATE-TIME;TZID=Europe/Berlin:20260101T080000",
        "RDATE;VALUE=DATE-TIME\r\n ;TZID=Europe/Berlin:20260101T080000",
        'RDATE;X-A="a:b";TZID="Europe/Berlin":20260101T080000',
        "X-RDATE:20260101T080000",
        "DESCRIPTION:RDATE:20260101T080000",
        "DTSTART:20260101T080000",
    ],
)
def test_times_of_a_zone(line: str) -> None:
    assert not names_floating_times(f"BEGIN:VEVENT\r\nUID:u\r\n{line}\r\nEND:VEVENT\r\n")
