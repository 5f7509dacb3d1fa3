"""Time slots and schedules for the API description."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from chalicelib.api.conventions import answers, models
from chalicelib.api.conventions.description_examples import FILES, REPORT, TIME_SLOT
from chalicelib.api.conventions.description_parts import (
    BAD_CURSOR,
    BAD_FILTER,
    BODY_FAULTS,
    CONVENTION_PARAMETERS,
    DONE,
    ETAG,
    FILTERS,
    KNOWN,
    LINK,
    NO_CONVENTION,
    NO_TIME_SLOT,
    NOT_WRITERS,
    STRANGERS,
    TIME_SLOT_FAULTS,
    UNCHANGED,
    operation,
    saved,
)
from chalicelib.api.operations import Body, Operation, Parameter, Success
from chalicelib.domain.errors import InvalidEncoding, InvalidInput


class ImportForm(BaseModel):
    """What a browser's form and `curl -F` send; the switches may stand in the query as well."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]
    create: bool = False
    dry_run: bool = False


TIME_SLOTS: Final = {
    "list_time_slots": Operation(
        "Time slots",
        {200: Success("The time slots.", list[answers.TimeSlot], [TIME_SLOT], headers=LINK | ETAG), 304: UNCHANGED},
        text="A tag is asked for by `by_tag:<title>=<value>`. A filter that is repeated names alternatives.",
        parameters=(*CONVENTION_PARAMETERS, *FILTERS, Parameter("after", "Where a page begins, as `Link` has it."), KNOWN),
        errors=(*STRANGERS, BAD_FILTER, BAD_CURSOR),
        access="optional",
    ),
    "show_time_slot": operation(
        "Time slots", Success("The time slot.", answers.TimeSlot, TIME_SLOT), *STRANGERS, NO_TIME_SLOT, access="optional"
    ),
    "create_time_slot": operation(
        "Time slots",
        saved("The time slot.", answers.SavedTimeSlot, TIME_SLOT),
        *NOT_WRITERS,
        *BODY_FAULTS,
        *TIME_SLOT_FAULTS,
        InvalidInput("unknown_event", field="event", event="3"),
        InvalidInput("event_cancelled", field="event", event="3"),
        body=Body(
            models.NewTimeSlot,
            {"a time slot": {"event": 3, "start": "2026-03-01T10:00:00", "duration": 60, "locations": ["table-a"]}},
        ),
    ),
    "change_time_slot": operation(
        "Time slots",
        saved("The time slot.", answers.SavedTimeSlot, TIME_SLOT),
        *NOT_WRITERS,
        *BODY_FAULTS,
        *TIME_SLOT_FAULTS,
        NO_TIME_SLOT,
        body=Body(models.TimeSlotChange, {"to another place": {"locations": ["table-b"], "remove-locations": ["table-a"]}}),
    ),
    "cancel_time_slot": operation("Time slots", DONE, *NOT_WRITERS, NO_TIME_SLOT),
    "import_schedule": operation(
        "Time slots",
        Success("What was done.", answers.ImportReport, REPORT),
        *NOT_WRITERS,
        InvalidInput("file_required", field="file"),
        InvalidInput("invalid_multipart", reason="the boundary is missing"),
        InvalidInput("no_entries"),
        InvalidInput("unknown_format"),
        InvalidInput("invalid_flag", field="create"),
        InvalidInput("not_json", line=1, column=2, reason="unexpected character"),
        InvalidEncoding("invalid_encoding", position=7),
        parameters=(
            Parameter("create", "Make locations and events that are not known.", bool),
            Parameter("dry_run", "Report, and write nothing.", bool),
        ),
        body=Body(dict[str, Any], {"of a conference": {"schedule": {"conference": {"days": []}}}}, files=FILES, form=ImportForm),
    ),
}


def _schedule(file: Success) -> Operation:
    return Operation(
        "Schedules",
        {
            200: file,
            302: Success(
                "It is too large for one answer: fetch it there.",
                answers.Elsewhere,
                {"status": True, "url": "https://s3.example/…"},
                headers={"Location": "Where it is."},
            ),
            304: UNCHANGED,
        },
        parameters=(*FILTERS, KNOWN),
        errors=(NO_CONVENTION, BAD_FILTER),
        access="public",
    )


SCHEDULES: Final = {
    "schedule_ics": _schedule(Success("A calendar.", files={"text/calendar": FILES["text/calendar"]}, headers=ETAG)),
    "schedule_json": _schedule(Success("For conference apps.", dict[str, Any], {"schedule": {}}, headers=ETAG)),
    "schedule_xml": _schedule(Success("For conference apps.", files={"application/xml": "<schedule/>"}, headers=ETAG)),
    "schedule_page": Operation(
        "Schedules",
        {
            200: Success("A page, readable without script.", files={"text/html": "<!doctype html>"}, headers=ETAG),
            304: UNCHANGED,
        },
        text="What is long is shown a day at a time. Browsers are told of errors on a page.",
        parameters=(
            *FILTERS,
            Parameter("search", "Words, all of which an entry must mention."),
            Parameter("day", "The day to show of a long schedule."),
            Parameter("part", "The part to show of a long day.", Annotated[int, Field(ge=1)]),
            KNOWN,
        ),
        errors=(NO_CONVENTION, BAD_FILTER, InvalidInput("repeated_parameter", field="day")),
        access="public",
    ),
    "schedule_csv": _schedule(Success("A table.", files={"text/csv": FILES["text/csv"]}, headers=ETAG)),
}
