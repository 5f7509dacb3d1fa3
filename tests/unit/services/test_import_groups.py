"""Where imported slots go."""

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import NotFound, TooLarge
from chalicelib.domain.slots import Group
from chalicelib.services.import_groups import ImportGroups
from tests.fakes.accounts import FakeAccountStore

TRIPS = Group("11111111-1111-4111-8111-111111111111", "Trips")
WORK = Group("22222222-2222-4222-8222-222222222222", "Work", image="w.png", public=True, description="All of it")


def _store(*groups: Group) -> FakeAccountStore:
    store = FakeAccountStore()
    for group in groups:
        store.ensure_group(1, group)
    return store


def test_entry_without_groups_goes_to_imports_made_on_first_need() -> None:
    store = _store(TRIPS)
    groups = ImportGroups(store, 1)
    assert (store.groups(1), groups.used) == ([TRIPS], None)
    [imports] = groups.place((), None)
    assert store.groups(1) == [Group(imports, "Imports"), TRIPS]
    assert ImportGroups(store, 1).place((), None) == (imports,)
    assert groups.used == imports


def test_imports_group_that_the_user_made_is_used() -> None:
    own = TRIPS._replace(name="Imports")
    assert ImportGroups(_store(own), 1).place((), None) == (own.uuid,)


def test_imports_group_that_was_renamed_is_not_used() -> None:
    store = _store()
    [first] = ImportGroups(store, 1).place((), None)
    store.replace_group(1, Group(first, "Holidays"))
    [second] = ImportGroups(store, 1).place((), None)
    assert store.groups(1) == [Group(first, "Holidays"), Group(second, "Imports")]


def test_imports_groups_of_two_users_differ() -> None:
    store = _store()
    assert ImportGroups(store, 1).place((), None) != ImportGroups(store, 2).place((), None)


def test_two_imports_at_once_make_one_imports_group() -> None:
    store = _store()
    first, second = ImportGroups(store, 1), ImportGroups(store, 1)
    assert first.place((), None) == second.place((), None)
    assert len(store.groups(1)) == 1


def test_groups_of_the_file_are_found_by_uuid_then_by_name_and_else_made() -> None:
    store = _store(TRIPS)
    groups = ImportGroups(store, 1)
    assert groups.place((Group(TRIPS.uuid, "Other name"),), None) == (TRIPS.uuid,)
    assert groups.place((Group("", "Trips"),), None) == (TRIPS.uuid,)
    assert groups.place((WORK, WORK, TRIPS), None) == (WORK.uuid, TRIPS.uuid)
    [named] = groups.place((Group("", "New"),), None)
    assert ImportGroups(store, 1).place((Group("", "New"),), None) == (named,)
    assert store.groups(1) == [Group(named, "New"), TRIPS, WORK]
    assert groups.used is None


def test_known_slot_without_groups_in_the_file_stays_where_it_is() -> None:
    store = _store()
    groups = ImportGroups(store, 1)
    assert groups.place((), ("a", "b")) == ("a", "b")
    assert groups.place((), ()) == ()
    assert store.groups(1) == []


def test_groups_of_the_file_win_over_those_of_a_known_slot() -> None:
    assert ImportGroups(_store(TRIPS), 1).place((TRIPS,), (WORK.uuid,)) == (TRIPS.uuid,)


def test_group_of_the_request_is_added_to_those_a_slot_has() -> None:
    groups = ImportGroups(_store(TRIPS, WORK), 1, target=TRIPS.uuid)
    assert groups.place((WORK,), None) == (TRIPS.uuid,)
    assert groups.place((), (WORK.uuid,)) == (WORK.uuid, TRIPS.uuid)
    assert groups.place((), (TRIPS.uuid, WORK.uuid)) == (TRIPS.uuid, WORK.uuid)
    assert groups.used == TRIPS.uuid


def test_group_of_the_request_must_be_the_owners() -> None:
    store = _store()
    store.ensure_group(2, TRIPS)
    with pytest.raises(NotFound) as refused:
        ImportGroups(store, 1, target=TRIPS.uuid)
    assert (refused.value.code, refused.value.details) == ("group", {"uuid": TRIPS.uuid})


def test_dry_run_answers_the_same_and_writes_nothing() -> None:
    store = _store()
    dry = ImportGroups(store, 1, dry_run=True)
    answers = dry.place((), None), dry.place((WORK,), None), dry.place((Group("", "New"),), None), dry.used
    assert store.groups(1) == []
    real = ImportGroups(store, 1)
    assert (real.place((), None), real.place((WORK,), None), real.place((Group("", "New"),), None), real.used) == answers


def test_limit_of_groups_is_told() -> None:
    store = FakeAccountStore(max_groups=1)
    groups = ImportGroups(store, Caller(1).user_id)
    groups.place((WORK,), None)
    with pytest.raises(TooLarge, match="too_many_groups"):
        groups.place((TRIPS,), None)
