"""The one way to change a slot that is kept: read, change, write if it is still what was read, else again."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from itertools import islice
from math import inf
from typing import Any, Final, TypeVar

from chalicelib.domain.access import existing
from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import Conflict, NotAuthenticated, NotFound, Unavailable
from chalicelib.domain.slot_changes import SlotChange, next_change
from chalicelib.domain.slots import Slot
from chalicelib.services.ports.accounts import UserStore
from chalicelib.services.ports.slots import Owner, SlotStore, StoredSlot

ATTEMPTS: Final = 20
"""Each lost race means that another writer has won one, so this many in a row means something is wrong."""
BATCH: Final = 200
"""Slots taken out of a group between two looks at the clock."""
WRITERS: Final = 8
"""Conditional writes under way at once; each is one request that mostly waits."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def owner_of(users: UserStore, caller: Caller) -> Owner:
    """Give whose slots a caller's are. Raises `NotAuthenticated` when the account has gone meanwhile."""
    user = users.user(caller.user_id)
    if user is None:
        raise NotAuthenticated("invalid_token")
    return Owner(user.id, user.spread)


class SlotEdits:
    """Changes kept slots so that no other writer's change is lost."""

    def __init__(self, slots: SlotStore, clock: Callable[[], datetime]) -> None:
        self._slots = slots
        self._clock = clock

    def change(
        self, owner: Owner, uid: str, edit: Callable[[Slot], SlotChange], *, revisions: Collection[str] | None = None
    ) -> StoredSlot:
        """Write the kept slot with the fields that `edit` gives for it; nothing is written when it has them already.

        With `revisions`, only if the kept one still is at one of them. The kept text follows the fields, SEQUENCE and the last
        change are counted. Raises `NotFound("slot")`, `Conflict("revision_mismatch")` and whatever `edit` raises.
        """
        for _ in range(ATTEMPTS):
            stored = existing(self._slots.get(owner, uid), "slot", uid=uid)
            if revisions is not None and stored.revision not in revisions:
                raise Conflict("revision_mismatch", uid=uid, revision=stored.revision)
            changes = {field: value for field, value in edit(stored.slot).items() if value != getattr(stored.slot, field)}
            if not changes:
                return stored
            new = _edited(stored.slot, changes, self._clock())
            try:
                return self._slots.replace(owner, new, revision=stored.revision, mark=stored.mark)
            except Conflict:
                continue
        raise Unavailable("slot_contended", uid=uid)

    def delete(self, owner: Owner, uid: str, *, revisions: Collection[str] | None = None) -> None:
        """Remove a slot, with `revisions` only at one of them. Raises `NotFound("slot")`, `Conflict("revision_mismatch")`."""
        revision = None
        if revisions is not None:
            revision = existing(self._slots.get(owner, uid), "slot", uid=uid).revision
            if revision not in revisions:
                raise Conflict("revision_mismatch", uid=uid, revision=revision)
        try:
            self._slots.delete(owner, uid, revision=revision)
        except Conflict as conflict:
            raise Conflict("revision_mismatch", uid=uid) from conflict

    def take_out(self, owner: Owner, group: str, *, until: float = inf) -> bool:
        """Take all slots out of a group; False when `until` (epoch seconds) came first and more are in it."""

        def without(slot: Slot) -> SlotChange:
            return {"groups": tuple(each for each in slot.groups if each != group)}

        def take_out(stored: StoredSlot) -> None:
            with suppress(NotFound):  # removed meanwhile: then it is out as well
                self.change(owner, stored.slot.uid, without)

        # The page at the front is read again and again: what has been taken out is no longer in it.
        while batch := list(islice(self._slots.stream(owner, group=group), BATCH)):
            if time.time() >= until:
                return False
            at_once(take_out, batch)
        return True


def at_once(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do one conditional write for each item, several under way at a time; the results in the items' order."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(work, items))


def _edited(slot: Slot, changes: dict[str, Any], now: datetime) -> Slot:
    """Change fields, and have the kept text say what they say; membership in groups is not in it."""
    if changes.keys() == {"groups"}:
        return slot._replace(**changes, changed=now)
    changes |= next_change(slot, now)
    if not slot.ical:
        return slot._replace(**changes)
    from chalicelib.formats import ical

    return ical.edit(slot, changes)
