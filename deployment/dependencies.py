"""The third-party packages of `requirements.txt`, installed for the machine that runs them, small and compiled."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from deployment.locks import locked
from deployment.template import PackagingError

NOT_SHIPPED: Final = ("chalice",)
"""Chalice packages the part of itself that runs; the rest (boto3, click, pip ...) is for the packaging machine."""
PRUNED: Final = ("**/test", "**/tests", "**/testing", "**/*.pyi", "**/*.c", "**/*.h", "**/*.dist-info/RECORD", "bin", "include")
"""What no function ever reads."""
PLATFORMS: Final = {"x86_64": "x86_64", "arm64": "aarch64"}
"""Lambda's names of architectures, and those of wheels."""
NEWEST_GLIBC: Final = 34
"""Minor version of the C library in Lambda's Python 3.12 images and later; 3.11 and before have an older one."""
OLDER_GLIBC: Final = 26


class Target(NamedTuple):
    """The machine that runs the package. `architecture` None: this very machine, whatever it is."""

    python: str
    """Such as `3.11`."""
    architecture: str | None

    @property
    def runtime(self) -> str:
        """Lambda's name of the Python version."""
        return f"python{self.python}"


LOCAL: Final = Target(f"{sys.version_info.major}.{sys.version_info.minor}", None)


def install(requirements: Path, target: Target, cache: Path) -> Path:
    """Install the packages once per content of the file and target; give the folder they are in. Raises `PackagingError`."""
    wanted = [line for line in requirements.read_text().splitlines() if line.partition("==")[0].strip() not in NOT_SHIPPED]
    how = [target.runtime, str(target.architecture), str(interpreter(target.python)), Path(__file__).read_text()]
    recipe = "\n".join([*wanted, *how])
    folder = cache / f"dependencies-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"
    with locked(folder.with_suffix(".lock")):
        if not folder.is_dir():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            _pip_install(wanted, target, unfinished)
            _prune(unfinished)
            compile_all(unfinished, target)
            unfinished.rename(folder)
    return folder


def compile_all(folder: Path, target: Target) -> bool:
    """Compile every module, so that a cold start on a read-only disk need not; False when no such Python is here.

    The compiled files are hash-based and unchecked: they count whatever the file times in the package are.
    Raises `PackagingError`.
    """
    python = interpreter(target.python)
    if python is None:
        return False
    command = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task"]
    seeded = {**os.environ, "PYTHONHASHSEED": "0"}  # the same source gives the same bytes
    done = subprocess.run([*command, str(folder)], env=seeded, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingError(f"Not everything compiles with Python {target.python}:\n{done.stdout}{done.stderr}")
    return True


def interpreter(version: str) -> str | None:
    """Find a Python of that version on this machine."""
    if version == LOCAL.python:
        return sys.executable
    found = shutil.which(f"python{version}")
    if found is None:
        return None
    answer = subprocess.run(
        [found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=False
    )
    return found if answer.stdout.strip() == version else None


def _pip_install(wanted: list[str], target: Target, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--target", str(folder)]
    if target.architecture is not None:
        glibc = NEWEST_GLIBC if int(target.python.partition(".")[2]) >= 12 else OLDER_GLIBC
        machine = PLATFORMS[target.architecture]
        for minor in range(glibc, 4, -1):
            command += ["--platform", f"manylinux_2_{minor}_{machine}"]
        command += ["--platform", f"manylinux2014_{machine}"]
        command += ["--python-version", target.python, "--implementation", "cp", "--only-binary", ":all:"]
    if subprocess.run([*command, *wanted], check=False).returncode != 0:
        raise PackagingError("The packages of requirements.txt could not be installed; what pip says of it stands above.")


def _prune(folder: Path) -> None:
    for pattern in PRUNED:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
