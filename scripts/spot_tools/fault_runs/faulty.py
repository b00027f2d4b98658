"""Faulty servers: the sandbox with one fault, the suite on it, and stock Schemathesis beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from spot_tools.errors import ToolError
from spot_tools.processes.sandbox import running
from spot_tools.processes.stock_schemathesis import Stock

from . import revision
from .catalogue import Fault
from .judgement import Judgement, judgement
from .records import Key, Records
from .trial import once, trial

FAULT, STOCK, CONTROL = "fault", "schemathesis", "control"
_QUICK_FIRST = {"ci": ("quick", "ci")}  # What quick catches need not be tried again: ci sends all that quick does.


@dataclass(frozen=True)
class Result:
    """What the suite, and the stock tool beside it, said of one fault."""

    fault: Fault
    profile: str  # The one that caught it, or the last that was tried.
    judged: Judgement
    seconds: float
    stock: tuple[str, ...] | None = None  # What the stock tool told of it and not of the right sandbox.

    @property
    def caught(self) -> bool:
        """Whether the suite said that a rule is broken."""
        return self.judged.is_caught


def control(profile: str, seed: str, records: Records) -> None:
    """The suite on the right sandbox. Raises ToolError where it does not pass: then no catch would count."""

    def measure() -> Judgement:
        with running() as (url, token):
            judged = trial(url, token, ["--strict", "--profile", profile, "--seed", seed])
        if judged.exit_status != 0:
            told = ", ".join(judged.broken) or judged.ending
            raise ToolError(f"the suite does not pass the right sandbox ({told}); run scripts/conformance to see why.")
        return judged

    once(records, Key(CONTROL, "sandbox", profile, seed), revision.of_sandbox(), measure)


def run(fault: Fault, profile: str, seed: str, records: Records) -> None:
    """Judge the sandbox with the fault: in quick, and in ci where that is wanted and quick missed it."""
    for step in steps(profile):
        options = ["--profile", step, "--seed", seed, *(["--strict"] if fault.advice else [])]
        key = Key(FAULT, fault.name, step, seed)
        if once(records, key, revision.of_sandbox(), partial(_measure, fault, options)).is_caught:
            return


def _measure(fault: Fault, options: Sequence[str]) -> Judgement:
    with running(fault.name) as (url, token):
        return trial(url, token, options, fault.deployment)


def compare(name: str, records: Records) -> None:
    """Run stock Schemathesis on the sandbox with the fault of this name; without a name on the right one."""
    key, now = Key(STOCK, name), revision.of_sandbox()
    if records.get(key, now) is None:
        with running(*filter(None, [name])) as (url, token):
            records.put(key, now, {"failures": sorted(Stock.failures(url, token))})


def steps(profile: str) -> Sequence[str]:
    """The profiles that are tried in turn."""
    return _QUICK_FIRST.get(profile, (profile,))


def results(faults: Iterable[Fault], profile: str, records: Records) -> list[Result]:
    """What the records say of these faults; of those that were not tried, nothing."""
    by_name: dict[str, dict[str, Judgement]] = {}
    for key, raw in records.of(FAULT):
        by_name.setdefault(key.name, {})[key.profile] = judgement(raw)
    told = {key.name: set(raw["failures"]) for key, raw in records.of(STOCK)}
    found: list[Result] = []
    for fault in faults:
        tried = [(step, judged) for step in steps(profile) if (judged := by_name.get(fault.name, {}).get(step))]
        if tried:
            last, judged = next(((step, one) for step, one in tried if one.is_caught), tried[-1])
            stock = tuple(sorted(told[fault.name] - told[""])) if {fault.name, ""} <= told.keys() else None
            found.append(Result(fault, last, judged, sum(one.seconds for _, one in tried), stock))
    return found
