"""Several processes on one port: `--workers`."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sandbox_process import ENVIRONMENT
from sandbox_talk import Talk

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, which this system cannot")
# A parent that gets SIGTERM when its worker is ready, and prints its timer after the worker has ended.
STOPPED_PARENT = """
import os, signal
from spot_sandbox.serving.workers import run_workers
def work(ready):
    ready()
    signal.pause()
run_workers(1, work, lambda: os.kill(os.getpid(), signal.SIGTERM))
print(signal.getitimer(signal.ITIMER_REAL))
"""


def children(pid):
    if sys.platform != "linux":
        pytest.skip("the workers of a process are read from /proc, which only Linux has")
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


@forks
def test_killed_worker_is_replaced(start, tmp_path):
    process = start("--database", tmp_path / "orders.db", "--workers", 2)
    talk = Talk(process.port)
    first = children(process.pid)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(children(process.pid) - first) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    talk.timeout = 20
    talk.place(talk.draft())
    assert process.end() == (0, "", "")


@forks
def test_workers_end_with_a_killed_parent(start, tmp_path):
    process = start("--database", tmp_path / "orders.db", "--workers", 2)
    process.kill()
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", process.port)):
            break
        assert time.monotonic() < deadline, "a worker still holds the port"
        time.sleep(0.05)


@forks
def test_memory_cannot_be_shared(command):
    code, out, err = command("--workers", 2)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--database" in err


@forks
def test_failures_from_a_file_need_one_process(command, tmp_path):
    file = tmp_path / "failures.yaml"
    file.write_text("- scenario: drop after commit\n")
    code, out, err = command("--workers", 2, "--database", tmp_path / "orders.db", "--scenario", file)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--scenario" in err


@pytest.mark.parametrize("many", ["0", "-1", "two", "65", "1" * 5000])
def test_wrong_number_is_one_line(command, many):
    code, out, err = command("--workers", many)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--workers" in err


@forks
def test_no_alarm_is_left_when_all_workers_have_ended():
    command = [sys.executable, "-c", STOPPED_PARENT]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "(0.0, 0.0)\n"
