"""Changing kept slots while others do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import Conflict, NotAuthenticated, NotFound, Unavailable
from chalicelib.domain.slot_changes import SlotChange
from chalicelib.domain.slots import Slot
from chalicelib.services.ports.slots import Mark, Owner, StoredSlot
from chalicelib.services.slot_edits import ATTEMPTS, SlotEdits, at_once, owner_of
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.slots import FakeSlotStore

OWNER = Owner(1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SLOT = Slot(uid="u", title="t", start=datetime(2026, 3, 1, 10, tzinfo=UTC))
TEXT = "BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\nUID:u\r\nDTSTART:20260301T100000Z\r\nSUMMARY:t\r\nEND:VEVENT\r\n"


class _Contended(FakeSlotStore):
    """Somebody else changes the slot right before each of the first writes."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def replace(self, owner: Owner, slot: Slot, *, revision: str, mark: Mark | None = None) -> StoredSlot:
        if self.times:
            self.times -= 1
            kept = self.get(owner, slot.uid)
            assert kept is not None
            super().replace(owner, kept.slot._replace(description=f"{self.times} to go"), revision=kept.revision)
        return super().replace(owner, slot, revision=revision, mark=mark)


def _edits(slots: FakeSlotStore) -> SlotEdits:
    slots.create(OWNER, SLOT)
    return SlotEdits(slots, lambda: NOW)


def _titled(title: str) -> Callable[[Slot], SlotChange]:
    return lambda _: {"title": title}


def test_edit_that_loses_a_race_is_made_again_on_what_won() -> None:
    slots = _Contended(3)
    stored = _edits(slots).change(OWNER, "u", _titled("new"))
    assert stored.slot == SLOT._replace(title="new", description="0 to go", changed=NOW)
    assert slots.get(OWNER, "u") == stored


def test_edit_that_keeps_losing_says_so() -> None:
    slots = _Contended(ATTEMPTS)
    with pytest.raises(Unavailable, match="slot_contended"):
        _edits(slots).change(OWNER, "u", _titled("new"))


def test_edit_at_a_revision_is_not_made_at_another() -> None:
    slots = FakeSlotStore()
    edits = _edits(slots)
    before = slots.get(OWNER, "u")
    assert before is not None
    after = edits.change(OWNER, "u", _titled("new"), revisions={"another", before.revision})
    with pytest.raises(Conflict) as refused:
        edits.change(OWNER, "u", _titled("newer"), revisions={before.revision})
    assert (refused.value.code, refused.value.details) == ("revision_mismatch", {"uid": "u", "revision": after.revision})
    with pytest.raises(Conflict, match="revision_mismatch"):
        edits.delete(OWNER, "u", revisions={before.revision})
    edits.delete(OWNER, "u", revisions={"another", after.revision})
    assert slots.is_empty(OWNER)


def test_edit_that_changes_nothing_is_not_written() -> None:
    slots = FakeSlotStore()
    edits = _edits(slots)
    before = slots.get(OWNER, "u")
    assert edits.change(OWNER, "u", _titled("t")) == before == slots.get(OWNER, "u")


def test_edit_keeps_the_mark_of_the_import_that_wrote_the_slot() -> None:
    slots = FakeSlotStore()
    slots.put_new(OWNER, [(SLOT, Mark("run", 7, "created"))])
    assert SlotEdits(slots, lambda: NOW).change(OWNER, "u", _titled("new")).mark == Mark("run", 7, "created")


def test_edit_has_the_kept_text_follow() -> None:
    slots = FakeSlotStore()
    slots.create(OWNER, SLOT._replace(ical=TEXT))
    made = SlotEdits(slots, lambda: NOW).change(OWNER, "u", _titled("new")).slot
    assert made._replace(ical="") == SLOT._replace(title="new", sequence=1, changed=NOW)
    assert "\r\nSUMMARY:new\r\n" in made.ical
    assert "\r\nSEQUENCE:1\r\n" in made.ical


def test_membership_alone_leaves_the_kept_text_and_its_revision_count_alone() -> None:
    slots = FakeSlotStore()
    slots.create(OWNER, SLOT._replace(ical=TEXT, groups=("a", "b")))
    made = SlotEdits(slots, lambda: NOW).change(OWNER, "u", lambda _: {"groups": ("b",)}).slot
    assert made == SLOT._replace(ical=TEXT, groups=("b",), changed=NOW)


def test_slot_that_is_not_there_is_not_found() -> None:
    edits = SlotEdits(FakeSlotStore(), lambda: NOW)
    with pytest.raises(NotFound, match="slot"):
        edits.change(OWNER, "u", _titled("new"))
    with pytest.raises(NotFound, match="slot"):
        edits.delete(OWNER, "u")


def test_edits_at_once_are_all_kept() -> None:
    slots = FakeSlotStore()
    edits = _edits(slots)
    threads = [
        threading.Thread(target=edits.change, args=(OWNER, "u", lambda slot, n=n: {"notes": (*slot.notes, n)})) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = slots.get(OWNER, "u")
    assert stored is not None
    assert sorted(stored.slot.notes) == list(range(8))


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_at_once_gives_results_in_order(count: int) -> None:
    assert at_once(lambda number: number * 2, list(range(count))) == [number * 2 for number in range(count)]


def test_at_once_lets_errors_through() -> None:
    with pytest.raises(ZeroDivisionError):
        at_once(lambda number: 1 // number, [1, 0, 2])


def test_owner_of_a_user_who_has_left_is_nobody() -> None:
    with pytest.raises(NotAuthenticated):
        owner_of(FakeAccountStore(), Caller(1))
