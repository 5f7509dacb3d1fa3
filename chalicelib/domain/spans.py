"""The stretch of time a slot can touch, known without expanding a recurrence rule."""

from __future__ import annotations

from chalicelib.domain.slots import Slot, Window, instant


def may_touch(slot: Slot, window: Window) -> bool:
    """Whether `slot` overlaps `window`, or may have an occurrence that does.

    A slot without an end takes place at its start (RFC 4791 §9.9).
    """
    if slot.recurring:
        return True
    start = instant(slot.start)
    end = start if slot.end is None else instant(slot.end)
    return start < window.latest and (end > window.earliest or start >= window.earliest)
