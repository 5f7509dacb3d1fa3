"""Checks the packaged template and the state machines in it with cfn-lint, after the transform that AWS applies.

python -m deployment.lint_template
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deployment.package import AWS, BUILD, package
from deployment.template import PackagingError

REGION = "eu-central-1"


def main() -> None:
    """Package and check; exits with the checker's code."""
    try:
        template = package("lint", AWS, BUILD / "lint").template
    except PackagingError as error:
        sys.exit(f"{error}")
    checker = Path(sys.executable).with_name("cfn-lint")
    sys.exit(subprocess.run([checker, "--regions", REGION, "--template", str(template)], check=False).returncode)


if __name__ == "__main__":
    main()
