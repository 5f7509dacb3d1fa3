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


def messages(client: Any, seen: set[tuple[int, str]]) -> Iterator[str]:
    """Yield the messages of all log groups that were not seen before."""
    for group in client.describe_log_groups()["logGroups"]:
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for event in (event for page in pages for event in page["events"]):
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
    try:
        while True:
            for message in messages(client, seen):
                sys.stdout.write(message + "\n")
            sys.stdout.flush()
            if arguments.once:
                return
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
