"""What an interface says of its routes for the API description, besides what their code says itself.

Each interface package has a `description` module with one `Description`. It is imported when the document is asked
for, never by a request that serves, since it brings pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.api.http import Interface


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value in a query, a header or a path."""

    name: str
    text: str
    type: Any = str
    """A Python type, as pydantic takes it."""
    where: Literal["query", "header", "path"] = "query"
    example: Any = None
    is_list: bool = False
    """Whether it may be given several times."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a request may carry: one type, in one or more media types."""

    type: Any
    examples: Mapping[str, Any] = field(default_factory=dict)
    """By a name that tells what it shows."""
    media_types: Sequence[str] = ("application/json",)
    """Those in which the type itself is sent."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Media types in which a whole file is sent instead, each with an example."""
    form: Any = None
    """The type of a `multipart/form-data` with the file in it, sent instead."""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Success:
    """One answer that is no error."""

    text: str
    type: Any = None
    """Of a JSON body; None for none."""
    example: Any = None
    files: Mapping[str, str] = field(default_factory=dict)
    """Media types of a body that is a file, each with an example."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What each header says."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a handler takes and gives. Its summary is its docstring; its errors are answered as the interface answers them."""

    tag: str
    answers: Mapping[int, Success]
    text: str = ""
    parameters: Sequence[Parameter] = ()
    body: Body | None = None
    errors: Sequence[Exception] = ()
    """Every error that a caller can meet, as it is raised."""
    access: Literal["token", "optional", "public"] = "token"


@dataclass(frozen=True, slots=True)
class Description:
    """One interface."""

    name: str
    """Stands before the names of its types and operations."""
    interface: Interface
    error: Mapping[str, Any]
    """The schema of its errors."""
    operations: Mapping[str, Operation]
    """By the name of the handler."""
    tags: Mapping[str, str] = field(default_factory=dict)
    path_parameters: Mapping[str, Parameter] = field(default_factory=dict)
    security: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The ways to send a token, any of which will do."""
    errors: Sequence[Exception] = ()
    """What every operation may answer."""
