"""Runs every benchmark, one after another, each in a process of its own, and says at the end what each found and which kept bounds.

python -m deployment.bench [--million] [name ...]

`--million` measures, where a benchmark has it, up to a million slots. A benchmark sums itself up in a line that begins with
`=>`; of one that does not, the end says what it is about.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from typing import Final, NamedTuple

from deployment.package import ROOT

LARGE: Final = "--million"
SUM: Final = "=>"


class Outcome(NamedTuple):
    """How a benchmark ended."""

    kept: bool
    """Whether it is within the bounds that it checks."""
    found: str
    """What it found, in a line."""
    fault: str = ""
    """The end of what it complained of."""


def names() -> list[str]:
    """List the modules in `benchmarks/` that can be run; those that start with an underscore serve the others."""
    files = (ROOT / "benchmarks").glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_") and "__main__" in file.read_text())


def command(name: str, *, large: bool) -> list[str]:
    """Give the command that runs a benchmark and fails when it is out of its bounds."""
    goes_far = large and LARGE in (ROOT / "benchmarks" / f"{name}.py").read_text()
    return [sys.executable, "-m", f"benchmarks.{name}", "--check", *([LARGE] if goes_far else [])]


def about(name: str) -> str:
    """Say what a benchmark measures: the first line of its text."""
    text = ast.get_docstring(ast.parse((ROOT / "benchmarks" / f"{name}.py").read_text())) or ""
    return text.partition("\n")[0]


def run(name: str, *, large: bool) -> Outcome:
    """Run a benchmark, and pass on what it prints."""
    found = ""
    with tempfile.TemporaryFile("w+") as complaints:
        arguments, as_it_comes = command(name, large=large), {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            arguments, cwd=ROOT, env=as_it_comes, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith(SUM):
                    found = line.removeprefix(SUM).strip()
        complaints.seek(0)
        said = complaints.read()
    sys.stderr.write(said)
    found = found or about(name)
    if process.returncode == 0:
        return Outcome(kept=True, found=found)
    return Outcome(kept=False, found=found, fault=(said.strip().splitlines() or [f"exit {process.returncode}"])[-1])


def main() -> None:
    """Run the benchmarks named, or all; fails when one fails or is out of its bounds."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(LARGE, action="store_true")
    arguments.add_argument("names", nargs="*", metavar="name")
    given = arguments.parse_args()
    outcomes: dict[str, Outcome] = {}
    for name in given.names or names():
        print(f"\n== {name}", flush=True)
        outcomes[name] = run(name, large=given.million)
    kept = sum(outcome.kept for outcome in outcomes.values())
    print(f"\n== in short: {kept} of {len(outcomes)} within their bounds")
    for name, outcome in outcomes.items():
        print(f"{name:17} {'ok ' if outcome.kept else 'NOT'} {outcome.found}".rstrip())
        if outcome.fault:
            print(f"{'':21} {outcome.fault}")
    if kept < len(outcomes):
        sys.exit(1)


if __name__ == "__main__":
    main()
