"""What an import is asked to do, and when a file is not worth starting with."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.import_report import Report


class ImportOptions(NamedTuple):
    """What an import was asked to do."""

    group: str | None = None
    """The uuid of the group that everything goes to."""
    strict: bool = False
    """Import nothing when an entry cannot be imported."""
    dry_run: bool = False
    """Report, and write nothing."""
    charset: str | None = None
    """What the file was sent with."""
    media_type: str | None = None


def check_importable(valid: int, report: Report, *, strict: bool) -> None:
    """Raise `InvalidInput` when nothing can be imported, or when something cannot be and `strict` was asked for.

    Entries that another entry of the same file supersedes are no fault of the file.
    """
    if valid and not (strict and report.rejections):
        return
    first = report.rejected[0] if report.rejected else None
    place = {} if first is None else {"entry": first.number, "line": first.line, "uid": first.uid, "reason": first.reason}
    if valid:
        raise InvalidInput("not_strictly_valid", rejected=report.rejections, **place)
    if first is not None:
        raise InvalidInput("no_valid_entry", rejected=report.rejections, ignored=report.ignored, **place)
    raise InvalidInput("no_entries", ignored=report.ignored)
