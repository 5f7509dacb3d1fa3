"""The values of export jobs as the documents that are kept in an item, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from chalicelib.domain.exports import Archive, CsvOptions, Definition, RunResult, Transport
from chalicelib.domain.schedules import Schedule


def definition_document(definition: Definition) -> bytes:
    """Give a definition as JSON."""
    return orjson.dumps(asdict(definition))


def definition_of(document: bytes) -> Definition:
    """Read a definition back; what an older version did not write has its default."""
    kept: dict[str, Any] = orjson.loads(document)
    for name in ("formats", "one_file_per_object"):
        kept[name] = tuple(kept[name])
    kept["csv"] = CsvOptions(**kept["csv"])
    kept["transports"] = tuple(Transport(**transport) for transport in kept["transports"])
    kept["schedules"] = tuple(_schedule_of(schedule) for schedule in kept["schedules"])
    return Definition(**kept)


def _schedule_of(kept: dict[str, Any]) -> Schedule:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Schedule(**values)


def result_document(result: RunResult) -> bytes:
    """Give a run's result as JSON."""
    return orjson.dumps({**asdict(result), "archives": [list(archive) for archive in result.archives]})


def result_of(document: bytes) -> RunResult:
    """Read a run's result back."""
    kept: dict[str, Any] = orjson.loads(document)
    return RunResult(**{**kept, "archives": tuple(Archive(*archive) for archive in kept["archives"])})
