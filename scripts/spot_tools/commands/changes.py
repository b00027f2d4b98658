"""What changed for a client between two documents.

Exit codes: 0 compared, 1 with --fail-on breaking: something breaks, 2 could not compare.
"""

import argparse
import sys

from spot_tools.changes.findings import verdict
from spot_tools.changes.operations import compare
from spot_tools.changes.report import FORMATS
from spot_tools.changes.sources import both
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/changes",
        description="Tell what changed for a client between two documents: what breaks, what is new.",
        epilog="A revision means the vendored document of that commit with its overlays. Two files are compared as "
        "they are; one file against a revision or the checkout has the overlays applied to it too.",
    )
    parser.add_argument("old", metavar="OLD", nargs="?", help="a file or a git revision (default: the last commit)")
    parser.add_argument("new", metavar="NEW", nargs="?", help="a file or a git revision (default: the checkout)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to tell it (default: %(default)s)")
    parser.add_argument("--fail-on", choices=["breaking"], help="exit 1 where something breaks")
    options = parser.parse_args(arguments)
    try:
        old, new = both(Layout.here(), options.old, options.new)
        changes = compare(old, new).changes()
    except ToolError as error:
        print(f"scripts/changes: {error}", file=sys.stderr)
        return 2
    except RecursionError:
        print("scripts/changes: a document is nested too deeply to be compared.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scripts/changes: interrupted.", file=sys.stderr)
        return 130
    print(FORMATS[options.format](changes))
    return 1 if options.fail_on and verdict(changes) == "breaking" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
