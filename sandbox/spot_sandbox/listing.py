"""Lists the fault catalogue: spot-sandbox faults [--json]."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from spot_sandbox.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence


def list_faults(arguments: Sequence[str]) -> int:
    """Print the catalogue, as text or as a JSON list; the exit code."""
    parser = argparse.ArgumentParser(prog="spot-sandbox faults", description="List the faults that --fault shows.")
    parser.add_argument("--json", action="store_true", help="print a JSON list of objects")
    if parser.parse_args(arguments).json:
        keys = ("name", "chapter", "sentence", "trigger", "advice", "summary")
        print(json.dumps([{key: getattr(fault, key) for key in keys} for fault in FAULTS.values()], indent=2))
        return 0
    for fault in FAULTS.values():
        kind = f"{fault.trigger}, advice" if fault.advice else fault.trigger
        print(f"{fault.name}\n    {fault.chapter} ({kind}): {fault.summary}\n    breaks: {fault.sentence}")
    return 0
