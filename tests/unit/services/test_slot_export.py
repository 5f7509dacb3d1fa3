"""What an export says of groups, and what it does when it is long."""

import math

import orjson
import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import NotFound, TooLarge
from chalicelib.services.import_options import ImportOptions
from tests.fakes.services import FakeServices

SEED = orjson.dumps(
    [
        {
            "uid": f"0845ce4a-fddc-4763-9b0b-a9b71b4302{number}",
            "title": f"Slot title {number}",
            "visibility": "public",
            "start": f"2019-09-15T20:44:{number}.000Z",
            "end": f"2019-10-15T20:44:{number}.000Z",
            "location": None,
        }
        for number in range(10, 15)
    ]
)


def _export(
    services: FakeServices, caller: Caller, *, group: str | None = None, max_bytes: int = 10**6, until: float = math.inf
) -> bytes:
    file = services.slot_export.export(
        caller, "timeslot", group=group, content_type="application/json", max_bytes=max_bytes, until=until
    )
    return file.content


def _import(services: FakeServices, caller: Caller, content: bytes) -> None:
    services.slot_import.import_file(caller, content, ImportOptions(), until=math.inf)


def test_file_that_names_no_groups_comes_out_as_it_went_in(services: FakeServices, ada: Caller) -> None:
    _import(services, ada, SEED)
    assert _export(services, ada) == SEED


def test_imports_group_that_was_changed_is_named(services: FakeServices, ada: Caller) -> None:
    _import(services, ada, SEED)
    [imports] = services.account_store.groups(ada.user_id)
    services.account_store.replace_group(ada.user_id, imports._replace(description="Of spring"))
    [first, *_] = orjson.loads(_export(services, ada))
    assert first["groups"] == [{"uuid": imports.uuid, "name": "Imports", "description": "Of spring"}]


def test_group_of_somebody_else_is_no_group(services: FakeServices, ada: Caller, bob: Caller) -> None:
    _import(services, bob, SEED)
    [imports] = services.account_store.groups(bob.user_id)
    with pytest.raises(NotFound) as raised:
        _export(services, ada, group=imports.uuid)
    assert (raised.value.code, raised.value.details) == ("group", {"uuid": imports.uuid})


def test_export_that_cannot_end_in_time_says_so_and_leaves_nothing(services: FakeServices, ada: Caller) -> None:
    _import(services, ada, SEED)
    with pytest.raises(TooLarge) as raised:
        _export(services, ada, until=0)
    assert raised.value.code == "export_too_large"
    assert list(services.objects.list("tmp/")) == []


def test_export_too_long_for_an_answer_is_the_same_bytes_elsewhere(services: FakeServices, ada: Caller) -> None:
    _import(services, ada, SEED)
    file = services.slot_export.export(ada, "timeslot", content_type="application/json", max_bytes=100, until=math.inf)
    [kept] = services.objects.list("tmp/exports/")
    assert b"".join(services.objects.read(kept.key)) == SEED
    assert (file.content, file.filename) == (b"", "Timeslot-Export.json")
    assert kept.key in file.url
