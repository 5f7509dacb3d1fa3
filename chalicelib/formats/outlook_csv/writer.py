"""Slots to Outlook's CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import StringIO
from itertools import islice
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.slots import FLOATING, Slot
from chalicelib.formats.ical.extras import place
from chalicelib.formats.outlook_csv.cells import guard
from chalicelib.formats.outlook_csv.header import HEADERS, Language
from chalicelib.formats.outlook_csv.kept import kept_columns
from chalicelib.formats.outlook_csv.marker import UTC_NAME, mark

_BATCH: Final = 500


class _Words(NamedTuple):
    """What Outlook writes in a language."""

    true: str
    false: str
    normal: str
    high: str
    low: str
    private: str
    personal: str
    confidential: str
    date: str
    """A format of year, month and day."""
    halves: bool
    """Hours are counted twice to 12."""


_WORDS: Final[dict[Language, _Words]] = {
    "en": _Words("True", "False", "Normal", "High", "Low", "Private", "Personal", "Confidential", "{1}/{2}/{0:04}", True),
    "de": _Words("Ein", "Aus", "Normal", "Hoch", "Niedrig", "Privat", "Persönlich", "Vertraulich", "{2}.{1}.{0:04}", False),
    "fr": _Words("Vrai", "Faux", "Normale", "Haute", "Basse", "Privé", "Personnel", "Confidentiel", "{2:02}/{1:02}/{0:04}", False),
    "es": _Words(
        "Verdadero", "Falso", "Normal", "Alta", "Baja", "Privado", "Personal", "Confidencial", "{2:02}/{1:02}/{0:04}", False
    ),
}
_BUSY: Final = "2"
"""`Show time as` of a time that is taken."""


def write(slots: Iterable[Slot], *, language: Language = "en") -> Iterator[bytes]:
    """Yield the file in pieces of whole rows, in the order given, in UTF-8 with CRLF.

    Times are those on the wall of the slot's zone, or UTC; of a series there is the first occurrence.
    """
    header = HEADERS[language]
    arrange = _Rows(language)
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header.values())
    remaining = iter(slots)
    while True:
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
        batch = list(islice(remaining, _BATCH))
        if not batch:
            return
        writer.writerows(map(arrange.row, batch))


class _Rows:
    """Makes the rows of one language: a dictionary by column, put into the header's order."""

    def __init__(self, language: Language) -> None:
        self.words = _WORDS[language]
        self.columns = tuple(HEADERS[language])

    def row(self, slot: Slot) -> list[str]:
        """Make a slot's row."""
        words = self.words
        start, end, zone = _on_the_wall(slot)
        public = slot.visibility == "public"
        alert = _alert(slot.settings)
        cells = {
            "subject": guard(slot.title),
            "start_date": self.date(start),
            "start_time": self.time(start),
            "end_date": self.date(end) if end is not None else "",
            "end_time": self.time(end) if end is not None else "",
            "all_day": words.true if slot.all_day else words.false,
            "reminder": words.false,
            "description": guard(slot.description),
            "location": guard(place(slot.location)) if slot.location is not None else "",
            "priority": words.normal,
            "private": words.false if public else words.true,
            "sensitivity": words.normal if public else words.private,
            "show_as": _BUSY,
        }
        exact = slot.visibility if slot.visibility in ("friends", "foaf") else None
        if zone or exact:
            cells["billing"] = mark(zone, exact)
        if slot.ical:
            kept = kept_columns(slot.ical)
            cells |= {**kept.cells, "billing": cells.get("billing") or kept.cells.get("billing", "")}
            cells["priority"] = (words.normal, words.high, words.low)[kept.priority]
            if kept.sensitivity:
                cells["sensitivity"] = words.confidential if kept.sensitivity == "CONFIDENTIAL" else words.personal
            alert = alert if alert is not None else kept.alert
        if alert is not None:
            cells |= self.reminder(start, alert)
        get = cells.get
        return [get(column, "") for column in self.columns]

    def reminder(self, start: datetime, before: timedelta) -> dict[str, str]:
        """Give the cells of a reminder; none when it would be before all calendars."""
        try:
            moment = start - before
            if moment.tzinfo is not None:
                moment.astimezone(UTC)
        except OverflowError:
            return {}
        return {"reminder": self.words.true, "reminder_date": self.date(moment), "reminder_time": self.time(moment)}

    def date(self, moment: datetime) -> str:
        """Print a date as the language has it."""
        return _date(self.words.date, moment.year, moment.month, moment.day)

    def time(self, moment: datetime) -> str:
        """Print a time as the language has it, to the second."""
        return _time(self.words.halves, moment.hour, moment.minute, moment.second)


@lru_cache(maxsize=4096)
def _date(form: str, year: int, month: int, day: int) -> str:
    return form.format(year, month, day)


@lru_cache(maxsize=4096)
def _time(halves: bool, hour: int, minute: int, second: int) -> str:
    if halves:
        return f"{hour % 12 or 12}:{minute:02}:{second:02} {'AM' if hour < 12 else 'PM'}"
    return f"{hour:02}:{minute:02}:{second:02}"


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _on_the_wall(slot: Slot) -> tuple[datetime, datetime | None, str]:
    """Give start and end as they are printed, and the name of the zone they are in (empty: none).

    A wall time that comes twice, when clocks are set back, would come back as the first: such a slot is printed in UTC,
    and so is one of a zone that nobody here knows, or whose clock shows a year before 1 or after 9999. An end before the
    start, which RFC 5545 §3.8.2.2 forbids and Outlook refuses, is left open.
    """
    start, end = slot.start, slot.end if slot.end is not None and slot.end >= slot.start else None
    if slot.all_day or slot.timezone == FLOATING:
        return start, end, ""
    zone = _zone(slot.timezone) if slot.timezone else None
    if slot.timezone and zone is not None:
        try:
            wall_start = start.astimezone(zone)
            wall_end = end.astimezone(zone) if end is not None else None
        except OverflowError:
            return start, end, UTC_NAME
        if wall_start.fold == 0 and (wall_end is None or wall_end.fold == 0):
            return wall_start, wall_end, slot.timezone
    return start, end, UTC_NAME


def _alert(settings: dict[str, Any] | None) -> timedelta | None:
    """Give how long before the start the first alert is, where the settings say it in minutes."""
    alerts = settings.get("alerts") if settings else None
    first = alerts[0] if isinstance(alerts, list) and alerts else None
    minutes = first.get("minutes") if isinstance(first, dict) else None
    if type(minutes) is not int or not 0 <= minutes < 10_000_000:
        return None
    return timedelta(minutes=minutes)
