"""Runs every benchmark, one after another, each in a process of its own, and says at the end which kept their bounds.

python -m deployment.bench [--million] [name ...]

`--million` measures, where a benchmark has it, up to a million slots.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Final

from deployment.package import ROOT

LARGE: Final = "--million"


def names() -> list[str]:
    """List the modules in `benchmarks/` that can be run; those that start with an underscore serve the others."""
    files = (ROOT / "benchmarks").glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_") and "__main__" in file.read_text())


def command(name: str, *, large: bool) -> list[str]:
    """Give the command that runs a benchmark and fails when it is out of its bounds."""
    goes_far = large and LARGE in (ROOT / "benchmarks" / f"{name}.py").read_text()
    return [sys.executable, "-m", f"benchmarks.{name}", "--check", *([LARGE] if goes_far else [])]


def main() -> None:
    """Run the benchmarks named, or all; fails when one fails or is out of its bounds."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(LARGE, action="store_true")
    arguments.add_argument("names", nargs="*", metavar="name")
    given = arguments.parse_args()
    outcomes: dict[str, str] = {}
    for name in given.names or names():
        print(f"\n== {name}", flush=True)
        done = subprocess.run(command(name, large=given.million), cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
        sys.stderr.write(done.stderr)
        lines = done.stderr.strip().splitlines()
        outcomes[name] = "as it should be" if done.returncode == 0 else f"NOT: {lines[-1] if lines else done.returncode}"
    print("\n== in short")
    for name, outcome in outcomes.items():
        print(f"{name:20} {outcome}")
    if any(outcome.startswith("NOT") for outcome in outcomes.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
