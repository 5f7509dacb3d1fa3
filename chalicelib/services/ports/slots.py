"""Where slots are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol

from chalicelib.domain.slots import Slot, Window

Outcome = Literal["created", "updated"]

SPREAD: Final = 16
"""The one value of `User.spread` besides 1. A single slot can always be looked up with it: both places are asked."""


class Mark(NamedTuple):
    """Who wrote a slot last, when that was an import: lets a killed import run again and report the same."""

    run: str
    """The import's id."""
    entry: int
    """The entry's number in the file."""
    outcome: Outcome


class StoredSlot(NamedTuple):
    """A slot as it is kept.

    `revision` is a digest of its content (everything but `changed`, see `domain.revisions.revision_of`): equal content has
    an equal revision, so it says whether an import or an incremental run has anything to do.
    """

    slot: Slot
    revision: str
    mark: Mark | None = None


class Owner(NamedTuple):
    """Whose slots. `spread` is the number of partitions the owner's *new* slots go to.

    A slot lives in partition 0 or, when `spread` was above 1 as it was created, in the partition that its uid's hash
    names; with `spread` 1 one partition holds all, so that a small calendar is one query.
    """

    user_id: int
    spread: int = 1


class Page(NamedTuple):
    """One page of a list and the cursors of its neighbours, None where there is none."""

    slots: Sequence[StoredSlot]
    before: str | None
    after: str | None


class SlotStore(Protocol):
    """Slots by owner and uid, and in start order. Every read is consistent."""

    def stream(
        self,
        owner: Owner,
        *,
        group: str | None = None,
        window: Window | None = None,
        start: str | None = None,
        end: str | None = None,
    ) -> Iterator[StoredSlot]:
        """Yield the owner's slots (of one group) ordered by `Slot.order`, one page in memory at a time.

        With `window`: those that overlap it, and every recurring slot that may have an occurrence in it (the caller
        looks closer with `domain.recurrence`). `start` (inclusive) and `end` (exclusive) are places as `place` gives them.
        """
        ...

    def place(self, slot: Slot) -> str:
        """Give the place of a slot in start order, also of one that is not stored: the cursor of a page that ends with it."""
        ...

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
        """Give up to `limit` slots after or before a cursor, in start order. Raises `InvalidInput` for a bad cursor."""
        ...

    def get(self, owner: Owner, uid: str) -> StoredSlot | None:
        """Find one slot."""
        ...

    def get_many(self, owner: Owner, uids: Iterable[str]) -> Mapping[str, StoredSlot]:
        """Find many slots in batches of a hundred; what is not there is not in the answer."""
        ...

    def create(self, owner: Owner, slot: Slot) -> StoredSlot:
        """Write one slot that must not exist. Raises `Conflict("slot_exists")`."""
        ...

    def replace(self, owner: Owner, slot: Slot, *, revision: str, mark: Mark | None = None) -> StoredSlot:
        """Write over the slot of that uid if it is still at `revision`. Raises `Conflict("slot_changed")`."""
        ...

    def put_new(self, owner: Owner, slots: Sequence[tuple[Slot, Mark]]) -> Collection[str]:
        """Write slots that were not there when looked up, in batches of 25, and give the uids that are there by now.

        Those were written by somebody else meanwhile and are left as they are: look them up again. No two of `slots` have one uid.
        """
        ...

    def delete(self, owner: Owner, uid: str, *, revision: str | None = None) -> None:
        """Remove one slot, if given only at `revision`. Raises `NotFound("slot")`, `Conflict("slot_changed")`."""
        ...

    def delete_all(self, owner: Owner, *, until: float | None = None) -> bool:
        """Remove everything the owner has; False when `until` (epoch seconds) came first and more is left."""
        ...

    def is_empty(self, owner: Owner) -> bool:
        """Whether the owner has no slot at all."""
        ...
