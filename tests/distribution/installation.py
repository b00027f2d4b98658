"""The wheel of spot-contract in an environment of its own, from which nothing leads to the checkout."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from console import clean
from suite_process import ROOT, TOKEN

UV = (sys.executable, "-m", "uv")


@dataclass
class Installation:
    """A folder with the wheel and an environment that holds it and what it requires."""

    folder: Path

    @classmethod
    def make(cls, folder):
        run(*UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT / "contract_tests")
        environment_with(folder / "environment", cls(folder).wheel, is_compiled=True)

    @property
    def wheel(self):
        return next(self.folder.glob("spot_contract-*.whl"))

    @property
    def python(self):
        return interpreter(self.folder / "environment")

    @property
    def command(self):
        return self.python.with_name("spot-contract")


def made_once(folder, make):
    """Call `make` with the new folder in one of the processes that ask for it; the others wait for the end."""
    end_mark = folder / "ended"
    try:
        folder.mkdir()
    except FileExistsError:
        end = time.monotonic() + 300
        while not end_mark.exists() and time.monotonic() < end:
            time.sleep(0.1)
        return
    try:
        make(folder)
    finally:
        end_mark.touch()


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment_with(folder, *requirements, is_compiled=False):
    """Make an environment with these, compiled at once or when they are imported; its interpreter."""
    variables = {**os.environ, "UV_COMPILE_BYTECODE": "1" if is_compiled else "0"}
    run(*UV, "venv", "--quiet", "--python", sys.executable, folder)
    run(*UV, "pip", "install", "--quiet", "--python", interpreter(folder), *requirements, env=variables)
    return interpreter(folder)


def interpreter(folder):
    return next(path for path in Path(folder).glob("*/python*") if path.is_file())


def call(*command, cwd, **variables):
    """Run an installed command with the token; its exit code and what it printed."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=clean(SPOT_API_TOKEN=TOKEN, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout


def packages(python):
    listed = run(*UV, "pip", "list", "--format", "json", "--python", python)
    return {entry["name"] for entry in json.loads(listed)}


def megabytes(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1_000_000
