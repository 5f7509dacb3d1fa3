"""What somebody asks to be different about a slot, and the slot that comes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import FLOATING, Location, Slot, Visibility, instant

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class SlotChange(TypedDict, total=False):
    """The fields to set; what is not in it stays. Times are as they were given, with or without offset.

    `start` and `end` without offset mean the slot's zone, or UTC when it has none.
    """

    title: str
    visibility: Visibility
    start: datetime
    end: datetime | None
    all_day: bool
    timezone: str | None
    location: Location | None
    description: str
    media: tuple[Any, ...]
    notes: tuple[Any, ...]
    settings: dict[str, Any] | None
    groups: tuple[str, ...]


class _Clock(NamedTuple):
    """How a slot's times are to be understood."""

    all_day: bool
    timezone: str | None

    def resolve(self, field: str, given: datetime) -> datetime:
        """Give the time as a slot keeps it. Raises `InvalidInput` naming the field."""
        if self.all_day:
            if given.time() != datetime.min.time():
                raise _fault(field, "must be a date, or midnight, in an all-day slot")
            return given.replace(tzinfo=None)
        if self.timezone == FLOATING:
            if given.tzinfo is not None:
                raise _fault(field, "must have no offset in a floating slot")
            return given
        if given.tzinfo is None:
            given = given.replace(tzinfo=UTC if self.timezone is None else ZoneInfo(self.timezone))
        try:
            return given.astimezone(UTC)
        except OverflowError as error:
            raise _fault(field, "must be a time between the years 1 and 9999") from error

    def wall(self, field: str, kept: datetime) -> datetime:
        """Give a kept time as the clock on the wall shows it, without offset. Raises `InvalidInput` naming the field."""
        if kept.tzinfo is None:
            return kept
        try:
            return kept.astimezone(UTC if self.timezone is None else ZoneInfo(self.timezone)).replace(tzinfo=None)
        except OverflowError as error:
            raise _fault(field, "must be a time between the years 1 and 9999") from error


def new_slot(uid: str, change: SlotChange) -> Slot:
    """Give the slot that a complete change describes; its `title` and `start` must be there.

    Raises `InvalidInput("invalid_fields", fields={name: fault})`.
    """
    slot = Slot(uid=uid, title=change["title"], start=EPOCH)
    return slot._replace(**changed_fields(slot, change))


def changed_fields(slot: Slot, change: SlotChange) -> SlotChange:
    """Give the change as fields of that slot, as a slot keeps them.

    A slot that only gets another zone keeps its instants; from and to floating it keeps its wall-clock times.
    Raises `InvalidInput("invalid_fields", fields={name: fault})`.
    """
    fields: SlotChange = {**change, **_times(slot, change)}
    all_day, last = fields.get("all_day", slot.all_day), fields.get("end", slot.end)
    if last is not None:
        start, end = instant(fields.get("start", slot.start)), instant(last)
        if end < start or (all_day and end == start):
            raise _fault("end", "must be after start" if all_day else "must not be before start")
    return fields


def _times(slot: Slot, change: SlotChange) -> SlotChange:
    """Work out the four fields that say when, which only make sense together."""
    old = _Clock(slot.all_day, slot.timezone)
    all_day = change.get("all_day", slot.all_day)
    timezone = None if all_day else change.get("timezone", slot.timezone)
    new = _Clock(all_day, timezone)
    if all_day and change.get("timezone") is not None:
        raise _fault("timezone", "must be null in an all-day slot: a day is the same date everywhere")
    if all_day != slot.all_day and "start" not in change:
        raise _fault("start", "must be given when allday changes")
    times: SlotChange = {"all_day": all_day, "timezone": timezone}
    if "start" in change:
        times["start"] = new.resolve("start", change["start"])
    elif FLOATING in {old.timezone, new.timezone} and old != new:
        times["start"] = new.resolve("start", old.wall("start", slot.start))
    end = change.get("end")
    if end is not None:
        times["end"] = new.resolve("end", end)
    elif "end" not in change and slot.end is not None:
        if all_day != slot.all_day:
            times["end"] = None
        elif FLOATING in {old.timezone, new.timezone} and old != new:
            times["end"] = new.resolve("end", old.wall("end", slot.end))
    return times


def midnight(day: date) -> datetime:
    """Give the naive first moment of a day, which is how an all-day slot keeps it."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive is the point


def _fault(field: str, fault: str) -> InvalidInput:
    return InvalidInput("invalid_fields", fields={field: fault})


def next_change(slot: Slot, now: datetime) -> dict[str, Any]:
    """Give the fields that say a slot's last change and, where it has a text that others know, its next revision.

    A slot made here has no SEQUENCE of its own: its DTSTAMP says as much, and it stays as plain as it was.
    """
    return {"sequence": slot.sequence + 1 if slot.ical else slot.sequence, "changed": now.astimezone(UTC)}
