"""Export jobs: define, change, start, stop, list and delete them. What a run does is `services.export_run`."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from chalicelib.domain.access import existing
from chalicelib.domain.accounts import Caller, User
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from chalicelib.domain.exports import MAX_LOG, Definition, Export, ExportType, LogEntry, Run, RunRef, State
from chalicelib.domain.schedules import next_run
from chalicelib.services.export_links import former_names
from chalicelib.services.ports.exports import Dossier, ExportStore, Limits
from chalicelib.services.ports.jobs import StateMachine

log = logging.getLogger(__name__)

PASSKEY_BYTES: Final = 24
MAX_PAGE: Final = 1_000
"""Exports in one answer."""
_TRIES: Final = 50
"""How often something is decided again because the export was written meanwhile, before it counts as a fault."""


class Conventions(Protocol):
    """What export jobs ask of the conventions."""

    def find(self, name: str) -> str | None:
        """Give the key of the convention with this id, slug or key."""
        ...


class Condition(NamedTuple):
    """One alternative of a list's filter: its type and its state are among these; None: any."""

    types: frozenset[ExportType] | None = None
    states: frozenset[State] | None = None

    def holds(self, export: Export) -> bool:
        """Whether an export fulfils it."""
        return (self.types is None or export.definition.type in self.types) and (self.states is None or export.state in self.states)


class Listing(NamedTuple):
    """A page of exports, and how many there are in all."""

    total: int
    dossiers: Sequence[Dossier]


