"""Groups: what a user's slots are sorted into."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.access import existing
from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import Group
from chalicelib.services.ports.accounts import GroupStore, UserStore
from chalicelib.services.ports.slots import SlotStore
from chalicelib.services.slot_edits import SlotEdits, owner_of


class Groups:
    """Make, list, change and remove groups; each is found under its owner only."""

    def __init__(self, *, groups: GroupStore, slots: SlotStore, users: UserStore, clock: Callable[[], datetime]) -> None:
        self._groups = groups
        self._slots = slots
        self._users = users
        self._edits = SlotEdits(slots, clock)

    def create(self, caller: Caller, group: Group) -> Group:
        """Make a group, with a uuid of its own when it names none. Raises `TooLarge("too_many_groups")`.

        A group of that uuid that is there already is given as it is: asking twice makes one.
        """
        return self._groups.ensure_group(caller.user_id, group._replace(uuid=group.uuid or str(uuid.uuid4())))

    def page(self, caller: Caller, *, limit: int, after: str | None = None) -> tuple[Sequence[Group], str | None]:
        """Give up to `limit` groups by name then uuid, behind the group of uuid `after`, and the uuid to go on after.

        Raises `InvalidInput` when `after` is none of the caller's groups.
        """
        groups = self._groups.groups(caller.user_id)
        places = {group.uuid: place for place, group in enumerate(groups, 1)}
        if after is not None and after not in places:
            raise InvalidInput("invalid_fields", fields={"after": "is no cursor of this list"})
        start = 0 if after is None else places[after]
        page = groups[start : start + limit]
        return page, page[-1].uuid if start + limit < len(groups) else None

    def get(self, caller: Caller, uuid: str) -> Group:
        """Find one. Raises `NotFound("group")`."""
        return existing(self._groups.group(caller.user_id, uuid), "group", uuid=uuid)

    def change(self, caller: Caller, uuid: str, change: Mapping[str, Any]) -> Group:
        """Set fields of a group. Raises `NotFound("group")`."""
        old = self.get(caller, uuid)
        new = old._replace(**change)
        if new != old:
            self._groups.replace_group(caller.user_id, new)
        return new

    def delete(self, caller: Caller, uuid: str, *, until: float) -> bool:
        """Take all slots out of a group and remove it; the slots stay. Raises `NotFound("group")`.

        False when `until` (epoch seconds) came first: the same call goes on where this one stopped.
        """
        self.get(caller, uuid)
        owner = owner_of(self._users, caller)

        if not self._edits.take_out(owner, uuid, until=until):
            return False
        self._groups.delete_group(caller.user_id, uuid)
        # What was put in since the last look. An import that is still under way looks after its own, see `import_aftermath`.
        self._edits.take_out(owner, uuid, until=until)
        return True
