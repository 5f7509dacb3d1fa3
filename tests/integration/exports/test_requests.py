"""How many requests a run makes, which does not depend on the machine."""

from pathlib import Path

import pytest

from benchmarks.export_job import FILES, Measured, run
from chalicelib.services.export_run import preparation


def of_dynamodb(found: Measured) -> int:
    return sum(found.calls.values()) - found.s3


def test_requests_grow_with_shards_and_parts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty thousand slots in three formats and a zip, in eight shards."""
    monkeypatch.setattr(preparation, "SHARD_OBJECTS", 2_500)

    found = run(20_000, tmp_path)

    assert (found.shards, found.reads) == (8, 1)
    assert found.transitions <= 15 + 3 * 8
    # a shard: its plan written and read, its report too, and one object per format written and read;
    # the rest: the plan, the three files and the zip in parts, papers, list of files, and what removes what is not needed
    assert found.s3 <= 8 * (4 + 2 * 3) + 40
    # every megabyte is read twice, to cut the shards and to write them, and each shard begins a page of its own
    assert found.calls["Query"] <= 2 * found.pages + 8 + 12
    # a note of the progress every two thousand objects, and at the end of a shard
    assert of_dynamodb(found) - found.calls["Query"] <= 20_000 // 2_000 + 8 + 8 + 12


def test_small_run_makes_few_requests(tmp_path: Path) -> None:
    found = run(100, tmp_path)

    assert found.transitions <= 15 + 3
    assert found.s3 <= 25
    assert of_dynamodb(found) <= 25


def test_file_for_each_object_is_one_request_each(tmp_path: Path) -> None:
    few, many = run(100, tmp_path / "few", FILES), run(700, tmp_path / "many", FILES)

    assert many.calls["PutObject"] - few.calls["PutObject"] == 600
    assert many.s3 - few.s3 == 600
    assert of_dynamodb(many) == of_dynamodb(few)
