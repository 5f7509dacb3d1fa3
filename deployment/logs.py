"""Shows what the functions of a running `make run` logged, oldest first, and goes on doing so.

python -m deployment.logs [--port 8000] [--once]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

from deployment.emulator import AWS_HOST, emulator_session

POLL_SECONDS = 1
LATE_SECONDS = 60
"""How long after its time an event may come in."""


def messages(client: Any, seen: set[tuple[int, str]], since: int = 0) -> Iterator[str]:
    """Yield the messages of all log groups since a time (epoch milliseconds) that were not seen before.

    The emulator gives 10,000 events and no token for those after them, so it is asked again from where they end.
    """
    for group in client.describe_log_groups()["logGroups"]:
        start, end = -1, since
        while end > start:
            start = end
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"], startTime=start)
            for event in (event for page in pages for event in page["events"]):
                end = max(end, event["timestamp"])
                known = (event["timestamp"], event["message"])
                if known not in seen:
                    seen.add(known)
                    yield event["message"].rstrip("\n")


def main() -> None:
    """Print logs until interrupted."""
    parser = argparse.ArgumentParser(description="Show the logs of a running service.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--once", action="store_true", help="stop after what there is now")
    arguments = parser.parse_args()
    client = emulator_session(f"http://{AWS_HOST}:{arguments.port}").client("logs")
    seen: set[tuple[int, str]] = set()
    since = 0
    try:
        while True:
            asked = time.time()
            for message in messages(client, seen, since):
                sys.stdout.write(message + "\n")
            since = int((asked - LATE_SECONDS) * 1_000)
            sys.stdout.flush()
            if arguments.once:
                return
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
