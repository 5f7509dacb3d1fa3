"""Slots one by one and in pages: make, find, list, change, remove."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from math import inf
from typing import Final, NamedTuple

from chalicelib.domain.access import existing
from chalicelib.domain.accounts import Caller, User
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slot_changes import SlotChange, changed_fields, new_slot
from chalicelib.domain.slots import Slot, Window, instant
from chalicelib.domain.spans import may_touch
from chalicelib.services.ports.accounts import GroupStore, UserStore
from chalicelib.services.ports.slots import SPREAD, Owner, SlotStore, StoredSlot
from chalicelib.services.slot_edits import SlotEdits, owner_of

MAX_OCCURRENCES: Final = 1_000
"""Occurrences listed of one slot in one window."""
MAX_PAGES: Final = 50
"""Pages looked through for one answer: a window may touch many series that have no occurrence in it."""


class Listing(NamedTuple):
    """One page of slots, each with its occurrences in the window if they were asked for, and the neighbours' cursors."""

    slots: Sequence[StoredSlot]
    occurrences: Sequence[Sequence[tuple[datetime, datetime]]] | None
    before: str | None
    after: str | None


class Slots:
    """What a user does with single slots; each is found under its owner only."""

    def __init__(self, *, slots: SlotStore, users: UserStore, groups: GroupStore, clock: Callable[[], datetime]) -> None:
        self._slots = slots
        self._users = users
        self._groups = groups
        self._clock = clock
        self._edits = SlotEdits(slots, clock)

    def create(self, caller: Caller, change: SlotChange, *, uid: str = "") -> StoredSlot:
        """Make a slot; without a uid it gets a UUID4. Raises `InvalidInput("invalid_fields")`, `Conflict("slot_exists")`."""
        slot = new_slot(uid or str(uuid.uuid4()), change)
        self._check_groups(caller, change)
        return self._slots.create(owner_of(self._users, caller), slot._replace(changed=self._clock()))

    def get(self, caller: Caller, uid: str) -> StoredSlot:
        """Find one. Raises `NotFound("slot")`.

        It is looked for in both places where it can be, so that the account need not be read.
        """
        return existing(self._slots.get(Owner(caller.user_id, SPREAD), uid), "slot", uid=uid)

    def change(self, caller: Caller, uid: str, change: SlotChange, *, revisions: Collection[str] | None = None) -> StoredSlot:
        """Set fields of a slot; everything else it says is kept.

        With `revisions`, only if it still is at one of them. Raises `NotFound("slot")`, `InvalidInput("invalid_fields")`,
        `Conflict("revision_mismatch")`.
        """
        self._check_groups(caller, change)
        owner = owner_of(self._users, caller)
        return self._edits.change(owner, uid, lambda slot: changed_fields(slot, change), revisions=revisions)

    def delete(self, caller: Caller, uid: str, *, revisions: Collection[str] | None = None) -> None:
        """Remove a slot. Raises `NotFound("slot")`, `Conflict("revision_mismatch")`."""
        self._edits.delete(owner_of(self._users, caller), uid, revisions=revisions)

    def list(
        self,
        caller: Caller,
        *,
        limit: int,
        group: str | None = None,
        window: Window | None = None,
        after: str | None = None,
        before: str | None = None,
        occurrences: bool = False,
        until: float = inf,
    ) -> Listing:
        """Give a page of slots in start order; with `window`, those that take place in it.

        A recurring slot is in the window when one of its occurrences is. When `until` (epoch seconds) comes first, the page
        ends where looking has got to. Raises `NotFound("group")`, `InvalidInput`.
        """
        if after is not None and before is not None:
            raise InvalidInput("invalid_fields", fields={"before": "cannot be used together with after"})
        if occurrences and window is None:
            raise InvalidInput("invalid_fields", fields={"occurrences": "needs filter=between"})
        if group is not None:
            existing(self._groups.group(caller.user_id, group), "group", uuid=group)
        owner = owner_of(self._users, caller)
        found: list[_Found] = []
        first, last = after, before
        for turn in range(MAX_PAGES):
            page = self._slots.page(owner, limit=limit - len(found), group=group, window=window, after=after, before=before)
            in_window, rest = _look(page.slots, window, backward=before is not None, until=until)
            found = [*in_window, *found] if before is not None else [*found, *in_window]
            if turn == 0 or before is not None:
                first = page.before
            if turn == 0 or before is None:
                last = page.after
            if rest is not None:
                reached = self._slots.place(rest.slot)
                first, last = (reached, last) if before is not None else (first, reached)
                break
            onward = page.before if before is not None else page.after
            if len(found) >= limit or onward is None:
                break
            after, before = (after, onward) if before is not None else (onward, before)
        shown = [each.occurrences for each in found] if occurrences else None
        return Listing([each.stored for each in found], shown, before=first, after=last)

    def check(self, user: User) -> None:
        """Let a user leave: slots need no handing over."""

    def remove(self, user: User, *, until: float) -> bool:
        """Remove every slot of a user who leaves; False when `until` (epoch seconds) came first."""
        return self._slots.delete_all(Owner(user.id, SPREAD), until=until)

    def _check_groups(self, caller: Caller, change: SlotChange) -> None:
        for group in change.get("groups", ()):
            if self._groups.group(caller.user_id, group) is None:
                raise InvalidInput("invalid_fields", fields={"groups": f"there is no group {group}"})


class _Found(NamedTuple):
    """A slot and its occurrences in the window that was asked for."""

    stored: StoredSlot
    occurrences: Sequence[tuple[datetime, datetime]]


def _look(
    slots: Sequence[StoredSlot], window: Window | None, *, backward: bool, until: float
) -> tuple[list[_Found], StoredSlot | None]:
    """Give those slots of a page that take place in a window, all without one, and at which slot time ran out, if it did.

    At least one slot is looked at, so that whoever asks on gets on.
    """
    if window is None:
        return [_Found(stored, ()) for stored in slots], None
    found: list[_Found] = []
    stopped = None
    for number, stored in enumerate(reversed(slots) if backward else slots, 1):
        times = occurrences_of(stored.slot, window)
        if times:
            found.append(_Found(stored, times))
        if number < len(slots) and time.time() >= until:
            stopped = stored
            break
    return (found[::-1] if backward else found), stopped


def occurrences_of(slot: Slot, window: Window) -> Sequence[tuple[datetime, datetime]]:
    """List when a slot takes place in a window, in order; nothing when it does not. Looking is bounded."""
    if not may_touch(slot, window):
        return ()
    if not slot.recurring:
        return ((instant(slot.start), instant(slot.end or slot.start)),)
    from chalicelib.formats import ical

    return ical.occurrences(slot, window, limit=MAX_OCCURRENCES)
