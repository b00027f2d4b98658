"""Lists the fault catalogue: spot-sandbox faults [--json]."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from spot_sandbox.faults import FAULTS
from spot_sandbox.serving.cli import OneLineParser

if TYPE_CHECKING:
    from collections.abc import Sequence


def list_faults(arguments: Sequence[str]) -> int:
    """Print the catalogue, as text or as a JSON list; the exit code."""
    parser = OneLineParser(prog="spot-sandbox faults", description="List the faults that --fault shows.")
    parser.add_argument("--json", action="store_true", help="print a JSON list of objects")
    text = _as_json() if parser.parse_args(arguments).json else _as_text()
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Whoever read along has read enough; what is left must not be flushed again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _as_json() -> str:
    keys = ("name", "chapter", "sentence", "trigger", "advice", "summary")
    return json.dumps([{key: getattr(fault, key) for key in keys} for fault in FAULTS.values()], indent=2)


def _as_text() -> str:
    lines: list[str] = []
    for fault in FAULTS.values():
        kind = f"{fault.trigger}, advice" if fault.advice else fault.trigger
        lines += [fault.name, f"    {fault.chapter} ({kind}): {fault.summary}", f"    breaks: {fault.sentence}"]
    return "\n".join(lines)
