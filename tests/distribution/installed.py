"""The wheel of spot-contract in an environment of its own, with no checkout in reach."""

import json
import os
import subprocess
import sys
from pathlib import Path

from console import ROOT, TOKEN

UV = (sys.executable, "-m", "uv")


def run(*command, **more):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=300, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(folder):
    run(*UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT / "contract_tests")
    return next(Path(folder).glob("spot_contract-*.whl"))


def environment_with(folder, *requirements):
    """The interpreter of a new environment that holds these."""
    run(*UV, "venv", "--quiet", "--python", sys.executable, folder)
    python = next(path for path in Path(folder).glob("*/python*") if path.is_file())
    run(*UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *requirements)
    return python


def clean(**changes):
    """The environment's variables without anything that leads to the checkout."""
    ours = ("SPOT_", "PYTEST_", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | changes


def judge(command, *options, cwd, token=TOKEN):
    """Run an installed command; its exit code and what it printed."""
    done = subprocess.run(
        [*map(str, (*command, *options))],
        cwd=cwd,
        env=clean(SPOT_API_TOKEN=token),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def packages(python):
    listed = run(*UV, "pip", "list", "--format", "json", "--python", python)
    return {entry["name"] for entry in json.loads(listed)}


def megabytes(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1_000_000
