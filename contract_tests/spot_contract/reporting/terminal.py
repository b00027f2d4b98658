"""The report on the terminal: head, findings, chapters, verdict."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from spot_contract.session.findings import Finding
from spot_contract.session.run import ADVICE, BROKEN, GONE, KEPT, KNOWN, NOT_JUDGED, WAIVED, Run

from . import figures
from .display import DisplayedFinding, answer_lines, clean, cut, displayed, request_lines
from .masking import masking

_PLACES = 6  # Places, ways and encodings that are listed.
_BODY = 300  # Characters of a body.
_WIDE = 160  # Characters of a text in one line.
_NARROW = 110  # Characters of a line that is wrapped.
_LINES = 30  # Lines of a passing run, which has 40 with pytest's header and the verdict.
_VERDICTS = (KEPT, BROKEN, KNOWN, WAIVED, ADVICE, NOT_JUDGED, GONE)


def head(run: Run) -> Iterator[str]:
    """The server, the main settings and the dialects."""
    connections = figures.plural(run.engine.connections, "connection")
    strict = ", strict" if run.settings.is_strict else ""
    yield (
        f"contract suite: judging {figures.server(run)}, profile {run.settings.profile.name}{strict}, "
        f"seed {run.settings.seed}, {connections}"
    )
    yield from (f"  {clean(one, run.mask)}" for one in run.dialects.notes)


def report(run: Run, status: int, verbose: bool, bodies: Path) -> Iterator[str]:
    """The findings, the chapters and what was not judged.

    Long bodies for curl lines are written to the folder `bodies`. Raises OSError.
    """
    pairs = list(zip(displayed(run, bodies), run.findings, strict=True))
    broken, *lesser = ([pair for pair in pairs if pair[0].verdict == one] for one in (BROKEN, KNOWN, WAIVED, ADVICE))
    for number, (one, finding) in enumerate(broken, 1):
        yield from _details(run, one, finding, f"{number}. {one.rule.id} is broken: {one.rule.sentence}")
        yield ""
    rest = [*(_table(run) if verbose else _chapters(run)), *_left_out(run, verbose=verbose)]
    room = len(pairs) + 3
    if status == 0:  # A passing run fits into 40 lines.
        room = max(4, (_LINES - len(rest) - len(list(head(run)))) // max(1, sum(map(bool, lesser))))
    for found in lesser:
        yield from _minor(run, found, room, verbose=verbose)
    yield from rest


def _minor(run: Run, pairs: Sequence[tuple[DisplayedFinding, Finding]], room: int, *, verbose: bool) -> Iterator[str]:
    """Known and waived findings or advice: one line each as far as there is room, or in full with -v."""
    if not pairs:
        return
    verdict = pairs[0][0].verdict
    if verbose:
        for one, finding in pairs:
            yield from _details(run, one, finding, f"{verdict}: {one.rule.id}: {one.rule.sentence}")
            yield ""
        return
    fitting = pairs if len(pairs) <= room - 2 else pairs[: max(1, room - 3)]
    yield f"{verdict} (-v shows them whole):"
    for one, _ in fitting:
        where = f" at {_listed(one.places, 2)}" if one.places else ""
        why = one.waived_for if verdict == WAIVED else f"got {one.got}"
        yield _cut_line(f"  {one.rule.id}{where}: {_flat(why)}")
    if len(fitting) < len(pairs):
        yield f"  and {len(pairs) - len(fitting)} more"
    yield ""


def _details(run: Run, one: DisplayedFinding, finding: Finding, title: str) -> Iterator[str]:
    exchange, mask = finding.seen.exchange, masking(run)
    yield title
    for label, values in (("where", one.places), ("how", one.ways), ("in", one.encodings)):
        if values:
            yield f"   {label:<9} {_listed(values, _PLACES, ', ' if label == 'where' else '; ')}"
    if one.waived_for:
        yield f"   {'waived':<9} {one.waived_for}"
    yield f"   {'expected':<9} {cut(_flat(one.expected), _BODY)}"
    yield f"   {'got':<9} {cut(_flat(one.got), _BODY)}"
    yield f"   {'cases':<9} {one.cases}"
    requests = request_lines(exchange.request, mask, _BODY)
    for label, lines in (("request", requests), ("answer", answer_lines(exchange, mask, _BODY))):
        for position, line in enumerate(lines):
            yield f"   {label if position == 0 else '':<9} {line}"
    yield f"   {one.curl}"


def _chapters(run: Run) -> Iterator[str]:
    """The number of rules kept in each chapter, and a line for each chapter with other verdicts than "not judged"."""
    counts: dict[str, Counter[str]] = {}
    for rule in run.rules():
        counts.setdefault(rule.chapter, Counter())[run.verdict(rule)] += 1
    quiet = {chapter: found for chapter, found in counts.items() if found.keys() <= {KEPT, NOT_JUDGED}}
    kept = ", ".join(f"{chapter}\N{NO-BREAK SPACE}{found[KEPT]}" for chapter, found in quiet.items() if found[KEPT])
    for line in textwrap.wrap(f"kept: {kept}" if kept else "", _NARROW, subsequent_indent="  "):
        yield line.replace("\N{NO-BREAK SPACE}", " ")
    others = {chapter: found for chapter, found in counts.items() if chapter not in quiet}
    width = max(map(len, others), default=0)
    for chapter, found in others.items():
        yield f"{chapter:<{width}}  {', '.join(f'{found[one]} {one.lower()}' for one in _VERDICTS if found[one])}"


def _table(run: Run) -> Iterator[str]:
    """A table of all rules: chapter, rule, verdict, cases."""
    rules = run.rules()
    width = max([len(rule.id) for rule in rules], default=4)
    yield f"{'chapter':<15} {'rule':<{width}} {'verdict':<17} {'cases':>7}"
    chapter = ""
    for rule in rules:
        named = rule.chapter if rule.chapter != chapter else ""
        chapter = rule.chapter
        yield f"{named:<15} {rule.id:<{width}} {run.verdict(rule):<17} {run.cases(rule):>7,}"


def _left_out(run: Run, *, verbose: bool) -> Iterator[str]:
    """Rules that were not judged, and remarks."""
    lines = [f"not judged, {why}: {_rules(rules, verbose=verbose)}" for why, rules in figures.not_judged(run).items()]
    lines += [f"no longer applies, {why}: {_rules(rules, verbose=verbose)}" for why, rules in figures.gone(run).items()]
    lines += figures.remarks(run, whole=verbose)
    if lines:
        yield ""
        yield from lines


def _rules(rules: Sequence[str], *, verbose: bool) -> str:
    return ", ".join(rules) if verbose else _listed(rules, _PLACES)


def verdict(run: Run, status: int) -> str:
    """The last line: the verdict with figures, profile and seed."""
    found, rules = run.broken(), [rule for rule in run.rules() if run.verdict(rule) == BROKEN]
    word = figures.verdict_words(run, status).upper()
    reasons = "; ".join(figures.reasons(run))
    if word == "DOES NOT CONFORM":
        problems = run.waiver_problems()
        causes = [f"{figures.plural(len(found), 'finding')} in {figures.plural(len(rules), 'rule')}"] if found else []
        causes += [f"{figures.plural(len(problems), 'waiver')} no longer in order"] if problems else []
        word = f"{word}: {', '.join(causes)}"
    elif word == "COULD NOT JUDGE":
        word = f"{word}: {reasons or f'the suite ended with {status}'}"
    facts = ", ".join(f"{value} {name}" for name, value in figures.counts(run))
    short = f"; cut short: {reasons}" if reasons and word.startswith("DOES NOT") else ""
    return (
        f"{word}{':' if word == 'CONFORMS' else ';'} {facts}{short}; {figures.plural(run.count.requests, 'request')}, "
        f"{figures.plural(run.count.orders, 'order')}, {run.seconds:.1f} s ({figures.pace(run):.0f} requests/s), "
        f"profile {run.settings.profile.name}, seed {run.settings.seed}"
    )


def _listed(values: Sequence[str], most: int, between: str = ", ") -> str:
    named = between.join(cut(_flat(one), _WIDE) for one in values[:most])
    return f"{named} and {len(values) - most} more" if len(values) > most else named


def _flat(text: str) -> str:
    return " ".join(text.split())


def _cut_line(line: str) -> str:
    """A line cut to at most two rows of most terminals."""
    return line if len(line) <= _WIDE else f"{line[:_WIDE]}…"
