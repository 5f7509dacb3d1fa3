"""The fast way to rewrite a slot gives what the complete way gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats.ical.edit import _rewrite, rewrite
from chalicelib.formats.ical.noted import NotedText
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
FULL = slot(
    "UID:u",
    "SUMMARY:Übung",
    "DTSTAMP;VALUE=DATE-TIME:20260101T000000Z",
    "DTSTART;TZID=Europe/Berlin:20260105T100000",
    "DTEND;TZID=Europe/Berlin:20260105T110000",
    "CLASS:PUBLIC",
    *ALARM,
    "LAST-MODIFIED:20260101T000000Z",
    "DESCRIPTION;LANGUAGE=en:" + "x" * 51 + "\r\n " + "x" * 49,
    "LOCATION;X-A=1:Hall 5",
    "SEQUENCE:3",
    *ALARM,
)
"""Has every property that a quick edit replaces."""
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
    for old in (PLAIN, FULL):
        for fields in ({"title": "t"}, {"description": "d"}, {"location": None}, {"visibility": "public"}, {"sequence": 4}, {}):
            assert quick_rewrite(old._replace(changed=CHANGED, **fields), old) is not None
            agree(old, changed=CHANGED, **fields)


def test_an_edited_text_is_still_noted_and_can_be_edited_again() -> None:
    edited = rewrite(FULL._replace(title="t" * 80, location=None, changed=CHANGED), FULL)
    assert isinstance(edited.ical, NotedText)
    assert edited.ical.octets == edited.ical.encode()
    again = rewrite(edited._replace(title=FULL.title, location=FULL.location, changed=None), edited)
    assert again.ical == _rewrite(edited._replace(title=FULL.title, location=FULL.location, changed=None)).ical


@settings(max_examples=800, deadline=None)
@given(st.sampled_from((PLAIN, FULL)), FIELDS)
def test_any_edit_of_a_plain_slot(old: Slot, fields: dict[str, Any]) -> None:
    agree(old, **fields)


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


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", None])
@pytest.mark.parametrize("start", ["DTSTART;TZID=:20260329T033000", 'DTSTART;TZID="";X-A=1:20260329T033000'])
def test_text_with_an_empty_zone_says_what_the_slot_says(zone: str | None, start: str) -> None:
    named = "" if zone is None else f"X-WR-TIMEZONE:{zone}\r\n"
    (entry,) = entries(calendar(named + event("UID:u", start)))
    assert isinstance(entry, Entry)
    assert entry.slot.timezone == {"UTC": None, None: FLOATING}.get(zone, zone)
    assert (entry.slot.start, entry.slot.timezone) == (_reread(entry.slot).start, _reread(entry.slot).timezone)
    agree(entry.slot)


def _reread(slot: Slot) -> Slot:
    (entry,) = entries(calendar(slot.ical))
    assert isinstance(entry, Entry)
    return entry.slot


def test_own_properties_behind_an_alarm_are_seen() -> None:
    text = event("UID:u", "DTSTART:20260101T080000", *ALARM, "SUMMARY:last", *ALARM)
    (entry,) = entries(calendar(text))
    assert isinstance(entry, Entry)
    assert entry.slot.timezone == FLOATING
    agree(entry.slot, title="new")
