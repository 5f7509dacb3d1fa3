"""The fast way to rewrite a slot gives what the complete way gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats.ical.edit import _rewrite
from chalicelib.formats.ical.quick_edit import quick_rewrite
from tests.unit.formats.ical.calendars import calendar, entries, event, slot
from tests.unit.formats.ical.test_quick import calendars

CHANGED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
ALARM = ("BEGIN:VALARM", "SUMMARY:ring", "DESCRIPTION:ring", "END:VALARM")
PLAIN = slot(
    "UID:u",
    "DTSTART;TZID=Europe/Berlin:20260105T100000",
    "DTEND;TZID=Europe/Berlin:20260105T110000",
    "SUMMARY;LANGUAGE=de:Übung\\, " + "x" * 100,
    "LOCATION:Café",
    *ALARM,
    *ALARM,
)
WORDS = st.sampled_from(("", "new", "a,b;c\\d\ne", "é" * 80, "ring", "\x07", "\u2028"))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS,
        "description": WORDS,
        "uid": st.sampled_from(("u", "v", "")),
        "visibility": st.sampled_from(("public", "private", "friends")),
        "location": st.none()
        | WORDS.map(Location)
        | st.just(Location("a", "b"))
        | st.just(Location("a", latitude=1.0, longitude=2.0)),
        "sequence": st.sampled_from((0, 1, 12)),
        "changed": st.none() | st.just(CHANGED),
        "notes": st.sampled_from(((), ("n",))),
        "start": st.sampled_from((PLAIN.start, PLAIN.start + timedelta(hours=1))),
        "end": st.sampled_from((PLAIN.end, None)),
        "timezone": st.sampled_from((None, "Europe/Berlin", "Asia/Tokyo")),
    },
)


def agree(old: Slot, **fields: Any) -> None:
    edited = old._replace(**fields)
    text = quick_rewrite(edited, old)
    assert text is None or edited._replace(ical=text) == _rewrite(edited)


def test_plain_edits_are_quick() -> None:
    for fields in ({"title": "t"}, {"description": "d"}, {"location": None}, {"visibility": "public"}, {"sequence": 4}, {}):
        assert quick_rewrite(PLAIN._replace(changed=CHANGED, **fields), PLAIN) is not None
        agree(PLAIN, changed=CHANGED, **fields)


@settings(max_examples=800, deadline=None)
@given(FIELDS)
def test_any_edit_of_a_plain_slot(fields: dict[str, Any]) -> None:
    agree(PLAIN, **fields)


@settings(max_examples=800, deadline=None)
@given(calendars(), FIELDS)
def test_any_edit_of_anything(content: bytes, fields: dict[str, Any]) -> None:
    try:
        found = entries(content)
    except InvalidInput:
        return
    fields = {name: value for name, value in fields.items() if name not in ("start", "end", "timezone")}
    for entry in found:
        if isinstance(entry, Entry) and entry.slot.ical:
            agree(entry.slot, **fields)


def test_own_properties_behind_an_alarm_are_seen() -> None:
    text = event("UID:u", "DTSTART:20260101T080000", *ALARM, "SUMMARY:last", *ALARM)
    (entry,) = entries(calendar(text))
    assert isinstance(entry, Entry)
    assert entry.slot.timezone == FLOATING
    agree(entry.slot, title="new")
