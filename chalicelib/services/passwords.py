"""Passwords, hashed with argon2id (RFC 9106)."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB: Final = 19_456
"""OWASP's first choice for argon2id (19 MiB, two passes, one lane): some tens of milliseconds on one Lambda core."""
PASSES: Final = 2


def _normal(password: str) -> str:
    """Give the form in which a password is the same from every keyboard (NIST SP 800-63B §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


class Passwords:
    """Hashes passwords and checks them. The library is loaded at the first use: most requests carry a token."""

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Give the encoded hash, salt and parameters included."""
        return self._hasher.hash(_normal(password))

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one that was hashed; without a hash, do the same work and say no."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(password_hash or self._nobody, _normal(password)) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)
