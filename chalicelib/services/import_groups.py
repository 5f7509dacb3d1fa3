"""Which of the owner's groups an imported slot goes to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import count
from typing import Final

from chalicelib.domain.errors import NotFound
from chalicelib.domain.slots import Group
from chalicelib.services.ports.accounts import GroupStore

IMPORTS: Final = "Imports"
"""The group of entries that name none, when the request names none either."""
NAMESPACE: Final = uuid.UUID("7b1f4a3e-5f0c-5b6e-9d36-0b7d0f6f9a11")
"""Of every uuid that is derived: simultaneous imports derive the same, so they make one group."""


class ImportGroups:
    """Finds and re-creates groups for one import. Reads the owner's groups once; writes only what is missing.

    `known` are the owner's groups where they have been read already, `target` is the group that the request names; with
    `dry_run` nothing is written, and the answers are the same.
    Raises `NotFound("group")` at once when the target is not the owner's.
    """

    def __init__(
        self,
        groups: GroupStore,
        user_id: int,
        *,
        known: Sequence[Group] | None = None,
        target: str | None = None,
        dry_run: bool = False,
    ) -> None:
        self._store = groups
        self._user_id = user_id
        self._target = target
        self._dry_run = dry_run
        self._known = {group.uuid: group for group in (groups.groups(user_id) if known is None else known)}
        self.placed: set[str] = set()
        """The groups that slots were put into."""
        self._by_name: dict[str, str] = {}
        for group in self._known.values():
            self._by_name.setdefault(group.name, group.uuid)
        self._imports: str | None = None
        self._some_name_none = False
        if target is not None and target not in self._known:
            raise NotFound("group", uuid=target)

    @property
    def used(self) -> str | None:
        """The group that entries without groups of their own go to; None when there was none."""
        if self._target is None and self._imports is None and self._some_name_none:
            return self._by_name.get(IMPORTS)
        return self._target or self._imports

    def note(self, named: Sequence[Group]) -> None:
        """Hear of an entry, also one that is stored already: whether `used` is worth telling hangs on all of them."""
        self._some_name_none = self._some_name_none or not named

    def place(self, named: Sequence[Group], kept: Sequence[str] | None) -> tuple[str, ...]:
        """Give the groups of a slot: `named` by the file, `kept` those it is in, None for a slot that is new.

        The request's group is added to those that a slot is in. Without one, the groups that the file names count; an
        entry that names none leaves a known slot where it is and puts a new one into `Imports`. Raises
        `TooLarge("too_many_groups")`.
        """
        if self._target is not None:
            chosen = tuple(dict.fromkeys((*(kept or ()), self._target)))
        elif named:
            chosen = tuple(dict.fromkeys(self._ensure(group) for group in named))
        else:
            chosen = (self._imports_group(),) if kept is None else tuple(kept)
        self.placed.update(chosen)
        return chosen

    def _ensure(self, group: Group) -> str:
        """Find a group by uuid, by name when it has no uuid, and make it when there is none."""
        if group.uuid in self._known:
            return group.uuid
        if not group.uuid and group.name in self._by_name:
            return self._by_name[group.name]
        return self._make(group if group.uuid else group._replace(uuid=self._derived(f"named {group.name}")))

    def _imports_group(self) -> str:
        """Give the owner's group of that name, else make it; one that was renamed is no longer it."""
        if self._imports is None:
            self._imports = self._by_name.get(IMPORTS) or next(
                made for number in count() if (made := self._imports_candidate(number)) is not None
            )
        return self._imports

    def _imports_candidate(self, number: int) -> str | None:
        made = self._make(Group(self._derived(f"imports {number}"), IMPORTS))
        return made if self._known[made].name == IMPORTS else None

    def _make(self, group: Group) -> str:
        if group.uuid not in self._known:
            made = group if self._dry_run else self._store.ensure_group(self._user_id, group)
            self._known[made.uuid] = made
            self._by_name.setdefault(made.name, made.uuid)
        return group.uuid

    def _derived(self, name: str) -> str:
        return str(uuid.uuid5(NAMESPACE, f"{self._user_id} {name}"))
