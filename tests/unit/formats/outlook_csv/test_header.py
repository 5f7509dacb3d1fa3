"""Outlook's header is known in its languages, in any order, with any delimiter."""

import pytest

from chalicelib.formats.outlook_csv.header import HEADERS, Language, Layout, recognise


def _found(head: str) -> Layout:
    layout = recognise(head)
    assert layout is not None
    return layout


@pytest.mark.parametrize("language", list(HEADERS))
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_every_language_is_known(language: Language, delimiter: str, quote: str) -> None:
    names = HEADERS[language].values()
    layout = _found(delimiter.join(f"{quote}{name}{quote}" for name in names) + "\r\nx")
    assert layout == Layout(delimiter, "\n", tuple(names), tuple(HEADERS[language]), language, False, 1)
    assert Layout.from_state(layout.state()) == layout


def test_the_english_header_is_outlooks() -> None:
    assert ",".join(f'"{name}"' for name in HEADERS["en"].values()) == (
        '"Subject","Start Date","Start Time","End Date","End Time","All day event","Reminder on/off","Reminder Date",'
        '"Reminder Time","Meeting Organizer","Required Attendees","Optional Attendees","Meeting Resources",'
        '"Billing Information","Categories","Description","Location","Mileage","Priority","Private","Sensitivity","Show time as"'
    )


def test_any_order_and_any_case() -> None:
    layout = _found("LOCATION,start date,Subject\n")
    assert layout.columns == ("location", "start_date", "subject")


def test_names_without_accents_and_of_other_versions() -> None:
    assert _found("Betreff;Beginnt am;Ganztaegiges Ereignis;Prioritaet").columns == ("subject", "start_date", "all_day", "priority")
    assert _found("Asunto,Fecha de inicio,Hora de inicio,Descripción,Ubicación").columns == (
        "subject", "start_date", "start_time", "description", "location"
    )  # fmt: skip
    assert _found("Objet;Debut;Heure de debut;Lieu").columns == ("subject", "start_date", "start_time", "location")


def test_the_underscore_header_is_timeslots_own() -> None:
    layout = _found("subject,start_date,start_time,all_day_event,reminder_on_off\n")
    assert (layout.columns, layout.underscored) == (("subject", "start_date", "start_time", "all_day", "reminder"), True)
    assert not _found("Subject,Start Date\n").underscored


def test_unknown_columns_are_kept_as_such() -> None:
    assert _found("Subject,Color,Start Date").columns == ("subject", "", "start_date")


def test_blank_lines_and_the_hint_of_a_spreadsheet_come_before() -> None:
    layout = _found("\r\nsep=;\r\nSubject;Start Date\r\n")
    assert (layout.delimiter, layout.lines) == (";", 3)


def test_lines_may_end_in_carriage_returns_alone() -> None:
    layout = _found("Subject,Start Date\rx,1/2/2026\r")
    assert (layout.newline, layout.columns) == ("\r", ("subject", "start_date"))


@pytest.mark.parametrize(
    "head", ["", "\n\n", "Subject,Body\n", "Start Date,End Date\n", "Name,Email\nSubject,Start Date\n", '"Subject', "\0"]
)
def test_anything_else_is_not_outlooks(head: str) -> None:
    assert recognise(head) is None
