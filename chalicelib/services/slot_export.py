"""Exporting slots to a file within a request."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from typing import Final, Literal, NamedTuple

from chalicelib.domain.accounts import Caller
from chalicelib.domain.errors import NotAuthenticated, NotFound, TooLarge
from chalicelib.domain.slots import Group, Slot
from chalicelib.services.import_groups import IMPORTS
from chalicelib.services.ports.accounts import GroupStore
from chalicelib.services.ports.objects import ObjectStore
from chalicelib.services.ports.slots import Owner, SlotStore

Format = Literal["timeslot", "ical", "google", "outlook"]
EXTENSIONS: Final[Mapping[Format, str]] = {"timeslot": "json", "ical": "ical", "google": "ical", "outlook": "csv"}
LINK_SECONDS: Final = 900
"""How long the link to a large export works."""


class ExportFile(NamedTuple):
    """An export: its bytes, or where to fetch them when they are too many for one answer."""

    filename: str
    content: bytes
    etag: str
    """A digest of the content; empty when that is elsewhere."""
    url: str = ""


class SlotExport:
    """Writes a user's slots, or those of one group, in start order, in one of the four formats."""

    def __init__(
        self,
        *,
        slots: SlotStore,
        groups: GroupStore,
        objects: Callable[[], ObjectStore],
    ) -> None:
        self._slots = slots
        self._groups = groups
        self._objects = objects

    def export(
        self, caller: Caller, kind: Format, *, group: str | None = None, content_type: str, max_bytes: int, until: float
    ) -> ExportFile:
        """Export to a file; one of more than `max_bytes` goes to the object store, under a link.

        `content_type` is what that link answers with. Raises `NotFound("group")`, and `TooLarge("export_too_large")`
        when `until` (epoch seconds) comes before the end; nothing is left behind then.
        """
        user, groups = self._groups.user_and_groups(caller.user_id)
        if user is None:
            raise NotAuthenticated("invalid_token")
        described = {each.uuid: each for each in groups}
        if group is not None and group not in described:
            raise NotFound("group", uuid=group)
        filename = f"{group or 'Timeslot-Export'}.{EXTENSIONS[kind]}"
        stream = self._slots.stream(Owner(user.id, user.spread), group=group)
        slots = _unsaid(_in_time((stored.slot for stored in stream), until), groups)
        chunks = _write(kind, slots, described, name=described[group].name if group else user.name)
        head: list[bytes] = []
        size = 0
        for chunk in chunks:
            head.append(chunk)
            size += len(chunk)
            if size > max_bytes:
                url = self._put_aside(user.id, chain(head, chunks), filename, content_type)
                return ExportFile(filename, b"", "", url)
        content = b"".join(head)
        return ExportFile(filename, content, blake2b(content, digest_size=16).hexdigest())

    def put_aside(self, caller: Caller, content: bytes, *, filename: str, content_type: str) -> str:
        """Put an answer that is too large to be one into the object store; give the link to it."""
        return self._put_aside(caller.user_id, (content,), filename, content_type)

    def _put_aside(self, user_id: int, chunks: Iterable[bytes], filename: str, content_type: str) -> str:
        key = f"tmp/exports/{user_id}/{uuid.uuid4()}"
        self._objects().write(key, chunks, content_type=content_type)
        return self._objects().download_url(key, filename=filename, content_type=content_type, seconds=LINK_SECONDS)


def _write(kind: Format, slots: Iterable[Slot], groups: Mapping[str, Group], *, name: str) -> Iterator[bytes]:
    """Choose the writer; each is loaded when it is needed."""
    match kind:
        case "timeslot":
            from chalicelib.formats import timeslot_json

            return timeslot_json.write(slots, groups=groups)
        case "outlook":
            from chalicelib.formats import outlook_csv

            return outlook_csv.write(slots)
        case "ical" | "google":
            from chalicelib.formats import ical

            if kind == "google":
                return ical.write(slots, google=True, groups=groups, name=name, timezone="UTC")
            return ical.write(slots, groups=groups)


def _unsaid(slots: Iterable[Slot], groups: Iterable[Group]) -> Iterator[Slot]:
    """Leave out of slots that are in `Imports` alone that they are, because a file's slots without groups go there anyhow.

    So a file that named no groups comes out as it went in.
    """
    default = next((group.uuid for group in groups if group == Group(group.uuid, IMPORTS)), None)
    for slot in slots:
        yield slot._replace(groups=()) if slot.groups == (default,) else slot


def _in_time(slots: Iterable[Slot], until: float) -> Iterator[Slot]:
    """Pass slots on until there is no time left. Raises `TooLarge("export_too_large")`."""
    for number, slot in enumerate(slots):
        if number % 1_000 == 0 and time.time() >= until:
            raise TooLarge("export_too_large", slots=number)
        yield slot
