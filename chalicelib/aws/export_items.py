"""Exports, runs and log entries as items of the exports table; `docs/exports.md` shows the keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson

from chalicelib.aws.attributes import Item
from chalicelib.aws.export_documents import definition_document, definition_of, result_of
from chalicelib.domain.exports import EVENTS, Export, LogEntry, Progress, Run, RunRef, TransportOutcome
from chalicelib.services.ports.exports import Dossier

FORMAT: Final = 1
"""Version of the items' layout."""
LOG_LIFETIME: Final = timedelta(days=400)
"""After which TTL removes a log entry, but that of the creation."""

EXPORT_KEY: Final = "X"
RUN_PREFIX: Final = "R#"
LOG_PREFIX: Final = "L#"
DISCARD_PREFIX: Final = "D#"
"""Sorts before the log, the runs and the export, so that a query from the end never meets it."""
SCHEDULE: Final = "schedule"
RUN: Final = "run"
"""The two partitions of the index ``care``."""

_MOMENT: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Key(NamedTuple):
    """A primary key."""

    pk: str
    sk: str

    @property
    def item(self) -> Item:
        """The key as the table takes it."""
        return {"pk": self.pk, "sk": self.sk}


def partition(export_id: int) -> str:
    """Give the partition of an export with all that belongs to it."""
    return f"E#{export_id}"


def export_key(export_id: int) -> Key:
    """Give the key of the export itself."""
    return Key(partition(export_id), EXPORT_KEY)


def run_key(ref: RunRef) -> Key:
    """Give the key of a run."""
    return Key(partition(ref.export_id), f"{RUN_PREFIX}{ref.run:010d}")


def discard_key(ref: RunRef) -> Key:
    """Give the key of what says that a run's files are to be discarded; run 0: everything of the export."""
    return Key(partition(ref.export_id), f"{DISCARD_PREFIX}{ref.run:010d}")


def pointer_key(export: Export) -> Key:
    """Give the key under which an export stands in its owner's list."""
    return Key(user_partition(export.user_id), f"E#{moment_number(export.created):017d}#{export.id:016d}")


def user_partition(user_id: int) -> str:
    """Give the partition of a user's list."""
    return f"U#{user_id}"


def quota_key(user_id: int) -> Key:
    """Give the key of what counts a user's exports and runs."""
    return Key(user_partition(user_id), "Q")


def log_key(export_id: int, entry: LogEntry) -> Key:
    """Give the key of a log entry, which says which it is: written twice, it is there once."""
    run, place, part = entry.order
    return Key(partition(export_id), f"{LOG_PREFIX}{run:010d}#{place}#{part}")


def ref_of(key: Item) -> RunRef:
    """Read the run that a run's or a discard's key names."""
    return RunRef(int(key["pk"].removeprefix("E#")), int(key["sk"].partition("#")[2]))


def export_item(export: Export) -> Item:
    """Give an export as its item, in the index when it has a next run."""
    due = {} if export.next_run is None else {"care": SCHEDULE, "care_at": seconds(export.next_run)}
    served = {} if export.served is None else {"served_run": export.served}
    return {
        **export_key(export.id).item,
        **due,
        **served,
        "layout": FORMAT,
        "user_id": export.user_id,
        "made_at": moment_number(export.created),
        "definition": definition_document(export.definition),
        "passkey": export.passkey,
        "edition": export.version,
        "former_names": list(export.former_names),
        "run_state": export.state,
        "run_no": export.run,
        "objects_done": export.progress.done,
        "objects_total": export.progress.total,
        "revision": export.revision,
    }


def export_of(item: Item) -> Export:
    """Read an export's item."""
    return Export(
        id=int(item["pk"].removeprefix("E#")),
        user_id=item["user_id"],
        created=moment(item["made_at"]),
        definition=definition_of(item["definition"]),
        passkey=item["passkey"],
        version=item["edition"],
        former_names=tuple(item["former_names"]),
        state=item["run_state"],
        run=item["run_no"],
        served=item.get("served_run"),
        progress=Progress(item["objects_done"], item["objects_total"]),
        next_run=datetime.fromtimestamp(item["care_at"], UTC) if "care_at" in item else None,
        revision=item["revision"],
    )


def run_item(run: Run) -> Item:
    """Give a run that begins as its item."""
    return {
        **run_key(run.ref).item,
        "layout": FORMAT,
        "user_id": run.user_id,
        "edition": run.version,
        "run_state": run.state,
        "started_at": moment_number(run.started),
        "due_at": None if run.due is None else seconds(run.due),
        "base_run": run.base,
        "objects_total": 0,
        "shards": {},
        "transports": {},
    }


def run_of(item: Item) -> Run:
    """Read a run's item."""
    result = result_of(item["outcome"]) if item.get("outcome") else None
    if result is not None:
        progress = Progress(result.objects, result.objects)
    else:
        progress = Progress(sum(item["shards"].values()), item["objects_total"])
    due, ended = item["due_at"], item.get("ended_at")
    return Run(
        ref=ref_of(item),
        user_id=item["user_id"],
        version=item["edition"],
        state=item["run_state"],
        started=moment(item["started_at"]),
        due=None if due is None else datetime.fromtimestamp(due, UTC),
        ended=None if ended is None else moment(ended),
        reason=item.get("reason", ""),
        base=item["base_run"],
        progress=progress,
        result=result,
        transports={int(place): TransportOutcome(*outcome) for place, outcome in item["transports"].items()},
    )


def log_item(export_id: int, entry: LogEntry) -> Item:
    """Give a log entry as its item."""
    lifetime: Mapping[str, Any] = {} if entry.run == 0 else {"ttl": seconds(entry.timestamp + LOG_LIFETIME)}
    return {
        **log_key(export_id, entry).item,
        **lifetime,
        "logged_at": moment_number(entry.timestamp),
        "info": orjson.dumps(entry.info).decode(),
    }


def log_entry_of(item: Item) -> LogEntry:
    """Read a log entry's item."""
    _, run, place, part = item["sk"].split("#", 3)
    return LogEntry(int(run), EVENTS[int(place)], moment(item["logged_at"]), orjson.loads(item["info"]), part)


def discard_item(ref: RunRef, at: datetime) -> Item:
    """Give the item that has a run's files discarded at that time."""
    return {**discard_key(ref).item, "care": RUN, "care_at": seconds(at)}


def dossier_of(items: Iterable[Item]) -> Dossier | None:
    """Put together what was read of an export; None when the export itself is not among it."""
    export: Export | None = None
    runs: dict[int, Run] = {}
    log: list[LogEntry] = []
    for item in items:
        if item["sk"] == EXPORT_KEY:
            export = export_of(item)
        elif item["sk"].startswith(RUN_PREFIX):
            run = run_of(item)
            runs[run.ref.run] = run
        else:
            log.append(log_entry_of(item))
    return None if export is None else Dossier(export, runs, log)


def moment_number(moment: datetime) -> int:
    """Give a moment as microseconds since 1970: exact, and shorter than text."""
    return (moment - _EPOCH) // _MOMENT


def moment(number: int) -> datetime:
    """Read what `moment_number` gave."""
    return _EPOCH + number * _MOMENT


def seconds(moment: datetime) -> int:
    """Give a moment as whole seconds since 1970, for the index and TTL."""
    return int(moment.timestamp())


def going_name(ref: RunRef) -> str:
    """Give the name of a run in the set of those that its user has going."""
    return f"{ref.export_id}:{ref.run}"
