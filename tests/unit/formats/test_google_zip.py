"""Google's zip is read calendar by calendar, and archives that are not what they claim are refused."""

import io
import json
import struct
import zipfile
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidEncoding, InvalidInput
from chalicelib.domain.imports import BytesSource, Entry, Rejection
from chalicelib.formats import google_zip


def _calendar(*uids: str) -> bytes:
    events = "".join(f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20260101T080000Z\r\nSUMMARY:{uid}\r\nEND:VEVENT\r\n" for uid in uids)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n".encode()


def _zip(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def _read(content: bytes) -> list[Entry | Rejection]:
    return list(google_zip.read(BytesSource(content)))


def _refused(content: bytes) -> tuple[str, dict[str, Any]]:
    with pytest.raises(InvalidInput) as caught:
        _read(content)
    return caught.value.code, caught.value.details


def _uids(items: list[Entry | Rejection]) -> list[tuple[int, int, str]]:
    return [(item.number, item.line, item.slot.uid) for item in items if isinstance(item, Entry)]


TWO = (("work.ics", _calendar("a", "b")), ("notes/readme.txt", b"hello"), ("home.ics", _calendar("c")))


def test_entries_are_counted_over_all_calendars_and_lines_in_each() -> None:
    reading = google_zip.read(BytesSource(_zip(*TWO)))
    assert _uids(list(reading)) == [(1, 3, "a"), (2, 8, "b"), (3, 3, "c")]
    assert reading.ignored == {"VTODO": 2}
    assert reading.notes == ["notes/readme.txt: not a calendar, left out."]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_reading_goes_on_at_every_checkpoint(compression: int) -> None:
    source = BytesSource(_zip(*TWO, compression=compression))
    reading = google_zip.read(source)
    states = [reading.checkpoint()]
    whole = []
    for item in reading:
        whole.append(item)
        states.append(json.loads(json.dumps(reading.checkpoint())))
    states.append(json.loads(json.dumps(reading.checkpoint())))
    for done, state in enumerate(states):
        again = google_zip.read(source, resume=state)
        assert list(again) == whole[done:]
        assert (again.notes, again.ignored) == (reading.notes, reading.ignored)


def test_many_other_files_are_named_in_part_and_counted() -> None:
    others = [(f"{number:02}.txt", b"x") for number in range(25)]
    reading = google_zip.read(BytesSource(_zip(*others, *TWO)))
    list(reading)
    assert reading.notes == [
        *(f"{number:02}.txt: not a calendar, left out." for number in range(20)),
        "6 more files are not calendars and were left out.",
    ]


def test_a_calendar_in_utf16_is_read_and_directories_are_passed_over() -> None:
    text = _calendar("ü").decode()
    assert _uids(_read(_zip(("dir/", b""), ("x", text.encode("utf-16"))))) == [(1, 3, "ü")]


def test_invalid_bytes_name_the_calendar() -> None:
    with pytest.raises(InvalidEncoding) as caught:
        _read(_zip(("bad.ics", _calendar("a").replace(b"SUMMARY:a", b"SUMMARY:\xff"))))
    assert (caught.value.details["line"], caught.value.details["member"]) == (6, "bad.ics")


def test_an_archive_without_a_calendar_is_refused() -> None:
    assert _refused(_zip(("a.txt", b"x"), ("empty.ics", b""))) == ("no_calendar_in_zip", {})
    assert _refused(_zip()) == ("no_calendar_in_zip", {})


def test_a_zip_in_a_zip_is_refused() -> None:
    assert _refused(_zip(("inner.zip", _zip(*TWO)))) == ("nested_zip", {"member": "inner.zip"})


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert _refused(_zip(("bomb.ics", b"\0" * 20_000_000))) == ("zip_ratio", {"member": "bomb.ics", "limit": 100})


def test_members_that_share_their_bytes_are_refused_together() -> None:
    assert _refused(_overlapping(members=400, size=1_000_000)) == ("zip_ratio", {"limit": 100})


def _overlapping(*, members: int, size: int) -> bytes:
    """An archive whose directory names the same packed bytes many times."""
    packed = _zip(("a.ics", b"BEGIN:VCALENDAR\r\n" + b"A" * size))
    end = packed.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", packed[end + 16 : end + 20])[0]
    entry = packed[start:end]
    directory = entry * members
    return packed[:start] + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, members, members, len(directory), start, 0)


def test_too_many_members_are_refused() -> None:
    assert _refused(_zip(*((f"{number}.ics", b"") for number in range(1_001)))) == ("zip_too_many_members", {"limit": 1_000})


def test_a_huge_directory_is_not_read() -> None:
    content = b"PK\x03\x04" + b"x" * 5_000_000
    content += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 5_000_000, 4, 0)
    assert _refused(content) == ("zip_too_many_members", {"limit": 1_000})


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(_zip(*TWO))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    assert _refused(bytes(content)) == ("zip_encrypted", {"member": "work.ics"})


def test_other_compressions_are_refused() -> None:
    assert _refused(_zip(*TWO, compression=zipfile.ZIP_LZMA)) == ("zip_unknown_compression", {"member": "work.ics"})


def test_a_wrong_checksum_is_found() -> None:
    content = bytearray(_zip(("work.ics", _calendar("a")), compression=zipfile.ZIP_STORED))
    content[content.index(b"SUMMARY:a") + 8] = ord("b")
    code, details = _refused(bytes(content))
    assert (code, details["member"]) == ("bad_zip", "work.ics")


@pytest.mark.parametrize("missing", [1, 10, 21, 22, 30, 300])
def test_a_cut_archive_is_refused(missing: int) -> None:
    assert _refused(_zip(*TWO)[:-missing])[0] == "bad_zip"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100], ids=["bare", "stuffed"])
def test_what_only_begins_like_an_archive_is_refused(content: bytes) -> None:
    assert _refused(content)[0] == "bad_zip"


def test_every_flipped_byte_is_read_or_refused() -> None:
    content = _zip(*TWO)
    for place in range(len(content)):
        broken = bytearray(content)
        broken[place] ^= 0xFF
        with suppress(InvalidInput):
            _read(bytes(broken))


def test_a_remote_archive_is_fetched_in_large_pieces() -> None:
    content = _zip(*((f"{number}.ics", _calendar(*(f"{number}-{event}" for event in range(50)))) for number in range(20)))
    source = _Counting(content)
    assert len(list(google_zip.read(source))) == 1_000
    assert source.slices <= 4


class _Counting(BytesSource):
    """Counts how often a piece is fetched."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.slices = 0

    def slice(self, start: int, end: int) -> bytes:
        self.slices += 1
        return super().slice(start, end)


def test_the_end_of_a_zip_alone_is_recognised_as_one() -> None:
    assert _zip()[:4] in google_zip.SIGNATURES
    assert _zip(*TWO)[:4] in google_zip.SIGNATURES
