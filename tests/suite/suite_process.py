"""Runs the suite and sandboxes as processes."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = "Abc-123-secret-token"
_OURS = ("SPOT_", "PYTEST_")


def environment(**changes):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    paths = [clean.get("PYTHONPATH", ""), str(ROOT / "sandbox")]
    clean["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    clean["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # Other plugins installed here take longer to load than the suite.
    return clean | changes


def command(*options):
    return [sys.executable, "-m", "pytest", "contract_tests", "-p", "no:cacheprovider", "--assert=plain", *options]


def suite(*options, token=TOKEN, timeout=110, cwd=ROOT, **more):
    """Run the suite of a checkout. Returns its exit code and output."""
    secrets = {"SPOT_API_TOKEN": token} if token else {}
    done = subprocess.run(
        command(*options),
        cwd=cwd,
        env=environment(**secrets, **more),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def sandbox(*options):
    """A sandbox with these options; its address."""
    with running_sandbox(*options) as (address, _):
        yield address


@contextmanager
def running_sandbox(*options):
    """A sandbox with these options; its address and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "spot_sandbox", "--port", "0", *options],
        cwd=ROOT,
        env=environment(SPOT_API_TOKEN=TOKEN),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield re.search(r"http://\S+", process.stdout.readline()).group(), process
    finally:
        process.send_signal(signal.SIGCONT)  # A test may have stopped the process.
        process.terminate()
        process.wait(10)
        process.stdout.close()


def report(folder):
    return json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
