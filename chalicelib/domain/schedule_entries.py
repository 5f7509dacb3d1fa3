"""What a schedule file says: entries to be scheduled, each with its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class ScheduleEntry(NamedTuple):
    """One time slot as a file describes it. Places, hosts and the event are called by the names the file has for them."""

    number: int
    """Counted from 1 over all entries of the file, readable or not."""
    line: int
    """Of its first line in the file, counted from 1; 0 where lines mean nothing."""
    uid: str
    """Empty when the file names none."""
    title: str
    """The event's."""
    start: datetime
    """Naive when the file names no zone: then it is in the convention's."""
    minutes: int | None
    """None when the file does not say: then it is the event's."""
    places: tuple[str, ...]
    hosts: tuple[tuple[str, str], ...] = ()
    """Name and address, each may be empty."""
    teaser: str = ""
    description: str = ""
    notes: str = ""
    tags: Mapping[str, tuple[str, ...]] = {}
    cancelled: bool = False
