"""ZIP archives, judged by `zipfile`, `unzip` and `7z`."""

import io
import os
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.formats.archives.deflate import END, deflate, stored
from chalicelib.formats.archives.names import safe_name
from chalicelib.formats.archives.zip import TAIL, Member, ZipContainer, directory_place, read_directory

TIME = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
FILES = [("a.txt", b"hello " * 100), ("ü/שלום 😀.json", bytes(range(256)) * 500), ("empty", b"")]
SEVEN_ZIP = "7z" if shutil.which("7z") else "7zz"
"""Distributions call it by one or the other name."""


def programs(*commands: tuple[str, ...]) -> list[Any]:
    """Make parameters of commands, left out where their program is not installed."""
    return [
        pytest.param(
            command,
            id=command[0],
            marks=pytest.mark.skipif(shutil.which(command[0]) is None, reason=f"{command[0]} is not installed on this machine"),
        )
        for command in commands
    ]


def zip_of(files: Iterable[tuple[str, bytes]]) -> bytes:
    container = ZipContainer(TIME)
    out = bytearray()
    for path, content in files:
        data = deflate(content)
        out += container.open(Member(path, len(content), zlib.crc32(content), len(data))) + data
    out += container.close()
    assert container.offset == len(out)
    return bytes(out)


def test_archive_holds_its_files() -> None:
    with zipfile.ZipFile(io.BytesIO(zip_of(FILES))) as archive:
        assert archive.testzip() is None
        assert [(info.filename, archive.read(info), info.date_time) for info in archive.infolist()] == [
            (path, content, (2026, 3, 4, 5, 6, 8)) for path, content in FILES
        ]
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o100644}


@pytest.mark.parametrize("judge", programs(("unzip", "-tqq"), (SEVEN_ZIP, "t"), ("bsdtar", "-tf")))
def test_archive_is_accepted_by(judge: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of(FILES))

    assert subprocess.run([*judge, path], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("unpack", programs(("unzip", "-qq"), (SEVEN_ZIP, "x"), ("bsdtar", "-xf")))
def test_unusual_names_are_unpacked_as_they_are_by(unpack: tuple[str, ...], tmp_path: Path) -> None:
    wished = [
        "שלום",
        "🎉 Fête",
        "n" * 300,
        "ש" * 300,
        "../../up",
        "CON",
        'say "hi"\n',
        "-rf",
        ".hidden",
        "a\\b:c",
        "%2e%2e%2f",
        "e\u0301",
    ]
    names = [f"{number:02d}/{safe_name(name)}.json" for number, name in enumerate(wished)]
    files = [(name, name.encode()) for name in names]
    archive, folder = tmp_path / "a.zip", tmp_path / "unpacked"
    archive.write_bytes(zip_of(files))
    folder.mkdir()

    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run([*unpack, archive], cwd=folder, capture_output=True, check=False, env=environment)

    assert done.returncode == 0, done.stdout + done.stderr
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == dict(files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "unpacked"]


def test_equal_files_give_equal_bytes() -> None:
    assert zip_of(FILES) == zip_of(FILES)


def test_empty_archive_is_valid() -> None:
    assert zipfile.ZipFile(io.BytesIO(zip_of([]))).namelist() == []


@pytest.mark.parametrize("count", [65_534, 65_535, 65_536])
def test_more_members_than_sixteen_bits_count(count: int) -> None:
    names = [f"f{number}" for number in range(count)]

    assert zipfile.ZipFile(io.BytesIO(zip_of((name, b"") for name in names))).namelist() == names


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32, 2**32 + 5])
def test_members_and_offsets_beyond_four_gigabytes(size: int, tmp_path: Path) -> None:
    """The first member's data is a hole in a sparse file; the second, beyond it, is real."""
    container = ZipContainer(TIME)
    path = tmp_path / "large.zip"
    data = deflate(b"far away")
    with path.open("wb") as file:
        file.write(container.open(Member("hole", size, 0, size)))
        file.seek(size, io.SEEK_CUR)
        file.write(container.open(Member("far", 8, zlib.crc32(b"far away"), len(data))) + data)
        file.write(container.close())
        assert file.tell() == container.offset

    with zipfile.ZipFile(path) as archive:
        assert [(info.filename, info.file_size, info.compress_size) for info in archive.infolist()] == [
            ("hole", size, size),
            ("far", 8, len(data)),
        ]
        assert archive.read("far") == b"far away"
    if shutil.which("unzip") and size != 2**32 - 1:  # a number that Info-ZIP 6.0 itself takes for its own mark
        assert subprocess.run(["unzip", "-tqq", path, "far"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("path", ["../x", "/x", "a/../b", "a//b", "", "a\\b", "a/.", "nul\0"])
def test_path_that_leaves_its_folder_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="unsafe path"):
        ZipContainer(TIME).open(Member(path, 0, 0, 2))


@given(st.binary(max_size=65_535))
def test_stored_member_is_valid(content: bytes) -> None:
    data = stored(content) + END
    container = ZipContainer(TIME)
    archive = container.open(Member("x", len(content), zlib.crc32(content), len(data))) + data + container.close()

    assert zipfile.ZipFile(io.BytesIO(archive)).read("x") == content


@given(st.lists(st.tuples(st.text("abü😀", min_size=1, max_size=9), st.binary(max_size=99)), max_size=9), st.integers(1, 50))
def test_directory_tells_where_the_data_lies(files: list[tuple[str, bytes]], size: int) -> None:
    archive = zip_of(files)
    offset, length = directory_place(archive[-TAIL:])
    directory = archive[offset : offset + length]

    placed = list(read_directory(directory[start : start + size] for start in range(0, length, size)))

    assert [
        (found.member.path, zlib.decompress(archive[found.offset : found.offset + found.member.deflated], -15)) for found in placed
    ] == files


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32 + 5])
def test_directory_tells_sizes_and_places_beyond_four_gigabytes(size: int) -> None:
    container = ZipContainer(TIME)
    members = [Member("hole", size, 1, size), Member("far", 8, 2, 10)]
    places = []
    for member in members:
        container.open(member)
        places.append(container.offset - member.deflated)
    start = container.offset
    end = container.close()

    assert directory_place(end[-TAIL:])[0] == start
    offset, length = directory_place(end)
    assert [(found.member, found.offset) for found in read_directory([end[:length]])] == list(zip(members, places, strict=True))
    assert offset == start
