"""Output for GitHub Actions: annotations, the job summary, step outputs."""

import os
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .outcome import Outcome
from .summary import markdown

_MOST = 10  # Annotations of one kind that GitHub shows for a step.
_TEXT = 400  # Characters of a message.


@contextmanager
def quiet() -> Generator[None]:
    """Stop the runner from interpreting printed text as commands: it may come from the server under test."""
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", flush=True)
    try:
        yield
    finally:
        print(f"::{word}::", flush=True)


def annotate(outcome: Outcome, report: Path) -> None:
    """Print annotations, and append to the summary and output files that the runner names. Raises OSError."""
    for line in _annotations(outcome):
        print(line.encode(sys.stdout.encoding or "utf-8", "backslashreplace").decode(sys.stdout.encoding or "utf-8"))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(summary, markdown(outcome))
    if outputs := os.environ.get("GITHUB_OUTPUT"):
        facts = {"verdict": outcome.verdict, "findings": str(len(outcome.findings)), "exit-status": str(outcome.status)}
        facts["report"] = str(report) if outcome.report else ""
        _append(outputs, "".join(f"{name}={value}\n" for name, value in facts.items()))


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(text)


def _annotations(outcome: Outcome) -> list[str]:
    found = outcome.findings
    lines = [
        _command("error", _title(one["rule"], one["places"]), f"expected {one['expected']}, got {one['got']}")
        for one in found[: _MOST - 1]
    ]
    if len(found) >= _MOST:
        lines.append(_command("error", "more", f"{len(found) - _MOST + 1} more findings are in the report."))
    kind = "error" if outcome.status else "warning"
    lines += [_command(kind, outcome.verdict, reason) for reason in outcome.reasons]
    return lines


def _title(rule: str, places: list[str]) -> str:
    more = f" and {len(places) - 2} more" if len(places) > 2 else ""
    return f"{rule} at {', '.join(places[:2])}{more}" if places else rule


def _command(kind: str, title: str, message: str) -> str:
    """A workflow command, escaped for the runner."""
    flat = " ".join(message.split())
    cut = flat if len(flat) <= _TEXT else f"{flat[:_TEXT]}…"
    name = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={name}::{_escaped(cut)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
