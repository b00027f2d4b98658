"""The outcome as Markdown: verdict, figures, findings with request and response. Data of the server is escaped."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from .outcome import Outcome

_MOST = 900_000  # Bytes; GitHub takes 1 MiB from a step.
_TEXT = 600  # Characters of a text in a table.
_FENCE = re.compile(r"`{3,}")
_OPEN = 3  # Findings that are shown expanded.


def markdown(outcome: Outcome) -> str:
    """The summary, with as many findings as fit into GitHub's limit."""
    parts = [*_head(outcome)]
    rules = {one["id"]: str(one["sentence"]) for one in outcome.report["rules"]} if outcome.report else {}
    size, left = sum(map(_size, parts)), 0
    for title, verdict in (("Findings", "broken"), ("Known", "known"), ("Advice", "advice"), ("Waived", "waived")):
        found = outcome.of_verdict(verdict)
        if not found:
            continue
        parts.append(f"\n## {title} ({len(found)})\n")
        for number, one in enumerate(found):
            text = "\n".join(_finding(one, rules.get(one["rule"], ""), is_open=verdict == "broken" and number < _OPEN))
            size += _size(text)
            if size > _MOST:
                left += 1
            else:
                parts.append(text)
    if left:
        parts.append(f"\n{left} more findings are in the report.")
    return "\n".join(parts) + "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace")) + 1


def _head(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    yield f"# Spot API contract: {outcome.verdict}\n"
    yield from (f"> {_flat(reason)}\n" for reason in outcome.reasons)
    if report is None:
        return
    yield "| | |"
    yield "|---|---|"
    counted = Counter(one["verdict"] for one in report["rules"])
    figures = {
        "server": report["server"],
        "rules": ", ".join(f"{count} {verdict}" for verdict, count in counted.items()),
        "requests": f"{report['requests']:,}, {report['orders']:,} of them orders",
        "time": f"{report['seconds']:.1f} s",
        "run": f"profile {report['profile']}, seed {report['seed']}, spot-contract {report['suite']}",
    }
    for name, value in (*figures.items(), *(("forms", note) for note in report["dialects"])):
        yield f"| {name} | {_cell(value)} |"
    if baseline := report["baseline"]:
        counts = f"{baseline['new']} new, {baseline['known']} known, {len(baseline['gone'])} gone"
        yield f"| compared with the baseline | {counts} |"


def _finding(one: dict[str, Any], sentence: str, *, is_open: bool) -> Iterator[str]:
    where = _listed(one["places"])
    yield f"<details{' open' if is_open else ''}><summary><b>{_flat(one['rule'])}</b>{f' at {where}' if where else ''}"
    yield f"({one['count']:,} case{'' if one['count'] == 1 else 's'})</summary>\n"
    yield f"{_flat(sentence)}\n"
    yield "| | |"
    yield "|---|---|"
    for name, value in (
        ("how", _listed(one["ways"])),
        ("in", _listed(one["encodings"])),
        ("expected", _cell(one["expected"])),
        ("got", _cell(one["got"])),
        ("waived for", _cell(one["waived_for"] or "")),
    ):
        if value:
            yield f"| {name} | {value} |"
    for label, name, language in (
        ("Request", "request", "http"),
        ("Answer", "answer", "http"),
        ("Again", "curl", "sh"),
    ):
        yield f"\n{label}:\n"
        yield from _fenced(one[name], language)
    yield "\n</details>\n"


def _listed(values: Sequence[str]) -> str:
    named = ", ".join(_cell(one) for one in values[:6])
    return f"{named} and {len(values) - 6} more" if len(values) > 6 else named


def _cell(text: str) -> str:
    """A text in a table, without markup."""
    return f"<code>{_flat(text)}</code>" if text else ""


def _flat(text: str) -> str:
    short = text if len(text) <= _TEXT else f"{text[:_TEXT]}…"
    escaped = html.escape(" ".join(short.split()))
    return re.sub(r"[\\`*_|\[\]~#@:!]", lambda found: f"&#{ord(found[0])};", escaped)


def _fenced(text: str, language: str) -> Iterator[str]:
    """A code block whose fence is longer than any in the text."""
    fence = "`" * max([3, *(len(found) + 1 for found in _FENCE.findall(text))])
    yield f"{fence}{language}"
    yield text
    yield fence
