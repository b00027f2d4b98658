"""Report what changed for clients between two documents.

Exit codes: 0 compared; 1 a breaking change, with --fail-on breaking; 2 could not compare.
"""

import argparse

from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.changes.report import FORMATS
from spot_tools.changes.sources import both
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError, exit_code


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/changes",
        description="Report what changed for clients between two documents: breaking, additive or documentation.",
        epilog="A revision is the vendored document of that commit with its overlays. Two files are compared "
        "unchanged; a file that is compared with a revision or the checkout has the overlays applied as well.",
    )
    parser.add_argument("old", metavar="OLD", nargs="?", help="a file or a git revision (default: the last commit)")
    parser.add_argument("new", metavar="NEW", nargs="?", help="a file or a git revision (default: the checkout)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="format of the report (default: %(default)s)")
    parser.add_argument("--fail-on", choices=["breaking"], help="exit with 1 if a change is breaking")
    options = parser.parse_args(arguments)
    return exit_code("scripts/changes", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        old, new = both(Layout.here(), options.old, options.new)
        changes = compare(old, new).changes()
    except RecursionError as error:
        raise ToolError("a document is nested too deeply to be compared.") from error
    print(FORMATS[options.format](changes))
    return 1 if options.fail_on and verdict(changes) == "breaking" else 0
