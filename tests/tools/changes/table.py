"""docs/changes-table.md out of the tables: `python tests/tools/changes/table.py` writes it anew."""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "tools"), str(Path(__file__).parent)]

from change_cases import load  # noqa: E402 - found only now

PATH = ROOT / "docs" / "changes-table.md"
SEVERITIES = ("breaking", "additive", "docs")
HEAD = """# How changes of the document are judged

`scripts/changes` judges from the point of view of a client that was written against the old document. What a client
sends (request) must stay allowed; what it receives (response) must stay within what it knows. So the same edit may
break one direction and not the other; a component in use by both is told once, in the direction that suffers more.

- **breaking**: a program written against the old document can fail.
- **additive**: it keeps working; there is something new, or less to expect, or a deprecation.
- **docs**: nothing that is sent or received changes.

Three choices that one can argue about: a success status is part of what a client knows, so a second one is breaking, a
further error is not; an object of a response may have more properties at any time; a property or parameter that can no
longer be sent is breaking even where it was optional, because the client's argument is gone. Components that no
operation uses and extensions are not looked at, but for `x-prefix`, by which an overlay tells the token's prefix.
Requests that the provider sends (callbacks, webhooks) are judged the other way round: the client receives the body.

The tables are the test tables of the project (`tests/tools/changes/tables/`). The last columns say which release
`redocly diff` 2.77.0 asks for in the same case, and why we judge otherwise where one of the two sees a break and the
other none.
"""


def worst(case: dict[str, Any]) -> str:
    return min((found.split()[0] for found in case["finds"]), key=SEVERITIES.index)


def rows(name: str) -> list[str]:
    others = load("redocly.yaml")
    lines = ["| change | judged | redocly diff | why otherwise |", "|---|---|---|---|"]
    for case in load(name):
        found = ", ".join(dict.fromkeys(found.replace(" both", "") for found in case["finds"]))
        other = others[case["name"]]
        lines.append(f"| {case['name']} | {found} | {other['says']} | {other.get('why', '')} |")
    return lines


def text() -> str:
    rewrites, others = load("rewrites.yaml"), load("redocly.yaml")
    false = [case for case in rewrites if others[case["name"]]["says"] == "major"]
    noisy = [case for case in rewrites if others[case["name"]]["says"] != "none"]
    lines = [HEAD, "## The kinds that differs were measured on", "", *rows("published.yaml"), ""]
    lines += ["## Further kinds", "", *rows("kinds.yaml"), "", "## Rewrites that say the same", ""]
    lines.append(
        f"None of these {len(rewrites)} raises anything. `redocly diff` tells a change in {len(noisy)} of them, and "
        f"calls {len(false)} of those breaking.\n"
    )
    lines += ["| rewrite | redocly diff |", "|---|---|"]
    lines += [f"| {case['name']} | {others[case['name']]['says']} |" for case in rewrites]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
