"""Where a data file stands in an export: its folder, its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from chalicelib.domain.exports import Definition, Format
from chalicelib.domain.slots import Slot, instant
from chalicelib.formats.archives.names import collision_key, safe_name

EXTENSIONS: Final[Mapping[Format, str]] = {"json": "json", "xml": "xml", "csv": "csv", "ical": "ics"}
CONTENT_TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "zip": "application/zip",
    "tar": "application/x-tar",
    "gz": "application/gzip",
    "bz2": "application/x-bzip2",
}
"""By what follows the last dot."""
MANIFEST: Final = "manifest.json"
CHECKSUMS: Final = "SHA256SUMS"
DELETED: Final = "deleted.json"
DEFAULT_TEMPLATE: Final = "%uid%"
_WORDS: Final = re.compile("%(uid|title|start|n)%")


def content_type(path: str) -> str:
    """Give the type of the file or archive of that path or name; what has no extension is a list of checksums."""
    return CONTENT_TYPES.get(path.rpartition(".")[2], "text/plain; charset=utf-8")


def batch_path(definition: Definition, format: Format, batch: int | None) -> str:
    """Give the path of a data file: of all objects, or of a batch, counted from 0 (``000001/slots.json``)."""
    name, extension = f"{definition.objecttype}s", EXTENSIONS[format]
    if batch is None:
        return f"{name}.{extension}"
    return f"{name}-{batch + 1:06d}.{extension}" if definition.flat else f"{batch + 1:06d}/{name}.{extension}"


def object_folder(definition: Definition, place: int) -> str:
    """Give the folder, with its slash, of the files of the object at a place in the order of the export, counted from 0."""
    if definition.flat:
        return ""
    if definition.batch_size is None:
        return f"{definition.objecttype}s/"
    return f"{place // definition.batch_size + 1:06d}/"


def object_name(definition: Definition, slot: Slot, place: int) -> str:
    """Give the name, without extension, that the template makes of an object."""

    def word(match: re.Match[str]) -> str:
        match match[1]:
            case "uid":
                return slot.uid
            case "title":
                return slot.title
            case "start":
                return f"{slot.start:%Y-%m-%d}" if slot.all_day else f"{instant(slot.start):%Y%m%dT%H%M%SZ}"
            case _:
                return f"{place + 1:06d}"

    return safe_name(_WORDS.sub(word, definition.filename_template or DEFAULT_TEMPLATE))


class Names:
    """Gives each object a name of its own, also where file systems ignore case; what would collide is numbered.

    The names of the papers are taken: an export without folders has its objects beside them.
    """

    def __init__(self) -> None:
        self._taken = {collision_key(paper.rpartition(".")[0]): 1 for paper in (MANIFEST, DELETED)}

    def claim(self, folder: str, name: str) -> str:
        """Give the path, without extension, for an object."""
        key = collision_key(folder + name)
        number = self._taken.get(key, 0) + 1
        path = folder + name
        while number > 1:
            path = f"{folder}{name}-{number}"
            if collision_key(path) not in self._taken:
                break
            number += 1
        self._taken[key] = number
        if number > 1:
            self._taken[collision_key(path)] = 1
        return path
