"""The run as one HTML page that opens anywhere: no script, no font, no picture from elsewhere."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from .report_text import facts, verdict_words
from .results import Finding, Rule
from .run import ADVICE, BROKEN, GONE, KEPT, NOT_JUDGED, WAIVED, Run

_STYLE = Path(__file__).with_name("report.css")
_SIGNS = {KEPT: "✓", BROKEN: "✗", WAIVED: "≈", NOT_JUDGED: "○", ADVICE: "!", GONE: "∅"}


def page(run: Run, status: int) -> str:
    """The whole page. Every text in it was masked when it was recorded."""
    colour = {0: "good", 1: "bad"}.get(status, "unsure")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Spot API contract: {escape(verdict_words(status))}</title>",
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>",
        f'<header class="{colour}"><p class="kicker">Spot API contract suite</p>',
        f"<h1>{escape(verdict_words(status))}</h1><p>{escape(_where(run))}</p></header><main>",
        *_facts(run),
        *_broken(run),
        *_remarks(run),
        *_chapters(run),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _where(run: Run) -> str:
    return "a sandbox of the suite's own" if run.sandbox else run.bench.desk.target.url


def _facts(run: Run) -> Iterator[str]:
    yield '<dl class="facts">'
    for name, value in facts(run):
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
    yield "</dl>"


def _broken(run: Run) -> Iterator[str]:
    found = [rule for rule in run.rules() if run.verdict(rule) == BROKEN]
    if found:
        yield "<section><h2>Broken rules</h2>"
        for rule in found:
            yield _finding(rule, run.tally.findings[rule.id], opened=True)
        yield "</section>"


def _remarks(run: Run) -> Iterator[str]:
    lines = [f"{what}: {why}" for what, why in sorted(run.tally.not_judged.items())]
    if run.tally.cut_short:
        lines.append(f"Cut short by the order budget: {', '.join(run.tally.cut_short)}")
    lines += run.carriers_told()
    lines += run.waivers_told()
    lines += run.waiver_problems()
    lines += [f"The suite itself failed in {what}: {why}" for what, why in run.errors.items()]
    if lines:
        yield "<section><h2>To know</h2><ul>"
        yield from (f"<li>{escape(line)}</li>" for line in lines)
        yield "</ul></section>"


def _chapters(run: Run) -> Iterator[str]:
    chapter = ""
    for rule in run.rules():
        if rule.chapter != chapter:
            if chapter:
                yield "</tbody></table></div></section>"
            chapter = rule.chapter
            yield f'<section><h2>{escape(chapter.capitalize())}</h2><div class="wide"><table>'
            yield "<thead><tr><th>verdict</th><th>rule</th><th>cases</th><th>seconds</th></tr></thead><tbody>"
        yield _row(run, rule)
    if chapter:
        yield "</tbody></table></div></section>"


def _row(run: Run, rule: Rule) -> str:
    verdict = run.verdict(rule)
    kind = verdict.lower().replace(" ", "-")
    finding = run.tally.findings.get(rule.id)
    details = _finding(rule, finding, opened=False) if finding and verdict != BROKEN else ""
    link = f' <a href="#{escape(rule.id)}">see above</a>' if verdict == BROKEN else ""
    told = (
        f'<code>{escape(rule.id)}</code>{link}<p>{escape(rule.sentence)}</p><p class="source">{escape(rule.source)}</p>'
    )
    if verdict == GONE:
        told += f"<p>{escape(f'No longer applies: {run.settings.gone[rule.id]}.')}</p>"
    return (
        f'<tr class="{kind}"><td class="verdict"><span>{_SIGNS[verdict]} {escape(verdict.lower())}</span></td>'
        f"<td>{told}{details}</td><td>{run.tally.cases.get(rule.id, 0):,}</td>"
        f"<td>{run.tally.seconds.get(rule.id, 0):.2f}</td></tr>"
    )


def _finding(rule: Rule, finding: Finding, *, opened: bool) -> str:
    identity = f' id="{escape(rule.id)}"' if opened else ""
    cases = f"{finding.count:,} broken case{'s' if finding.count > 1 else ''}, first seen in {finding.seen_in}"
    parts = [
        f"<details{identity}{' open' if opened else ''}>",
        f"<summary><code>{escape(rule.id)}</code> {escape(finding.what)}</summary><p>{escape(rule.sentence)}</p>",
        f'<dl class="pair"><dt>expected</dt><dd>{escape(finding.expected)}</dd>',
        f'<dt>got</dt><dd>{escape(finding.got)}</dd></dl><p class="source">{escape(cases)}</p>',
        f"<h3>Smallest request found</h3><pre>{escape(finding.request)}</pre>",
        f"<h3>Answer</h3><pre>{escape(finding.answer)}</pre>",
        f"<h3>Again, by hand</h3><pre>{escape(finding.curl)}</pre></details>",
    ]
    return "".join(parts)
