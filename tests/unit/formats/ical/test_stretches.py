"""Stretches of a calendar, written apart and put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import icalendar
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import FLOATING, Slot
from chalicelib.formats import ical
from chalicelib.formats.ical import stretches
from tests.unit.formats.ical.calendars import entries, event, slots, written
from tests.unit.formats.strategies import slots as any_slots

MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
PLAIN = Slot(uid="plain", title="Plain", start=MOMENT, end=MOMENT, changed=MOMENT)
BERLIN, TOKYO = (PLAIN._replace(uid=zone, timezone=zone) for zone in ("Europe/Berlin", "Asia/Tokyo"))
ALONE = PLAIN._replace(uid="floating", start=datetime(2026, 1, 1, 9), end=None, timezone=FLOATING)
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:{1}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{0}\r\nTZOFFSETTO:{0}\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def custom(offset: str, tzid: str = "Custom") -> Slot:
    """A slot whose text describes its time zone itself."""
    text = event(f"UID:{tzid}{offset}", f"DTSTART;TZID={tzid}:20260101T080000")
    return ical.from_text(ZONE.format(offset, tzid) + text)


EAST, WEST = custom("+0130"), custom("-0130")


def joined(*parts: Sequence[Slot]) -> bytes:
    """Write each part by itself, what it tells going through JSON, and put them together."""
    bodies, arounds = [], []
    for part in parts:
        writer = ical.StretchWriter({})
        body = writer.add(part[:1]) + writer.add(part[1:])
        end, around = writer.end()
        bodies.append(body + end)
        arounds.append(ical.Around(*orjson.loads(orjson.dumps(tuple(around)))))
    before, last = ical.joints(arounds)
    return b"".join([one for pair in zip(before, bodies, strict=True) for one in pair]) + last


def zones(content: bytes) -> list[list[str]]:
    """The TZIDs that each calendar object describes; fails for one that is described twice, or named and not described."""
    found = []
    for calendar in icalendar.Calendar.from_ical(content, multiple=True):
        described = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
        assert len(described) == len(set(described))
        properties: Iterator[Any] = (item for each in calendar.walk("VEVENT") for _, item in each.property_items())
        named = {str(item.params["TZID"]) for item in properties if "TZID" in getattr(item, "params", ())}
        assert named <= set(described)
        found.append(described)
    return found


@pytest.mark.parametrize(
    ("parts", "described"),
    [
        ([], [[]]),
        ([[PLAIN], [PLAIN], [PLAIN]], [[]]),
        ([[BERLIN, PLAIN], [PLAIN], [TOKYO, BERLIN]], [["Europe/Berlin", "Asia/Tokyo"]]),
        ([[PLAIN, EAST], [EAST, BERLIN]], [["Europe/Berlin", "Custom"]]),
        ([[EAST, BERLIN], [BERLIN, WEST], [WEST]], [["Europe/Berlin", "Custom"], ["Europe/Berlin", "Custom"]]),
        ([[EAST, WEST], [WEST]], [["Custom"], ["Custom"], ["Custom"]]),
        ([[BERLIN, EAST, WEST, BERLIN]], [["Europe/Berlin", "Custom"], ["Europe/Berlin", "Custom"]]),
        ([[ALONE, BERLIN], [PLAIN, ALONE]], [["Europe/Berlin"]]),
    ],
    ids=["none", "plain", "zones", "custom", "contradicting stretches", "contradiction within", "within one", "floating"],
)
def test_stretches_are_one_calendar_object_unless_their_zones_contradict(
    parts: list[list[Slot]], described: list[list[str]]
) -> None:
    content = joined(*parts)
    assert zones(content) == described
    assert slots(content) == [read for part in parts for one in part for read in slots(written(one))]


def test_many_descriptions_of_zones_are_not_held_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "MAX_CUSTOM", 1)
    parts = [[custom("+0130", f"Custom {number}")] for number in range(13)]
    content = joined(*parts)
    assert [len(found) for found in zones(content)] == [6, 6, 1]
    assert slots(content) == [one for part in parts for one in part]


@given(st.lists(st.lists(st.one_of(any_slots(), st.sampled_from([BERLIN, TOKYO, EAST, WEST, ALONE])), max_size=4), max_size=4))
def test_cutting_changes_nothing_of_what_is_read(parts: list[list[Slot]]) -> None:
    together = entries(joined(*parts))
    assert [entry.slot for entry in together if isinstance(entry, Entry)] == slots(
        written(*(one for part in parts for one in part))
    )
    assert len(together) == sum(map(len, parts))
