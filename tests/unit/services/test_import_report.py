"""What a report counts, lists, and leaves out."""

from chalicelib.domain.imports import Rejection
from chalicelib.services.import_report import MAX_LISTED, Report


def test_report_shows_what_was_counted() -> None:
    report = Report(ignored={"VTODO": 2}, notes=["A note."], group="g")
    for result in ("created", "created", "updated", "unchanged"):
        report.count(result)
    report.reject([Rejection(7, 93, "u", "why")])
    assert report.as_json() == {
        "created": 2,
        "updated": 1,
        "unchanged": 1,
        "rejected": [{"entry": 7, "line": 93, "uid": "u", "reason": "why"}],
        "ignored": {"VTODO": 2},
        "notes": ["A note."],
        "group": "g",
    }


def test_report_is_the_same_after_a_round_trip() -> None:
    report = Report(created=3, group="g", notes=["n"])
    report.reject(Rejection(number, number * 3, f"u{number}", "why") for number in range(1, MAX_LISTED + 5))
    assert Report.from_json(report.as_json()) == report


def test_first_thousand_rejections_are_listed_and_all_are_counted() -> None:
    report = Report()
    for number in range(3_000, 0, -1):
        report.reject([Rejection(number, number, "", "why")])
    shown = report.as_json()
    assert [each["entry"] for each in shown["rejected"]] == list(range(1, 1_001))
    assert shown["rejected_total"] == 3_000


def test_long_texts_are_shown_in_part_and_say_so() -> None:
    report = Report()
    report.reject([Rejection(1, 1, "u" * 50_000, "because " * 1_000)])
    [shown] = report.as_json()["rejected"]
    assert shown["uid"] == "u" * 270 + "… (50000 characters)"
    assert shown["reason"].endswith("… (8000 characters)")


def test_report_stays_small_however_long_the_texts_are() -> None:
    report = Report()
    report.reject(Rejection(number, number, "ü" * 290, "ä" * 290) for number in range(1, 1_001))
    shown = report.as_json()
    assert sum(len(each["uid"].encode()) + len(each["reason"].encode()) for each in shown["rejected"]) < 250_000
    assert (len(shown["rejected"]), shown["rejected_total"]) == (198, 1_000)
