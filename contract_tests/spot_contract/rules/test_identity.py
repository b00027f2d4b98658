"""Identity: every accepted request is a separate order."""

from collections.abc import Sequence

from spot_contract.document.preconditions import ORDER_ID
from spot_contract.exchanges.intent import Circumstance

from .rule import Problem, Problems, rule, rule_of_all
from .subjects import Answered, Order, answered, own_part, realistic
from .test_success import acceptance

CONTRACT = "[R]; docs/contract.md, 3"


@rule_of_all("identity.own_id", f"[D] unique identifier; {CONTRACT}", on=own_part("order_id"), requires=(ORDER_ID,))
def test_every_order_has_an_id_of_its_own(orders: Sequence[Order]) -> Problems:
    """No two orders have the same order_id, even if they are identical or sent at the same time."""
    seen: dict[str, Order] = {}
    for order in orders:
        identifier = order.get("order_id")
        if isinstance(identifier, bool) or not isinstance(identifier, str | int) or identifier == "":
            continue
        earlier = seen.setdefault(str(identifier), order)
        if earlier is not order:
            got = f"{identifier!r} again, which an earlier order had ({earlier.exchange.request.what})"
            yield Problem("an order_id of its own", got, "order_id", "the id of another order", order.exchange)


@rule("identity.repeated", CONTRACT, on=realistic(Circumstance.REPEATED))
def test_identical_bodies_are_orders_of_their_own(answered: Answered) -> Problems:
    """An identical body, sent repeatedly, is accepted each time."""
    yield from acceptance(answered)


@rule("identity.parallel", CONTRACT, on=realistic(Circumstance.PARALLEL))
def test_parallel_orders_are_accepted(answered: Answered) -> Problems:
    """Orders sent at the same time are all accepted."""
    yield from acceptance(answered)


@rule_of_all("identity.no_leak", CONTRACT, on=answered)
def test_nothing_of_one_order_shows_in_another(every: Sequence[Answered]) -> Problems:
    """No data of one order appears in the response to another request."""
    sent = {canary for one in every for canary in one.exchange.request.canaries}
    for one in every:
        foreign = (one.answer.canaries & sent) - one.exchange.request.canaries
        if foreign:
            got = f"{min(foreign)!r}, sent in another order"
            yield Problem("nothing of another order", got, "", f"in a {one.status}", one.exchange)
