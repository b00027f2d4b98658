"""Runs stock Schemathesis for comparison: `st run --continue-on-failure` with all checks."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spot_tools.environment import ROOT
from spot_tools.errors import ToolError

_EXAMPLES = 50


def failures(url: str, token: str) -> set[str]:
    """The distinct failures that one run reports."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "run.ndjson"
        run(url, token, report)
        return set(_failures(report))


def run(url: str, token: str, report: Path, *, examples: int = _EXAMPLES) -> None:
    """Run Schemathesis on a server; `report` is the NDJSON file that it writes."""
    command = [
        *[sys.executable, "-m", "schemathesis.cli", "run"],
        str(ROOT / "openapi" / "effective" / "contract.yaml"),
        *["--url", url, "--header", f"Authorization: Token {token}", "--checks", "all"],
        *["--max-examples", str(examples), "--continue-on-failure", "--seed", "1", "--no-color"],
        *["--report", "ndjson", "--report-ndjson-path", str(report)],
    ]
    subprocess.run(command, cwd=report.parent, capture_output=True, check=False)


def cases(report: Path) -> int:
    """The number of requests in a run."""
    return sum(len(event["recorder"]["interactions"]) for event in _scenarios(report))


def seconds(report: Path) -> float:
    """The duration of a run without its start-up."""
    times = {name: float(event["timestamp"]) for name, event in _events(report) if name.startswith("Engine")}
    return times.get("EngineFinished", 0.0) - times.get("EngineStarted", 0.0)


def _failures(report: Path) -> Iterator[str]:
    """Each failure as its type and message, without hints, which contain random values; also missing responses."""
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
        raise ToolError("Schemathesis wrote no report: check that its command line is installed.")
    for line in report.read_text(encoding="utf-8").splitlines():
        yield from json.loads(line).items()
