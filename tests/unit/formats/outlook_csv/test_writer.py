"""Slots as Outlook writes them."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats import outlook_csv
from chalicelib.formats.outlook_csv.header import HEADERS, Language

EVENING = Slot(
    uid="u",
    title="Slot title 68",
    visibility="public",
    start=datetime(2019, 9, 15, 20, 44, 2, tzinfo=UTC),
    end=datetime(2019, 10, 15, 20, 44, 2, tzinfo=UTC),
)


def _text(*slots: Slot, language: Language = "en") -> str:
    return b"".join(outlook_csv.write(slots, language=language)).decode()


def _row(slot: Slot, language: Language = "en") -> dict[str, str]:
    """The cells of a slot's row that are not empty."""
    rows = list(csv.reader(io.StringIO(_text(slot, language=language), newline="")))
    return {column: cell for column, cell in zip(HEADERS[language], rows[1], strict=True) if cell}


def test_a_file_is_outlooks_to_the_byte() -> None:
    assert _text(EVENING) == (
        '"Subject","Start Date","Start Time","End Date","End Time","All day event","Reminder on/off","Reminder Date",'
        '"Reminder Time","Meeting Organizer","Required Attendees","Optional Attendees","Meeting Resources",'
        '"Billing Information","Categories","Description","Location","Mileage","Priority","Private","Sensitivity",'
        '"Show time as"\r\n'
        '"Slot title 68","9/15/2019","8:44:02 PM","10/15/2019","8:44:02 PM","False","False","","","","","","",'
        '"Slotport: timezone=UTC","","","","","Normal","False","Normal","2"\r\n'
    )


def test_nothing_is_a_header_alone() -> None:
    assert _text().count("\r\n") == 1


def test_many_slots_are_many_rows() -> None:
    assert len(_text(*[EVENING] * 1_201).splitlines()) == 1_202


@pytest.mark.parametrize(
    ("language", "date", "time", "yes", "no"),
    [
        ("en", "9/15/2019", "8:44:02 PM", "True", "False"),
        ("de", "15.9.2019", "20:44:02", "Ein", "Aus"),
        ("fr", "15/09/2019", "20:44:02", "Vrai", "Faux"),
        ("es", "15/09/2019", "20:44:02", "Verdadero", "Falso"),
    ],
)
def test_languages(language: Language, date: str, time: str, yes: str, no: str) -> None:
    row = _row(EVENING._replace(visibility="private"), language)
    assert (row["start_date"], row["start_time"], row["private"], row["all_day"]) == (date, time, yes, no)


def test_midnight_and_noon_are_twelve() -> None:
    start = datetime(2026, 1, 2, tzinfo=UTC)
    row = _row(EVENING._replace(start=start, end=start + timedelta(hours=12)))
    assert (row["start_time"], row["end_time"]) == ("12:00:00 AM", "12:00:00 PM")


def test_a_zoned_slot_shows_the_time_on_the_wall() -> None:
    row = _row(EVENING._replace(timezone="Europe/Berlin"))
    assert (row["start_time"], row["billing"]) == ("10:44:02 PM", "Slotport: timezone=Europe/Berlin")


def test_the_hour_that_comes_twice_is_written_in_utc() -> None:
    start = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 2:30 in Berlin
    row = _row(EVENING._replace(start=start, end=start, timezone="Europe/Berlin"))
    assert (row["start_time"], row["billing"]) == ("1:30:00 AM", "Slotport: timezone=UTC")
    first = start - timedelta(hours=1)
    row = _row(EVENING._replace(start=first, end=first, timezone="Europe/Berlin"))
    assert (row["start_time"], row["billing"]) == ("2:30:00 AM", "Slotport: timezone=Europe/Berlin")


def test_days_end_at_the_midnight_after() -> None:
    row = _row(Slot(uid="", title="t", start=datetime(2026, 3, 14), end=datetime(2026, 3, 15), all_day=True))
    assert row == {
        "subject": "t", "start_date": "3/14/2026", "start_time": "12:00:00 AM", "end_date": "3/15/2026",
        "end_time": "12:00:00 AM", "all_day": "True", "reminder": "False", "priority": "Normal", "private": "True",
        "sensitivity": "Private", "show_as": "2",
    }  # fmt: skip


def test_a_floating_slot_names_no_zone_and_an_open_end_is_empty() -> None:
    row = _row(Slot(uid="", title="t", start=datetime(2026, 3, 14, 9), timezone=FLOATING))
    assert ("end_date" in row, "end_time" in row, "billing" in row, row["start_time"]) == (False, False, False, "9:00:00 AM")


def test_an_end_before_the_start_is_left_open() -> None:
    row = _row(EVENING._replace(end=EVENING.start - timedelta(hours=1)))
    assert "end_date" not in row
    assert "end_time" not in row


def test_the_exact_visibility_is_kept_beside() -> None:
    assert _row(EVENING._replace(visibility="friends"))["billing"] == "Slotport: timezone=UTC; visibility=friends"


def test_a_location_is_one_line() -> None:
    place = Location("Hall", "Germany", "53111", "Bonn", "Am Markt 1", 50.7, 7.1)
    assert _row(EVENING._replace(location=place))["location"] == "Hall, Am Markt 1, 53111 Bonn, Germany"


def test_formulas_are_neutralised_in_every_free_text() -> None:
    row = _row(EVENING._replace(title="=1+1", description="@SUM(A1)", location=Location(name="-1")))
    assert (row["subject"], row["description"], row["location"]) == ("'=1+1", "'@SUM(A1)", "'-1")


def test_the_first_alert_is_the_reminder() -> None:
    row = _row(EVENING._replace(settings={"alerts": [{"minutes": 45}, {"minutes": 5}]}))
    assert (row["reminder"], row["reminder_date"], row["reminder_time"]) == ("True", "9/15/2019", "7:59:02 PM")


@pytest.mark.parametrize(
    "alerts", ["1100", [], ["x"], [{"minutes": "5"}], [{"minutes": True}], [{"minutes": 10**9}], {"minutes": 5}]
)
def test_alerts_of_another_shape_are_no_reminder(alerts: object) -> None:
    assert _row(EVENING._replace(settings={"alerts": alerts}))["reminder"] == "False"


def test_a_reminder_before_all_calendars_is_none() -> None:
    start = datetime(1, 1, 1, tzinfo=UTC)
    assert _row(EVENING._replace(start=start, end=None, settings={"alerts": [{"minutes": 5}]}))["reminder"] == "False"
