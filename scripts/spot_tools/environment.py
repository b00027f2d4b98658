"""From a fresh clone to a Python environment: tox makes it, this asks tox when it must. Standard library alone."""

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

ROOT = Path(__file__).resolve().parents[2]
_TOX_HOME = ROOT / ".venv"
_RUN_TOX = ("-m", "tox", "run", "-q", "-e")
_MADE_OF = ("pyproject.toml", "tox.ini")
"""The files that say what the environments hold."""


class EnvironmentFailedError(Exception):
    """An environment could not be made. Its text is one sentence that says what to do."""


def run_command(module: str, arguments: Sequence[str], *, here: bool = False) -> int:
    """Run a module of spot_tools in the tools environment, which is made first where needed; return its exit code.

    The module runs in the checkout, or here, where the caller stands and names files from.
    """
    try:
        python = tools_python()
    except EnvironmentFailedError as failure:
        print(f"{failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted while the environment was being made; run the command again.", file=sys.stderr)
        return 130
    return call(
        [str(python), "-m", f"spot_tools.commands.{module}", *arguments],
        paths=["scripts"],
        folder=None if here else ROOT,
    )


def tools_python() -> Path:
    """The interpreter of the environment that generates, serves and judges. Raises EnvironmentFailedError."""
    return _python_of("tools", "generator, sandbox and suite")


def servers_python() -> Path:
    """The interpreter of the correct servers in tests/servers. Raises EnvironmentFailedError."""
    return _python_of("servers", "the correct servers")


def _python_of(name: str, what: str) -> Path:
    folder = ROOT / ".tox" / name
    python = folder / _BIN / _PYTHON
    stamp, wanted = folder / "made-of", _fingerprint()
    if not python.exists() or not stamp.exists() or stamp.read_text() != wanted:
        say(f"Making the environment with {what} (once, below a minute) …", aside=True)
        if call([str(_tox_python()), *_RUN_TOX, name, "--notest"], aside=True):
            raise EnvironmentFailedError(
                "tox could not make the environment: its messages above tell why (is a package index within reach?)."
            )
        stamp.write_text(wanted)
    return python


def run_tox(environment: str, *arguments: str) -> int:
    """Run one tox environment; return its exit code. Raises EnvironmentFailedError where tox cannot be had."""
    return call([str(_tox_python()), *_RUN_TOX, environment, *arguments])


def call(command: Sequence[str], paths: Sequence[str] = (), folder: Path | None = ROOT, *, aside: bool = False) -> int:
    """Run a command in the folder (None: where the caller stands) with paths on PYTHONPATH; return its exit code.

    What runs aside prints to standard error, so that a command's own output can be piped.
    """
    environment = dict(os.environ)
    if paths:
        environment["PYTHONPATH"] = os.pathsep.join(str(ROOT / path) for path in paths)
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=sys.stderr if aside else None)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # A terminal sends Ctrl-C to the command as well; whoever signals this process alone means the command.
        try:
            code = process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            code = process.wait()
    return 128 - code if code < 0 else code


def say(text: str, *, aside: bool = False) -> None:
    """Tell the caller what happens next, in order with what the commands print."""
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
            raise EnvironmentFailedError(
                "This Python cannot make virtual environments: install its venv and ensurepip modules."
            ) from error
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        if call([*pip, *_tox_requirements()], aside=True):
            raise EnvironmentFailedError("pip could not install tox: check that a package index is within reach.")
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
