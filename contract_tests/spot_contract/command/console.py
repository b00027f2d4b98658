"""spot-contract: judges a server and says so by its exit code.

0 the server conforms, 1 it breaks a rule, 2 and above it could not be judged; 4 stands for an unknown option.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from spot_contract.errors import CannotJudge
from spot_contract.rules import registry

from . import github
from .arguments import parser
from .judging import judge
from .outcome import Outcome, badge
from .summary import markdown

_REPORTS = "conformance-report"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say (those of the command line where none are given); the exit code."""
    option = parser().parse_args(arguments)
    if option.rules:
        print(registry.listing())
        return 0
    if option.github:
        option.report_dir = option.report_dir or _REPORTS
    with github.quiet() if option.github else nullcontext():
        outcome = _outcome(option)
    try:
        _tell(outcome, option)
    except OSError as error:
        print(f"spot-contract: {error.filename} could not be written: {error.strerror}.", file=sys.stderr)
        return max(2, outcome.status)
    return outcome.status


def _outcome(option: Any) -> Outcome:
    try:
        return judge(option)
    except CannotJudge as error:
        said = str(error)
    except KeyboardInterrupt:
        said = "interrupted before the first request; nothing was judged."
    # The runner may read one stream late, and take what stands in it for a command: so it all goes through the other.
    print(f"spot-contract: {said}", file=sys.stdout if option.github else sys.stderr)
    return Outcome(2, said=said)


def _tell(outcome: Outcome, option: Any) -> None:
    """Write what CI reads. Raises OSError."""
    if option.summary:
        Path(option.summary).write_text(markdown(outcome), encoding="utf-8", errors="backslashreplace")
    if option.badge:
        Path(option.badge).write_text(json.dumps(badge(outcome), ensure_ascii=False) + "\n", encoding="utf-8")
    if option.github:
        github.tell(outcome, Path(option.report_dir) / "report.json")
