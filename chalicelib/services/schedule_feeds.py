"""A convention's schedule as a file that calendars and conference apps fetch again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from chalicelib.domain.conventions import ScheduledSlot
from chalicelib.services.conventions.schedule import Filters, Opened, Schedules
from chalicelib.services.ports.objects import ObjectStore

ScheduleFormat = Literal["ics", "json", "xml", "csv"]
LINK_SECONDS: Final = 900
"""How long the link to a large schedule works."""


class ScheduleFile(NamedTuple):
    """A schedule: its bytes, or where to fetch them when they are too many for one answer."""

    content: bytes
    url: str = ""


class ScheduleFeeds:
    """Writes public schedules."""

    def __init__(self, *, schedules: Schedules, objects: Callable[[], ObjectStore]) -> None:
        self._schedules = schedules
        self._objects = objects

    def open(self, name: str, filters: Filters) -> Opened:
        """Look into a convention's public schedule: what its version needs. Raises `NotFound("convention")`."""
        return self._schedules.open_public(name, filters)

    def write(
        self, opened: Opened, kind: ScheduleFormat, *, home: str, content_type: str, filename: str, max_bytes: int
    ) -> ScheduleFile:
        """Write the schedule; one of more than `max_bytes` goes to the object store, under a link.

        `home` is this service's public address: entries link there. The calendar keeps cancelled time slots until the
        convention is over, so that those who subscribed learn of it.
        """
        chunks = _chunks(opened, kind, home)
        head: list[bytes] = []
        size = 0
        for chunk in chunks:
            head.append(chunk)
            size += len(chunk)
            if size > max_bytes:
                key = f"tmp/schedules/{opened.visit.key}/{opened.version}-{opened.selection}.{kind}"
                self._objects().write(key, chain(head, chunks), content_type=content_type)
                url = self._objects().download_url(
                    key, filename=filename, content_type=content_type, disposition="inline", seconds=LINK_SECONDS
                )
                return ScheduleFile(b"", url)
        return ScheduleFile(b"".join(head))


def _chunks(opened: Opened, kind: ScheduleFormat, home: str) -> Iterator[bytes]:
    """Choose the writer; each is loaded when it is needed."""
    url = f"{home}/entities/timeslots"
    convention = opened.visit.convention
    match kind:
        case "ics":
            from chalicelib.formats import ical
            from chalicelib.formats.schedule_ical import calendar_slot

            slots = (
                calendar_slot(found, url=f"{url}/{found.slot.id}?convention={quote(convention.key)}") for found in _all(opened)
            )
            return ical.write(slots, name=convention.title, timezone=convention.timezone)
        case "csv":
            from chalicelib.formats import schedule_csv

            return schedule_csv.write(opened.slots())
        case "json" | "xml":
            from chalicelib.formats import conference, conference_json, conference_xml

            arranged = conference.arrange(convention, opened.slots(), version=opened.version, url=url)
            return conference_json.write(arranged) if kind == "json" else conference_xml.write(arranged)


def _all(opened: Opened) -> Iterable[ScheduledSlot]:
    return sorted(chain(opened.slots(), opened.cancelled()), key=lambda found: found.slot.order)
