"""What a run writes, for every shape a definition can ask for."""

import csv
import hashlib
import io
import json
import tarfile
from xml.etree import ElementTree

import orjson
import pytest
from icalendar import Calendar

from chalicelib.domain.export_fields import SLOT_FIELDS
from chalicelib.domain.exports import CsvOptions, Definition, ExportFile, Format, Packer, Transport
from chalicelib.formats.export_files.xml_file import NAMESPACE
from chalicelib.formats.ical import read
from chalicelib.services.export_objects.slots import SlotObjects
from tests.unit.services.export_run.conftest import GROUP, NOW, OWNER, NoTransports, World, slot

ALL: tuple[Format, ...] = ("json", "xml", "csv", "ical")


def uids_in(content: bytes) -> list[str]:
    return [one["uid"] for one in orjson.loads(content)]


def numbers(*places: int) -> list[str]:
    return [f"slot-{place:04d}" for place in places]


@pytest.mark.parametrize("shard_objects", [7, 1_000])
def test_run_writes_every_format_the_same_however_many_shards(
    world: World, shard_objects: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.services.export_run.preparation.SHARD_OBJECTS", shard_objects)
    world.accounts.ensure_group(7, GROUP)
    world.add(*(slot(number) for number in range(30)))
    world.define(Definition(formats=ALL))

    ref = world.finish()

    files = world.files(ref)
    assert world.zipped(ref) == files
    assert sorted(files) == ["SHA256SUMS", "manifest.json", "slots.csv", "slots.ics", "slots.json", "slots.xml"]
    expected = numbers(*range(30))
    assert uids_in(files["slots.json"]) == expected
    assert [row["uid"] for row in csv.DictReader(io.StringIO(files["slots.csv"].decode()))] == expected
    assert [one.get("key") for one in ElementTree.fromstring(files["slots.xml"]).iter(f"{{{NAMESPACE}}}object")] == expected
    assert [entry.slot.uid for entry in read([files["slots.ics"]])] == expected  # type: ignore[union-attr]  # none is rejected
    assert world.state() == (
        "done",
        [("EXPORT_INSERT", {}), ("EXPORT_START", {}), ("EXPORT_FINISH", {"objects": 30, "files": 6})],
    )


def test_calendar_of_many_shards_is_one_with_each_zone_described_once(world: World, small_shards: None) -> None:
    world.add(*(slot(number)._replace(timezone="Europe/Berlin") for number in range(30)))
    world.define(Definition(formats=("ical",)))

    content = world.files(world.finish())["slots.ics"]

    calendar = Calendar.from_ical(content)  # it refuses several
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert len(calendar.walk("VEVENT")) == 30


def test_papers_tell_what_is_there(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(30)))
    world.define(Definition(name="Überblick", formats=("json", "csv")))

    ref = world.finish()

    files = world.files(ref)
    sums = [line.split("  ", 1) for line in files["SHA256SUMS"].decode().splitlines()]
    assert sums == [[hashlib.sha256(files[path]).hexdigest(), path] for path in ("manifest.json", "slots.csv", "slots.json")]
    assert json.loads(files["manifest.json"]) == {
        "manifest": 1,
        "export": 5,
        "name": "Überblick",
        "version": 1,
        "run": 1,
        "time": "2026-03-04T05:06:08Z",
        "type": "export",
        "objecttype": "slot",
        "objects": 30,
        "files": {"csv": 1, "json": 1},
        "incremental": None,
        "revisions": "",
    }
    index = orjson.loads(world.objects.objects[ref.index_key(0)].body)
    assert [ExportFile(**row) for row in index] == [
        ExportFile(path, len(files[path]), hashlib.sha256(files[path]).hexdigest()) for path in sorted(files)
    ]


def test_nothing_but_the_result_is_left(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(30)))
    world.define(Definition(formats=("json",), transports=(Transport("download", "tar"),)))

    world.finish()

    assert sorted(world.objects.objects) == [
        "exports/5/1/archives/all.tar",
        "exports/5/1/archives/all.zip",
        "exports/5/1/files/SHA256SUMS",
        "exports/5/1/files/manifest.json",
        "exports/5/1/files/slots.json",
        "exports/5/1/index/000000.json",
    ]


