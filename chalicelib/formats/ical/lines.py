"""Content lines and components, read completely (RFC 5545 §3.1): slower than `quick`, and right for every input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from chalicelib.formats.ical.text import fold_kept, unescape

_NAME: Final = re.compile(r"[\w.-]+")
_SIMPLE: Final = re.compile(r'([\w.-]++)((?:;[^":\\]*+)?):', re.DOTALL)
_PARAMS: Final = re.compile(r';(?:[^":\\]++|"[^"]*+"|\\++.)*+', re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t]*([;=])[ \t]*")
_LOOSE: Final = re.compile(r"[ \t][;=]|[;=][ \t]|[ \t]\Z|;[^=]*[a-z][^=]*=")
_PARAM_NAME: Final = re.compile(r";[^;=]+=")
_QUOTED: Final = re.compile(r'("[^"]*"|\\.)', re.DOTALL)
_PARAM: Final = re.compile(r'([^;="]++)=((?:[^;"]++|"[^"]*+"|")*+)')
_PARAM_VALUE: Final = re.compile(r'(?:[^,"]++|"[^"]*+"|")++')
_MARK: Final = re.compile(r"^(BEGIN|END):.*\n", re.MULTILINE)
_CARETS: Final = {"^n": "\n", "^^": "^", "^'": '"'}
_CARET: Final = re.compile(r"\^[n^']")


class Line(NamedTuple):
    """One property. `params` is the raw text between name and colon with its leading semicolon; `value` is still escaped."""

    name: str
    """In capitals."""
    params: str
    value: str

    @property
    def text(self) -> str:
        """The logical line."""
        return f"{self.name}{self.params}:{self.value}"

    @property
    def folded(self) -> str:
        """The line as it is kept."""
        return fold_kept(self.text)


def parse_line(text: str) -> Line | None:
    """Take a logical line apart; None for what is no property at all, because it has no name before a ``:`` or ``;``.

    Blanks around names and delimiters are dropped. A line that has a name and parameters but no colon has an empty
    value. The colon is the first one outside quotes that no backslash precedes, as `icalendar` has it.
    """
    simple = _SIMPLE.match(text)
    if simple is not None and _LOOSE.search(simple[2]) is None:
        return Line(simple[1].upper(), simple[2], text[simple.end() :])
    end = next((at for at, char in enumerate(text) if char in ":;"), -1)
    name = re.sub(r"[ \t]+", "", text[: max(end, 0)])
    if not _NAME.fullmatch(name):
        return None
    if text[end] == ":":
        return Line(name.upper(), "", text[end + 1 :])
    params = _PARAMS.match(text, end)
    stop = params.end() if params is not None else end
    if text[stop : stop + 1] != ":":  # no colon, or a quote that is never closed
        return Line(name.upper(), _tidy(text[end:]), "")
    return Line(name.upper(), _tidy(text[end:stop]), text[stop + 1 :])


def _tidy(params: str) -> str:
    """Drop blanks around the delimiters that are neither quoted nor escaped, and write parameter names in capitals."""
    parts = _QUOTED.split(params)
    parts[::2] = [_PARAM_NAME.sub(lambda name: name[0].upper(), _BLANKS.sub(r"\1", part)) for part in parts[::2]]
    tidied = "".join(parts).rstrip(" \t")
    return "" if tidied == ";" != params else tidied


def parse_params(params: str) -> Mapping[str, list[str]]:
    """Give parameter values by name in capitals, unquoted and with RFC 6868 carets resolved; leniently, never failing."""
    found: dict[str, list[str]] = {}
    for name, value in _PARAM.findall(params):
        values = [part[1:-1] if part[:1] == '"' == part[-1:] else part for part in _PARAM_VALUE.findall(value)]
        found[name.strip().upper()] = [_CARET.sub(lambda match: _CARETS[match[0]], part) for part in values]
    return found


def param(params: str, name: str) -> str:
    """Give the first value of one parameter, empty when it is not there."""
    if not params:
        return ""
    values = parse_params(params).get(name)
    return values[0] if values else ""


class Marked(NamedTuple):
    """A property of a component and how deep it stands: 1 for the component's own, more for nested ones'."""

    depth: int
    line: Line


def walk(text: str) -> Iterator[Marked]:
    """Yield the lines of kept text, BEGIN and END with the depth of the component they delimit."""
    depth = 0
    for logical in text.replace("\r\n ", "").replace("\r\n\t", "").split("\r\n"):
        line = parse_line(logical) if logical else None
        if line is None:
            continue
        if line.name == "BEGIN":
            depth += 1
        yield Marked(depth, line)
        if line.name == "END":
            depth -= 1


def components(text: str) -> list[str]:
    """Cut kept text into its top-level components, each with its BEGIN and END lines."""
    found: list[str] = []
    start = depth = 0
    for mark in _MARK.finditer(text):
        depth += 1 if mark[1] == "BEGIN" else -1
        if depth == 0:
            found.append(text[start : mark.end()])
            start = mark.end()
    return found


def own_properties(component: str) -> dict[str, Line]:
    """Give the properties of a component, without those of the components in it; of several of one name the last."""
    return {line.name: line for depth, line in walk(component) if depth == 1 and line.name not in ("BEGIN", "END")}


def tzid_of(vtimezone: str) -> str:
    """Give the TZID that a VTIMEZONE describes."""
    line = own_properties(vtimezone).get("TZID")
    return unescape(line.value) if line is not None else ""
