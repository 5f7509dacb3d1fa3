"""Who may do what with what belongs to one user.

Slots, groups, feeds, uploads and exports are kept under their owner's id and looked up under the caller's, so another
user's thing is not found in the first place. `existing` is the one way to say so: what is another's answers exactly as
what does not exist.
"""

from __future__ import annotations

from typing import TypeVar

from chalicelib.domain.errors import NotFound

Thing = TypeVar("Thing")


def existing(thing: Thing | None, kind: str, **key: object) -> Thing:
    """Give what was looked up under the caller's own id. Raises `NotFound(kind, **key)` when there is nothing."""
    if thing is None:
        raise NotFound(kind, **key)
    return thing
