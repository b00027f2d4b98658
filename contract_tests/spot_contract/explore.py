"""Hypothesis properties: random cases of a strategy, and the smallest of those that fail."""

import re
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from .cases import Trial
from .errors import BudgetSpent, NotJudged, ServerGone
from .judge import Judge

Case = TypeVar("Case")
EXAMPLES = ".hypothesis/examples"


class Broken(Exception):
    """A case broke a rule."""


def explore(judge: Judge, strategy: SearchStrategy[Case], attempt: Callable[[Case], Trial], label: str = "") -> None:
    """Try cases of a strategy, shrink what fails to the smallest case, and record it.

    A case that failed in an earlier run is tried first. With a seed the cases are the same in every run.
    """
    for number in rounds(judge):
        explorer = _Explorer(judge, attempt)
        given_test = given(strategy)(explorer.function(f"{judge.name} {label}"))
        test = seed(zlib.crc32(f"{judge.settings.seed}:{judge.name}:{label}:{number}".encode()))(
            settings(
                max_examples=judge.settings.profile.examples,
                phases=_phases(judge),
                database=DirectoryBasedExampleDatabase(EXAMPLES),
                deadline=None,
                derandomize=False,
                report_multiple_bugs=False,
                print_blob=False,
                verbosity=Verbosity.quiet,
                suppress_health_check=[
                    HealthCheck.too_slow,
                    HealthCheck.filter_too_much,
                    HealthCheck.data_too_large,
                    HealthCheck.large_base_example,
                ],
            )(given_test)
        )
        try:
            test()
        except (Broken, Flaky):
            explorer.record(recurs=True)
        except (NotJudged, ServerGone):
            explorer.record(recurs=None)
            raise


def rounds(judge: Judge) -> Iterator[int]:
    """One round, or as many as this test's share of the time budget allows."""
    end = judge.deadline
    yield 0
    number = 1
    while end is not None and time.monotonic() < end and not judge.broken:
        yield number
        number += 1


def _phases(judge: Judge) -> list[Phase]:
    """Shrinking costs orders, so it is left out where they are counted."""
    phases = [Phase.reuse, Phase.generate]
    return phases if judge.settings.allowed is not None else [*phases, Phase.shrink]


class _Explorer(Generic[Case]):
    """Counts every case, but records as a problem only the last that failed: the smallest one."""

    def __init__(self, judge: Judge, attempt: Callable[[Case], Trial]) -> None:
        self.judge = judge
        self.attempt = attempt
        self.smallest: Trial | None = None
        self.end: NotJudged | None = None

    def function(self, name: str) -> Callable[[Case], None]:
        """The property as Hypothesis wants it; its name keeps its failing cases apart from those of others."""

        def holds(case: Case) -> None:
            if self.end is not None:
                return
            try:
                trial = self.attempt(case)
            except BudgetSpent as error:
                self.end = error
                raise
            if any(not self.judge.settings.forgives(problem.rule) for problem in trial.problems):
                self.smallest = trial
                if trial.answer is None:
                    # Each such case may take long, so that looking for a smaller one is not worth it.
                    self.end = NotJudged(trial.exchange.failure)
                raise Broken
            self.judge.record(trial)

        holds.__name__ = holds.__qualname__ = re.sub(r"\W+", "_", name)
        holds._hypothesis_internal_add_digest = name.encode()  # type: ignore[attr-defined]  # noqa: SLF001  # pyright: ignore[reportFunctionMemberAccess]  # As Hypothesis's own pytest plugin does.
        return holds

    def record(self, *, recurs: bool | None) -> None:
        if self.smallest is not None:
            self.judge.record(self.smallest, smaller=lambda trial, _: trial if recurs else None)
