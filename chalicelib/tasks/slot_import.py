"""The Lambdas behind the import state machine, and the rule that closes imports whose execution has died."""

from __future__ import annotations

import time
from typing import Any, Final

import orjson
from chalice.app import Blueprint

from chalicelib.logs import log_context
from chalicelib.wiring import services

blueprint = Blueprint(__name__)

PIECE_SECONDS: Final = 50.0
"""How long a piece works before it hands over to the next: what a killed one has to do again."""


@blueprint.lambda_function(name="import_step")
def import_step(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Run the next piece of an import; `next` tells the state machine how to go on."""
    user_id, import_id = event["user_id"], event["import_id"]
    with log_context(import_id=import_id, user_id=user_id):
        left = services().import_jobs.run_piece(user_id, import_id, until=time.time() + PIECE_SECONDS)
    return {"user_id": user_id, "import_id": import_id, "next": left}


@blueprint.lambda_function(name="import_failed")
def import_failed(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Close an import whose pieces keep failing."""
    services().import_jobs.close(event["user_id"], event["import_id"])
    return {"user_id": event["user_id"], "import_id": event["import_id"]}


@blueprint.on_cw_event(
    {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"]},
    },
    name="import_execution_ended",
)
def import_execution_ended(event: Any) -> None:
    """Close an import whose execution was aborted, timed out, or failed before it could say so."""
    detail = event.detail
    if detail.get("stateMachineArn") != services().settings.import_state_machine:
        return
    state = orjson.loads(detail.get("input") or "{}")
    if "import_id" in state:
        services().import_jobs.close(state["user_id"], state["import_id"])
