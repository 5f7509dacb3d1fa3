"""Slots in memory."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import orjson

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import MAX_GROUPS_OF_SLOT, Slot, Window
from chalicelib.domain.spans import may_touch
from chalicelib.services.ports.slots import Mark, Owner, Page, StoredSlot

Order = tuple[datetime, str]


class FakeSlotStore:
    """Fulfils `SlotStore`; safe to use from several threads."""

    def __init__(self) -> None:
        self._slots: dict[tuple[int, str], StoredSlot] = {}
        self._lock = threading.RLock()

    def stream(
        self,
        owner: Owner,
        *,
        group: str | None = None,
        window: Window | None = None,
        start: str | None = None,
        end: str | None = None,
    ) -> Iterator[StoredSlot]:
        for stored in self._ordered(owner, group, window):
            if (start is None or stored.slot.order >= _place(start)) and (end is None or stored.slot.order < _place(end)):
                yield stored

    def place(self, slot: Slot) -> str:
        return _cursor(StoredSlot(slot, ""))

    def page(
        self,
        owner: Owner,
        *,
        limit: int,
        group: str | None = None,
        window: Window | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> Page:
        found = self._ordered(owner, group, window)
        if before is not None:
            place = _place(before)
            end = sum(stored.slot.order < place for stored in found)
            start = max(0, end - limit)
        else:
            start = 0 if after is None else _count_up_to(found, _place(after))
            end = min(len(found), start + limit)
        slots = found[start:end]
        if not slots:
            return Page((), before=None, after=None)
        return Page(
            slots,
            before=_cursor(slots[0]) if start > 0 or after is not None else None,
            after=_cursor(slots[-1]) if end < len(found) or before is not None else None,
        )

    def get(self, owner: Owner, uid: str) -> StoredSlot | None:
        return self._slots.get((owner.user_id, uid))

    def get_many(self, owner: Owner, uids: Iterable[str]) -> Mapping[str, StoredSlot]:
        found = {uid: self.get(owner, uid) for uid in uids}
        return {uid: stored for uid, stored in found.items() if stored is not None}

    def create(self, owner: Owner, slot: Slot) -> StoredSlot:
        with self._lock:
            if (owner.user_id, slot.uid) in self._slots:
                raise Conflict("slot_exists", uid=slot.uid)
            return self._put(owner, slot, None)

    def replace(self, owner: Owner, slot: Slot, *, revision: str, mark: Mark | None = None) -> StoredSlot:
        with self._lock:
            stored = self.get(owner, slot.uid)
            if stored is None or stored.revision != revision:
                raise Conflict("slot_changed", uid=slot.uid)
            return self._put(owner, slot, mark)

    def put_new(self, owner: Owner, slots: Sequence[tuple[Slot, Mark]]) -> Collection[str]:
        taken: list[str] = []
        for slot, mark in slots:
            with self._lock:
                if (owner.user_id, slot.uid) in self._slots:
                    taken.append(slot.uid)
                else:
                    self._put(owner, slot, mark)
        return taken

    def delete(self, owner: Owner, uid: str, *, revision: str | None = None) -> None:
        with self._lock:
            stored = self.get(owner, uid)
            if stored is None:
                raise NotFound("slot", uid=uid)
            if revision is not None and stored.revision != revision:
                raise Conflict("slot_changed", uid=uid)
            del self._slots[owner.user_id, uid]

    def delete_all(self, owner: Owner, *, until: float | None = None) -> bool:
        with self._lock:
            for key in [key for key in self._slots if key[0] == owner.user_id]:
                del self._slots[key]
        return True

    def is_empty(self, owner: Owner) -> bool:
        return all(user_id != owner.user_id for user_id, _ in self._slots)

    def _put(self, owner: Owner, slot: Slot, mark: Mark | None) -> StoredSlot:
        if len(set(slot.groups)) > MAX_GROUPS_OF_SLOT:
            raise TooLarge("too_many_groups_of_slot", uid=slot.uid, limit=MAX_GROUPS_OF_SLOT)
        stored = StoredSlot(slot, revision_of(slot), mark)
        self._slots[owner.user_id, slot.uid] = stored
        return stored

    def _ordered(self, owner: Owner, group: str | None, window: Window | None) -> list[StoredSlot]:
        with self._lock:
            found = [stored for (user_id, _), stored in self._slots.items() if user_id == owner.user_id]
        return sorted(
            (
                stored
                for stored in found
                if (group is None or group in stored.slot.groups) and (window is None or may_touch(stored.slot, window))
            ),
            key=lambda stored: stored.slot.order,
        )


def _count_up_to(slots: Sequence[StoredSlot], place: Order) -> int:
    return sum(stored.slot.order <= place for stored in slots)


def _cursor(stored: StoredSlot) -> str:
    moment, uid = stored.slot.order
    return base64.urlsafe_b64encode(orjson.dumps([moment.isoformat(), uid])).decode()


def _place(cursor: str) -> Order:
    try:
        moment, uid = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return datetime.fromisoformat(moment), str(uid)
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInput("invalid_cursor") from error
