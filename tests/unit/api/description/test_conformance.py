"""The service answers as it says it does, in process: no fault, no status, type, header or schema that is not described."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
from schemathesis import Response

from app import app
from chalicelib import wiring
from chalicelib.api import http
from chalicelib.api.description.document import openapi
from chalicelib.services.transports import Transports
from tests.conformance import CHECKS, World, bounded, described, only_reads, populate
from tests.fakes.services import FakeServices
from tests.fakes.transports import FakeMailLedger, FakeWebhookClient
from tests.http_client import HttpClient

BASE = "https://slotport.test"
EXAMPLES = 12
schema = described(json.loads(json.dumps(openapi(http.routes, BASE))))


class Place:
    """A service in memory, with a world in it."""

    def __init__(self) -> None:
        services = FakeServices()
        vars(services)["transports"] = Transports(
            users=services.fake_accounts,
            mailer=services.fake_mailer,
            ledger=FakeMailLedger(),
            webhooks=FakeWebhookClient(),
            copies=None,
            public_url=BASE,
            clock=services.clock,
        )
        self.services = services
        wiring.use(services)
        self.client = HttpClient(app)
        self.world: World = populate(self._send, "ada")

    def _send(self, method: str, path: str, json: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        reply = self.client.request(method, path, json=json, headers=headers)
        assert reply.status in (200, 201), (method, path, reply.text)
        return reply.json()

    def answer(self, case: Any) -> Response | None:
        """Send a case; None when the gateway would not let it through."""
        request = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        body = request.body or b""
        assert isinstance(body, bytes | str)
        sent = {name: value if isinstance(value, str) else value.decode("latin-1") for name, value in request.headers.items()}
        assert request.url is not None
        reply = self.client.request(str(request.method), request.url, body=body, headers=sent)
        if reply.status == 403 and b"Missing Authentication Token" in reply.body:
            return None
        headers = {name: [value] for name, value in reply.headers.items()}
        return Response(reply.status, headers, reply.content, request, 0.0, False)


@pytest.fixture(scope="module")
def _services() -> Iterator[None]:
    yield
    wiring.use(None)


@pytest.fixture(scope="module")
def shared_place(_services: None) -> Iterator[Place]:
    made = Place()
    yield made
    wiring.use(made.services)
    assert made.client.request("GET", f"/v1/slots/{made.world.ids['uid']}", headers=made.world.headers).status == 200


@pytest.fixture
def place(request: pytest.FixtureRequest, _services: None) -> Place:
    if not only_reads(request.node.name):
        return Place()
    shared: Place = request.getfixturevalue("shared_place")
    wiring.use(shared.services)
    return shared


@schema.parametrize()  # type: ignore[untyped-decorator]  # schemathesis has none
@bounded(EXAMPLES)
def test_what_is_made_up_is_answered_as_described(case: Any, place: Place) -> None:
    response = place.answer(case)
    if response is not None:
        case.validate_response(response, checks=CHECKS)


@schema.parametrize()  # type: ignore[untyped-decorator]  # schemathesis has none
@bounded(EXAMPLES)
def test_what_is_aimed_is_answered_as_described(case: Any, place: Place) -> None:
    place.world.aim(case)
    response = place.answer(case)
    if response is not None:
        case.validate_response(response, checks=CHECKS)
