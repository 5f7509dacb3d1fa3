"""A run that is killed anywhere and run again ends as one that was left alone; one that is stopped leaves nothing."""

from collections.abc import Callable
from operator import methodcaller
from typing import TypeVar

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.exports import Definition, RunRef, Transport
from chalicelib.services.export_objects import SlotObjects
from chalicelib.services.export_run import ExportRun
from tests.fakes.faults import Fault, Killed, When
from tests.unit.services.export_run.conftest import GROUP, USER, World, slot

Done = TypeVar("Done")
DEFINITIONS = {
    "plain": Definition(formats=("json", "xml", "csv", "ical"), transports=(Transport("download", "tar_gz"),)),
    "files": Definition(formats=("json",), one_file_per_object=("json",), filename_template="%title%"),
    "batches": Definition(formats=("csv", "ical"), batch_size=5),
    "sorted": Definition(formats=("json",), search={"search": [], "sort": [{"field": "title", "order": "DESC"}]}),
    "incremental": Definition(type="export_incremental", formats=("json",)),
}


def new_world(definition: Definition) -> tuple[World, RunRef]:
    world = World()
    world.accounts.ensure_group(USER.id, GROUP)
    world.add(*(slot(number) for number in range(16)))
    world.define(definition)
    if definition.type == "export_incremental":
        world.finish()
        world.add(slot(50))
    return world, world.begin()


def run_with(world: World, ref: RunRef, fault: Fault, *, again: int = 3) -> None:
    """Do a run as the state machine does: each step again when it fails."""

    def attempt(step: Callable[[ExportRun], Done]) -> Done:
        for left in range(again, -1, -1):
            try:
                return step(watched(world, fault))
            except (Killed, Unavailable):
                if not left:
                    raise
        raise AssertionError

    outline = attempt(lambda run: run.prepare(ref))
    for number in outline.shards:
        attempt(methodcaller("write_shard", ref, number))
    if outline.sorted:
        attempt(lambda run: run.merge_shards(ref))
    attempt(lambda run: run.assemble(ref))
    for packer in outline.packers:
        attempt(methodcaller("pack", ref, packer))
    attempt(lambda run: run.publish(ref))
    for place in outline.transports:
        attempt(methodcaller("deliver", ref, place))
    attempt(lambda run: run.finish(ref))


def watched(world: World, fault: Fault) -> ExportRun:
    exports = fault.watch(world.exports)
    source = SlotObjects(slots=fault.watch(world.slots), users=fault.watch(world.accounts), groups=fault.watch(world.accounts))
    return ExportRun(
        runs=exports,
        exports=exports,
        source=lambda _: source,
        objects=fault.watch(world.objects),
        transports=world.transports,
        failures=world.failures(exports),
        clock=lambda: world.now,
    )


@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize(("when", "error"), [("before", Killed), ("after", Killed), ("before", Unavailable)])
def test_run_killed_at_any_call_ends_as_if_undisturbed(
    name: str, when: When, error: type[BaseException], small_shards: None
) -> None:
    world, ref = new_world(DEFINITIONS[name])
    undisturbed = Fault()
    run_with(world, ref, undisturbed)
    expected = (dict(world.objects.objects), world.state())
    assert expected[1][0] == "done"

    for call in range(len(undisturbed.calls)):
        world, ref = new_world(DEFINITIONS[name])
        run_with(world, ref, Fault(call, when, error))
        assert (dict(world.objects.objects), world.state()) == expected, f"{undisturbed.calls[call]}, call {call}"


@pytest.mark.parametrize("name", DEFINITIONS)
def test_run_stopped_at_any_call_changes_nothing_more_and_leaves_nothing(name: str, small_shards: None) -> None:
    """The stop comes right before the nth call, and the tasks go on as if they had not heard of it."""
    world, ref = new_world(DEFINITIONS[name])
    before = {key for key in world.objects.objects if not key.startswith(ref.prefix)}
    undisturbed = Fault()
    run_with(world, ref, undisturbed)
    last = max(place for place, call in enumerate(undisturbed.calls) if call == "finish_run")

    for call in range(last):
        world, ref = new_world(DEFINITIONS[name])
        run_with(world, ref, Stopping(world, ref, call))
        assert world.state()[0] == "failed", f"{undisturbed.calls[call]}, call {call}"
        assert world.state()[1][-1] == ("EXPORT_FAILED", {"reason": "stopped"})
        assert set(world.objects.objects) == before, f"{undisturbed.calls[call]}, call {call}"


class Stopping(Fault):
    """Stops the run right before a call instead of failing it."""

    def __init__(self, world: World, ref: RunRef, call: int) -> None:
        super().__init__()
        self._at = call
        self._world = world
        self._ref = ref

    def passes(self, name: str, call: Callable[[], object]) -> object:
        if len(self.calls) == self._at:
            from chalicelib.domain.exports import LogEntry

            entry = LogEntry(self._ref.run, "EXPORT_FAILED", self._world.now, {"reason": "stopped"})
            self._world.exports.fail_run(self._ref, reason="stopped", log=entry, now=self._world.now)
        return super().passes(name, call)


def test_task_that_comes_too_late_leaves_a_finished_run_alone(world: World, small_shards: None) -> None:
    world.add(*(slot(number) for number in range(16)))
    world.define(Definition(formats=("json",)))
    ref = world.begin()
    steps = world.steps(ref)
    for step in steps:
        step()
    before = dict(world.objects.objects)

    for step in steps:
        step()

    assert world.objects.objects == before
    assert world.state()[0] == "done"


def test_tasks_of_a_deleted_export_leave_nothing(world: World) -> None:
    world.add(slot(1))
    world.define(Definition(formats=("json",)))
    ref = world.begin()
    steps = world.steps(ref)
    steps[0]()
    was = world.exports.dossier(5)
    assert was is not None
    world.exports.delete_export(was=was, now=world.now)

    for step in steps:
        step()

    assert world.objects.objects == {}


def test_failed_run_is_closed_with_its_reason_and_cleared(world: World) -> None:
    world.add(slot(1))
    world.define(Definition(formats=("json",)))
    ref = world.begin()
    world.steps(ref)[0]()

    world.run.fail(ref, "States.Timeout")

    assert world.state()[1][-1] == ("EXPORT_FAILED", {"reason": "States.Timeout"})
    assert world.objects.objects == {}
