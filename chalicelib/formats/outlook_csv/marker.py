"""What Slotport adds to a row that no column of Outlook's is for: the zone of its times, and the exact visibility.

It stands under `Billing Information`, a free text that Outlook takes in, does not show in its usual views, and writes
out again: so a file comes back with the same instants, even by way of Outlook.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from chalicelib.domain.slots import VISIBILITIES, Visibility

_PREFIX: Final = "Slotport: "
_MARKER: Final = re.compile(rf"{_PREFIX}(?:timezone=(?P<timezone>[^;]*))?(?:; )?(?:visibility=(?P<visibility>\w+))?")

UTC_NAME: Final = "UTC"


def mark(timezone: str, visibility: Visibility | None) -> str:
    """Give the marker's text; empty when there is nothing to say."""
    parts = []
    if timezone:
        parts.append(f"timezone={timezone}")
    if visibility:
        parts.append(f"visibility={visibility}")
    return _PREFIX + "; ".join(parts) if parts else ""


@lru_cache(maxsize=1024)
def marked(cell: str) -> tuple[str, Visibility | None] | None:
    """Read the marker: time zone and visibility; None when the cell is somebody else's."""
    match = _MARKER.fullmatch(cell)
    if match is None:
        return None
    return match["timezone"] or "", next((known for known in VISIBILITIES if known == match["visibility"]), None)
