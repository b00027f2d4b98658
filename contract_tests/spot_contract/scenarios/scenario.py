"""A scenario: a generator of units, each of one or more cases that are sent one after the other on one connection.

    @scenario("unusual but valid orders", spends_orders=True)
    def unusual_orders(plan: Plan) -> Units:
        for body in …:
            yield plan.valid(body, encoding, what=…)

A scenario that is `alone` gets the exchanges of each unit back from its `yield`, and nothing else is in flight
meanwhile.
"""

import pkgutil
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Intent, Kind
from spot_contract.exchanges.messages import Request

if TYPE_CHECKING:
    from .plan import Plan

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A request, and what it is."""

    request: Request
    intent: Intent


Unit = Case | Sequence[Case]
Units = Generator[Unit, Sequence[Exchange], None]


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    `spends_orders` where right servers accept orders in it. `at_once` is the number of connections that send its
    units at the same moment, where that is the point. `random` ones go on for as long as a time budget lasts. `turn`
    orders the run: lower is earlier. `orders` is how many orders it takes to prove anything. `in_every_shard` where
    others need what it shows. `kinds` are those of its requests, where these take long to make: where no rule that was
    asked for looks at one of them, none is made.
    """

    name: str
    make: Callable[["Plan"], Units]
    spends_orders: bool
    alone: bool
    at_once: int
    random: bool
    turn: int
    orders: int
    in_every_shard: bool
    kinds: frozenset[Kind]


def scenario(  # noqa: PLR0913  # All but the first are options, given by name.
    name: str,
    *,
    spends_orders: bool,
    alone: bool = False,
    at_once: int = 0,
    random: bool = False,
    turn: int = 50,
    orders: int = 1,
    in_every_shard: bool = False,
    kinds: Collection[Kind] = tuple(Kind),
) -> Callable[[Callable[["Plan"], Units]], Callable[["Plan"], Units]]:
    """Make a generator function the scenario of this name."""

    def mark(make: Callable[["Plan"], Units]) -> Callable[["Plan"], Units]:
        made = frozenset(kinds)
        found = Scenario(name, make, spends_orders, alone, at_once, random, turn, orders, in_every_shard, made)
        make.contract_scenario = found  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
        return make

    return mark


@cache
def all_scenarios() -> tuple[Scenario, ...]:
    """Every scenario of this package, in the order of a run: found in its modules, listed nowhere."""
    found: dict[str, Scenario] = {}
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.name not in {"scenario", "plan"}:
            for value in vars(import_module(f"{__package__}.{module.name}")).values():
                known = getattr(value, "contract_scenario", None)
                if isinstance(known, Scenario):
                    found.setdefault(known.name, known)
    return tuple(sorted(found.values(), key=lambda one: one.turn))