class ExportJobs:
    """What a user does with exports. Another user's export answers as one that does not exist."""

    def __init__(
        self,
        *,
        exports: ExportStore,
        machine: Callable[[], StateMachine],
        conventions: Callable[[], Conventions],
        clock: Callable[[], datetime],
        limits: Limits,
        new_id: Callable[[], int] = lambda: secrets.randbelow(2**53 - 1) + 1,
        new_passkey: Callable[[], str] = lambda: secrets.token_urlsafe(PASSKEY_BYTES),
    ) -> None:
        self._exports = exports
        self._machine = machine
        self._conventions = conventions
        self._clock = clock
        self._limits = limits
        self._new_id = new_id
        self._new_passkey = new_passkey

    # look

    def dossier(self, caller: Caller, export_id: int, *, log: int = 0) -> Dossier:
        """Give one of the caller's exports. Raises `NotFound("export")`."""
        found = self._exports.dossier(export_id, log=log)
        return existing(found if found and found.export.user_id == caller.user_id else None, "export", id=export_id)

    def exports(self, caller: Caller, conditions: Sequence[Condition], *, limit: int, offset: int) -> Listing:
        """Give the caller's exports that fulfil any of the conditions (all, without any), newest first."""
        ids = self._exports.exports(caller.user_id)
        limit = min(limit, MAX_PAGE)
        if not conditions:
            return Listing(len(ids), self._exports.dossiers(caller.user_id, ids[offset : offset + limit]) if limit else ())
        found = [
            dossier
            for dossier in self._exports.dossiers(caller.user_id, ids)
            if any(condition.holds(dossier.export) for condition in conditions)
        ]
        return Listing(len(found), found[offset : offset + limit])

    # define

    def create(self, caller: Caller, definition: Definition) -> Dossier:
        """Keep a new export. Raises `TooLarge("too_many_exports")`, `InvalidInput`."""
        self._check(definition)
        now = self._clock()
        export = Export(
            id=self._new_id(),
            user_id=caller.user_id,
            created=now,
            definition=definition,
            passkey=self._new_passkey(),
            next_run=next_run(definition.schedules, now),
        )
        try:
            self._exports.create_export(export, LogEntry(0, "EXPORT_INSERT", now, {"user": caller.user_id}), limits=self._limits)
        except Conflict:  # a taken id: once in a few million years per user
            return self.create(caller, definition)
        return self.dossier(caller, export.id, log=MAX_LOG)

    def update(
        self, caller: Caller, export_id: int, change: Callable[[Definition], Definition], *, version: int | None = None
    ) -> Dossier:
        """Change the definition; a run that is going is stopped first, and the export is new afterwards.

        `version`, when given, is the one the change was made for. Raises `NotFound("export")`,
        `Conflict("version_mismatch")`, `InvalidInput`.
        """

        def changed(was: Dossier, now: datetime) -> Export:
            export = was.export
            if version is not None and version != export.version:
                raise Conflict("version_mismatch", provided=version, expected=export.version)
            definition = change(export.definition)
            self._check(definition)
            after = replace(
                export,
                definition=definition,
                version=export.version + 1,
                state="new",
                next_run=next_run(definition.schedules, now),
            )
            return replace(after, former_names=former_names(export, after))

        return self._replace(caller, export_id, changed)

    def renew_passkey(self, caller: Caller, export_id: int) -> Dossier:
        """Give the export a new passkey; the old links end, a run goes on. Raises `NotFound("export")`."""
        passkey = self._new_passkey()
        return self._replace(caller, export_id, lambda was, _now: replace(was.export, passkey=passkey))

    def delete(self, caller: Caller, export_id: int) -> None:
        """Remove the export, ending its run; its files follow. Raises `NotFound("export")`."""
        for _ in range(_TRIES):
            was = self.dossier(caller, export_id)
            try:
                self._exports.delete_export(was=was, now=self._clock())
            except Conflict:
                continue
            if was.export.running:
                self.abort(RunRef(export_id, was.export.run), "its export was deleted")
            return
        raise Unavailable("export_busy")

    # run

    def start(self, caller: Caller, export_id: int) -> Dossier:
        """Begin a run by hand. Raises `NotFound`, `Conflict("export_already_running")`, `TooLarge("too_many_running_exports")`."""
        for _ in range(_TRIES):
            was = self.dossier(caller, export_id)
            if was.export.running:
                raise Conflict("export_already_running", id=export_id)
            try:
                self.begin(was, due=None, next_due=was.export.next_run, now=self._clock())
            except Conflict:
                continue
            return self.dossier(caller, export_id, log=MAX_LOG)
        raise Unavailable("export_busy")

    def begin(self, was: Dossier, *, due: datetime | None, next_due: datetime | None, now: datetime) -> None:
        """Begin a run of an export as it was read, for a due minute or by hand.

        The record comes first: should the execution not start, the record says pending, and the minute tick starts it.
        Raises `Conflict("export_changed")`, `TooLarge("too_many_running_exports")`.
        """
        export = was.export
        run = Run(RunRef(export.id, export.run + 1), export.user_id, export.version, "pending", now, due=due, base=export.served)
        info = {"by": "user"} if due is None else {"by": "schedule", "due": due.isoformat()}
        entry = LogEntry(run.ref.run, "EXPORT_START", now, info)
        self._exports.begin_run(run, was=was, next_run=next_due, log=entry, limits=self._limits)
        self.launch(run.ref)

    def launch(self, ref: RunRef) -> None:
        """Start the execution of a run that is pending; starting it twice is harmless."""
        try:
            self._machine().start(ref.execution, ref._asdict())
        except Unavailable:
            log.warning("execution not started yet", extra={"execution": ref.execution}, exc_info=True)

    def stop(self, caller: Caller, export_id: int) -> Dossier:
        """End the run that is going, for good. Raises `NotFound("export")`, `NotFound("export_not_running")`."""

        def stopped(was: Dossier, _now: datetime) -> Export:
            if not was.export.running:
                raise NotFound("export_not_running", id=export_id)
            return replace(was.export, state="failed")

        return self._replace(caller, export_id, stopped)

    def abort(self, ref: RunRef, cause: str) -> None:
        """Abort the execution of a run that has been ended on the record already, so that nothing depends on this."""
        try:
            self._machine().stop(ref.execution, cause=cause)
        except Unavailable:
            log.warning("execution not aborted", extra={"execution": ref.execution}, exc_info=True)

    # leave

    def check(self, user: User) -> None:
        """Nothing has to be settled before a user leaves."""

    def remove(self, user: User, *, until: float) -> bool:
        """Remove all exports of a user who leaves; False when `until` (epoch seconds) came first."""
        for export_id in self._exports.exports(user.id):
            if time.time() > until:
                return False
            try:
                self.delete(Caller(user.id), export_id)
            except NotFound:
                continue
        return True

    # parts of these

    def _replace(self, caller: Caller, export_id: int, change: Callable[[Dossier, datetime], Export]) -> Dossier:
        """Write what `change` makes of the export, decided again when it was written meanwhile; ends its run if that says so."""
        for _ in range(_TRIES):
            was, now = self.dossier(caller, export_id), self._clock()
            after = change(was, now)
            entry = None
            if was.latest is not None and was.export.running and not after.running:
                after = replace(after, progress=was.latest.progress)
                entry = LogEntry(was.export.run, "EXPORT_STOPPED", now, {"user": caller.user_id})
            try:
                self._exports.replace_export(after, was=was, log=entry, now=now)
            except Conflict:
                continue
            if entry is not None:
                self.abort(RunRef(export_id, was.export.run), "stopped by its owner")
            return self.dossier(caller, export_id, log=MAX_LOG)
        raise Unavailable("export_busy")

    def _check(self, definition: Definition) -> None:
        if definition.objecttype == "timeslot" and self._conventions().find(definition.convention) is None:
            path = ["export", "convention"]
            raise InvalidInput("invalid_value", path=path, value=definition.convention, reason="there is no such convention")
