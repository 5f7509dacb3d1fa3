"""How many requests a run makes, which does not depend on the machine."""

from pathlib import Path

import pytest

from benchmarks.export_job import run
from chalicelib.services.export_run import preparation


def test_requests_grow_with_shards_and_parts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty thousand slots in three formats and a zip, in eight shards."""
    monkeypatch.setattr(preparation, "SHARD_OBJECTS", 6_250)

    _, transitions, client = run(50_000, tmp_path)

    assert transitions <= 15 + 3 * 8
    assert max(client.read.values()) == 1
    # a shard: its plan written and read, its report too, and one object per format written and read;
    # the rest: the plan, the three files and the zip in parts, papers, list of files, and what removes what is not needed
    assert sum(client.requests.values()) <= 8 * (4 + 2 * 3) + 40


def test_small_run_makes_few_requests(tmp_path: Path) -> None:
    _, transitions, client = run(100, tmp_path)

    assert transitions <= 15 + 3
    assert sum(client.requests.values()) <= 25
