"""The routes under /entities but the time slots: conventions, people, locations, events, tag types."""

from __future__ import annotations

from chalicelib.api.conventions import parse, render
from chalicelib.api.conventions.errors import INTERFACE, blueprint
from chalicelib.api.http import Answer, Request, json_answer, route
from chalicelib.services.conventions.visits import Visitor
from chalicelib.wiring import services


def _visitor(request: Request) -> Visitor:
    return parse.visitor(request, services().accounts)


# conventions


@route(blueprint, INTERFACE, "POST", "/entities/conventions")
def create_convention(request: Request) -> Answer:
    """Create a convention; the creator is its first manager."""
    user_id = parse.user(request, services().accounts)
    return json_answer(render.created_convention(services().conventions.create(user_id, **parse.new_convention(request))))


@route(blueprint, INTERFACE, "GET", "/entities/conventions")
def list_conventions(request: Request) -> Answer:
    """List all conventions."""
    user_id = parse.user_id(request, services().accounts)
    return render.conventions(request, services().conventions.catalog(user_id, after=parse.after_id(request)))


@route(blueprint, INTERFACE, "GET", "/entities/conventions/{name}")
def show_convention(request: Request) -> Answer:
    """Show a convention by id, slug or `self`."""
    visit = services().conventions.show(request.params["name"], _visitor(request))
    return json_answer(render.convention(visit.convention, visit.standing))


@route(blueprint, INTERFACE, "PUT", "/entities/conventions/{name}")
def change_convention(request: Request) -> Answer:
    """Change the convention of the request; its address is `self`, its id or its slug."""
    visitor = _visitor(request)
    name = request.params["name"]
    named = visitor if name == "self" else visitor._replace(key=services().conventions.show(name, visitor).key)
    visit = services().conventions.change(named, parse.convention_changes(request))
    return json_answer({"status": True, **render.convention(visit.convention, visit.standing)})


# people


@route(blueprint, INTERFACE, "GET", "/entities/managers")
def list_managers(request: Request) -> Answer:
    """List the managers."""
    return render.listed(render.managers(services().conventions.managers(_visitor(request))))


@route(blueprint, INTERFACE, "POST", "/entities/managers")
def appoint_manager(request: Request) -> Answer:
    """Make a user a manager."""
    made = services().conventions.appoint(_visitor(request), parse.manager(request))
    return json_answer({"status": True, **render.account(made.person)})


@route(blueprint, INTERFACE, "DELETE", "/entities/managers/{user_id}")
def dismiss_manager(request: Request) -> Answer:
    """End a manager's role."""
    services().conventions.dismiss(_visitor(request), parse.number(request, "user_id", "manager"))
    return render.DONE


@route(blueprint, INTERFACE, "GET", "/entities/users")
def list_users(request: Request) -> Answer:
    """List the accounts around the convention."""
    return render.people(request, services().conventions.people(_visitor(request), after=parse.after_id(request)))


# locations


@route(blueprint, INTERFACE, "GET", "/entities/locations")
def list_locations(request: Request) -> Answer:
    """List the locations."""
    return render.locations(request, services().places.catalog(_visitor(request), after=request.one("after") or ""))


@route(blueprint, INTERFACE, "POST", "/entities/locations")
def add_location(request: Request) -> Answer:
    """Add a location."""
    made = services().places.add(_visitor(request), **parse.new_place(request))
    return json_answer({"status": True, **render.place(made)})


@route(blueprint, INTERFACE, "GET", "/entities/locations/{slug}")
def show_location(request: Request) -> Answer:
    """Show a location."""
    return json_answer(render.furnished(services().places.show(_visitor(request), request.params["slug"])))


@route(blueprint, INTERFACE, "PUT", "/entities/locations/{slug}")
def change_location(request: Request) -> Answer:
    """Change a location."""
    changed = services().places.change(_visitor(request), request.params["slug"], parse.place_changes(request))
    return json_answer({"status": True, **render.place(changed)})


@route(blueprint, INTERFACE, "DELETE", "/entities/locations/{slug}")
def remove_location(request: Request) -> Answer:
    """Remove a location nothing is scheduled in."""
    services().places.remove(_visitor(request), request.params["slug"])
    return render.DONE


# events


@route(blueprint, INTERFACE, "GET", "/entities/events")
def list_events(request: Request) -> Answer:
    """List the events the visitor may see."""
    visit, found = services().events.catalog(_visitor(request), after=parse.after_id(request))
    return render.events(request, visit, found)


@route(blueprint, INTERFACE, "POST", "/entities/events")
def submit_event(request: Request) -> Answer:
    """Submit an event."""
    visit, made = services().events.submit(_visitor(request), **parse.new_event(request))
    return json_answer(render.event(made, visit))


@route(blueprint, INTERFACE, "GET", "/entities/events/{event_id}")
def show_event(request: Request) -> Answer:
    """Show an event."""
    visit, found = services().events.show(_visitor(request), parse.number(request, "event_id", "event"))
    return json_answer(render.event(found, visit))


@route(blueprint, INTERFACE, "PUT", "/entities/events/{event_id}")
def change_event(request: Request) -> Answer:
    """Change an event."""
    event_id = parse.number(request, "event_id", "event")
    visit, changed = services().events.change(_visitor(request), event_id, **parse.event_changes(request))
    return json_answer(render.event(changed, visit))


@route(blueprint, INTERFACE, "DELETE", "/entities/events/{event_id}")
def cancel_event(request: Request) -> Answer:
    """Cancel an event with its time slots."""
    services().events.cancel(_visitor(request), parse.number(request, "event_id", "event"))
    return render.DONE


# tag types


@route(blueprint, INTERFACE, "GET", "/entities/tagtypes")
def list_tag_types(request: Request) -> Answer:
    """List the tag types."""
    return render.tag_types(request, services().tag_types.catalog(_visitor(request), after=request.one("after") or ""))


@route(blueprint, INTERFACE, "POST", "/entities/tagtypes")
def add_tag_type(request: Request) -> Answer:
    """Add a tag type."""
    made = services().tag_types.add(_visitor(request), parse.new_tag_type(request))
    return json_answer({"status": True, **render.tag_type(made)})


@route(blueprint, INTERFACE, "GET", "/entities/tagtypes/{title}")
def show_tag_type(request: Request) -> Answer:
    """Show a tag type."""
    return json_answer(render.tag_type(services().tag_types.show(_visitor(request), request.params["title"])))


@route(blueprint, INTERFACE, "PUT", "/entities/tagtypes/{title}")
def change_tag_type(request: Request) -> Answer:
    """Change a tag type."""
    changed = services().tag_types.change(_visitor(request), request.params["title"], **parse.tag_type_changes(request))
    return json_answer({"status": True, **render.tag_type(changed)})


@route(blueprint, INTERFACE, "DELETE", "/entities/tagtypes/{title}")
def remove_tag_type(request: Request) -> Answer:
    """Remove a tag type that no event uses."""
    services().tag_types.remove(_visitor(request), request.params["title"])
    return render.DONE
