"""A rule: one sentence of the contract, as a pure function over exchanges.

    @rule("success.pending", "[D] 'created with a status of pending'", on=accepted_orders, requires=(PENDING,))
    def test_status_is_pending(order: Order) -> Problems:
        \"\"\"A new order's status is pending.\"\"\"

`on` selects the rule's subject from an exchange, or None if the rule does not apply to it. Each subject is a case. A
`rule_of_all` gets the subjects of the whole run at once, in the order of sending; its problems name their exchange. It
may compare them with other subjects, which `compared_with` selects and which are passed as a second argument; these do
not count as cases.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from spot_contract.document.preconditions import Precondition, missing
from spot_contract.exchanges.exchange import Exchange

T = TypeVar("T")
Check = TypeVar("Check", bound=Callable[..., Iterable["Problem"]])


@dataclass(frozen=True)
class Problem:
    """One way in which an exchange breaks a rule. Place and way default to those of the exchange's intent.

    `place` is a path in the order or the error, such as `recipient.address.zip`. `way` describes what is wrong, without
    reference to the value: two problems with the same place and way have the same cause.
    """

    expected: str
    got: str
    place: str | None = None
    way: str | None = None
    exchange: Exchange | None = None  # Required in a `rule_of_all`.


Problems = Iterator[Problem]
Unless = Callable[[Sequence[Exchange]], str]
"""From all exchanges of a run: why the run need not exercise a rule; empty if it must."""


@dataclass(frozen=True)
class Rule:
    """One rule. `unless` says why a run need not exercise it. Breaking advice fails the run only with --strict.

    `across_places` is whether problems that differ only in place have one cause, and `across_ways` whether ways that
    show at similar places do.
    """

    id: str
    sentence: str
    source: str
    on: Callable[[Exchange], Any]
    check: Callable[..., Iterable[Problem]] = field(repr=False)
    is_advice: bool = False
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
    def gone(self) -> str:
        """Why the rule no longer applies: the precondition that the document lacks; empty if it applies."""
        return missing(self.requires)


def rule(  # noqa: PLR0913  # All but the first are options, given by name.
    identifier: str,
    source: str,
    *,
    on: Callable[[Exchange], T | None],
    advice: bool = False,
    requires: Sequence[Precondition] = (),
    unless: Unless | None = None,
    across_places: bool = True,
    across_ways: bool = False,
) -> Callable[[Callable[[T], Iterable[Problem]]], Callable[[T], Iterable[Problem]]]:
    """Register a function as a rule that checks one exchange. `source` cites the origin of its docstring."""

    def mark(check: Callable[[T], Iterable[Problem]]) -> Callable[[T], Iterable[Problem]]:
        made = Rule(identifier, _sentence(check), source, on, check, advice, False, tuple(requires), unless)
        _attach(check, replace(made, across_places=across_places, across_ways=across_ways))
        return check

    return mark


def rule_of_all(
    identifier: str,
    source: str,
    *,
    on: Callable[[Exchange], T | None],
    requires: Sequence[Precondition] = (),
    compared_with: Callable[[Exchange], Any] | None = None,
) -> Callable[[Check], Check]:
    """Register a function as a rule that checks all subjects of a run together."""

    def mark(check: Check) -> Check:
        made = Rule(identifier, _sentence(check), source, on, check, of_all=True, requires=tuple(requires))
        _attach(check, replace(made, compared_with=compared_with))
        return check

    return mark


def of(function: object) -> Rule | None:
    """The rule of a decorated function; None for other objects."""
    found = getattr(function, "contract_rule", None)
    return found if isinstance(found, Rule) else None


def _attach(function: object, made: Rule) -> None:
    function.contract_rule = made  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def _sentence(function: object) -> str:
    return " ".join((function.__doc__ or "").split())