def test_export_of_nothing_is_valid(world: World) -> None:
    world.define(Definition(formats=ALL))

    files = world.files(world.finish())

    assert files["slots.json"] == b"[]"
    assert files["slots.csv"].count(b"\r\n") == 1
    assert len(ElementTree.fromstring(files["slots.xml"])) == 0
    assert list(read([files["slots.ics"]])) == []


@pytest.mark.parametrize("flat", [False, True])
def test_batches_are_folders_also_across_shards(world: World, small_shards: None, flat: bool) -> None:
    world.add(*(slot(number) for number in range(23)))
    world.define(Definition(formats=("json", "ical"), batch_size=10, flat=flat))

    ref = world.finish()

    files = world.files(ref)
    assert world.zipped(ref) == files
    path = "slots-00000{}.{}" if flat else "00000{}/slots.{}"
    assert {name: uids_in(content) for name, content in files.items() if name.endswith("json") and "slots" in name} == {
        path.format(1, "json"): numbers(*range(10)),
        path.format(2, "json"): numbers(*range(10, 20)),
        path.format(3, "json"): numbers(*range(20, 23)),
    }
    entries = [[entry.slot.uid for entry in read([files[path.format(batch, "ics")]])] for batch in (1, 2, 3)]  # type: ignore[union-attr]  # none is rejected
    assert entries == [numbers(*range(10)), numbers(*range(10, 20)), numbers(*range(20, 23))]


def test_one_file_per_object(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(9)))
    world.define(Definition(formats=("json", "ical"), one_file_per_object=("json",), filename_template="%n% %uid%"))

    ref = world.finish()

    files = world.files(ref)
    assert world.zipped(ref) == files
    single = {name: content for name, content in files.items() if name.startswith("slots/")}
    assert {name: orjson.loads(content)["uid"] for name, content in single.items()} == {
        f"slots/00000{number + 1} slot-000{number}.json": f"slot-000{number}" for number in range(9)
    }
    assert "slots.ics" in files


def test_names_that_collide_are_numbered_across_shards(world: World, small_shards: None) -> None:
    world.add(*(slot(number, title="MEETING" if number % 2 else "Meeting") for number in range(20)))
    world.define(Definition(formats=("json",), one_file_per_object=("json",), filename_template="%title%"))

    ref = world.finish()

    names = [name for name in world.files(ref) if name.startswith("slots/")]
    assert sorted(orjson.loads(world.files(ref)[name])["uid"] for name in names) == numbers(*range(20))
    assert len({name.casefold() for name in names}) == 20
    assert "slots/Meeting.json" in names
    assert "slots/MEETING-2.json" in names


def test_objects_in_folders(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(12)))
    world.define(Definition(formats=("xml",), one_file_per_object=("xml",), batch_size=5))

    ref = world.finish()

    assert sorted(name for name in world.files(ref) if name.endswith("xml")) == [
        f"{number // 5 + 1:06d}/slot-{number:04d}.xml" for number in range(12)
    ]


def test_too_many_files_is_a_failed_run_that_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.export_run.preparation.MAX_OBJECT_FILES", 3)
    world.add(*(slot(number) for number in range(4)))
    world.define(Definition(formats=("json",), one_file_per_object=("json",)))

    outline = world.run.prepare(world.begin())

    reason = "too_many_object_files (objects=4, limit=3)"
    assert list(outline.shards) == []
    assert world.state() == ("failed", [("EXPORT_INSERT", {}), ("EXPORT_START", {}), ("EXPORT_FAILED", {"reason": reason})])
    assert world.objects.objects == {}


