"""An export object as it is sent, checked and turned into a definition.

Imported only by requests that have such a body, since it brings pydantic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, get_args
from urllib.parse import urlsplit

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.api.exports.documents import definition_document
from chalicelib.api.exports.models import OPTIONS, Body, ExportModel, TransportModel, WebhookOptions
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.export_fields import is_field
from chalicelib.domain.exports import FORMATS, SPLIT_SIZES, CsvOptions, Definition, Transport, TransportType
from chalicelib.domain.search import parse
from chalicelib.domain.search.objects import SLOT_KINDS, TIME_SLOT_KINDS

MAX_DEFINITION: Final = 200_000
"""Bytes of a whole definition: it has to fit an item of the table, with room for the rest."""
FOREIGN: Final[Mapping[str, tuple[Any, ...]]] = {
    "all_languages": (True,),
    "asset_versions": (),
    "assets": (),
    "classes": (),
    "data_model": (),
    "eas_fields": (),
    "include_asset_metadata": (),
    "mapping": (),
    "merge_linked_max_depth": (1,),
    "merge_linked_objects": ("none",),
    "merge_max_rows": (1_000,),
    "metadata_mapping": (),
    "produce": (),
    "produce_options": (),
    "versions": (),
    "xml_mapping": (),
    "xslt": (),
}
"""Attributes of the original that speak of media assets and data models: accepted when empty, or at these defaults."""
SHOWN: Final = frozenset(
    {
        "_basetype",
        "_date_created",
        "_downloads",
        "_files",
        "_files_total",
        "_log",
        "_next_run",
        "_progress",
        "_state",
    }
)
"""Attributes that the answers have: sent back, they are ignored."""
_SENDABLE: Final = re.compile("[!-~]+")
"""What a request line can hold of an address."""
TYPES: Final[Mapping[str, str]] = {
    "bool": "boolean",
    "dict": "object",
    "float": "number",
    "int": "integer",
    "list": "array",
    "model": "object",
}
"""Pydantic's names of types, as JSON calls them."""


class Edge:
    """What a deployment says of transports."""

    def __init__(self, *, copies: bool, private_webhooks: bool, new_secret: str) -> None:
        self.copies = copies
        self.private_webhooks = private_webhooks
        self.new_secret = new_secret
        """For a webhook that was given none."""


def definition(document: Mapping[str, Any], edge: Edge) -> Definition:
    """Validate an export object and give the definition. Raises `InvalidInput` that leads to what is wrong, `TooLarge`."""
    try:
        body = Body.model_validate(document)
    except ValidationError as invalid:
        raise _refusal(invalid.errors(include_url=False)[0]) from None
    export = body.export
    kinds = SLOT_KINDS if export.objecttype == "slot" else TIME_SLOT_KINDS
    parse(export.search, kinds, path=("export", "search"))
    if (export.objecttype == "timeslot") != bool(export.convention):
        code = "attribute_not_accepted" if export.convention else "attribute_expected"
        raise InvalidInput(code, path=["export", "convention"] if export.convention else ["export"], attribute="convention")
    if body.schedules and not export.name:
        raise InvalidInput("export_name_required")
    wanted = {"json": export.json_, "xml": export.xml, "csv": export.csv is not None, "ical": export.ical}
    formats = tuple(name for name in FORMATS if wanted[name]) or ("json",)
    single = {name: getattr(export, f"{name}_one_file_per_object") for name in ("json", "xml", "ical")}
    for name, asked in single.items():
        if asked and name not in formats:
            path = ["export", f"{name}_one_file_per_object"]
            raise InvalidInput("invalid_value", path=path, reason=f"{name} is not among the formats")
    made = Definition(
        type=export.type,
        name=export.name or "",
        objecttype=export.objecttype,
        convention=export.convention,
        search=export.search,
        formats=formats,
        one_file_per_object=tuple(name for name in formats if single.get(name)),
        csv=CsvOptions(**export.csv.model_dump()) if export.csv is not None else CsvOptions(),
        fields=_fields(export),
        flat=export.flat,
        batch_size=export.batch_size,
        filename_template=export.filename_template or "",
        transports=tuple(_transport(one, ("_transports", n), edge) for n, one in enumerate(_split_once(body.transports))),
        schedules=tuple(one.schedule() for one in body.schedules),
        serve_last_done=export.serve_last_done,
        keep_days=export.keep_days,
        notify=export.notify,
    )
    size = len(orjson.dumps(definition_document(made)))
    if size > MAX_DEFINITION:
        raise TooLarge("definition_too_large", limit=MAX_DEFINITION, bytes=size)
    return made


def accepted(document: Any) -> dict[str, Any]:
    """Give what is sent without what the original has and we need not, and without what our own answers show.

    Raises `InvalidInput` for a foreign attribute that asks for something.
    """
    sent = _checked_object(document, [])
    body = {name: value for name, value in sent.items() if name not in SHOWN}
    if "export" in body:
        export = _checked_object(body["export"], ["export"])
        for name in FOREIGN:
            if name in export and export[name] and export[name] not in FOREIGN[name]:
                raise InvalidInput("attribute_not_accepted", path=["export", name], reason="there is nothing like it here")
        body["export"] = {name: value for name, value in export.items() if name not in FOREIGN}
    if isinstance(body.get("_transports"), list):
        body["_transports"] = [_without_shown(transport) for transport in body["_transports"]]
    return body


