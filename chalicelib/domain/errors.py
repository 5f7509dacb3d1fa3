"""The one hierarchy of things that can go wrong, without HTTP status or client prose.

A `DomainError` has a `code` that an interface turns into its own words, and `details` that name what is wrong.
Each interface maps classes to answers once, in its `errors.py`.
"""

from __future__ import annotations


class DomainError(Exception):
    """Base of all errors a caller can cause or has to be told of.

    `code` is a stable snake_case name such as ``group_not_found``; `details` are JSON-able values that name the
    place of the fault (``field``, ``line``, ``entry``, ``uid`` ...).
    """

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        if not self.details:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value!r}' for name, value in self.details.items())})"


class InvalidInput(DomainError):
    """What was sent cannot be accepted as it stands."""


class InvalidEncoding(InvalidInput):
    """The bytes that were sent are not text in the encoding they claim."""


class NotAuthenticated(DomainError):
    """The token is missing, malformed, unknown or expired, or the password is wrong."""


class NotPermitted(DomainError):
    """The caller is known and may not do this; only for things whose existence is public."""


class NotFound(DomainError):
    """It does not exist, or it is another user's, which answers alike."""


class Conflict(DomainError):
    """It contradicts what is stored: taken, changed meanwhile, already running."""


class NotReady(DomainError):
    """It exists and is not in the state this needs."""


class TooLarge(DomainError):
    """It is over a documented limit; `details` name the limit and the other way."""


class TooManyAttempts(DomainError):
    """The caller is locked out for a while; `details["retry_after"]` is in seconds."""


class Unavailable(DomainError):
    """A service behind us does not answer now; the same request may pass later."""
