"""Runs every benchmark, one after another, each in a process of its own.

python -m deployment.bench [name ...]
"""

from __future__ import annotations

import subprocess
import sys

from deployment.package import ROOT


def names() -> list[str]:
    """List the modules in `benchmarks/` that can be run; those that start with an underscore serve the others."""
    files = (ROOT / "benchmarks").glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_") and "__main__" in file.read_text())


def main() -> None:
    """Run the benchmarks named, or all; fails when one fails."""
    failed = []
    for name in sys.argv[1:] or names():
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        sys.exit(f"\nFailed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
