"""Conventions in memory."""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from chalicelib.domain.conventions import Convention, Event, Manager, Place, TagType, TimeSlot
from chalicelib.domain.errors import Conflict
from chalicelib.services.ports.conventions import MAX_CHANGES, Change, Drop, Expect, Head, Record, Ref, Save, ref_of


class FakeConventionStore:
    """Fulfils `ConventionStore`; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[str, dict[Ref, Record]] = defaultdict(dict)
        self._pulse: dict[str, int] = defaultdict(int)
        self._numbers: dict[tuple[str, str], int] = defaultdict(int)

    def head(self, key: str) -> Head | None:
        with self._lock:
            records = self._records.get(key, {})
            convention = records.get(Ref("convention", ""))
            if not isinstance(convention, Convention):
                return None
            kept = list(records.values())
            return Head(
                convention,
                {record.person.user_id: record for record in kept if isinstance(record, Manager) and record.person.user_id},
                {record.slug: record for record in sorted(kept, key=str) if isinstance(record, Place)},
                {record.title: record for record in sorted(kept, key=str) if isinstance(record, TagType)},
                (self._pulse[key],),
            )

    def find(self, name: str) -> str | None:
        for convention in self.conventions():
            if name in (convention.key, convention.slug, str(convention.id)):
                return convention.key
        return None

    def conventions(self) -> Iterator[Convention]:
        with self._lock:
            found = [record for kept in self._records.values() for record in kept.values() if isinstance(record, Convention)]
        yield from sorted(found, key=lambda convention: convention.id)

    def managed_by(self, user_id: int) -> Sequence[str]:
        with self._lock:
            return sorted(key for key, kept in self._records.items() if Ref("manager", str(user_id)) in kept)

    def get(self, key: str, refs: Iterable[Ref]) -> Mapping[Ref, Record]:
        with self._lock:
            kept = self._records.get(key, {})
            return {ref: kept[ref] for ref in refs if ref in kept}

    def event(self, key: str, event_id: int) -> Event | None:
        found = self.get(key, [Ref("event", str(event_id))])
        return next((record for record in found.values() if isinstance(record, Event)), None)

    def time_slot(self, key: str, slot_id: int) -> TimeSlot | None:
        found = self.get(key, [Ref("time_slot", str(slot_id))])
        return next((record for record in found.values() if isinstance(record, TimeSlot)), None)

    def events(self, key: str) -> Iterator[Event]:
        with self._lock:
            found = [record for record in self._records.get(key, {}).values() if isinstance(record, Event)]
        yield from sorted(found, key=lambda event: event.id)

    def time_slots(self, key: str, *, earliest: datetime | None = None, latest: datetime | None = None) -> Iterator[TimeSlot]:
        for slot in self._slots(key):
            early = earliest is not None and slot.start < earliest
            late = latest is not None and slot.start >= latest
            if not (slot.cancelled or early or late):
                yield slot

    def cancelled_slots(self, key: str) -> Iterator[TimeSlot]:
        yield from (slot for slot in self._slots(key) if slot.cancelled)

    def reserve_ids(self, key: str, kind: Literal["convention", "event", "time_slot"], count: int = 1) -> int:
        with self._lock:
            self._numbers[key, kind] += count
            return self._numbers[key, kind] - count + 1

    def commit(self, key: str, changes: Sequence[Change]) -> Mapping[Ref, Record]:
        assert len(changes) <= MAX_CHANGES, len(changes)
        assert len({ref_of(change.record) for change in changes}) == len(changes), "one change for each record"
        with self._lock:
            kept = self._records[key]
            for change in changes:
                stored = kept.get(ref_of(change.record))
                if (0 if stored is None else stored.revision) != change.record.revision:
                    raise Conflict("changed", ref=str(ref_of(change.record)))
                new = isinstance(change, Save) and change.record.revision == 0
                if new and isinstance(change.record, Convention) and self.find(change.record.slug):
                    raise Conflict("changed", ref=change.record.slug)
            saved: dict[Ref, Record] = {}
            for change in changes:
                ref = ref_of(change.record)
                if isinstance(change, Save):
                    revision = change.record.revision or secrets.randbits(40)
                    saved[ref] = kept[ref] = change.record._replace(revision=revision + 1)
                elif isinstance(change, Drop):
                    del kept[ref]
                if isinstance(change.record, Event) and not isinstance(change, Expect):
                    self._pulse[key] += 1
            return saved

    def _slots(self, key: str) -> list[TimeSlot]:
        with self._lock:
            found = [record for record in self._records.get(key, {}).values() if isinstance(record, TimeSlot)]
        return sorted(found, key=lambda slot: slot.order)
