"""Makes the deployable package: the template and the zip of code that it names.

python -m deployment.package prod [--runtime 3.12] [--architecture arm64]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final, NamedTuple

from deployment.dependencies import Target, compile_all, install
from deployment.template import PackagingError, additions, functions

ROOT: Final = Path(__file__).parents[1]
BUILD: Final = ROOT / ".build"
SHIPPED: Final = ("app.py", "chalicelib")
CODE: Final = "deployment.zip"
TEMPLATE: Final = "template.json"
AWS: Final = Target("3.11", "x86_64")
_TIMESTAMP: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip: the same code gives the same bytes."""
_PLACEHOLDERS: Final = dict.fromkeys(
    ("ACCOUNT_TABLE", "SLOT_TABLE", "EXPORT_TABLE", "CONVENTION_TABLE", "BUCKET", "PUBLIC_URL"), "placeholder"
)
"""Chalice imports the app to see its routes, and the app reads its settings."""


class Package(NamedTuple):
    """What is deployed."""

    template: Path
    code: Path


def package(stage: str, target: Target, out: Path) -> Package:
    """Write the template and the code of a stage to a folder.

    Raises `PackagingError` when a function has no role of its own.
    """
    out.mkdir(parents=True, exist_ok=True)
    dependencies = install(ROOT / "requirements.txt", target, BUILD)
    with tempfile.TemporaryDirectory() as folder:
        project, packaged = Path(folder, "project"), Path(folder, "packaged")
        _stage(project)
        _run_chalice(project, stage, packaged)
        template = json.loads((packaged / "sam.json").read_text())
        code = Path(folder, "code")
        with zipfile.ZipFile(packaged / CODE) as archive:
            archive.extractall(code)
        if not compile_all(code, target):
            sys.stderr.write(
                f"Warning: there is no Python {target.python} here to compile with, so cold starts will be slow. "
                f"Install it, or package for the Python that is here with RUNTIME={sys.version_info[0]}.{sys.version_info[1]}.\n"
            )
        shutil.copytree(dependencies, code, dirs_exist_ok=True)
        _zip(code, out / CODE)
    _finish(template, stage, target)
    (out / TEMPLATE).write_text(json.dumps(template, separators=(",", ":")) + "\n")
    return Package(out / TEMPLATE, out / CODE)


def _stage(project: Path) -> None:
    """Lay out what Chalice packages: the app alone, since the dependencies are ours to add."""
    project.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(source, project / name)
    (project / "requirements.txt").touch()
    (project / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", project / ".chalice")
    (project / "additions.json").write_text(json.dumps(additions(ROOT / ".chalice")))


def _run_chalice(project: Path, stage: str, out: Path) -> None:
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "package", "--stage", stage]
    done = subprocess.run(
        [*command, "--merge-template", "additions.json", str(out)],
        cwd=project,
        env={**os.environ, **_PLACEHOLDERS, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PackagingError(f"chalice package failed:\n{done.stdout}{done.stderr}")


def _finish(template: dict[str, Any], stage: str, target: Target) -> None:
    """Say what Chalice cannot be told.

    The stage, to the functions. The Python and the processor that the code was packaged for, which it takes from this
    machine. And that a method no route has reaches the app all the same, which answers it in its interface's words.
    """
    template["Globals"]["Function"]["Environment"]["Variables"]["STAGE"] = stage
    for logical_id, properties in functions(template):
        if "Fn::GetAtt" not in properties["Role"]:
            raise PackagingError(f"The function {logical_id} needs a Role in .chalice/resources-functions.json")
        properties["Runtime"] = target.runtime
        properties["Architectures"] = [target.architecture or "x86_64"]
    for methods in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        answered = next(operation for method, operation in methods.items() if method != "options")
        methods["x-amazon-apigateway-any-method"] = answered


def _zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            target.writestr(entry, path.read_bytes())


def main() -> None:
    """Package a stage from the command line."""
    parser = argparse.ArgumentParser(description="Package Slotport for AWS.")
    parser.add_argument("stage")
    parser.add_argument("--runtime", default=AWS.python, help="the Python version on Lambda, such as 3.11")
    parser.add_argument("--architecture", default=AWS.architecture, choices=["x86_64", "arm64"])
    arguments = parser.parse_args()
    try:
        made = package(arguments.stage, Target(arguments.runtime, arguments.architecture), BUILD / arguments.stage)
    except PackagingError as error:
        parser.exit(1, f"{error}\n")
    for path in made:
        sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
