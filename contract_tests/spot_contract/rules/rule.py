"""A rule: one sentence of the contract, as a pure function over exchanges, with all that is known of it in one place.

    @rule("success.pending", "[D] 'created with a status of pending'", on=accepted_orders, requires=(PENDING,))
    def test_status_is_pending(order: Order) -> Problems:
        \"\"\"A new order's status is pending.\"\"\"

`on` picks what the rule looks at out of an exchange, or None where the rule does not speak of such an exchange: that
is the rule's precondition. Each thing picked is a case. A rule with `of_all` is given everything that was picked in
the whole run at once, in the order of sending, and its problems name their exchange. What it compares these with is
picked by `compared_with` and given to it as a second argument; that is no case of the rule.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from spot_contract.document.preconditions import Precondition, missing
from spot_contract.exchanges.exchange import Exchange

T = TypeVar("T")
Check = TypeVar("Check", bound=Callable[..., Iterable["Problem"]])


class Level(StrEnum):
    """How much it matters that a rule is broken: advice is a failure only under --strict."""

    MUST = "must"
    ADVICE = "advice"


@dataclass(frozen=True)
class Problem:
    """One way in which an exchange breaks a rule. Place and way are the exchange's own where they are left out.

    `place` is where in the order or the error, as `recipient.address.zip`; `way` is the way of being wrong, in words
    that do not depend on the value: two problems with the same place and way have one cause.
    """

    expected: str
    got: str
    place: str | None = None
    way: str | None = None
    exchange: Exchange | None = None  # Needed where a rule looks at all exchanges at once.


Problems = Iterator[Problem]
Unless = Callable[[Sequence[Exchange]], str]
"""Why a run need not exercise a rule, told by all exchanges of the run; empty where it has to."""


@dataclass(frozen=True)
class Rule:
    """One rule. `unless` tells whether a run need not exercise it.

    Problems that differ in place alone, or in way alone, usually have one cause: `across_places` and `across_ways`
    say so.
    """

    id: str
    sentence: str
    source: str
    level: Level
    on: Callable[[Exchange], Any]
    check: Callable[..., Iterable[Problem]] = field(repr=False)
    of_all: bool = False
    requires: tuple[Precondition, ...] = ()
    unless: Unless | None = None
    compared_with: Callable[[Exchange], Any] | None = None
    across_places: bool = True
    across_ways: bool = False

    @property
    def chapter(self) -> str:
        """The chapter of the contract: the first part of the identifier."""
        return self.id.partition(".")[0]

    @property
    def is_advice(self) -> bool:
        """Whether it is a failure only under --strict."""
        return self.level is Level.ADVICE

    @property
    def gone(self) -> str:
        """Why the rule no longer applies: what it rests on that the document does not have; empty where it applies."""
        return missing(self.requires)


def rule(  # noqa: PLR0913  # All but the first are options, given by name.
    identifier: str,
    source: str,
    *,
    on: Callable[[Exchange], T | None],
    level: Level = Level.MUST,
    requires: Sequence[Precondition] = (),
    unless: Unless | None = None,
    across_places: bool = True,
    across_ways: bool = False,
) -> Callable[[Callable[[T], Iterable[Problem]]], Callable[[T], Iterable[Problem]]]:
    """Make a function the rule of this identifier. `source` cites where the docstring's sentence comes from."""

    def mark(check: Callable[[T], Iterable[Problem]]) -> Callable[[T], Iterable[Problem]]:
        made = Rule(identifier, _sentence(check), source, level, on, check, False, tuple(requires), unless)
        _attach(check, replace(made, across_places=across_places, across_ways=across_ways))
        return check

    return mark


def rule_of_all(  # noqa: PLR0913  # All but the first are options, given by name.
    identifier: str,
    source: str,
    *,
    on: Callable[[Exchange], T | None],
    level: Level = Level.MUST,
    requires: Sequence[Precondition] = (),
    compared_with: Callable[[Exchange], Any] | None = None,
) -> Callable[[Check], Check]:
    """Make a function over all that was picked in a run the rule of this identifier."""

    def mark(check: Check) -> Check:
        made = Rule(
            identifier, _sentence(check), source, level, on, check, True, tuple(requires), compared_with=compared_with
        )
        _attach(check, made)
        return check

    return mark


def of(function: object) -> Rule | None:
    """The rule that a function is."""
    found = getattr(function, "contract_rule", None)
    return found if isinstance(found, Rule) else None


def _attach(function: object, made: Rule) -> None:
    function.contract_rule = made  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def _sentence(function: object) -> str:
    return " ".join((function.__doc__ or "").split())
