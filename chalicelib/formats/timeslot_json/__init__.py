"""Timeslot JSON: an array of slots, lossless. `docs/formats/timeslot-json.md` describes the format."""

from chalicelib.formats.timeslot_json.reader import read
from chalicelib.formats.timeslot_json.writer import write

__all__ = ["read", "write"]
