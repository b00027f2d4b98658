"""Write the figures of the README: the output of a conformance run on the sandbox, and those of docs/fault-table.md.

Exit codes: 0 written, or with --check current; 1 a figure is stale; 2 could not run.
"""

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from spot_tools.environment import ROOT, say
from spot_tools.errors import ToolError, exit_code
from spot_tools.processes.sandbox import running
from spot_tools.release import figures

_README, _TABLE = ROOT / "README.md", ROOT / "docs" / "fault-table.md"
REPORT = ROOT / ".tox" / "conformance"
"""The report of the conformance run of scripts/test."""


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="scripts/readme", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; compare with the last conformance run of scripts/test"
    )
    options = parser.parse_args(arguments)
    return exit_code("scripts/readme", _check if options.check else _write)


def _write() -> int:
    readme = _README.read_text(encoding="utf-8")
    readme = figures.with_block(readme, figures.CONFORMANCE, figures.output_block(_conformance()))
    readme = figures.with_block(readme, figures.TRUST, figures.trust_block(_TABLE.read_text(encoding="utf-8")))
    _README.write_text(readme, encoding="utf-8")
    say("Wrote the figures of README.md.")
    return 0


def _conformance() -> str:
    """The output of spot-contract on the sandbox. Raises ToolError where the sandbox does not conform."""
    with running() as (url, token):
        paths = os.pathsep.join([str(ROOT / "contract_tests"), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(
            [sys.executable, "-m", "spot_contract", "--base-url", url],
            cwd=ROOT,
            env={**os.environ, "SPOT_API_TOKEN": token, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stdout + done.stderr).strip().rpartition("\n")[2]  # Nothing, if the run was killed.
            raise ToolError(f"the sandbox does not conform ({last}): correct what scripts/conformance finds.")
        return done.stdout.replace(url, "http://127.0.0.1:8000")


def _check() -> int:
    readme, table = (path.read_text(encoding="utf-8") for path in (_README, _TABLE))
    try:
        report: dict[str, Any] = json.loads((REPORT / "report.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ToolError("there is no conformance run to compare with: run scripts/test conformance first.") from None
    found = list(figures.stale(readme, report, table))
    for sentence in found:
        print(f"scripts/readme: {sentence}", file=sys.stderr)
    if not found:
        say("The figures of README.md are current.")
    return 1 if found else 0
