"""What is sent to define an export: what it becomes, and how it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api.exports.definition import Edge, accepted, definition
from chalicelib.api.exports.documents import definition_document
from chalicelib.api.exports.errors import path_text
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.exports import CsvOptions, Definition, Transport
from chalicelib.domain.schedules import Schedule

EDGE = Edge(copies=True, private_webhooks=False, new_secret="a new secret for webhooks")


def defined(export: dict[str, Any] | None = None, edge: Edge = EDGE, **more: Any) -> Definition:
    return definition(accepted({"export": export or {}, **more}), edge)


def refusal(document: Any, edge: Edge = EDGE) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        definition(accepted(document), edge)
    path = caught.value.details.get("path", [])
    assert isinstance(path, list)
    return caught.value.code, path_text(path)


FULL: dict[str, Any] = {
    "type": "export_incremental",
    "name": "Everything",
    "objecttype": "timeslot",
    "convention": "con",
    "search": {"search": [{"type": "in", "fields": ["tag.סוג"], "in": ["x"]}], "sort": [{"field": "start", "order": "DESC"}]},
    "json": False,
    "xml": True,
    "ical": True,
    "csv": {"delimiter": "\t", "quote": "'", "escape": "\\", "use_bom": True, "empty_columns": False},
    "xml_one_file_per_object": True,
    "fields": {"id": {"display_name": "Nr"}, "tag.room": None},
    "flat": True,
    "batch_size": 50,
    "filename_template": "%start%-%title%",
    "serve_last_done": True,
    "keep_days": 7,
    "notify": True,
}
TRANSPORTS: list[dict[str, Any]] = [
    {"type": "download", "packer": "zip_2gb"},
    {"type": "email", "packer": "tar", "options": {"email": {"recipients": [7, "a@b.example"], "message": "Hi\nyou"}}},
    {"type": "webhook", "options": {"url": "https://hooks.example/x"}},
    {"type": "s3", "packer": "tar_bz2", "options": {"s3.prefix": "plans"}},
]
SCHEDULES: list[dict[str, Any]] = [
    {"weekdays": ["Monday", "sunday"], "days_of_month": [7, 1, 1], "hours": [6], "minutes": [30], "timezone": "Europe/Berlin"},
    {"day_of_month": [3], "hour": [1], "minute": 5},
    {},
]


def test_everything_that_can_be_said() -> None:
    assert defined(FULL, _transports=TRANSPORTS, _schedules=SCHEDULES) == Definition(
        type="export_incremental",
        name="Everything",
        objecttype="timeslot",
        convention="con",
        search=FULL["search"],
        formats=("xml", "csv", "ical"),
        one_file_per_object=("xml",),
        csv=CsvOptions(delimiter="\t", quote="'", escape="\\", use_bom=True, empty_columns=False),
        fields={"id": "Nr", "tag.room": "tag.room"},
        flat=True,
        batch_size=50,
        filename_template="%start%-%title%",
        transports=(
            Transport("download", "zip_2gb", {}),
            Transport("email", "tar", {"recipients": [7, "a@b.example"], "message": "Hi\nyou"}),
            Transport("webhook", "zip", {"url": "https://hooks.example/x", "secret": EDGE.new_secret}),
            Transport("s3", "tar_bz2", {"prefix": "plans"}),
        ),
        schedules=(
            Schedule((0, 6), (1, 7), (6,), (30,), "Europe/Berlin"),
            Schedule((), (3,), (1,), (5,), "UTC"),
            Schedule(),
        ),
        serve_last_done=True,
        keep_days=7,
        notify=True,
    )


def test_nothing_said_is_everything_as_json() -> None:
    assert defined() == definition(accepted({}), EDGE) == Definition()
    nothing = {"name": None, "search": None, "fields": None, "csv": False, "batch_size": None, "keep_days": None}
    assert defined({**nothing, "filename_template": None, "json": False}, _transports=None, _schedules=None) == Definition()


def test_document_of_a_definition_makes_it_again() -> None:
    for made in (defined(), defined(FULL, _transports=TRANSPORTS, _schedules=SCHEDULES), defined({"csv": {}})):
        assert definition(accepted(definition_document(made)), EDGE) == made


@pytest.mark.parametrize(
    "foreign",
    [
        {"eas_fields": {}, "classes": [], "assets": None, "mapping": "", "all_languages": False},
        {
            "all_languages": True,
            "merge_linked_max_depth": 1,
            "merge_max_rows": 1000,
            "produce_options": {},
            "merge_linked_objects": "none",
        },
    ],
)
def test_foreign_attributes_at_their_defaults_are_accepted(foreign: dict[str, Any]) -> None:
    assert defined(foreign) == Definition()


def nested(levels: int) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "match", "string": "x"}
    for _ in range(levels):
        element = {"type": "complex", "search": [element]}
    return {"search": [element]}


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        ([], "type_mismatch", ""),
        ("export", "type_mismatch", ""),
        ({"export": []}, "type_mismatch", "export"),
        ({"exprot": {}}, "attribute_not_accepted", "exprot"),
        ({"export": {"colour": 1}}, "attribute_not_accepted", "export.colour"),
        ({"export": {"eas_fields": {"x": 1}}}, "attribute_not_accepted", "export.eas_fields"),
        ({"export": {"assets": True}}, "attribute_not_accepted", "export.assets"),
        ({"export": {"merge_linked_max_depth": 3}}, "attribute_not_accepted", "export.merge_linked_max_depth"),
        ({"export": {"type": "zip"}}, "invalid_value", "export.type"),
        ({"export": {"name": 7}}, "type_mismatch", "export.name"),
        ({"export": {"name": "n" * 1001}}, "invalid_value", "export.name"),
        ({"export": {"name": "a\nb"}}, "invalid_value", "export.name"),
        ({"export": {"json": 1}}, "type_mismatch", "export.json"),
        ({"export": {"json": "true"}}, "type_mismatch", "export.json"),
        ({"export": {"csv": True}}, "type_mismatch", "export.csv"),
        ({"export": {"csv": {"delimiter": ";;"}}}, "invalid_value", "export.csv.delimiter"),
        ({"export": {"csv": {"delimiter": '"'}}}, "invalid_value", "export.csv"),
        ({"export": {"csv": {"escape": "\n"}}}, "invalid_value", "export.csv.escape"),
        ({"export": {"csv": {"bom": True}}}, "attribute_not_accepted", "export.csv.bom"),
        ({"export": {"xml_one_file_per_object": True}}, "invalid_value", "export.xml_one_file_per_object"),
        ({"export": {"fields": {"titel": {}}}}, "invalid_value", "export.fields.titel"),
        ({"export": {"fields": {"title": "Titel"}}}, "type_mismatch", "export.fields.title"),
        (
            {"export": {"fields": {"title": {}, "uid": {"display_name": "title"}}}},
            "invalid_value",
            "export.fields.uid.display_name",
        ),
        ({"export": {"batch_size": 0}}, "invalid_value", "export.batch_size"),
        ({"export": {"batch_size": 1.5}}, "type_mismatch", "export.batch_size"),
        ({"export": {"batch_size": True}}, "type_mismatch", "export.batch_size"),
        ({"export": {"filename_template": "%nme%"}}, "invalid_value", "export.filename_template"),
        ({"export": {"filename_template": " .. "}}, "invalid_value", "export.filename_template"),
        ({"export": {"keep_days": 0}}, "invalid_value", "export.keep_days"),
        ({"export": {"objecttype": "timeslot"}}, "attribute_expected", "export"),
        ({"export": {"convention": "con"}}, "attribute_not_accepted", "export.convention"),
        ({"export": {"search": []}}, "type_mismatch", "export.search"),
        ({"export": {"search": {"search": [{"type": "match"}]}}}, "attribute_expected", "export.search.search[0]"),
        (
            {"export": {"search": {"search": [{"type": "in", "fields": ["host.email"], "in": []}]}}},
            "invalid_value",
            "export.search.search[0].fields[0]",
        ),
        ({"export": {"search": nested(25)}}, "invalid_value", "export.search.search" + "[0].search" * 20),
        (
            {"export": {"search": {"search": [{"type": "in", "fields": ["uid"], "in": ["x"] * 10_000}]}}},
            "invalid_value",
            "export.search.search[0].in",
        ),
        (
            {"export": {"search": {"search": [{"type": "match", "mode": "wildcard", "string": "*a" * 400}]}}},
            "invalid_value",
            "export.search.search[0].string",
        ),
        ({"_schedules": [{}]}, "export_name_required", ""),
        ({"export": {"name": " "}, "_schedules": [{}]}, "export_name_required", ""),
        ({"_schedules": {}}, "type_mismatch", "_schedules"),
        ({"_schedules": [{}] * 21}, "invalid_value", "_schedules"),
        ({"_schedules": [{"hours": [24]}]}, "invalid_value", "_schedules[0].hours[0]"),
        ({"_schedules": [{"minutes": [0, "5"]}]}, "type_mismatch", "_schedules[0].minutes[1]"),
        ({"_schedules": [{"days_of_month": [0]}]}, "invalid_value", "_schedules[0].days_of_month[0]"),
        ({"_schedules": [{"weekdays": ["Montag"]}]}, "invalid_value", "_schedules[0].weekdays[0]"),
        ({"_schedules": [{"weekdays": [1]}]}, "type_mismatch", "_schedules[0].weekdays[0]"),
        ({"_schedules": [{"hour": 1, "hours": [2]}]}, "invalid_value", "_schedules[0]"),
        ({"_schedules": [{"timezone": "Europe/Berln"}]}, "invalid_value", "_schedules[0].timezone"),
        ({"_schedules": [{"timezone": "localtime"}]}, "invalid_value", "_schedules[0].timezone"),
        ({"_schedules": [{"every": 5}]}, "attribute_not_accepted", "_schedules[0].every"),
        ({"_transports": [{}]}, "attribute_expected", "_transports[0]"),
        ({"_transports": [{"type": "pigeon"}]}, "invalid_value", "_transports[0].type"),
        ({"_transports": [{"type": "download", "packer": "rar"}]}, "invalid_value", "_transports[0].packer"),
        (
            {"_transports": [{"type": "download", "packer": "zip_10mb"}, {"type": "download", "packer": "zip_2gb"}]},
            "invalid_value",
            "_transports[1].packer",
        ),
        ({"_transports": [{"type": "download", "options": {"x": 1}}]}, "attribute_not_accepted", "_transports[0].options.x"),
        ({"_transports": [{"type": "email"}]}, "attribute_expected", "_transports[0].options"),
        (
            {"_transports": [{"type": "email", "options": {"recipients": [7, "nobody"]}}]},
            "invalid_value",
            "_transports[0].options.recipients[1]",
        ),
        (
            {"_transports": [{"type": "email", "options": {"recipients": list(range(21))}}]},
            "invalid_value",
            "_transports[0].options.recipients",
        ),
        (
            {"_transports": [{"type": "webhook", "options": {"url": "http://x.example"}}]},
            "invalid_value",
            "_transports[0].options.url",
        ),
        (
            {"_transports": [{"type": "webhook", "options": {"url": "https://x.example/ü"}}]},
            "invalid_value",
            "_transports[0].options.url",
        ),
        (
            {"_transports": [{"type": "webhook", "options": {"url": "https://x.example/a b"}}]},
            "invalid_value",
            "_transports[0].options.url",
        ),
        (
            {"_transports": [{"type": "webhook", "options": {"url": "https://me:pw@x.example"}}]},
            "invalid_value",
            "_transports[0].options.url",
        ),
        (
            {"_transports": [{"type": "webhook", "options": {"url": "https://x.example", "secret": "short"}}]},
            "invalid_value",
            "_transports[0].options.secret",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(document: Any, code: str, path: str) -> None:
    assert refusal(document) == (code, path)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"export": {"name": "n" * 1001}}, "more than 1000 characters"),
        ({"_transports": [{"type": "webhook", "options": {"url": "https://x", "secret": "short"}}]}, "less than 16 characters"),
        ({"_transports": [{"type": "email", "options": {"recipients": []}}]}, "less than 1 element"),
        ({"_schedules": [{}] * 21}, "more than 20 elements"),
    ],
)
def test_what_is_too_long_or_too_short_is_told_the_limit(document: Any, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        definition(accepted(document), EDGE)
    assert caught.value.details["reason"] == reason


@pytest.mark.parametrize("kind", ["rsync", "ftp"])
def test_transports_that_cannot_run_say_what_can(kind: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        defined(_transports=[{"type": kind}])
    assert caught.value.details == {
        "path": ["_transports", 0, "type"],
        "value": kind,
        "reason": "it cannot run here: use webhook or s3",
    }


def test_what_a_deployment_allows() -> None:
    local = Edge(copies=False, private_webhooks=True, new_secret="x" * 16)
    copying = {"_transports": [{"type": "s3"}]}
    assert refusal(copying, local) == ("invalid_value", "_transports[0].type")
    here = defined(edge=local, _transports=[{"type": "webhook", "options": {"url": "http://127.0.0.1:9/x"}}])
    assert here.transports[0].options == {"url": "http://127.0.0.1:9/x", "secret": "x" * 16}
