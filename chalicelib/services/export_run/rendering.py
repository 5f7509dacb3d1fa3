"""Objects into the bytes of each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from chalicelib.domain.exports import Definition, Format
from chalicelib.domain.slots import Group
from chalicelib.formats import ical
from chalicelib.formats.export_files import json_file, xml_file
from chalicelib.formats.export_files.csv_file import CsvFile
from chalicelib.formats.export_files.framing import Framing
from chalicelib.services.ports.exports import ExportObject

Records = Callable[[ExportObject], Mapping[str, Any]]


class Renderer(Protocol):
    """Writes the objects of one file, or of a shard's stretch of it."""

    framing: Framing
    """Of a whole file; a stretch is written without."""

    def add(self, found: Sequence[ExportObject]) -> bytes:
        """Give some objects' bytes, separators between them."""
        ...

    def end(self) -> tuple[bytes, Sequence[Any]]:
        """Give what has to follow the last object, and what `Rendering.joints` has to know of a stretch, as plain values."""
        ...


class Rendering:
    """Makes renderers for the files of one export."""

    def __init__(self, definition: Definition, columns: Sequence[str], records: Records) -> None:
        self.definition = definition
        self._columns = columns
        self._records = records

    def renderer(self, format: Format, *, one_object: bool = False, stretch: bool = False) -> Renderer:
        """Give a renderer for a new file of that format, for its one object or for a shard's stretch of it."""
        definition, records = self.definition, self._records
        match format:
            case "ical":
                return _Calendar(stretch=stretch)
            case "csv":
                file = CsvFile(definition.csv, self._columns, definition.fields)
                return _Plain(file.framing, lambda found: file.records(map(records, found)))
            case "xml":
                framing = xml_file.framing(definition.objecttype)
                return _Plain(
                    framing, lambda found: xml_file.records(((one.key, records(one)) for one in found), definition.fields)
                )
            case "json":
                framing = json_file.OBJECT if one_object else json_file.ARRAY
                if definition.objecttype == "slot" and not definition.fields:
                    return _Plain(framing, lambda found: json_file.slots((one.slot for one in found), groups_of(found)))
                return _Plain(framing, lambda found: json_file.records(map(records, found), definition.fields))

    def joints(self, format: Format, arounds: Sequence[Sequence[Any]]) -> tuple[list[bytes], bytes]:
        """Give what stands before each of a file's stretches, and behind the last, by what their renderers told at the end."""
        if format == "ical":
            return ical.joints([ical.Around(*around) for around in arounds])
        framing = self.renderer(format).framing
        if not arounds:
            return [], framing.head + framing.foot
        return [framing.head, *[framing.separator] * (len(arounds) - 1)], framing.foot


def groups_of(found: Sequence[ExportObject]) -> dict[str, Group]:
    """Give the groups that these objects are in, by uuid."""
    return {group.uuid: group for one in found for group in one.groups}


class _Plain:
    def __init__(self, framing: Framing, add: Callable[[Sequence[ExportObject]], bytes]) -> None:
        self.framing = framing
        self.add = add

    def end(self) -> tuple[bytes, Sequence[Any]]:
        return b"", ()


class _Calendar:
    """A calendar has no framing: its writer knows when to begin it, with the time zones of what is in it."""

    framing = Framing()

    def __init__(self, *, stretch: bool) -> None:
        self._groups: dict[str, Group] = {}
        self._writer = ical.StretchWriter(self._groups) if stretch else ical.CalendarWriter(self._groups)

    def add(self, found: Sequence[ExportObject]) -> bytes:
        self._groups |= groups_of(found)
        return self._writer.add([one.slot for one in found])

    def end(self) -> tuple[bytes, Sequence[Any]]:
        if isinstance(self._writer, ical.CalendarWriter):
            return self._writer.end(), ()
        end, around = self._writer.end()
        return end, tuple(around)
