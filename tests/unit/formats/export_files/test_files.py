"""JSON, CSV and XML files of exports."""

import csv
import io
import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.exports import CsvOptions
from chalicelib.domain.slots import Slot
from chalicelib.formats.export_files import json_file, xml_file
from chalicelib.formats.export_files.csv_file import CsvFile

SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[4] / "docs" / "formats" / "export-xml.xsd")
NS = f"{{{xml_file.NAMESPACE}}}"

text = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=8)
records = st.dictionaries(text, values, max_size=5)


def xml_of(found: list[tuple[str, dict[str, Any]]], names: dict[str, str] | None = None, *, pieces: bool = False) -> bytes:
    framing = xml_file.framing("slot")
    groups = [[one] for one in found] if pieces else [found]
    return framing.head + framing.separator.join(xml_file.records(group, names or {}) for group in groups) + framing.foot


def said(element: ElementTree.Element) -> Any:
    """Read a value as the schema's documentation says."""
    content = element.text or ""
    match element.get("type", "string"):
        case "null":
            return None
        case "boolean":
            return content == "true"
        case "number":
            return json.loads(content)
        case "list":
            return [said(item) for item in element]
        case "object":
            return {field.get("name"): said(field) for field in element}
        case _:
            return b64decode(content).decode("utf-8", "surrogatepass") if element.get("encoding") else content


@given(st.lists(st.tuples(text, records), max_size=4))
def test_xml_is_valid_and_says_the_same(found: list[tuple[str, dict[str, Any]]]) -> None:
    content = xml_of(found)

    SCHEMA.validate(content.decode())
    read = [{field.get("name"): said(field) for field in element} for element in ElementTree.fromstring(content)]
    kept = [{xml_file._UNSPEAKABLE.sub("\ufffd", name): _kept(value) for name, value in record.items()} for _, record in found]
    assert read == kept


def _kept(value: Any) -> Any:
    """Names of fields may hold what XML cannot say; values never lose anything."""
    if isinstance(value, dict):
        return {xml_file._UNSPEAKABLE.sub("\ufffd", name): _kept(item) for name, item in value.items()}
    return [_kept(item) for item in value] if isinstance(value, list) else value


def test_xml_written_in_stretches_is_the_same() -> None:
    found: list[tuple[str, dict[str, Any]]] = [("a", {"title": "x"}), ("b", {"title": None})]

    assert xml_of(found, pieces=True) == xml_of(found)


def test_xml_carries_keys_and_display_names() -> None:
    (element,) = ElementTree.fromstring(xml_of([('a"\n', {"title": "x"})], {"title": "Was?"}))

    assert (element.tag, element.get("key"), element[0].get("name")) == (f"{NS}object", 'a"\n', "Was?")


def test_key_that_xml_cannot_say_is_left_out() -> None:
    (element,) = ElementTree.fromstring(xml_of([("\x00", {"uid": "\x00"})]))

    assert (element.get("key"), said(element[0])) == (None, "\x00")


@given(st.lists(st.dictionaries(st.sampled_from("abc"), text | st.none(), max_size=3), max_size=5), st.sampled_from(",;\t|"))
def test_csv_is_read_back(found: list[dict[str, str | None]], delimiter: str) -> None:
    file = CsvFile(CsvOptions(delimiter=delimiter), ["a", "b", "c"], {"b": "B?"})
    content = file.framing.head + file.records(found)

    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))

    assert rows == [["a", "B?", "c"]] + [[record.get(column) or "" for column in "abc"] for record in found]


@given(text)
def test_csv_with_an_escape_is_read_back(value: str) -> None:
    file = CsvFile(CsvOptions(quote="'", escape="\\"), ["a"], {})

    rows = list(
        csv.reader(
            io.StringIO(file.records([{"a": value}]).decode(), newline=""), quotechar="'", escapechar="\\", doublequote=False
        )
    )

    assert rows == [[value]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ([], ""),
        (True, "true"),
        (0, "0"),
        (52.5, "52.5"),
        (["a", "b"], "a,b"),
        (["a,b", "c"], '["a,b","c"]'),
        ({"a": [1]}, '{"a":[1]}'),
    ],
)
def test_csv_cell_of_a_value(value: Any, cell: str) -> None:
    row = CsvFile(CsvOptions(), ["a", "b"], {}).records([{"a": value, "b": "x"}])

    assert next(csv.reader([row.decode()])) == [cell, "x"]


def test_csv_may_begin_with_a_byte_order_mark() -> None:
    assert CsvFile(CsvOptions(use_bom=True), ["a"], {}).framing.head == b"\xef\xbb\xbfa\r\n"


@given(st.lists(st.dictionaries(st.sampled_from("abc"), values, max_size=3), max_size=4))
def test_json_records_are_read_back(found: list[dict[str, Any]]) -> None:
    framing = json_file.ARRAY
    content = framing.head + framing.separator.join(json_file.records([record], {"a": "A"}) for record in found) + framing.foot

    assert orjson.loads(content) == [{{"a": "A"}.get(name, name): value for name, value in record.items()} for record in found]


def test_json_of_slots_is_timeslot_json() -> None:
    slot = Slot("u", "t", datetime(2026, 1, 1, tzinfo=UTC))
    content = json_file.slots([slot], {})

    assert orjson.loads(content) == {
        "uid": "u",
        "title": "t",
        "visibility": "private",
        "start": "2026-01-01T00:00:00.000Z",
        "end": None,
        "location": None,
    }