def test_order_asked_for_runs_across_shards(world: World, small_shards: None) -> None:
    world.accounts.ensure_group(7, GROUP)
    world.add(*(slot(number, title=f"{'zyx'[number % 3]}") for number in range(20)))
    search = {"search": [], "sort": [{"field": "title", "order": "ASC"}, {"field": "start", "order": "DESC"}]}
    world.define(Definition(search=search, formats=ALL, batch_size=15))

    ref = world.finish()

    files = world.files(ref)
    wanted = [
        number for letter in (2, 1, 0) for number in sorted(range(letter, 20, 3), key=lambda number: (-(number // 2), number))
    ]
    assert world.zipped(ref) == files
    assert uids_in(files["000001/slots.json"]) + uids_in(files["000002/slots.json"]) == numbers(*wanted)
    assert orjson.loads(files["000001/slots.json"])[0]["start"].endswith("Z")


def test_fields_with_display_names(world: World) -> None:
    world.accounts.ensure_group(7, GROUP)
    world.add(slot(0))
    fields = {"uid": "Id", "location.city": "City", "group.name": "Groups"}
    world.define(Definition(formats=("json", "xml", "csv"), fields=fields, csv=CsvOptions(delimiter=";", use_bom=True)))

    files = world.files(world.finish())

    assert orjson.loads(files["slots.json"]) == [{"Id": "slot-0000", "City": "Köln", "Groups": ["Friends"]}]
    assert files["slots.csv"] == "\ufeffId;City;Groups\r\nslot-0000;Köln;Friends\r\n".encode()
    assert [field.get("name") for field in ElementTree.fromstring(files["slots.xml"])[0]] == ["Id", "City", "Groups"]


def test_columns_empty_everywhere_can_be_left_out(world: World, small_shards: None) -> None:
    world.add(*(slot(number, description="", groups=()) for number in range(10)))
    world.define(Definition(formats=("csv",), csv=CsvOptions(empty_columns=False)))

    header = world.files(world.finish())["slots.csv"].split(b"\r\n")[0]

    assert header == b"uid,title,visibility,start,end,allday,location.name,location.city"


@pytest.mark.parametrize(("count", "more"), [(0, []), (10, list(SLOT_FIELDS[3:]))])
def test_columns_that_only_a_look_at_the_objects_tells_stay_in_when_empty(
    world: World, small_shards: None, monkeypatch: pytest.MonkeyPatch, count: int, more: list[str]
) -> None:
    monkeypatch.setattr(SlotObjects, "columns", lambda _self, _export: SLOT_FIELDS[:3])
    monkeypatch.setattr(SlotObjects, "adds_columns", lambda _self, _export: True)
    world.add(*(slot(number, description="", groups=()) for number in range(count)))
    world.define(Definition(formats=("csv",)))

    header, *rows = world.files(world.finish())["slots.csv"].splitlines()

    assert header.decode().split(",") == [*SLOT_FIELDS[:3], *more]
    assert len(rows) == count


def test_table_without_columns_is_an_empty_file(world: World, small_shards: None) -> None:
    world.define(Definition(formats=("csv",), csv=CsvOptions(empty_columns=False)))

    assert world.files(world.finish())["slots.csv"] == b""


def test_every_packer_packs_the_same_files(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(30)))
    packers: tuple[Packer, ...] = ("zip", "tar", "tar_gz", "tar_bz2", "zip_10mb")
    world.define(Definition(formats=ALL, batch_size=8, transports=tuple(Transport("download", packer) for packer in packers)))

    ref = world.finish()

    files = world.files(ref)
    for extension in ("tar", "tar.gz", "tar.bz2"):
        with tarfile.open(fileobj=io.BytesIO(world.objects.objects[ref.archive_key(extension)].body)) as archive:
            packed = {member.name: archive.extractfile(member) for member in archive.getmembers()}
            assert {name: content.read() for name, content in packed.items() if content} == files
    assert world.zipped(ref, "1.zip") == files
    dossier = world.exports.dossier(5)
    assert dossier is not None
    assert dossier.latest is not None
    assert dossier.latest.result is not None
    assert {archive.extension: archive.size for archive in dossier.latest.result.archives} == {
        extension: len(world.objects.objects[ref.archive_key(extension)].body)
        for extension in ("zip", "tar", "tar.gz", "tar.bz2", "1.zip")
    }


def test_split_archives_are_each_complete(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.export_run.packing.SPLIT_SIZES", {"zip_10mb": 2_000})
    world.add(*(slot(number) for number in range(30)))
    definition = Definition(formats=("json",), one_file_per_object=("json",), transports=(Transport("download", "zip_10mb"),))
    world.define(definition)

    ref = world.finish()

    parts = [key for key in sorted(world.objects.objects) if "/all." in key and not key.endswith("all.zip")]
    found = [world.zipped(ref, key.partition("/all.")[2]) for key in parts]
    assert len(parts) > 2
    assert {name: content for part in found for name, content in part.items()} == world.files(ref)
    assert sum(map(len, found)) == len(world.files(ref))
    assert all(sum(map(len, part.values())) <= 2_000 or len(part) == 1 for part in found)


def test_objects_added_while_a_run_goes_take_nothing_from_others(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(20)))
    world.define(Definition(formats=("json", "csv"), one_file_per_object=("json",), batch_size=4, filename_template="%n%"))
    ref = world.begin()
    steps = world.steps(ref)
    world.add(slot(100, start=NOW), slot(101, start=NOW))
    world.slots.delete(OWNER, "slot-0013")

    for step in steps:
        step()

    files = world.files(ref)
    found = sorted(orjson.loads(content)["uid"] for name, content in files.items() if name.endswith(".json") and "/" in name)
    assert found == sorted(set(numbers(*range(20), 100, 101)) - {"slot-0013"})
    assert world.zipped(ref) == files
    rows = [row for name, content in files.items() if name.endswith("csv") for row in csv.DictReader(io.StringIO(content.decode()))]
    assert sorted(row["uid"] for row in rows) == found


def test_first_shard_emptied_while_a_run_goes_leaves_valid_files(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(20)))
    world.define(Definition(formats=ALL))
    ref = world.begin()
    steps = world.steps(ref)
    for number in range(10):
        world.slots.delete(OWNER, f"slot-{number:04d}")

    for step in steps:
        step()

    assert uids_in(world.files(ref)["slots.json"]) == numbers(*range(10, 20))
    assert world.zipped(ref) == world.files(ref)


def test_progress_rises_with_every_shard_and_ends_equal(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(20)))
    world.define(Definition(formats=("json",)))
    ref = world.begin()
    seen = []

    for step in world.steps(ref):
        dossier = world.exports.dossier(5)
        assert dossier is not None
        assert dossier.latest is not None
        seen.append(dossier.latest.progress)
        step()

    assert seen[:4] == [(0, 20), (7, 20), (14, 20), (20, 20)]
    dossier = world.exports.dossier(5)
    assert dossier is not None
    assert dossier.export.progress == (20, 20)


