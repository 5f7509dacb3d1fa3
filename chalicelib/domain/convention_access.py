"""What somebody may see and do in a convention. Its existence is public; lacking a role is not permitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1
from hmac import compare_digest
from typing import Final, NamedTuple

from chalicelib.domain.conventions import Convention, Event, Person, ScheduledSlot, TagType
from chalicelib.domain.errors import NotAuthenticated, NotPermitted

SIGNATURE_SKEW: Final = timedelta(minutes=10)
"""How far a backend's clock may be off, either way."""


class Signature(NamedTuple):
    """What a backend proves with that it knows the convention's secret: ``<time>:<salt>:<signature>``, as sent."""

    time: str
    salt: str
    digest: str


def is_signed(convention: Convention, signature: Signature, now: datetime) -> bool:
    """Whether the signature is the convention's and of now: the hexadecimal SHA-1 of ``<time>:<salt><secret>``.

    SHA-1 because the interface says so; the secret's 256 bits are what holds.
    """
    if not (signature.time.isascii() and signature.time.isdigit() and len(signature.time) <= 12):
        return False
    if abs(now.timestamp() - int(signature.time)) > SIGNATURE_SKEW.total_seconds():
        return False
    text = f"{signature.time}:{signature.salt}{convention.secret}".encode("utf-8", "surrogatepass")
    expected = sha1(text, usedforsecurity=False).hexdigest()
    return compare_digest(expected.encode(), signature.digest.lower().encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is in a convention. `backend`: the convention's own, which reads as a manager and changes nothing."""

    user_id: int | None = None
    manager: bool = False
    backend: bool = False

    @property
    def sees_all(self) -> bool:
        """Whether nothing of the convention is hidden from them."""
        return self.manager or self.backend

    def require_user(self) -> int:
        """Give the user's id. Raises `NotAuthenticated`, and `NotPermitted` for a backend, which changes nothing."""
        if self.user_id is not None:
            return self.user_id
        if self.backend:
            raise NotPermitted("backend_reads_only")
        raise NotAuthenticated("user_required")

    def require_manager(self) -> int:
        """Give the manager's id. Raises `NotAuthenticated`, `NotPermitted`."""
        user_id = self.require_user()
        if not self.manager:
            raise NotPermitted("manager_required")
        return user_id

    def require_sight(self) -> None:
        """Let managers and the backend pass. Raises `NotAuthenticated`, `NotPermitted`."""
        if not self.sees_all:
            self.require_manager()

    def owns(self, event: Event) -> bool:
        """Whether the event is theirs."""
        return self.user_id is not None and event.owner.user_id == self.user_id

    def sees_event(self, event: Event) -> bool:
        """Whether the event exists for them."""
        return self.sees_all or event.public or self.owns(event)

    def sees_staff_notes(self, event: Event) -> bool:
        """Whether they see what is between the owner and the staff."""
        return self.sees_all or self.owns(event)

    def sees_slot(self, scheduled: ScheduledSlot) -> bool:
        """Whether the time slot exists for them."""
        return not scheduled.slot.cancelled and (self.sees_all or scheduled.event.public)

    def sees_addresses(self, convention: Convention) -> bool:
        """Whether they see the e-mail addresses of hosts and owners."""
        return self.sees_all or not convention.hide_host_emails

    def shown_event(self, event: Event, convention: Convention, tag_types: Mapping[str, TagType]) -> Event:
        """Give the event without what they may not see: notes for the staff, private tags, hidden addresses."""
        if self.sees_all:
            return event
        tags = {title: values for title, values in event.tags.items() if title not in tag_types or tag_types[title].public}
        shown = event._replace(tags=tags, owner=self.shown_person(event.owner, convention))
        if self.owns(event):
            return shown._replace(owner=event.owner)
        return shown._replace(notes_to_staff="", logistical_requirements="", scheduling_constraints="")

    def shown_person(self, person: Person, convention: Convention) -> Person:
        """Give the person, without the address where that is hidden."""
        return person if self.sees_addresses(convention) else person._replace(email="")
