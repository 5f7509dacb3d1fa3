"""One object of Timeslot JSON to a slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.slots import FLOATING, MAX_TEXT, MAX_TITLE, VISIBILITIES, Group, Location, Slot
from chalicelib.formats.exact_json import names_in

MAX_DEPTH: Final = 20
"""How deep the JSON of one slot may nest."""
KEYS: Final = frozenset(
    ("uid", "title", "visibility", "start", "end", "location", "description", "allday", "timezone",
     "media", "notes", "settings", "groups", "ical", "sequence", "group", "image_url")
)  # fmt: skip
"""Keys an object may have."""
_LAST_DAY: Final = datetime(9999, 12, 31)  # noqa: DTZ001 - a day is the same everywhere
_FREE: Final = ("media", "notes", "settings", "groups", "group")
"""Keys whose values may nest."""


class Unusable(Exception):
    """This entry cannot be a slot; the text says why."""


def slot_of(value: Mapping[str, Any]) -> tuple[Slot, tuple[Group, ...]]:
    """Make the slot of one entry, and the groups it names. Raises `Unusable`."""
    get = value.get
    title = get("title")
    if title is None and not get("ical"):
        raise Unusable("title is missing")
    title = _text("title", title, MAX_TITLE)
    all_day, start, end, zone = _times(value)
    visibility = get("visibility") or "private"
    if visibility not in VISIBILITIES:
        raise Unusable(f"visibility is none of {', '.join(VISIBILITIES)}")
    for name in _FREE:
        if name in value:
            _check_nested(name, value[name], 2)
    media = _list("media", get("media"))
    if get("image_url"):
        media = (*media, {"type": "image", "url": _text("image_url", get("image_url"))})
    settings = get("settings")
    if settings is not None and type(settings) is not dict:
        raise Unusable("settings is not an object")
    location = get("location")
    slot = tuple.__new__(
        Slot,
        (
            _text("uid", get("uid")),
            title,
            start,
            end,
            visibility,
            all_day,
            zone,
            None if location is None else _location(location),
            _text("description", get("description")),
            media,
            _list("notes", get("notes")),
            settings or None,
            (),
            False,
            _sequence(get("sequence")),
            None,
            "",
        ),
    )
    groups = _groups(value) if "groups" in value or "group" in value else ()
    if get("ical"):
        slot = _with_kept_text(slot, value)
    elif end is not None and end < start:
        raise Unusable("end is before start")
    return slot, groups


def names_of(values: list[Any]) -> int:
    """Count the names of entries as `exact_json.names_in` does, but only where they can be in a slot: that is much faster."""
    found = 0
    for value in values:
        if type(value) is dict:
            found += len(value)
            if type(location := value.get("location")) is dict:
                found += len(location)
            if "notes" in value or "settings" in value or "media" in value or "groups" in value or "group" in value:
                found += sum(names_in(value[name]) for name in _FREE if name in value)
    return found


def _text(name: str, value: Any, limit: int = MAX_TEXT) -> str:
    if value is None:
        return ""
    if type(value) is not str:
        raise Unusable(f"{name} is not a text")
    if len(value) > limit:
        raise Unusable(f"{name} has {len(value)} characters, over the limit of {limit}")
    if "\0" in value:
        raise Unusable(f"{name} has a NUL character in it")
    return value


def _list(name: str, value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    if type(value) is not list:
        raise Unusable(f"{name} is not a list")
    return tuple(value)


def _sequence(value: Any) -> int:
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value < 2**31:
        raise Unusable("sequence is not a revision number")
    return value


def _check_nested(name: str, value: Any, depth: int) -> None:
    if isinstance(value, str):
        _text(name, value)
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise Unusable(f"{name} is nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            for key in value:
                _text(name, key)
            value = value.values()
        for item in value:
            _check_nested(name, item, depth + 1)


# times


def _times(value: Mapping[str, Any]) -> tuple[bool, datetime, datetime | None, str | None]:
    """Give `all_day`, `start`, `end` and `timezone` as a slot has them.

    A time with an offset is that instant. One without is on the wall: of the zone named, of none when it is `floating`,
    else of UTC, which is what the service these files come from meant.
    """
    raw_start, raw_end = value.get("start"), value.get("end")
    if raw_start is None:
        raise Unusable("start is missing")
    all_day = value.get("allday", False)
    if type(all_day) is not bool:
        raise Unusable("allday is neither true nor false")
    zone = value.get("timezone")
    if zone is not None and type(zone) is not str:
        raise Unusable("timezone is not a text")
    dates = type(raw_start) is str and len(raw_start) == 10
    if all_day or (dates and "allday" not in value):
        start = _date("start", raw_start)
        end = None if raw_end is None else _date("end", raw_end)
        if dates and end is None and start < _LAST_DAY:
            end = start + timedelta(days=1)
        return True, start, end, None
    place = _placing(zone or "")
    return False, place("start", raw_start), None if raw_end is None else place("end", raw_end), zone or None


def _moment(name: str, value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unusable(f"{name} is not a time such as 2019-09-15T20:44:02.000Z") from None


def _date(name: str, value: Any) -> datetime:
    moment = _moment(name, value).replace(tzinfo=None)
    if moment.time() != datetime.min.time():
        raise Unusable(f"{name} of an all-day slot is not midnight")
    return moment


@lru_cache(maxsize=1024)
def _placing(zone: str) -> Callable[[str, Any], datetime]:
    """Give the function that puts a time text on the time line, for slots of that zone."""
    if zone == FLOATING:
        return _floating
    try:
        wall = ZoneInfo(zone) if zone else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unusable(f"timezone {zone[:MAX_TITLE]!r} is not known") from None

    def place(name: str, value: Any) -> datetime:
        moment = _moment(name, value)
        if moment.tzinfo is UTC:
            return moment
        try:
            return (moment if moment.tzinfo is not None else moment.replace(tzinfo=wall)).astimezone(UTC)
        except OverflowError:
            raise Unusable(f"{name} is outside the calendar") from None

    return place


def _floating(name: str, value: Any) -> datetime:
    moment = _moment(name, value)
    if moment.tzinfo is not None:
        raise Unusable(f"{name} of a floating slot has an offset")
    return moment


# locations and groups


def _location(value: Any) -> Location:
    if type(value) is str:
        return Location(name=_text("location", value, MAX_TITLE))
    if type(value) is not dict:
        raise Unusable("location is not an object")
    unknown = value.keys() - _LOCATION_KEYS
    if unknown:
        raise Unusable(f"location has unknown keys: {', '.join(sorted(unknown))[:MAX_TITLE]}")
    get = value.get
    return Location(
        _text("location name", get("name"), MAX_TITLE),
        _text("country", get("country")),
        _text("postalcode", get("postalcode")),
        _text("city", get("city")),
        _text("address", get("address")),
        _degrees("latitude", get("latitude"), 90),
        _degrees("longitude", get("longitude"), 180),
    )


_LOCATION_KEYS: Final = frozenset(Location._fields)


def _degrees(name: str, value: Any, limit: int) -> float | None:
    if value is None or value == "":
        return None
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        degrees = float("nan")
    if not -limit <= degrees <= limit:
        raise Unusable(f"{name} is not a number of degrees")
    return degrees


def _groups(value: Mapping[str, Any]) -> tuple[Group, ...]:
    """Give the groups of `groups`, or of the older `group`."""
    named = list(_list("groups", value.get("groups")))
    if value.get("group") is not None:
        named.append(value["group"])
    return tuple(dict.fromkeys(_group(item) for item in named))


def _group(value: Any) -> Group:
    """Make a group of an object, or of the uuid or name alone."""
    if type(value) is str:
        return Group(uuid=value, name="") if _is_uuid(value) else Group(uuid="", name=_text("group name", value, MAX_TITLE))
    if type(value) is not dict:
        raise Unusable("a group is neither an object nor a text")
    get = value.get
    uuid = _text("group uuid", get("uuid"))
    if uuid and not _is_uuid(uuid):
        raise Unusable("a group's uuid is not a UUID")
    name = _text("group name", get("name"), MAX_TITLE)
    if not uuid and not name:
        raise Unusable("a group has neither uuid nor name")
    unknown = value.keys() - _GROUP_KEYS
    if unknown:
        raise Unusable(f"a group has unknown keys: {', '.join(sorted(unknown))[:MAX_TITLE]}")
    public = get("public", False)
    if type(public) is not bool:
        raise Unusable("a group's public is neither true nor false")
    image = _text("group image", get("image") or get("image_url"))
    return Group(uuid, name, image, public, _text("group description", get("description")))


_GROUP_KEYS: Final = frozenset((*Group._fields, "image_url"))


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


# kept text


def _with_kept_text(slot: Slot, value: Mapping[str, Any]) -> Slot:
    """Give the slot of the kept text, changed to what the entry's keys say.

    A key that is not there says nothing: then the text counts. Raises `Unusable`.
    """
    from chalicelib.formats import ical

    text = value["ical"]
    if type(text) is not str:
        raise Unusable("ical is not a text")
    try:
        kept = ical.from_text(text)
        said = {name: getattr(slot, name) for name in _SAID if name in value}
        return ical.edit(kept, {**said, "start": slot.start, "all_day": slot.all_day})
    except InvalidInput as error:
        raise Unusable(f"ical: {error.details.get('reason', error.code)}") from error


_SAID: Final = ("uid", "title", "visibility", "end", "timezone", "location", "description", "media", "notes", "settings")
"""Keys that are fields of a slot as they stand; `start` must be there and settles `allday`."""
