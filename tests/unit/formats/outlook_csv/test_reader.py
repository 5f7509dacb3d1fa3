"""Outlook's CSV into slots: what its columns say, in four languages, and every fault with its line."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import BytesSource, Entry, Rejection
from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Location, Slot
from chalicelib.formats import outlook_csv
from chalicelib.formats.outlook_csv.cells import DateOrder
from chalicelib.formats.outlook_csv.header import HEADERS, Language
from chalicelib.formats.outlook_csv.reader import OutlookReading
from tests.unit.formats.strategies import slots, texts

NINE = datetime(2026, 3, 14, 9)
TEN = datetime(2026, 3, 14, 10)
SLOT = Slot(uid="", title="t", start=NINE, end=TEN, timezone=FLOATING)
HEADER = "Subject,Start Date,Start Time,End Date,End Time"
ROW = "t,3/14/2026,9:00:00 AM,3/14/2026,10:00:00 AM"


def _open(
    content: bytes, *, dates: DateOrder | None = None, resume: dict[str, Any] | None = None, chunk_size: int = 999
) -> OutlookReading:
    source = BytesSource(content, chunk_size)

    def chunks(offset: int) -> Iterator[bytes]:
        return source.chunks(offset)

    layout = outlook_csv.recognise(content.decode())
    assert layout is not None
    return outlook_csv.read(chunks, layout, dates=dates, resume=resume)


def _read(text: str, *, dates: DateOrder | None = None) -> list[Entry | Rejection]:
    return list(_open(text.encode(), dates=dates))


def _slot(header: str, row: str) -> Slot:
    (item,) = _read(f"{header}\r\n{row}\r\n")
    assert isinstance(item, Entry), item
    return item.slot


def _reason(header: str, row: str) -> str:
    (item,) = _read(f"{header}\r\n{row}\r\n")
    assert isinstance(item, Rejection), item
    assert (item.number, item.line, item.uid) == (1, 2, "")
    return item.reason


def _carried(slot: Slot) -> Slot:
    """What of a slot the columns can carry."""
    place = None if slot.location is None else Location(name=_joined(slot.location))
    kept = slot._replace(uid="", media=(), notes=(), settings=None, sequence=0, location=place if place != Location() else None)
    if kept.all_day and kept.end is None:
        kept = kept._replace(end=datetime(kept.start.year, kept.start.month, kept.start.day + 1))
    return kept


def _joined(location: Location) -> str:
    town = f"{location.postalcode} {location.city}".strip()
    return ", ".join(part for part in (location.name, location.address, town, location.country) if part)


single_days = slots(whole_seconds=True).filter(lambda slot: not (slot.all_day and slot.end is None and slot.start.day > 27))


@given(st.lists(single_days, max_size=5), st.sampled_from(list(HEADERS)), st.integers(1, 400))
def test_what_was_written_comes_back_at_the_same_instants(values: list[Slot], language: Language, chunk_size: int) -> None:
    content = b"".join(outlook_csv.write(values, language=language))
    found = list(_open(content, chunk_size=chunk_size))
    expected = []
    for slot in values:
        carried = _carried(slot)
        if slot.timezone and (slot.start.tzinfo is not None):
            # a wall time that comes twice is written in UTC
            expected.append((carried, carried._replace(timezone=None)))
        else:
            expected.append((carried, carried))
    assert len(found) == len(values)
    for item, allowed in zip(found, expected, strict=True):
        assert isinstance(item, Entry)
        assert item.slot in allowed


@given(texts, texts)
def test_any_text_comes_back_through_a_file(title: str, description: str) -> None:
    slot = SLOT._replace(title=title, description=description)
    (item,) = _open(b"".join(outlook_csv.write([slot])))
    assert isinstance(item, Entry)
    assert item.slot == slot


@given(st.lists(single_days, min_size=1, max_size=5), st.integers(1, 400))
def test_a_reading_goes_on_at_every_checkpoint(values: list[Slot], chunk_size: int) -> None:
    content = b"".join(outlook_csv.write(values)) + b'"bad row"\r\n' + b"".join(outlook_csv.write(values)).partition(b"\n")[2]
    reading = _open(content, chunk_size=chunk_size)
    states = [reading.checkpoint()]
    whole = []
    for item in reading:
        whole.append(item)
        states.append(json.loads(json.dumps(reading.checkpoint())))
    for done, state in enumerate(states):
        again = _open(content, resume=state, chunk_size=chunk_size)
        assert list(again) == whole[done:]
        assert again.notes == reading.notes


def test_times_without_a_zone_float() -> None:
    assert _slot(HEADER, ROW) == SLOT


def test_timeslots_own_header_means_utc() -> None:
    assert _slot(HEADER.lower().replace(" ", "_"), ROW) == SLOT._replace(
        start=NINE.replace(tzinfo=UTC), end=TEN.replace(tzinfo=UTC), timezone=None
    )


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Betreff;Beginnt am;Beginnt um;Endet am;Endet um;Ganztägiges Ereignis", "t;14.3.2026;09:00:00;14.3.2026;10:00:00;Aus"),
        ("Objet;Début;Début;Fin;Fin;Journée entière", "t;14/03/2026;09:00;14/03/2026;10:00;Faux"),
        ("Asunto,Fecha de comienzo,Comienzo,Fecha de finalización,Finalización,Todo el día",
         "t,14/03/2026,9:00:00 a. m.,14/03/2026,10:00:00 a. m.,Falso"),
        ("Subject\tEnd Time\tEnd Date\tStart Time\tStart Date", "t\t10:00\t2026-03-14\t09:00\t2026-03-14"),
        ("Subject,Start Date,End Date", "t,2026-03-14 09:00,2026-03-14T10:00:00"),
        ("Subject,Start Date,Start Time,End Time", "t,3/14/2026,9:00 AM,10:00 AM"),
    ],
)  # fmt: skip
def test_languages_and_orders(header: str, row: str) -> None:
    assert _slot(header, row) == SLOT


@pytest.mark.parametrize(
    ("row", "start", "end"),
    [
        ("3/14/2026,12:00:00 AM,3/15/2026,12:00:00 AM,True", datetime(2026, 3, 14), datetime(2026, 3, 15)),
        ("3/14/2026,12:00:00 AM,3/17/2026,12:00:00 AM,True", datetime(2026, 3, 14), datetime(2026, 3, 17)),
        ("3/14/2026,,3/14/2026,,True", datetime(2026, 3, 14), datetime(2026, 3, 15)),
        ("3/14/2026,,3/16/2026,,True", datetime(2026, 3, 14), datetime(2026, 3, 17)),
        ("3/14/2026,,3/16/2026,,False", datetime(2026, 3, 14), datetime(2026, 3, 17)),
        ("3/14/2026,12:00 AM,3/14/2026,11:59 PM,True", datetime(2026, 3, 14), datetime(2026, 3, 15)),
        ("3/14/2026,12:00 AM,3/14/2026,12:00 AM,True", datetime(2026, 3, 14), datetime(2026, 3, 15)),
        ("3/14/2026,,,,True", datetime(2026, 3, 14), datetime(2026, 3, 15)),
    ],
)
def test_days_end_as_outlook_and_as_google_write_them(row: str, start: datetime, end: datetime) -> None:
    header = "Subject,Start Date,Start Time,End Date,End Time,All day event"
    assert _slot(header, f"t,{row}") == Slot(uid="", title="t", start=start, end=end, all_day=True)


def test_an_open_end_stays_open() -> None:
    assert _slot(HEADER, "t,3/14/2026,9:00 AM,,").end is None
    assert _slot(HEADER, "t,3/14/2026,9:00 AM,3/14/2026,").end is None


@pytest.mark.parametrize(
    ("private", "sensitivity", "visibility"),
    [("False", "Normal", "public"), ("True", "Normal", "private"), ("False", "Private", "private"), ("", "", "public"),
     ("Aus", "Persönlich", "private"), ("Vrai", "Normale", "private")],
)  # fmt: skip
def test_what_is_private(private: str, sensitivity: str, visibility: str) -> None:
    assert _slot(f"{HEADER},Private,Sensitivity", f"{ROW},{private},{sensitivity}").visibility == visibility


def test_a_reminder_becomes_an_alert() -> None:
    header = f"{HEADER},Reminder on/off,Reminder Date,Reminder Time"
    assert _slot(header, f"{ROW},True,3/14/2026,8:45:00 AM").settings == {"alerts": [{"minutes": 15}]}
    assert _slot(header, f"{ROW},False,3/14/2026,8:45:00 AM").settings is None


def test_a_cell_may_have_lines_quotes_and_formulas() -> None:
    slot = _slot(
        "Description,Location,Subject,Start Date,Start Time,End Time", '"a ""b""\r\nc","Hall 1, left","\'=1+1",3/14/2026,9:00,10:00'
    )
    assert slot == SLOT._replace(title="=1+1", description='a "b"\r\nc', location=Location(name="Hall 1, left"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("t,3/14/2026,9:00,3/14/2026", "the row has 4 cells and the header 5"),
        (f"{ROW},more", "the row has 6 cells and the header 5"),
        ("t,,9:00,3/14/2026,10:00", "Start Date is missing"),
        ("t,soon,9:00,3/14/2026,10:00", "Start Date is not a date in the order month/day/year"),
        ("t,3/14/2026,9:00,14/14/2026,10:00", "End Date is not a date in the order month/day/year"),
        ("t,3/14/2026,late,3/14/2026,10:00", "Start Time is not a time of day"),
        ("t,3/14/2026,9:00,3/13/2026,10:00", "the end is before the start"),
        (f"{'x' * (MAX_TITLE + 1)},3/14/2026,9:00,3/14/2026,10:00", "Subject has 1001 characters, over the limit of 1000"),
        ("a\0b,3/14/2026,9:00,3/14/2026,10:00", "Subject has a NUL character in it"),
    ],
)
def test_a_faulty_row_is_rejected_with_its_reason(row: str, reason: str) -> None:
    assert _reason(HEADER, row) == reason


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Description", "x" * (MAX_TEXT + 1), "Description has 100001 characters, over the limit of 100000"),
        ("Location", "x" * (MAX_TITLE + 1), "Location has 1001 characters, over the limit of 1000"),
        ("All day event", "perhaps", "All day event is neither true nor false"),
        ("Private", "perhaps", "Private is neither true nor false"),
        ("Billing Information", "Slotport: timezone=Mars/Olympus", "the time zone 'Mars/Olympus' is not known"),
        ("Categories", "x" * (MAX_TEXT + 1), "the categories have 100001 characters, over the limit of 100000"),
        ("Show time as", "9", "Show time as is none of 0 to 4"),
    ],
)
def test_a_faulty_cell_is_named(column: str, cell: str, reason: str) -> None:
    assert _reason(f"{HEADER},{column}", f"{ROW},{cell}") == reason


def test_long_cells_that_should_be_words_are_not_kept_in_memory() -> None:
    header = f"{HEADER},Private,Priority,Sensitivity,Show time as,All day event,Billing Information"
    rows = "".join(
        f"t,{number}/1/2026{' ' * 50_000}x,9:00,,,{(f'{number}' + 'y' * 50_000 + ',') * 5}z\r\n" for number in range(100)
    )
    reading = _open(f"{header}\r\n{rows}".encode())
    tracemalloc.start()
    assert sum(isinstance(item, Rejection) for item in reading) == 100
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 5_000_000


def test_empty_cells_behind_the_last_column_are_nothing() -> None:
    assert _slot(HEADER, f"{ROW},,") == SLOT


def test_bad_rows_are_named_and_the_others_are_read() -> None:
    assert _read(f'{HEADER}\n{ROW}\n\n"open,\n{ROW}\n,,,,\nt\n{ROW}\n') == [
        Entry(1, 2, SLOT),
        Rejection(2, 4, "", "not a row of CSV: unexpected end of data"),
        Entry(3, 5, SLOT),
        Rejection(4, 7, "", "the row has 1 cells and the header 5"),
        Entry(5, 8, SLOT),
    ]


def test_a_date_that_can_only_be_read_one_way_settles_the_order() -> None:
    reading = _open(b"Subject,Start Date\na,1/2/2026\nb,13/2/2026\nc,2/13/2026\n")
    found = list(reading)
    assert [item.slot.start if isinstance(item, Entry) else item.reason for item in found] == [
        datetime(2026, 2, 1),
        datetime(2026, 2, 13),
        "Start Date is not a date in the order day/month/year",
    ]
    assert reading.notes == []


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        (
            "Subject,Start Date\na,1/2/2026\n",
            datetime(2026, 1, 2),
            "month/day/year, as is usual with English columns separated by ','",
        ),
        (
            "Subject;Start Date\na;1/2/2026\n",
            datetime(2026, 2, 1),
            "day/month/year, as is usual with English columns separated by ';'",
        ),
        ("Objet;Début\na;1/2/2026\n", datetime(2026, 2, 1), "day/month/year, as is usual with French columns separated by ';'"),
    ],
)
def test_a_guess_is_noted(text: str, start: datetime, words: str) -> None:
    reading = _open(text.encode())
    (item,) = reading
    assert isinstance(item, Entry)
    assert item.slot.start == start
    assert reading.notes == [f"No date of the file tells the day from the month: read as {words}."]


def test_the_user_can_say_the_order() -> None:
    (item,) = _read("Subject,Start Date\na,1/2/2026\n", dates="dmy")
    assert isinstance(item, Entry)
    assert item.slot.start == datetime(2026, 2, 1)


def test_columns_that_are_not_outlooks_are_named() -> None:
    reading = _open(b"Subject,Color,Start Date,Mood\na,red,2026-02-01,good\n")
    assert len(list(reading)) == 1
    assert reading.notes == ["Columns that are not Outlook's were left out: Color, Mood."]
