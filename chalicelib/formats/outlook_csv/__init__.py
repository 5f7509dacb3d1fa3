"""Outlook's CSV: one row per slot. `docs/formats/outlook-csv.md` says what its columns can carry."""

from chalicelib.formats.outlook_csv.header import Layout, recognise
from chalicelib.formats.outlook_csv.reader import read
from chalicelib.formats.outlook_csv.writer import write

__all__ = ["Layout", "read", "recognise", "write"]
