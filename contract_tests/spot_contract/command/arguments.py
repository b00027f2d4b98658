"""The command line of spot-contract. The suite's options are those that pytest has for it."""

import argparse
from typing import NoReturn

from spot_contract.configuration import options
from spot_contract.reporting.json_report import suite_version

_UNKNOWN = 4  # The exit code for a command line that says nothing, as pytest has it.


class Parser(argparse.ArgumentParser):
    """Ends with the suite's own exit code where the command line is wrong."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong, and end."""
        self.exit(_UNKNOWN, f"{self.prog}: {message}. {self.prog} --help lists the options.\n")


def parser() -> Parser:
    """The parser of the command line."""
    made = Parser(
        prog="spot-contract",
        description="Judge whether a server conforms to the Spot API's create-order document. The token comes from "
        "SPOT_API_TOKEN alone. Exit codes: 0 conforms, 1 a rule is broken, 2 and above could not judge. "
        "`spot-contract merge` makes one verdict of the shards of a run.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"spot-contract {suite_version()}")
    made.add_argument("--strict", action="store_true", help="advice counts as a rule")
    made.add_argument("-v", "--verbose", action="store_true", help="tell of every rule, and of waived findings whole")
    made.add_argument(
        "--start", metavar="COMMAND", help="start the server by this command, without a shell, and end it afterwards"
    )
    made.add_argument(
        "--start-timeout",
        metavar="TIME",
        default="60s",
        help="how long to wait until it answers at --base-url (default: 60s)",
    )
    options.add(made.add_argument)
    _for_ci(made)
    return made


def merge_parser() -> Parser:
    """The parser of what follows `merge` on the command line."""
    made = Parser(
        prog="spot-contract merge",
        description="Make one verdict of the reports of all shards of a run. The exit codes are those of a run.",
        allow_abbrev=False,
    )
    made.add_argument("reports", nargs="+", metavar="REPORT", help="a report.json of a shard, or the folder of one")
    made.add_argument("--report-dir", metavar="DIR", help="write the merged report.json there")
    _for_ci(made)
    return made


def _for_ci(made: argparse.ArgumentParser) -> None:
    told = made.add_argument_group("for CI")
    told.add_argument("--summary", metavar="FILE", help="write the outcome as Markdown")
    told.add_argument("--badge", metavar="FILE", help="write the outcome as an endpoint of shields.io")
    told.add_argument(
        "--github", action="store_true", help="annotate, summarise and set outputs as a step of GitHub Actions does"
    )
