"""The Python environments of the commands, created by tox when they are needed. Standard library alone."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tomllib
import venv
from collections.abc import Sequence
from pathlib import Path

from spot_tools.errors import ToolError, exit_code

ROOT = Path(__file__).resolve().parents[2]
_TOX_HOME = ROOT / ".venv"
_RUN_TOX = ("-m", "tox", "run", "-q", "-e")
_MADE_OF = ("pyproject.toml", "tox.ini")
"""The files that define the contents of the environments."""


def run_command(module: str, arguments: Sequence[str], *, here: bool = False) -> int:
    """Run a module of spot_tools.commands in the tools environment, creating it if necessary; return the exit code.

    The module runs in the root of the checkout; with `here`, in the current folder, so that relative file names work.
    """

    def run() -> int:
        python = _python_of("tools", "generator, sandbox and suite")
        command = [str(python), "-m", "spot_tools.commands", module, *arguments]
        return call(command, paths=["scripts"], folder=None if here else ROOT)

    return exit_code(f"scripts/{module}", run)


def servers_python() -> Path:
    """The interpreter that runs the servers in tests/servers. Raises ToolError."""
    return _python_of("servers", "the correct servers")


def _python_of(name: str, what: str) -> Path:
    folder = ROOT / ".tox" / name
    python = folder / _BIN / _PYTHON
    stamp, wanted = folder / "made-of", _fingerprint()
    if not python.exists() or not stamp.exists() or stamp.read_text() != wanted:
        say(f"Creating the environment with {what} (once) …", aside=True)
        if call([str(_tox_python()), *_RUN_TOX, name, "--notest"], aside=True):
            raise ToolError(
                "tox could not create the environment: see its messages above (is a package index reachable?)."
            )
        stamp.write_text(wanted)
    return python


def run_tox(environment: str, *arguments: str) -> int:
    """Run one tox environment; return its exit code. Raises ToolError where tox cannot be installed."""
    return call([str(_tox_python()), *_RUN_TOX, environment, *arguments])


def call(command: Sequence[str], paths: Sequence[str] = (), folder: Path | None = ROOT, *, aside: bool = False) -> int:
    """Run a command and return its exit code.

    Args:
        command: the program and its arguments.
        paths: folders of the checkout for PYTHONPATH.
        folder: the working directory; None is the current one.
        aside: print the command's output to standard error, so that the caller's own output can be piped.

    """
    environment = dict(os.environ)
    if paths:
        environment["PYTHONPATH"] = os.pathsep.join(str(ROOT / path) for path in paths)
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=sys.stderr if aside else None)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # A terminal sends Ctrl-C to the command as well. A signal to this process alone is passed on.
        try:
            code = process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            code = process.wait()
    return 128 - code if code < 0 else code


def say(text: str, *, aside: bool = False) -> None:
    """Print a line at once, in order with the output of subprocesses; `aside` prints to standard error."""
    print(text, file=sys.stderr if aside else sys.stdout, flush=True)


def _tox_python() -> Path:
    python = _TOX_HOME / _BIN / _PYTHON
    stamp = _TOX_HOME / "made-of"
    wanted = "\n".join([sys.version, *_tox_requirements()])
    if not python.exists() or not stamp.exists() or stamp.read_text() != wanted:
        say("Installing tox into .venv (once) …", aside=True)
        shutil.rmtree(_TOX_HOME, ignore_errors=True)
        try:
            venv.create(_TOX_HOME, with_pip=True, symlinks=os.name != "nt")
        except (OSError, subprocess.CalledProcessError) as error:
            raise ToolError(
                "This Python cannot create virtual environments: install its venv and ensurepip modules."
            ) from error
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        if call([*pip, *_tox_requirements()], aside=True):
            raise ToolError("pip could not install tox: check that a package index is reachable.")
        stamp.write_text(wanted)
    return python


def _tox_requirements() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        requirements: list[str] = tomllib.load(file)["dependency-groups"]["tox"]
    return requirements


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in _MADE_OF:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


_BIN = "Scripts" if os.name == "nt" else "bin"
_PYTHON = "python.exe" if os.name == "nt" else "python"
