"""Sessions on the account table: one item by token hash, read on every request, and one under its user, to end them all."""

from __future__ import annotations

from chalicelib.aws.attributes import Item
from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.moments import microseconds, moment_at, ttl_at
from chalicelib.domain.accounts import Session


class SessionItems:
    """Fulfils `SessionStore`."""

    _table: Table

    def put_session(self, session: Session) -> None:
        """Write a session, or the same one authenticated."""
        item = {
            **_key(session.token_hash),
            "user": session.user_id,
            "expires": microseconds(session.expires),
            "touched": microseconds(session.touched),
            "ttl": ttl_at(session.expires),
        }
        if session.user_id is None:
            self._table.put(item)
        else:
            self._table.transact([self._table.putting(item), self._table.putting(_entry(session, session.user_id))])

    def session(self, token_hash: str) -> Session | None:
        """Find a session, in one read; whether it has expired is the caller's to judge."""
        item = self._table.get(_key(token_hash))
        if item is None:
            return None
        return Session(token_hash, item["user"], moment_at(item["expires"]), moment_at(item["touched"]))

    def touch_session(self, session: Session) -> None:
        """Write the new expiry, if the session still exists."""
        actions = [
            self._table.updating(
                _key(session.token_hash),
                "SET expires = :expires, touched = :touched, #ttl = :ttl",
                condition="attribute_exists(pk)",
                names={"#ttl": "ttl"},
                values={
                    ":expires": microseconds(session.expires),
                    ":touched": microseconds(session.touched),
                    ":ttl": ttl_at(session.expires),
                },
            )
        ]
        if session.user_id is not None:
            actions.append(self._table.putting(_entry(session, session.user_id)))
        try:
            self._table.transact(actions)
        except ConditionFailed:
            return

    def delete_session(self, session: Session) -> None:
        """End it at once; no error when gone already."""
        self._table.delete(_key(session.token_hash))
        if session.user_id is not None:
            self._table.delete(_entry_key(session.user_id, session.token_hash))

    def delete_sessions(self, user_id: int) -> None:
        """End all sessions of a user."""
        for page in self._table.query("pk = :pk", values={":pk": _entry_key(user_id, "")["pk"]}, attributes="sk"):
            hashes = [item["sk"] for item in page]
            self._table.delete_many(_key(token_hash) for token_hash in hashes)  # first, so that a kill leaves none unlisted
            self._table.delete_many(_entry_key(user_id, token_hash) for token_hash in hashes)


def _key(token_hash: str) -> Item:
    return {"pk": f"session#{token_hash}", "sk": "-"}


def _entry_key(user_id: int, token_hash: str) -> Item:
    return {"pk": f"sessions#{user_id}", "sk": token_hash}


def _entry(session: Session, user_id: int) -> Item:
    return {**_entry_key(user_id, session.token_hash), "ttl": ttl_at(session.expires)}
