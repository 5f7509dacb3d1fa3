"""What the export API prints, as types for its description; `render` and `documents` print it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.api.exports.models import CsvModel, FieldModel, Strict
from chalicelib.domain.exports import EventType, ExportType, ObjectType, Packer, State, TransportType

Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", examples=["2026-03-01T12:00:00Z"])]


class SessionUser(Strict):
    """Whose session it is."""

    id: int = Field(alias="_id")
    email: str
    name: str


class Session(Strict):
    """A session; nobody's until it is authenticated."""

    token: str
    authenticated: bool
    user: SessionUser | None
    expires: Moment


class SignedOut(Strict):
    """The session has ended."""

    authenticated: Literal[False]


class Progress(Strict):
    """How far the run is, in objects."""

    done: int
    total: int


class ExportShown(Strict):
    """A definition."""

    id: int = Field(alias="_id")
    version: int = Field(alias="_version")
    type: ExportType
    name: str
    objecttype: ObjectType
    convention: str = ""
    search: dict[str, Any]
    json_: bool = Field(alias="json")
    xml: bool
    ical: bool
    csv: CsvModel | Literal[False]
    json_one_file_per_object: bool
    xml_one_file_per_object: bool
    ical_one_file_per_object: bool
    fields: dict[str, FieldModel]
    flat: bool
    batch_size: int | None
    filename_template: str | None
    serve_last_done: bool
    keep_days: int | None
    notify: bool


class Overview(Strict):
    """An export as lists show it."""

    basetype: Literal["export"] = Field(alias="_basetype")
    date_created: Moment = Field(alias="_date_created")
    state: State = Field(alias="_state")
    progress: Progress = Field(alias="_progress")
    next_run: Moment | None = Field(alias="_next_run")
    export: ExportShown


class ScheduleShown(Strict):
    """When runs begin: all conditions together; an empty list of days means every day."""

    weekdays: list[str]
    days_of_month: list[int]
    hours: list[int]
    minutes: list[int]
    timezone: str


class LinkShown(Strict):
    """An archive; the address begins with the passkey and stands behind `…/download/`."""

    url: str
    size: int


class Links(Strict):
    """Archives."""

    files: list[LinkShown] = Field(alias="_files")


class TransportShown(Strict):
    """Where an export is sent, and how that went."""

    type: TransportType
    packer: Packer
    options: dict[str, Any]
    state: State = Field(alias="_state")
    download: Links = Field(alias="_download")


class Event(Strict):
    """What happened."""

    id: str = Field(alias="_id")
    timestamp: Moment
    type: EventType
    info: dict[str, Any]


class LogLine(Strict):
    """One line of the log, which is in order of time."""

    event: Event


class File(Strict):
    """One file of a run."""

    path: str
    size: int
    sha256: str


class Export(Overview):
    """Everything of an export."""

    schedules: list[ScheduleShown] = Field(alias="_schedules")
    transports: list[TransportShown] = Field(alias="_transports")
    log: list[LogLine] = Field(alias="_log")
    files: list[File] = Field(alias="_files")
    files_total: int = Field(alias="_files_total")
    downloads: Links = Field(alias="_downloads")


class Listing(Strict):
    """A page; `count` is how many there are in all."""

    limit: int | None
    offset: int
    count: int


class ExportList(Listing):
    """A page of exports, newest first."""

    objects: list[Overview]


class FileList(Listing):
    """A page of files in path order."""

    objects: list[File]


class DeletedId(Strict):
    """Which export is gone."""

    id: int = Field(alias="_id")


class Deleted(Strict):
    """An export is gone."""

    basetype: Literal["export"] = Field(alias="_basetype")
    export: DeletedId
    deleted: Literal[True]


class FolderFile(Strict):
    """A file in a folder."""

    path: str
    size: int


class Folder(Strict):
    """What is in a folder."""

    path: str
    files: list[FolderFile]
    more: bool


class Making(Strict):
    """The archive is being made; ask again."""

    state: Literal["processing"]
    retry_after: int
