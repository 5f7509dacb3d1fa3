"""Conventions on DynamoDB.

One partition per convention (`C#<public key>`), so that a schedule is read in as many queries as it has megabytes, however
many locations and hosts it has. Sort keys put together what is read together:

    A            the convention          K#<id>       an event
    B#<user>     a manager               T#<id>       a time slot; `s` puts it into the index `by_start`
    C#<slug>     a location              X#<hash>     a claim
    D#<hash>     a tag type              Z            the numbers given out
    E#<shard>    how often events were written: counters, spread so that submissions do not queue

`by_start` is a local index: it can be read consistently. In it time slots are by start, the cancelled ones apart.
Beside the partitions: `N#<id or slug>` names a convention, `conventions` lists them, `U#<user>` lists whom a user manages.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, Literal, TypeVar

from chalicelib.aws.attributes import Item
from chalicelib.aws.convention_records import pack, unpack
from chalicelib.aws.dynamodb import ConditionFailed, Patience, Table
from chalicelib.domain.conventions import Convention, Event, Manager, Place, TagType, TimeSlot
from chalicelib.domain.errors import Conflict
from chalicelib.services.ports.conventions import Change, Drop, Expect, Head, Kind, Record, Ref, Save, ref_of

_LETTERS: Final[Mapping[Kind, str]] = {
    "convention": "A",
    "manager": "B",
    "place": "C",
    "tag_type": "D",
    "event": "K",
    "time_slot": "T",
    "claim": "X",
}
_KINDS: Final[Mapping[str, Kind]] = {letter: kind for kind, letter in _LETTERS.items()}
_PULSE: Final = "E"
_SHARDS: Final = 16
_HEAD: Final = ("A", "F")
"""Everything from the convention to the counters of its events."""
_EPOCH: Final = 100_000_000_000
"""Added to seconds since 1970, so that earlier ones sort too."""
_BY_START: Final = "by_start"
_PATIENCE: Final = Patience(attempts=40, longest=0.5)
"""Collisions of writers who do not contradict each other are waited out."""

_R = TypeVar("_R", bound=Record)


class DynamoConventionStore:
    """Fulfils `ConventionStore`."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._table = Table(client, table, patience=_PATIENCE)

    def head(self, key: str) -> Head | None:
        """Read a convention's head: one query."""
        values = {":pk": _partition(key), ":first": _HEAD[0], ":last": _HEAD[1]}
        items = [item for page in self._table.query("pk = :pk AND sk BETWEEN :first AND :last", values=values) for item in page]
        records = [_record(item) for item in items if not item["sk"].startswith(_PULSE)]
        conventions = _of(Convention, records)
        if not conventions:
            return None
        return Head(
            convention=conventions[0],
            managers={record.person.user_id: record for record in _of(Manager, records) if record.person.user_id is not None},
            places={record.slug: record for record in _of(Place, records)},
            tag_types={record.title: record for record in sorted(_of(TagType, records), key=lambda tag_type: tag_type.title)},
            pulse=tuple(item["n"] for item in items if item["sk"].startswith(_PULSE)),
        )

    def find(self, name: str) -> str | None:
        """Give the key of the convention with this id, slug or key: one read."""
        if not name:
            return None
        keys = [{"pk": _partition(name), "sk": "A"}, {"pk": _name(name), "sk": "A"}]
        found = {item["pk"]: item for item in self._table.get_many(keys, attributes="pk, k")}
        if _partition(name) in found:
            return name
        return found[_name(name)]["k"] if _name(name) in found else None

    def conventions(self) -> Iterator[Convention]:
        """Yield all conventions by id."""
        for page in self._table.query("pk = :pk", values={":pk": "conventions"}):
            yield from _of(Convention, [unpack("convention", item["d"], item["v"]) for item in page])

    def managed_by(self, user_id: int) -> Sequence[str]:
        """List the keys of the conventions that a user manages."""
        return [item["sk"] for page in self._table.query("pk = :pk", values={":pk": _user(user_id)}) for item in page]

    def get(self, key: str, refs: Iterable[Ref]) -> Mapping[Ref, Record]:
        """Find records by address, in batches of a hundred."""
        keys = [_address(key, ref) for ref in dict.fromkeys(refs)]
        records = [_record(item) for item in self._table.get_many(keys)] if keys else []
        return {ref_of(record): record for record in records}

    def event(self, key: str, event_id: int) -> Event | None:
        """Find one event: one read."""
        return self._one(Event, key, Ref("event", str(event_id)))

    def time_slot(self, key: str, slot_id: int) -> TimeSlot | None:
        """Find one time slot, also a cancelled one: one read."""
        return self._one(TimeSlot, key, Ref("time_slot", str(slot_id)))

    def events(self, key: str) -> Iterator[Event]:
        """Yield all events by id: as many queries as megabytes."""
        for page in self._table.query("pk = :pk AND begins_with(sk, :sk)", values={":pk": _partition(key), ":sk": "K#"}):
            yield from _of(Event, [_record(item) for item in page])

    def time_slots(self, key: str, *, earliest: datetime | None = None, latest: datetime | None = None) -> Iterator[TimeSlot]:
        """Yield the time slots that are not cancelled, by start, then id: as many queries as megabytes."""
        first = _start_key("a", earliest) if earliest is not None else "a"
        last = _start_key("a", latest) if latest is not None else "b"
        return self._by_start(key, first, last)

    def cancelled_slots(self, key: str) -> Iterator[TimeSlot]:
        """Yield the cancelled time slots, by start, then id."""
        return self._by_start(key, "c", "d")

    def reserve_ids(self, key: str, kind: Literal["convention", "event", "time_slot"], count: int = 1) -> int:
        """Give the first of `count` numbers nobody else gets; one write, and gaps are possible."""
        counter = {"pk": _partition(key), "sk": "Z"} if key else {"pk": "numbers", "sk": "Z"}
        return int(self._table.update(counter, f"ADD n_{kind} :count", values={":count": count})[f"n_{kind}"]) - count + 1

    def commit(self, key: str, changes: Sequence[Change]) -> Mapping[Ref, Record]:
        """Do all changes or none, in one transaction; give what was saved. Raises `Conflict("changed")`, `TooLarge`."""
        actions: list[dict[str, Any]] = []
        saved: dict[Ref, Record] = {}
        shards = set()
        for change in changes:
            ref = ref_of(change.record)
            seen = _seen(change.record.revision)
            if isinstance(change, Save):
                first = change.record.revision == 0
                record = change.record._replace(revision=(secrets.randbits(40) if first else change.record.revision) + 1)
                saved[ref] = record
                actions.append(self._table.putting(_item(key, record), **seen))
                actions.extend(self._beside(key, record, first=first))
            elif isinstance(change, Drop):
                actions.append(self._table.deleting(_address(key, ref), **seen))
                if isinstance(change.record, Manager):
                    actions.append(self._table.deleting({"pk": _user(change.record.person.user_id), "sk": key}))
            else:
                actions.append(self._table.checking(_address(key, ref), **seen))
            if isinstance(change.record, Event) and not isinstance(change, Expect):
                shards.add(change.record.id % _SHARDS)
        for shard in sorted(shards):
            counter = {"pk": _partition(key), "sk": f"{_PULSE}#{shard:02d}"}
            actions.append(self._table.updating(counter, "ADD n :one", values={":one": 1}))
        try:
            self._table.transact(actions)
        except ConditionFailed as failed:
            raise Conflict("changed", actions=list(failed.actions)) from failed
        return saved

    def _beside(self, key: str, record: Record, *, first: bool) -> list[dict[str, Any]]:
        """Give what is written outside the convention's partition together with a record."""
        if isinstance(record, Manager):
            return [self._table.putting({"pk": _user(record.person.user_id), "sk": key})] if first else []
        if not isinstance(record, Convention):
            return []
        listed = {"pk": "conventions", "sk": f"{record.id:012d}", "d": pack(record), "v": record.revision}
        actions = [self._table.putting(listed)]
        if first:
            for name in (str(record.id), record.slug):
                item = {"pk": _name(name), "sk": "A", "k": key}
                actions.append(self._table.putting(item, condition="attribute_not_exists(pk)"))
        return actions

    def _one(self, kind: type[_R], key: str, ref: Ref) -> _R | None:
        item = self._table.get(_address(key, ref))
        record = _record(item) if item is not None else None
        return record if isinstance(record, kind) else None

    def _by_start(self, key: str, first: str, last: str) -> Iterator[TimeSlot]:
        values = {":pk": _partition(key), ":first": first, ":last": last}
        for page in self._table.query("pk = :pk AND s BETWEEN :first AND :last", values=values, index=_BY_START):
            yield from _of(TimeSlot, [_record(item) for item in page])


