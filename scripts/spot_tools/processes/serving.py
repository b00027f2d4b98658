"""A server as a process that prints its address once it listens, for the commands that measure it or the suite."""

import os
import re
import secrets
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError


def new_token() -> str:
    """A token of its own for one run: letters of both cases and digits, so that every rule about it can be judged."""
    return f"Aa0-{secrets.token_urlsafe(24)}"


@contextmanager
def serving(command: Sequence[str], token: str, environment: Mapping[str, str], name: str) -> Generator[str]:
    """The address of a running server. Raises ToolError, which names it, where it does not start."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment, "SPOT_API_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", line)
        if not found:
            raise ToolError(f"{name} did not start.")
        yield found.group()
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
