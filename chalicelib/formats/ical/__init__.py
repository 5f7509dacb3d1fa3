"""iCalendar (RFC 5545), read and written as streams."""

from chalicelib.formats.ical.kept import clash, from_text, merge
from chalicelib.formats.ical.quick_edit import edit
from chalicelib.formats.ical.reader import CalendarReading, read
from chalicelib.formats.ical.recurrence import Occurrence, occurrences, reach
from chalicelib.formats.ical.writer import CalendarWriter, write

__all__ = [
    "CalendarReading",
    "CalendarWriter",
    "Occurrence",
    "clash",
    "edit",
    "from_text",
    "merge",
    "occurrences",
    "reach",
    "read",
    "write",
]
