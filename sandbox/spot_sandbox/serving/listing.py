"""The commands `spot-sandbox faults [--json]` and `spot-sandbox scenarios [--json]`."""

import json
import os
import sys
from collections.abc import Sequence

from spot_sandbox.faults import FAULTS
from spot_sandbox.scenarios.catalogue import SCENARIOS
from spot_sandbox.serving.cli import OneLineParser


def list_faults(arguments: Sequence[str]) -> int:
    """Print the faults as text or as a JSON list; return the exit code."""
    keys = ("name", "chapter", "sentence", "trigger", "advice", "summary")
    entries = [{key: getattr(fault, key) for key in keys} for fault in FAULTS.values()]
    lines: list[str] = []
    for fault in FAULTS.values():
        kind = f"{fault.trigger}, advice" if fault.advice else fault.trigger
        lines += [fault.name, f"    {fault.chapter} ({kind}): {fault.summary}", f"    breaks: {fault.sentence}"]
    return _list("faults", "List the faults that --fault enables.", arguments, entries, lines)


def list_scenarios(arguments: Sequence[str]) -> int:
    """Print the scenarios as text or as a JSON list; return the exit code."""
    keys = ("name", "summary", "places_order")
    entries = [{key: getattr(each, key) for key in keys} for each in SCENARIOS.values()]
    lines: list[str] = []
    for each in SCENARIOS.values():
        exists = "the order exists" if each.places_order else "no order exists"
        lines += [each.name, f"    {each.summary}", f"    afterwards: {exists}"]
    return _list("scenarios", "List the failures for testing applications.", arguments, entries, lines)


def _list(
    name: str, description: str, arguments: Sequence[str], entries: Sequence[dict[str, object]], lines: Sequence[str]
) -> int:
    parser = OneLineParser(prog=f"spot-sandbox {name}", description=description)
    parser.add_argument("--json", action="store_true", help="print a JSON list of objects")
    is_json = parser.parse_args(arguments).json
    try:
        print(json.dumps(entries, indent=2) if is_json else "\n".join(lines), flush=True)
    except BrokenPipeError:
        # The reader closed the pipe, such as `head`. Do not flush the rest again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
