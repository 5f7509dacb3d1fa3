"""Users, sessions, groups and import jobs in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.accounts import FAILED_LOGIN_PERIOD, Session, User, email_key
from chalicelib.domain.errors import Conflict, NotFound, TooLarge
from chalicelib.domain.slots import MAX_GROUPS, Group
from chalicelib.services.ports.imports import ImportJob, ImportState


class FakeAccountStore:
    """Fulfils `UserStore`, `SessionStore`, `GroupStore` and `ImportJobStore`; safe to use from several threads."""

    def __init__(self, *, max_groups: int = MAX_GROUPS) -> None:
        self._max_groups = max_groups
        self._lock = threading.RLock()
        self._users: dict[int, User] = {}
        self._failed: dict[str, tuple[int, datetime]] = {}
        self._sessions: dict[str, Session] = {}
        self._groups: dict[int, dict[str, Group]] = {}
        self._jobs: dict[tuple[int, str], ImportJob] = {}

    # users

    def create_user(self, user: User) -> None:
        with self._lock:
            if self.user_by_email(user.email) is not None or user.id in self._users:
                raise Conflict("email_taken", email=user.email)
            self._users[user.id] = user

    def user(self, user_id: int) -> User | None:
        return self._users.get(user_id)

    def user_by_email(self, email: str) -> User | None:
        return next((user for user in self._users.values() if email_key(user.email) == email_key(email)), None)

    def set_password(self, user_id: int, password_hash: str) -> None:
        with self._lock:
            self._users[user_id] = self._known(user_id)._replace(password_hash=password_hash)

    def raise_spread(self, user_id: int, spread: int) -> User:
        with self._lock:
            user = self._known(user_id)
            self._users[user_id] = user._replace(spread=max(user.spread, spread))
            return self._users[user_id]

    def delete_user(self, user: User) -> None:
        with self._lock:
            self._users.pop(user.id, None)
            self._groups.pop(user.id, None)
            self._jobs = {key: job for key, job in self._jobs.items() if key[0] != user.id}
            self.forget_failed_logins(user.email)
            self.delete_sessions(user.id)

    def count_failed_login(self, email: str, now: datetime) -> int:
        with self._lock:
            count, ends = self.failed_logins(email, now)
            self._failed[email_key(email)] = (count + 1, ends)
            return count + 1

    def failed_logins(self, email: str, now: datetime) -> tuple[int, datetime]:
        count, ends = self._failed.get(email_key(email), (0, now))
        return (count, ends) if ends > now else (0, now + FAILED_LOGIN_PERIOD)

    def forget_failed_logins(self, email: str) -> None:
        self._failed.pop(email_key(email), None)

    # sessions

    def put_session(self, session: Session) -> None:
        self._sessions[session.token_hash] = session

    def session(self, token_hash: str) -> Session | None:
        return self._sessions.get(token_hash)

    def touch_session(self, session: Session) -> None:
        with self._lock:
            known = self._sessions.get(session.token_hash)
            if known is not None:
                self._sessions[session.token_hash] = known._replace(expires=session.expires, touched=session.touched)

    def delete_session(self, session: Session) -> None:
        self._sessions.pop(session.token_hash, None)

    def delete_sessions(self, user_id: int) -> None:
        with self._lock:
            for token_hash in [key for key, session in self._sessions.items() if session.user_id == user_id]:
                del self._sessions[token_hash]

    # groups

    def groups(self, user_id: int) -> Sequence[Group]:
        with self._lock:
            return sorted(self._groups.get(user_id, {}).values(), key=lambda group: (group.name, group.uuid))

    def user_and_groups(self, user_id: int) -> tuple[User | None, Sequence[Group]]:
        return self.user(user_id), self.groups(user_id)

    def group(self, user_id: int, uuid: str) -> Group | None:
        return self._groups.get(user_id, {}).get(uuid)

    def ensure_group(self, user_id: int, group: Group) -> Group:
        with self._lock:
            groups = self._groups.setdefault(user_id, {})
            if group.uuid not in groups and len(groups) >= self._max_groups:
                raise TooLarge("too_many_groups", limit=self._max_groups)
            return groups.setdefault(group.uuid, group)

    def replace_group(self, user_id: int, group: Group) -> None:
        with self._lock:
            if self.group(user_id, group.uuid) is None:
                raise NotFound("group", uuid=group.uuid)
            self._groups[user_id][group.uuid] = group

    def delete_group(self, user_id: int, uuid: str) -> None:
        with self._lock:
            if self.group(user_id, uuid) is None:
                raise NotFound("group", uuid=uuid)
            del self._groups[user_id][uuid]

    # jobs of imports

    def create_import(self, job: ImportJob) -> bool:
        with self._lock:
            return self._jobs.setdefault((job.user_id, job.id), job) is job

    def import_job(self, user_id: int, import_id: str) -> ImportJob | None:
        return self._jobs.get((user_id, import_id))

    def advance_import(self, user_id: int, import_id: str, *, done: int, total: int) -> None:
        with self._lock:
            job = self._jobs.get((user_id, import_id))
            if job is not None and job.state in ("pending", "processing") and done >= job.done and total >= job.total:
                self._jobs[user_id, import_id] = job._replace(state="processing", done=done, total=total)

    def end_import(self, user_id: int, import_id: str, *, state: ImportState, report: dict[str, Any], done: int) -> None:
        with self._lock:
            job = self._jobs.get((user_id, import_id))
            if job is not None and job.state in ("pending", "processing"):
                self._jobs[user_id, import_id] = job._replace(state=state, report=report, done=done)

    def _known(self, user_id: int) -> User:
        user = self.user(user_id)
        if user is None:
            raise NotFound("user", id=user_id)
        return user
