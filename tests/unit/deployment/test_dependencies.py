"""Installing what is shipped, and what runs it here, where there is nowhere to install it from."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment import emulator
from deployment.dependencies import LOCAL, install
from deployment.template import PackagingError


@pytest.fixture(autouse=True)
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


def test_packages_that_cannot_be_installed_are_said_so_and_not_taken_for_installed(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("orjson==0.0.0\n")
    for _ in range(2):
        with pytest.raises(PackagingError, match=r"^The packages of requirements.txt could not be installed"):
            install(requirements, LOCAL, tmp_path)


def test_emulator_that_cannot_be_installed_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulator, "ENVIRONMENT", tmp_path / "environment")
    with pytest.raises(emulator.EmulatorError, match=r"^The emulator could not be installed from requirements-emulator.txt"):
        emulator.install()
    assert not (tmp_path / "environment" / ".installed").exists()
