"""Groups on the account table, under their owner, with a counter that holds their number to its limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.aws.attributes import Item
from chalicelib.aws.documents import packed_document, unpacked_document
from chalicelib.aws.dynamodb import ConditionFailed, Table
from chalicelib.aws.user_items import user_key, user_of
from chalicelib.domain.accounts import User
from chalicelib.domain.errors import NotFound, TooLarge
from chalicelib.domain.slots import Group

_PREFIX = "group#"


class GroupItems:
    """Fulfils `GroupStore`."""

    _table: Table
    _max_groups: int

    def groups(self, user_id: int) -> Sequence[Group]:
        """List all groups of a user, by name then uuid."""
        values = {":pk": user_key(user_id)["pk"], ":sk": _PREFIX}
        pages = self._table.query("pk = :pk AND begins_with(sk, :sk)", values=values)
        return _sorted(item for page in pages for item in page)

    def user_and_groups(self, user_id: int) -> tuple[User | None, Sequence[Group]]:
        """Find a user together with all its groups, in one query."""
        items = [item for page in self._table.query("pk = :pk", values={":pk": user_key(user_id)["pk"]}) for item in page]
        user = next((user_of(item) for item in items if item["sk"] == user_key(user_id)["sk"]), None)
        return user, _sorted(item for item in items if item["sk"].startswith(_PREFIX))

    def group(self, user_id: int, uuid: str) -> Group | None:
        """Find one."""
        item = self._table.get(_key(user_id, uuid))
        return None if item is None else _group(item)

    def ensure_group(self, user_id: int, group: Group) -> Group:
        """Write the group if none of that uuid is there; give the one that is. Raises `TooLarge("too_many_groups")`."""
        while (known := self.group(user_id, group.uuid)) is None:
            counting = self._table.updating(
                _counter(user_id),
                "ADD amount :one",
                condition="attribute_not_exists(amount) OR amount < :most",
                values={":one": 1, ":most": self._max_groups},
            )
            try:
                self._table.transact([self._table.putting(_item(user_id, group), condition="attribute_not_exists(pk)"), counting])
            except ConditionFailed as error:
                if 0 not in error.actions:
                    raise TooLarge("too_many_groups", limit=self._max_groups) from error
            else:
                return group
        return known

    def replace_group(self, user_id: int, group: Group) -> None:
        """Write over it. Raises `NotFound("group")`."""
        try:
            self._table.put(_item(user_id, group), condition="attribute_exists(pk)")
        except ConditionFailed as error:
            raise NotFound("group", uuid=group.uuid) from error

    def delete_group(self, user_id: int, uuid: str) -> None:
        """Remove it. Raises `NotFound("group")`."""
        removal = self._table.deleting(_key(user_id, uuid), condition="attribute_exists(pk)")
        counting = self._table.updating(_counter(user_id), "ADD amount :less", values={":less": -1})
        try:
            self._table.transact([removal, counting])
        except ConditionFailed as error:
            raise NotFound("group", uuid=uuid) from error


def _key(user_id: int, uuid: str) -> Item:
    return {"pk": user_key(user_id)["pk"], "sk": f"{_PREFIX}{uuid}"}


def _counter(user_id: int) -> Item:
    return {"pk": user_key(user_id)["pk"], "sk": "amount"}


def _item(user_id: int, group: Group) -> Item:
    return {**_key(user_id, group.uuid), "d": packed_document([group.name, group.image, group.public, group.description])}


def _group(item: Item) -> Group:
    name, image, public, description = unpacked_document(item["d"])
    return Group(item["sk"].removeprefix(_PREFIX), name, image, public, description)


def _sorted(items: Iterable[Item]) -> list[Group]:
    return sorted(map(_group, items), key=lambda group: (group.name, group.uuid))
