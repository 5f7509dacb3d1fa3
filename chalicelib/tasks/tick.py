"""The Lambdas behind two rules: every minute, and whenever an execution of an export ends without saying so itself."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.domain.exports import parse_execution
from chalicelib.wiring import services

blueprint = Blueprint(__name__)
log = logging.getLogger(__name__)

SECONDS: Final = 45.0
"""How long a tick discards: the next one comes after a minute."""
ENDINGS: Final[dict[str, Any]] = {
    "source": ["aws.states"],
    "detail-type": ["Step Functions Execution Status Change"],
    "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"]},
}
"""Executions that ended before their last task could; the template narrows the rule to the state machine of exports."""


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="tick")
def tick(_event: CloudWatchEvent) -> None:
    """Start what is due, close what is stuck, discard what nobody needs. With nothing to do: two queries."""
    until = time.time() + SECONDS
    care = services().export_care
    outcomes: Counter[str] = Counter()
    for export_id in care.due_exports():
        outcomes[_apart(partial(care.start_due, export_id))] += 1
    for matter in care.due_care():
        outcomes[_apart(partial(care.look_after, matter, until=until))] += 1
    log.info("tick", extra={"outcomes": dict(outcomes)})


def _apart(work: Callable[[], str]) -> str:
    """Do one matter such that its failure does not keep the tick from the others."""
    try:
        return work()
    except Exception:
        log.exception("a matter of the tick failed")
        return "failed"


@blueprint.on_cw_event(ENDINGS, name="export_execution_ended")
def export_execution_ended(event: CloudWatchEvent) -> None:
    """Close the run of an execution that died; such an event may come late, twice, or after a stop."""
    ref = parse_execution(str(event.detail.get("name", "")))
    if ref is not None:
        status = str(event.detail.get("status", "")).replace("_", " ").lower()
        services().export_failures.close(ref, f"its execution {status}")
