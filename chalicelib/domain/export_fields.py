"""The fields of which an export's JSON, XML and CSV are made when it names some, and CSV and XML always."""

from __future__ import annotations

from typing import Final

from chalicelib.domain.exports import ObjectType

SLOT_FIELDS: Final = (
    "uid",
    "title",
    "description",
    "visibility",
    "start",
    "end",
    "allday",
    "timezone",
    "location.name",
    "location.address",
    "location.postalcode",
    "location.city",
    "location.country",
    "location.latitude",
    "location.longitude",
    "group.uuid",
    "group.name",
    "media",
    "notes",
    "settings",
    "ical",
)
TIME_SLOT_FIELDS: Final = (
    "id",
    "start",
    "end",
    "duration",
    "event.id",
    "event.title",
    "event.teaser",
    "event.description",
    "event.status",
    "location.slug",
    "location.title",
    "location.area",
    "host.name",
    "host.email",
    "min_attendees",
    "max_attendees",
    "notes_to_attendees",
)
TAG_PREFIX: Final = "tag."
"""What follows it is the title of a tag type of the convention."""


def is_field(objecttype: ObjectType, name: str) -> bool:
    """Whether objects of that type have a field of that name."""
    if objecttype == "slot":
        return name in SLOT_FIELDS
    return name in TIME_SLOT_FIELDS or (name.startswith(TAG_PREFIX) and len(name) > len(TAG_PREFIX))
