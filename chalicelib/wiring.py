"""Builds clients, stores and services, once per container and each when it is first needed.

Tests build a `Services` of their own on fakes and install it with `use`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.settings import Settings, settings

if TYPE_CHECKING:
    from chalicelib.aws.account_table import DynamoAccountStore
    from chalicelib.aws.archive_bucket import S3ObjectStore
    from chalicelib.aws.care_table import DynamoCareStore
    from chalicelib.aws.convention_table import DynamoConventionStore
    from chalicelib.aws.export_table import DynamoExportStore
    from chalicelib.aws.feed_table import DynamoFeedStore
    from chalicelib.aws.mail import SesMailer
    from chalicelib.aws.run_table import DynamoRunStore
    from chalicelib.aws.slot_table import DynamoSlotStore
    from chalicelib.aws.state_machine import StepFunctionsStateMachine
    from chalicelib.domain.exports import ObjectType
    from chalicelib.services.accounts import Accounts
    from chalicelib.services.conventions.conventions import Conventions
    from chalicelib.services.conventions.events import Events
    from chalicelib.services.conventions.places import Places
    from chalicelib.services.conventions.schedule import Schedules
    from chalicelib.services.conventions.schedule_import import ScheduleImport
    from chalicelib.services.conventions.tag_types import TagTypes
    from chalicelib.services.conventions.time_slots import TimeSlots
    from chalicelib.services.export_care import ExportCare
    from chalicelib.services.export_downloads import ExportDownloads
    from chalicelib.services.export_failures import ExportFailures
    from chalicelib.services.export_jobs import ExportJobs
    from chalicelib.services.export_run import ExportArchiver, ExportRun
    from chalicelib.services.feeds import Feeds
    from chalicelib.services.groups import Groups
    from chalicelib.services.import_jobs import ImportJobs
    from chalicelib.services.password_reset import PasswordReset
    from chalicelib.services.ports.exports import ObjectSource
    from chalicelib.services.schedule_feeds import ScheduleFeeds
    from chalicelib.services.slot_export import SlotExport
    from chalicelib.services.slot_import import SlotImport
    from chalicelib.services.slots import Slots
    from chalicelib.services.transports import Transports


def clock() -> datetime:
    """Give the present moment, aware."""
    return datetime.now(UTC)


class Services:
    """Everything a handler or a task can call."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = clock) -> None:
        self.settings = settings
        self.clock = clock

    # clients

    @cached_property
    def _dynamodb(self) -> Any:
        from chalicelib.aws.clients import dynamodb_client

        return dynamodb_client()

    @cached_property
    def _s3(self) -> Any:
        from chalicelib.aws.clients import s3_client

        return s3_client()

    @cached_property
    def _step_functions(self) -> Any:
        from chalicelib.aws.clients import step_functions_client

        return step_functions_client()

    @cached_property
    def _ses(self) -> Any:
        from chalicelib.aws.clients import ses_client

        return ses_client()

    # stores

    @cached_property
    def slot_store(self) -> DynamoSlotStore:
        from chalicelib.aws.slot_table import DynamoSlotStore

        return DynamoSlotStore(self._dynamodb, table=self.settings.slot_table, objects=lambda: self.objects)

    @cached_property
    def account_store(self) -> DynamoAccountStore:
        from chalicelib.aws.account_table import DynamoAccountStore

        return DynamoAccountStore(self._dynamodb, table=self.settings.account_table)

    @cached_property
    def convention_store(self) -> DynamoConventionStore:
        from chalicelib.aws.convention_table import DynamoConventionStore

        return DynamoConventionStore(self._dynamodb, table=self.settings.convention_table)

    @cached_property
    def feed_store(self) -> DynamoFeedStore:
        from chalicelib.aws.feed_table import DynamoFeedStore

        return DynamoFeedStore(self._dynamodb, table=self.settings.account_table)

    @cached_property
    def objects(self) -> S3ObjectStore:
        from chalicelib.aws.archive_bucket import S3ObjectStore

        return S3ObjectStore(self._s3, bucket=self.settings.bucket)

    @cached_property
    def import_machine(self) -> StepFunctionsStateMachine:
        from chalicelib.aws.state_machine import StepFunctionsStateMachine

        return StepFunctionsStateMachine(self._step_functions, arn=self.settings.import_state_machine)

    @cached_property
    def mailer(self) -> SesMailer:
        from chalicelib.aws.mail import SesMailer

        return SesMailer(self._ses, sender=self.settings.mail_from)

    # services

    @cached_property
    def accounts(self) -> Accounts:
        from chalicelib.services.accounts import Accounts

        return Accounts(
            users=self.account_store,
            sessions=self.account_store,
            groups=self.account_store,
            clock=self.clock,
            leaving=lambda: (self.conventions, self.export_jobs, self.feeds, self.slots, self.import_jobs),
        )

    @cached_property
    def groups(self) -> Groups:
        from chalicelib.services.groups import Groups

        return Groups(groups=self.account_store, slots=self.slot_store, users=self.account_store, clock=self.clock)

    @cached_property
    def slots(self) -> Slots:
        from chalicelib.services.slots import Slots

        return Slots(slots=self.slot_store, users=self.account_store, groups=self.account_store, clock=self.clock)

    @cached_property
    def slot_export(self) -> SlotExport:
        from chalicelib.services.slot_export import SlotExport

        return SlotExport(
            slots=self.slot_store,
            groups=self.account_store,
            objects=lambda: self.objects,
        )

    @cached_property
    def import_jobs(self) -> ImportJobs:
        from chalicelib.services.import_jobs import ImportJobs

        return ImportJobs(
            slots=self.slot_store,
            users=self.account_store,
            groups=self.account_store,
            jobs=self.account_store,
            objects=lambda: self.objects,
            machine=lambda: self.import_machine,
            clock=self.clock,
        )

    @cached_property
    def slot_import(self) -> SlotImport:
        from chalicelib.services.slot_import import SlotImport

        return SlotImport(
            slots=self.slot_store,
            groups=self.account_store,
            jobs=lambda: self.import_jobs,
            clock=self.clock,
        )

    @cached_property
    def password_reset(self) -> PasswordReset:
        from chalicelib.services.password_reset import PasswordReset

        return PasswordReset(
            accounts=self.accounts,
            users=self.account_store,
            sessions=self.account_store,
            mailer=lambda: self.mailer,
            clock=self.clock,
            origins=self.settings.mail_link_origins,
        )

    @cached_property
    def conventions(self) -> Conventions:
        from chalicelib.services.conventions.conventions import Conventions

        return Conventions(store=self.convention_store, accounts=lambda: self.accounts, clock=self.clock)

    @cached_property
    def places(self) -> Places:
        from chalicelib.services.conventions.places import Places

        return Places(store=self.convention_store, clock=self.clock)

    @cached_property
    def tag_types(self) -> TagTypes:
        from chalicelib.services.conventions.tag_types import TagTypes

        return TagTypes(store=self.convention_store, clock=self.clock)

    @cached_property
    def events(self) -> Events:
        from chalicelib.services.conventions.events import Events

        return Events(store=self.convention_store, accounts=lambda: self.accounts, clock=self.clock)

    @cached_property
    def time_slots(self) -> TimeSlots:
        from chalicelib.services.conventions.time_slots import TimeSlots

        return TimeSlots(store=self.convention_store, accounts=lambda: self.accounts, clock=self.clock)

    @cached_property
    def schedules(self) -> Schedules:
        from chalicelib.services.conventions.schedule import Schedules

        return Schedules(store=self.convention_store, clock=self.clock)

    @cached_property
    def schedule_import(self) -> ScheduleImport:
        from chalicelib.services.conventions.schedule_import import ScheduleImport

        return ScheduleImport(store=self.convention_store, accounts=lambda: self.accounts, clock=self.clock)

    @cached_property
    def schedule_feeds(self) -> ScheduleFeeds:
        from chalicelib.services.schedule_feeds import ScheduleFeeds

        return ScheduleFeeds(schedules=self.schedules, objects=lambda: self.objects)

    @cached_property
    def feeds(self) -> Feeds:
        from chalicelib.services.feeds import Feeds

        return Feeds(feeds=self.feed_store, groups=self.account_store, slot_export=lambda: self.slot_export, clock=self.clock)

    # export jobs

    @cached_property
    def run_store(self) -> DynamoRunStore:
        from chalicelib.aws.run_table import DynamoRunStore

        return DynamoRunStore(self._dynamodb, table=self.settings.export_table)

    @cached_property
    def export_store(self) -> DynamoExportStore:
        from chalicelib.aws.export_table import DynamoExportStore

        return DynamoExportStore(self._dynamodb, table=self.settings.export_table)

    @cached_property
    def care_store(self) -> DynamoCareStore:
        from chalicelib.aws.care_table import DynamoCareStore

        return DynamoCareStore(self._dynamodb, table=self.settings.export_table)

    @cached_property
    def export_jobs(self) -> ExportJobs:
        from chalicelib.services.export_jobs import ExportJobs
        from chalicelib.services.ports.exports import Limits

        return ExportJobs(
            exports=self.export_store,
            machine=lambda: self.export_machine,
            conventions=lambda: self.convention_store,
            clock=self.clock,
            limits=Limits(self.settings.max_exports, self.settings.max_running_exports),
        )

    @cached_property
    def export_downloads(self) -> ExportDownloads:
        from chalicelib.services.export_downloads import ExportDownloads

        return ExportDownloads(
            jobs=self.export_jobs,
            exports=self.export_store,
            objects=lambda: self.objects,
            archiver=lambda: self.export_archiver,
        )

    @cached_property
    def export_failures(self) -> ExportFailures:
        from chalicelib.services.export_failures import ExportFailures

        return ExportFailures(
            exports=self.export_store,
            runs=self.run_store,
            users=self.account_store,
            mailer=lambda: self.mailer,
            clock=self.clock,
        )

    @cached_property
    def export_care(self) -> ExportCare:
        from chalicelib.services.export_care import ExportCare

        return ExportCare(
            jobs=self.export_jobs,
            exports=self.export_store,
            care=self.care_store,
            failures=self.export_failures,
            objects=lambda: self.objects,
            clock=self.clock,
        )

    @cached_property
    def export_machine(self) -> StepFunctionsStateMachine:
        from chalicelib.aws.state_machine import StepFunctionsStateMachine

        return StepFunctionsStateMachine(self._step_functions, arn=self.settings.export_state_machine)

    @cached_property
    def export_sources(self) -> dict[ObjectType, ObjectSource]:
        from chalicelib.services.export_objects import SlotObjects, TimeSlotObjects

        slots = SlotObjects(slots=self.slot_store, users=self.account_store, groups=self.account_store)
        return {"slot": slots, "timeslot": TimeSlotObjects(schedules=self.schedules)}

    @cached_property
    def transports(self) -> Transports:
        from chalicelib.aws.copy_bucket import S3CopyTarget
        from chalicelib.aws.mail_ledger import DynamoMailLedger
        from chalicelib.aws.webhook_client import HttpWebhookClient
        from chalicelib.services.transports import Transports

        target = self.settings.copy_bucket
        return Transports(
            users=self.account_store,
            mailer=self.mailer,
            ledger=DynamoMailLedger(self._dynamodb, table=self.settings.export_table),
            webhooks=HttpWebhookClient(allow_private=self.settings.allow_private_webhooks),
            copies=S3CopyTarget(self._s3, source=self.settings.bucket, target=target) if target else None,
            public_url=self.settings.public_url,
            clock=self.clock,
        )

    @cached_property
    def export_run(self) -> ExportRun:
        from chalicelib.services.export_run import ExportRun

        return ExportRun(
            runs=self.run_store,
            exports=self.export_store,
            source=self.export_sources.__getitem__,
            objects=self.objects,
            transports=self.transports,
            failures=self.export_failures,
            clock=self.clock,
        )

    @cached_property
    def export_archiver(self) -> ExportArchiver:
        from chalicelib.services.export_run import ExportArchiver

        return ExportArchiver(
            exports=self.export_store, objects=self.objects, machine=lambda: self.export_machine, clock=self.clock
        )


_services: Services | None = None


def services() -> Services:
    """Give this container's services."""
    global _services  # noqa: PLW0603 - once per container is the point
    if _services is None:
        _services = Services(settings())
    return _services


def use(replacement: Services | None) -> None:
    """Install other services; None builds the container's own again at the next call."""
    global _services  # noqa: PLW0603
    _services = replacement
