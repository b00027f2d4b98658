"""Runs the command of spot-contract from the checkout: within this process, or in one of its own where needed."""

import contextlib
import io
import os
import socket
import subprocess
import sys
from unittest import mock

from spot_contract.command.console import main
from suite_process import ROOT, TOKEN

_OURS = ("SPOT_", "PYTEST_", "CI_NODE_", "JOB_COMPLETION_", "GITHUB_", "PYTHONPATH")


def clean(**changes):
    """The variables of the environment without those that lead to the checkout or belong to a CI job."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | changes


def _environment(**changes):
    paths = [str(ROOT / "contract_tests"), str(ROOT / "sandbox")]
    return clean(PYTHONPATH=os.pathsep.join(paths), SPOT_API_TOKEN=TOKEN) | changes


def console(*arguments, cwd, **variables):
    """Run the command; its exit code, what it printed, and what it printed as errors."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, _environment(**variables), clear=True),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        status = main(list(map(str, arguments)))
    return status, output.getvalue(), errors.getvalue()


def console_process(*arguments, cwd):
    """The same as a process: a process judges by one document alone."""
    done = subprocess.run(
        [sys.executable, "-m", "spot_contract", *map(str, arguments)],
        cwd=cwd,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
