"""Edited slots: the fast way gives what the complete way gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Location, Slot
from chalicelib.formats.ical import quick_edit
from chalicelib.formats.ical.noted import NotedText
from chalicelib.formats.ical.quick_edit import edit
from chalicelib.formats.ical.rewriting import rewrite
from chalicelib.formats.ical.text import fold_kept
from tests.examples import examples
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
    "LOCATION;X-A=é:Hall 5",
    "SEQUENCE:3",
    *ALARM,
)
"""Has every property that a quick edit replaces, some behind an alarm, where only the note finds them."""
ASCII = slot("UID:u", "DTSTART:20260105T100000Z", "DTSTAMP:20260105T100000Z", "DESCRIPTION;X-A=1:d", "SUMMARY:s")
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
    expected = rewrite(old._replace(**fields))
    as_we_fold = "".join(map(fold_kept, old.ical.replace("\r\n ", "").split("\r\n")[:-1])) == old.ical
    for before in (old, old._replace(ical=str(old.ical))):
        for changes in (fields, dict(reversed(fields.items()))):
            edited = edit(before, changes)
            assert edited == expected if as_we_fold else _unfolded(edited) == _unfolded(expected)
            assert not isinstance(edited.ical, NotedText) or edited.ical.octets in (None, edited.ical.encode())


def _unfolded(slot: Slot) -> Slot:
    return slot._replace(ical=slot.ical.replace("\r\n ", ""))


@pytest.mark.parametrize("old", [PLAIN, FULL, ASCII], ids=["plain", "full", "ascii"])
@pytest.mark.parametrize(
    "fields",
    [
        {"title": "t"},
        {"title": "é" * 80},
        {"description": "d" * 200},
        {"location": None},
        {"visibility": "public"},
        {"visibility": "private"},
        {"sequence": 4},
        {"sequence": 5, "description": "", "title": "t", "location": Location("l"), "visibility": "public"},
    ],
    ids=["title", "folded", "long", "no place", "public", "private", "sequence", "all"],
)
def test_plain_edits_are_quick(monkeypatch: pytest.MonkeyPatch, old: Slot, fields: dict[str, Any]) -> None:
    expected = rewrite(old._replace(**fields, changed=CHANGED))
    monkeypatch.setattr(quick_edit, "rewrite", None)
    assert edit(old, {**fields, "changed": CHANGED}) == expected
    assert edit(old._replace(changed=CHANGED), fields) == expected
    if old is not FULL:
        assert edit(old._replace(ical=str(old.ical)), {**fields, "changed": CHANGED}) == expected


def test_what_is_not_edited_stays_folded_as_it_was() -> None:
    times = ("UID:u", "DTSTART:20260105T100000Z", "DTSTAMP:20260105T100000Z")
    folded = "DESCRIPTION:" + "\r\n ".join(["long täxt "] * 20)
    old = slot(*times, folded, "SUMMARY;X-A=1:lo\r\n ng")
    agree(old, title="new", description="")
    for text in (old.ical, str(old.ical)):
        edited = edit(old._replace(ical=text), {"title": "new"})
        assert edited == old._replace(title="new", ical=event(*times, folded, "SUMMARY;X-A=1:new"))
        shorter = edit(edited, {"description": "d"})
        assert shorter == edited._replace(description="d", ical=event(*times, "DESCRIPTION:d", "SUMMARY;X-A=1:new"))


@pytest.mark.parametrize("old", [PLAIN, FULL, PLAIN._replace(ical="")], ids=["plain", "full", "no text"])
def test_nothing_to_do(old: Slot) -> None:
    assert edit(old, {}) is old
    assert edit(old, old._replace(ical="")._asdict() | {"ical": old.ical}) is old
    grouped = edit(old, {"groups": ("g",), "changed": CHANGED})
    assert grouped == old._replace(groups=("g",), changed=CHANGED)
    assert grouped.ical is old.ical


def test_slot_without_text_gets_its_fields_alone() -> None:
    made = Slot("u", "t", CHANGED)
    changes: dict[str, Any] = {"title": "new", "start": CHANGED + timedelta(hours=1), "sequence": 2}
    assert edit(made, changes) == made._replace(**changes)


@pytest.mark.parametrize("line", [(), ("UID:",)], ids=["none", "empty"])
def test_text_without_uid_gets_the_one_that_was_given(line: tuple[str, ...]) -> None:
    alone = slot(*line, "DTSTART:20260105T100000Z", "DTEND:20260105T110000Z", "SUMMARY:s")
    agree(alone._replace(uid="given"), title="t")
    assert "\r\nUID:given\r\n" in edit(alone._replace(uid="given"), {"title": "t"}).ical


def test_an_edited_text_is_still_noted_and_can_be_edited_again() -> None:
    edited = edit(PLAIN, {"title": "t" * 80, "location": None, "changed": CHANGED})
    assert isinstance(edited.ical, NotedText)
    again = edit(edited, {"title": PLAIN.title, "location": PLAIN.location, "changed": None})
    assert isinstance(again.ical, NotedText)
    agree(edited, title=PLAIN.title, location=PLAIN.location, changed=None)


@examples(800)
@given(st.sampled_from((PLAIN, FULL, ASCII)), FIELDS)
def test_any_edit_of_a_plain_slot(old: Slot, fields: dict[str, Any]) -> None:
    agree(old, **fields)


@examples(800)
@given(calendars(), FIELDS)
@example(b"BEGIN:VCALENDAR\nBEGIN:\rVEVENT\nDTSTART:20260101T080000Z\nUID:u\nEND:VEVENT\nEND:VCALENDAR\n", {})
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
