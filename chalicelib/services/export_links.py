"""The lasting addresses of an export's downloads: they hold the passkey, and none of them ever expires by itself."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final, NamedTuple
from urllib.parse import quote

from chalicelib.domain.exports import EXTENSIONS, SPLIT_SIZES, Archive, Export, Packer, Run
from chalicelib.formats.archives.names import safe_name

MAX_FORMER_NAMES: Final = 20_000
"""Bytes of former names that are kept, the latest ones."""
_NOBODY: Final = "export"
"""Compared with instead of what an export that does not exist has."""


class Link(NamedTuple):
    """One file behind a link. `path` is what follows ``…/export/<id>/download/``: passkey and file name, URL-encoded."""

    path: str
    size: int


def file_name(export: Export) -> str:
    """Give the export's name as a file's, without extension: any system can write it, any URL can carry it."""
    return safe_name(export.name)


def former_names(before: Export, after: Export) -> tuple[str, ...]:
    """Give the names whose links go on working after a change, the latest first."""
    names = dict.fromkeys([before.name, *before.former_names])
    names.pop(after.name, None)
    sizes = accumulate(len(name.encode()) for name in names)
    return tuple(name for name, size in zip(names, sizes, strict=True) if size <= MAX_FORMER_NAMES)


def links(export: Export, archives: Iterable[Archive]) -> Sequence[Link]:
    """Give the links of some archives of an export."""
    base = f"{export.passkey}/{quote(file_name(export), safe='')}"
    return [Link(f"{base}.{archive.extension}", archive.size) for archive in archives]


def link_address(public_url: str, export: Export, link: Link) -> str:
    """Give the whole address of a link, for mails and the like."""
    return f"{public_url}/api/v1/export/{export.id}/download/{link.path}"


def archives_of(run: Run, packer: Packer) -> Sequence[Archive]:
    """Give what a run has made with a packer: one archive, or the parts of a split one in order."""
    made = () if run.result is None else run.result.archives
    if packer not in SPLIT_SIZES:
        return [archive for archive in made if archive.extension == EXTENSIONS[packer]]
    parts = [archive for archive in made if archive.extension.partition(".")[0].isdigit()]
    return sorted(parts, key=lambda archive: int(archive.extension.partition(".")[0]))


def opened_by(export: Export | None, passkey: str, name: str) -> str | None:
    """Give the extension of a download's file name if passkey and name are the export's; None if either is not.

    Looks at everything whatever fails, also when there is no export, so that the time tells nothing.
    """
    known = [_NOBODY] if export is None else [file_name(export), *map(safe_name, export.former_names)]
    key_fits = hmac.compare_digest((_NOBODY if export is None else export.passkey).encode(), passkey.encode("utf-8", "replace"))
    extension: str | None = None
    for candidate in known:
        fits = hmac.compare_digest(candidate.encode(), name[: len(candidate)].encode("utf-8", "replace"))
        rest = name[len(candidate) :]
        if fits and rest.startswith(".") and is_extension(rest[1:]):
            extension = rest[1:]
    return extension if export is not None and key_fits else None


def is_extension(text: str) -> bool:
    """Whether `text` can be what follows the name of a download: ``zip``, ``3.zip``, ``tar``, ``tar.gz``, ``tar.bz2``."""
    number, _, rest = text.partition(".")
    return text in EXTENSIONS.values() or (rest == "zip" and number.isascii() and number.isdigit() and not number.startswith("0"))


def packer_of(extension: str) -> Packer | None:
    """Give the packer that makes an archive of that extension in one file; None for a part of a split one."""
    return next((packer for packer, own in EXTENSIONS.items() if own == extension), None)
