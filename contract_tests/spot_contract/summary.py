"""The end of a run on the terminal: what is broken and how to see it, the table of rules, the verdict."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .results import Finding
from .run import ADVICE, BROKEN, GONE, KEPT, NOT_JUDGED, Run


def short_text(finding: Finding) -> str:
    """A broken rule in one line, for the test that found it; the whole of it comes once, at the end."""
    return f"{finding.rule} is broken: expected {finding.expected}, got {finding.got}"


def outcome(result: str, told: Mapping[str, Any], gone: Collection[str]) -> str:
    """What became of one test: its own rule may be kept although its cases broke another one."""
    rule, findings = told["spot_rule"], told["spot_tally"]["findings"]
    if rule in gone:
        return GONE
    if result == "skipped":
        return NOT_JUDGED
    if result == "passed":
        return ADVICE if rule in findings else KEPT
    if rule in findings:
        return BROKEN
    return f"{KEPT}, but broken on the way: {', '.join(findings)}"


def broken(run: Run) -> Iterator[str]:
    """Every broken rule, whole."""
    for rule in run.rules():
        if run.verdict(rule) == BROKEN:
            yield failure_text(run.tally.findings[rule.id])


def failure_text(finding: Finding) -> str:
    """A broken rule as a person reads it."""
    lines = [
        f"{finding.rule} is broken: {finding.what}",
        f"  expected  {finding.expected}",
        f"  got       {finding.got}",
        f"  cases     {finding.count}{_recurrence(finding)}",
        "  request",
        *(f"    {line}" for line in finding.request.splitlines()),
        "  answer",
        *(f"    {line}" for line in finding.answer.splitlines()),
        f"  {finding.curl}",
    ]
    return "\n".join(lines)


def table(run: Run) -> Iterator[str]:
    """Chapter, rule, verdict, cases, seconds."""
    rules = run.rules()
    width = max([len(rule.id) for rule in rules], default=4)
    yield f"{'chapter':<15} {'rule':<{width}} {'verdict':<17} {'cases':>7} {'seconds':>8}"
    chapter = ""
    for rule in rules:
        shown = rule.chapter if rule.chapter != chapter else ""
        chapter = rule.chapter
        cases = run.tally.cases.get(rule.id, 0)
        seconds = run.tally.seconds.get(rule.id, 0.0)
        yield f"{shown:<15} {rule.id:<{width}} {run.verdict(rule):<17} {cases:>7} {seconds:>8.2f}"


def remarks(run: Run) -> Iterator[str]:
    """What the reader must know beside the table."""
    for what, reason in sorted(run.tally.not_judged.items()):
        yield f"not judged: {what}: {reason}"
    if run.tally.cut_short:
        yield f"cut short by the order budget, each by its share: {', '.join(run.tally.cut_short)}"
    for rule in run.rules():
        if run.verdict(rule) == GONE:
            yield f"no longer applies: {rule.id}: {run.settings.gone[rule.id]}"
    yield from run.carriers_told()
    yield from run.waivers_told()
    for problem in run.waiver_problems():
        yield f"waiver: {problem}"
    for what, error in run.errors.items():
        yield f"the suite itself failed in {what}: {error}"


def verdict(run: Run, status: int) -> str:
    """The last line: the verdict, and how to have the same requests again."""
    rules = run.rules()
    broken = [rule for rule in rules if run.verdict(rule) == BROKEN]
    left = [rule for rule in rules if run.verdict(rule) == NOT_JUDGED]
    words = {0: "CONFORMS", 1: "DOES NOT CONFORM"}
    gone = [rule for rule in rules if run.verdict(rule) == GONE]
    judged = len(rules) - len(left) - len(gone)
    facts = f"{judged} rules judged, {len(broken)} broken"
    if left:
        facts += f", {len(left)} not judged"
    if gone:
        facts += f", {len(gone)} no longer {'apply' if len(gone) > 1 else 'applies'}"
    count = run.tally
    pace = count.requests / run.seconds if run.seconds else 0.0
    return (
        f"{words.get(status, 'COULD NOT JUDGE')}: {facts}; {count.requests} requests, {count.orders} orders, "
        f"{run.seconds:.1f} s ({pace:.0f} requests/s), profile {run.settings.profile.name}, seed {run.settings.seed}"
    )


def _recurrence(finding: Finding) -> str:
    if finding.recurs is None:
        return ""
    return ", seen again when repeated" if finding.recurs else ", not seen again when the request was repeated"
