"""Reports of the changes as text, JSON or Markdown."""

import dataclasses
import json
from collections.abc import Callable, Sequence

from .findings import SEVERITIES, Change, verdict

_TITLES = {"breaking": "Breaking", "additive": "Additive", "docs": "Documentation only"}
_SENTENCES = {
    "breaking": "programs written against the old document can fail",
    "additive": "programs written against the old document keep working",
    "docs": "requests and responses stay the same",
    "none": "nothing changed for clients",
}


def as_json(changes: Sequence[Change]) -> str:
    """The report for programs."""
    value = {"verdict": verdict(changes), "changes": [dataclasses.asdict(change) for change in changes]}
    return json.dumps(value, indent=2, ensure_ascii=False)


def as_text(changes: Sequence[Change]) -> str:
    """The report for a terminal."""
    lines: list[str] = []
    for severity in SEVERITIES:
        found = [change for change in changes if change.severity == severity]
        if found:
            lines.append(f"{_TITLES[severity]} ({len(found)})")
        for change in found:
            lines += [f"  - {change.message}", f"    at {change.pointer or '/'}", f"    {change.advice}"]
        lines += [""] * bool(found)
    return "\n".join([*lines, _verdict(changes)])


def as_markdown(changes: Sequence[Change]) -> str:
    """The report for a pull request."""
    lines = [f"**{_verdict(changes)}**"]
    for severity in SEVERITIES:
        found = [change for change in changes if change.severity == severity]
        if found:
            lines += ["", f"### {_TITLES[severity]} ({len(found)})", ""]
        for change in found:
            lines += [f"- {_escaped(change.message)} {_escaped(change.advice)} (`{change.pointer or '/'}`)"]
    return "\n".join(lines)


def _verdict(changes: Sequence[Change]) -> str:
    found = verdict(changes)
    return f"Verdict: {found} ({_SENTENCES[found]})."


def _escaped(text: str) -> str:
    """Text of the document, which is not trusted, with the special characters of Markdown and HTML escaped."""
    return "".join("\\" + char if char in "\\`*_[]<>|#@" else char for char in " ".join(text.split()))


FORMATS: dict[str, Callable[[Sequence[Change]], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
"""The formats by their names on the command line."""
