"""Stores what a file says, without ever overwriting a change that was made while the import ran."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Final, NamedTuple

from chalicelib.domain.errors import Conflict, TooLarge
from chalicelib.domain.imports import Rejection
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import MAX_GROUPS_OF_SLOT, Slot
from chalicelib.services.import_entries import MAX_TOGETHER, Candidate
from chalicelib.services.import_groups import ImportGroups
from chalicelib.services.import_report import Report, Result
from chalicelib.services.ports.slots import Mark, Owner, SlotStore, StoredSlot
from chalicelib.services.slot_edits import at_once

CHANGED_MEANWHILE = "the slot was changed while the import ran and was left as it is; import the file again to have it say this"
REMOVED_MEANWHILE = "the slot was removed while the import ran; import the file again to have it back"
TOO_MUCH: Final = "with what is known of its uid already it would be too large"
LOOKED_UP_FIRST: Final = 100
"""Slots of the first batch, as many as one read finds."""


class OutOfTime(Exception):
    """There was no time for all of a batch: it may be stored in part, and is to be stored again by the same run."""


class ImportRun(NamedTuple):
    """Who imports, under which id, since when, whether for real, and until when."""

    id: str
    owner: Owner
    started: datetime
    dry_run: bool = False
    until: float = inf
    """Epoch seconds."""


class ImportWriter:
    """Writes batches of slots and counts what became of each.

    Each slot it writes is marked with the run and the entry. So a batch that was written in part, by a task that was
    killed, is written again with the same outcome: what bears the mark is counted as it was counted then, and is not
    touched, also when it has been edited since.

    `fresh` says whether the owner had no slot at all when the run began to store, None before that is known. Then nothing has
    to be looked up: what is there all the same was written since, by this run or by others, and is not written over but told.
    It holds for the owner's spread of that time only, since a slot is told by the one place that a new one goes to.
    """

    def __init__(
        self,
        run: ImportRun,
        *,
        slots: SlotStore,
        groups: ImportGroups,
        report: Report,
        clock: Callable[[], datetime],
        fresh: bool | None = None,
    ) -> None:
        self._run = run
        self._slots = slots
        self._groups = groups
        self._report = report
        self._clock = clock
        self.fresh = fresh

    def store(self, batch: Sequence[Candidate]) -> None:
        """Write a batch in which no uid stands twice. Raises `OutOfTime`, `Unavailable`."""
        self._check_time()
        owner, dry_run = self._run.owner, self._run.dry_run
        for each in batch:
            self._groups.note(each.groups)
        known = self._known([each.slot.uid for each in batch])
        new = [each for each in batch if each.slot.uid not in known]
        placed = [(each, slot) for each in new if (slot := self._placed(each, None)) is not None]
        taken: set[str] = set()
        if placed and not dry_run:
            taken = set(self._slots.put_new(owner, [(slot, Mark(self._run.id, each.number, "created")) for each, slot in placed]))
        for each, _ in placed:
            if each.slot.uid not in taken:
                self._report.count("created")
        known_now = {**known, **(self._slots.get_many(owner, sorted(taken)) if taken else {})}
        self._settle_all(
            [(each, known_now.get(each.slot.uid)) for each in batch if each.slot.uid in known or each.slot.uid in taken]
        )
        self._report.group = self._groups.used or self._report.group

    def _known(self, uids: Sequence[str]) -> Mapping[str, StoredSlot]:
        """Look up which slots are there already. Where none of the first is, maybe the owner has none at all."""
        owner = self._run.owner
        if self.fresh is not None:
            return {} if self.fresh else self._slots.get_many(owner, uids)
        first, rest = self._slots.get_many(owner, uids[:LOOKED_UP_FIRST]), uids[LOOKED_UP_FIRST:]
        self.fresh = bool(rest) and not first and self._slots.is_empty(owner)
        return {**first, **self._slots.get_many(owner, rest)} if rest and not self.fresh else first

    def _settle_all(self, known: Sequence[tuple[Candidate, StoredSlot | None]]) -> None:
        """Write the batch's slots that were there already, several at once where they differ."""
        from chalicelib.formats import ical

        differing: list[tuple[Candidate, StoredSlot, Slot]] = []
        for each, stored in known:
            if stored is None:
                self._reject(each, REMOVED_MEANWHILE)
                continue
            settled = self._earlier(each, stored)
            if settled is not None:
                self._report.count(settled)
                self._groups.placed.update(stored.slot.groups)
                continue
            slot = self._placed(each, stored.slot.groups)
            if slot is None:
                continue
            revision = revision_of(slot)
            if slot.recurring and revision != stored.revision:
                slot = ical.amend(stored.slot, slot)._replace(groups=slot.groups, changed=slot.changed)
                if len(slot.ical) > 2 * MAX_TOGETHER:  # about what one file can give
                    self._reject(each, TOO_MUCH)
                    continue
                revision = revision_of(slot)
            if revision == stored.revision:
                self._report.count("unchanged")
            elif stored.slot.changed is not None and stored.slot.changed > self._run.started:
                self._reject(each, CHANGED_MEANWHILE)
            elif self._run.dry_run:
                self._report.count("updated")
            else:
                differing.append((each, stored, slot))
        for (each, _, _), outcome in zip(differing, at_once(self._replace, differing), strict=True):
            if outcome in ("updated", "unchanged"):
                self._report.count("updated" if outcome == "updated" else "unchanged")
            else:
                self._reject(each, outcome)

    def _replace(self, work: tuple[Candidate, StoredSlot, Slot]) -> str:
        """Write over a slot that is still what was read; give the result, or why it was left as it is."""
        self._check_time()
        each, stored, slot = work
        try:
            self._slots.replace(self._run.owner, slot, revision=stored.revision, mark=Mark(self._run.id, each.number, "updated"))
        except Conflict:
            now = self._slots.get(self._run.owner, slot.uid)
            if now is None:
                return REMOVED_MEANWHILE
            earlier = self._earlier(each, now)
            if earlier is not None:
                return earlier
            return "unchanged" if now.revision == revision_of(slot) else CHANGED_MEANWHILE
        return "updated"

    def _check_time(self) -> None:
        if time.time() >= self._run.until:
            raise OutOfTime

    def _earlier(self, each: Candidate, stored: StoredSlot) -> Result | None:
        """Tell how this run has settled this very entry already, if it has."""
        mark = stored.mark
        return mark.outcome if mark is not None and mark.run == self._run.id and mark.entry == each.number else None

    def _placed(self, each: Candidate, kept: Sequence[str] | None) -> Slot | None:
        """Give the slot in its groups, changed now; None when it cannot be put there, which is reported."""
        try:
            groups = self._groups.place(each.groups, kept)
        except TooLarge as error:
            self._reject(each, f"its group cannot be made: there are {error.details['limit']} groups already")
            return None
        if len(groups) > MAX_GROUPS_OF_SLOT:
            self._reject(each, f"it would be in {len(groups)} groups, and a slot can be in {MAX_GROUPS_OF_SLOT}")
            return None
        return each.slot._replace(groups=groups, changed=self._clock())

    def _reject(self, each: Candidate, reason: str) -> None:
        self._report.reject([Rejection(each.number, each.line, each.slot.uid, reason)])
