"""The Lambda behind the export state machine: one function, whose event names the step."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from chalice.app import Blueprint

from chalicelib.domain.exports import RunRef
from chalicelib.logs import log_context
from chalicelib.wiring import services

blueprint = Blueprint(__name__)
log = logging.getLogger(__name__)

MAX_REASON = 500
"""Characters of an error that are kept in an export's log."""


@blueprint.lambda_function(name="export_step")
def export_step(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Do one step of a run. What is given back is small, whatever the size of the export."""
    ref = RunRef(event["export_id"], event["run"])
    with log_context(export=ref.export_id, run=ref.run, step=event["step"]):
        log.info("step begins")
        answer = _step(ref, event)
        log.info("step ends")
    return answer


def _step(ref: RunRef, event: dict[str, Any]) -> dict[str, Any]:
    run = services().export_run
    match event["step"]:
        case "prepare":
            outline = run.prepare(ref)
            return {
                "shards": list(outline.shards),
                "sorted": outline.sorted,
                "packers": list(outline.packers),
                "transports": list(outline.transports),
            }
        case "shard":
            run.write_shard(ref, event["shard"])
        case "merge":
            run.merge_shards(ref)
        case "assemble":
            run.assemble(ref)
        case "pack":
            run.pack(ref, event["packer"])
        case "publish":
            run.publish(ref)
        case "deliver":
            run.deliver(ref, event["transport"])
        case "undelivered":
            run.fail_transport(ref, event["transport"], reason_of(event["error"]))
        case "finish":
            run.finish(ref)
        case "close":
            run.fail(ref, reason_of(event["error"]))
        case "archive":
            asked = event["archive"]
            services().export_archiver.make_now(ref, asked["packer"], asked["folder"])
        case unknown:
            raise ValueError(f"no step {unknown!r}")
    return {}


def reason_of(error: dict[str, Any]) -> str:
    """Give the error that Step Functions caught in words: what a Lambda raised, without its stack trace."""
    kind, cause = str(error.get("Error", "")), str(error.get("Cause", ""))
    try:
        raised = orjson.loads(cause)
        kind, cause = str(raised.get("errorType", kind)), str(raised.get("errorMessage", ""))
    except (orjson.JSONDecodeError, AttributeError):
        pass  # a timeout, or what Lambda says of itself, comes as text
    return f"{kind}: {cause}".strip(": ")[:MAX_REASON]
