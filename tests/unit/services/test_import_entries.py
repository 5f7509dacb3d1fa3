"""Entries of a file, made into slots."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.imports import BytesSource, Entry, Rejection
from chalicelib.domain.slots import Group, Slot
from chalicelib.formats.detect import open_calendar
from chalicelib.services.import_entries import Candidate, Gathered, assemble, assembled, batches, candidate, named
from chalicelib.services.import_report import Report
from tests.calendars import calendar, event

START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def _entries(*events: str) -> list[Entry]:
    return [entry for entry in open_calendar(BytesSource(calendar(*events))) if isinstance(entry, Entry)]


def _superseded(number: int, line: int, by: int, by_line: int) -> Rejection:
    return Rejection(number, line, "u", f"the uid stands in the file twice: entry {by} (line {by_line}) has precedence")


def test_uid_is_derived_from_owner_title_and_start() -> None:
    entry = Entry(1, 2, Slot(uid="", title="T", start=START))
    uid = named(entry, 7).slot.uid
    assert named(entry, 7) == entry._replace(slot=entry.slot._replace(uid=uid))
    others = [
        named(entry, 8),
        named(entry._replace(slot=entry.slot._replace(title="U")), 7),
        named(entry._replace(slot=entry.slot._replace(start=START.replace(hour=11))), 7),
    ]
    assert len({uid, *(other.slot.uid for other in others)}) == 4


def test_kept_text_without_a_uid_stays_as_it_came() -> None:
    [entry] = _entries(event(""))
    assert named(entry, 7).slot.ical == entry.slot.ical
    assert "UID" not in entry.slot.ical


def test_uid_of_the_file_is_kept() -> None:
    [entry] = _entries(event("any text: ü/%?"))
    assert named(entry, 7) is entry


def test_series_and_its_changed_occurrences_become_one_slot() -> None:
    entries = _entries(
        event("u", "Moved", "20260309T120000Z", "RECURRENCE-ID:20260308T100000Z"),
        event("u", "Weekly", "20260301T100000Z", "RRULE:FREQ=WEEKLY;COUNT=4"),
        event("u", "Moved too", "20260316T120000Z", "RECURRENCE-ID:20260315T100000Z"),
    )
    made, superseded = assemble(entries)
    assert (made.number, made.line, made.slot.title, made.slot.start, made.slot.recurring) == (1, 4, "Weekly", START, True)
    assert made.slot.ical.count("BEGIN:VEVENT") == 3
    assert superseded == []


@pytest.mark.parametrize(
    "line",
    ["recurrence-id:20260308T100000Z", "RECURR\r\n ENCE-ID:20260308T100000Z", "SUMMARY:of\r\nRECURRENCE-ID:20260308T100000Z"],
    ids=["small letters", "folded", "usual"],
)
@pytest.mark.parametrize(
    "text", ["DESCRIPTION:none", "DESCRIPTION:BEGIN:VEVENT\\nRECURRENCE-ID:20260315T100000Z"], ids=["plain", "odd"]
)
def test_changed_occurrence_is_known_however_it_is_written(line: str, text: str) -> None:
    made, superseded = assemble(
        _entries(
            event("u", "Weekly", "20260301T100000Z", "RRULE:FREQ=WEEKLY;COUNT=4", text),
            event("u", "Moved", "20260309T120000Z", line, text),
        )
    )
    assert (superseded, made.slot.title) == ([], "Weekly")
    assert len(_entries(made.slot.ical)) == 2


def test_higher_sequence_wins_wherever_it_stands() -> None:
    high, low = event("u", "New", "20260301T100000Z", "SEQUENCE:5"), event("u", "Old", "20260301T100000Z", "SEQUENCE:4")
    made, superseded = assemble(_entries(high, low))
    assert (made.slot.title, superseded) == ("New", [_superseded(2, 11, 1, 4)])
    made, superseded = assemble(_entries(low, high))
    assert (made.slot.title, superseded) == ("New", [_superseded(1, 4, 2, 11)])


def test_later_one_wins_at_equal_sequence() -> None:
    made, superseded = assemble(_entries(event("u", "First"), event("u", "Second"), event("u", "Third")))
    assert made.slot.title == "Third"
    assert superseded == [_superseded(1, 4, 2, 10), _superseded(2, 10, 3, 16)]


def test_two_changes_of_one_occurrence_are_told_apart_from_other_occurrences() -> None:
    made, superseded = assemble(
        _entries(
            event("u", "Weekly", "20260301T100000Z", "RRULE:FREQ=WEEKLY;COUNT=4"),
            event("u", "One", "20260309T120000Z", "RECURRENCE-ID:20260308T100000Z"),
            event("u", "Other", "20260316T120000Z", "RECURRENCE-ID:20260315T100000Z"),
            event("u", "One again", "20260310T120000Z", "RECURRENCE-ID:20260308T100000Z"),
        )
    )
    assert superseded == [_superseded(2, 11, 4, 25)]
    assert made.slot.ical.count("BEGIN:VEVENT") == 3
    assert "SUMMARY:One\r\n" not in made.slot.ical


def test_slots_without_kept_text_are_merged_by_the_same_rule() -> None:
    first, second = Slot(uid="u", title="A", start=START, sequence=2), Slot(uid="u", title="B", start=START, sequence=1)
    made, superseded = assemble([Entry(1, 1, first, (Group("g", "G"),)), Entry(2, 2, second)])
    assert made == Candidate(1, 1, first, (Group("g", "G"),))
    assert superseded == [_superseded(2, 2, 1, 1)]


def test_assembled_reports_what_was_superseded() -> None:
    report = Report()
    entries = _entries(event("u", "First"), event("u", "Second"), event("v", "Alone"))
    made = list(assembled([entries[:2], entries[2:]], report))
    assert [(each.slot.uid, each.slot.title) for each in made] == [("u", "Second"), ("v", "Alone")]
    assert (report.rejections, report.rejected) == (1, [_superseded(1, 4, 2, 10)])


def test_batches_are_bounded_by_number_and_by_size() -> None:
    small = candidate(Entry(1, 1, Slot(uid="u", title="t", start=START)))
    large = small._replace(slot=small.slot._replace(ical="x" * 1_500_000))
    assert [len(batch) for batch in batches([small] * 2_500)] == [1_000, 1_000, 500]
    assert [len(batch) for batch in batches([large] * 7)] == [3, 3, 1]
    assert list(batches([])) == []


def test_of_a_uid_with_too_much_nothing_is_taken_and_all_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(event("a"))
    monkeypatch.setattr("chalicelib.services.import_entries.MAX_TOGETHER", 2 * size)
    report = Report()
    gathered = Gathered(report)
    entries = _entries(*(event(uid) for uid in "aaabaaab"))
    for entry in entries:
        gathered.add(entry)
    assert gathered.by_uid == {"b": [entries[3], entries[7]]}
    assert gathered.entries == 8
    assert [rejection.number for rejection in report.rejected] == [1, 2, 3, 5, 6, 7]
    assert {rejection.reason for rejection in report.rejected} == {
        f"the components of its uid have more than {2 * size} characters together"
    }
