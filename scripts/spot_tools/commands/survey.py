"""Build a client of every document below folders, here and by the stock generator, and count the outcomes.

Exit codes: 0 counted, 1 a document caused a traceback here, 2 there was no document.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from multiprocessing import Pool
from pathlib import Path

from spot_tools.errors import exit_code
from spot_tools.survey.found import documents
from spot_tools.survey.outcomes import KINDS, Outcome, ours, stock


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/survey",
        description="Build a client of every OpenAPI 3 document below the folders, here and by the stock generator, "
        "and count the outcomes.",
    )
    parser.add_argument("folders", metavar="FOLDER", nargs="+", help="a folder with documents; it is only read")
    parser.add_argument("--report", type=Path, metavar="FILE", help="also write the outcome of each document as JSON")
    options = parser.parse_args(arguments)
    return exit_code("scripts/survey", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    found = documents(options.folders)
    # A process for each document: the generator keeps global settings.
    with Pool(maxtasksperchild=1) as pool:
        outcomes = {name: pool.map(build, found, chunksize=1) for name, build in (("here", ours), ("stock", stock))}
    if options.report is not None:
        pairs = zip(found, outcomes["here"], outcomes["stock"], strict=True)
        entries = [{"document": str(path), "here": asdict(here), "stock": asdict(other)} for path, here, other in pairs]
        options.report.write_text(json.dumps(entries, indent=1), encoding="utf-8")
    _print(outcomes, len(found))
    return 1 if any(outcome.kind == "traceback" for outcome in outcomes["here"]) else 0


def _print(outcomes: dict[str, list[Outcome]], count: int) -> None:
    print(f"{count} documents".ljust(32) + "".join(name.rjust(8) for name in outcomes))
    counts = {name: Counter(outcome.kind for outcome in of) for name, of in outcomes.items()}
    for kind in KINDS:
        print(kind.ljust(32) + "".join(str(counts[name][kind]).rjust(8) for name in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
