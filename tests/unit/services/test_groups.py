"""Groups and the slots in them."""

import time

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput, NotFound, TooLarge
from chalicelib.domain.slots import MAX_GROUPS, Group
from chalicelib.services import slot_edits
from tests.fakes.services import FakeServices

FOREVER = float("inf")


def _slot(services: FakeServices, caller: Caller, uid: str, *groups: str) -> None:
    services.slots.create(caller, {"title": uid, "start": services.now, "groups": groups}, uid=uid)


def _membership(services: FakeServices, caller: Caller) -> dict[str, tuple[str, ...]]:
    return {stored.slot.uid: stored.slot.groups for stored in services.slots.list(caller, limit=100).slots}


def test_group_gets_a_uuid_of_its_own_or_the_one_it_names(services: FakeServices, ada: Caller) -> None:
    first, second = (services.groups.create(ada, Group("", "Trips")) for _ in range(2))
    assert first.uuid != second.uuid
    named = Group("11111111-1111-4111-8111-111111111111", "Named")
    assert services.groups.create(ada, named) == named
    assert services.groups.create(ada, named._replace(name="Again")) == named


def test_limit_of_groups_is_told(services: FakeServices, ada: Caller) -> None:
    services.fake_accounts._max_groups = 1
    services.groups.create(ada, Group("", "One"))
    with pytest.raises(TooLarge) as refused:
        services.groups.create(ada, Group("", "Two"))
    assert refused.value.details == {"limit": 1}
    assert MAX_GROUPS == 10_000


def test_pages_follow_each_other(services: FakeServices, ada: Caller) -> None:
    made = [services.groups.create(ada, Group("", f"G{number}")) for number in range(5)]
    first, after = services.groups.page(ada, limit=3)
    second, end = services.groups.page(ada, limit=3, after=after)
    assert ([*first, *second], end) == (made, None)
    with pytest.raises(InvalidInput):
        services.groups.page(ada, limit=3, after="nonsense")


def test_change_that_changes_nothing_is_none(services: FakeServices, ada: Caller) -> None:
    group = services.groups.create(ada, Group("", "Trips", public=True))
    assert services.groups.change(ada, group.uuid, {"public": True}) == group
    assert services.groups.change(ada, group.uuid, {"public": False}) == group._replace(public=False)


def test_removal_takes_every_slot_out_and_keeps_its_other_groups(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_edits, "BATCH", 3)
    trips, work = (services.groups.create(ada, Group("", name)).uuid for name in ("Trips", "Work"))
    for number in range(10):
        _slot(services, ada, f"u{number}", trips, work)
    _slot(services, ada, "other", work)
    assert services.groups.delete(ada, trips, until=FOREVER) is True
    assert _membership(services, ada) == dict.fromkeys([*(f"u{number}" for number in range(10)), "other"], (work,))
    with pytest.raises(NotFound):
        services.groups.get(ada, trips)


def test_removal_that_runs_out_of_time_goes_on_when_asked_again(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_edits, "BATCH", 3)
    trips = services.groups.create(ada, Group("", "Trips")).uuid
    for number in range(10):
        _slot(services, ada, f"u{number}", trips)
    assert services.groups.delete(ada, trips, until=0.0) is False
    assert services.groups.get(ada, trips).name == "Trips"
    assert services.groups.delete(ada, trips, until=time.time() + 60) is True


def test_slot_removed_meanwhile_does_not_stop_the_removal(
    services: FakeServices, ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = services.groups.create(ada, Group("", "Trips")).uuid
    for uid in ("a", "b"):
        _slot(services, ada, uid, trips)
    stream = services.fake_slots.stream

    def gone_meanwhile(*arguments: object, **named: object) -> object:
        found = list(stream(*arguments, **named))  # type: ignore[arg-type]  # passed on as they come
        if found and services.fake_slots._slots.get((ada.user_id, "a")):
            services.slots.delete(ada, "a")
        return iter(found)

    monkeypatch.setattr(services.fake_slots, "stream", gone_meanwhile)
    assert services.groups.delete(ada, trips, until=FOREVER) is True
