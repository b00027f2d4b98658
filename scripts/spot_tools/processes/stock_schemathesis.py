"""Stock Schemathesis on the same server, to compare with: `st run --continue-on-failure`, all checks."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError

from .sandbox import running

_EXAMPLES = 50


@dataclass(frozen=True)
class Stock:
    """What stock Schemathesis finds on the right sandbox anyhow: its false alarms, which prove nothing."""

    usual: frozenset[str] = field(default_factory=frozenset[str])

    @classmethod
    def measured(cls) -> "Stock":
        """Run it on the right sandbox."""
        with running() as (url, token):
            return cls(frozenset(cls.failures(url, token)))

    @staticmethod
    def failures(url: str, token: str) -> set[str]:
        """The failures of one run."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "run.ndjson"
            run(url, token, report)
            return set(_failures(report))


def run(url: str, token: str, report: Path, *, examples: int = _EXAMPLES) -> int:
    """One stock run; its exit code."""
    command = [
        *[sys.executable, "-m", "schemathesis.cli", "run"],
        str(ROOT / "openapi" / "effective" / "contract.yaml"),
        *["--url", url, "--header", f"Authorization: Token {token}", "--checks", "all"],
        *["--max-examples", str(examples), "--continue-on-failure", "--seed", "1", "--no-color"],
        *["--report", "ndjson", "--report-ndjson-path", str(report)],
    ]
    done = subprocess.run(command, cwd=report.parent, env=dict(os.environ), capture_output=True, check=False)
    return done.returncode


def cases(report: Path) -> int:
    """How many requests a run sent."""
    return sum(len(event["recorder"]["interactions"]) for event in _scenarios(report))


def seconds(report: Path) -> float:
    """How long a run's engine ran."""
    times = {name: float(event["timestamp"]) for name, event in _events(report) if name.startswith("Engine")}
    return times.get("EngineFinished", 0.0) - times.get("EngineStarted", 0.0)


def _failures(report: Path) -> Iterator[str]:
    """Each failure as its kind and its message, without hints, which hold random values; no answer is one, too."""
    for name, event in _events(report):
        if name in {"NonFatalError", "FatalError"}:
            yield str(event.get("value", {}).get("type", name))
    for event in _scenarios(report):
        for checks in event["recorder"].get("checks", {}).values():
            for check in checks:
                found: dict[str, Any] = check.get("failure_info") or {}
                failure: dict[str, Any] = found.get("failure") or {}
                if failure:
                    message = str(failure["message"]).partition("\nHint:")[0]
                    yield f"{failure['type']}: {message}"


def _scenarios(report: Path) -> Iterator[dict[str, Any]]:
    return (event for name, event in _events(report) if name == "ScenarioFinished")


def _events(report: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if not report.exists():
        raise ToolError("stock Schemathesis wrote no report; is it installed with its command line?")
    for line in report.read_text(encoding="utf-8").splitlines():
        yield from json.loads(line).items()
