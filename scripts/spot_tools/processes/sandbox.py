"""Runs the sandbox as a process."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError

from .serving import new_token, serving


@contextmanager
def running(*faults: str) -> Generator[tuple[str, str]]:
    """Run a sandbox with these faults on a free port; yield its address and token.

    Raises ToolError where it does not start.
    """
    token = new_token()
    chosen = [word for fault in faults for word in ("--fault", fault)]
    command = [sys.executable, "-m", "spot_sandbox", "--port", "0", *chosen]
    with serving(command, token, _environment(), " with ".join(["the sandbox", *faults])) as url:
        yield url, token


def sandbox_output(*arguments: str) -> str:
    """The output of a command of the sandbox. Raises ToolError where it fails."""
    command = [sys.executable, "-m", "spot_sandbox", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **_environment()}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolError(f"the sandbox's command failed: {done.stderr.strip()[-200:]}")
    return done.stdout


def _environment() -> dict[str, str]:
    paths = [os.environ.get("PYTHONPATH", ""), str(ROOT / "sandbox")]
    return {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
