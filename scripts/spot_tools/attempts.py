"""One fault of the sandbox's catalogue: the sandbox with it, the suite on it, and stock Schemathesis beside it."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .environment import ROOT
from .errors import ToolError
from .sandbox_process import running, sandbox_output
from .stock import Stock
from .suite_process import judged

_WHOLE = "contract_tests"


@dataclass(frozen=True)
class Fault:
    """One wrong behaviour of the sandbox, as its catalogue tells it."""

    name: str
    chapter: str
    summary: str
    trigger: str
    advice: bool

    @property
    def rules_of(self) -> str:
        """The chapter as the identifiers of its rules begin."""
        return self.chapter.replace(" ", "_").removesuffix("_types")


@dataclass(frozen=True)
class Choices:
    """How the suite is run."""

    profile: str
    seed: str

    def as_options(self) -> list[str]:
        """The same as options of the suite."""
        return ["--profile", self.profile, "--seed", self.seed]


@dataclass(frozen=True)
class Result:
    """What the suite, and the stock tool beside it, said of one fault."""

    fault: Fault
    exit_status: int
    rules: tuple[str, ...]
    seconds: float
    profile: str
    stock: tuple[str, ...] | None = None

    @property
    def caught(self) -> bool:
        """Whether the suite said that a rule is broken; that it could not judge is no catch."""
        return self.exit_status == 1 and bool(self.rules)


def catalogue(names: Sequence[str]) -> list[Fault]:
    """The sandbox's faults, or those named. Raises ToolError for a name that it does not know."""
    raw = json.loads(sandbox_output("faults", "--json"))
    known = {
        one["name"]: Fault(one["name"], one["chapter"], one["summary"], one["trigger"], bool(one["advice"]))
        for one in raw
    }
    if unknown := [name for name in names if name not in known]:
        raise ToolError(f"the sandbox knows no fault {unknown[0]!r}; python -m spot_sandbox faults lists them.")
    return [known[name] for name in names] or list(known.values())


def attempt(fault: Fault, choices: Choices, stock: Stock | None) -> Result:
    """One fault: the sandbox with it, the suite on it.

    A whole run sends all that a part of it does, and the ci profile all that quick does: what the tests of the fault's
    own chapter catch, or what quick catches, need not be tried again.
    """
    start = time.monotonic()
    result = None
    for profile, tests in _steps(fault, choices.profile):
        result = broken_by(fault, Choices(profile, choices.seed), ["--maxfail=1"], tests)
        if result.caught:
            break
    if result is None:
        raise ToolError("there is nothing to try.")
    result = replace(result, seconds=time.monotonic() - start)
    if stock is None:
        return result
    with running(fault.name) as (url, token):
        return replace(result, stock=tuple(sorted(stock.failures(url, token) - stock.usual)))


def broken_by(fault: Fault, choices: Choices, options: Sequence[str], tests: str) -> Result:
    """One run of some of the suite's tests on the sandbox with the fault."""
    extra = [*options, *(["--strict"] if fault.advice else [])]
    with tempfile.TemporaryDirectory() as folder, running(fault.name) as (url, token):
        status, report = judged(url, token, Path(folder), [*extra, *choices.as_options()], tests)
    return Result(fault, status, tuple(_broken(report)), 0.0, choices.profile)


def _steps(fault: Fault, wanted: str) -> Iterator[tuple[str, str]]:
    """Profiles and tests to try, from the quickest to the whole."""
    chapter = tests_of(fault.rules_of)
    profiles = ["quick", "ci"] if wanted == "ci" else [wanted]
    if (ROOT / chapter).exists():
        yield profiles[0], chapter
    for profile in profiles:
        yield profile, _WHOLE


def tests_of(chapter: str) -> str:
    """The suite's tests of a chapter of rules."""
    return f"{_WHOLE}/test_{chapter}.py"


def _broken(report: dict[str, Any]) -> Iterator[str]:
    return (rule["id"] for rule in report.get("rules", []) if rule["verdict"] == "broken")
