"""The site's addresses for the API description."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from chalicelib.api.operations import Description, Parameter, Success
from chalicelib.api.static import INTERFACE
from chalicelib.api.static_description import ERROR, ETAG, file_operation
from chalicelib.domain.errors import NotFound


class Interface(BaseModel):
    """What an interface is for, and the addresses it starts at."""

    model_config = ConfigDict(extra="forbid")

    summary: str
    urls: list[str]


class Index(BaseModel):
    """The interfaces by name."""

    model_config = ConfigDict(extra="forbid")

    service: str
    interfaces: dict[str, Interface]


_EXAMPLE: Final = {
    "service": "Slotport",
    "interfaces": {"slots": {"summary": "Accounts, groups and slots", "urls": ["https://slotport.example/v1"]}},
}

_TAG: Final = "Site"

DESCRIPTION: Final = Description(
    name="site",
    interface=INTERFACE,
    error=ERROR,
    operations={
        "show_start": file_operation(
            _TAG, Success("The site, or the index.", Index, _EXAMPLE, files={"text/html": "<!doctype html>…"}, headers=ETAG)
        ),
        "show_asset": file_operation(
            _TAG,
            Success(
                "The file.",
                files={"text/javascript": "export {};", "text/css": "body { margin: 0; }", "image/svg+xml": "<svg/>"},
                headers=ETAG,
            ),
            NotFound("file"),
        ),
    },
    tags={"Site": "The site that people use in a browser, and where programs begin."},
    path_parameters={"file": Parameter("file", "The file's name.", where="path", example="icon-00000000.svg")},
)
