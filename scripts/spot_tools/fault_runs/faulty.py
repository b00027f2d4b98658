"""The sandbox's catalogue of faults, and runs on the sandbox with one of them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from spot_tools.errors import ToolError
from spot_tools.processes.sandbox import running, sandbox_output

from . import revision
from .judgement import Judgement, judgement
from .records import Key, Records
from .trial import once, trial

FAULT, CONTROL = "fault", "control"
# A server may read forms in any dialect, so refusing one is a fault only where the deployment pins that dialect
# (docs/contract.md, section 1).
_PINNED = {"dotted-names-refused": "dotted", "brackets-refused": "brackets", "json-text-in-forms-refused": "json"}


@dataclass(frozen=True)
class Fault:
    """One wrong behaviour of the sandbox, as its catalogue describes it."""

    name: str
    chapter: str
    summary: str
    trigger: str
    advice: bool

    @property
    def deployment(self) -> str:
        """The conformance.toml of a deployment in which it is wrong; empty where it is always wrong."""
        dialect = _PINNED.get(self.name)
        return f'[forms]\nrecipient = "{dialect}"\nmetadata = "{dialect}"\n' if dialect else ""


def catalogue(names: Sequence[str]) -> list[Fault]:
    """The faults of the sandbox, all or by name. Raises ToolError for an unknown name."""
    raw = json.loads(sandbox_output("faults", "--json"))
    known = {
        one["name"]: Fault(one["name"], one["chapter"], one["summary"], one["trigger"], bool(one["advice"]))
        for one in raw
    }
    if unknown := [name for name in names if name not in known]:
        raise ToolError(f"unknown fault {unknown[0]!r}; docs/fault-table.md lists them.")
    return [known[name] for name in names] or list(known.values())


@dataclass(frozen=True)
class Result:
    """The results for one fault."""

    fault: Fault
    profile: str  # The profile that caught it, or the last one that was tried.
    judged: Judgement
    seconds: float


def control(profile: str, seed: str, records: Records) -> None:
    """Judge the sandbox without a fault. Raises ToolError where it does not pass, since no catch would count then."""

    def measure() -> Judgement:
        with running() as (url, token):
            judged = trial(url, token, ["--strict", "--profile", profile, "--seed", seed])
        if judged.exit_status != 0:
            reason = ", ".join(judged.broken) or judged.ending
            raise ToolError(f"the sandbox without a fault does not conform ({reason}); run scripts/conformance.")
        return judged

    once(records, Key(CONTROL, "sandbox", profile, seed), revision.of_sandbox(), measure)


def run(fault: Fault, profile: str, seed: str, records: Records) -> None:
    """Judge the sandbox with the fault: with the ci profile, first in quick and in ci where quick missed it."""
    for step in steps(profile):
        options = ["--profile", step, "--seed", seed, *(["--strict"] if fault.advice else [])]
        key = Key(FAULT, fault.name, step, seed)
        if once(records, key, revision.of_sandbox(), partial(_measure, fault, options)).is_caught:
            return


def _measure(fault: Fault, options: Sequence[str]) -> Judgement:
    with running(fault.name) as (url, token):
        return trial(url, token, options, fault.deployment)


def steps(profile: str) -> Sequence[str]:
    """The profiles that are tried in order: ci sends all that quick sends, so what quick catches is not tried again."""
    return ("quick", "ci") if profile == "ci" else (profile,)


def results(faults: Iterable[Fault], profile: str, records: Records) -> list[Result]:
    """The recorded results of these faults, without those that were not tried."""
    by_name: dict[str, dict[str, Judgement]] = {}
    for key, raw in records.of(FAULT):
        by_name.setdefault(key.name, {})[key.profile] = judgement(raw)
    found: list[Result] = []
    for fault in faults:
        tried = [(step, judged) for step in steps(profile) if (judged := by_name.get(fault.name, {}).get(step))]
        if tried:
            last, judged = next(((step, one) for step, one in tried if one.is_caught), tried[-1])
            found.append(Result(fault, last, judged, sum(one.seconds for _, one in tried)))
    return found
