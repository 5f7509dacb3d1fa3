"""Calendars for the tests of this package, put together from lines."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import Slot
from chalicelib.formats import ical


def event(*lines: str) -> str:
    """A VEVENT of these lines, as kept text."""
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *lines, "END:VEVENT"))


def calendar(*parts: str, head: Iterable[str] = ("VERSION:2.0", "PRODID:-//Test//EN")) -> bytes:
    """A VCALENDAR of components."""
    return "".join(["BEGIN:VCALENDAR\r\n", *(f"{line}\r\n" for line in head), *parts, "END:VCALENDAR\r\n"]).encode()


def entries(content: bytes, size: int = 0) -> list[Entry | Rejection]:
    """What is in a calendar, read in one piece or in pieces of a size."""
    pieces = [content[start : start + size] for start in range(0, len(content), size)] if size else [content]
    return list(ical.read(pieces))


def slots(content: bytes) -> list[Slot]:
    """The slots of a calendar in which nothing is rejected."""
    found = []
    for entry in entries(content):
        assert isinstance(entry, Entry), entry
        found.append(entry.slot)
    return found


def slot(*lines: str, head: Iterable[str] = ("VERSION:2.0", "PRODID:-//Test//EN")) -> Slot:
    """The slot of a calendar with one event."""
    (found,) = slots(calendar(event(*lines), head=head))
    return found


def written(*found: Slot) -> bytes:
    """These slots as a calendar."""
    return b"".join(ical.write(found))
