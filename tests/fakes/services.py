"""All services, built on the fakes: what tests install with `wiring.use`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from chalicelib.wiring import Services
from tests.fakes.accounts import FakeAccountStore
from tests.fakes.conventions import FakeConventionStore
from tests.fakes.exports import FakeExportStore
from tests.fakes.feeds import FakeFeedStore
from tests.fakes.jobs import FakeMailer, FakeStateMachine
from tests.fakes.objects import FakeObjectStore
from tests.fakes.slots import FakeSlotStore
from tests.tables import settings_for_tests

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeServices(Services):
    """The services of one container whose stores are in memory; the clock stands still until it is moved."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(settings_for_tests(), clock or (lambda: self.now))
        self.now = NOON
        self.fake_slots = FakeSlotStore()
        self.fake_accounts = FakeAccountStore()
        self.fake_conventions = FakeConventionStore()
        self.fake_exports = FakeExportStore()
        self.fake_feeds = FakeFeedStore()
        self.fake_objects = FakeObjectStore()
        self.fake_machine = FakeStateMachine()
        self.fake_export_machine = FakeStateMachine()
        self.fake_mailer = FakeMailer()
        vars(self).update(
            slot_store=self.fake_slots,
            account_store=self.fake_accounts,
            convention_store=self.fake_conventions,
            feed_store=self.fake_feeds,
            objects=self.fake_objects,
            export_store=self.fake_exports,
            run_store=self.fake_exports,
            care_store=self.fake_exports,
            import_machine=self.fake_machine,
            export_machine=self.fake_export_machine,
            mailer=self.fake_mailer,
        )
