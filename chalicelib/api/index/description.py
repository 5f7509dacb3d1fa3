"""The index for the API description."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from chalicelib.api.index.routes import interface
from chalicelib.api.operations import Description, Operation, Success


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

DESCRIPTION: Final = Description(
    name="index",
    interface=interface,
    error={"type": "object", "properties": {"error": {"type": "object"}}, "required": ["error"], "additionalProperties": False},
    operations={"show_index": Operation("Index", {200: Success("The index.", Index, _EXAMPLE)}, access="public")},
    tags={"Index": "Where to begin."},
)
