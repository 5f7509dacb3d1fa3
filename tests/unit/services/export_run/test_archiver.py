"""Archives that are made when somebody first asks for them."""

import io
import tarfile
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.exports import Archive, Definition, RunRef
from chalicelib.services.export_run import archiver
from chalicelib.services.ports.objects import ObjectInfo
from tests.unit.services.export_run.conftest import NOW, World, slot

LATER = (NOW + timedelta(seconds=25)).timestamp()


@pytest.fixture
def ref(world: World, small_shards: None) -> RunRef:
    world.add(*(slot(number) for number in range(20)))
    world.define(Definition(formats=("json", "csv"), one_file_per_object=("json",), batch_size=6))
    return world.finish()


def test_folder_is_zipped_at_once_when_it_is_small(world: World, ref: RunRef) -> None:
    made = world.archiver.make(ref, packer="zip", folder="000002", deadline=LATER)

    body = world.objects.objects[ref.archive_key("zip", "000002")].body
    assert made == Archive("zip", len(body))
    packed = world.zipped_at(ref.archive_key("zip", "000002"))
    assert packed == {path: content for path, content in world.files(ref).items() if path.startswith("000002/")}
    assert len(packed) == 7


def test_file_is_zipped_by_its_name_alone(world: World, ref: RunRef) -> None:
    world.archiver.make(ref, packer="zip", folder="000001/slots.csv", deadline=LATER)

    packed = world.zipped_at(ref.archive_key("zip", "000001/slots.csv"))
    assert packed == {"slots.csv": world.files(ref)["000001/slots.csv"]}


def test_tar_that_no_transport_asked_for(world: World, ref: RunRef) -> None:
    world.archiver.make(ref, packer="tar_bz2", folder="", deadline=LATER)

    with tarfile.open(fileobj=io.BytesIO(world.objects.objects[ref.archive_key("tar.bz2")].body)) as archive:
        packed = {member.name: archive.extractfile(member) for member in archive}
        assert {name: content.read() for name, content in packed.items() if content} == world.files(ref)


@pytest.mark.parametrize("folder", ["nothing", "00000", "000001/slots", "../1"])
def test_folder_that_is_not_there(world: World, ref: RunRef, folder: str) -> None:
    with pytest.raises(NotFound) as missing:
        world.archiver.make(ref, packer="zip", folder=folder, deadline=LATER)
    assert (missing.value.code, missing.value.details) == ("export_file", {"id": 5, "path": folder})


@pytest.mark.parametrize(("limit", "deadline"), [(10, LATER), (10**9, (NOW + timedelta(seconds=5)).timestamp())])
def test_archive_that_takes_too_long_is_made_by_a_job(
    world: World, ref: RunRef, limit: int, deadline: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiver, "AT_ONCE", limit)
    asked = [world.archiver.make(ref, packer="zip", folder="000001", deadline=deadline) for _ in range(3)]

    assert asked == [None, None, None]
    (state,) = world.machine.executions.values()
    assert state == {"export_id": 5, "run": 1, "archive": {"packer": "zip", "folder": "000001"}}
    world.archiver.make_now(ref, "zip", "000001")
    assert len(world.zipped_at(ref.archive_key("zip", "000001"))) == 7


def test_archive_of_an_export_that_is_deleted_meanwhile_does_not_stay(
    world: World, ref: RunRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = world.objects.write

    def write_too_late(key: str, chunks: Iterable[bytes], **how: Any) -> ObjectInfo:
        was = world.exports.dossier(ref.export_id)
        if was is not None:
            world.exports.delete_export(was=was, now=NOW)
        return write(key, chunks, **how)

    monkeypatch.setattr(world.objects, "write", write_too_late)
    before = set(world.objects.objects)

    with pytest.raises(NotFound):
        world.archiver.make(ref, packer="tar", folder="", deadline=LATER)
    assert set(world.objects.objects) == before


def test_job_that_finds_its_run_gone_makes_nothing(world: World, ref: RunRef) -> None:
    world.objects.delete(list(world.objects.objects))

    world.archiver.make_now(ref, "zip", "000001")

    assert world.objects.objects == {}
