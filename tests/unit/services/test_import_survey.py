"""The first look through a file."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports import Entry
from chalicelib.domain.slots import Slot
from chalicelib.services import import_survey
from chalicelib.services.import_survey import Survey, uid_hash


def _entry(uid: str, ical: str = "") -> Entry:
    return Entry(1, 1, Slot(uid=uid, title="t", start=datetime(2026, 1, 1, tzinfo=UTC), ical=ical))


def _survey(*uids: str, size: int = 100_000) -> Survey:
    survey = Survey(size)
    for uid in uids:
        survey.add(_entry(uid))
    return survey


def test_survey_counts_entries_and_keeps_the_first_reason() -> None:
    survey = _survey("a", "b")
    survey.reject("first")
    survey.reject("second")
    assert (survey.total, survey.valid, survey.first_reason) == (4, 2, "first")


def test_uids_that_stand_once_are_not_repeated() -> None:
    survey = _survey(*(f"u{number}" for number in range(500)))
    assert survey.repeated == {}
    assert (survey.buckets, survey.is_repeated("u1")) == (0, False)


@given(st.lists(st.text(max_size=3), max_size=200), st.integers(0, 10))
def test_every_uid_that_stands_twice_is_known_to(uids: list[str], crowd: int) -> None:
    survey = _survey(*uids, size=crowd)
    assert {uid for uid in uids if uids.count(uid) > 1} <= {uid for uid in uids if survey.is_repeated(uid)}


def test_crowded_filter_errs_on_the_safe_side_only() -> None:
    uids = [f"u{number}" for number in range(20_000)]
    survey = _survey(*uids, *uids[:10], size=0)
    assert all(survey.is_repeated(uid) for uid in uids[:10])


def test_filter_of_the_file_s_size_is_rarely_wrong() -> None:
    survey = _survey(*(f"u{number}" for number in range(20_000)), size=20_000 * 200)
    assert len(survey.repeated) < 200


def test_survey_goes_on_after_a_round_trip_through_json() -> None:
    survey = _survey("a", "b", "a")
    survey.reject("why")
    again = Survey.from_json(json.loads(json.dumps(survey.as_json())))
    again.add(_entry("b"))
    assert (again.total, again.valid, again.first_reason) == (5, 4, "why")
    assert again.repeated.keys() == {uid_hash("a"), uid_hash("b")}
    assert again.repetitions == 2


def test_repeated_uids_are_shared_out_among_buckets_that_fit_in_memory() -> None:
    uids = [f"u{number}" for number in range(15_000)]
    survey = _survey(*uids, *uids, size=10_000_000)
    assert survey.buckets == 2
    assert {survey.bucket(uid) for uid in uids} == {0, 1}
    assert survey.buckets_from(0) == [0, 1]


def test_large_repetitions_take_more_buckets() -> None:
    survey = Survey(1_000)
    for uid in "aabbcc":
        survey.add(_entry(uid, "x" * 15_000_000))
    assert survey.buckets == 3


def test_one_uid_is_in_one_bucket_however_often_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_survey, "BUCKET_ENTRIES", 10)
    survey = _survey(*"a" * 100)
    assert survey.buckets == 20
    (bucket,) = survey.buckets_from(0)
    assert bucket == survey.bucket("a")
    assert survey.buckets_from(bucket + 1) == []


def test_what_is_too_much_of_a_uid_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_survey, "MAX_TOGETHER", 25)
    survey = Survey(100_000)
    for _ in range(10):
        survey.add(_entry("a", "x" * 10))
    assert survey.repeated_characters == 25


def test_survey_says_when_there_is_too_much_of_a_uid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_survey, "MAX_TOGETHER", 25)
    survey = Survey(100_000)
    assert [survey.add(_entry("a", "x" * 10)) for _ in range(3)] == [True, True, True]
    again = Survey.from_json(json.loads(json.dumps(survey.as_json())))
    assert [again.add(_entry(uid, "x" * 10)) for uid in "bbba"] == [True, True, True, False]


def test_what_only_the_first_look_needs_can_be_dropped() -> None:
    survey = _survey("a", "a", size=100_000_000)
    survey.forget_seen()
    assert len(json.dumps(survey.as_json())) < 500
    assert survey.is_repeated("a")
