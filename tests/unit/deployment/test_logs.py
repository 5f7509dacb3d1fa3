"""What `make logs` shows, from a log service that gives a part of it at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployment.logs import messages

CAPPED = 3


class Emulated:
    """One log group of the emulator: the first events of those asked for, and no token for the others."""

    def __init__(self, events: list[tuple[int, str]]) -> None:
        self._events = events
        self.asked: list[int] = []

    def describe_log_groups(self) -> Any:
        return {"logGroups": [{"logGroupName": "all"}]}

    def get_paginator(self, operation: str) -> Emulated:
        assert operation == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> Iterator[Any]:
        assert asked["logGroupName"] == "all"
        self.asked.append(asked["startTime"])
        found = [event for event in self._events if event[0] >= asked["startTime"]][:CAPPED]
        yield {"events": [{"timestamp": timestamp, "message": f"{message}\n"} for timestamp, message in found]}


def test_everything_is_shown_once_however_much_there_is() -> None:
    events = [(number // 2, f"line {number}") for number in range(20)]
    seen: set[tuple[int, str]] = set()
    assert list(messages(Emulated(events), seen)) == [message for _, message in events]
    assert list(messages(Emulated([*events, (9, "late")]), seen, 8)) == ["late"]


def test_only_what_is_new_is_asked_for() -> None:
    log = Emulated([(number, f"line {number}") for number in range(20)])
    assert list(messages(log, set(), 18)) == ["line 18", "line 19"]
    assert log.asked == [18, 19]
