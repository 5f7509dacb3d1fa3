"""The kinds of tags a convention knows, and their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.domain.conventions import MAX_TAG_TYPES, MAX_TAG_VALUES, Event, Requirement, TagType
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from chalicelib.services.conventions.visits import Doors, Visit, Visitor, decide, pause_randomly
from chalicelib.services.ports.conventions import ConventionStore, Drop, Expect, Save


class TagTypes:
    """Add, show, change and remove tag types."""

    def __init__(
        self, *, store: ConventionStore, clock: Callable[[], datetime], pause: Callable[[int], None] = pause_randomly
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause = pause
        self._doors = Doors(store, clock)

    def catalog(self, visitor: Visitor, *, after: str = "") -> list[TagType]:
        """List the tag types by title, from behind one of them: the public ones, to those who see everything all."""
        visit = self._doors.enter(visitor)
        listed = [tag_type for title, tag_type in sorted(visit.head.tag_types.items()) if title > after]
        return [tag_type for tag_type in listed if tag_type.public or visit.standing.sees_all]

    def show(self, visitor: Visitor, title: str) -> TagType:
        """Find one. Raises `NotFound("tagtype")`; what is private does not exist for the public."""
        visit = self._doors.enter(visitor)
        tag_type = self._existing(visit, title)
        if not (tag_type.public or visit.standing.sees_all):
            raise NotFound("tagtype", title=title)
        return tag_type

    def add(self, visitor: Visitor, tag_type: TagType) -> TagType:
        """Add a tag type; managers only. Raises `Conflict("tagtype_exists")`, `TooLarge`."""
        _check_size(tag_type)

        def attempt() -> TagType:
            visit = self._doors.manage(visitor)
            if tag_type.title in visit.head.tag_types:
                raise Conflict("tagtype_exists", title=tag_type.title)
            if len(visit.head.tag_types) >= MAX_TAG_TYPES:
                raise TooLarge("too_many_tagtypes", limit=MAX_TAG_TYPES)
            self._store.commit(visit.key, [Save(tag_type)])
            return tag_type

        return decide(attempt, self._pause)

    def change(
        self,
        visitor: Visitor,
        title: str,
        *,
        public: bool | None = None,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        replace: Mapping[str, str] | None = None,
    ) -> TagType:
        """Change visibility and values; managers only.

        A value that events use is not removed, but may be replaced: in the list first, then in each event that has it; doing
        the same again finishes what was interrupted. Raises `NotFound("tagtype")`, `InvalidInput("tag_in_use", events=[…])`.
        """
        renamed = dict(replace or {})

        def attempt() -> tuple[TagType, TagType]:
            visit = self._doors.manage(visitor)
            before = self._existing(visit, title)
            kept = [renamed.get(value, value) for value in before.values if value not in remove]
            values = tuple(dict.fromkeys([*kept, *add, *renamed.values()]))
            after = before._replace(values=values, public=before.public if public is None else public)
            _check_size(after)
            if after != before:
                self._store.commit(visit.key, [Save(after)])
            return before, after

        before, after = decide(attempt, self._pause)
        # only now that nobody can add it any more, look whether an event has it
        used = [str(event.id) for event in self._events(visitor, title) if set(remove) & set(event.tags[title])]
        if used:
            back = tuple(value for value in before.values if value in remove)
            self.change(visitor, title, add=back)
            raise InvalidInput("tag_in_use", field="remove-values", events=used)
        if renamed:
            for event in self._events(visitor, title):
                self._rename(visitor, event, title, renamed)
        return after

    def remove(self, visitor: Visitor, title: str) -> None:
        """Remove a tag type that no event uses; managers only.

        Raises `NotFound("tagtype")`, `InvalidInput("tagtype_in_use", events=[…])`.
        """

        def attempt() -> None:
            visit = self._doors.manage(visitor)
            tag_type = self._existing(visit, title)
            used = [str(event.id) for event in self._events(visitor, title)]
            if used:
                raise InvalidInput("tagtype_in_use", events=used)
            self._store.commit(visit.key, [Drop(tag_type)])

        decide(attempt, self._pause)

    def _events(self, visitor: Visitor, title: str) -> Iterator[Event]:
        return (event for event in self._store.events(visitor.key) if title in event.tags)

    def _rename(self, visitor: Visitor, found: Event, title: str, renamed: Mapping[str, str]) -> None:
        def attempt() -> None:
            event = self._store.event(visitor.key, found.id)
            if event is None or not set(renamed) & set(event.tags.get(title, ())):
                return
            values = tuple(dict.fromkeys(renamed.get(value, value) for value in event.tags[title]))
            after = event._replace(tags={**event.tags, title: values}, edits=event.edits + 1, changed=self._clock())
            self._store.commit(visitor.key, [Save(after)])

        decide(attempt, self._pause)

    def _existing(self, visit: Visit, title: str) -> TagType:
        tag_type = visit.head.tag_types.get(title)
        if tag_type is None:
            raise NotFound("tagtype", title=title)
        return tag_type


def register_tags(visit: Visit, tags: Mapping[str, Sequence[str]]) -> list[Save | Expect]:
    """Make what an event's tags name known: new values are added, an unknown type is created.

    A type that an event introduces takes one value if one was given, else one or more. What is known already must still
    be when the event is written. Raises `TooLarge`.
    """
    changes: list[Save | Expect] = []
    for title, values in tags.items():
        known = visit.head.tag_types.get(title)
        requirement: Requirement = "1" if len(values) == 1 else "+"
        tag_type = known or TagType(title, requirement)
        added = tag_type._replace(values=tuple(dict.fromkeys([*tag_type.values, *values])))
        _check_size(added)
        changes.append(Expect(tag_type) if known is not None and added == known else Save(added))
    new = sum(1 for change in changes if change.record.revision == 0)
    if len(visit.head.tag_types) + new > MAX_TAG_TYPES:
        raise TooLarge("too_many_tagtypes", limit=MAX_TAG_TYPES)
    return changes


def check_requirements(tags: Mapping[str, Sequence[str]], before: Mapping[str, Sequence[str]], visit: Visit) -> None:
    """Check an event's tags against how many values each type takes.

    A type that takes one takes no more, and whoever had a value of a required type keeps one. That an event never had one
    is not held against it: types also come into being when some other event names them.
    Raises `InvalidInput("tag_requirement", tag=…)`.
    """
    for title in {*tags, *before}:
        tag_type = visit.head.tag_types.get(title)
        if tag_type is None:
            continue
        many = tag_type.requirement == "1" and len(tags.get(title, ())) > 1
        missing = tag_type.requirement != "*" and bool(before.get(title)) and not tags.get(title)
        if many or missing:
            raise InvalidInput("tag_requirement", field="tags", tag=title, requirement=tag_type.requirement)


def _check_size(tag_type: TagType) -> None:
    if len(tag_type.values) > MAX_TAG_VALUES:
        raise TooLarge("too_many_tag_values", tag=tag_type.title, limit=MAX_TAG_VALUES)
