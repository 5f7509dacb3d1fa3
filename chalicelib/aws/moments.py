"""Aware moments as whole microseconds, exact and sortable, and as the epoch seconds that TTL wants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Give the microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_at(value: int) -> datetime:
    """Undo `microseconds`."""
    return _EPOCH + value * _MICROSECOND


def ttl_at(moment: datetime) -> int:
    """Give the epoch second from which DynamoDB may remove an item; it takes its time, so readers judge for themselves."""
    return int(moment.timestamp()) + 1
