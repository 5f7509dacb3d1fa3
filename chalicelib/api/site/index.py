"""What this deployment has, for programs: its interfaces, each with the addresses it starts at."""

from __future__ import annotations

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """One interface: its name, what it is for, and the paths it starts at."""

    name: str
    summary: str
    paths: tuple[str, ...]


ENTRIES: Final = (
    Entry("slots", "Accounts, groups and slots; import from and export to any calendar", ("/v1",)),
    Entry("exports", "Saved export definitions, their runs, files, archives and schedules", ("/api/v1/export", "/api/v1/session")),
    Entry("conventions", "Events, locations and time slots of a convention", ("/auth", "/entities")),
    Entry("schedules", "A convention's public schedule, to read and to subscribe to", ("/conventions",)),
)


def index(base_url: str, registered: set[str]) -> dict[str, dict[str, object]]:
    """Give the entries of which at least one route is registered."""
    return {
        entry.name: {"summary": entry.summary, "urls": [base_url + path for path in entry.paths]}
        for entry in ENTRIES
        if any(path.startswith(f"{start}/") for path in registered for start in entry.paths)
    }
