"""Users on the account table, with an item per address that keeps it unique, and the failed logins of an address."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.moments import microseconds, moment_at, ttl_at
from chalicelib.domain.accounts import FAILED_LOGIN_PERIOD, User, email_key
from chalicelib.domain.errors import Conflict, NotFound


class UserItems:
    """Fulfils `UserStore`, all but `delete_user`."""

    _table: Table

    def create_user(self, user: User) -> None:
        """Write a new user. Raises `Conflict("email_taken")`."""
        item = {
            **user_key(user.id),
            "email": user.email,
            "name": user.name,
            "password": user.password_hash,
            "created": microseconds(user.created),
            "spread": user.spread,
        }
        absent = "attribute_not_exists(pk)"
        try:
            self._table.transact(
                [
                    self._table.putting({**address_key(user.email), "user": user.id}, condition=absent),
                    self._table.putting(item, condition=absent),
                ]
            )
        except ConditionFailed as error:
            raise Conflict("email_taken", email=user.email) from error

    def user(self, user_id: int) -> User | None:
        """Find a user by id, in one read."""
        item = self._table.get(user_key(user_id))
        return None if item is None else user_of(item)

    def user_by_email(self, email: str) -> User | None:
        """Find a user by e-mail address, compared by `email_key`."""
        item = self._table.get(address_key(email))
        return None if item is None else self.user(item["user"])

    def set_password(self, user_id: int, password_hash: str) -> None:
        """Replace the password. Raises `NotFound("user")`."""
        try:
            self._table.update(
                user_key(user_id), "SET password = :hash", condition="attribute_exists(pk)", values={":hash": password_hash}
            )
        except ConditionFailed as error:
            raise NotFound("user", id=user_id) from error

    def raise_spread(self, user_id: int, spread: int) -> User:
        """Raise `User.spread` to at least `spread`; never lowers it. Raises `NotFound("user")`."""
        try:
            item = self._table.update(user_key(user_id), "SET spread = :new", condition="spread < :new", values={":new": spread})
        except ConditionFailed as error:
            user = self.user(user_id)
            if user is None:
                raise NotFound("user", id=user_id) from error
            return user
        return user_of(item)

    def count_failed_login(self, email: str, now: datetime) -> int:
        """Count one more failed login of the running period and give the sum."""
        key, instant = _failures_key(email), microseconds(now)
        ends = now + FAILED_LOGIN_PERIOD
        while True:
            try:
                item = self._table.update(key, "ADD failures :one", condition="ends > :now", values={":one": 1, ":now": instant})
            except ConditionFailed:
                pass
            else:
                return int(item["failures"])
            try:
                self._table.put(
                    {**key, "failures": 1, "ends": microseconds(ends), "ttl": ttl_at(ends)},
                    condition="attribute_not_exists(pk) OR ends <= :now",
                    values={":now": instant},
                )
            except ConditionFailed:  # somebody else began the period
                continue
            return 1

    def failed_logins(self, email: str, now: datetime) -> tuple[int, datetime]:
        """Give the failed logins of the running period, and when it ends."""
        item = self._table.get(_failures_key(email))
        if item is None or moment_at(item["ends"]) <= now:
            return 0, now + FAILED_LOGIN_PERIOD
        return int(item["failures"]), moment_at(item["ends"])

    def forget_failed_logins(self, email: str) -> None:
        """Start from zero, after a success."""
        self._table.delete(_failures_key(email))


def user_key(user_id: int) -> Item:
    """Give the key of a user's item; the user's groups are under the same partition key."""
    return {"pk": f"user#{user_id}", "sk": "user"}


def address_key(email: str) -> Item:
    """Give the key of the item that holds an address for its user."""
    return {"pk": f"email#{_digest(email)}", "sk": "-"}


def user_of(item: Item) -> User:
    """Read a user's item."""
    return User(
        id=int(item["pk"].removeprefix("user#")),
        email=item["email"],
        name=item["name"],
        password_hash=item["password"],
        created=moment_at(item["created"]),
        spread=item["spread"],
    )


def _failures_key(email: str) -> Item:
    return {"pk": f"failures#{_digest(email)}", "sk": "-"}


def _digest(email: str) -> str:
    """Give a key for whatever was typed as an address, of any length."""
    return blake2b(email_key(email).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
