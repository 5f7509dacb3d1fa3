"""How iCalendar spells text: escaping (RFC 5545 §3.3.11) and folding (RFC 5545 §3.1)."""

from __future__ import annotations

import re
from typing import Final

MAX_OCTETS: Final = 75
"""Octets in a line of a file, its end not counted (RFC 5545 §3.1)."""

_TIDY_LINE: Final = rf"[ -~].{{2,{MAX_OCTETS}}}+(?<=\r)\n"
_TIDY: Final = re.compile(rf"(?:{_TIDY_LINE * 8})*+(?:{_TIDY_LINE})*+")
"""To take lines by the eight saves an eighth of the time."""
_UNFOLDED: Final = re.compile(_TIDY.pattern.replace(" -~", "!-~"))

_LONG: Final = re.compile(rf"\n.{{{MAX_OCTETS + 2},}}+")
"""A line that needs a fold, from the line end before it to its CR."""

_FOLD: Final = re.compile(r"(?:(?<!\n)\r\n|(?<![\r\n])\n)(?:\r?\n)*[ \t]")
_ESCAPED: Final = re.compile(r"\\([\\,;:nN])")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def escape(text: str) -> str:
    r"""Give TEXT as it stands in a property's value; every line end becomes ``\n``."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if ";" in text:
        text = text.replace(";", "\\;")
    if "," in text:
        text = text.replace(",", "\\,")
    if not text.isprintable():
        text = _CONTROL.sub("", text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n"))
    return text


def unescape(value: str) -> str:
    """Give the TEXT that a property's value stands for; a backslash before any other character stands for itself."""
    if "\\" not in value:
        return value
    text = ",".join(value.split("\\,"))  # of many, faster than replacing
    if "\\" in text:
        text = "\n".join(text.split("\\n"))
        if "\\" in text:
            text = ";".join(text.split("\\;"))
            if "\\" in text:  # one is always left of an escaped one
                return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return text


def is_exact(text: str) -> bool:
    """Whether `unescape(escape(text))` gives `text` back: iCalendar has no word for control characters and CR."""
    return text.isprintable() or _CONTROL.search(text) is None


def unfold(text: str) -> str:
    """Join folded lines, also over blank lines and where the fold cuts a character in two, as `icalendar` does."""
    return _FOLD.sub("", text)


def fold(line: str) -> str:
    """Give a logical line as lines of at most 75 octets, each with its CRLF, never cut inside a character."""
    if line.isascii():
        if len(line) <= MAX_OCTETS:
            return line + "\r\n"
        parts = [line[:MAX_OCTETS]]
        parts += [line[start : start + MAX_OCTETS - 1] for start in range(MAX_OCTETS, len(line), MAX_OCTETS - 1)]
        return "\r\n ".join(parts) + "\r\n"
    octets = line.encode()
    if len(octets) <= MAX_OCTETS:
        return line + "\r\n"
    pieces: list[str] = []
    start, room = 0, MAX_OCTETS
    while start < len(octets):
        end = start + room
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end].decode())
        start, room = end, MAX_OCTETS - 1
    return "\r\n ".join(pieces) + "\r\n"


def is_tidy(text: str) -> bool:
    """Whether all lines have 2 to 75 octets, end in CRLF, and begin with a space if they are a fold; one character is one octet."""
    return _TIDY.fullmatch(text) is not None


def is_unfolded(text: str) -> bool:
    """Whether a text is tidy and has no folds."""
    return _UNFOLDED.fullmatch(text) is not None


def fold_kept(line: str) -> str:
    """Fold a line of kept text: as `fold` does, but with ``;TZID=`` in one piece, because the writer looks for it."""
    folded = fold(line)
    if ";TZID=" not in line or ";TZID=" in folded:
        return folded
    at = line.index(";TZID=")
    return f"{fold(line[:at])} {fold(' ' + line[at:])[1:]}"


def refold(text: str) -> str:
    """Fold all lines of an event but its first as `fold_kept` does; `text` has CRLFs and one character per octet, also after."""
    text = "".join(text.split("\r\n "))
    if "\t" in text:
        text = text.replace("\r\n\t", "")
    return _LONG.sub(_folded_again, text)


def _folded_again(found: re.Match[str]) -> str:
    line = found[0]
    if ";TZID=" in line or not line.isascii():
        return "\n" + fold_kept(line[1:-1].encode("latin-1").decode())[:-1].encode().decode("latin-1")
    if len(line) < 2 * MAX_OCTETS:
        return f"{line[: MAX_OCTETS + 1]}\r\n {line[MAX_OCTETS + 1 :]}"
    return f"\n{fold(line[1:-1])[:-1]}"
