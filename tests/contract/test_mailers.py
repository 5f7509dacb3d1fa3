"""`Mailer`, on the fake and on SES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.aws.mail import SesMailer
from chalicelib.domain.errors import Unavailable
from chalicelib.services.ports.jobs import Mailer
from tests.fakes.jobs import FakeMailer
from tests.tables import REGION

SENDER = "slotport@slotport.test"


@pytest.fixture(params=["fake", "ses"])
def mail(request: pytest.FixtureRequest) -> tuple[Mailer, Callable[[], list[tuple[str, str, str]]]]:
    if request.param == "fake":
        fake = FakeMailer()
        return fake, lambda: [(one.to, one.subject, one.text) for one in fake.sent]
    client = request.getfixturevalue("session").create_client("sesv2")
    client.create_email_identity(EmailIdentity=SENDER)

    def sent() -> list[tuple[str, str, str]]:
        messages: list[Any] = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return [(message.destinations["ToAddresses"][0], message.subject, message.body) for message in messages]

    return SesMailer(client, sender=SENDER), sent


def test_mail_is_sent_as_it_is(mail: tuple[Mailer, Callable[[], list[tuple[str, str, str]]]]) -> None:
    mailer, sent = mail
    mailer.send(to="anna@example.com", subject="Grüße", text="Zeile 1\nZeile 2 \N{SNOWMAN}\n")
    assert sent() == [("anna@example.com", "Grüße", "Zeile 1\nZeile 2 \N{SNOWMAN}\n")]


def test_refused_mail_is_unavailable(session: Any) -> None:
    fake = FakeMailer()
    fake.broken = True
    unverified = SesMailer(session.create_client("sesv2"), sender="stranger@elsewhere.test")
    silent = SesMailer(session.create_client("sesv2"), sender="")
    for mailer in (fake, unverified, silent):
        with pytest.raises(Unavailable, match="mail"):
            mailer.send(to="anna@example.com", subject="x", text="y")
