"""Time zones: what a TZID stands for, and a VTIMEZONE for every zone that is written."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.domain.zones import iana_zone
from chalicelib.formats.ical.lines import walk
from chalicelib.formats.ical.text import fold

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2037
"""The years whose changes of offset a VTIMEZONE tells one by one; a rule that still holds in the last goes on."""

_PROBES: Final = tuple(datetime(year, month, 2) for year in (1, 1970, 2026, 2100) for month in (1, 7))  # noqa: DTZ001
"""Times that a VTIMEZONE must be able to tell the offset of."""
_LOCAL: Final = "%Y%m%dT%H%M%S"


class Zone(NamedTuple):
    """What a TZID stands for. `name` is an IANA name, or None when only the file's VTIMEZONE tells."""

    name: str | None
    rules: tzinfo


@lru_cache(maxsize=4_096)
def known_zone(tzid: str) -> Zone | None:
    """Find the zone a TZID names: an IANA name, a Windows name, or an IANA name behind ``/vendor/…/``; else None.

    A VTIMEZONE that a file brings for such a name is not looked at: the zone's history is known better here. What cannot
    be printed is in no name, for the TZID of a VTIMEZONE could not say it.
    """
    if not tzid.isprintable():
        return None
    name = tzid.strip().strip("/").removeprefix("posix/")
    zone = iana_zone(name)
    if zone is None and (" " in name or name.isalpha()):
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        name = WINDOWS_TO_OLSON.get(name, "")
        zone = iana_zone(name)
    while zone is None and tzid.startswith("/") and "/" in name:
        name = name.partition("/")[2]
        zone = iana_zone(name)
    return Zone(name, zone) if zone is not None else None


@lru_cache(maxsize=256)
def custom_zone(component: str) -> Zone | None:
    """Interpret a VTIMEZONE that no known name stands for; None when `icalendar` cannot make sense of it.

    Its rules are stepped through from their start to every time that is asked for. So none may step by less than a year,
    or more than once a day: no clock is changed that often.
    """
    from icalendar import Timezone

    if not all(_is_stepped_quickly(line.value) for _, line in walk(component) if line.name in ("RRULE", "EXRULE")):
        return None
    try:
        found = Timezone.from_ical(component)
        rules = found.to_tz(lookup_tzid=False) if isinstance(found, Timezone) else None
        for probe in _PROBES:  # what its times are compared with may be of another kind
            probe.replace(tzinfo=rules).utcoffset()
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError, AssertionError):
        return None
    return Zone(None, rules) if rules is not None else None


def _is_stepped_quickly(rule: str) -> bool:
    parts = dict(part.partition("=")[::2] for part in rule.replace(" ", "").upper().split(";"))
    return (
        parts.get("FREQ") == "YEARLY"
        and parts.get("INTERVAL", "1").strip("0") != ""
        and not any("," in parts.get(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    )


class _Change(NamedTuple):
    """One change of offset: `before` it and `after` it; `local` is what clocks showed just before it."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool


@lru_cache(maxsize=512)
def vtimezone(tzid: str) -> str:
    """Make the VTIMEZONE (RFC 5545 §3.6.5) of a known zone under the TZID that is used for it; empty for an unknown one.

    Years in which a zone changes by the same rule become one RRULE, so that calendars without zone data of their own
    follow it in future years too.
    """
    zone = known_zone(tzid)
    if zone is None:
        return ""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}"]
    if zone.name != tzid:
        lines.append(f"X-LIC-LOCATION:{zone.name}")
    first = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).astimezone(zone.rules)
    offset = first.utcoffset() or timedelta()
    start = _Change(datetime(FIRST_YEAR, 1, 1), offset, offset, first.tzname() or "", bool(first.dst()))  # noqa: DTZ001
    lines += _observance(start, "")
    for run in _runs(list(_changes(zone.rules))):
        lines += _observance(run[0], _rule(run))
    lines.append("END:VTIMEZONE")
    return "".join(map(fold, lines))


def _changes(rules: tzinfo) -> Iterator[_Change]:
    """Find every change of offset or name, looking twice a month and then halving."""
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    step = timedelta(days=14)
    state = _state(rules, at)
    while at.year <= LAST_YEAR:
        later = at + step
        new = _state(rules, later)
        if new != state:
            low, high = at, later
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if _state(rules, middle) == state else (low, middle)
            changed = _state(rules, high)
            yield _Change((high + state[0]).replace(tzinfo=None), state[0], changed[0], changed[1], changed[2])
            at, state = high, changed
        else:
            at = later


def _state(rules: tzinfo, at: datetime) -> tuple[timedelta, str, bool]:
    local = at.astimezone(rules)
    return (local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst()))


def _runs(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Group changes that one yearly rule makes, in consecutive years; the others stay alone."""
    open_runs: dict[tuple[object, ...], list[_Change]] = {}
    done: list[list[_Change]] = []
    for change in changes:
        key = _key(change)
        run = open_runs.get(key)
        if run is not None and run[-1].local.year == change.local.year - 1:
            run.append(change)
            continue
        if run is not None:
            done.append(run)
        open_runs[key] = [change]
    done += open_runs.values()
    yield from sorted(done, key=lambda run: run[0].local)


def _key(change: _Change) -> tuple[object, ...]:
    return (change.local.month, _weekday(change.local), change.local.time(), *change[1:])


def _weekday(day: datetime) -> str:
    """Name a day as the n-th or the last of its weekday in its month."""
    last = calendar.monthrange(day.year, day.month)[1]
    position = -1 if day.day > last - 7 else (day.day - 1) // 7 + 1
    return f"{position}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[day.weekday()]}"


def _rule(run: list[_Change]) -> str:
    if len(run) == 1:
        return ""
    last = run[-1]
    until = "" if last.local.year == LAST_YEAR else f";UNTIL={(last.local - last.before).strftime(_LOCAL)}Z"
    return f"RRULE:FREQ=YEARLY;BYMONTH={last.local.month};BYDAY={_weekday(last.local)}{until}"


def _observance(change: _Change, rule: str) -> list[str]:
    kind = "DAYLIGHT" if change.daylight else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{change.local.strftime(_LOCAL)}",
        f"TZOFFSETFROM:{_offset(change.before)}",
        f"TZOFFSETTO:{_offset(change.after)}",
        *([rule] if rule else []),
        f"TZNAME:{change.name}",
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    hours, rest = divmod(seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02}{minutes:02}" + (f"{seconds:02}" if seconds else "")
