"""The command line of spot-contract. The suite's own options are shared with the pytest plugin."""

import argparse
from typing import NoReturn

from spot_contract.configuration import options
from spot_contract.reporting.json_report import suite_version

_UNKNOWN = 4  # The exit code for an invalid command line, as in pytest.


class Parser(argparse.ArgumentParser):
    """An argument parser that exits with the suite's exit code for an invalid command line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit."""
        self.exit(_UNKNOWN, f"{self.prog}: {message}. {self.prog} --help lists the options.\n")


def parser() -> Parser:
    """The parser of `spot-contract`."""
    made = Parser(
        prog="spot-contract",
        description="Judge whether a server conforms to the Spot API's create-order document. The token comes from "
        "SPOT_API_TOKEN alone. Exit codes: 0 conforms, 1 a rule is broken, 2 and above could not judge. "
        "`spot-contract merge` joins the shards of a run into one verdict.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"spot-contract {suite_version()}")
    made.add_argument("--strict", action="store_true", help="advice counts as a rule")
    made.add_argument("-v", "--verbose", action="store_true", help="list every rule, and show waived findings in full")
    made.add_argument(
        "--start", metavar="COMMAND", help="start the server with this command, without a shell, and end it afterwards"
    )
    made.add_argument(
        "--start-timeout",
        metavar="TIME",
        default="60s",
        help="how long to wait until the server answers at --base-url (default: 60s)",
    )
    options.add(made.add_argument)
    _for_ci(made)
    return made


def merge_parser() -> Parser:
    """The parser of what follows `merge` on the command line."""
    made = Parser(
        prog="spot-contract merge",
        description="Join the reports of all shards of a run into one verdict. The exit codes are those of a run.",
        allow_abbrev=False,
    )
    made.add_argument("reports", nargs="+", metavar="REPORT", help="the report.json of a shard, or its folder")
    made.add_argument("--report-dir", metavar="DIR", help="write the merged report.json to this folder")
    _for_ci(made)
    return made


def _for_ci(made: argparse.ArgumentParser) -> None:
    group = made.add_argument_group("for CI")
    group.add_argument("--summary", metavar="FILE", help="write the outcome as Markdown")
    group.add_argument("--badge", metavar="FILE", help="write the outcome as JSON for a shields.io badge endpoint")
    group.add_argument(
        "--github", action="store_true", help="write annotations, the job summary and outputs for GitHub Actions"
    )