def test_file_of_an_object_that_is_gone_when_a_task_runs_again_goes_too(world: World) -> None:
    world.add(slot(1), slot(2))
    world.define(Definition(formats=("json",), one_file_per_object=("json",)))
    ref = world.begin()
    write, *others = world.steps(ref)
    write()
    before = set(world.files(ref))
    world.slots.delete(OWNER, "slot-0002")
    for step in (write, *others):  # the first task was killed at its end
        step()
    files = world.files(ref)
    assert before - files.keys() == {path for path in before if "slot-0002" in path} != set()
    assert files == world.zipped(ref)


def test_delivery_that_is_recorded_is_not_made_again(world: World) -> None:
    world.add(slot(1))
    world.define(Definition(formats=("json",), transports=(Transport("download"),)))
    ref = world.begin()
    for step in world.steps(ref)[:-1]:
        step()
    world.run.deliver(ref, 0)
    assert [delivery.place for delivery in world.transports.delivered] == [0]


def test_deliveries_come_when_the_run_can_be_downloaded(world: World) -> None:
    world.define(Definition(transports=(Transport("webhook"), Transport("download"))))
    seen = []

    class Watching(NoTransports):
        def deliver(self, delivery: object) -> None:
            dossier = world.exports.dossier(5)
            assert dossier is not None
            assert dossier.latest is not None
            seen.append(dossier.latest.result is not None)

    world.transports = Watching()
    world.finish()

    assert seen == [True, True]


def test_shards_grow_rather_than_be_too_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.export_run.preparation.SHARD_OBJECTS", 2)
    monkeypatch.setattr("chalicelib.services.export_run.preparation.MAX_SHARDS", 5)
    world.add(*(slot(number) for number in range(30)))
    world.define(Definition(formats=("json",)))

    outline = world.run.prepare(world.begin())

    assert list(outline.shards) == [0, 1, 2, 3, 4]
