"""The routes of the time slots."""

from __future__ import annotations

from chalicelib.api.conventions import parse, render
from chalicelib.api.conventions.errors import INTERFACE, blueprint
from chalicelib.api.http import Answer, Request, json_answer, route
from chalicelib.services.conventions.visits import Visitor
from chalicelib.wiring import services


def _visitor(request: Request) -> Visitor:
    return parse.visitor(request, services().accounts)


@route(blueprint, INTERFACE, "GET", "/entities/timeslots")
def list_time_slots(request: Request) -> Answer:
    """List the time slots the visitor may see."""
    opened = services().schedules.open(_visitor(request), parse.filters(request))
    known = render.not_modified(request, opened.version, {"Cache-Control": "private, no-cache"})
    return known or render.time_slots(request, opened, opened.slots(parse.after(request)))


@route(blueprint, INTERFACE, "GET", "/entities/timeslots/{slot_id}")
def show_time_slot(request: Request) -> Answer:
    """Show a time slot."""
    visit, found = services().time_slots.show(_visitor(request), parse.number(request, "slot_id", "timeslot"))
    return json_answer(render.time_slot(found, visit))


@route(blueprint, INTERFACE, "POST", "/entities/timeslots")
def create_time_slot(request: Request) -> Answer:
    """Schedule an event."""
    return render.outcome(services().time_slots.create(_visitor(request), parse.new_time_slot(request)))


@route(blueprint, INTERFACE, "PUT", "/entities/timeslots/{slot_id}")
def change_time_slot(request: Request) -> Answer:
    """Change a time slot."""
    slot_id = parse.number(request, "slot_id", "timeslot")
    return render.outcome(services().time_slots.change(_visitor(request), slot_id, parse.time_slot_change(request)))


@route(blueprint, INTERFACE, "DELETE", "/entities/timeslots/{slot_id}")
def cancel_time_slot(request: Request) -> Answer:
    """Cancel a time slot."""
    services().time_slots.cancel(_visitor(request), parse.number(request, "slot_id", "timeslot"))
    return render.DONE
