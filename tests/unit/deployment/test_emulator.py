from __future__ import annotations

import os
import subprocess
import sys

import psutil

from deployment.emulator import end_group, is_running

FAMILY = """
import subprocess, sys
member = "import signal; kept = b'x' * 100_000_000; print(flush=True); signal.pause()"
members = [subprocess.Popen([sys.executable, "-c", member], stdout=subprocess.PIPE) for _ in range(3)]
for one in members:
    one.stdout.readline()
print(*(one.pid for one in members), flush=True)
"""
"""Leaves processes behind that only a kill ends, and that have memory to give back before they are gone."""


def test_ending_a_group_waits_until_its_processes_are_gone() -> None:
    leader = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True, start_new_session=True)
    output, _ = leader.communicate()
    members = [psutil.Process(int(pid)) for pid in output.split()]
    assert len(members) == 3
    assert all(is_running(member) for member in members)
    end_group(leader.pid)
    assert [member for member in members if is_running(member)] == []


def test_ending_a_group_that_has_ended_is_no_error() -> None:
    leader = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    leader.wait()
    end_group(leader.pid)


def test_process_that_waits_to_be_collected_or_is_gone_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = psutil.Process(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is not collected
    assert not is_running(process)
    child.wait()
    assert not is_running(process)
