"""Users, their sessions, and who is calling."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

SESSION_LIFETIME: Final = timedelta(days=30)
"""How long a token lives after its last use."""
TOUCH_INTERVAL: Final = timedelta(days=1)
"""A session's last use is written at most this often."""
MAX_FAILED_LOGINS: Final = 10
FAILED_LOGIN_PERIOD: Final = timedelta(minutes=15)


class User(NamedTuple):
    """An account. `password_hash` is argon2id's encoded form and never leaves the service layer."""

    id: int
    email: str
    """As typed; compare `email_key(email)`."""
    name: str
    password_hash: str
    created: datetime
    spread: int = 1
    """Over how many partitions new slots are spread; only ever raised (see `services.ports.slots`)."""


class Session(NamedTuple):
    """What a token opens. `user_id` is None for a session that has not authenticated (easydb export API)."""

    token_hash: str
    user_id: int | None
    expires: datetime
    touched: datetime


class Caller(NamedTuple):
    """The user on whose behalf a request or a job runs."""

    user_id: int
    token_hash: str = ""
    """The session's; empty for a job."""


def email_key(email: str) -> str:
    """Give the form in which addresses are compared: without case, trimmed."""
    return email.strip().casefold()
