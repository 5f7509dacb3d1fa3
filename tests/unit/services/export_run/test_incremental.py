"""Incremental runs: what was added, changed or removed, judged by revisions."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.exports import Definition, RunRef
from chalicelib.services.export_run import preparation
from chalicelib.services.export_run.revisions import RECORD, Ledger, Recorded, gone, key_digest, merged, record_of, recorded_keys
from chalicelib.services.ports.exports import ExportObject
from tests.examples import examples
from tests.unit.services.export_run.conftest import GROUP, OWNER, USER, World, slot

DEFINITION = Definition(type="export_incremental", formats=("json",))


def written(world: World, ref: RunRef) -> tuple[list[str], list[str] | None]:
    files = world.files(ref)
    deleted = orjson.loads(files["deleted.json"]) if "deleted.json" in files else None
    assert world.zipped(ref) == files
    return [one["uid"] for one in orjson.loads(files["slots.json"])], deleted


def edit(world: World, uid: str, **changes: Any) -> None:
    stored = world.slots.get(OWNER, uid)
    assert stored is not None
    world.slots.replace(OWNER, stored.slot._replace(**changes), revision=stored.revision)


@pytest.mark.parametrize("sort", [[], [{"field": "title", "order": "ASC"}]])
def test_second_run_holds_what_changed_and_names_what_is_gone(world: World, small_shards: None, sort: list[object]) -> None:
    world.add(*(slot(number, title="same") for number in range(20)))
    world.define(replace(DEFINITION, search={"search": [], "sort": sort}))
    assert written(world, world.finish()) == ([f"slot-{number:04d}" for number in range(20)], None)

    edit(world, "slot-0003", title="changed")
    edit(world, "slot-0005", start=slot(30).start)
    world.add(slot(40, title="same"))
    world.slots.delete(OWNER, "slot-0007")
    world.slots.delete(OWNER, "slot-0019")
    found, deleted = written(world, world.finish())

    assert sorted(found) == ["slot-0003", "slot-0005", "slot-0040"]
    assert deleted == ["slot-0007", "slot-0019"]
    assert written(world, world.finish()) == ([], [])


@pytest.mark.parametrize("shard_files", [2, 100])
def test_object_that_is_called_as_a_paper_takes_nothing_from_it(
    world: World, monkeypatch: pytest.MonkeyPatch, shard_files: int
) -> None:
    monkeypatch.setattr(preparation, "SHARD_FILES", shard_files)
    named = ("manifest", "deleted")
    world.add(*(slot(number) for number in range(5)), *(slot(9, uid=uid) for uid in named))
    world.define(replace(DEFINITION, one_file_per_object=("json",), flat=True))
    world.finish()
    for uid in named:
        edit(world, uid, title="changed")

    ref = world.finish()

    files = world.files(ref)
    assert world.zipped(ref) == files
    assert (orjson.loads(files["manifest.json"])["objects"], files["deleted.json"]) == (2, b"[]\n")
    assert [orjson.loads(files[f"{uid}-2.json"])["uid"] for uid in named] == list(named)


def test_only_the_content_counts_not_the_clock(world: World) -> None:
    world.add(slot(1))
    world.define(DEFINITION)
    world.finish()

    edit(world, "slot-0001", changed=slot(500).start)

    assert written(world, world.finish()) == ([], [])


def test_group_that_is_renamed_or_gone_changes_its_slots(world: World) -> None:
    world.accounts.ensure_group(USER.id, GROUP)
    world.add(slot(1), slot(6))  # the second one is in the group
    world.define(DEFINITION)
    world.finish()

    world.accounts.replace_group(USER.id, GROUP._replace(name="Family"))
    assert written(world, world.finish()) == (["slot-0006"], [])
    assert written(world, world.finish()) == ([], [])
    world.accounts.delete_group(USER.id, GROUP.uuid)
    assert written(world, world.finish()) == (["slot-0006"], [])


def test_first_run_after_another_search_or_format_is_full(world: World) -> None:
    world.add(slot(1), slot(2))
    world.define(DEFINITION)
    world.finish()
    was = world.exports.dossier(5)
    assert was is not None

    changed = replace(DEFINITION, formats=("json", "csv"))
    world.exports.replace_export(replace(was.export, definition=changed, version=2, state="new"), was=was, log=None, now=world.now)

    assert written(world, world.finish()) == (["slot-0001", "slot-0002"], None)


def test_run_is_full_when_the_files_of_its_base_are_gone(world: World) -> None:
    world.add(slot(1))
    world.define(DEFINITION)
    ref = world.finish()
    world.objects.delete([key for key in world.objects.objects if key.startswith(ref.prefix)])

    assert written(world, world.finish()) == (["slot-0001"], None)


def test_failed_run_is_no_base(world: World) -> None:
    world.add(slot(1))
    world.define(DEFINITION)
    world.finish()
    world.add(slot(2))
    failed = world.begin()
    for step in world.steps(failed)[:-1]:
        step()
    world.run.fail(failed, "on purpose")

    assert written(world, world.finish()) == (["slot-0002"], [])


def test_what_left_the_search_is_gone(world: World) -> None:
    world.add(slot(1, title="in"), slot(2, title="in"))
    search = {"search": [{"type": "match", "fields": ["title"], "string": "in", "mode": "fulltext"}]}
    world.define(replace(DEFINITION, search=search))
    world.finish()

    edit(world, "slot-0002", title="out")

    assert written(world, world.finish()) == ([], ["slot-0002"])


objects = st.dictionaries(st.text(max_size=5), st.sampled_from(["r1", "r2", "r3"]), max_size=20)


def ledgers(found: dict[str, str]) -> tuple[bytes, bytes]:
    """Give the two files of a run whose objects were in three shards."""
    shards = [Ledger() for _ in range(3)]
    for place, (key, revision) in enumerate(found.items()):
        shards[place % 3].add(ExportObject(key, revision, slot(0)))
    pairs = list(merged([shard.content()[start : start + 7] for start in range(0, 10_000, 7)] for shard in shards))
    return b"".join(record for record, _ in pairs), b"".join(key + b"\n" for _, key in pairs)


@examples(60)
@given(objects, objects)
def test_comparison_agrees_with_a_dictionary(before: dict[str, str], after: dict[str, str]) -> None:
    records, keys = ledgers(before)
    now, _ = ledgers(after)
    recorded = Recorded(records)
    digests = (now[start : start + RECORD][:12] for start in range(0, len(now), RECORD))
    pairs = recorded_keys([records[start : start + 9] for start in range(0, len(records), 9)], [keys])

    changed = {key for key, revision in after.items() if record_of(ExportObject(key, revision, slot(0))) not in recorded}
    removed = {orjson.loads(key) for key in gone(pairs, digests)}

    assert changed == {key for key, revision in after.items() if before.get(key) != revision}
    assert removed == before.keys() - after.keys()
    assert records == b"".join(
        sorted(key_digest(key) + record_of(ExportObject(key, rev, slot(0)))[12:] for key, rev in before.items())
    )
