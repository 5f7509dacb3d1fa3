"""Addresses confirm themselves by the link they were mailed."""

from datetime import UTC, datetime

from chalicelib.services.transports import Transports
from tests.fakes.jobs import FakeMailer
from tests.fakes.services import FakeServices
from tests.fakes.transports import FakeMailLedger, FakeWebhookClient
from tests.http_client import HttpClient

NOW = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)


def with_ledger(services: FakeServices) -> FakeMailLedger:
    ledger = FakeMailLedger()
    services.transports = Transports(
        users=services.account_store,
        mailer=FakeMailer(),
        ledger=ledger,
        webhooks=FakeWebhookClient(),
        copies=None,
        public_url="https://slotport.test",
        clock=lambda: NOW,
    )
    return ledger


def test_link_confirms_the_address(client: HttpClient, services: FakeServices) -> None:
    ledger = with_ledger(services)
    ledger.ask("eve@example.net", "b0dcde83660e1138f96795f4dd8fdd8daefc5a7805c5ef8c58620097277d5b98", now=NOW)

    reply = client.request("GET", "/api/v1/confirm/correct-code")

    assert (reply.status, reply.body) == (200, b"Exports can be sent to eve@example.net from now on.\n")
    assert ledger.is_confirmed("eve@example.net")


def test_unknown_link_confirms_nothing(client: HttpClient, services: FakeServices) -> None:
    with_ledger(services)

    reply = client.request("GET", "/api/v1/confirm/wrong-code")

    assert (reply.status, reply.json()) == (
        400,
        {"realm": "api", "code": "error.api.invalid_content", "description": "Unknown confirmation."},
    )


def test_browser_gets_a_page_that_shows_the_address_as_text(client: HttpClient, services: FakeServices) -> None:
    ledger = with_ledger(services)
    ledger.ask("<b>eve@example.net", "b0dcde83660e1138f96795f4dd8fdd8daefc5a7805c5ef8c58620097277d5b98", now=NOW)

    reply = client.request("GET", "/api/v1/confirm/correct-code", headers={"Accept": "text/html,*/*;q=0.8"})

    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = b"Exports can be sent to &lt;b&gt;eve@example.net from now on. You can close this page."
    assert b"<h1>Thank you</h1><p>" + text + b"</p>" in reply.body


def test_browser_with_an_unknown_link_is_led_to_the_page_that_explains_it(client: HttpClient, services: FakeServices) -> None:
    with_ledger(services)

    reply = client.request("GET", "/api/v1/confirm/wrong-code", headers={"Accept": "text/html,*/*;q=0.8"})

    assert (reply.status, reply.headers["location"]) == (302, "https://slotport.test/#server_error:unknown.confirmation")
