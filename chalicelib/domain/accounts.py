"""Users, their sessions, and who is calling."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from chalicelib.domain.slots import MAX_TITLE

SESSION_LIFETIME: Final = timedelta(days=30)
"""How long a token lives after its last use."""
TOUCH_INTERVAL: Final = timedelta(days=1)
"""A session's last use is written at most this often."""
MAX_FAILED_LOGINS: Final = 10
FAILED_LOGIN_PERIOD: Final = timedelta(minutes=15)
MIN_PASSWORD: Final = 8
"""Characters (NIST SP 800-63B §3.1.1.2)."""
MAX_PASSWORD: Final = 1_000
"""Characters: hashing takes time by length, and nobody types more."""
MAX_EMAIL: Final = 254
"""Octets of an address (RFC 5321 §4.5.3.1.3)."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]")
_ADDRESS: Final = re.compile(
    r"[^\s@\x00-\x1f\x7f\"(),:;<>\[\\\]]{1,64}@(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)*"
)
"""An unquoted local part and a host name, ASCII or not (RFC 6531); whether it exists only a mail can tell."""


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
    """Give the form in which addresses are compared: without case, trimmed, composed (RFC 6532 §3.1)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).casefold())


def email_fault(email: str) -> str | None:
    """Tell what is wrong with an e-mail address; None when it can be one."""
    address = unicodedata.normalize("NFC", email.strip())
    if len(address.encode()) > MAX_EMAIL:
        return f"must be at most {MAX_EMAIL} octets"
    local = address.partition("@")[0]
    if not _ADDRESS.fullmatch(address) or local.startswith(".") or local.endswith(".") or ".." in local:
        return "must be an e-mail address"
    return None


def password_fault(password: str) -> str | None:
    """Tell what is wrong with a new password; None when it will do."""
    if len(password) < MIN_PASSWORD:
        return f"must have at least {MIN_PASSWORD} characters"
    return f"must have at most {MAX_PASSWORD} characters" if len(password) > MAX_PASSWORD else None


def name_fault(name: str) -> str | None:
    """Tell what is wrong with a user's name; None when it will do."""
    if not name.strip():
        return "must not be empty"
    if _CONTROL.search(name.strip()):
        return "must be one line without control characters"
    return f"must have at most {MAX_TITLE} characters" if len(name) > MAX_TITLE else None
