"""A deployment's settings for tests that run in process; no test reaches AWS."""

import gc
import os
import re
from collections import Counter

import pytest

from tests.browser.chromium import LEFT_OUT, find_chromium
from tests.examples import register_profiles
from tests.passwords import make_cheap

pytest_plugins = ["tests.running_service"]
register_profiles()
make_cheap()

LONGEST_PRINTED = 100
"""Characters (or bytes) of a parameter that may stand in a test's id."""
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}", re.IGNORECASE)
"""Where an object lies in memory, as Python prints it."""

os.environ.update(
    {
        "ACCOUNT_TABLE": "accounts",
        "SLOT_TABLE": "slots",
        "EXPORT_TABLE": "exports",
        "CONVENTION_TABLE": "conventions",
        "BUCKET": "slotport-test",
        "BUCKET_ORIGIN": "https://slotport-test.s3.us-east-1.amazonaws.com",
        "PUBLIC_URL": "https://slotport.test",
        "IMPORT_STATE_MACHINE": "arn:aws:states:us-east-1:123456789012:stateMachine:import",
        "EXPORT_STATE_MACHINE": "arn:aws:states:us-east-1:123456789012:stateMachine:export",
        "MAIL_FROM": "slotport@slotport.test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start a worker more than there are processors: one that drives a browser or the running service mostly waits."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a long parameter, rather than print it.

    pytest-xdist wants the same ids from every worker, and no two builds of, say, an archive need be alike.
    """
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_PRINTED else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests of one id, and ids that no other process has: pytest-xdist would run one of them all, or none."""
    twice = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        raise pytest.UsageError(f"tests of one id: {twice[:5]}")
    passing = [item.nodeid for item in items if ADDRESS.search(item.nodeid)]
    if passing:
        raise pytest.UsageError(f"tests whose ids hold an address in memory: {passing[:5]}")


def pytest_collection_finish() -> None:
    """Spare the garbage collector everything that has been imported and collected; it stays until the end."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if find_chromium() is None:
        terminalreporter.write_line(LEFT_OUT)
