"""What goes with the data files of every run: the manifest, the checksums, the list of what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import orjson

from chalicelib.domain.exports import Export, ExportFile, Run
from chalicelib.formats.export_files.framing import Framing

MANIFEST_VERSION: Final = 1
DELETED_FRAMING: Final = Framing(b"[", b",\n", b"]\n")


def manifest(
    export: Export, run: Run, *, objects: int, deleted: int | None, files: Iterable[tuple[str, int]], revisions: str
) -> bytes:
    """Describe a run: what of, when, how much, and where the revisions of its objects are recorded.

    `deleted` is None for a run that holds everything; `files` are the numbers of files by extension.
    """
    value: dict[str, Any] = {
        "manifest": MANIFEST_VERSION,
        "export": export.id,
        "name": export.name,
        "version": run.version,
        "run": run.ref.run,
        "time": _time(run.started),
        "type": export.definition.type,
        "objecttype": export.definition.objecttype,
        "objects": objects,
        "files": dict(files),
        "incremental": None if deleted is None else {"base": run.base, "deleted": deleted},
        "revisions": revisions,
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def checksums(files: Iterable[ExportFile]) -> Iterator[bytes]:
    """Yield the lines that ``sha256sum -c`` reads."""
    for file in files:
        yield f"{file.sha256}  {file.path}\n".encode()


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
