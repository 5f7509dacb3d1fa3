"""The fast way to write slots: those that were made here, in UTC, and have nothing that needs a property of ours.

Gives the same text as `extras.render` (a property test says so). Dates are looked up in tables, because making them digit
by digit would cost more than everything else together, and texts are searched for control characters batch by batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from chalicelib.domain.slots import FLOATING, Slot
from chalicelib.formats.ical.noted import NotedText
from chalicelib.formats.ical.text import MAX_OCTETS, fold

BATCH: Final = 98_304
"""Characters that are gathered before they are given out."""

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_LAST: Final = datetime(2070, 1, 1, tzinfo=UTC).toordinal()
_DAYS: Final = {day: f"{datetime.fromordinal(day):%Y%m%dT}" for day in range(_FIRST, _LAST)}
_TIMES: Final = [[f"{hour:02}{minute:02}" for minute in range(60)] for hour in range(24)]
_SECONDS: Final = [f"{second:02}Z\r\n" for second in range(60)]
_CLASS: Final = {"public": "PUBLIC", "private": "PRIVATE"}
_CONTROLS: Final = bytes([*range(32), 127])
_UID_ROOM: Final = MAX_OCTETS - len("UID:")
_TITLE_ROOM: Final = MAX_OCTETS - len("SUMMARY:")
_DESCRIPTION_ROOM: Final = MAX_OCTETS - len("DESCRIPTION:")
_LEAST_ROOM: Final = min(_UID_ROOM, _TITLE_ROOM, _DESCRIPTION_ROOM)
_SIZE: Final = 250
"""Characters in a plain event, about."""


class Batch(NamedTuple):
    """The texts of some slots."""

    texts: list[str]
    floating: bool
    """Whether one of them starts at a time that belongs to no zone."""
    recurring: list[str]
    """Those that may have more times than their start and end, if that is not noted."""
    noted: bool
    """Whether all are `NotedText`."""


def batches(slots: Iterable[Slot], render: Callable[[Slot], str]) -> Iterator[Batch]:
    """Write slots as components, kept text as it is, plain ones at once, and with `render` all others."""
    texts: list[str] = []
    words: list[str] = []
    seen: list[Slot] = []
    recurring: list[str] = []
    size = 0
    floating = False
    noted = True
    days, times, seconds, classes, utc = _DAYS, _TIMES, _SECONDS, _CLASS, UTC
    for slot in slots:
        kept = slot[-1]
        seen.append(slot)
        if kept:
            texts.append(kept)
            size += len(kept)
            if slot[6] == FLOATING:
                floating = True
            if type(kept) is not NotedText:
                noted = False
                if slot[13]:
                    recurring.append(kept)
        else:
            noted = False
            (
                uid, title, start, end, visibility, all_day, timezone, location, description,
                media, notes, settings, groups, _, sequence, changed, _,
            ) = slot  # fmt: skip
            if (
                timezone is None
                and not (all_day or media or notes or groups or sequence)
                and location is None
                and settings is None
                and changed is not None
                and end is not None
                and start.tzinfo is utc
                and end.tzinfo is utc
                and changed.tzinfo is utc
                and not start.microsecond
                and not end.microsecond
                and (access := classes.get(visibility)) is not None
            ):
                word = f"{uid}{title}{description}"
                words.append(word)
                if (
                    "," in word
                    or not word.isascii()
                    or ";" in word
                    or "\\" in word
                    or (
                        len(word) > _LEAST_ROOM
                        and (len(title) > _TITLE_ROOM or len(uid) > _UID_ROOM or len(description) > _DESCRIPTION_ROOM)
                    )
                ):
                    uid = _value(uid, _UID_ROOM, "UID")
                    title = _value(title, _TITLE_ROOM, "SUMMARY")
                    description = _value(description, _DESCRIPTION_ROOM, "DESCRIPTION")
                try:
                    text = (
                        f"BEGIN:VEVENT\r\nDTSTAMP:{days[changed.toordinal()]}{times[changed.hour][changed.minute]}{seconds[changed.second]}"
                        f"UID:{uid}\r\nDTSTART:{days[start.toordinal()]}{times[start.hour][start.minute]}{seconds[start.second]}"
                        f"DTEND:{days[end.toordinal()]}{times[end.hour][end.minute]}{seconds[end.second]}CLASS:{access}\r\n"
                        f"DESCRIPTION:{description}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
                    )
                except KeyError:  # a day that is not in the table
                    text = render(slot)
                texts.append(text)
                size += _SIZE
            else:
                text = render(slot)
                texts.append(text)
                size += len(text)
                if timezone == FLOATING:
                    floating = True
        if size > BATCH:
            yield Batch(_checked(texts, words, seen, render), floating, recurring, noted)
            texts, words, seen, recurring, size, floating, noted = [], [], [], [], 0, False, True
    yield Batch(_checked(texts, words, seen, render), floating, recurring, noted)


def _checked(texts: list[str], words: list[str], seen: list[Slot], render: Callable[[Slot], str]) -> list[str]:
    """Write all of a batch again when there is a control character in one of its plain slots, for that is rare."""
    if not words:
        return texts
    octets = "".join(words).encode()
    if len(octets.translate(None, _CONTROLS)) == len(octets):
        return texts
    return [slot.ical or render(slot) for slot in seen]


def _value(text: str, room: int, name: str) -> str:
    """Write a text as the value of a property, folded as it stands behind its name, without its line end."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "," in text:
        text = text.replace(",", "\\,")
    if ";" in text:
        text = text.replace(";", "\\;")
    return text if len(text) <= room and text.isascii() else fold(f"{name}:{text}")[len(name) + 1 : -2]
