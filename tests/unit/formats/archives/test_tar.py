"""Tar archives, judged by `tarfile` and `tar`."""

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.formats.archives.tar import bzip2, gzip, write

TIME = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
FILES = [
    ("a.txt", b"hello " * 100),
    ("ü/שלום 😀.json", bytes(range(256)) * 500),
    ("empty", b""),
    ("deep/" + "x" * 180 + "/" + "y" * 180, b"long names"),
    ("block", b"b" * 512),
]
COMPRESSIONS = [
    pytest.param(lambda chunks: chunks, "", id="tar"),
    pytest.param(gzip, "z", id="gz"),
    pytest.param(bzip2, "j", id="bz2"),
]

Compression = Callable[[Iterable[bytes]], Iterable[bytes]]


def tar_of(compress: Compression) -> bytes:
    return b"".join(compress(write(((path, len(content), halves(content)) for path, content in FILES), TIME)))


def halves(content: bytes) -> Iterator[bytes]:
    middle = len(content) // 2
    yield content[:middle]
    yield content[middle:]


@pytest.mark.parametrize(("compress", "_letter"), COMPRESSIONS)
def test_archive_holds_its_files(compress: Compression, _letter: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(tar_of(compress))) as archive:
        found = []
        for info in archive.getmembers():
            content = archive.extractfile(info)
            assert content is not None
            found.append((info.name, content.read(), info.mtime, info.mode))

    assert found == [(path, content, TIME.timestamp(), 0o644) for path, content in FILES]


@pytest.mark.skipif(shutil.which("tar") is None, reason="tar is not installed on this machine")
@pytest.mark.parametrize(("compress", "letter"), COMPRESSIONS)
def test_archive_is_accepted_by_tar(compress: Compression, letter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tar_of(compress))
    if letter == "j" and shutil.which("bzip2") is None:
        pytest.skip("bzip2 is not installed on this machine")

    listing = subprocess.run(
        ["tar", f"-t{letter}f", path, "--quoting-style=literal"], capture_output=True, check=True
    ).stdout.decode()

    assert listing.splitlines() == [name for name, _ in FILES]


@pytest.mark.parametrize(("compress", "_letter"), COMPRESSIONS)
def test_equal_files_give_equal_bytes(compress: Compression, _letter: str) -> None:
    assert tar_of(compress) == tar_of(compress)


def test_content_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="has 3 bytes instead of 4"):
        list(write([("x", 4, [b"abc"])], TIME))


def test_path_that_leaves_its_folder_is_refused() -> None:
    with pytest.raises(ValueError, match="unsafe path"):
        list(write([("../x", 0, [])], TIME))
