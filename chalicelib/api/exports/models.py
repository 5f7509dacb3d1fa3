"""The export object that people send, validated with pydantic and turned into a definition.

Imported only by requests that have such a body: it takes longer to load than everything else here together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.domain.exports import (
    ExportType,
    ObjectType,
    Packer,
    TransportType,
)
from chalicelib.domain.schedules import DEFAULT_HOUR, DEFAULT_MINUTE, WEEKDAYS, Schedule
from chalicelib.domain.zones import iana_zone
from chalicelib.formats.archives.names import safe_name

MAX_NAME: Final = 1_000
MAX_FIELDS: Final = 100
MAX_SCHEDULES: Final = 20
MAX_TRANSPORTS: Final = 20
MAX_RECIPIENTS: Final = 20
MAX_ADDRESS: Final = 254
"""Characters of an e-mail address (RFC 5321 §4.5.3.1.3)."""
MAX_MESSAGE: Final = 10_000
MAX_URL: Final = 2_000
MAX_BATCH: Final = 1_000_000
MAX_KEEP_DAYS: Final = 3_650
MIN_SECRET: Final = 16
"""Characters of a webhook's secret."""

_TEMPLATE_WORDS: Final = frozenset({"uid", "title", "start", "n"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")


def _refuse(code: str, reason: str, **details: object) -> NoReturn:
    raise PydanticCustomError(code, "{reason}", {"reason": reason, **details})


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        _refuse("invalid_value", "control characters are not allowed")
    return text


def _not_blank(text: str) -> str:
    """Take a name of spaces as none: nobody could read it, and every system would call its files `_`."""
    return "" if text.isspace() else text


def _mark(text: str) -> str:
    return text if text == "\t" else _one_line(text)


def _zone(name: str) -> str:
    if iana_zone(name) is None:
        _refuse("invalid_value", "an IANA time zone such as Europe/Berlin", value=name)
    return name


def _template(text: str) -> str:
    for word in re.findall(r"%(\w*)%", text):
        if word not in _TEMPLATE_WORDS:
            _refuse("invalid_value", "only %uid%, %title%, %start% and %n% are known", value=f"%{word}%")
    if text and safe_name(re.sub(r"%\w+%", "x", text)) == "_":
        _refuse("invalid_value", "it expands to nothing")
    return text


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, int | str) and not isinstance(value, bool) else value


def _weekday(value: Any) -> Any:
    if not isinstance(value, str):
        _refuse("type_mismatch", "the English name of a day", expected="string")
    if value.lower() not in WEEKDAYS:
        _refuse("invalid_value", "the English name of a day", value=value)
    return WEEKDAYS.index(value.lower())


def _id_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _none_at_all(value: Any) -> Any:
    return [] if value is None else value


def _csv(value: Any) -> Any:
    return None if value is False else value


def _nothing(value: Any) -> Any:
    return {} if value is None else value


def _recipient(value: int | str) -> int | str:
    if isinstance(value, str) and (len(value) > MAX_ADDRESS or not _EMAIL.fullmatch(value)):
        _refuse("invalid_value", "a user's id or an e-mail address", value=value)
    return value


Text = Annotated[str, AfterValidator(_one_line)]
Recipient = Annotated[int | str, AfterValidator(_recipient)]
Mark = Annotated[str, Field(min_length=1, max_length=1), AfterValidator(_mark)]


class Strict(BaseModel):
    """An object without unknown attributes, and without a value of another type made to fit."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class CsvModel(Strict):
    """`csv`."""

    delimiter: Mark = ","
    quote: Mark = '"'
    escape: Annotated[str, Field(max_length=1), AfterValidator(_mark)] = ""
    use_bom: bool = False
    empty_columns: bool = True

    @model_validator(mode="after")
    def _differ(self) -> CsvModel:
        if self.delimiter in {self.quote, self.escape}:
            _refuse("invalid_value", "delimiter, quote and escape must differ")
        return self


class FieldModel(Strict):
    """One of `fields`."""

    display_name: Annotated[Text, Field(max_length=MAX_NAME)] = ""


class ExportModel(Strict):
    """`export`."""

    id: int | None = Field(None, alias="_id")
    version: int | None = Field(None, alias="_version")
    type: ExportType = "export"
    name: Annotated[Text, Field(max_length=MAX_NAME), AfterValidator(_not_blank)] | None = None
    objecttype: ObjectType = "slot"
    convention: Annotated[str, Field(max_length=200), BeforeValidator(_id_text, int | str)] = ""
    search: Annotated[dict[str, Any], BeforeValidator(_nothing)] = {}
    json_: bool = Field(False, alias="json")
    xml: bool = False
    ical: bool = False
    csv: Annotated[CsvModel | None, BeforeValidator(_csv, CsvModel | Literal[False] | None)] = None
    json_one_file_per_object: bool = False
    xml_one_file_per_object: bool = False
    ical_one_file_per_object: bool = False
    fields: Annotated[dict[str, FieldModel | None], Field(max_length=MAX_FIELDS), BeforeValidator(_nothing)] = {}
    flat: bool = False
    batch_size: Annotated[int, Field(ge=1, le=MAX_BATCH)] | None = None
    filename_template: Annotated[Text, Field(max_length=200), AfterValidator(_template)] | None = None
    serve_last_done: bool = False
    keep_days: Annotated[int, Field(ge=1, le=MAX_KEEP_DAYS)] | None = None
    notify: bool = False


class ScheduleModel(Strict):
    """One of `_schedules`; the singular names are the original's."""

    weekdays: Annotated[list[Annotated[int, BeforeValidator(_weekday, str)]], BeforeValidator(_as_list)] | None = None
    days_of_month: Annotated[list[Annotated[int, Field(ge=1, le=31)]], BeforeValidator(_as_list)] | None = None
    hours: Annotated[list[Annotated[int, Field(ge=0, le=23)]], BeforeValidator(_as_list)] | None = None
    minutes: Annotated[list[Annotated[int, Field(ge=0, le=59)]], BeforeValidator(_as_list)] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"

    @model_validator(mode="before")
    @classmethod
    def _original_names(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        plural = {"weekday": "weekdays", "day_of_month": "days_of_month", "hour": "hours", "minute": "minutes"}
        for name, other in plural.items():
            if name in value and other in value:
                _refuse("invalid_value", f"{name} and {other} are the same", attribute=name)
        return {plural.get(name, name): given for name, given in value.items()}

    def schedule(self) -> Schedule:
        """Give the schedule: its lists sorted, with defaults for the times of day."""
        return Schedule(
            weekdays=tuple(sorted(set(self.weekdays or ()))),
            days_of_month=tuple(sorted(set(self.days_of_month or ()))),
            hours=tuple(sorted(set(self.hours or (DEFAULT_HOUR,)))),
            minutes=tuple(sorted(set(self.minutes or (DEFAULT_MINUTE,)))),
            timezone=self.timezone,
        )


class EmailOptions(Strict):
    """Of a transport by mail: users by id or address, or addresses that confirm themselves."""

    recipients: Annotated[list[Recipient], Field(min_length=1, max_length=MAX_RECIPIENTS)]
    message: Annotated[str, Field(max_length=MAX_MESSAGE)] = ""


class WebhookOptions(Strict):
    """Of a transport by HTTP."""

    url: Annotated[Text, Field(max_length=MAX_URL)]
    secret: Annotated[Text, Field(min_length=MIN_SECRET, max_length=200)] | None = None


class CopyOptions(Strict):
    """Of a transport into a bucket."""

    prefix: Annotated[Text, Field(max_length=500)] = ""


class NoOptions(Strict):
    """Of a transport that has none."""


OPTIONS: Final[Mapping[TransportType, type[Strict]]] = {
    "download": NoOptions,
    "email": EmailOptions,
    "webhook": WebhookOptions,
    "s3": CopyOptions,
}


class TransportModel(Strict):
    """One of `_transports`."""

    type: str
    packer: Packer = "zip"
    options: Annotated[dict[str, Any], BeforeValidator(_nothing)] = {}


class Body(Strict):
    """What is sent to create or change an export."""

    export: ExportModel = Field(default_factory=lambda: ExportModel.model_validate({}))
    schedules: Annotated[list[ScheduleModel], Field(max_length=MAX_SCHEDULES), BeforeValidator(_none_at_all)] = Field(
        [], alias="_schedules"
    )
    transports: Annotated[list[TransportModel], Field(max_length=MAX_TRANSPORTS), BeforeValidator(_none_at_all)] = Field(
        [], alias="_transports"
    )
