"""Every calendar that ships with `icalendar`, through the running service and back, with `icalendar` as the judge."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import icalendar

from tests.e2e.slots.conftest import NewUser, exported, new_group

CORPUS = sorted((Path(icalendar.__file__).parent / "tests").rglob("*.ics"))
NO_START = {"broken_dtstart.ics", "issue_1081_invalid_start_and_end.ics", "issue_1081_invalid_start_valid_end.ics"}
"""Their DTSTART is no time (RFC 5545 §3.8.2.4)."""
SAME_UID = {"issue_798_related_to.ics", "parsing_error.ics"}
"""Their events have no UID, which RFC 5545 §3.6.1 requires, and say the same in title and start: docs/formats/icalendar.md."""


def _events(content: bytes) -> list[bytes] | None:
    """Describe all events with their components, properties, parameters and values; None if `icalendar` cannot read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            calendars = icalendar.Calendar.from_ical(content, multiple=True)
        except ValueError:
            return None
        return sorted(event.to_ical(sorted=True) for calendar in calendars for event in calendar.walk("VEVENT"))


def test_every_calendar_is_imported_and_exported_equal_or_refused_with_a_reason(new_user: NewUser) -> None:
    ada = new_user()
    refused: dict[str, Any] = {}
    partly: dict[str, list[str]] = {}
    assert len(CORPUS) > 150
    for path in CORPUS:
        name = str(path.relative_to(CORPUS[0].parents[1]))
        content = path.read_bytes()
        group = new_group(ada, name)
        answer = ada.post(f"/v1/import/?group={group}", content=content, headers={"Content-Type": "text/calendar"})
        expected = _events(content)
        if answer.status_code != 200:
            error = answer.json()["error"]
            refused[path.name] = (answer.status_code, error["code"], error.get("entry"), error.get("line", 0) > 0)
            assert not expected or path.name in NO_START, f"{name}: {answer.text}"
            continue
        report = answer.json()
        found = _events(exported(ada, "ical", group))
        if report["rejected"]:
            partly[path.name] = [entry["reason"] for entry in report["rejected"]]
            assert all(entry["entry"] > 0 and entry["line"] > 0 for entry in report["rejected"])
        elif expected:  # where a calendar is not closed, or breaks off, ours finds more than `icalendar` does
            assert found == expected, name
        assert found is not None, name
        assert len(found) >= report["created"] + report["updated"] > 0, name
    unread = {name: refused.pop(name) for name in NO_START}
    assert set(unread.values()) == {(422, "no_valid_entry", 1, True)}
    assert set(refused.values()) == {(422, "no_entries", None, False)}, refused
    assert partly.keys() == SAME_UID | {"big_bad_calendar.ics"}, partly
    assert all("stands in the file twice" in reason for reasons in partly.values() for reason in reasons)
