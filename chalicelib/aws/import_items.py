"""Import jobs on the account table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from chalicelib.aws.attributes import Item
from chalicelib.aws.documents import packed_document, unpacked_document
from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.moments import microseconds, moment_at, ttl_at
from chalicelib.services.ports.imports import ImportJob, ImportState

_LIFETIME: Final = timedelta(days=30)
_UNENDED: Final = "#state IN (:pending, :processing)"
_STATES: Final = {":pending": "pending", ":processing": "processing"}


class ImportItems:
    """Fulfils `ImportJobStore`."""

    _table: Table

    def create_import(self, job: ImportJob) -> bool:
        """Write a new job; False when one of that id is there already."""
        item = {
            **_key(job.user_id, job.id),
            "source": job.source,
            "options": packed_document(job.options),
            "state": job.state,
            "created": microseconds(job.created),
            "done": job.done,
            "total": job.total,
            "ttl": ttl_at(job.created + _LIFETIME),
        }
        if job.report is not None:
            item["report"] = packed_document(job.report)
        try:
            self._table.put(item, condition="attribute_not_exists(pk)")
        except ConditionFailed:
            return False
        return True

    def import_job(self, user_id: int, import_id: str) -> ImportJob | None:
        """Find one."""
        item = self._table.get(_key(user_id, import_id))
        if item is None:
            return None
        return ImportJob(
            id=import_id,
            user_id=user_id,
            source=item["source"],
            options=unpacked_document(item["options"]),
            state=item["state"],
            created=moment_at(item["created"]),
            done=item["done"],
            total=item["total"],
            report=unpacked_document(item["report"]) if "report" in item else None,
        )

    def advance_import(self, user_id: int, import_id: str, *, done: int, total: int) -> None:
        """Say how far it is; never goes back, never touches an ended job."""
        self._update(
            _key(user_id, import_id),
            "SET #state = :processing, done = :done, #total = :total",
            condition=f"{_UNENDED} AND done <= :done AND #total <= :total",
            names={"#state": "state", "#total": "total"},
            values={**_STATES, ":done": done, ":total": total},
        )

    def end_import(self, user_id: int, import_id: str, *, state: ImportState, report: dict[str, Any], done: int) -> None:
        """Write the outcome once; a second outcome is ignored."""
        self._update(
            _key(user_id, import_id),
            "SET #state = :state, done = :done, report = :report",
            condition=_UNENDED,
            names={"#state": "state"},
            values={**_STATES, ":state": state, ":done": done, ":report": packed_document(report)},
        )

    def _update(self, key: Item, expression: str, **condition: Any) -> None:
        try:
            self._table.update(key, expression, **condition)
        except ConditionFailed:
            return


def _key(user_id: int, import_id: str) -> Item:
    return {"pk": f"imports#{user_id}", "sk": import_id}
