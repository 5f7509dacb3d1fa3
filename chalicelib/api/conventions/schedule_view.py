"""What the schedule's page shows, worked out for its template: days, entries, filters, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from markupsafe import escape

from chalicelib.api.http import Request
from chalicelib.domain.conventions import Convention, ScheduledSlot
from chalicelib.services.conventions.schedule import Opened

MAX_ENTRIES: Final = 500
MAX_BYTES: Final = 2_000_000
"""Of the entries on one page, as they are sent. A longer schedule is shown by day, a longer day in parts."""
_ENTRY_BYTES: Final = 3_000
"""What an entry takes beside its texts, at most."""

MAX_TEASER: Final = 240
"""Characters of a teaser that stands open under the title."""
MAX_HEADING: Final = 160
"""Characters of a title that are sure to be seen; a longer one is repeated in full."""

Pairs = Sequence[tuple[str, str]]
"""A query: names and values, in order."""
Slots = Sequence[ScheduledSlot]


class Link(NamedTuple):
    """An address and what it says."""

    text: str
    url: str
    current: bool = False
    entries: int = 0


class Room(NamedTuple):
    """Where an entry is."""

    slug: str
    title: str
    area: str
    url: str


class Entry(NamedTuple):
    """One time slot."""

    id: int
    title: str
    start: datetime
    end: datetime
    begins: str
    ends: str
    rooms: Sequence[Room]
    hosts: Sequence[str]
    tags: Sequence[Link]
    teaser: str
    description: str
    notes: str
    registration: bool
    price: str
    calendar: str

    @property
    def has_more(self) -> bool:
        """Whether there is more to read than fits beside the title."""
        return bool(self.description or self.notes or self.has_long_teaser or self.has_long_title)

    @property
    def has_long_teaser(self) -> bool:
        """Whether the teaser is too long to stand open."""
        return len(self.teaser) > MAX_TEASER

    @property
    def has_long_title(self) -> bool:
        """Whether the heading may be cut off."""
        return len(self.title) > MAX_HEADING


class Day(NamedTuple):
    """One day's entries, by the convention's clocks."""

    key: str
    name: str
    entries: Sequence[Entry]


class Option(NamedTuple):
    """One value of a filter."""

    value: str
    text: str
    chosen: bool


class Menu(NamedTuple):
    """One filter that readers choose from."""

    name: str
    label: str
    options: Sequence[Option]


class SchedulePage(NamedTuple):
    """Everything on the page."""

    convention: Convention
    dates: str
    zone: str
    summary: str
    address: str
    share: str
    feed: str
    feeds: Sequence[Link]
    calendar: str
    """The whole address of the calendar with these filters."""
    subscription: str
    menus: Sequence[Menu]
    kept: Pairs
    """What the form carries along: filters that have no menu."""
    search: str
    chosen: Sequence[Link]
    """The filters that hold, each with the address without it."""
    days: Sequence[Link]
    shown: Sequence[Day]
    earlier: Link | None
    later: Link | None
    found: int
    total: int


def view(opened: Opened, request: Request, *, today: date) -> SchedulePage:
    """Work out the page that the request asks for, in one pass over the schedule."""
    convention = opened.visit.convention
    zone = convention.zone
    filters = _filters(request)
    search = " ".join(" ".join(request.query.get("search", ())).split())[:200]
    asked = [*filters, *([("search", search)] if search else [])]
    seen, found = [], []
    for scheduled, wanted in opened.survey():
        seen.append(scheduled)
        if wanted and _mentions(scheduled, search):
            found.append(scheduled)
    menus = _menus(opened, seen, filters)
    days = [(day, list(slots)) for day, slots in groupby(found, lambda each: each.slot.start.astimezone(zone).date())]
    parts = _parts(found)
    by_day = len(parts) > 1
    links = [_day_link(day, len(slots), asked if by_day else None) for day, slots in days]
    shown, earlier, later = days, None, None
    if by_day:
        number = _asked_day([day for day, _ in days], request, today)
        day, slots = days[number]
        parts = _parts(slots)
        part = _asked_part(request, len(parts))
        shown = [(day, parts[part])]
        links[number] = links[number]._replace(current=True)
        earlier, later = _steps(asked, days, number, part, len(parts))
    base = f"{request.base_url}/conventions/{quote(convention.slug)}/schedule"
    feed = f"schedule.ics{_query(filters)}"
    full_feed = f"{base}.ics{_query(filters)}"
    return SchedulePage(
        convention=convention,
        dates=_dates(convention),
        zone=f"{convention.timezone} ({', '.join(_offsets(seen, zone, today))})",
        summary=_summary(convention, len(seen)),
        address=base,
        share=f"{base}{_query(asked)}",
        feed=feed,
        feeds=[Link(kind.upper(), f"schedule.{kind}{_query(filters)}") for kind in ("ics", "csv", "json", "xml")],
        calendar=full_feed,
        subscription=f"webcal://{full_feed.partition('://')[2]}",
        menus=menus,
        kept=[(name, value) for name, value in filters if name not in {menu.name for menu in menus}],
        search=search,
        chosen=_chosen(asked, menus),
        days=links,
        shown=[Day(day.isoformat(), _long(day), [_entry(each, zone) for each in slots]) for day, slots in shown],
        earlier=earlier,
        later=later,
        found=len(found),
        total=len(seen),
    )


def _filters(request: Request) -> list[tuple[str, str]]:
    """Give the filters of the query, as the feeds take them."""
    named = ((name.partition(":"), values) for name, values in request.query.items())
    spelt = ((f"{head.replace('-', '_')}{colon}{title}", values) for (head, colon, title), values in named)
    return [(name, value) for name, values in spelt if name.startswith("by_") for value in values]


def _entry(scheduled: ScheduledSlot, zone: ZoneInfo) -> Entry:
    slot, event = scheduled.slot, scheduled.event
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    return Entry(
        id=slot.id,
        title=event.title,
        start=start,
        end=end,
        begins=_clock(start),
        ends=_clock(end) if end.date() == start.date() else f"{_clock(end)} ({end:%a} {end.day} {end:%b})",
        rooms=[Room(place.slug, place.title, place.area, _query([("by_location", place.slug)])) for place in scheduled.places],
        hosts=[host.name for host in slot.hosts if host.name],
        tags=[
            Link(value, _query([(f"by_tag:{title}", value)]))
            for title, values in event.tags.items()
            for value in dict.fromkeys(values)
        ],
        teaser=event.teaser.strip(),
        description=event.description.strip(),
        notes=slot.notes_to_attendees.strip() or event.notes_to_attendees.strip(),
        registration=event.requires_registration,
        price="" if not event.price.strip("0.") else event.price,
        calendar=f"schedule.ics{_query([('by_timeslot', str(slot.id))])}",
    )


def _mentions(scheduled: ScheduledSlot, search: str) -> bool:
    """Whether every word sought stands somewhere in what the entry shows."""
    if not search:
        return True
    event = scheduled.event
    texts = [event.title, event.teaser, event.description, *(host.name for host in scheduled.slot.hosts)]
    texts += [place.title for place in scheduled.places] + [value for values in event.tags.values() for value in values]
    shown = "\n".join(texts).casefold()
    return all(word in shown for word in search.casefold().split())


def _menus(opened: Opened, seen: Iterable[ScheduledSlot], filters: Pairs) -> list[Menu]:
    """List the rooms and tags that something in the schedule has."""
    used: set[str] = set()
    tags: dict[str, dict[str, None]] = {}
    for scheduled in seen:
        used.update(scheduled.slot.places)
        for title, values in scheduled.event.tags.items():
            tags.setdefault(title, {}).update(dict.fromkeys(values))
    rooms = [(place.slug, place.title) for place in opened.visit.head.places.values() if place.slug in used]
    known = {title: tag_type.values for title, tag_type in opened.visit.head.tag_types.items()}
    menus = [_menu("by_location", "Room", sorted(rooms, key=lambda room: room[1].casefold()), filters)]
    for title, given in sorted(tags.items()):
        order = {value: number for number, value in enumerate(known.get(title, ()))}
        ranked = sorted(given, key=lambda value: (order.get(value, len(order)), value.casefold()))
        menus.append(_menu(f"by_tag:{title}", title, [(value, value) for value in ranked], filters))
    return [menu for menu in menus if menu.options]


def _menu(name: str, label: str, values: Iterable[tuple[str, str]], filters: Pairs) -> Menu:
    chosen = {value for given, value in filters if given == name}
    return Menu(name, label, [Option(value, text, value in chosen) for value, text in values])


def _chosen(asked: Pairs, menus: Iterable[Menu]) -> list[Link]:
    labels = {menu.name: menu for menu in menus}
    links = []
    for name, value in asked:
        menu = labels.get(name)
        text = next((option.text for option in menu.options if option.value == value), value) if menu else value
        label = menu.label if menu else name.removeprefix("by_").replace("_", " ").capitalize()
        rest = [pair for pair in asked if pair != (name, value)]
        links.append(Link(f"{label}: {text}", _query(rest) or "schedule"))
    return links


def _parts(slots: Slots) -> list[list[ScheduledSlot]]:
    """Divide what one page does not hold."""
    parts: list[list[ScheduledSlot]] = [[]]
    size = 0
    for scheduled in slots:
        weight = _ENTRY_BYTES + sum(len(escape(text).encode()) for text in _texts(scheduled))
        if parts[-1] and (len(parts[-1]) == MAX_ENTRIES or size + weight > MAX_BYTES):
            parts.append([])
            size = 0
        parts[-1].append(scheduled)
        size += weight
    return parts


def _texts(scheduled: ScheduledSlot) -> Iterator[str]:
    event, slot = scheduled.event, scheduled.slot
    yield from (event.title, event.title, event.teaser, event.description, slot.notes_to_attendees, event.notes_to_attendees)
    yield from (host.name for host in slot.hosts)
    for place in scheduled.places:
        yield from (place.title, place.area)
    for title, values in event.tags.items():  # each stands in an address as well, where a character takes up to twelve bytes
        yield from (quote(title) * len(values), *values, *(quote(value) for value in values))


def _asked_day(days: Sequence[date], request: Request, today: date) -> int:
    """Find the day asked for; without one that there is, the first that is not past, else the first."""
    asked = request.one("day") or ""
    wanted = next((number for number, day in enumerate(days) if day.isoformat() == asked), None)
    if wanted is None:
        wanted = next((number for number, day in enumerate(days) if day >= today), 0)
    return wanted


def _asked_part(request: Request, parts: int) -> int:
    given = request.one("part") or ""
    return min(int(given), parts) - 1 if given.isascii() and given.isdigit() and 1 <= len(given) <= 6 and int(given) else 0


def _steps(asked: Pairs, days: Sequence[tuple[date, Slots]], number: int, part: int, parts: int) -> tuple[Link | None, Link | None]:
    """Give the ways to what comes before and behind."""

    def to(number: int, part: int) -> Link:
        day = days[number][0]
        more = [("part", str(part + 1))] if part else []
        return Link(_long(day), _query([*asked, ("day", day.isoformat()), *more]))

    earlier = later = None
    if part:
        earlier = to(number, part - 1)
    elif number:
        earlier = to(number - 1, len(_parts(days[number - 1][1])) - 1)
    if part + 1 < parts:
        later = to(number, part + 1)
    elif number + 1 < len(days):
        later = to(number + 1, 0)
    return earlier, later


def _day_link(day: date, count: int, asked: Pairs | None) -> Link:
    """Point to a day: on the page, or on a page of its own with the filters `asked`."""
    key = day.isoformat()
    return Link(f"{day:%a} {day.day} {day:%b}", f"#{key}" if asked is None else _query([*asked, ("day", key)]), entries=count)


def _query(pairs: Pairs) -> str:
    return f"?{urlencode(pairs, quote_via=quote, safe=':')}" if pairs else ""


def _clock(moment: datetime) -> str:
    """Give the wall-clock time, with its offset in the hour that occurs twice."""
    twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    return f"{moment:%H:%M} ({_offset(moment)})" if twice else f"{moment:%H:%M}"


def _offset(moment: datetime) -> str:
    text = f"{moment:%z}"
    return f"UTC{text[:3]}:{text[3:5]}"


def _offsets(seen: Iterable[ScheduledSlot], zone: ZoneInfo, today: date) -> list[str]:
    """Name the offsets that the entries have, in their order; of an empty schedule today's."""
    found = dict.fromkeys(_offset(each.slot.start.astimezone(zone)) for each in seen)
    return list(found) or [_offset(datetime(today.year, today.month, today.day, 12, tzinfo=zone))]


def _long(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _dates(convention: Convention) -> str:
    start, end = convention.start_date, convention.end_date
    if start is None or end is None or start == end:
        day = start or end
        return _long(day) if day is not None else ""
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{end.day} {end:%B %Y}"
    return f"{start.day} {start:%B}{'' if start.year == end.year else f' {start.year}'} – {end.day} {end:%B %Y}"


def _summary(convention: Convention, count: int) -> str:
    """Say in a sentence what the page is, for those who are shown the link."""
    entries = f"{count} entries" if count != 1 else "one entry"
    parts = [part for part in (_dates(convention), convention.location) if part]
    return f"{' · '.join([*parts, entries])}, times in {convention.timezone}."
