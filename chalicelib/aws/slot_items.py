"""A slot as the items it is stored as.

The slot itself is one item. Each group after its first adds a copy that only `by_group` lists, so that a group's slots are one
query whatever other groups they are in. Slots and copies change together, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast

from chalicelib.aws.attributes import Item
from chalicelib.aws.packing import pack, spill, unpack
from chalicelib.aws.slot_keys import GROUP_BYTES, group_key, homes, place_of, uid_hash
from chalicelib.aws.slot_queries import series_attributes
from chalicelib.domain.errors import TooLarge
from chalicelib.domain.revisions import revision_of
from chalicelib.domain.slots import MAX_GROUPS_OF_SLOT, Slot
from chalicelib.services.ports.slots import Mark, Outcome, Owner, StoredSlot

SPILL_OVER: Final = 32_768
"""Bytes of a packed slot from which it goes to S3: an item with its index entries stays under 400 kB and a transaction with
all copies under 4 MB, and S3 is cheaper by then."""


class Draft(NamedTuple):
    """A slot as it is about to be written."""

    stored: StoredSlot
    item: Item
    copies: Sequence[Item] = ()
    object_key: str | None = None
    """Where `body` is put before the item is written; None when the item holds everything."""
    body: bytes = b""

    @property
    def hashed(self) -> bytes:
        """The hash of the uid."""
        return cast(bytes, self.item["sk"])

    @property
    def plain(self) -> bool:
        """Whether the item is all there is."""
        return not self.copies and self.object_key is None

    def at(self, home: str) -> Draft:
        """Give the draft for another partition."""
        return self._replace(item={**self.item, "pk": home}, copies=[{**copy, "pk": home} for copy in self.copies])


def draft(owner: Owner, slot: Slot, mark: Mark | None, *, new_id: Any) -> Draft:
    """Give the items of a slot in the partition that a new one goes to. Raises `TooLarge("too_many_groups_of_slot")`."""
    groups = tuple(dict.fromkeys(slot.groups))
    if len(groups) > MAX_GROUPS_OF_SLOT:
        raise TooLarge("too_many_groups_of_slot", uid=slot.uid, limit=MAX_GROUPS_OF_SLOT)
    place, hashed, revision = place_of(slot), uid_hash(slot.uid), revision_of(slot)
    packed = pack(slot, place, revision)
    home = homes(owner, hashed)[0]
    object_key, body = None, b""
    if len(packed) > SPILL_OVER:
        object_key = f"{spill_prefix(owner)}{hashed.hex()}/{new_id()}"
        packed, body = spill(packed, object_key)
    item: Item = {"pk": home, "sk": hashed, "s": place, "v": bytes.fromhex(revision), "d": packed, **series_attributes(slot, place)}
    if groups:
        item["g"] = group_key(groups[0]) + place
    if object_key is not None:
        item["o"] = object_key
    if mark is not None:
        item["m"] = _mark_text(mark)
    further = [group_key(group) for group in groups[1:]]
    if further:
        item["x"] = b"".join(further)
    copies = [{"pk": home, "sk": hashed + group, "g": group + place, "d": packed} for group in further]
    return Draft(StoredSlot(slot, revision, mark), item, copies, object_key, body)


def copy_keys(item: Item) -> list[Item]:
    """Give the keys of a stored item's copies."""
    further: bytes = item.get("x", b"")
    return [
        {"pk": item["pk"], "sk": item["sk"] + further[start : start + GROUP_BYTES]} for start in range(0, len(further), GROUP_BYTES)
    ]


def spill_prefix(owner: Owner) -> str:
    """Give where an owner's oversized slots are."""
    return f"spill/{owner.user_id}/"


def stored_of(item: Item) -> StoredSlot:
    """Give the slot of an item that was looked up by its uid."""
    stored = unpack(item["s"], item["d"])
    return stored._replace(mark=_mark(item["m"])) if "m" in item else stored


def _mark_text(mark: Mark) -> str:
    return f"{mark.entry} {mark.outcome} {mark.run}"


def _mark(text: str) -> Mark:
    entry, outcome, run = text.split(" ", 2)
    return Mark(run, int(entry), cast(Outcome, outcome))
