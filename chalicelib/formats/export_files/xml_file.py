"""XML files, as `docs/formats/export-xml.xsd` describes them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from chalicelib.formats.export_files.framing import Framing

NAMESPACE: Final = "https://slotport.org/ns/export/1"

_UNSPEAKABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say, not even as a reference (§2.2)."""
_KEPT: Final = {"\r": "&#13;"}
"""A parser would make a line feed of it (§2.11)."""
_KEPT_IN_ATTRIBUTES: Final = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
"""A parser would make spaces of them (§3.3.3)."""


def framing(objecttype: str) -> Framing:
    """Give what stands around the objects of that type."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<objects xmlns="{NAMESPACE}" type="{_attribute(objecttype)}">\n'
    return Framing(head.encode(), b"", b"</objects>\n")


def records(found: Iterable[tuple[str, Mapping[str, Any]]], names: Mapping[str, str]) -> bytes:
    """Write objects, each with its key, as elements; fields carry their display names."""
    out: list[str] = []
    for key, record in found:
        out.append("<object>" if _UNSPEAKABLE.search(key) else f'<object key="{_attribute(key)}">')
        for field, value in record.items():
            out.append(_element("field", value, f' name="{_attribute(names.get(field, field))}"'))
        out.append("</object>\n")
    return "".join(out).encode()


def _element(tag: str, value: Any, attributes: str = "") -> str:
    if isinstance(value, str):
        if _UNSPEAKABLE.search(value):
            content = b64encode(value.encode("utf-8", "surrogatepass")).decode()
            return f'<{tag}{attributes} type="string" encoding="base64">{content}</{tag}>'
        return f"<{tag}{attributes}>{escape(value, _KEPT)}</{tag}>"
    if value is None:
        return f'<{tag}{attributes} type="null"/>'
    if isinstance(value, bool):
        return f'<{tag}{attributes} type="boolean">{"true" if value else "false"}</{tag}>'
    if isinstance(value, int | float):
        return f'<{tag}{attributes} type="number">{value!r}</{tag}>'
    if isinstance(value, Mapping):
        inner = "".join(_element("field", item, f' name="{_attribute(str(name))}"') for name, item in value.items())
        return f'<{tag}{attributes} type="object">{inner}</{tag}>'
    inner = "".join(_element("item", item) for item in value)
    return f'<{tag}{attributes} type="list">{inner}</{tag}>'


def _attribute(text: str) -> str:
    return escape(_UNSPEAKABLE.sub("\ufffd", text), _KEPT_IN_ATTRIBUTES)
