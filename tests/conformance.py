"""Whether the service answers as it says: requests that Schemathesis makes up from the description, and what they need.

Each request is sent twice over: as it was made up, which mostly meets what guards the service, and aimed at things that
exist, which gets behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PASSWORD: Final = "correct horse battery"
_READING: Final = re.compile(r"\[(GET|HEAD) /(?!auth/)")
"""In the name of a test; signing out is a GET."""


def bounded(examples: int) -> settings:
    """Give Hypothesis's settings: the same requests each time, and no more of them than that for an operation."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def described(document: dict[str, Any]) -> Any:
    """Give the document as Schemathesis takes it, without the phase that multiplies requests by all they could lack."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.phases.coverage.enabled = False
    return schema


def only_reads(name: str) -> bool:
    """Whether a test of that name leaves a world as it is, so that the next such test can look at the same one."""
    return _READING.search(name) is not None


class Send(Protocol):
    """Sends a JSON request that must work, and gives the answer's JSON."""

    def __call__(self, method: str, path: str, json: Any = None, headers: Mapping[str, str] | None = None) -> Any: ...


class World(NamedTuple):
    """A user, and one of everything that can be the user's."""

    headers: Mapping[str, str]
    ids: Mapping[str, str]
    """By path parameter; where two interfaces have one of the same name, by the first part of the path too."""

    def aim(self, case: Any) -> None:
        """Turn a made-up request to what is there."""
        case.headers = {**(case.headers or {}), **self.headers}
        start = case.path.split("/")[1]
        names = list(case.path_parameters or {})
        case.path_parameters = {name: self.ids.get(f"{start}:{name}", self.ids.get(name, "x")) for name in names}
        case.query = {name: value for name, value in (case.query or {}).items() if name not in ("token", "convention", "group")}
        if isinstance(case.body, dict):
            found: dict[str, Any] = {
                "event": self.ids["event_id"],
                "locations": [self.ids["slug"]],
                "groups": [self.ids["uuid"]],
                "group": self.ids["uuid"],
            }
            case.body = {name: found.get(name, value) for name, value in case.body.items()}


def populate(send: Send, name: str) -> World:
    """Sign somebody up, and make one of everything over the API."""
    email = f"{name}@example.org"
    token = send("POST", "/auth/register", {"email": email, "password-register": PASSWORD, "name": name})["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    group = send("POST", "/v1/groups", {"name": "Talks"}, bearer)["uuid"]
    slot = {"uid": "talk", "title": "A talk", "start": "2026-03-01T10:00:00Z", "groups": [group]}
    send("POST", "/v1/slots", slot, bearer)
    feed = send("POST", "/v1/feeds", {"group": group}, bearer)["passkey"]
    upload = send("POST", "/v1/import/uploads", None, bearer)["upload"]
    convention = send("POST", "/entities/conventions", {"title": f"Con of {name}", "timezone": "Europe/Berlin"}, bearer)
    headers = {**bearer, "Convention": convention["key"]}
    me = send("GET", "/v1/me", None, bearer)["id"]
    place = send("POST", "/entities/locations", {"title": "Table A"}, headers)["slug"]
    send("POST", "/entities/tagtypes", {"title": "system", "values": ["dice"]}, headers)
    event = send("POST", "/entities/events", {"title": "A game", "duration": 60, "tags": {"system": "dice"}}, headers)["id"]
    time_slot = {"event": event, "start": "2026-03-01T10:00:00", "locations": [place]}
    time_slot_id = send("POST", "/entities/timeslots", time_slot, headers)["id"]
    export = send("PUT", "/api/v1/export", {"export": {"name": "all"}, "_transports": [{"type": "download"}]}, bearer)["export"]
    ids = {
        "uuid": group,
        "uid": "talk",
        "import_id": upload,
        "v1:file": f"{feed}.ics",
        "docs:file": "reference.js",
        "entities:name": "self",
        "conventions:slug": convention["slug"],
        "slug": place,
        "user_id": str(me),
        "event_id": str(event),
        "slot_id": str(time_slot_id),
        "title": "system",
        "export_id": str(export["_id"]),
        "api:name": "all.zip",
        "passkey": "none",
        "code": "none",
    }
    return World(headers, ids)
