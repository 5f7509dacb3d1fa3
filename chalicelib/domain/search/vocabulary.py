"""What a search can speak of: the names of fields, what they hold, and how to read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "moment"]


class Kinds(NamedTuple):
    """The names of an object type's fields, enough to accept or refuse a search."""

    fields: Mapping[str, Kind]
    prefix: str = ""
    """Any name that begins with it is a text field too: ``tag.``."""

    def kind(self, name: str) -> Kind | None:
        """Tell what a field holds; None for an unknown one."""
        if self.prefix and name.startswith(self.prefix) and len(name) > len(self.prefix):
            return "text"
        return self.fields.get(name)


class Field(NamedTuple):
    """How one field is read from an object."""

    values: Callable[[Any], Sequence[Any]]
    """Its values, text or aware moments; none for an object that has nothing there, which is what `null` finds."""
    within: Callable[[Any, datetime | None, datetime | None], bool] | None = None
    """For a moment that recurs: whether any occurrence is between the bounds, both inclusive."""


Vocabulary = Callable[[str], Field]
"""Gives the field of a name that its `Kinds` know."""
