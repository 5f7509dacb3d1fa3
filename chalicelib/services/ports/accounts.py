"""Where users, sessions and groups are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.accounts import Session, User
from chalicelib.domain.slots import Group


class UserStore(Protocol):
    """Users by id and e-mail, and their failed logins."""

    def create_user(self, user: User) -> None:
        """Write a new user. Raises `Conflict("email_taken")`."""
        ...

    def user(self, user_id: int) -> User | None:
        """Find a user by id."""
        ...

    def user_by_email(self, email: str) -> User | None:
        """Find a user by e-mail address, compared by `email_key`."""
        ...

    def set_password(self, user_id: int, password_hash: str) -> None:
        """Replace the password. Raises `NotFound("user")`."""
        ...

    def raise_spread(self, user_id: int, spread: int) -> User:
        """Raise `User.spread` to at least `spread`; never lowers it. Raises `NotFound("user")`."""
        ...

    def delete_user(self, user: User) -> None:
        """Remove the user with address, sessions and groups; no error when gone already."""
        ...

    def count_failed_login(self, email: str, now: datetime) -> int:
        """Count one more failed login of the running period and give the sum."""
        ...

    def failed_logins(self, email: str, now: datetime) -> tuple[int, datetime]:
        """Give the failed logins of the running period, and when it ends."""
        ...

    def forget_failed_logins(self, email: str) -> None:
        """Start from zero, after a success."""
        ...


class SessionStore(Protocol):
    """Sessions by the hash of their token."""

    def put_session(self, session: Session) -> None:
        """Write a new session, or the same one authenticated."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """Find a session; whether it has expired is the caller's to judge."""
        ...

    def touch_session(self, session: Session) -> None:
        """Write the new expiry, if the session still exists."""
        ...

    def delete_session(self, session: Session) -> None:
        """End it at once; no error when gone already."""
        ...

    def delete_sessions(self, user_id: int) -> None:
        """End all sessions of a user."""
        ...


class GroupStore(Protocol):
    """Groups by owner and uuid."""

    def groups(self, user_id: int) -> Sequence[Group]:
        """List all groups of a user, by name then uuid."""
        ...

    def user_and_groups(self, user_id: int) -> tuple[User | None, Sequence[Group]]:
        """Find a user together with all its groups, in one query: what an export has to know before it starts."""
        ...

    def group(self, user_id: int, uuid: str) -> Group | None:
        """Find one."""
        ...

    def ensure_group(self, user_id: int, group: Group) -> Group:
        """Write the group if none of that uuid is there; give the one that is. Raises `TooLarge("too_many_groups")`."""
        ...

    def replace_group(self, user_id: int, group: Group) -> None:
        """Write over it. Raises `NotFound("group")`."""
        ...

    def delete_group(self, user_id: int, uuid: str) -> None:
        """Remove it. Raises `NotFound("group")`. Its slots are the service's to look after."""
        ...
