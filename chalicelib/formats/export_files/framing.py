"""What stands around the objects of a data file."""

from __future__ import annotations

from typing import NamedTuple


class Framing(NamedTuple):
    """A file is `head`, its objects with `separator` between any two, and `foot`."""

    head: bytes = b""
    separator: bytes = b""
    foot: bytes = b""
