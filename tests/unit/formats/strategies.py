"""Slots of every kind, for the property tests of the formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from chalicelib.domain.slots import FLOATING, VISIBILITIES, Location, Slot

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia")

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
"""Any text that a slot can have: no NUL, no half of a surrogate pair."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)

locations = st.builds(
    Location,
    name=texts,
    country=texts,
    postalcode=texts,
    city=texts,
    address=texts,
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
)

walls = st.datetimes(datetime(1000, 1, 2), datetime(9990, 12, 30))


@st.composite
def slots(draw: st.DrawFn, *, whole_seconds: bool = False) -> Slot:
    """A slot without kept text: an instant with or without a zone, floating, or days; with an end or open."""
    kind = draw(st.sampled_from(("utc", "zoned", "floating", "days")))
    start: datetime = draw(walls)
    length = timedelta(seconds=draw(st.integers(0, 10_000_000)))
    if whole_seconds:
        start = start.replace(microsecond=0)
    timezone: str | None = None
    if kind == "days":
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
        length = timedelta(days=1 + length.days)
    elif kind == "floating":
        timezone = FLOATING
    else:
        start = start.replace(tzinfo=UTC)
        timezone = draw(st.sampled_from(ZONES)) if kind == "zoned" else None
    settings: dict[str, Any] | None = draw(st.none() | st.dictionaries(texts, json_values, min_size=1, max_size=2))
    return Slot(
        uid=draw(texts),
        title=draw(texts),
        start=start,
        end=draw(st.none() | st.just(start + length)),
        visibility=draw(st.sampled_from(VISIBILITIES)),
        all_day=kind == "days",
        timezone=timezone,
        location=draw(st.none() | locations),
        description=draw(texts),
        media=tuple(draw(st.lists(json_values, max_size=2))),
        notes=tuple(draw(st.lists(json_values, max_size=2))),
        settings=settings,
        sequence=draw(st.sampled_from((0, 0, 7))),
    )
