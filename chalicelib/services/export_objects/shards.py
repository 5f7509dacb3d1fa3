"""Cutting what a search finds into shards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from chalicelib.services.ports.exports import Shard

_SPARSE: Final = 8
"""A shard also ends after this many times as many objects were looked at as it may hold."""


def cut(looked_at: Iterable[tuple[str, bool]], *, objects: int) -> Sequence[Shard]:
    """Cut into shards of `objects` objects, given the place of each object looked at, and whether it is wanted.

    The first shard begins before, and the last one ends after everything.
    """
    shards: list[Shard] = []
    start: str | None = None
    found = seen = 0
    for place, wanted in looked_at:
        if (wanted and found == objects) or seen == objects * _SPARSE:
            shards.append(Shard(len(shards), start, place, found))
            start, found, seen = place, 0, 0
        found += wanted
        seen += 1
    return [*shards, Shard(len(shards), start, None, found)]
