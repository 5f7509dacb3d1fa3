"""What an import has done, counted slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from chalicelib.domain.imports import Rejection

MAX_LISTED: Final = 1_000
"""Rejections listed in a report; all are counted."""

MAX_LISTED_BYTES: Final = 250_000
"""Of their texts together: the report of a job is one record."""
MAX_SHOWN: Final = 300
"""Characters of a uid or reason that are shown."""

Result = Literal["created", "updated", "unchanged"]


@dataclass(slots=True)
class Report:
    """The outcome of an import. A slot counts once, however many components of the file it is made of."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    """The first of them, by entry."""
    rejections: int = 0
    ignored: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    group: str | None = None
    """The group that entries without groups of their own went to; None when there was none."""

    def count(self, result: Result) -> None:
        """Count one slot."""
        setattr(self, result, getattr(self, result) + 1)

    def reject(self, rejections: Iterable[Rejection]) -> None:
        """Count entries that were not imported, and keep the first of them."""
        before = self.rejections
        for rejection in rejections:
            self.rejections += 1
            self.rejected.append(rejection._replace(uid=_short(rejection.uid), reason=_short(rejection.reason)))
            if len(self.rejected) > 2 * MAX_LISTED:
                self._keep_first()
        if self.rejections > before:
            self._keep_first()

    def as_json(self) -> dict[str, Any]:
        """Give the report as clients get it; `rejected_total` only when more were rejected than are listed."""
        shown = {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": [_rejection(rejection) for rejection in self.rejected],
            "ignored": self.ignored,
            "notes": self.notes,
            "group": self.group,
        }
        return shown if self.rejections <= len(self.rejected) else shown | {"rejected_total": self.rejections}

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Report:
        """Read back what `as_json` gave."""
        rejected = [Rejection(each["entry"], each["line"], each["uid"], each["reason"]) for each in shown["rejected"]]
        return cls(
            created=shown["created"],
            updated=shown["updated"],
            unchanged=shown["unchanged"],
            rejected=rejected,
            rejections=shown.get("rejected_total", len(rejected)),
            ignored=dict(shown["ignored"]),
            notes=list(shown["notes"]),
            group=shown["group"],
        )

    def _keep_first(self) -> None:
        self.rejected.sort(key=lambda rejection: rejection.number)
        size = 0
        for place, rejection in enumerate(self.rejected):
            size += 100 + len(rejection.uid.encode()) + len(rejection.reason.encode())
            if place == MAX_LISTED or size > MAX_LISTED_BYTES:
                del self.rejected[place:]
                break


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 30]}… ({len(text)} characters)"


def _rejection(rejection: Rejection) -> dict[str, Any]:
    return {"entry": rejection.number, "line": rejection.line, "uid": rejection.uid, "reason": rejection.reason}
