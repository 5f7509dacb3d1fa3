import hashlib
import io
import zipfile

import pytest

from deployment.demo import CALENDAR, DemoError, Walk, verify_archive


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files.items():
            target.writestr(f"export/{name}", content)
    return buffer.getvalue()


def test_archive_with_right_checksums_is_accepted() -> None:
    sums = f"{hashlib.sha256(b'one').hexdigest()}  a.json\n{hashlib.sha256(b'two').hexdigest()}  b.ics\n"
    assert verify_archive(archive(**{"a.json": b"one", "b.ics": b"two", "SHA256SUMS": sums.encode()})) == 2


def test_archive_with_a_wrong_checksum_is_refused() -> None:
    sums = f"{hashlib.sha256(b'other').hexdigest()}  a.json\n"
    with pytest.raises(DemoError, match=r"a\.json does not have the checksum"):
        verify_archive(archive(**{"a.json": b"one", "SHA256SUMS": sums.encode()}))


def test_archive_without_checksums_is_refused() -> None:
    with pytest.raises(DemoError, match="no SHA256SUMS"):
        verify_archive(archive(**{"a.json": b"one"}))


def test_check_fails_loudly() -> None:
    walk = Walk("http://nowhere.test", lambda _: None)
    with pytest.raises(DemoError, match=r"^created: 1 instead of 2$"):
        walk.check("created", 1, 2)


def test_demo_calendar_is_folded_with_crlf() -> None:
    lines = CALENDAR.read_bytes().split(b"\r\n")
    assert lines[-1] == b""
    assert [line for line in lines if len(line) > 75 or b"\n" in line or b"\r" in line] == []
