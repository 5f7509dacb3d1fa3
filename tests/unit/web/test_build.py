"""What was built from `web/` and is served: recorded, named by content, small, and made of what the lock file pins."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.site.routes import FILES

WEB = Path(__file__).parents[3] / "web"
ALL_SCRIPTS = 200_000
"""Bytes, compressed as they are sent."""
FIRST_PARTY_RISKS = re.compile(
    r"dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write\b|\beval\(|new Function\b|style=\""
)


def source() -> dict[str, Any]:
    record: dict[str, Any] = json.loads((FILES / "SOURCE.json").read_text())
    return record


def built() -> list[Path]:
    return [path for path in sorted(FILES.rglob("*")) if path.is_file() and path.name != "SOURCE.json"]


def test_every_built_file_is_the_recorded_one() -> None:
    now = {path.relative_to(FILES).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in built()}
    assert now == source()["files"]


@pytest.mark.parametrize("name", [path.name for path in built() if path.parent.name == "assets"])
def test_names_hold_a_hash_so_that_they_can_be_kept_for_good(name: str) -> None:
    assert re.fullmatch(r"[a-z_]+-[A-Z0-9]{8}\.(?:js|css|svg)(?:\.LEGAL\.txt)?", name)


def test_entries_are_there() -> None:
    entries = source()["entries"]
    assert sorted(entries) == ["icon", "main.tsx", "schedule/schedule.css", "schedule/schedule.ts", "styles/site.css"]
    assert all((FILES / "assets" / name).is_file() for name in entries.values())


def test_scripts_stay_light() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in built() if path.suffix == ".js"}
    assert sum(sizes.values()) < ALL_SCRIPTS, sizes


def test_nothing_built_names_another_host() -> None:
    """Namespaces of XML are names, not places."""
    for path in built():
        if path.suffix in {".html", ".css"}:
            assert re.findall(r"(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w+", path.read_text()) == [], path


def test_packages_are_those_of_the_lock_file() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())["packages"]
    shipped = [
        {"name": path.rpartition("node_modules/")[2], "version": item["version"], "integrity": item["integrity"]}
        for path, item in lock.items()
        if path and not (item.get("dev") or item.get("devOptional") or item.get("optional"))
    ]
    assert shipped == source()["packages"]


def test_packages_are_pinned_and_come_from_wherever_npm_is_told_to_look() -> None:
    wanted = json.loads((WEB / "package.json").read_text())
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    lock = (WEB / "package-lock.json").read_text()
    assert re.findall(r'"resolved"|https?://(?!opencollective|github\.com/sponsors)[^"]+', lock) == []
    assert "registry=" not in (WEB / ".npmrc").read_text()


@pytest.mark.parametrize("path", sorted((WEB / "src").rglob("*.ts*")), ids=lambda path: path.relative_to(WEB).as_posix())
def test_text_is_never_put_in_as_markup(path: Path) -> None:
    assert FIRST_PARTY_RISKS.findall(path.read_text()) == []
