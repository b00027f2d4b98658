"""spot-contract: judges a server and reports the verdict as exit code.

0: the server conforms, 1: it breaks a rule, 2 and above: it could not be judged, 4: unknown option.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from spot_contract.configuration import options
from spot_contract.errors import CannotJudge
from spot_contract.reporting import files

from . import github
from .arguments import merge_parser, parser
from .judging import judge, say
from .merging import merge
from .outcome import Outcome, badge, summary_lines
from .summary import markdown

_REPORTS = "conformance-report"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, by default those of the command line. Returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    is_merge = words[:1] == ["merge"]
    option = merge_parser().parse_args(words[1:]) if is_merge else parser().parse_args(words)
    if option.github:
        option.report_dir = option.report_dir or _REPORTS
    with github.quiet() if option.github else nullcontext():
        outcome = _outcome(option, _merged if is_merge else judge)
    try:
        _write_for_ci(outcome, option)
    except OSError as error:
        print(f"spot-contract: {error.filename} could not be written: {error.strerror}.", file=sys.stderr)
        return max(2, outcome.status)
    return outcome.status


def _merged(option: Any) -> Outcome:
    """Merge the shards' reports and print a short outcome, since each shard has printed its own findings."""
    paths = [path / "report.json" if path.is_dir() else path for path in map(Path, option.reports)]
    outcome = merge(paths)
    if option.report_dir:
        try:
            files.write_report(outcome.report or {}, Path(option.report_dir))
        except OSError as error:
            raise CannotJudge(f"The report could not be written to {error.filename}: {error.strerror}.") from error
    say(summary_lines(outcome))
    return outcome


def _print_rules(option: Any) -> None:
    try:
        print(options.listing(option), flush=True)
    except BrokenPipeError:
        # The reader closed the pipe, such as `head`. Do not flush the rest again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _outcome(option: Any, work: Callable[[Any], Outcome]) -> Outcome:
    try:
        if getattr(option, "rules", False):
            _print_rules(option)
            return Outcome(0)
        return work(option)
    except CannotJudge as error:
        reason = str(error)
    except KeyboardInterrupt:
        reason = "interrupted before the first request; nothing was judged."
    # The GitHub runner reads both streams for commands, possibly late, so everything is written to the muted one.
    print(f"spot-contract: {reason}", file=sys.stdout if option.github else sys.stderr)
    return Outcome(2, reason=reason)


def _write_for_ci(outcome: Outcome, option: Any) -> None:
    """Write summary, badge and GitHub output as requested. Raises OSError."""
    if option.summary:
        Path(option.summary).write_text(markdown(outcome), encoding="utf-8", errors="backslashreplace")
    if option.badge:
        Path(option.badge).write_text(json.dumps(badge(outcome), ensure_ascii=False) + "\n", encoding="utf-8")
    if option.github:
        github.annotate(outcome, Path(option.report_dir) / "report.json")
