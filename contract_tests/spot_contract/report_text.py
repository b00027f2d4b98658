"""The words and figures that all reports share."""

from collections.abc import Iterator

from .run import BROKEN, GONE, NOT_JUDGED, Run


def verdict_words(status: int) -> str:
    """The verdict that an exit code stands for."""
    return {0: "Conforms", 1: "Does not conform"}.get(status, "Could not judge")


def facts(run: Run) -> Iterator[tuple[str, str]]:
    """The figures of a run."""
    rules = run.rules()
    left = sum(run.verdict(rule) == NOT_JUDGED for rule in rules)
    gone = sum(run.verdict(rule) == GONE for rule in rules)
    yield "rules judged", f"{len(rules) - left - gone}"
    yield "broken", f"{sum(run.verdict(rule) == BROKEN for rule in rules)}"
    yield "not judged", f"{left}"
    if gone:
        yield "no longer apply", f"{gone}"
    yield "requests", f"{run.tally.requests:,}"
    yield "orders accepted", f"{run.tally.orders:,}"
    yield "seconds", f"{run.seconds:.1f}"
    yield "requests/s", f"{run.tally.requests / run.seconds:.0f}" if run.seconds else "0"
    yield "profile", f"{run.settings.profile.name}{', strict' if run.settings.strict else ''}"
    yield "seed", f"{run.settings.seed}"
