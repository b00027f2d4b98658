"""The report as one self-contained HTML page: no scripts, no external fonts or images."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from spot_contract.rules.rule import Rule
from spot_contract.session.run import ADVICE, BROKEN, GONE, KEPT, KNOWN, NOT_JUDGED, WAIVED, Run

from . import figures
from .display import DisplayedFinding, clean
from .masking import masking

_STYLE = Path(__file__).with_name("report.css")
_SIGNS = {KEPT: "✓", BROKEN: "✗", WAIVED: "≈", KNOWN: "=", NOT_JUDGED: "○", ADVICE: "!", GONE: "∅"}
_SECTIONS = ((BROKEN, "Findings"), (ADVICE, "Advice"), (KNOWN, "Known"), (WAIVED, "Waived"))


def page(run: Run, status: int, findings: Sequence[DisplayedFinding]) -> str:
    """The HTML of the page."""
    verdict = figures.verdict_words(run, status)
    colour = {"conforms": "good", "does not conform": "bad"}.get(verdict, "unsure")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Spot API contract: {escape(verdict)}</title>",
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>",
        f'<header class="{colour}"><p class="kicker">Spot API contract suite</p>',
        f"<h1>{escape(verdict.capitalize())}</h1><p>{escape(figures.server(run))}</p></header><main>",
        *_facts(run),
        *_findings(findings),
        *_remarks(run, status),
        *_chapters(run, findings),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _facts(run: Run) -> Iterator[str]:
    yield '<dl class="facts">'
    for name, value in figures.facts(run):
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
    yield "</dl>"


def _findings(findings: Sequence[DisplayedFinding]) -> Iterator[str]:
    numbers = {id(one): number for number, one in enumerate(findings, 1)}
    for verdict, title in _SECTIONS:
        found = [one for one in findings if one.verdict == verdict]
        if found:
            yield f'<section class="{_kind(verdict)}"><h2>{title} ({len(found)})</h2>'
            for one in found:
                yield _finding(one, numbers[id(one)])
            yield "</section>"


def _remarks(run: Run, status: int) -> Iterator[str]:
    """The section with reasons, dialects, remarks and rules that were not judged."""
    lines = [f"could not judge: {one}" for one in (figures.reasons(run) if status >= 2 else ())]
    lines += [f"dialects: {one}" for one in run.dialects.notes]
    lines += list(figures.remarks(run))
    lines += [f"not judged, {why}: {', '.join(rules)}" for why, rules in figures.not_judged(run).items()]
    if lines:
        yield "<section><h2>To know</h2><ul>"
        yield from (f"<li>{escape(clean(line, masking(run)))}</li>" for line in dict.fromkeys(lines))
        yield "</ul></section>"


def _chapters(run: Run, findings: Sequence[DisplayedFinding]) -> Iterator[str]:
    rules, not_judged = run.rules(), run.not_judged()
    for chapter in dict.fromkeys(rule.chapter for rule in rules):
        yield f'<section><h2>{escape(chapter.capitalize())}</h2><div class="wide"><table>'
        yield "<thead><tr><th>verdict</th><th>rule</th><th>cases</th></tr></thead><tbody>"
        yield from (_row(run, rule, findings, not_judged.get(rule.id, "")) for rule in rules if rule.chapter == chapter)
        yield "</tbody></table></div></section>"


def _row(run: Run, rule: Rule, findings: Sequence[DisplayedFinding], why_not: str) -> str:
    verdict = run.verdict(rule)
    links = "".join(
        f' <a href="#finding-{number}">finding</a>' for number, one in enumerate(findings, 1) if one.rule.id == rule.id
    )
    cell = f"<code>{escape(rule.id)}</code>{links}<p>{escape(rule.sentence)}</p>"
    cell += f'<p class="source">{escape(rule.source)}</p>'
    why = f"No longer applies: {rule.gone}." if verdict == GONE else why_not
    if why:
        cell += f"<p>{escape(clean(why, masking(run)))}</p>"
    return (
        f'<tr class="{_kind(verdict)}"><td class="verdict"><span>{_SIGNS[verdict]} {escape(verdict.lower())}</span>'
        f"</td><td>{cell}</td><td>{run.cases(rule):,}</td></tr>"
    )


def _finding(one: DisplayedFinding, number: int) -> str:
    pairs = [
        ("where", ", ".join(one.places)),
        ("how", "; ".join(one.ways)),
        ("in", "; ".join(one.encodings)),
        ("expected", one.expected),
        ("got", one.got),
        ("cases", one.cases),
        ("waived for", one.waived_for),
    ]
    parts = [
        f'<details id="finding-{number}"{" open" if one.verdict == BROKEN else ""}>',
        f"<summary><code>{escape(one.rule.id)}</code> {escape(one.rule.sentence)}</summary>",
        '<dl class="pair">',
        *(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in pairs if value),
        "</dl>",
        f"<h3>Smallest request found{escape(f': {one.what}' if one.what else '')}</h3><pre>{escape(one.request)}</pre>",
        f"<h3>Answer</h3><pre>{escape(one.answer)}</pre>",
        f"<h3>Again, by hand</h3><pre>{escape(one.curl)}</pre></details>",
    ]
    return "".join(parts)


def _kind(verdict: str) -> str:
    return verdict.lower().replace(" ", "-")
