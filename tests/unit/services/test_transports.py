"""Delivering a run by mail, webhook and copy."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from chalicelib.domain.accounts import User
from chalicelib.domain.errors import InvalidInput, NotPermitted, TooLarge, Unavailable
from chalicelib.domain.exports import Archive, Definition, Export, Run, RunRef, RunResult, Transport
from chalicelib.services import transports
from chalicelib.services.transports import DELIVERY, SIGNATURE, Delivery, Transports
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.jobs import FakeMailer, Mail
from tests.fakes.transports import FakeCopyTarget, FakeMailLedger, FakeWebhookClient

NOW = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)
ARCHIVES = (Archive("zip", 100), Archive("1.zip", 10), Archive("10.zip", 30), Archive("2.zip", 20), Archive("tar.gz", 50))
LINK = "https://slotport.test/api/v1/export/5/download/passkey/Weekly%20plan"


@dataclass
class World:
    users: FakeAccountStore = field(default_factory=FakeAccountStore)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    ledger: FakeMailLedger = field(default_factory=FakeMailLedger)
    webhooks: FakeWebhookClient = field(default_factory=FakeWebhookClient)
    copies: FakeCopyTarget | None = field(default_factory=FakeCopyTarget)
    now: datetime = NOW

    @property
    def transports(self) -> Transports:
        return Transports(
            users=self.users,
            mailer=self.mailer,
            ledger=self.ledger,
            webhooks=self.webhooks,
            copies=self.copies,
            public_url="https://slotport.test",
            clock=lambda: self.now,
        )

    def deliver(self, transport: Transport, *, name: str = "Weekly plan", run: int = 3) -> None:
        self.transports.deliver(delivery(transport, name=name, run=run))


def delivery(transport: Transport, *, name: str = "Weekly plan", run: int = 3) -> Delivery:
    export = Export(5, 7, NOW, Definition(name=name, transports=(transport,)), "passkey")
    result = RunResult(objects=42, files=4, archives=ARCHIVES)
    return Delivery(export, Run(RunRef(5, run), 7, 2, "processing", NOW, result=result), 0)


@pytest.fixture
def world() -> World:
    made = World()
    made.users.create_user(User(7, "Ann@example.org", "Ann", "", NOW))
    made.users.create_user(User(8, "bob@example.org", "Bob", "", NOW))
    return made


def email(*recipients: Any, **options: Any) -> Transport:
    return Transport("email", options={"recipients": list(recipients), **options})


# mail


def test_mail_brings_the_message_and_the_lasting_links(world: World) -> None:
    world.deliver(email("ann@EXAMPLE.org", 8, message="Here it is."))

    text = f"Here it is.\n\nThe export Weekly plan is ready:\n\n{LINK}.zip?disposition=attachment\n"
    assert world.mailer.sent == [
        Mail("Ann@example.org", "Export Weekly plan", text),
        Mail("bob@example.org", "Export Weekly plan", text),
    ]


def test_name_cannot_add_a_header(world: World) -> None:
    world.deliver(email(8), name="x\r\nBcc: all@example.org")

    assert world.mailer.sent[0].subject == "Export x  Bcc: all@example.org"


def test_mail_that_was_sent_is_not_sent_again(world: World) -> None:
    world.deliver(email(7, 8))
    world.deliver(email(7, 8))
    assert len(world.mailer.sent) == 2

    world.deliver(email(7, 8), run=4)
    assert len(world.mailer.sent) == 4


def test_unknown_address_is_asked_and_gets_exports_when_it_has_confirmed(world: World) -> None:
    with pytest.raises(NotPermitted) as refused:
        world.deliver(email("Eve@example.net", 8))
    assert refused.value.details == {"recipients": ["Eve@example.net"]}
    asked, sent = world.mailer.sent
    assert (asked.to, sent.to) == ("Eve@example.net", "bob@example.org")
    code = asked.text.partition("/confirm/")[2].split()[0]

    assert world.transports.confirm_address("wrong") is None
    assert world.transports.confirm_address(code) == "eve@example.net"
    world.deliver(email("Eve@example.net"), run=4)

    assert world.mailer.sent[2].to == "Eve@example.net"
    assert world.mailer.sent[2].subject == "Export Weekly plan"


def test_unknown_address_is_asked_once_a_day(world: World) -> None:
    for run, hours in enumerate([0, 5, 25]):
        world.now = NOW + timedelta(hours=hours)
        with pytest.raises(NotPermitted):
            world.deliver(email("eve@example.net"), run=run)

    assert len(world.mailer.sent) == 2


def test_user_id_that_nobody_has_is_refused(world: World) -> None:
    with pytest.raises(NotPermitted):
        world.deliver(email(99))
    assert world.mailer.sent == []


def test_mails_of_a_day_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports, "DAILY_MAILS", 3)
    for run in range(3):
        world.deliver(email(8), run=run)
    with pytest.raises(TooLarge):
        world.deliver(email(8), run=9)
    assert len(world.mailer.sent) == 3

    world.now += timedelta(days=1)
    world.deliver(email(8), run=10)
    assert len(world.mailer.sent) == 4


def test_mail_that_cannot_be_sent_may_be_tried_again(world: World) -> None:
    world.mailer.broken = True
    with pytest.raises(Unavailable):
        world.deliver(email(8))
    world.mailer.broken = False
    world.deliver(email(8))

    assert len(world.mailer.sent) == 1


# webhooks


def test_webhook_gets_a_signed_event(world: World) -> None:
    world.deliver(Transport("webhook", "zip_10mb", {"url": "https://hooks.example.org/x", "secret": "s3cret"}))

    (posted,) = world.webhooks.posted
    assert posted.url == "https://hooks.example.org/x"
    assert orjson.loads(posted.body) == {
        "event": "export_done",
        "export": {"_id": 5, "name": "Weekly plan", "_version": 2},
        "run": 3,
        "time": "2026-03-04T05:06:08Z",
        "objects": 42,
        "files": 4,
        "_download": {
            "_files": [
                {"url": f"{LINK}.1.zip", "size": 10},
                {"url": f"{LINK}.2.zip", "size": 20},
                {"url": f"{LINK}.10.zip", "size": 30},
            ]
        },
    }
    stamp = int(NOW.timestamp())
    signed = hmac.new(b"s3cret", f"{stamp}.".encode() + posted.body, hashlib.sha256).hexdigest()
    assert dict(posted.headers) == {
        "Content-Type": "application/json",
        "User-Agent": "Slotport",
        DELIVERY: "export-5-3-0",
        SIGNATURE: f"t={stamp},v1={signed}",
    }


def test_webhook_that_does_not_answer_may_be_tried_again(world: World) -> None:
    world.webhooks.error = Unavailable("webhook_failed", status=500)

    with pytest.raises(Unavailable):
        world.deliver(Transport("webhook", options={"url": "https://x.example.org", "secret": "s"}))


# copies and downloads


@pytest.mark.parametrize(("prefix", "place"), [("", "7"), ("/backup/", "backup/7")])
def test_archives_are_copied_under_the_prefix_and_the_user(world: World, prefix: str, place: str) -> None:
    world.deliver(Transport("s3", "tar_gz", {"prefix": prefix}))

    assert world.copies is not None
    assert world.copies.copied == {f"{place}/Weekly plan.tar.gz": "exports/5/3/archives/all.tar.gz"}


def test_copy_needs_a_bucket(world: World) -> None:
    world.copies = None

    with pytest.raises(InvalidInput):
        world.deliver(Transport("s3"))


def test_download_has_nothing_to_do(world: World) -> None:
    world.deliver(Transport("download"))

    assert (world.mailer.sent, world.webhooks.posted, world.copies and world.copies.copied) == ([], [], {})
