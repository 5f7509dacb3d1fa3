"""iCalendar (RFC 5545), read and written as streams."""

from chalicelib.formats.ical.reader import CalendarReading, read
from chalicelib.formats.ical.writer import CalendarWriter, write

__all__ = ["CalendarReading", "CalendarWriter", "read", "write"]
