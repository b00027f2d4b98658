"""The generated blocks of the README: the output of a run and measured figures; and whether they are stale."""

import re
from collections.abc import Iterator
from typing import Any

from spot_tools.errors import ToolError

CONFORMANCE, TRUST = "conformance", "trust"
_TOLERANCE = 0.1  # The number of requests varies with the release of Hypothesis.
_COUNTS = re.compile(
    r"(?P<judged>[\d,]+) rules judged, (?P<broken>[\d,]+) broken, (?P<left>[\d,]+) not judged; "
    r"(?P<requests>[\d,]+) requests, (?P<orders>[\d,]+) orders"
)


def block(text: str, name: str) -> str:
    """The content between the marks of a block. Raises ToolError where README.md lacks the block."""
    return _found(text, name)["inside"]


def with_block(text: str, name: str, inside: str) -> str:
    """The text with the content of a block replaced. Raises ToolError where README.md lacks the block."""
    found = _found(text, name)
    return f"{text[: found.start('inside')]}{inside}{text[found.end('inside') :]}"


def _found(text: str, name: str) -> re.Match[str]:
    found = re.search(rf"<!-- {name}: [^\n]*-->\n(?P<inside>.*?)<!-- end of {name} -->", text, re.DOTALL)
    if found is None:
        raise ToolError(f"README.md has no block {name!r}: restore the comments at its start and end.")
    return found


def output_block(output: str) -> str:
    """The output of a run as Markdown."""
    return f"```text\n{output.strip()}\n```\n"


def trust_block(table: str) -> str:
    """The figures at the top of docs/fault-table.md as Markdown."""
    return "".join(f"{line.replace('**', '')}\n" for line in table.splitlines() if line.startswith("- **"))


def stale(readme: str, report: dict[str, Any], table: str) -> Iterator[str]:
    """A sentence for each outdated figure of the README.

    Args:
        readme: the text of README.md.
        report: report.json of a run of the suite on the sandbox.
        table: the text of docs/fault-table.md.

    """
    verdict = _COUNTS.search(block(readme, CONFORMANCE))
    if verdict is None:
        yield "README.md has no verdict of the suite: run scripts/readme."
    else:
        counts = {name: int(value.replace(",", "")) for name, value in verdict.groupdict().items()}
        yield from _stale_counts(counts, report)
    if block(readme, TRUST) != trust_block(table):
        yield "README.md and docs/fault-table.md have different figures: run scripts/readme."


def _stale_counts(counts: dict[str, int], report: dict[str, Any]) -> Iterator[str]:
    verdicts = [rule["verdict"] for rule in report["rules"]]
    exact = {"broken": verdicts.count("broken"), "left": len(report["not_judged"])}
    exact["judged"] = len(verdicts) - exact["left"]
    for name, words in (("judged", "rules judged"), ("broken", "rules broken"), ("left", "rules not judged")):
        if counts[name] != exact[name]:
            yield f"README.md says {counts[name]} {words}, the last run {exact[name]}: run scripts/readme."
    for name in ("requests", "orders"):
        if abs(counts[name] - report[name]) > _TOLERANCE * report[name]:
            yield f"README.md says {counts[name]} {name}, the last run {report[name]}: run scripts/readme."
