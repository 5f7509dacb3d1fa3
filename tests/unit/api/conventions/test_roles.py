"""Who may do what, and what is shown to whom: every endpoint for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

import pytest

from chalicelib.domain.errors import Conflict
from tests.fakes.services import FakeServices
from tests.http_client import HttpClient
from tests.unit.api.conventions.conftest import Con, signed_up

WHO: Final = ("nobody", "visitor", "user", "owner", "manager", "stranger", "backend")
"""Without a convention; with its key; signed in; the owner of a submitted event; a manager; one of another convention; signed."""


def signature(services: FakeServices, secret: str, *, offset: int = 0, word: str = "Convention") -> str:
    moment = int(services.now.timestamp()) + offset
    digest = hashlib.sha1(f"{moment}:s4lt{secret}".encode()).hexdigest()
    return f"{word} {moment}:s4lt:{digest}"


@pytest.fixture
def people(con: Con, client: HttpClient, services: FakeServices) -> dict[str, HttpClient]:
    """Everybody, in a convention with a room, a public event in a time slot, and a submitted one of the owner's."""
    con.room("Hall")
    con.slot(con.event("Public", **{"notes-to-staff": "secret"}), "2026-05-01T10:00:00", "hall")
    owner = con.join("olga@example.org", "Olga")
    assert owner.post("/entities/events", json={"title": "Submitted", "notes-to-staff": "mine"}).json()["id"] == "2"
    stranger = signed_up(client, "stranger@example.org")
    stranger.post("/entities/conventions", json={"title": "Other"})
    con.mona.post("/entities/tagtypes", json={"title": "internal", "public": False})
    return {
        "nobody": client,
        "visitor": con.public,
        "user": con.join("eve@example.org"),
        "owner": owner,
        "manager": con.mona,
        "stranger": stranger.with_headers(Convention=con.made["key"]),
        "backend": con.public.with_headers(Authorization=signature(services, con.made["secret"])),
    }


EVERYBODY = dict.fromkeys(WHO, 200)
WITH_KEY = EVERYBODY | {"nobody": 403}
READERS = dict.fromkeys(WHO, 403) | {"manager": 200, "backend": 200}
MANAGERS = dict.fromkeys(WHO, 403) | {"manager": 200}
USERS = dict.fromkeys(WHO, 200) | dict.fromkeys(("nobody", "visitor", "backend"), 403)
SLOT = {"event": 1, "start": 1777900000, "locations": ["hall"]}
MATRIX: Final[list[tuple[str, str, Any, dict[str, int]]]] = [
    ("GET", "/entities/conventions", None, EVERYBODY),
    ("GET", "/entities/conventions/1", None, EVERYBODY),
    ("GET", "/entities/conventions/self", None, WITH_KEY),
    ("PUT", "/entities/conventions/self", {"series": "S"}, MANAGERS),
    ("GET", "/entities/managers", None, READERS),
    ("POST", "/entities/managers", {"email": "olga@example.org"}, MANAGERS),
    ("DELETE", "/entities/managers/1", None, MANAGERS | {"manager": 404}),
    ("GET", "/entities/users", None, READERS),
    ("GET", "/entities/locations", None, WITH_KEY),
    ("GET", "/entities/locations/hall", None, WITH_KEY),
    ("POST", "/entities/locations", {"title": "Yard"}, MANAGERS),
    ("PUT", "/entities/locations/hall", {"area": "A"}, MANAGERS),
    ("DELETE", "/entities/locations/hall", None, MANAGERS | {"manager": 400}),
    ("GET", "/entities/events", None, WITH_KEY),
    ("GET", "/entities/events/1", None, WITH_KEY),
    ("GET", "/entities/events/2", None, dict.fromkeys(WHO, 404) | {"nobody": 403, "owner": 200, "manager": 200, "backend": 200}),
    ("POST", "/entities/events", {"title": "New"}, USERS),
    ("POST", "/entities/events", {"title": "New", "user": {"email": "eve@example.org"}}, MANAGERS),
    ("PUT", "/entities/events/1", {"teaser": "t"}, MANAGERS),
    (
        "PUT",
        "/entities/events/2",
        {"teaser": "t"},
        dict.fromkeys(WHO, 404) | {"nobody": 403, "backend": 403, "owner": 200, "manager": 200},
    ),
    (
        "PUT",
        "/entities/events/2",
        {"status": 2},
        dict.fromkeys(WHO, 404) | {"nobody": 403, "backend": 403, "owner": 403, "manager": 200},
    ),
    ("DELETE", "/entities/events/1", None, MANAGERS),
    ("GET", "/entities/tagtypes", None, WITH_KEY),
    ("GET", "/entities/tagtypes/internal", None, dict.fromkeys(WHO, 404) | {"nobody": 403, "manager": 200, "backend": 200}),
    ("POST", "/entities/tagtypes", {"title": "age"}, MANAGERS),
    ("PUT", "/entities/tagtypes/internal", {"values": ["v"]}, MANAGERS),
    ("DELETE", "/entities/tagtypes/internal", None, MANAGERS),
    ("GET", "/entities/timeslots", None, WITH_KEY),
    ("GET", "/entities/timeslots/1", None, WITH_KEY),
    ("POST", "/entities/timeslots", SLOT, MANAGERS),
    ("PUT", "/entities/timeslots/1", {"duration": 90}, MANAGERS),
    ("DELETE", "/entities/timeslots/1", None, MANAGERS),
    ("POST", "/entities/timeslots/import", {"schedule": {"conference": {"days": [{"rooms": {"Hall": [{}]}}]}}}, MANAGERS),
    ("GET", "/conventions/my-con/schedule", None, EVERYBODY),
    ("GET", "/conventions/my-con/schedule.ics", None, EVERYBODY),
    ("GET", "/conventions/my-con/schedule.json", None, EVERYBODY),
    ("GET", "/conventions/my-con/schedule.xml", None, EVERYBODY),
    ("GET", "/conventions/my-con/schedule.csv", None, EVERYBODY),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"), MATRIX, ids=[f"{row[0]} {row[1]} {sorted(row[2] or ())}" for row in MATRIX]
)
def test_everybody_is_allowed_what_is_theirs(
    people: dict[str, HttpClient], method: str, path: str, body: Any, expected: dict[str, int]
) -> None:
    order = sorted(WHO, key=lambda who: expected[who] == 200 and method != "GET")  # refusals first: they change nothing
    statuses = {who: people[who].request(method, path, json=body).status for who in order}
    assert statuses == expected


