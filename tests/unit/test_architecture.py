"""Imports point one way, and each foreign thing has its one room: the rules of `docs/architecture.md`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "chalicelib"

MAY_IMPORT = {
    "domain": {"domain"},
    "formats": {"domain", "formats"},
    "services": {"domain", "formats", "services"},
    "aws": {"domain", "formats", "services", "aws"},
    "settings": set(),
    "logs": set(),
    "wiring": {"domain", "formats", "services", "aws", "settings", "logs", "wiring"},
    "api": {"domain", "formats", "services", "settings", "logs", "wiring", "api"},
    "tasks": {"domain", "formats", "services", "settings", "logs", "wiring", "tasks"},
    "web": set(),
    "app": {"api", "tasks", "settings", "logs"},
}
"""By room: the rooms it may import from. What is not named here may import nothing of ours."""


class Import(NamedTuple):
    """One import statement's target, and where it stands."""

    file: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}"


def _files() -> list[Path]:
    return [ROOT / "app.py", *sorted((ROOT / PACKAGE).rglob("*.py"))]


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == PACKAGE and len(parts) > 1 else parts[0]


def _imports(source: str, file: str) -> Iterator[Import]:
    """Yield every import of a file, wherever in it, also the ones that only type checkers see."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative imports hide the room"
            for alias in node.names:
                yield Import(file, node.lineno, f"{node.module}.{alias.name}")


ALL = [(_module(file), found) for file in _files() for found in _imports(file.read_text(), str(file.relative_to(ROOT)))]


def _breaches(packages: set[str], rooms: set[str]) -> list[str]:
    """List the imports of some outside packages by rooms that may not."""
    return [str(found) for module, found in ALL if found.target.split(".")[0] in packages and _room(module) not in rooms]


def test_there_is_something_to_look_at() -> None:
    assert {_room(module) for module, _ in ALL} >= {"domain", "formats", "services", "api", "app"}


def test_imports_point_one_way() -> None:
    ours = [(module, found) for module, found in ALL if found.target.split(".")[0] == PACKAGE]
    assert [str(found) for module, found in ours if _room(found.target) not in MAY_IMPORT.get(_room(module), set())] == []


def test_every_room_is_in_the_plan() -> None:
    assert {_room(_module(file)) for file in _files()} - {PACKAGE} <= set(MAY_IMPORT)


def test_no_interface_imports_another() -> None:
    def interface(module: str) -> str:
        parts = module.split(".")
        is_package = len(parts) > 2 and parts[:2] == [PACKAGE, "api"] and (ROOT / PACKAGE / "api" / parts[2]).is_dir()
        return parts[2] if is_package else ""

    pairs = [(interface(module), interface(found.target), found) for module, found in ALL]
    assert [str(found) for first, second, found in pairs if second and first != second and found.file != "app.py"] == []


def test_chalice_is_only_at_the_edge() -> None:
    assert _breaches({"chalice"}, {"app", "api", "tasks"}) == []


def test_boto3_is_only_in_aws() -> None:
    assert _breaches({"boto3", "botocore", "s3transfer"}, {"aws"}) == []


def test_http_and_pydantic_stay_out_of_domain_and_formats() -> None:
    assert _breaches({"pydantic", "http"}, {"services", "aws", "api", "tasks"}) == []


def test_nothing_that_ships_imports_tests_or_tools() -> None:
    assert _breaches({"tests", "benchmarks", "deployment", "pytest", "hypothesis", "moto"}, set()) == []


def test_only_settings_reads_the_environment() -> None:
    names = {"environ", "environb", "getenv", "putenv"}
    readers = {module for module, found in ALL if found.target in {f"os.{name}" for name in names}}
    for file in _files():
        nodes = ast.walk(ast.parse(file.read_text()))
        if any(isinstance(node, ast.Attribute) and node.attr in names for node in nodes):
            readers.add(_module(file))
    assert readers == {f"{PACKAGE}.settings"}


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "base", "common", "misc"])
def test_no_room_is_named_after_nothing(name: str) -> None:
    assert [str(file) for file in _files() if name in file.relative_to(ROOT).with_suffix("").parts] == []


def test_an_import_is_found_wherever_it_stands() -> None:
    source = "import a.b\ndef f():\n    from c.d import e, g\nif 1:\n    import h\n"
    assert {found.target for found in _imports(source, "x.py")} == {"a.b", "c.d.e", "c.d.g", "h"}