def _without_shown(transport: Any) -> Any:
    if not isinstance(transport, dict):
        return transport
    return {name: value for name, value in transport.items() if name not in {"_state", "_download"}}


def _checked_object(value: Any, path: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("type_mismatch", path=path, expected="object")
    return value


def _fields(export: ExportModel) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, field in export.fields.items():
        if not is_field(export.objecttype, name):
            raise InvalidInput("invalid_value", path=["export", "fields", name], reason="unknown field")
        display = (field.display_name if field else "") or name
        if display in shown.values():
            raise InvalidInput("invalid_value", path=["export", "fields", name, "display_name"], reason="two fields have this name")
        shown[name] = display
    return shown


def _split_once(transports: list[TransportModel]) -> list[TransportModel]:
    split = ""
    for place, transport in enumerate(transports):
        if transport.packer in SPLIT_SIZES and split not in ("", transport.packer):
            reason = f"{split} and {transport.packer} have the same names: only one of them in an export"
            raise InvalidInput("invalid_value", path=["_transports", place, "packer"], reason=reason)
        if transport.packer in SPLIT_SIZES:
            split = transport.packer
    return transports


def _transport(sent: TransportModel, path: tuple[str | int, ...], edge: Edge) -> Transport:
    kind = next((kind for kind in get_args(TransportType) if kind == sent.type), None)
    if kind is None:
        unable = "it cannot run here: use webhook or s3" if sent.type in {"rsync", "ftp"} else "unknown transport"
        raise InvalidInput("invalid_value", path=[*path, "type"], value=sent.type, reason=unable)
    if kind == "s3" and not edge.copies:
        raise InvalidInput("invalid_value", path=[*path, "type"], value=kind, reason="no bucket is set up for it here")
    try:
        options = OPTIONS[kind].model_validate(_own_options(kind, sent.options))
    except ValidationError as invalid:
        raise _refusal(invalid.errors(include_url=False)[0], (*path, "options")) from None
    if isinstance(options, WebhookOptions):
        _check_address(options.url, (*path, "options", "url"), edge)
        options = options.model_copy(update={"secret": options.secret or edge.new_secret})
    return Transport(type=kind, packer=sent.packer, options=options.model_dump())


def _own_options(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Take ``email.recipients`` and ``{"email": {"recipients": …}}`` as the `recipients` that both mean."""
    inner = options.get(kind)
    flat = {name.removeprefix(f"{kind}."): value for name, value in options.items() if name != kind}
    return {**flat, **inner} if isinstance(inner, dict) else flat


def _check_address(url: str, path: tuple[str | int, ...], edge: Edge) -> None:
    try:
        parts = urlsplit(url)
        plain = bool(_SENDABLE.fullmatch(url)) and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        plain = False
        parts = urlsplit("")
    schemes = {"https", "http"} if edge.private_webhooks else {"https"}
    if not plain or parts.scheme not in schemes:
        reason = "an https address without a user's name, in ASCII without spaces"
        raise InvalidInput("invalid_value", path=list(path), reason=reason)


def _refusal(error: ErrorDetails, path: tuple[str | int, ...] = ()) -> InvalidInput:
    """Give what pydantic found in the words of the interface."""
    kind = error["type"]
    where = [*path, *(part for part in error["loc"] if not _is_noise(part))]
    context = {name: value for name, value in (error.get("ctx") or {}).items() if isinstance(value, str | int | float)}
    if kind == "missing":
        return InvalidInput("attribute_expected", path=where[:-1], attribute=str(where[-1]))
    if kind == "extra_forbidden":
        return InvalidInput("attribute_not_accepted", path=where)
    if kind in {"invalid_value", "type_mismatch"}:
        return InvalidInput(kind, path=where, **context)
    if kind.endswith("_type"):
        expected = kind.removesuffix("_type")
        return InvalidInput("type_mismatch", path=where, expected=TYPES.get(expected, expected))
    return InvalidInput("invalid_value", path=where, reason=_length(kind, context) or error["msg"].lower())


def _length(kind: str, context: Mapping[str, Any]) -> str:
    """Say which length is wrong; pydantic counts a text as a list of items once a validator of ours has seen it."""
    if not kind.endswith(("too_long", "too_short")):
        return ""
    limit, bound = ("more than", "max_length") if kind.endswith("too_long") else ("less than", "min_length")
    counted = "element" if context.get("field_type") in {"List", "Dictionary"} else "character"
    return f"{limit} {context[bound]} {counted}{'' if context[bound] == 1 else 's'}"


def _is_noise(part: int | str) -> bool:
    """Whether a part of a location names a branch of ours and nothing that was sent."""
    return isinstance(part, str) and (part.startswith(("function-", "constrained-", "nullable")) or part in {"str", "int"})
