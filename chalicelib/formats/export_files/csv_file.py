"""CSV files (RFC 4180) with the delimiter, quote and escape that were asked for."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from chalicelib.domain.exports import CsvOptions
from chalicelib.formats.export_files.framing import Framing


class CsvFile:
    """Writes rows with these columns."""

    def __init__(self, options: CsvOptions, columns: Sequence[str], names: Mapping[str, str]) -> None:
        self._options = options
        self._columns = columns
        header = self._text([[names.get(column, column) for column in columns]] if columns else [])
        self.framing = Framing(codecs.BOM_UTF8 * options.use_bom + header)

    def records(self, found: Iterable[Mapping[str, Any]]) -> bytes:
        """Write records as rows; lists and objects are written as JSON."""
        columns = self._columns
        return self._text([_cell(record.get(column)) for column in columns] for record in found)

    def _text(self, rows: Iterable[Sequence[str]]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(
            text,
            delimiter=self._options.delimiter,
            quotechar=self._options.quote,
            escapechar=self._options.escape or None,
            doublequote=not self._options.escape,
            lineterminator="\r\n",
        ).writerows(rows)
        return text.getvalue().encode("utf-8", "surrogatepass")


def is_empty(value: Any) -> bool:
    """Whether a cell with this value is empty."""
    return not _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or value in ([], {}, ()):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value) and not any("," in item for item in value):
        return ",".join(value)
    return orjson.dumps(value).decode()
