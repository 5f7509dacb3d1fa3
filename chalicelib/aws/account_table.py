"""Users, sessions, groups and import jobs on DynamoDB; `docs/storage.md` explains the table."""

from __future__ import annotations

from typing import Any

from chalicelib.aws.dynamodb import ConditionFailed, Patience, Table
from chalicelib.aws.group_items import GroupItems
from chalicelib.aws.import_items import ImportItems
from chalicelib.aws.session_items import SessionItems
from chalicelib.aws.user_items import UserItems, address_key, user_key
from chalicelib.domain.accounts import User
from chalicelib.domain.slots import MAX_GROUPS


class DynamoAccountStore(UserItems, SessionItems, GroupItems, ImportItems):
    """Fulfils `UserStore`, `SessionStore`, `GroupStore` and `ImportJobStore` on one table."""

    def __init__(self, client: Any, *, table: str, max_groups: int = MAX_GROUPS, patience: Patience | None = None) -> None:
        self._table = Table(client, table, patience=patience or Patience())
        self._max_groups = max_groups

    def delete_user(self, user: User) -> None:
        """Remove the user with everything on this table; no error when gone already.

        The user goes after what belongs to it and together with the address, so that whoever was interrupted can ask again.
        """
        self.forget_failed_logins(user.email)
        for partition in (f"imports#{user.id}", user_key(user.id)["pk"]):
            for page in self._table.query("pk = :pk", values={":pk": partition}, attributes="pk,sk"):
                self._table.delete_many(key for key in page if key != user_key(user.id))
        removal = self._table.deleting(user_key(user.id))
        address = self._table.deleting(
            address_key(user.email),
            condition="attribute_not_exists(pk) OR #user = :id",
            names={"#user": "user"},
            values={":id": user.id},
        )
        try:
            self._table.transact([removal, address])
        except ConditionFailed:  # the address is somebody else's by now
            self._table.transact([removal])
        self.delete_sessions(user.id)
