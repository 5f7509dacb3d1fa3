"""What an import does at its end about what was removed while it ran."""

from __future__ import annotations

from collections.abc import Collection
from math import inf

from chalicelib.domain.errors import NotAuthenticated
from chalicelib.services.ports.accounts import GroupStore
from chalicelib.services.ports.slots import SPREAD, Owner, SlotStore
from chalicelib.services.slot_edits import SlotEdits


def heed_removals(
    owner: Owner, placed: Collection[str], *, slots: SlotStore, groups: GroupStore, edits: SlotEdits, until: float = inf
) -> bool:
    """Undo what cannot stay: slots of a user who has left, and membership in groups of `placed` that are no more.

    Whoever removes a user or a group looks for slots once more after the removal. So either that finds what the import
    wrote, or this finds the removal. False when `until` (epoch seconds) came first. Raises `NotAuthenticated` when the
    user has left.
    """
    user, known = groups.user_and_groups(owner.user_id)
    if user is None:
        slots.delete_all(Owner(owner.user_id, SPREAD))
        raise NotAuthenticated("invalid_token")
    gone = sorted(set(placed) - {each.uuid for each in known})
    return all(edits.take_out(Owner(user.id, user.spread), group, until=until) for group in gone)
