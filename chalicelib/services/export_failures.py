"""The end of a run that failed, whoever notices it: its own tasks, the rule on the execution's status, or the minute tick."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exports import Export, LogEntry, Run, RunRef
from chalicelib.services.ports.accounts import UserStore
from chalicelib.services.ports.exports import ExportStore, RunStore
from chalicelib.services.ports.jobs import Mailer

log = logging.getLogger(__name__)


class ExportFailures:
    """Closes runs that failed, and tells the owner."""

    def __init__(
        self,
        *,
        exports: ExportStore,
        runs: RunStore,
        users: UserStore,
        mailer: Callable[[], Mailer],
        clock: Callable[[], datetime],
    ) -> None:
        self._exports = exports
        self._runs = runs
        self._users = users
        self._mailer = mailer
        self._clock = clock

    def close(self, ref: RunRef, reason: str) -> bool:
        """Close a run as failed, if it is still going; who closes it also mails, so that there is one mail.

        False for a run that has ended already, however it did: what comes late or twice changes nothing.
        """
        now = self._clock()
        entry = LogEntry(ref.run, "EXPORT_FAILED", now, {"reason": reason})
        if not self._runs.fail_run(ref, reason=reason, log=entry, now=now):
            return False
        log.warning("export run failed", extra={"export": ref.export_id, "run": ref.run, "reason": reason})
        dossier = self._exports.dossier(ref.export_id)
        run = dossier and dossier.runs.get(ref.run)
        if dossier is not None and run is not None and run.due is not None and dossier.export.definition.notify:
            self._mail(dossier.export, run)
        return True

    def _mail(self, export: Export, run: Run) -> None:
        user = self._users.user(export.user_id)
        if user is None:
            return
        started = f"{run.started:%Y-%m-%d %H:%M} UTC"
        text = (
            f"The run of your export {_line(export.name)} that its schedule started at {started} has failed:\n\n"
            f"{run.reason}\n\nIts next run is due at "
            + (f"{export.next_run:%Y-%m-%d %H:%M} UTC" if export.next_run else "no time")
            + ". You can start it by hand before.\n"
        )
        try:
            self._mailer().send(to=user.email, subject=f"Export {_line(export.name)} failed", text=text)
        except Unavailable:
            log.warning("mail about a failed run not sent", extra={"export": export.id, "run": run.ref.run})


def _line(text: str) -> str:
    """Give a text on one line: a name must not write headers."""
    return " ".join(text.split())
