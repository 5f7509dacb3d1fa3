"""Time zones by their IANA names."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

_OF_THE_MACHINE: Final = ("localtime", "posixrules", "Factory")
"""What a machine is set to; another one that runs the same code may have another zone there, or none."""
_VARIANTS: Final = ("posix/", "right/")
"""Folders with every zone once more, on some machines."""


def iana_zone(name: str) -> ZoneInfo | None:
    """Give the zone of an IANA name; None for any other name."""
    if not name or name in _OF_THE_MACHINE or name.startswith(_VARIANTS):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
