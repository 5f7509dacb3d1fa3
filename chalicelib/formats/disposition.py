"""The Content-Disposition header for any file name (RFC 6266)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_PLAIN: Final = re.compile(r"[\w.()+,@ -]*", re.ASCII)
_UNPLAIN: Final = re.compile(r"[^\w.()+,@ -]", re.ASCII)
_HARMFUL: Final = re.compile(r"[\x00-\x1f\x7f/\\]")
"""Takes a file out of the folder it is saved in, where a client believes the name (RFC 6266 §4.3); or is no part of a name."""
_ATTRIBUTE_CHARACTERS: Final = "!#$&+-.^_`|~"
"""What RFC 8187 §3.2.1 lets stand as it is, besides letters and digits."""


def content_disposition(filename: str, kind: str = "attachment") -> str:
    """Give the header's value, pure ASCII; a name that needs it is there twice, the exact one as `filename*`.

    The other one is for old clients: without accents, and with underscores for what is no plain character.
    Slashes, backslashes and controls are underscores in both.
    """
    filename = _HARMFUL.sub("_", filename)
    if _PLAIN.fullmatch(filename):
        return f'{kind}; filename="{filename}"'
    ascii_name = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    exact = quote(filename, safe=_ATTRIBUTE_CHARACTERS)
    return f"{kind}; filename=\"{_UNPLAIN.sub('_', ascii_name)}\"; filename*=UTF-8''{exact}"
