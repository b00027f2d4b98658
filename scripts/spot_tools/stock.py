"""Stock Schemathesis on the same server, to compare with: `st run --continue-on-failure`, all checks."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .environment import ROOT
from .sandbox_process import running

_EXAMPLES = 50


@dataclass(frozen=True)
class Stock:
    """What stock Schemathesis finds on the right sandbox anyhow: its false alarms, which prove nothing."""

    usual: frozenset[str] = field(default_factory=frozenset[str])

    @classmethod
    def measured(cls) -> "Stock":
        """Run it on the right sandbox."""
        with running() as (url, token):
            return cls(frozenset(cls().failures(url, token)))

    def failures(self, url: str, token: str) -> set[str]:
        """The failures of one run, each as check, status and media type."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "run.ndjson"
            run(url, token, report)
            return set(_failures(report))


def run(url: str, token: str, report: Path, *, examples: int = _EXAMPLES) -> int:
    """One stock run; its exit code."""
    command = [
        *[sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"],
        str(ROOT / "openapi" / "effective" / "contract.yaml"),
        *["--url", url, "--header", f"Authorization: Token {token}", "--checks", "all"],
        *["--max-examples", str(examples), "--continue-on-failure", "--seed", "1", "--no-color"],
        *["--report", "ndjson", "--report-ndjson-path", str(report)],
    ]
    done = subprocess.run(command, cwd=report.parent, env=dict(os.environ), capture_output=True, check=False)
    return done.returncode


def _failures(report: Path) -> list[str]:
    return [json.dumps(line) for line in report.read_text(encoding="utf-8").splitlines() if "failure" in line]
