"""Slots on DynamoDB; `docs/storage.md` explains the table."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import Any, Final

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import MAX_BATCH_READ, MAX_BATCH_WRITE, MAX_TRANSACTION, ConditionFailed, Patience, Table, batched
from chalicelib.aws.packing import spilled, unpack, unspill
from chalicelib.aws.slot_items import Draft, copy_keys, draft, spill_prefix, stored_of
from chalicelib.aws.slot_keys import cursor_of, hash_at, homes, partitions, place_at, place_of, uid_hash
from chalicelib.aws.slot_queries import Range, plan, rows
from chalicelib.domain.errors import Conflict, NotFound, Unavailable
from chalicelib.domain.slots import Slot, Window
from chalicelib.domain.spans import may_touch
from chalicelib.services.ports.objects import ObjectStore
from chalicelib.services.ports.slots import Mark, Owner, Page, StoredSlot

_THREADS: Final = 8
"""Requests at once, each with a page or a batch in memory."""
_LOOKUP: Final = "pk,sk,s,d,m,v"
_ABSENT: Final = "attribute_not_exists(pk)"
_AT_REVISION: Final = "v = :v"
_PLAIN: Final = "attribute_not_exists(x) AND attribute_not_exists(o)"
"""Neither copies nor an object belong to the item: it can be written or removed by itself."""
_BELONGINGS: Final = "pk,sk,v,x,o"
_TRANSACTION_BYTES: Final = 3_500_000
_REREADS: Final = 4


class DynamoSlotStore:
    """Fulfils `SlotStore`.

    `objects` gives where oversized slots go and is called when there is one; `new_id` gives a new unique text each time.
    """

    def __init__(
        self,
        client: Any,
        *,
        table: str,
        objects: Callable[[], ObjectStore],
        patience: Patience | None = None,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = Table(client, table, patience=patience or Patience())
        self._objects = objects
        self._patience = patience or Patience()
        self._new_id = new_id
        self._clock = clock

    @cached_property
    def _pool(self) -> Executor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="slots")

    # in start order

    def stream(
        self,
        owner: Owner,
        *,
        group: str | None = None,
        window: Window | None = None,
        start: str | None = None,
        end: str | None = None,
    ) -> Iterator[StoredSlot]:
        """Yield the owner's slots ordered by `Slot.order`: per partition, one page in memory and the next one on its way."""
        part = Range(low=b"" if start is None else place_at(start), high=b"" if end is None else place_at(end))
        return self._walk(owner, part, group, window, pool=self._pool)

    def place(self, slot: Slot) -> str:
        """Give the place of a slot in start order, also of one that is not stored."""
        return cursor_of(place_of(slot))

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
        """Give up to `limit` slots after or before a cursor. There is always a way back to where a cursor came from."""
        if before is not None:
            part = Range(high=place_at(before), forward=False)
        else:
            part = Range(low=b"" if after is None else place_at(after) + b"\0")
        found = list(islice(self._walk(owner, part, group, window, limit=limit + 1), limit + 1))
        more, slots = len(found) > limit, found[:limit]
        if not slots:
            return Page((), before=None, after=None)
        if before is not None:
            slots.reverse()
        first, last = (cursor_of(place_of(stored.slot)) for stored in (slots[0], slots[-1]))
        if before is not None:
            return Page(slots, before=first if more else None, after=last)
        return Page(slots, before=None if after is None else first, after=last if more else None)

    def is_empty(self, owner: Owner) -> bool:
        """Whether the owner has no slot at all."""
        queries = plan(partitions(owner), Range(), group=None, window=None)
        return all(next(rows(self._table, [query], limit=1), None) is None for query in queries)

    def _walk(
        self,
        owner: Owner,
        part: Range,
        group: str | None,
        window: Window | None,
        *,
        pool: Executor | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredSlot]:
        queries = plan(partitions(owner), part, group=group, window=window)
        for place, packed in rows(self._table, queries, pool=pool, limit=limit):
            if spilled(packed):
                whole = self._whole(owner, {"sk": hash_at(place), "s": place, "d": packed})
                if whole is None or whole["s"] != place:  # removed or moved since the page was read
                    continue
                packed = whole["d"]
            stored = unpack(place, packed)
            if window is not None and not (may_touch(stored.slot, window) and (group is None or group in stored.slot.groups)):
                continue
            yield stored

    # by uid

    def get(self, owner: Owner, uid: str) -> StoredSlot | None:
        """Find one slot, in one read."""
        if owner.spread > 1:
            return self.get_many(owner, (uid,)).get(uid)
        hashed = uid_hash(uid)
        item = self._table.get({"pk": homes(owner, hashed)[0], "sk": hashed}, attributes=_LOOKUP)
        return None if item is None else self._stored(owner, item)

    def get_many(self, owner: Owner, uids: Iterable[str]) -> Mapping[str, StoredSlot]:
        """Find many slots, a hundred in a read; fifty once the owner's slots are spread, since each may be in two places."""
        keys = [{"pk": home, "sk": hashed} for hashed in map(uid_hash, dict.fromkeys(uids)) for home in homes(owner, hashed)]
        batches = list(batched(keys, MAX_BATCH_READ))
        read = self._pool.map if len(batches) > 1 else map
        found: dict[bytes, Item] = {}
        for items in read(lambda batch: list(self._table.get_many(batch, attributes=_LOOKUP)), batches):
            for item in items:
                twin = found.get(item["sk"])
                found[item["sk"]] = item if twin is None else self._settle(owner, item, twin)
        slots = (self._stored(owner, item) for item in found.values())
        return {stored.slot.uid: stored for stored in slots if stored is not None}

    def _settle(self, owner: Owner, item: Item, twin: Item) -> Item:
        """Keep one of two items of the same slot, which two writers made while the owner's spread was being raised."""
        home = homes(owner, item["sk"])[0]
        kept, extra = (item, twin) if item["pk"] == home else (twin, item)
        self._remove({"pk": extra["pk"], "sk": extra["sk"]}, extra["v"])
        return kept

    # writes

    def create(self, owner: Owner, slot: Slot) -> StoredSlot:
        """Write one slot that must not exist. Raises `Conflict("slot_exists")`, `TooLarge("too_many_groups_of_slot")`."""
        new = draft(owner, slot, None, new_id=self._new_id)
        new.item["n"] = os.urandom(8)
        home, *others = homes(owner, new.hashed)
        self._put_aside(new)
        try:
            if others or new.copies:
                checks = [self._table.checking({"pk": other, "sk": new.hashed}, condition=_ABSENT) for other in others]
                self._table.transact([*self._creating(new), *checks])
            else:
                self._table.put(new.item, condition=_ABSENT)
        except ConditionFailed as error:
            item = self._table.get({"pk": home, "sk": new.hashed}, attributes="n")
            if item is None or item.get("n") != new.item["n"]:  # else it was this very write, and only its answer got lost
                self._discard(new.object_key)
                raise Conflict("slot_exists", uid=slot.uid) from error
        return new.stored

    def replace(self, owner: Owner, slot: Slot, *, revision: str, mark: Mark | None = None) -> StoredSlot:
        """Write over the slot of that uid if it is still at `revision`.

        One write when neither the old nor the new slot has copies or an object. Raises `Conflict("slot_changed")`.
        """
        new = draft(owner, slot, mark, new_id=self._new_id)
        at_revision = {":v": _revision_bytes(revision)}
        places = homes(owner, new.hashed)
        if new.plain:
            for home in places:
                try:
                    self._table.put(new.at(home).item, condition=f"{_AT_REVISION} AND {_PLAIN}", values=at_revision)
                except ConditionFailed:
                    continue
                return new.stored
        self._put_aside(new)
        if not self._replace_with_all(new, places, at_revision):
            self._discard(new.object_key)
            raise Conflict("slot_changed", uid=slot.uid)
        return new.stored

    def _replace_with_all(self, new: Draft, places: Sequence[str], at_revision: Item) -> bool:
        """Replace a slot together with its copies and its object; False when it is at another revision."""
        key = {"sk": new.hashed}
        old = next((item for home in places if (item := self._table.get({"pk": home, **key}, attributes=_BELONGINGS))), None)
        if old is None:
            return False
        if old["v"] == at_revision[":v"]:
            here = new.at(old["pk"])
            kept = {copy["sk"] for copy in here.copies}
            actions = [self._table.putting(here.item, condition=_AT_REVISION, values=at_revision)]
            actions += [self._table.putting(copy) for copy in here.copies]
            actions += [self._table.deleting(copy) for copy in copy_keys(old) if copy["sk"] not in kept]
            try:
                self._table.transact(actions)
            except ConditionFailed:
                return False
            self._discard(old.get("o"))
            return True
        if old["v"] != new.item["v"]:
            return False
        if old.get("o") != new.object_key:  # somebody wrote the same; else this did, and its answer got lost
            self._discard(new.object_key)
        return True

    def put_new(self, owner: Owner, slots: Sequence[tuple[Slot, Mark]]) -> Collection[str]:
        """Write slots that were not there when looked up, and give the uids that are there by now, written by somebody else.

        A write whose answer got lost may be among them; its mark tells.
        """
        drafts = [draft(owner, slot, mark, new_id=self._new_id) for slot, mark in slots]
        for new in drafts:
            self._put_aside(new)
        single = list(batched((new for new in drafts if not new.copies), MAX_BATCH_WRITE))
        several = list(_transactions([new for new in drafts if new.copies]))
        taken = [new for batch in self._each(self._insert, single) + self._each(self._insert_with_copies, several) for new in batch]
        for new in taken:
            if new.object_key is not None:
                item = self._table.get({"pk": new.item["pk"], "sk": new.hashed}, attributes="o")
                if item is None or item.get("o") != new.object_key:
                    self._discard(new.object_key)
        return [new.stored.slot.uid for new in taken]

    def _insert(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        return [drafts[place] for place in self._table.insert([new.item for new in drafts])]

    def _insert_with_copies(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """Create slots with copies, all in one transaction, and give those that are there already."""
        left, taken = list(drafts), list[Draft]()
        while left:
            actions = [(new, action) for new in left for action in self._creating(new)]
            try:
                self._table.transact([action for _, action in actions])
            except ConditionFailed as error:
                refused = [actions[place][0] for place in error.actions]
                taken += refused
                left = [new for new in left if not any(new is one for one in refused)]
            else:
                break
        return taken

    def _creating(self, new: Draft) -> list[dict[str, Any]]:
        return [self._table.putting(new.item, condition=_ABSENT), *(self._table.putting(copy) for copy in new.copies)]

    def _each(self, work: Callable[[Sequence[Draft]], Sequence[Draft]], batches: list[list[Draft]]) -> list[Sequence[Draft]]:
        return list(self._pool.map(work, batches) if len(batches) > 1 else map(work, batches))

    # removal

    def delete(self, owner: Owner, uid: str, *, revision: str | None = None) -> None:
        """Remove one slot, if given only at `revision`. Raises `NotFound("slot")`, `Conflict("slot_changed")`."""
        hashed = uid_hash(uid)
        at_revision = None if revision is None else _revision_bytes(revision)
        try:
            removed = [self._remove({"pk": home, "sk": hashed}, at_revision) for home in homes(owner, hashed)]
        except ConditionFailed as error:
            raise Conflict("slot_changed", uid=uid) from error
        if True not in removed:
            raise NotFound("slot", uid=uid)

    def _remove(self, key: Item, revision: bytes | None) -> bool:
        """Remove an item with all that belongs to it; False when it is not there. Raises `ConditionFailed` at another revision."""
        condition, values = f"attribute_exists(pk) AND {_PLAIN}", None
        if revision is not None:
            condition, values = f"{condition} AND {_AT_REVISION}", {":v": revision}
        try:
            self._table.delete(key, condition=condition, values=values)
        except ConditionFailed:
            return self._remove_with_all(key, revision)
        return True

    def _remove_with_all(self, key: Item, revision: bytes | None) -> bool:
        attempt = 0
        while (item := self._table.get(key, attributes=_BELONGINGS)) is not None:
            if revision is not None and item["v"] != revision:
                raise ConditionFailed
            removal = self._table.deleting(key, condition=_AT_REVISION, values={":v": item["v"]})
            try:
                self._table.transact([removal, *(self._table.deleting(copy) for copy in copy_keys(item))])
            except ConditionFailed:  # changed since it was read
                self._patience.wait(attempt)
                attempt += 1
            else:
                self._discard(item.get("o"))
                return True
        return False

    def delete_all(self, owner: Owner, *, until: float | None = None) -> bool:
        """Remove everything the owner has; False when `until` (epoch seconds) came first and more is left."""
        for partition in partitions(owner):
            for page in self._table.query("pk = :pk", values={":pk": partition}, attributes="pk,sk"):
                for keys in batched(page, MAX_BATCH_WRITE * _THREADS):
                    if until is not None and self._clock() >= until:
                        return False
                    list(self._pool.map(self._table.delete_many, batched(keys, MAX_BATCH_WRITE)))
        objects = self._objects()
        for infos in batched(objects.list(spill_prefix(owner)), 1_000):
            objects.delete([info.key for info in infos])
        return True

    # what is too large for an item

    def _put_aside(self, new: Draft) -> None:
        if new.object_key is not None:
            self._objects().put(new.object_key, new.body)

    def _discard(self, object_key: str | None) -> None:
        if object_key is not None:
            self._objects().delete([object_key])

    def _stored(self, owner: Owner, item: Item) -> StoredSlot | None:
        whole = self._whole(owner, item)
        return None if whole is None else stored_of(whole)

    def _whole(self, owner: Owner, item: Item) -> Item | None:
        """Give an item with what was put aside for it; as it is by then, when it was replaced since it was read."""
        for attempt in range(_REREADS):
            object_key = spilled(item["d"])
            if object_key is None:
                return item
            try:
                return {**item, "d": unspill(item["d"], b"".join(self._objects().read(object_key)))}
            except NotFound:
                self._patience.wait(attempt)
            found = self._table.get_many(({"pk": home, "sk": item["sk"]} for home in homes(owner, item["sk"])), attributes=_LOOKUP)
            newer = next(found, None)
            if newer is None:
                return None
            item = newer
        raise Unavailable("slot_text_missing")


def _revision_bytes(revision: str) -> bytes:
    """Give a revision as items hold it; what a client made up is no digest, and so no item's."""
    try:
        return bytes.fromhex(revision)
    except ValueError:
        return b""


def _transactions(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """Yield drafts in groups that fit one transaction each."""
    group: list[Draft] = []
    actions = size = 0
    for new in drafts:
        more = 1 + len(new.copies)
        more_bytes = more * (len(new.item["d"]) + 2_000)
        if group and (actions + more > MAX_TRANSACTION or size + more_bytes > _TRANSACTION_BYTES):
            yield group
            group, actions, size = [], 0, 0
        group.append(new)
        actions, size = actions + more, size + more_bytes
    if group:
        yield group
