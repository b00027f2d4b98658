"""Orders one after the other with nothing else in flight, to find errors at the n-th order and slowdowns."""

from collections.abc import Sequence

from spot_contract.exchanges import timing
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance

from .credentials import without_credential
from .plan import Plan
from .scenario import Unit, Units, scenario

_ROW = 64


@scenario("many orders in a row", spends_orders=True, alone=True, turn=0, orders=_ROW)
def row(plan: Plan) -> Units:
    """A row of orders while the server is fresh. A row that looks slow is repeated up to twice."""
    for attempt in range(3):
        group = f"{timing.ROW} {attempt}"
        unit = [plan.ordinary(Circumstance.ROW, plan.encodings[0], group=group) for _ in range(_ROW)]
        if not _is_suspect((yield unit)):
            return


def _is_suspect(exchanges: Sequence[Exchange]) -> bool:
    times = [one.answer.seconds for one in exchanges if one.answer is not None]
    return len(times) == _ROW and (timing.falls_off(times) or len(timing.stalled(times)) > 0)


@scenario("ordinary orders at the end", spends_orders=True, alone=True, turn=100, orders=10)
def at_the_end(plan: Plan) -> Units:
    """Ordinary orders in every encoding at the end of the run, and some in a row to measure their pace."""
    for number, encoding in enumerate(plan.encodings):
        unit: Unit = [plan.ordinary(Circumstance.AT_THE_END, encoding), *without_credential(plan, number)]
        yield unit
    for attempt in range(3):
        group = f"{timing.ROW} at the end {attempt}"
        unit = [plan.ordinary(Circumstance.AT_THE_END, plan.encodings[0], group=group) for _ in range(10)]
        answered = yield unit
        if max((one.answer.seconds for one in answered if one.answer is not None), default=0.0) < timing.SOON:
            return