def _partition(key: str) -> str:
    return f"C#{key}"


def _user(user_id: int | None) -> str:
    return f"U#{user_id}"


def _name(name: str) -> str:
    return f"N#{_digest(name)}"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _address(key: str, ref: Ref) -> Item:
    return {"pk": _partition(key), "sk": _sort_key(ref)}


def _sort_key(ref: Ref) -> str:
    letter = _LETTERS[ref.kind]
    if ref.kind == "convention":
        return letter
    if ref.kind in ("event", "time_slot"):
        return f"{letter}#{int(ref.name):012d}"
    if ref.kind in ("tag_type", "claim"):
        return f"{letter}#{_digest(ref.name)}"  # any text of any length
    return f"{letter}#{ref.name}"


def _item(key: str, record: Record) -> Item:
    item: Item = {**_address(key, ref_of(record)), "v": record.revision, "d": pack(record)}
    if isinstance(record, TimeSlot):
        item["s"] = _start_key("c" if record.cancelled else "a", record.start) + f"{record.id:012d}"
    return item


def _start_key(group: str, moment: datetime) -> str:
    return f"{group}{int(moment.timestamp()) + _EPOCH:012d}"


def _record(item: Item) -> Record:
    return unpack(_KINDS[item["sk"][0]], item["d"], item["v"])


def _seen(revision: int) -> dict[str, Any]:
    if revision == 0:
        return {"condition": "attribute_not_exists(pk)"}
    return {"condition": "v = :seen", "values": {":seen": revision}}


def _of(kind: type[_R], records: Iterable[Record]) -> list[_R]:
    return [record for record in records if isinstance(record, kind)]
