"""The list of rules, read off the tests: a rule is a test, its docstring the rule's sentence."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from .documents import VENDORED, Document
from .grounds import Ground
from .results import Rule

FOLDER = Path(__file__).resolve().parents[1]
CHAPTERS = (
    "document",
    "success",
    "echo",
    "identity",
    "refusal",
    "authentication",
    "media",
    "methods",
    "limits",
    "robustness",
    "steadiness",
)
Test = TypeVar("Test", bound=Callable[..., Any])


def rule(
    identifier: str, source: str, *rests_on: Ground, advice: bool = False, random: bool = False
) -> Callable[[Test], Test]:
    """Make a test the rule of this identifier. `source` cites where the sentence comes from.

    `rests_on` is what the document must have for the rule to apply. `random` tests go on for as long as a time budget
    lasts.
    """

    def mark(test: Test) -> Test:
        sentence = " ".join((test.__doc__ or "").split())
        chapter = identifier.partition(".")[0]
        test.contract_rule = Rule(identifier, chapter, sentence, source, advice, random, rests_on)  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
        return test

    return mark


# What is quick to judge comes first; the pace is measured while the server is fresh.
_TURNS = (
    "steadiness",
    "methods",
    "media",
    "authentication",
    "success",
    "echo",
    "identity",
    "limits",
    "refusal",
    "robustness",
)
# Where orders are counted, what needs none comes first.
_FRUGAL_TURNS = (
    "methods",
    "authentication",
    "refusal",
    "steadiness",
    "identity",
    "media",
    "success",
    "echo",
    "limits",
    "robustness",
)
# What speaks of the whole run comes last.
_LAST = ("steadiness.whole_run", "robustness.keeps_answering")


def turn(rule: Rule | None, *, frugal: bool) -> tuple[int, int]:
    """Where a rule's test stands in the order of a run; a frugal one has few orders to spend."""
    turns = _FRUGAL_TURNS if frugal else _TURNS
    if rule is None:
        return 0, 0
    if rule.id in _LAST:
        return 2, _LAST.index(rule.id)
    return int(rule.random), turns.index(rule.chapter) if rule.chapter in turns else len(turns)


def of(test: object) -> Rule | None:
    """The rule that a test function judges."""
    found = getattr(test, "contract_rule", None)
    return found if isinstance(found, Rule) else None


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule of the suite by its identifier, in the order of the contract's chapters.

    Where the document gives an accepted order another status than 201, the sentences say that one.
    """
    status = str(Document.load(VENDORED).accepted)
    found: dict[str, Rule] = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"spot_rules_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path.name} is no module")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for value in vars(module).values():
            known = of(value)
            if known is not None:
                found.setdefault(known.id, replace(known, sentence=known.sentence.replace("201", status)))
    return dict(sorted(found.items(), key=lambda item: CHAPTERS.index(item[1].chapter)))


def listing() -> str:
    """The rules as `--rules` prints them."""
    lines: list[str] = []
    chapter = ""
    for known in all_rules().values():
        if known.chapter != chapter:
            chapter = known.chapter
            lines += ["", chapter]
        kind = " (advice)" if known.advice else ""
        lines += [f"  {known.id}{kind}", f"      {known.sentence}", f"      source: {known.source}"]
        if known.gone:
            lines.append(f"      no longer applies: {known.gone}")
    return "\n".join([f"{len(all_rules())} rules", *lines])
