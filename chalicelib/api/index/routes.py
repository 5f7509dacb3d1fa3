"""`/`: an index of the interfaces that this deployment has."""

from __future__ import annotations

from typing import Final, NamedTuple

from chalice.app import Blueprint

from chalicelib.api import http
from chalicelib.api.http import Answer, Interface, Request, json_answer
from chalicelib.domain.errors import DomainError


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


def _errors(_: Request, error: Exception) -> Answer | None:
    if isinstance(error, DomainError):
        return json_answer({"error": {"code": error.code, "message": str(error)}}, 400)
    return None


def _fault(_: Request, fault_id: str) -> Answer:
    return json_answer({"error": {"code": "server_error", "message": "Something went wrong on our side.", "id": fault_id}}, 500)


blueprint: Final = Blueprint(__name__)
interface: Final = Interface(_errors, _fault)


@http.route(blueprint, interface, "HEAD", "/")
@http.route(blueprint, interface, "GET", "/")
def show_index(request: Request) -> Answer:
    """List the interfaces, each with the addresses it starts at."""
    return json_answer({"service": "Slotport", "interfaces": index(request.base_url, {route.path for route in http.routes})})


def index(base_url: str, registered: set[str]) -> dict[str, dict[str, object]]:
    """Give the entries of which at least one route is registered."""
    return {
        entry.name: {"summary": entry.summary, "urls": [base_url + path for path in entry.paths]}
        for entry in ENTRIES
        if any(path.startswith(f"{start}/") for path in registered for start in entry.paths)
    }
