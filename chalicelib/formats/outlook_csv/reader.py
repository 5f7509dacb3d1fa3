"""Outlook's CSV to slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry, Rejection
from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, Location, Slot, Visibility
from chalicelib.formats.outlook_csv.cells import MAX_WORD, DateOrder, parse_date, parse_time, told_order, truth, unguard
from chalicelib.formats.outlook_csv.header import HEADERS, Language, Layout
from chalicelib.formats.outlook_csv.kept import with_columns
from chalicelib.formats.outlook_csv.marker import UTC_NAME, marked
from chalicelib.formats.outlook_csv.rows import Rows

_ORDERS: Final[Mapping[Language, DateOrder]] = {"en": "mdy", "de": "dmy", "fr": "dmy", "es": "dmy"}
"""The order of a date where Outlook speaks that language; English as in the United States."""
_ORDER_WORDS: Final[Mapping[DateOrder, str]] = {"mdy": "month/day/year", "dmy": "day/month/year", "ymd": "year/month/day"}
_LANGUAGE_WORDS: Final[Mapping[Language, str]] = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
_NORMAL: Final = frozenset(("", "normal", "normale"))
_MIDNIGHT: Final = time()

Chunks = Callable[[int], Iterator[bytes]]
"""Opens the file's UTF-8 text at an offset."""


class Unusable(Exception):
    """This row cannot be a slot; the text says why."""


def read(
    chunks: Chunks, layout: Layout, *, dates: DateOrder | None = None, resume: Mapping[str, Any] | None = None
) -> OutlookReading:
    """Read a file whose header has been recognised; `dates` is the order of its dates, if the user says so."""
    return OutlookReading(chunks, layout, dates, resume)


