"""What is served was built from what stands in `web/` now, and can be built again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from chalicelib.api.site.routes import FILES

WEB = Path(__file__).parents[3] / "web"


def test_the_build_is_of_these_sources() -> None:
    tops = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json"]
    files = [*(WEB / top for top in tops), *(path for path in (WEB / "src").rglob("*") if path.is_file())]
    now = {path.relative_to(WEB).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    recorded = json.loads((FILES / "SOURCE.json").read_text())["sources"]
    assert {name for name in {*now, *recorded} if now.get(name) != recorded.get(name)} == set(), "run `make web`"


@pytest.mark.skipif(shutil.which("node") is None, reason="the site is built again only where there is Node.js")
@pytest.mark.skipif(
    not (WEB / "node_modules").is_dir(), reason="the site is built again only where `make web` has installed its packages"
)
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=WEB, check=True, timeout=300, capture_output=True)
    again = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert again == {path.relative_to(FILES).as_posix(): path.read_bytes() for path in FILES.rglob("*") if path.is_file()}
