"""Where the state of import jobs is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

ImportState = Literal["pending", "processing", "done", "failed"]


class ImportJob(NamedTuple):
    """One import that runs as a job: its source object, its options, and how far it is."""

    id: str
    user_id: int
    source: str
    """Key of the uploaded object."""
    options: dict[str, Any]
    """What the request asked for: group, strict, dry_run, charset."""
    state: ImportState
    created: datetime
    done: int = 0
    total: int = 0
    report: dict[str, Any] | None = None
    """The report, or the error, once it has ended."""


class ImportJobStore(Protocol):
    """Import jobs by owner and id; they go thirty days after their creation."""

    def create_import(self, job: ImportJob) -> bool:
        """Write a new job; False when one of that id is there already (the same upload asked for twice)."""
        ...

    def import_job(self, user_id: int, import_id: str) -> ImportJob | None:
        """Find one, read consistently."""
        ...

    def advance_import(self, user_id: int, import_id: str, *, done: int, total: int) -> None:
        """Say how far it is; never goes back, never touches an ended job."""
        ...

    def end_import(self, user_id: int, import_id: str, *, state: ImportState, report: dict[str, Any], done: int) -> None:
        """Write the outcome once; a second outcome is ignored."""
        ...
