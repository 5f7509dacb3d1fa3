"""Changing a password, also one that was forgotten: by a token that is mailed, works once, and for an hour."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from chalicelib.domain.accounts import Session, email_key, password_fault
from chalicelib.domain.errors import InvalidInput, NotAuthenticated, NotFound, Unavailable
from chalicelib.services.accounts import MAX_TOKEN, TOKEN_BYTES, Accounts, token_hash
from chalicelib.services.ports.accounts import SessionStore, UserStore
from chalicelib.services.ports.jobs import Mailer

log = logging.getLogger(__name__)

LIFETIME: Final = timedelta(hours=1)
MAX_MAILS: Final = 3
"""Mails to one address in `domain.accounts.FAILED_LOGIN_PERIOD`: nobody's mailbox is flooded through us."""
_PURPOSE: Final = "password reset:"
"""Goes before what is hashed or counted, so that a reset's token opens no session and its count locks no login."""


class PasswordReset:
    """Mails reset tokens and takes them. Links lead only to this service and to `origins`, else a stranger could ask
    for a reset whose link brings the token to them."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        users: UserStore,
        sessions: SessionStore,
        mailer: Callable[[], Mailer],
        clock: Callable[[], datetime],
        origins: tuple[str, ...] = (),
    ) -> None:
        self._accounts = accounts
        self._users = users
        self._sessions = sessions
        self._mailer = mailer
        self._clock = clock
        self._origins = origins

    def request(self, *, email: str, link: str, home: str) -> None:
        """Mail a token to the account of that address; says nothing when there is none, or too many were asked for."""
        now = self._clock()
        if self._users.count_failed_login(_PURPOSE + email_key(email), now) > MAX_MAILS:
            return
        try:
            user = self._accounts.user_by_email(email)
        except NotFound:
            return
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._sessions.put_session(Session(_hash(token), user.id, now + LIFETIME, now))
        lines = [
            f"Hello {user.name},",
            "",
            f"somebody, probably you, asked for a new password for {user.email} at {home}.",
            "",
            f"This code changes the password once, within an hour: {token}",
        ]
        if self._may_link(link, home):
            lines += ["", f"Or follow this link: {_with_token(link, token)}"]
        lines += ["", "If it was not you, do nothing: your password stays as it is."]
        try:
            self._mailer().send(to=user.email, subject="A new password", text="\n".join(lines) + "\n")
        except Unavailable:
            log.exception("reset mail not sent", extra={"user_id": user.id})

    def is_valid(self, token: str) -> bool:
        """Whether the token can still change a password."""
        return self._session(token) is not None

    def change(self, token: str, password: str) -> None:
        """Set the password by a reset's token or a session's; that token and all sessions end.

        Raises `NotAuthenticated`, `InvalidInput("invalid_fields")`.
        """
        fault = password_fault(password)
        if fault is not None:  # before a reset's token is used up
            raise InvalidInput("invalid_fields", fields={"password": fault})
        reset = self._session(token)
        session = reset or self._accounts.session_of(token)
        if session.user_id is None or (reset is not None and self._is_used(reset)):
            raise NotAuthenticated("invalid_token")
        self._accounts.set_password(session.user_id, password)
        self._sessions.delete_session(session)

    def _session(self, token: str) -> Session | None:
        session = self._sessions.session(_hash(token)) if 0 < len(token) <= MAX_TOKEN else None
        return session if session is not None and session.expires > self._clock() else None

    def _is_used(self, reset: Session) -> bool:
        """Use the token up; of several at once one finds it unused."""
        return self._users.count_failed_login(_PURPOSE + reset.token_hash, self._clock()) > 1

    def _may_link(self, link: str, home: str) -> bool:
        try:
            target = urlsplit(link)
        except ValueError:
            return False
        origin = f"{target.scheme}://{target.netloc}".lower()
        return "@" not in target.netloc and origin in {_origin(home), *(_origin(allowed) for allowed in self._origins)}


def _hash(token: str) -> str:
    return token_hash(_PURPOSE + token)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _with_token(link: str, token: str) -> str:
    parts = urlsplit(link)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("token", token)])
    return urlunsplit(parts._replace(query=query))