def test_keys_staff_notes_and_addresses_are_shown_to_whom_they_are_for(people: dict[str, HttpClient], con: Con) -> None:
    con.mona.put("/entities/conventions/self", json={"hide-host-emails": True})

    def shown(look: Callable[[HttpClient], bool]) -> set[str]:
        return {who for who in WHO if who != "nobody" and look(people[who])}

    assert shown(lambda who: "secret-key" in who.get("/entities/conventions/1").json()) == {"manager", "backend"}
    assert shown(lambda who: "notes-to-staff" in who.get("/entities/events/1").json()) == {"manager", "backend"}
    assert shown(lambda who: "notes-to-staff" in who.get("/entities/timeslots/1").json()["event"]) == {"manager", "backend"}
    assert shown(lambda who: b"mona@example.org" in who.get("/entities/timeslots").content) == {"manager", "backend"}
    assert shown(lambda who: b"mona@example.org" in who.get("/entities/events").content) == {"manager", "backend"}
    assert shown(lambda who: who.get("/entities/timeslots?by_host=mona@example.org").json() != []) == {"manager", "backend"}
    assert shown(lambda who: who.get("/entities/events/2").json().get("notes-to-staff") == "mine") == {
        "owner",
        "manager",
        "backend",
    }
    assert shown(lambda who: len(who.get("/entities/tagtypes").json()) == 1) == {"manager", "backend"}
    assert shown(lambda who: len(who.get("/entities/events").json()) == 2) == {"owner", "manager", "backend"}


def test_list_of_conventions_shows_keys_to_those_who_manage_them(people: dict[str, HttpClient], con: Con) -> None:
    shown = {who: [("secret-key" in listed) for listed in people[who].get("/entities/conventions").json()] for who in WHO}
    assert shown == {who: [False, False] for who in WHO} | {"manager": [True, False], "stranger": [False, True]}
    (mine, _) = people["manager"].get("/entities/conventions").json()
    assert mine == people["manager"].get("/entities/conventions/self").json()


@pytest.mark.parametrize(
    ("offset", "word", "status"),
    [
        (0, "Convention", 200),
        (-599, "CONVENTION", 200),
        (599, "convention", 200),
        (-660, "Convention", 403),
        (660, "Convention", 403),
    ],
)
def test_signature_holds_for_ten_minutes(con: Con, services: FakeServices, offset: int, word: str, status: int) -> None:
    header = signature(services, con.made["secret"], offset=offset, word=word)
    assert con.public.with_headers(Authorization=header).get("/entities/managers").status == status


@pytest.mark.parametrize(
    "header", ["Convention x", "Convention 1:2:3", "Convention ::", "Convention 1777:a:\udc80é", "convention :"]
)
def test_malformed_signature_is_refused(con: Con, header: str) -> None:
    assert con.public.with_headers(Authorization=header).get("/entities/timeslots").status == 403


def test_token_and_convention_may_stand_in_the_query(con: Con, client: HttpClient) -> None:
    signed_in = client.post("/auth/signin", json={"email": "MONA@example.org", "password": "correct horse battery"}).json()["token"]
    query = f"convention={con.made['key']}&token={signed_in}"
    assert [manager["name"] for manager in client.get(f"/entities/managers?{query}").json()] == ["Mona Manager"]
    assert client.with_headers(Authorization=f"Bearer {signed_in}").get("/auth/id").json() == {
        "email": "mona@example.org",
        "name": "Mona Manager",
    }


def test_placeholder_for_a_token_is_no_obstacle_where_none_is_needed(con: Con) -> None:
    placeholder = con.public.with_headers(Authorization="null")
    assert [placeholder.get(f"/entities/{name}").status for name in ("timeslots", "events", "locations", "managers")] == [
        200,
        200,
        200,
        403,
    ]


def test_nobody_dismisses_themselves_and_the_last_manager_does_not_leave(con: Con, services: FakeServices) -> None:
    own = con.mona.get("/entities/managers").json()[0]["id"]
    reply = con.mona.delete(f"/entities/managers/{own}")
    assert (reply.status, reply.json()["details"]) == (400, {"code": "own_role", "id": own})
    again = con.mona.post("/entities/managers", json={"email": "mona@example.org"})
    assert again.status == 409
    both = con.mona.post("/entities/managers", json={"email": "mona@example.org", "id": own})
    assert both.status == 400


def test_the_last_manager_hands_over_before_leaving(con: Con, services: FakeServices) -> None:
    con.join("nina@example.org", "Nina")
    mona = services.accounts.user_by_email("mona@example.org")
    with pytest.raises(Conflict, match="conventions_to_hand_over"):
        services.conventions.check(mona)
    con.mona.post("/entities/managers", json={"email": "nina@example.org"})
    services.conventions.check(mona)
    assert services.conventions.remove(mona, until=float("inf"))
    assert con.mona.get("/entities/managers").status == 403
    assert list(services.fake_conventions.managed_by(mona.id)) == []
