"""The entries of a file, made into the slots they stand for: named, and put together by uid."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import Group, Slot
from chalicelib.services.import_groups import NAMESPACE
from chalicelib.services.import_report import Report

BATCH_ENTRIES: Final = 1_000
BATCH_CHARACTERS: Final = 4_000_000
"""Of kept text: entries may be large."""
MAX_TOGETHER: Final = 16_000_000
"""Characters of the components of one uid behind the first: they become one slot, and are in memory together before."""


class Candidate(NamedTuple):
    """One slot as a file has it, all its components together."""

    number: int
    """The number of its first entry."""
    line: int
    slot: Slot
    groups: tuple[Group, ...]


def named(entry: Entry, user_id: int) -> Entry:
    """Give the entry with a uid: its own, or one derived from owner, title and start, so that it is the same next time.

    Kept text that came without a UID stays without: nothing is added to what somebody else wrote.
    """
    slot = entry.slot
    if slot.uid:
        return entry
    uid = uuid.uuid5(NAMESPACE, f"{user_id} {slot.start.isoformat()} {slot.title}")
    return entry._replace(slot=slot._replace(uid=str(uid)))


def candidate(entry: Entry) -> Candidate:
    """Give the slot of an entry that is all there is of its uid."""
    return Candidate(entry.number, entry.line, entry.slot, entry.groups)


def characters(slot: Slot) -> int:
    """Tell how long the texts of a slot are that may be large, and so about how much memory it takes."""
    return len(slot.ical) + len(slot.description)


class Gathered:
    """Entries by their uid, as long as those of a uid are not too many together; the others are reported."""

    def __init__(self, report: Report) -> None:
        self.by_uid: dict[str, list[Entry]] = {}
        self.entries = 0
        """All that were added, reported ones too."""
        self._report = report
        self._sizes: dict[str, int] = {}

    def add(self, entry: Entry) -> None:
        """Take one entry; when it is too much for its uid, none of that uid is imported."""
        uid = entry.slot.uid
        self.entries += 1
        self._sizes[uid] = size = self._sizes[uid] + characters(entry.slot) if uid in self._sizes else 0
        if size <= MAX_TOGETHER:
            self.by_uid.setdefault(uid, []).append(entry)
        else:
            self._report.reject(too_much(each) for each in (*self.by_uid.pop(uid, ()), entry))


def too_much(entry: Entry) -> Rejection:
    """Reject one of too many components of a uid."""
    reason = f"the components of its uid have more than {MAX_TOGETHER} characters together"
    return Rejection(entry.number, entry.line, entry.slot.uid, reason)


def assembled(entries_by_uid: Iterable[Sequence[Entry]], report: Report) -> Iterator[Candidate]:
    """Put the entries of each uid together, in the file's order, and report those that others supersede."""
    for entries in entries_by_uid:
        if len(entries) == 1:
            yield candidate(entries[0])
            continue
        made, superseded = assemble(entries)
        report.reject(superseded)
        yield made


def assemble(entries: Sequence[Entry]) -> tuple[Candidate, list[Rejection]]:
    """Make one slot of all entries of one uid, and tell which of them were superseded.

    Components of one series belong together; of two that say when the same thing happens, the one with the higher
    SEQUENCE wins, then the later one.
    """
    from chalicelib.formats import ical

    holders: dict[str, Entry] = {}
    superseded = []
    for entry in entries:
        occurrence = ical.occurrence(entry.slot)
        other = holders.get(occurrence)
        if other is not None and other.slot.sequence > entry.slot.sequence:
            superseded.append(_superseded(entry, other))
            continue
        if other is not None:
            superseded.append(_superseded(other, entry))
        holders[occurrence] = entry

    kept = sorted(holders.values(), key=lambda entry: entry.number)
    slot = ical.merge(*(entry.slot for entry in kept))
    groups = next((entry.groups for entry in kept if entry.groups), ())
    return Candidate(entries[0].number, entries[0].line, slot, groups), superseded


def batches(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """Cut a stream of candidates into batches that fit in memory."""
    batch: list[Candidate] = []
    size = 0
    for each in candidates:
        batch.append(each)
        size += characters(each.slot)
        if len(batch) >= BATCH_ENTRIES or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _superseded(loser: Entry, winner: Entry) -> Rejection:
    reason = f"the uid stands in the file twice: entry {winner.number} (line {winner.line}) has precedence"
    return Rejection(loser.number, loser.line, loser.slot.uid, reason)
