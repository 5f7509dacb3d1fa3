"""The README's tour works as it is printed."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_tour_of_the_readme_works(base_url: str, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE))
    assert "http://127.0.0.1:8000" in commands
    mine = {"http://127.0.0.1:8000": base_url, "@tests/": f"@{ROOT}/tests/", "ada@": "reader@", "democon": "readers-con"}
    script = commands
    for printed, own in mine.items():
        script = script.replace(printed, own)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    for promised in (
        '"username":"Ada"',
        '"created":25,"updated":0,"unchanged":0,"rejected":[],"ignored":{"VTODO":1}',
        '"created":0,"updated":0,"unchanged":25',
        '"occurrences":[',
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Slotport//EN",
        "\npending\ndone\n",
        "slots.ics",
        "/v1/feeds/",
        '"timeslots":[{"id":"1"',
        "LOCATION:Table 1 (Hall)",
    ):
        assert promised in ran.stdout.replace("\r\n", "\n"), promised
