"""Storing what a file says, next to others who write at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.imports import Rejection
from chalicelib.domain.slots import Group, Slot
from chalicelib.formats import ical
from chalicelib.services import import_writer
from chalicelib.services.import_entries import Candidate
from chalicelib.services.import_groups import ImportGroups
from chalicelib.services.import_report import Report
from chalicelib.services.import_writer import CHANGED_MEANWHILE, REMOVED_MEANWHILE, ImportRun, ImportWriter
from chalicelib.services.ports.slots import Mark, Owner, StoredSlot
from tests.calendars import event
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.slots import FakeSlotStore

OWNER = Owner(1)
START = datetime(2026, 3, 1, 10, tzinfo=UTC)
STARTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = STARTED + timedelta(seconds=30)
TARGET = Group("11111111-1111-4111-8111-111111111111", "Target")


def _slot(uid: str, title: str = "title") -> Slot:
    return Slot(uid=uid, title=title, start=START)


def _candidate(number: int, slot: Slot) -> Candidate:
    return Candidate(number, number * 10, slot, ())


class _Import:
    """One run, and what it has reported."""

    def __init__(self, slots: FakeSlotStore, *, run: str = "run", target: str | None = TARGET.uuid, dry_run: bool = False) -> None:
        accounts = FakeAccountStore(max_groups=1)
        accounts.ensure_group(1, TARGET)
        self.report = Report()
        self.groups = ImportGroups(accounts, 1, target=target, dry_run=dry_run)
        self.writer = ImportWriter(
            ImportRun(run, OWNER, STARTED, dry_run),
            slots=slots,
            groups=self.groups,
            report=self.report,
            clock=lambda: LATER,
        )

    def store(self, *slots: Slot) -> Report:
        self.writer.store([_candidate(number, slot) for number, slot in enumerate(slots, 1)])
        return self.report


def _counts(report: Report) -> tuple[int, int, int, list[str]]:
    return report.created, report.updated, report.unchanged, [rejection.reason for rejection in report.rejected]


@pytest.fixture
def slots() -> FakeSlotStore:
    return FakeSlotStore()


def _kept(slots: FakeSlotStore, uid: str) -> StoredSlot:
    stored = slots.get(OWNER, uid)
    assert stored is not None
    return stored


def test_new_slots_are_created_with_the_run_s_mark(slots: FakeSlotStore) -> None:
    report = _Import(slots).store(_slot("a"), _slot("b"))
    assert _counts(report) == (2, 0, 0, [])
    assert report.group == TARGET.uuid
    stored = _kept(slots, "b")
    assert stored.slot == _slot("b")._replace(groups=(TARGET.uuid,), changed=LATER)
    assert stored.mark == Mark("run", 2, "created")


def test_same_again_is_unchanged_and_not_written(slots: FakeSlotStore) -> None:
    _Import(slots).store(_slot("a"))
    before = _kept(slots, "a")
    assert _counts(_Import(slots, run="second").store(_slot("a"))) == (0, 0, 1, [])
    assert _kept(slots, "a") == before


def test_changed_entry_updates_the_slot_and_keeps_its_groups(slots: FakeSlotStore) -> None:
    slots.create(OWNER, _slot("a")._replace(groups=("other",), description="kept only here", changed=STARTED))
    assert _counts(_Import(slots).store(_slot("a", "new"))) == (0, 1, 0, [])
    stored = _kept(slots, "a")
    assert stored.slot == _slot("a", "new")._replace(groups=("other", TARGET.uuid), changed=LATER)
    assert stored.mark == Mark("run", 1, "updated")


def test_many_updates_are_each_counted_once(slots: FakeSlotStore) -> None:
    for number in range(60):
        slots.create(OWNER, _slot(f"u{number}"))
    assert _counts(_Import(slots).store(*(_slot(f"u{number}", "new") for number in range(60)))) == (0, 60, 0, [])
    assert {stored.slot.title for stored in slots.stream(OWNER)} == {"new"}


def test_slot_changed_after_the_import_began_is_left_and_reported(slots: FakeSlotStore) -> None:
    slots.create(OWNER, _slot("a", "edited")._replace(changed=STARTED + timedelta(microseconds=1)))
    slots.create(OWNER, _slot("b", "older")._replace(changed=STARTED))
    report = _Import(slots).store(_slot("a", "file"), _slot("b", "file"))
    assert _counts(report) == (0, 1, 0, [CHANGED_MEANWHILE])
    assert report.rejected == [Rejection(1, 10, "a", CHANGED_MEANWHILE)]
    assert (_kept(slots, "a").slot.title, _kept(slots, "b").slot.title) == ("edited", "file")


class _Meanwhile(FakeSlotStore):
    """Somebody else does something right after the import has looked slots up."""

    def __init__(self, act: Callable[[FakeSlotStore], object]) -> None:
        super().__init__()
        self._act: Callable[[FakeSlotStore], object] | None = act

    def get_many(self, owner: Owner, uids: Iterable[str]) -> Mapping[str, StoredSlot]:
        found = super().get_many(owner, uids)
        act, self._act = self._act, None
        if act is not None:
            act(self)
        return found


def _edit(title: str) -> Callable[[FakeSlotStore], object]:
    def act(slots: FakeSlotStore) -> object:
        stored = _kept(slots, "a")
        return slots.replace(OWNER, stored.slot._replace(title=title, groups=(TARGET.uuid,)), revision=stored.revision)

    return act


def _existing(slots: FakeSlotStore) -> None:
    FakeSlotStore.create(slots, OWNER, _slot("a", "before"))


def test_edit_between_reading_and_writing_is_not_lost() -> None:
    slots = _Meanwhile(_edit("edited"))
    _existing(slots)
    assert _counts(_Import(slots).store(_slot("a", "file"))) == (0, 0, 0, [CHANGED_MEANWHILE])
    assert _kept(slots, "a").slot.title == "edited"


def test_edit_that_says_what_the_file_says_is_no_contradiction() -> None:
    slots = _Meanwhile(_edit("file"))
    _existing(slots)
    assert _counts(_Import(slots).store(_slot("a", "file"))) == (0, 0, 1, [])


def test_update_that_another_task_of_the_same_run_made_meanwhile_is_counted_as_the_update_it_was() -> None:
    def write(slots: FakeSlotStore) -> None:
        new = _slot("a", "file")._replace(groups=(TARGET.uuid,), changed=LATER)
        slots.replace(OWNER, new, revision=_kept(slots, "a").revision, mark=Mark("run", 1, "updated"))

    slots = _Meanwhile(write)
    _existing(slots)
    assert _counts(_Import(slots).store(_slot("a", "file"))) == (0, 1, 0, [])


def test_removal_between_reading_and_writing_stays_a_removal() -> None:
    slots = _Meanwhile(lambda store: store.delete(OWNER, "a"))
    _existing(slots)
    assert _counts(_Import(slots).store(_slot("a", "file"))) == (0, 0, 0, [REMOVED_MEANWHILE])
    assert slots.get(OWNER, "a") is None


def test_slot_that_another_import_creates_at_once_is_there_once() -> None:
    slots = _Meanwhile(lambda store: _Import(store, run="twin").store(_slot("a")))
    assert _counts(_Import(slots).store(_slot("a"))) == (0, 0, 1, [])
    assert _kept(slots, "a").mark == Mark("twin", 1, "created")


def test_slot_that_somebody_makes_at_once_is_not_overwritten() -> None:
    slots = _Meanwhile(lambda store: store.create(OWNER, _slot("a", "mine")._replace(changed=LATER)))
    assert _counts(_Import(slots).store(_slot("a", "file"))) == (0, 0, 0, [CHANGED_MEANWHILE])
    assert _kept(slots, "a").slot.title == "mine"


class _Watched(FakeSlotStore):
    """Notes what is looked up, and lets somebody act right after it was asked whether there is any slot."""

    def __init__(self, act: Callable[[FakeSlotStore], object] = lambda _: None) -> None:
        super().__init__()
        self.looked_up: list[list[str]] = []
        self._act = act

    def get_many(self, owner: Owner, uids: Iterable[str]) -> Mapping[str, StoredSlot]:
        self.looked_up.append(list(uids))
        return super().get_many(owner, self.looked_up[-1])

    def is_empty(self, owner: Owner) -> bool:
        found = super().is_empty(owner)
        self._act(self)
        return found


UIDS = [f"u{number:03}" for number in range(150)]


def test_who_has_no_slot_has_the_first_hundred_looked_up_only() -> None:
    slots = _Watched()
    imported = _Import(slots)
    imported.store(*map(_slot, UIDS[:140]))
    imported.store(*map(_slot, UIDS[140:]))
    assert (_counts(imported.report), slots.looked_up) == ((150, 0, 0, []), [UIDS[:100]])


def test_who_has_another_slot_has_all_looked_up() -> None:
    slots = _Watched()
    slots.create(OWNER, _slot("other"))
    assert _counts(_Import(slots).store(*map(_slot, UIDS))) == (150, 0, 0, [])
    assert slots.looked_up == [UIDS[:100], UIDS[100:]]


def test_what_was_just_written_is_known_wherever_it_stands_in_the_file() -> None:
    for uid in (UIDS[0], UIDS[120]):
        slots = _Watched()
        slots.create(OWNER, _slot(uid, "edited")._replace(changed=STARTED))
        assert _counts(_Import(slots).store(*map(_slot, UIDS))) == (149, 1, 0, [])
        assert slots.looked_up == [UIDS[:100], UIDS[100:]]


def test_what_others_write_into_nothing_is_found_and_not_overwritten() -> None:
    def others(store: FakeSlotStore) -> None:
        store.create(OWNER, _slot("u003", "mine")._replace(changed=LATER))
        store.create(OWNER, _slot("u120")._replace(changed=LATER, groups=(TARGET.uuid,)))

    slots = _Watched(others)
    assert _counts(_Import(slots).store(*map(_slot, UIDS))) == (148, 0, 1, [CHANGED_MEANWHILE])
    assert slots.looked_up == [UIDS[:100], ["u003", "u120"]]
    assert _kept(slots, "u003").slot.title == "mine"


def test_dry_run_into_nothing_counts_the_same() -> None:
    slots = _Watched()
    assert _counts(_Import(slots, dry_run=True).store(*map(_slot, UIDS))) == (150, 0, 0, [])
    assert (slots.looked_up, FakeSlotStore.is_empty(slots, OWNER)) == ([UIDS[:100]], True)


def test_batch_written_again_by_the_same_run_counts_the_same(slots: FakeSlotStore) -> None:
    slots.create(OWNER, _slot("old", "before"))
    slots.create(OWNER, _slot("same")._replace(groups=(TARGET.uuid,)))
    batch = _slot("new"), _slot("old", "file"), _slot("same")
    first = _counts(_Import(slots).store(*batch))
    assert first == (1, 1, 1, [])
    assert _counts(_Import(slots).store(*batch)) == first


def test_batch_written_again_has_its_groups_looked_after(slots: FakeSlotStore) -> None:
    _Import(slots).store(_slot("a"))
    again = _Import(slots)
    again.store(_slot("a"))
    assert again.groups.placed == {TARGET.uuid}


def test_batch_written_again_keeps_an_edit_made_after_the_first_time(slots: FakeSlotStore) -> None:
    _Import(slots).store(_slot("a"))
    stored = _kept(slots, "a")
    slots.replace(OWNER, stored.slot._replace(title="edited", changed=LATER), revision=stored.revision, mark=stored.mark)
    assert _counts(_Import(slots).store(_slot("a"))) == (1, 0, 0, [])
    assert _kept(slots, "a").slot.title == "edited"


def test_dry_run_counts_the_same_and_writes_nothing(slots: FakeSlotStore) -> None:
    slots.create(OWNER, _slot("old", "before"))
    batch = _slot("new"), _slot("old", "file")
    assert _counts(_Import(slots, dry_run=True).store(*batch)) == (1, 1, 0, [])
    assert [stored.slot.title for stored in slots.stream(OWNER)] == ["before"]
    assert _counts(_Import(slots).store(*batch)) == (1, 1, 0, [])


def test_slot_whose_group_cannot_be_made_is_reported(slots: FakeSlotStore) -> None:
    report = _Import(slots, target=None).store(_slot("a"))
    assert _counts(report) == (0, 0, 0, ["its group cannot be made: there are 1 groups already"])
    assert slots.is_empty(OWNER)


def test_slot_in_too_many_groups_is_reported(slots: FakeSlotStore) -> None:
    slots.create(OWNER, _slot("a")._replace(groups=tuple(f"g{number}" for number in range(50))))
    report = _Import(slots).store(_slot("a"))
    assert _counts(report) == (0, 0, 0, ["it would be in 51 groups, and a slot can be in 50"])


SERIES = event("u", "Weekly", "20260301T100000Z", "RRULE:FREQ=WEEKLY;COUNT=4")
MOVED = event("u", "Moved", "20260309T120000Z", "RECURRENCE-ID:20260308T100000Z")
MOVED_AGAIN = MOVED.replace("SUMMARY:Moved", "SUMMARY:Moved again")
OTHER = event("u", "Moved too", "20260316T120000Z", "RECURRENCE-ID:20260315T100000Z")


@pytest.mark.parametrize(
    ("known", "imported", "outcome", "then"),
    [
        (SERIES + MOVED, OTHER, (0, 1, 0, []), SERIES + MOVED + OTHER),
        (SERIES + MOVED, MOVED_AGAIN, (0, 1, 0, []), SERIES + MOVED_AGAIN),
        (SERIES + MOVED + OTHER, MOVED, (0, 0, 1, []), SERIES + MOVED + OTHER),
        (MOVED, OTHER, (0, 1, 0, []), MOVED + OTHER),
        (SERIES + MOVED, SERIES, (0, 1, 0, []), SERIES),
        (SERIES + MOVED, SERIES + OTHER, (0, 1, 0, []), SERIES + OTHER),
    ],
    ids=["another", "the same again", "as it is known", "without a series", "series alone", "series with another"],
)
def test_file_with_changed_occurrences_alone_leaves_their_series(
    slots: FakeSlotStore, known: str, imported: str, outcome: tuple[int, int, int, list[str]], then: str
) -> None:
    slots.create(OWNER, ical.from_text(known)._replace(groups=(TARGET.uuid,), changed=START))

    assert _counts(_Import(slots, run="dry", dry_run=True).store(ical.from_text(imported))) == outcome
    assert _counts(_Import(slots).store(ical.from_text(imported))) == outcome

    kept = _kept(slots, "u").slot
    assert kept == ical.from_text(then)._replace(groups=(TARGET.uuid,), changed=kept.changed)


def test_series_that_would_grow_too_large_stays_as_it_is(slots: FakeSlotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    slots.create(OWNER, ical.from_text(SERIES + MOVED)._replace(groups=(TARGET.uuid,), changed=START))
    monkeypatch.setattr(import_writer, "MAX_TOGETHER", len(SERIES + MOVED + OTHER) // 2 - 1)

    assert _counts(_Import(slots).store(ical.from_text(OTHER))) == (0, 0, 0, [import_writer.TOO_MUCH])
    assert _counts(_Import(slots, run="again").store(ical.from_text(MOVED_AGAIN))) == (0, 1, 0, [])

    assert _kept(slots, "u").slot.ical == SERIES + MOVED_AGAIN
