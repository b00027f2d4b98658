"""The sandbox as a process, for the verbs that measure it or the suite."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from .environment import ROOT
from .errors import ToolError


@contextmanager
def running(fault: str | None = None) -> Generator[tuple[str, str]]:
    """A sandbox on a free port, as (address, token). Raises ToolError where it does not start."""
    token = f"Aa0-{secrets.token_urlsafe(24)}"
    command = [sys.executable, "-m", "spot_sandbox", "--port", "0", *(["--fault", fault] if fault else [])]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment() | {"SPOT_API_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", line)
        if not found:
            raise ToolError(f"the sandbox did not start{f' with the fault {fault}' if fault else ''}.")
        yield found.group(), token
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def sandbox_output(*arguments: str) -> str:
    """What the sandbox's command line prints. Raises ToolError where it fails."""
    command = [sys.executable, "-m", "spot_sandbox", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"the sandbox's command failed: {done.stderr.strip()[-200:]}")
    return done.stdout


def _environment() -> dict[str, str]:
    paths = [os.environ.get("PYTHONPATH", ""), str(ROOT / "sandbox")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
