"""Texts and figures shared by all reports."""

from collections import Counter
from collections.abc import Iterator

from spot_contract.session.run import ADVICE, BROKEN, GONE, KNOWN, NOT_JUDGED, WAIVED, Run

from .display import clean
from .masking import masking


def server(run: Run) -> str:
    """The server under test, as text."""
    return "a sandbox of the suite's own" if run.sandbox else run.url


def verdict_words(run: Run, status: int) -> str:
    """The verdict for an exit code."""
    if status == 1:
        return "does not conform"
    return "conforms" if status == 0 and run.judged() else "could not judge"


def counts(run: Run) -> Iterator[tuple[str, str]]:
    """The number of rules with each verdict."""
    found = Counter(run.verdict(rule) for rule in run.rules())
    judged = len(run.judged())
    yield "rule judged" if judged == 1 else "rules judged", f"{judged}"
    yield "broken", f"{found[BROKEN]}"
    for verdict in (KNOWN, WAIVED, ADVICE, NOT_JUDGED):
        if found[verdict]:
            yield verdict, f"{found[verdict]}"
    if found[GONE]:
        yield "no longer apply" if found[GONE] > 1 else GONE, f"{found[GONE]}"


def facts(run: Run) -> Iterator[tuple[str, str]]:
    """The figures of a run."""
    yield from counts(run)
    yield "findings", f"{len(run.broken())}"
    yield "requests", f"{run.count.requests:,}"
    yield "orders", f"{run.count.orders:,}"
    yield "seconds", f"{run.seconds:.1f}"
    yield "requests/s", f"{pace(run):.0f}"
    yield "connections", f"{run.engine.connections}"
    yield "profile", f"{run.settings.profile.name}{', strict' if run.settings.is_strict else ''}"
    yield "seed", f"{run.settings.seed}"


def pace(run: Run) -> float:
    """Requests per second."""
    return run.count.requests / run.seconds if run.seconds else 0.0


def reasons(run: Run) -> list[str]:
    """Why the run could not judge everything, the most important reason first."""
    found: list[str] = []
    if run.error:
        found.append(f"the suite itself failed: {run.error}")
    if run.is_interrupted:
        found.append("interrupted")
    if run.engine.cut:
        found.append(run.engine.cut)
    if run.engine.skipped:
        found.append(f"the order budget was too small for {plural(len(run.engine.skipped), 'scenario')}")
    if run.engine.ended:
        found.append(f"{plural(len(run.engine.ended), 'scenario')} ended early, since requests had no answer in time")
    if not run.judged():
        found.append("nothing was judged")
    return [clean(one, masking(run)) for one in found]


def remarks(run: Run, *, whole: bool = True) -> Iterator[str]:
    """Remarks in addition to the findings: what was cut short or left out, waivers, the baseline.

    Without `whole`, waivers of rules that still apply are omitted, since the waived findings name them.
    """
    mask = masking(run)
    yield from (clean(one, mask) for one in _remarks(run, whole=whole))


def _remarks(run: Run, *, whole: bool) -> Iterator[str]:
    if run.engine.cut:
        yield f"cut short: {run.engine.cut}"
    if whole:
        yield from (f"left out: {name}: {why}" for name, why in run.engine.skipped.items())
    elif run.engine.skipped:
        yield f"left out for the order budget (-v says more): {', '.join(run.engine.skipped)}"
    yield from (f"ended early: {name}: {why}" for name, why in run.engine.ended.items())
    if run.is_interrupted:
        yield "interrupted: the report contains what was judged by then"
    if run.error:
        yield f"the suite itself failed: {run.error}"
    for waiver, line in zip(run.settings.waivers, run.waiver_lines(), strict=True):
        if whole or run.judge.rules[waiver.rule].gone:
            yield line
    for problem in run.waiver_problems():
        yield f"waiver: {problem}"
    if run.settings.baseline is not None:
        yield f"compared with the baseline {run.settings.baseline.name}: {_compared(run)}"


def _compared(run: Run) -> str:
    new, known, gone = len(run.broken()), sum(one.is_known for one in run.findings), run.gone()
    lost = "; ".join(sorted({f"{rule} at {place}" if place else rule for rule, place, _, __ in gone}))
    return f"{plural(new, 'new finding')}, {known} known, {len(gone)} gone{f': {lost}' if lost else ''}"


def not_judged(run: Run) -> dict[str, list[str]]:
    """The rules that were not judged, by reason."""
    found: dict[str, list[str]] = {}
    for rule, why in run.not_judged().items():
        found.setdefault(clean(why, masking(run)), []).append(rule)
    return found


def gone(run: Run) -> dict[str, list[str]]:
    """The rules that no longer apply, by reason."""
    found: dict[str, list[str]] = {}
    for rule in run.rules():
        if rule.gone:
            found.setdefault(rule.gone, []).append(rule.id)
    return found


def plural(number: int, what: str) -> str:
    """A number with a noun, in the plural unless it is 1."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
