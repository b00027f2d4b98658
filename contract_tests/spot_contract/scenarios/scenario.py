"""A scenario: a generator of units. A unit is one case, or several that are sent in order on one connection.

    @scenario("unusual but valid orders", spends_orders=True)
    def unusual_orders(plan: Plan) -> Units:
        for body in …:
            yield plan.valid(body, encoding, what=…)

A scenario that is `alone` receives the exchanges of each unit from its `yield`, and nothing else is in flight.
"""

import pkgutil
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Intent, Kind
from spot_contract.exchanges.messages import Request

if TYPE_CHECKING:
    from .plan import Plan


@dataclass(frozen=True)
class Case:
    """A request and its intent."""

    request: Request
    intent: Intent


Unit = Case | Sequence[Case]
Units = Generator[Unit, Sequence[Exchange], None]


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    `spends_orders`: correct servers accept some of its requests. `at_once`: the number of connections that send its
    units at the same moment. `random`: it is repeated while a time budget lasts. `turn`: lower is earlier in the run.
    `orders`: the minimum of orders that make it meaningful. `in_every_shard`: other scenarios need its results.
    `kinds`: the kinds of its requests; the scenario is skipped if no requested rule looks at them.
    """

    name: str
    make: Callable[["Plan"], Units]
    spends_orders: bool
    alone: bool = False
    at_once: int = 0
    random: bool = False
    turn: int = 50
    orders: int = 1
    in_every_shard: bool = False
    kinds: Collection[Kind] = frozenset(Kind)


def scenario(name: str, **options: Any) -> Callable[[Callable[["Plan"], Units]], Callable[["Plan"], Units]]:
    """Register a generator function as the scenario of this name. The options are fields of `Scenario`."""

    def mark(make: Callable[["Plan"], Units]) -> Callable[["Plan"], Units]:
        found = Scenario(name, make, **options)
        make.contract_scenario = found  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
        return make

    return mark


@cache
def all_scenarios() -> tuple[Scenario, ...]:
    """Every scenario, in the order of a run, discovered in this package's modules."""
    found: dict[str, Scenario] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        for value in vars(import_module(f"{__package__}.{module.name}")).values():
            known = getattr(value, "contract_scenario", None)
            if isinstance(known, Scenario):
                found.setdefault(known.name, known)
    return tuple(sorted(found.values(), key=lambda one: one.turn))
