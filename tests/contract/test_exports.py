"""What every store of export jobs promises: the same cases on the fake and on DynamoDB in moto."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.care_table import DynamoCareStore
from chalicelib.aws.export_table import DynamoExportStore
from chalicelib.aws.run_table import DynamoRunStore
from chalicelib.domain.errors import Conflict, TooLarge
from chalicelib.domain.exports import (
    LINK_GRACE,
    RUN_LIMIT,
    START_AGAIN,
    TASK_LIMIT,
    Archive,
    CsvOptions,
    Definition,
    Export,
    LogEntry,
    Progress,
    Run,
    RunEnded,
    RunRef,
    RunResult,
    Transport,
    TransportOutcome,
)
from chalicelib.domain.schedules import Schedule
from chalicelib.services.ports.exports import Care, CareStore, Dossier, ExportStore, Limits, RunStore
from tests.fakes.exports import FakeExportStore
from tests.tables import NAMES, REGION, create_tables

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(exports=5, running=2)
DUE = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
FULL = Definition(
    type="export_incremental",
    name="שלום 🎉",
    objecttype="timeslot",
    convention="con",
    search={"search": [{"type": "in", "fields": ["id"], "in": ["1", None]}], "sort": []},
    formats=("json", "csv"),
    one_file_per_object=("json",),
    csv=CsvOptions(delimiter=";", use_bom=True),
    fields={"title": "Titel"},
    flat=True,
    batch_size=100,
    filename_template="%n%",
    transports=(Transport("webhook", "tar_gz", {"url": "https://x.example"}),),
    schedules=(Schedule(weekdays=(0, 6), days_of_month=(1,), hours=(6,), minutes=(0, 30), timezone="Europe/Berlin"),),
    serve_last_done=True,
    keep_days=30,
    notify=True,
)
RESULT = RunResult(objects=7, files=9, archives=(Archive("zip", 1000), Archive("tar.gz", 900)), fingerprint="abc")


class Stores(NamedTuple):
    exports: ExportStore
    runs: RunStore
    care: CareStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "fake":
        fake = FakeExportStore()
        yield Stores(fake, fake, fake)
        return
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        create_tables(client)
        table = NAMES["ExportTable"]
        yield Stores(
            DynamoExportStore(client, table=table), DynamoRunStore(client, table=table), DynamoCareStore(client, table=table)
        )


def an_export(export_id: int = 1, *, user: int = 10, minutes: int = 0, **more: Any) -> Export:
    return Export(id=export_id, user_id=user, created=NOW + minutes * MINUTE, definition=Definition(), passkey="secret", **more)


def inserted(at: datetime = NOW) -> LogEntry:
    return LogEntry(0, "EXPORT_INSERT", at, {"by": "user"})


def create(stores: Stores, export: Export) -> Export:
    stores.exports.create_export(export, inserted(export.created), limits=LIMITS)
    return read(stores, export.id).export


def read(stores: Stores, export_id: int = 1, *, log: int = 0) -> Dossier:
    found = stores.exports.dossier(export_id, log=log)
    assert found is not None
    return found


def started(run: int, at: datetime = NOW) -> LogEntry:
    return LogEntry(run, "EXPORT_START", at)


def begin(
    stores: Stores, export_id: int = 1, *, at: datetime = NOW, was: Dossier | None = None, next_run: datetime | None = None
) -> RunRef:
    was = was or read(stores, export_id)
    number = was.export.run + 1
    run = Run(RunRef(export_id, number), was.export.user_id, was.export.version, "pending", at, base=was.export.served)
    stores.exports.begin_run(run, was=was, next_run=next_run, log=started(number, at), limits=LIMITS)
    return run.ref


def finish(stores: Stores, ref: RunRef, *, at: datetime = NOW, result: RunResult = RESULT) -> None:
    stores.runs.claim_run(ref, now=at)
    stores.runs.publish_run(ref, result)
    stores.runs.finish_run(ref, log=LogEntry(ref.run, "EXPORT_FINISH", at), now=at)


def test_export_is_read_as_it_was_written(stores: Stores) -> None:
    export = Export(
        id=2**53 - 1,
        user_id=2**53 - 2,
        created=NOW,
        definition=FULL,
        passkey="secret",
        version=3,
        former_names=("old", "älter"),
        next_run=DUE,
    )
    assert create(stores, export) == replace(export, revision=1)
    assert read(stores, export.id, log=5) == Dossier(replace(export, revision=1), {}, [inserted()])


def test_unknown_export_is_none(stores: Stores) -> None:
    assert stores.exports.dossier(404, log=10) is None


def test_taken_id_is_a_conflict_and_changes_nothing(stores: Stores) -> None:
    create(stores, an_export())
    with pytest.raises(Conflict, match="export_exists"):
        stores.exports.create_export(an_export(user=11), inserted(), limits=LIMITS)
    assert read(stores).export.user_id == 10
    assert stores.exports.exports(11) == []


def test_list_is_by_owner_and_newest_first(stores: Stores) -> None:
    for export in (an_export(3, minutes=1), an_export(1, minutes=2), an_export(2), an_export(9, user=11)):
        create(stores, export)
    assert stores.exports.exports(10) == [1, 3, 2]
    assert stores.exports.exports(12) == []
    assert [one.export.id for one in stores.exports.dossiers(10, [2, 9, 1, 404])] == [2, 1]


def test_exports_per_user_are_limited_also_when_made_at_once(stores: Stores) -> None:
    def make(number: int) -> str:
        try:
            stores.exports.create_export(an_export(number), inserted(), limits=LIMITS)
        except TooLarge as refused:
            return refused.code
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(make, range(1, 9)))
    assert outcomes == ["made"] * 5 + ["too_many_exports"] * 3
    stores.exports.delete_export(was=read(stores, stores.exports.exports(10)[0]), now=NOW)
    create(stores, an_export(20))


def test_replace_is_refused_when_somebody_else_wrote_meanwhile(stores: Stores) -> None:
    create(stores, an_export())
    was = read(stores)
    changed = replace(was.export, definition=FULL, version=2, next_run=DUE)
    stores.exports.replace_export(changed, was=was, log=None, now=NOW)
    assert read(stores).export == replace(changed, revision=2)
    with pytest.raises(Conflict, match="export_changed"):
        stores.exports.replace_export(changed, was=was, log=None, now=NOW)
    stores.exports.replace_export(replace(read(stores).export, next_run=None), was=read(stores), log=None, now=NOW)
    assert read(stores).export.next_run is None
    assert stores.care.due_exports(DUE + MINUTE, limit=10) == []


def test_run_begins_pending_and_is_claimed_once_for_all_tasks(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    assert ref == RunRef(1, 1)
    found = read(stores, log=10)
    assert (found.export.state, found.export.run) == ("pending", 1)
    assert found.latest == Run(ref, 10, 1, "pending", NOW)
    assert found.log == [started(1), inserted()]
    first = stores.runs.claim_run(ref, now=NOW)
    assert stores.runs.claim_run(ref, now=NOW + MINUTE) == first == stores.runs.working(ref)
    assert (first[0].state, first[1].state) == ("processing", "processing")


def test_ten_starts_at_once_begin_one_run(stores: Stores) -> None:
    create(stores, an_export())
    was = read(stores)
    barrier = threading.Barrier(10)

    def start(_: int) -> str:
        barrier.wait()
        try:
            begin(stores, was=was)
        except Conflict as refused:
            return refused.code
        return "begun"

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(start, range(10)))
    assert outcomes == ["begun"] + ["export_changed"] * 9
    assert len(read(stores, log=20).log) == 2


def test_running_exports_per_user_are_limited_until_one_ends(stores: Stores) -> None:
    for number in (1, 2, 3, 4):
        create(stores, an_export(number))
    create(stores, an_export(9, user=11))
    first, second = begin(stores, 1), begin(stores, 2)
    with pytest.raises(TooLarge, match="too_many_running_exports"):
        begin(stores, 3)
    begin(stores, 9)
    finish(stores, first)
    begin(stores, 3)
    assert stores.runs.fail_run(second, reason="broken", log=LogEntry(1, "EXPORT_FAILED", NOW), now=NOW)
    begin(stores, 4)
    stores.exports.delete_export(was=read(stores, 4), now=NOW)
    begin(stores, 2)
    was = read(stores, 2)
    stores.exports.replace_export(replace(was.export, state="failed"), was=was, log=None, now=NOW)
    begin(stores, 1)


def test_no_more_runs_begin_at_once_than_a_user_may_have(stores: Stores) -> None:
    numbers = range(1, LIMITS.exports + 1)
    for number in numbers:
        create(stores, an_export(number))
    seen = [read(stores, number) for number in numbers]
    barrier = threading.Barrier(len(seen))

    def start(was: Dossier) -> str:
        barrier.wait()
        try:
            begin(stores, was.export.id, was=was)
        except TooLarge as refused:
            return refused.code
        return "begun"

    with ThreadPoolExecutor(len(seen)) as pool:
        outcomes = sorted(pool.map(start, seen))
    assert outcomes == ["begun"] * 2 + ["too_many_running_exports"] * 3
    assert sum(read(stores, number).export.running for number in numbers) == 2


def test_run_goes_on_when_what_is_written_says_so(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    was = read(stores)
    stores.exports.replace_export(replace(was.export, passkey="new"), was=was, log=None, now=NOW)
    export, run = stores.runs.claim_run(ref, now=NOW)
    assert (export.passkey, export.state, run.state) == ("new", "processing", "processing")


def test_progress_rises_by_shard_and_never_goes_back(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    stores.runs.claim_run(ref, now=NOW)
    stores.runs.set_total(ref, 30)
    stores.runs.advance_run(ref, 0, 10)
    stores.runs.advance_run(ref, 1, 5)
    stores.runs.advance_run(ref, 0, 3)
    assert stores.runs.working(ref)[1].progress == Progress(15, 30)
    stores.runs.advance_run(ref, 1, 20)
    (listed,) = stores.exports.dossiers(10, [1])
    assert listed.latest is not None
    assert listed.latest.progress == Progress(30, 30)


def test_run_is_visible_once_published_and_served_once_finished(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    stores.runs.claim_run(ref, now=NOW)
    with pytest.raises(Conflict, match="run_not_published"):
        stores.runs.finish_run(ref, log=LogEntry(1, "EXPORT_FINISH", NOW), now=NOW)
    stores.runs.publish_run(ref, RESULT)
    published = read(stores)
    assert (published.export.state, published.export.served, published.served) == ("processing", None, None)
    assert published.latest is not None
    assert (published.latest.result, published.latest.progress) == (RESULT, Progress(7, 7))
    failure = LogEntry(1, "EXPORT_TRANSPORT_FAILED", NOW, {"reason": "gone"}, "0")
    stores.runs.record_transport(ref, 0, TransportOutcome("failed", "gone"), failure)
    stores.runs.record_transport(ref, 1, TransportOutcome("done"))
    end = LogEntry(1, "EXPORT_FINISH", NOW + MINUTE)
    stores.runs.finish_run(ref, log=end, now=NOW + MINUTE)
    stores.runs.finish_run(ref, log=end, now=NOW + 2 * MINUTE)
    done = read(stores, log=10)
    assert (done.export.state, done.export.served, done.export.progress) == ("done", 1, Progress(7, 7))
    assert (
        done.latest
        == done.served
        == Run(
            ref,
            10,
            1,
            "done",
            NOW,
            ended=NOW + MINUTE,
            progress=Progress(7, 7),
            result=RESULT,
            transports={0: TransportOutcome("failed", "gone"), 1: TransportOutcome("done")},
        )
    )
    assert done.log == [end, failure, started(1), inserted()]
    assert stores.exports.dossiers(10, [1]) == [Dossier(done.export, {})]


def test_served_run_stays_until_the_next_is_done(stores: Stores) -> None:
    create(stores, an_export())
    first = begin(stores)
    finish(stores, first)
    second = begin(stores, at=NOW + MINUTE)
    going = read(stores)
    assert (sorted(going.runs), going.export.served) == ([1, 2], 1)
    assert going.latest is not None
    assert going.latest.base == 1
    assert stores.runs.fail_run(second, reason="broken", log=LogEntry(2, "EXPORT_FAILED", NOW), now=NOW)
    failed = read(stores)
    assert failed.latest is not None
    assert (failed.export.state, failed.export.served, failed.latest.reason) == ("failed", 1, "broken")
    third = begin(stores)
    assert sorted(read(stores).runs) == [1, 3]
    finish(stores, third, at=NOW)
    assert sorted(read(stores).runs) == [3]
    later = NOW + TASK_LIMIT + MINUTE
    assert stores.care.due_care(later, limit=10) == [Care(second, None)]
    assert stores.care.due_care(NOW + LINK_GRACE + MINUTE, limit=10) == [Care(second, None), Care(first, None)]
    stores.care.forget(second)
    assert stores.care.due_care(later, limit=10) == []


ENDINGS: dict[str, Callable[[Stores, RunRef], None]] = {
    "stopped": lambda stores, ref: stores.exports.replace_export(
        replace(read(stores).export, state="failed"), was=read(stores), log=None, now=NOW
    ),
    "updated": lambda stores, ref: stores.exports.replace_export(
        replace(read(stores).export, state="new", version=2), was=read(stores), log=None, now=NOW
    ),
    "deleted": lambda stores, ref: stores.exports.delete_export(was=read(stores), now=NOW),
    "failed": lambda stores, ref: (
        stores.runs.fail_run(ref, reason="x", log=LogEntry(1, "EXPORT_FAILED", NOW), now=NOW),
        None,
    )[1],
    "finished": finish,
    "replaced": lambda stores, ref: (
        stores.runs.fail_run(ref, reason="x", log=LogEntry(1, "EXPORT_FAILED", NOW), now=NOW),
        begin(stores),
        None,
    )[2],
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("claimed", [False, True])
def test_nothing_is_written_for_a_run_that_has_ended(stores: Stores, ending: str, claimed: bool) -> None:
    create(stores, an_export())
    ref = begin(stores)
    if claimed:
        stores.runs.claim_run(ref, now=NOW)
        stores.runs.advance_run(ref, 0, 3)
    ENDINGS[ending](stores, ref)
    before = stores.exports.dossier(1, log=20)
    writes: list[Callable[[], object]] = [
        lambda: stores.runs.claim_run(ref, now=NOW),
        lambda: stores.runs.working(ref),
        lambda: stores.runs.check_run(ref),
        lambda: stores.runs.set_total(ref, 99),
        lambda: stores.runs.advance_run(ref, 0, 99),
        lambda: stores.runs.publish_run(ref, RESULT),
        lambda: stores.runs.record_transport(ref, 0, TransportOutcome("done"), LogEntry(1, "EXPORT_TRANSPORT_FAILED", NOW)),
    ]
    if ending != "finished":
        writes.append(lambda: stores.runs.finish_run(ref, log=LogEntry(1, "EXPORT_FINISH", NOW), now=NOW))
    for write in writes:
        with pytest.raises(RunEnded):
            write()
    assert stores.runs.fail_run(ref, reason="late", log=LogEntry(1, "EXPORT_FAILED", NOW, {"late": True}), now=NOW) is False
    stores.care.look_again(ref, NOW)
    assert stores.exports.dossier(1, log=20) == before


def test_stop_discards_the_run_after_the_longest_task(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    stores.runs.claim_run(ref, now=NOW)
    stores.runs.publish_run(ref, RESULT)
    ENDINGS["stopped"](stores, ref)
    found = read(stores)
    assert found.latest is not None
    assert (found.latest.state, found.latest.reason, found.latest.ended, found.latest.result) == ("failed", "stopped", NOW, None)
    assert stores.care.due_care(NOW + TASK_LIMIT - MINUTE, limit=10) == []
    assert stores.care.due_care(NOW + TASK_LIMIT + MINUTE, limit=10) == [Care(ref, None)]


def test_pending_run_is_looked_at_soon_and_a_processing_one_at_its_limit(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    assert stores.care.due_care(NOW, limit=10) == []
    pending = read(stores).latest
    assert stores.care.due_care(NOW + START_AGAIN, limit=10) == [Care(ref, pending)]
    stores.care.look_again(ref, NOW + 5 * MINUTE)
    assert stores.care.due_care(NOW + START_AGAIN, limit=10) == []
    stores.runs.claim_run(ref, now=NOW)
    assert stores.care.due_care(NOW + RUN_LIMIT - MINUTE, limit=10) == []
    stores.care.look_again(ref, NOW)
    assert stores.care.due_care(NOW, limit=10) == []
    assert stores.care.due_care(NOW + RUN_LIMIT, limit=10) == [Care(ref, read(stores).latest)]
    finish(stores, ref)
    assert stores.care.due_care(NOW + RUN_LIMIT, limit=10) == []


def test_due_exports_are_those_whose_minute_has_come(stores: Stores) -> None:
    create(stores, an_export(1, next_run=DUE + MINUTE))
    create(stores, an_export(2, next_run=DUE))
    create(stores, an_export(3))
    assert stores.care.due_exports(DUE - MINUTE, limit=10) == []
    assert stores.care.due_exports(DUE, limit=10) == [2]
    assert stores.care.due_exports(DUE + MINUTE, limit=10) == [2, 1]
    assert stores.care.due_exports(DUE + MINUTE, limit=1) == [2]
    begin(stores, 2, next_run=DUE + timedelta(days=1))
    assert read(stores, 2).export.next_run == DUE + timedelta(days=1)
    assert stores.care.due_exports(DUE + MINUTE, limit=10) == [1]


def test_a_minute_is_skipped_once(stores: Stores) -> None:
    create(stores, an_export(1, next_run=DUE))
    was = read(stores).export
    log = LogEntry(0, "EXPORT_SKIPPED", DUE, {}, "due")
    assert stores.exports.skip_run(was=was, next_run=DUE + MINUTE, log=log) is True
    assert stores.exports.skip_run(was=was, next_run=DUE + MINUTE, log=log) is False
    assert read(stores).export == replace(was, next_run=DUE + MINUTE, revision=was.revision + 1)
    assert stores.exports.skip_run(was=read(stores).export, next_run=None, log=log) is True
    assert read(stores, log=5).export.next_run is None
    assert read(stores, log=5).log == [log, inserted()]


def test_deleted_export_is_gone_at_once_and_its_remains_when_forgotten(stores: Stores) -> None:
    create(stores, an_export())
    ref = begin(stores)
    finish(stores, ref)
    begin(stores)
    stores.exports.delete_export(was=read(stores), now=NOW)
    assert stores.exports.dossier(1, log=10) is None
    assert stores.exports.exports(10) == []
    everything = RunRef(1, 0)
    assert stores.care.due_care(NOW + MINUTE, limit=10) == []
    assert Care(everything, None) in stores.care.due_care(NOW + TASK_LIMIT, limit=10)
    stores.care.forget(everything)
    assert stores.care.due_care(NOW + RUN_LIMIT * 9, limit=10) == []
    create(stores, an_export())
    assert read(stores, log=10).log == [inserted()]


def test_delete_is_refused_when_somebody_else_wrote_meanwhile(stores: Stores) -> None:
    create(stores, an_export())
    was = read(stores)
    begin(stores)
    with pytest.raises(Conflict, match="export_changed"):
        stores.exports.delete_export(was=was, now=NOW)


def test_kept_days_retire_a_run_and_the_export_serves_none(stores: Stores) -> None:
    create(stores, replace(an_export(), definition=replace(Definition(), keep_days=3)))
    ref = begin(stores)
    finish(stores, ref)
    after = NOW + timedelta(days=3)
    assert stores.care.due_care(after - MINUTE, limit=10) == []
    assert stores.care.due_care(after, limit=10) == [Care(ref, None)]
    stores.care.retire_run(ref)
    stores.care.retire_run(ref)
    found = read(stores)
    assert found.latest is not None
    assert (found.export.state, found.export.served, found.latest.result) == ("done", None, None)
    stores.care.forget(ref)
    assert stores.care.due_care(after, limit=10) == []
    finish(stores, begin(stores))
    assert read(stores).export.served == 2


def test_retiring_a_run_that_is_not_the_latest_keeps_the_one_that_is_going(stores: Stores) -> None:
    create(stores, an_export())
    finish(stores, begin(stores))
    going = begin(stores)
    stores.care.retire_run(RunRef(1, 1))
    stores.care.retire_run(going)
    found = read(stores)
    assert (sorted(found.runs), found.export.served, found.export.state) == ([2], None, "pending")


def test_log_shows_the_latest_entries(stores: Stores) -> None:
    create(stores, an_export())
    for _ in range(4):
        finish(stores, begin(stores))
    assert [(entry.run, entry.type) for entry in read(stores, log=3).log] == [
        (4, "EXPORT_FINISH"),
        (4, "EXPORT_START"),
        (3, "EXPORT_FINISH"),
    ]
