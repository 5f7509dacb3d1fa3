"""Opens any calendar file for reading: its format is recognised by what is in it, never by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.imports import Entry, Reading, Rejection, Source
from chalicelib.formats import google_zip, outlook_csv, timeslot_json
from chalicelib.formats.encoding import UTF8, WINDOWS_1252, encoding_of, is_utf8, utf8_chunks
from chalicelib.formats.outlook_csv.cells import DateOrder
from chalicelib.formats.recognition import TextFormat, head_of, recognise

Format = TextFormat | Literal["zip"]


def open_calendar(
    source: Source,
    *,
    charset: str | None = None,
    media_type: str | None = None,
    dates: DateOrder | None = None,
    resume: Mapping[str, Any] | None = None,
) -> Reading:
    """Open a calendar file of any format for reading.

    `charset` is what the file was sent with, `media_type` only helps to say what is wrong, `dates` is the order of the
    dates in a CSV file where the user knows it, `resume` is what `Reading.checkpoint` gave: nothing is decided anew.
    Raises `InvalidInput` (`empty_file`, `unknown_format`, `bad_zip` and what else a zip archive can be) and
    `InvalidEncoding`; so does the reading, for what stands further down.
    """
    if resume is not None:
        opened = (resume["format"], resume["encoding"], list(resume["notes"]))
        return _OpenedCalendar(source, *opened, dates=dates, resume=resume["inner"])
    if source.size == 0:
        raise InvalidInput("empty_file")
    if source.slice(0, 4) in google_zip.SIGNATURES:
        return _OpenedCalendar(source, "zip", "", [], dates=dates)
    encoding = encoding_of(source.slice(0, 4), charset)
    found = recognise(source, encoding)
    notes: list[str] = []
    if found in (None, "outlook") and encoding == UTF8 and charset is None and _is_outlooks_own(source):
        found, encoding = "outlook", WINDOWS_1252
        notes.append("The file is not UTF-8: read as windows-1252, which is what Outlook writes.")
    if found is None:
        raise InvalidInput("unknown_format", media_type=media_type or "")
    return _OpenedCalendar(source, found, encoding, notes, dates=dates)


def _is_outlooks_own(source: Source) -> bool:
    """Whether it is a CSV file as Outlook writes it: in the names of its columns there may be letters that are not ASCII."""
    return recognise(source, WINDOWS_1252) == "outlook" and not is_utf8(source)


class _OpenedCalendar:
    """A reading, and how its file had to be opened."""

    def __init__(
        self,
        source: Source,
        found: Format,
        encoding: str,
        notes: list[str],
        *,
        dates: DateOrder | None,
        resume: Mapping[str, Any] | None = None,
    ) -> None:
        self.format: str = found
        self._encoding = encoding
        self._notes = notes
        self._inner = _open(source, found, encoding, dates, resume)

    @property
    def notes(self) -> list[str]:
        """What was assumed in opening it, and what its format has to say."""
        return [*self._notes, *self._inner.notes]

    @property
    def ignored(self) -> Mapping[str, int]:
        """Components that are not slots, counted by kind."""
        return self._inner.ignored

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield what is in the file, in its order."""
        return iter(self._inner)

    def checkpoint(self) -> dict[str, Any]:
        """Give the place right after the entry yielded last, and everything that was decided."""
        return {"format": self.format, "encoding": self._encoding, "notes": list(self._notes), "inner": self._inner.checkpoint()}


def _open(source: Source, found: Format, encoding: str, dates: DateOrder | None, resume: Mapping[str, Any] | None) -> Reading:
    """Open a file whose format and encoding are known, at its beginning or where a checkpoint was."""
    offset: int = resume["offset"] if resume and found != "zip" else 0

    def chunks(start: int) -> Iterator[bytes]:
        return utf8_chunks(source, encoding, start, resume["line"] if resume else 1)

    if found == "zip":
        return google_zip.read(source, resume=resume)
    if found == "timeslot":
        return timeslot_json.read(chunks(offset), resume=resume)
    if found == "ical":
        from chalicelib.formats import ical

        return ical.read(chunks(offset), resume=dict(resume) if resume else None)
    layout = outlook_csv.Layout.from_state(resume["layout"]) if resume else outlook_csv.recognise(head_of(source, encoding))
    if layout is None:
        raise InvalidInput("unknown_format")
    return outlook_csv.read(chunks, layout, dates=dates, resume=resume)
