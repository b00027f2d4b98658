"""Runs a server that prints its address once it listens."""

import os
import re
import secrets
import shlex
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError


def new_token() -> str:
    """A random token with upper and lower case letters and digits, which the rules on tokens need."""
    return f"Aa0-{secrets.token_urlsafe(24)}"


@contextmanager
def serving(command: Sequence[str], token: str, environment: Mapping[str, str], name: str) -> Generator[str]:
    """Run a server and yield its address.

    Args:
        command: the program and its arguments.
        token: the value of SPOT_API_TOKEN.
        environment: further variables.
        name: the name of the server in messages.

    Raises:
        ToolError: the server did not start.

    """
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
            raise ToolError(f"{name} did not start; its command is {shlex.join(command)}.")
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
