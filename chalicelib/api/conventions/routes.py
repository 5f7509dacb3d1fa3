"""All routes of the conventions' interface, registered on one blueprint."""

from __future__ import annotations

from chalicelib.api.conventions import auth, entities, schedule_page, schedules, timeslots
from chalicelib.api.conventions.errors import blueprint

__all__ = ["auth", "blueprint", "entities", "schedule_page", "schedules", "timeslots"]
