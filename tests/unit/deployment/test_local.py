from pathlib import Path

import pytest

from deployment.emulator import EmulatorError, claim_port, free_port
from deployment.local import source_digest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("chalicelib/api", "chalicelib/__pycache__", ".chalice", "deployment", "tests"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("app.py", "chalicelib/api/routes.py", ".chalice/config.json", "requirements.txt", "deployment/local.py"):
        (tmp_path / file).write_text("one")
    return tmp_path


@pytest.mark.parametrize(
    "file", ["app.py", "chalicelib/api/routes.py", ".chalice/config.json", "requirements.txt", "deployment/local.py"]
)
def test_any_change_of_what_is_deployed_is_seen(project: Path, file: str) -> None:
    before = source_digest(project)
    (project / file).write_text("two")
    assert source_digest(project) != before


def test_new_and_renamed_files_are_seen(project: Path) -> None:
    before = source_digest(project)
    (project / "chalicelib/api/routes.py").rename(project / "chalicelib/api/paths.py")
    assert source_digest(project) != before


@pytest.mark.parametrize("file", ["chalicelib/__pycache__/a.pyc", "tests/test_a.py", "README.md"])
def test_what_is_not_deployed_does_not_count(project: Path, file: str) -> None:
    before = source_digest(project)
    (project / file).write_text("two")
    assert source_digest(project) == before


def test_free_port_can_be_claimed() -> None:
    claim_port(free_port())


def test_taken_port_is_refused_in_words() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=f"^Port {port} is taken by another program"):
            claim_port(port)
