"""iCalendar (RFC 5545), read and written as streams."""

from chalicelib.formats.ical.kept import amend, from_text, merge, occurrence
from chalicelib.formats.ical.quick_edit import edit
from chalicelib.formats.ical.reader import CalendarReading, read
from chalicelib.formats.ical.recurrence import Occurrence, occurrences
from chalicelib.formats.ical.stretches import Around, StretchWriter, joints
from chalicelib.formats.ical.writer import CalendarWriter, write

__all__ = [
    "Around",
    "CalendarReading",
    "CalendarWriter",
    "Occurrence",
    "StretchWriter",
    "amend",
    "edit",
    "from_text",
    "joints",
    "merge",
    "occurrence",
    "occurrences",
    "read",
    "write",
]
