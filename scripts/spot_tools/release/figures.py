"""The blocks of the README that a command writes, a run's output and measured figures, and whether they are stale."""

import re
from collections.abc import Iterator
from typing import Any

from spot_tools.errors import ToolError

CONFORMANCE, TRUST = "conformance", "trust"
_TOLERANCE = 0.1  # Other releases of Hypothesis draw a few requests more or less.
_COUNTS = re.compile(
    r"(?P<judged>[\d,]+) rules judged, (?P<broken>[\d,]+) broken, (?P<left>[\d,]+) not judged; "
    r"(?P<requests>[\d,]+) requests, (?P<orders>[\d,]+) orders"
)


def block(text: str, name: str) -> str:
    """What stands between the two marks of a block. Raises ToolError where README.md has no such block."""
    return _found(text, name)["inside"]


def with_block(text: str, name: str, inside: str) -> str:
    """The text with this between the two marks of a block. Raises ToolError where README.md has no such block."""
    found = _found(text, name)
    return f"{text[: found.start('inside')]}{inside}{text[found.end('inside') :]}"


def _found(text: str, name: str) -> re.Match[str]:
    found = re.search(rf"<!-- {name}: [^\n]*-->\n(?P<inside>.*?)<!-- end of {name} -->", text, re.DOTALL)
    if found is None:
        raise ToolError(f"README.md has no block {name!r}: put back its marks, the comments at its begin and end.")
    return found


def output_block(output: str) -> str:
    """The output of a run as a block of Markdown."""
    return f"```text\n{output.strip()}\n```\n"


def trust_block(table: str) -> str:
    """The figures at the head of docs/fault-table.md as a block of Markdown."""
    return "".join(f"{line.replace('**', '')}\n" for line in table.splitlines() if line.startswith("- **"))


def stale(readme: str, report: dict[str, Any], table: str) -> Iterator[str]:
    """What the README says that is no longer so, a sentence each.

    `report` is the report.json of a run of the suite on the sandbox, `table` the text of docs/fault-table.md.
    """
    told = _COUNTS.search(block(readme, CONFORMANCE))
    if told is None:
        yield "README.md shows no verdict of the suite: run scripts/readme."
    else:
        counts = {name: int(value.replace(",", "")) for name, value in told.groupdict().items()}
        yield from _stale_counts(counts, report)
    if block(readme, TRUST) != trust_block(table):
        yield "README.md tells other figures of trust than docs/fault-table.md: run scripts/readme."


def _stale_counts(told: dict[str, int], report: dict[str, Any]) -> Iterator[str]:
    verdicts = [rule["verdict"] for rule in report["rules"]]
    exact = {"broken": verdicts.count("broken"), "left": len(report["not_judged"])}
    exact["judged"] = len(verdicts) - exact["left"]
    for name, words in (("judged", "rules judged"), ("broken", "rules broken"), ("left", "rules not judged")):
        if told[name] != exact[name]:
            yield f"README.md says {told[name]} {words}, and it is {exact[name]}: run scripts/readme."
    for name in ("requests", "orders"):
        if abs(told[name] - report[name]) > _TOLERANCE * report[name]:
            yield f"README.md says {told[name]} {name}, and it is {report[name]}: run scripts/readme."
