"""Generates docs/changes-table.md from the tables: python tests/tools/changes/table.py"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "tools"), str(Path(__file__).parent)]

from change_cases import load  # noqa: E402 - found only now

PATH = ROOT / "docs" / "changes-table.md"
SEVERITIES = ("breaking", "additive", "docs")
HEAD = """# How changes of the document are classified

`scripts/changes` takes the point of view of a client that was written for the old document. Whatever the client sends
(requests) must still be allowed, and whatever it receives (responses) must still be known to it. So the same edit can
be breaking in one direction and harmless in the other. A component that is used in both is reported once, with the
more severe direction.

- **breaking**: a program written for the old document can fail.
- **additive**: it keeps working; something was added, responses became more specific, or something was deprecated.
- **docs**: requests and responses stay the same.

Some choices are debatable:

- A new status of success is breaking, because clients do not know it. A new error status is not.
- An object in a response may get new properties at any time.
- Removing a property or parameter of a request is breaking even if it was optional, because the argument of the client
  is removed as well.
- Requests that the provider sends (callbacks and webhooks) are classified in reverse: the client receives the body.

Components that no operation uses are ignored, and so are extensions, except `x-prefix`, with which an overlay sets the
prefix of the token.

The tables below are the project's test tables (`tests/tools/changes/tables/`). The last two columns show the release
that `redocly diff` 2.77.0 recommends in the same case, and the reason where only one of the two reports a breaking
change.
"""


def worst(case: dict[str, Any]) -> str:
    return min((found.split()[0] for found in case["finds"]), key=SEVERITIES.index)


def rows(name: str) -> list[str]:
    others = load("redocly.yaml")
    lines = ["| change | classification | redocly diff | reason for the difference |", "|---|---|---|---|"]
    for case in load(name):
        found = ", ".join(dict.fromkeys(found.replace(" both", "") for found in case["finds"]))
        other = others[case["name"]]
        lines.append(f"| {case['name']} | {found} | {other['says']} | {other.get('why', '')} |")
    return lines


def text() -> str:
    rewrites, others = load("rewrites.yaml"), load("redocly.yaml")
    false = [case for case in rewrites if others[case["name"]]["says"] == "major"]
    noisy = [case for case in rewrites if others[case["name"]]["says"] != "none"]
    lines = [HEAD, "## Changes of the published document", "", *rows("published.yaml"), ""]
    lines += ["## Other changes", "", *rows("kinds.yaml"), "", "## Rewrites without a change of meaning", ""]
    lines.append(
        f"None of these {len(rewrites)} is reported. `redocly diff` reports {len(noisy)} of them, {len(false)} as "
        f"breaking.\n"
    )
    lines += ["| rewrite | redocly diff |", "|---|---|"]
    lines += [f"| {case['name']} | {others[case['name']]['says']} |" for case in rewrites]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
