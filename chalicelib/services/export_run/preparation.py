"""Cutting a run into shards, and finding out before what can only be known of all objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import orjson

from chalicelib.domain.errors import NotFound, TooLarge
from chalicelib.domain.exports import MAX_OBJECT_FILES, Definition, Export, Run
from chalicelib.formats.export_files.csv_file import is_empty
from chalicelib.formats.export_files.layout import Names
from chalicelib.services.export_run.plan import MAX_SHARDS, SHARD_FILES, SHARD_OBJECTS, RunPlan, ShardPlan, WorkPlace
from chalicelib.services.export_run.revisions import Recorded
from chalicelib.services.export_run.shards import REPORTED, Report, object_path, wanted
from chalicelib.services.ports.exports import ObjectSource, Shard
from chalicelib.services.ports.objects import ObjectStore

_OUTPUT: Final = ("formats", "one_file_per_object", "csv", "fields", "flat", "batch_size", "filename_template")


def fingerprint(definition: Definition) -> str:
    """Give what two runs must have in common for the second to build on the first: what is searched and how it is written."""
    said = [definition.objecttype, definition.convention, definition.search, *(getattr(definition, name) for name in _OUTPUT)]
    return blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


@dataclass
class _Survey:
    """What a look at all objects has found."""

    objects: list[int] = field(default_factory=list)
    """To be written, by shard."""
    names: list[dict[str, str]] = field(default_factory=list)
    """Path by key, by shard."""
    columns: dict[str, bool] = field(default_factory=dict)
    """Those that every object has, then the others as they came up; and whether any object has a value there."""


def prepare(work: WorkPlace, export: Export, run: Run, source: ObjectSource, *, base: Run | None, report: Report) -> RunPlan:
    """Plan the run and write the plan down; nothing else is written.

    Raises `TooLarge("too_many_object_files")`.
    """
    definition = export.definition
    single = bool(definition.one_file_per_object)
    shards = source.shards(export, objects=SHARD_FILES if single else SHARD_OBJECTS)
    total = sum(shard.objects for shard in shards)
    if total > MAX_SHARDS * SHARD_OBJECTS:
        shards = source.shards(export, objects=-(-total // MAX_SHARDS))
    shards = shards or [Shard(0, None, None, 0)]
    if single and total > MAX_OBJECT_FILES:
        raise TooLarge("too_many_object_files", objects=total, limit=MAX_OBJECT_FILES)
    is_sorted = len(shards) > 1 and source.is_sorted(export)
    compared = _recorded(work.objects, definition, run, base)
    columns = source.columns(export)
    needs_columns = "csv" in definition.formats and (source.adds_columns(export) or not definition.csv.empty_columns)
    needs_names = single and len(shards) > 1 and not is_sorted
    survey = None
    if compared is not None or needs_columns or needs_names:
        survey = _look(export, source, shards, compared, report, columns=needs_columns, names=needs_names)
        if needs_columns:
            columns = tuple(column for column, used in survey.columns.items() if used or definition.csv.empty_columns)
    plan = RunPlan(
        shards=len(shards),
        total=sum(survey.objects) if survey else total,
        sorted=is_sorted,
        columns=tuple(columns),
        base=None if compared is None or base is None else base.ref.run,
        fingerprint=fingerprint(definition),
    )
    work.write_plan(plan, _shard_plans(plan, shards, survey, with_names=needs_names))
    return plan


def _recorded(objects: ObjectStore, definition: Definition, run: Run, base: Run | None) -> Recorded | None:
    """Give what the base of an incremental run recorded; None when everything is to be written."""
    if definition.type != "export_incremental" or run.base is None or base is None or base.result is None:
        return None
    if base.result.fingerprint != fingerprint(definition):
        return None
    try:
        return Recorded.of(objects, base.ref)
    except NotFound:  # its files have been removed
        return None


def _look(
    export: Export,
    source: ObjectSource,
    shards: Sequence[Shard],
    base: Recorded | None,
    report: Report,
    *,
    columns: bool,
    names: bool,
) -> _Survey:
    survey = _Survey(columns=dict.fromkeys(source.columns(export), False))
    claimed = Names()
    place = 0
    for shard in shards:
        paths: dict[str, str] = {}
        first = place
        for found in wanted(source.objects(export, shard), base):
            if columns:
                for name, value in source.record(export, found).items():
                    survey.columns[name] = survey.columns.get(name) or not is_empty(value)
            if names:
                paths[found.key] = object_path(export.definition, found, place, claimed)
            place += 1
            if place % REPORTED == 0:
                report(0)
        survey.objects.append(place - first)
        survey.names.append(paths)
    return survey


def _shard_plans(plan: RunPlan, shards: Sequence[Shard], survey: _Survey | None, *, with_names: bool) -> list[ShardPlan]:
    plans: list[ShardPlan] = []
    first = 0
    for place, shard in enumerate(shards):
        count = survey.objects[place] if survey else shard.objects
        names = survey.names[place] if survey and with_names else None
        plans.append(
            ShardPlan(place, shard.start, shard.end, count, first, plan.total, plan.columns, plan.base, names, plan.sorted)
        )
        first += count
    return plans
