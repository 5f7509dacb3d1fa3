"""Timeslot JSON as a reading: entries, rejections, notes, and places to go on from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import MAX_TITLE
from chalicelib.formats.exact_json import has_names, losses
from chalicelib.formats.timeslot_json.elements import Batch, batches
from chalicelib.formats.timeslot_json.entry import KEYS, Unusable, names_of, slot_of

MAX_GARBAGE: Final = 10_000
"""Elements that are not even objects, after which the file is taken for something else."""
_MAX_NAMED: Final = 20
"""Distinct unknown keys that are named in the notes."""
_MAX_NAME: Final = 100
"""Characters by which an unknown key is named."""


def read(chunks: Iterable[bytes], *, resume: Mapping[str, Any] | None = None) -> TimeslotReading:
    """Read a file that arrives in chunks of UTF-8; to resume, the chunks begin at `resume["offset"]`."""
    return TimeslotReading(chunks, resume)


class TimeslotReading:
    """A Timeslot JSON file being read; see `domain.imports.Reading`."""

    format: Final = "timeslot"

    def __init__(self, chunks: Iterable[bytes], resume: Mapping[str, Any] | None) -> None:
        resume = resume or {}
        self.ignored: dict[str, int] = {}
        self._chunks = chunks
        self._offset: int = resume.get("offset", 0)
        self._line: int = resume.get("line", 1)
        self._number: int = resume.get("entry", 0)
        self._unknown: dict[str, list[int]] = {key: list(seen) for key, seen in resume.get("unknown", {}).items()}
        self._unnamed: int = resume.get("unnamed", 0)
        self._garbage: int = resume.get("garbage", 0)
        self._batch: Batch | None = None
        self._index = 0

    @property
    def notes(self) -> list[str]:
        """Name the keys that have been left out."""
        named = [
            f"The unknown key {key!r} was left out of {count} entries, first of entry {entry} (line {line})."
            for key, (count, entry, line) in self._unknown.items()
        ]
        return [*named, f"More unknown keys were left out of {self._unnamed} entries."] if self._unnamed else named

    def checkpoint(self) -> dict[str, Any]:
        """Give the place right after the entry yielded last."""
        offset, line = self._batch.after(self._index) if self._batch else (self._offset, self._line)
        unknown = {key: list(seen) for key, seen in self._unknown.items()}
        return {
            "offset": offset,
            "line": line,
            "entry": self._number,
            "unknown": unknown,
            "unnamed": self._unnamed,
            "garbage": self._garbage,
        }

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield what is in the file, in its order."""
        try:
            for batch in batches(self._chunks, offset=self._offset, line=self._line):
                self._batch = batch
                yield from self._entries(batch)
        except InvalidInput as error:
            error.details.setdefault("entry", self._number + 1)
            raise

    def _entries(self, batch: Batch) -> Iterator[Entry | Rejection]:
        line = batch.line
        if batch.values is None:
            self._index = 0
            self._number += 1
            self._count_garbage(line)
            reason = f"not JSON: {batch.reason}" if batch.raw.strip() else "there is nothing between two commas"
            yield Rejection(self._number, line, "", reason)
            return
        lost = {} if has_names(batch.raw, names_of(batch.values)) else losses(b"[%b]" % batch.raw)
        for index, value in enumerate(batch.values):
            self._index = index
            self._number += 1
            if type(value) is not dict:
                self._count_garbage(line)
                yield Rejection(self._number, line, "", "not an object")
                continue
            try:
                if index in lost:
                    raise Unusable(lost[index].reason)
                slot, groups = slot_of(value)
            except Unusable as error:
                uid = value.get("uid")
                yield Rejection(self._number, line, uid[:MAX_TITLE] if isinstance(uid, str) else "", str(error))
                continue
            if not KEYS.issuperset(value):
                self._note_unknown(value, line)
            yield Entry(self._number, line, slot, groups)

    def _count_garbage(self, line: int) -> None:
        self._garbage += 1
        if self._garbage > MAX_GARBAGE:
            raise InvalidInput("not_json", entry=self._number, line=line, reason="too many elements are not objects")

    def _note_unknown(self, value: Mapping[str, Any], line: int) -> None:
        more = 0
        for key in sorted(value.keys() - KEYS):
            name = key[:_MAX_NAME]
            if name in self._unknown:
                self._unknown[name][0] += 1
            elif len(self._unknown) < _MAX_NAMED:
                self._unknown[name] = [1, self._number, line]
            else:
                more = 1
        self._unnamed += more
