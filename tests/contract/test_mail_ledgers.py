"""What every mail ledger promises, on the fake and on DynamoDB."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.mail_ledger import DynamoMailLedger
from chalicelib.services.ports.transports import MailLedger
from tests.fakes.transports import FakeMailLedger
from tests.tables import REGION, create_tables

NOW = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)


@pytest.fixture(params=["fake", "dynamodb"])
def ledger(request: pytest.FixtureRequest) -> Iterator[MailLedger]:
    if request.param == "fake":
        yield FakeMailLedger()
        return
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        create_tables(client)
        yield DynamoMailLedger(client, table="exports")


def test_mail_is_known_once_it_was_sent(ledger: MailLedger) -> None:
    before = ledger.was_sent("a")
    ledger.mark_sent("a", now=NOW)

    assert (before, ledger.was_sent("a"), ledger.was_sent("b")) == (False, True, False)


def test_mails_are_counted_by_user_and_day(ledger: MailLedger) -> None:
    assert [ledger.spend(7, now=NOW, limit=2) for _ in range(4)] == [True, True, False, False]
    assert ledger.spend(8, now=NOW, limit=2)
    assert ledger.spend(7, now=NOW + timedelta(days=1), limit=2)


def test_address_confirms_itself_by_the_code_it_was_sent(ledger: MailLedger) -> None:
    assert ledger.ask("ann@example.org", "hash", now=NOW)
    assert not ledger.is_confirmed("ann@example.org")
    assert ledger.confirm("other", now=NOW) is None
    assert ledger.confirm("hash", now=NOW) == "ann@example.org"
    assert ledger.is_confirmed("ann@example.org")
    assert not ledger.is_confirmed("bob@example.org")


def test_address_is_asked_once_a_day(ledger: MailLedger) -> None:
    hours = [0, 1, 23, 24, 25]

    assert [ledger.ask("ann@example.org", str(hour), now=NOW + timedelta(hours=hour)) for hour in hours] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert ledger.confirm("1", now=NOW) is None
    assert ledger.confirm("24", now=NOW + timedelta(days=1)) == "ann@example.org"


def test_code_ends_after_a_month(ledger: MailLedger) -> None:
    ledger.ask("ann@example.org", "hash", now=NOW)

    assert ledger.confirm("hash", now=NOW + timedelta(days=30)) is None
