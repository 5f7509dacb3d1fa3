"""Any calendar file is recognised by its content, and everything else is refused with a reason."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidEncoding, InvalidInput
from chalicelib.domain.imports import BytesSource, Entry
from chalicelib.domain.slots import FLOATING, Slot
from chalicelib.formats.detect import open_calendar

EVENT = "BEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260314T090000Z\r\nSUMMARY:Café\r\nEND:VEVENT\r\n"
ICAL = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{EVENT}END:VCALENDAR\r\n"
CSV = 'Subject,Start Date,Start Time\r\nCafé,3/14/2026,9:00 AM\r\n"Thé\r\nvert",3/15/2026,9:00 AM\r\n'
JSON = '[{"uid":"u","title":"Café","visibility":"public","start":"2026-03-14T09:00:00.000Z","end":null,"location":null}]'


def _zip(content: bytes) -> bytes:
    archive = BytesIO()
    with ZipFile(archive, "w") as writer:
        writer.writestr("x.ics", content)
    return archive.getvalue()


FILES = {"ical": ICAL.encode(), "outlook": CSV.encode(), "timeslot": JSON.encode(), "zip": _zip(ICAL.encode())}


def _titles(content: bytes, **options: str) -> tuple[str, list[str]]:
    reading = open_calendar(BytesSource(content, 1_000), **options)  # type: ignore[arg-type]  # passed on as they come
    return reading.format, [item.slot.title if isinstance(item, Entry) else item.reason for item in reading]


@pytest.mark.parametrize("name", list(FILES))
def test_each_format_is_recognised(name: str) -> None:
    expected = ["Café", "Thé\r\nvert"] if name == "outlook" else ["Café"]
    assert _titles(FILES[name]) == (name, expected)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [ICAL, CSV, JSON])
def test_each_encoding_with_a_mark_is_recognised(text: str, encoding: str) -> None:
    assert _titles(text.encode(encoding)) == _titles(text.encode())


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-16-le"])
@pytest.mark.parametrize("text", [ICAL, CSV, JSON])
def test_the_charset_it_was_sent_with_counts(text: str, charset: str) -> None:
    assert _titles(text.encode(charset), charset=charset) == _titles(text.encode())


def test_a_csv_that_is_not_utf8_is_windows_1252_and_that_is_noted() -> None:
    reading = open_calendar(BytesSource(CSV.replace("vert", "“vert”").encode("cp1252")))
    assert [item.slot.title for item in reading if isinstance(item, Entry)] == ["Café", "Thé\r\n“vert”"]
    assert reading.notes == ["The file is not UTF-8: read as windows-1252, which is what Outlook writes."]


def test_a_csv_of_a_french_outlook_is_known_by_names_that_are_not_utf8() -> None:
    content = '"Objet","Début","Début","Fin","Fin"\r\n"Réunion","13/4/2026","09:00:00","13/4/2026","10:00:00"\r\n'.encode("cp1252")
    reading = open_calendar(BytesSource(content))
    slots = [(item.slot.title, item.slot.start.isoformat()) for item in reading if isinstance(item, Entry)]
    assert slots == [("Réunion", "2026-04-13T09:00:00")]
    assert reading.notes == ["The file is not UTF-8: read as windows-1252, which is what Outlook writes."]
    with pytest.raises(InvalidInput, match="unknown_format"):
        open_calendar(BytesSource(content), charset="utf-8")


def test_a_csv_that_is_not_utf8_only_far_down_is_windows_1252_from_its_beginning() -> None:
    rows = "".join(f"x{number},3/14/2026,9:00 AM\r\n" for number in range(5_000))
    content = (CSV + rows).encode("cp1252") + b"M\xfcller,3/14/2026,9:00 AM\r\n"
    assert _titles(content)[1][::5_002] == ["Café", "Müller"]


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (ICAL.encode("cp1252"), None),
        (JSON.encode("cp1252"), None),
        (CSV.encode("cp1252"), "utf-8"),
        (CSV.encode("cp1252") + b"\x81", None),
        (ICAL.encode("utf-16-le"), None),
        (ICAL.encode("utf-32"), None),
        (ICAL.encode(), "klingon"),
    ],
)
def test_other_encodings_are_refused(content: bytes, charset: str | None) -> None:
    with pytest.raises(InvalidEncoding):
        list(open_calendar(BytesSource(content), charset=charset))


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\n\0"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_calendar(BytesSource(content))
    assert caught.value.code == "empty_file"


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\x1f\x8b\x08\0",
        b"<?xml version='1.0'?>",
        b"BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n",
        b'{"slots":[]}',
        b"Name,Email\r\nx,y\r\n",
        b" " * 100_000 + ICAL.encode(),
        b"\0" * 1_000,
    ],
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_calendar(BytesSource(content), media_type="text/calendar")
    assert (caught.value.code, caught.value.details) == ("unknown_format", {"media_type": "text/calendar"})


@pytest.mark.parametrize("before", ["\r\n\r\n", "From: somebody\r\nSubject: your calendar\r\n\r\n"])
def test_a_calendar_may_have_lines_before_it(before: str) -> None:
    assert _titles((before + ICAL).encode())[0] == "ical"


def test_a_csv_that_speaks_of_calendars_is_a_csv() -> None:
    assert _titles(b'Subject,Start Date,Description\r\nx,2026-03-14,"\r\nBEGIN:VCALENDAR\r\n"\r\n') == ("outlook", ["x"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", list(FILES))
def test_a_reading_goes_on_at_every_checkpoint_in_every_encoding(name: str, encoding: str) -> None:
    if name == "zip":
        content = _zip(ICAL.replace("Café", "Cafe").encode(encoding))
    elif name == "outlook" or encoding != "cp1252":
        content = FILES[name].decode().encode(encoding)
    else:
        content = FILES[name]
    source = BytesSource(content, 7)
    reading = open_calendar(source)
    states = [json.loads(json.dumps(reading.checkpoint()))]
    whole = []
    for item in reading:
        whole.append(item)
        states.append(json.loads(json.dumps(reading.checkpoint())))
    for done, state in enumerate(states):
        again = open_calendar(source, resume=state)
        assert list(again) == whole[done:]
        assert (again.format, again.notes, dict(again.ignored)) == (reading.format, reading.notes, dict(reading.ignored))


def test_a_resumed_reading_does_not_read_what_is_behind_it() -> None:
    content = (CSV + "".join(f"x{number},3/14/2026,9:00 AM\r\n" for number in range(10_000))).encode()
    reading = open_calendar(BytesSource(content))
    for item in reading:
        if item.number == 9_000:
            break
    source = _Recording(content)
    again = open_calendar(source, resume=reading.checkpoint())
    assert [item.number for item in again] == list(range(9_001, 10_003))
    assert min(source.starts) > 200_000


class _Recording(BytesSource):
    """Remembers from where it was read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, 1_000)
        self.starts: list[int] = []

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        self.starts.append(start)
        return super().chunks(start)


def test_the_order_of_dates_can_be_said() -> None:
    (item,) = open_calendar(BytesSource(b"Subject,Start Date,Start Time\r\nx,1/2/2026,9:00\r\n"), dates="dmy")
    assert isinstance(item, Entry)
    assert item.slot == Slot(uid="", title="x", start=datetime(2026, 2, 1, 9), timezone=FLOATING)


def test_the_slots_of_one_event_are_the_same_from_ical_and_json() -> None:
    (first,), (second,) = open_calendar(BytesSource(FILES["ical"])), open_calendar(BytesSource(FILES["timeslot"]))
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert (first.slot.uid, first.slot.title, first.slot.start) == (second.slot.uid, second.slot.title, second.slot.start)
    assert second.slot.start == datetime(2026, 3, 14, 9, tzinfo=UTC)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for prefix in (b"", b"[", b"BEGIN:VCALENDAR\r\n", b"Subject,Start Date\r\n", b"PK\x03\x04", b"\xff\xfe"):
        with suppress(InvalidInput):
            list(open_calendar(BytesSource(prefix + content, 16)))
