"""Accounts and sessions: one account and one kind of token for all interfaces."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from chalicelib.domain.access import existing
from chalicelib.domain.accounts import (
    MAX_FAILED_LOGINS,
    MAX_PASSWORD,
    SESSION_LIFETIME,
    TOUCH_INTERVAL,
    Caller,
    Session,
    User,
    email_fault,
    name_fault,
    password_fault,
)
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, TooManyAttempts
from chalicelib.services.passwords import Passwords
from chalicelib.services.ports.accounts import GroupStore, SessionStore, UserStore

log = logging.getLogger(__name__)

TOKEN_BYTES: Final = 32
MAX_TOKEN: Final = 200
"""Characters; whatever is longer is none of ours and is not looked up."""


class SignedIn(NamedTuple):
    """A session as it is handed out: the only moment at which its token is known."""

    user: User
    token: str
    expires: datetime


class Leaving(Protocol):
    """What a part of the product does when a user leaves."""

    def check(self, user: User) -> None:
        """Raise `Conflict` when something must be settled before the user may go; changes nothing."""
        ...

    def remove(self, user: User, *, until: float) -> bool:
        """Remove everything of the user's; False when `until` (epoch seconds) came first and more is left."""
        ...


def token_hash(token: str) -> str:
    """Give the form in which a token is stored: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Accounts:
    """Sign up, sign in, know who is calling, leave.

    `leaving` is asked for when somebody goes, so that building accounts does not build the whole product.
    """

    def __init__(
        self,
        *,
        users: UserStore,
        sessions: SessionStore,
        groups: GroupStore,
        clock: Callable[[], datetime],
        leaving: Callable[[], Sequence[Leaving]] = tuple,
        passwords: Passwords | None = None,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._groups = groups
        self._clock = clock
        self._leaving = leaving
        self._passwords = passwords or Passwords()

    # accounts

    def sign_up(self, *, email: str, password: str, name: str) -> User:
        """Create an account.

        Raises `InvalidInput("invalid_fields", fields={name: fault})`, `Conflict("email_taken")`.
        """
        faults = {"email": email_fault(email), "password": password_fault(password), "name": name_fault(name)}
        if fields := {field: fault for field, fault in faults.items() if fault is not None}:
            raise InvalidInput("invalid_fields", fields=fields)
        user = User(
            id=secrets.randbelow(2**53 - 1) + 1,  # 53 bits: exact in JSON everywhere; random: tells nobody how many there are
            email=email.strip(),
            name=name.strip(),
            password_hash=self._passwords.hash(password),
            created=self._clock(),
        )
        self._users.create_user(user)
        return user

    def user_of(self, caller: Caller) -> User:
        """Give the caller's account. Raises `NotAuthenticated` when it has gone meanwhile."""
        user = self._users.user(caller.user_id)
        if user is None:
            raise NotAuthenticated("invalid_token")
        return user

    def user(self, user_id: int) -> User:
        """Find an account by id. Raises `NotFound("user")`."""
        return existing(self._users.user(user_id), "user", id=user_id)

    def user_by_email(self, email: str) -> User:
        """Find an account by e-mail address. Raises `NotFound("user")`."""
        return existing(self._users.user_by_email(email), "user", email=email)

    def set_password(self, user_id: int, new: str) -> None:
        """Replace a password whose change has been authorised, and end all sessions.

        Raises `InvalidInput("invalid_fields")`, `NotFound("user")`.
        """
        fault = password_fault(new)
        if fault is not None:
            raise InvalidInput("invalid_fields", fields={"password": fault})
        self._users.set_password(user_id, self._passwords.hash(new))
        self._sessions.delete_sessions(user_id)

    def leave(self, caller: Caller, *, password: str, until: float) -> bool:
        """Remove the caller's account with everything in it.

        True once it is all gone. False when `until` (epoch seconds) came first: account and token still work, and the
        same call goes on where this one stopped. Raises `NotAuthenticated`, `TooManyAttempts`, and `Conflict` when
        something must be handed over first; then nothing was removed.
        """
        user = self.check_password(self.user_of(caller).email, password)
        parts = self._leaving()
        for part in parts:
            part.check(user)
        if not all(part.remove(user, until=until) for part in parts):
            return False
        self._users.delete_user(user)
        for part in parts:  # what requests that were under way have written since; nothing more comes after these
            part.remove(user, until=until)
        log.info("user left", extra={"user_id": user.id})
        return True

    # sessions

    def sign_in(self, *, email: str, password: str) -> SignedIn:
        """Open a session. Raises `NotAuthenticated("wrong_credentials")`, `TooManyAttempts`."""
        return self._open(self.check_password(email, password), secrets.token_urlsafe(TOKEN_BYTES))

    def open_session(self) -> tuple[str, Session]:
        """Open a session that nobody has authenticated; it opens nothing until `authenticate`."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        session = Session(token_hash(token), None, now + SESSION_LIFETIME, now)
        self._sessions.put_session(session)
        return token, session

    def authenticate(self, token: str, *, email: str, password: str) -> SignedIn:
        """Make an existing session the user's. Raises `NotAuthenticated`, `TooManyAttempts`."""
        self.session_of(token)
        return self._open(self.check_password(email, password), token)

    def session_of(self, token: str) -> Session:
        """Give the living session of a token, and keep it alive: one read, and a write at most once a day.

        Raises `NotAuthenticated("invalid_token")`: missing, unknown and expired tokens answer alike.
        """
        session = self._sessions.session(token_hash(token)) if 0 < len(token) <= MAX_TOKEN else None
        now = self._clock()
        if session is None or session.expires <= now:
            raise NotAuthenticated("invalid_token")
        if now - session.touched < TOUCH_INTERVAL:
            return session
        touched = session._replace(expires=now + SESSION_LIFETIME, touched=now)
        self._sessions.touch_session(touched)
        return touched

    def caller_of(self, token: str) -> Caller:
        """Tell who is calling. Raises `NotAuthenticated("invalid_token")`."""
        session = self.session_of(token)
        if session.user_id is None:
            raise NotAuthenticated("invalid_token")
        return Caller(session.user_id, session.token_hash)

    def sign_out(self, token: str) -> None:
        """End a session at once. Raises `NotAuthenticated("invalid_token")`."""
        self._sessions.delete_session(self.session_of(token))

    def check_password(self, email: str, password: str) -> User:
        """Give the user whose address and password these are.

        An unknown address costs the same work and answers the same as a wrong password, and is locked out the same.
        Raises `NotAuthenticated("wrong_credentials")`, `TooManyAttempts` with `retry_after` in seconds.
        """
        now = self._clock()
        failures, ends = self._users.failed_logins(email, now)
        locked = TooManyAttempts("too_many_attempts", retry_after=max(1, round((ends - now).total_seconds())))
        if failures >= MAX_FAILED_LOGINS:
            raise locked
        user = self._users.user_by_email(email)
        matches = self._passwords.verify(password[: MAX_PASSWORD + 1], user.password_hash if user is not None else None)
        if user is None or not matches:
            if self._users.count_failed_login(email, now) > MAX_FAILED_LOGINS:
                raise locked  # guesses sent all at once do not get more tries than those sent one by one
            raise NotAuthenticated("wrong_credentials")
        if failures:
            self._users.forget_failed_logins(email)
        if self._passwords.is_outdated(user.password_hash):
            self._users.set_password(user.id, self._passwords.hash(password))
        return user

    def _open(self, user: User, token: str) -> SignedIn:
        now = self._clock()
        session = Session(token_hash(token), user.id, now + SESSION_LIFETIME, now)
        self._sessions.put_session(session)
        return SignedIn(user, token, session.expires)