class OutlookReading:
    """An Outlook CSV file being read; see `domain.imports.Reading`."""

    format: Final = "outlook"

    def __init__(self, chunks: Chunks, layout: Layout, dates: DateOrder | None, resume: Mapping[str, Any] | None) -> None:
        self.ignored: dict[str, int] = {}
        self.notes: list[str] = []
        self._layout = layout
        self._number: int = resume["entry"] if resume else 0
        if resume:
            self._rows = self._open(chunks, resume["offset"], resume["line"])
            self._order: DateOrder = resume["order"]
            self.notes.extend(resume["notes"])
            return
        self._order = dates or self._find_order(chunks)
        self._rows = self._open(chunks, 0, 1)
        self._rows.skip(layout.lines)
        unknown = [name for name, column in zip(layout.header, layout.columns, strict=True) if name and not column]
        if unknown:
            self.notes.append(f"Columns that are not Outlook's were left out: {', '.join(unknown)[:MAX_TITLE]}.")

    def checkpoint(self) -> dict[str, Any]:
        """Give the place right after the entry yielded last."""
        return {
            "offset": self._rows.offset,
            "line": self._rows.line,
            "entry": self._number,
            "order": self._order,
            "notes": list(self.notes),
            "layout": self._layout.state(),
        }

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield what is in the file, in its order."""
        convert = _Converter(self._layout, self._order)
        try:
            for line, cells, reason in self._rows:
                self._number += 1
                if cells is None:
                    yield Rejection(self._number, line, "", reason)
                    continue
                try:
                    slot = convert.slot(cells)
                except Unusable as error:
                    yield Rejection(self._number, line, "", str(error))
                else:
                    yield Entry(self._number, line, slot)
        except InvalidInput as error:
            error.details.setdefault("entry", self._number + 1)
            raise

    def _open(self, chunks: Chunks, offset: int, line: int) -> Rows:
        layout = self._layout
        return Rows(chunks(offset), delimiter=layout.delimiter, newline=layout.newline, offset=offset, line=line)

    def _find_order(self, chunks: Chunks) -> DateOrder:
        """Look for a date that tells the order; a guess, which is noted, when every date can be read both ways."""
        rows = self._open(chunks, 0, 1)
        rows.skip(self._layout.lines)
        places = [place for place, column in enumerate(self._layout.columns) if column in ("start_date", "end_date")]
        open_question = False
        for row in rows:
            for place in places:
                if row.cells is not None and place < len(row.cells):
                    order = told_order(row.cells[place])
                    if order == "either":
                        open_question = True
                    elif order is not None:
                        return order
        language = self._layout.language
        guess = _ORDERS[language] if language != "en" or self._layout.delimiter != ";" else "dmy"
        if open_question:
            self.notes.append(
                f"No date of the file tells the day from the month: read as {_ORDER_WORDS[guess]}, "
                f"as is usual with {_LANGUAGE_WORDS[language]} columns separated by {self._layout.delimiter!r}."
            )
        return guess


class _Converter:
    """Makes slots of rows of one layout."""

    def __init__(self, layout: Layout, order: DateOrder) -> None:
        self.order = order
        self.width = len(layout.columns)
        self.columns = layout.columns
        self.tells_privacy = "private" in layout.columns or "sensitivity" in layout.columns
        self.names = HEADERS["en"]
        self.default_zone = UTC_NAME if layout.underscored else ""

    def slot(self, row: list[str]) -> Slot:
        """Make the slot of a row. Raises `Unusable`."""
        if len(row) != self.width and (len(row) < self.width or any(row[self.width :])):
            raise Unusable(f"the row has {len(row)} cells and the header {self.width}")
        cell = {column: text for column, text in zip(self.columns, row, strict=False) if text and column}
        get = cell.get
        marker = marked(cell["billing"]) if len(cell.get("billing", "")) in range(1, MAX_WORD) else None
        zone, exact = marker or ("", None)
        zone = zone or self.default_zone
        all_day, start, end = self.times(cell, zone)
        timezone = None if all_day or zone == UTC_NAME else zone or FLOATING
        place = _text("Location", unguard(get("location", "")), MAX_TITLE)
        slot = Slot(
            "",
            _text("Subject", unguard(get("subject", "")), MAX_TITLE),
            start,
            end,
            exact or self.visibility(cell),
            all_day,
            timezone,
            Location(name=place) if place else None,
            _text("Description", unguard(get("description", "")), MAX_TEXT),
            settings=self.settings(cell, start, zone),
        )
        if marker is not None:
            del cell["billing"]
        try:
            return with_columns(slot, cell)
        except ValueError as error:
            raise Unusable(str(error)) from error

    def times(self, cell: Mapping[str, str], zone: str) -> tuple[bool, datetime, datetime | None]:
        """Give `all_day`, start and end.

        An all-day row without end times has its last day as End Date, as Google writes and reads it; with midnight as
        End Time its End Date is the day after, as Outlook writes it.
        """
        start_day, start_time = self.date_and_time(cell, "start")
        end_day, end_time = self.date_and_time(cell, "end")
        if start_day is None:
            raise Unusable("Start Date is missing")
        all_day = self.flag(cell, "all_day") or (start_time is None and end_time is None)
        if all_day:
            return True, *_days(start_day, end_day, end_time)
        if end_day is None and end_time is not None:
            end_day = start_day
        start = _placed(datetime.combine(start_day, start_time or _MIDNIGHT), zone)
        if end_day is None or (end_time is None and end_day == start_day):
            return False, start, None
        end = _placed(datetime.combine(end_day, end_time or _MIDNIGHT), zone)
        if end < start:
            raise Unusable("the end is before the start")
        return False, start, end

    def date_and_time(self, cell: Mapping[str, str], which: str) -> tuple[date | None, time | None]:
        """Read a date and its time, which may both stand in the date's cell."""
        date_text = cell.get(f"{which}_date", "").strip()[: MAX_WORD + 1]
        time_text = cell.get(f"{which}_time", "").strip()[: MAX_WORD + 1]
        if not date_text:
            day = None
        else:
            day = parse_date(date_text, self.order)
            if day is None and not time_text:
                date_text, _, time_text = date_text.replace("T", " ", 1).partition(" ")
                day = parse_date(date_text, self.order)
            if day is None:
                raise Unusable(f"{self.names[f'{which}_date']} is not a date in the order {_ORDER_WORDS[self.order]}")
        if not time_text:
            return day, None
        moment = parse_time(time_text.strip())
        if moment is None:
            raise Unusable(f"{self.names[f'{which}_time']} is not a time of day")
        return day, moment

    def flag(self, cell: Mapping[str, str], column: str) -> bool:
        """Read a yes or no; a missing one is no."""
        value = truth(cell.get(column, "")[: MAX_WORD + 1])
        if value is None:
            raise Unusable(f"{self.names[column]} is neither true nor false")
        return value

    def visibility(self, cell: Mapping[str, str]) -> Visibility:
        """Public is what Outlook calls neither private nor sensitive; private is also what it says nothing of."""
        if not self.tells_privacy:
            return "private"
        sensitive = cell.get("sensitivity", "").strip().casefold() not in _NORMAL
        return "private" if sensitive or self.flag(cell, "private") else "public"

    def settings(self, cell: Mapping[str, str], start: datetime, zone: str) -> dict[str, Any] | None:
        """Give the reminder as an alert in minutes before the start."""
        if not self.flag(cell, "reminder"):
            return None
        day, moment = self.date_and_time(cell, "reminder")
        if day is None:
            return None
        reminder = datetime.combine(day, moment or _MIDNIGHT)
        before = start - (_placed(reminder, zone) if start.tzinfo is not None else reminder)
        return {"alerts": [{"minutes": max(0, round(before / timedelta(minutes=1)))}]}


def _days(first: date, last: date | None, end_time: time | None) -> tuple[datetime, datetime | None]:
    """Give the first day and the one after the last; None for that when no calendar has it."""
    start = datetime.combine(first, _MIDNIGHT)
    end = start if last is None else datetime.combine(last, _MIDNIGHT)
    if end < start:
        raise Unusable("the end is before the start")
    if end_time != _MIDNIGHT or end == start:
        try:
            end += timedelta(days=1)
        except OverflowError:
            return start, None
    return start, end


def _placed(wall: datetime, zone: str) -> datetime:
    """Give the instant of a wall time; without a zone it stays on the wall."""
    if not zone:
        return wall
    try:
        return wall.replace(tzinfo=UTC) if zone == UTC_NAME else wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unusable(f"the time zone {zone[:MAX_TITLE]!r} is not known") from None
    except OverflowError:
        raise Unusable("a time is outside the calendar") from None


def _text(name: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise Unusable(f"{name} has {len(text)} characters, over the limit of {limit}")
    if "\0" in text:
        raise Unusable(f"{name} has a NUL character in it")
    return text
