"""Steadiness: the hundredth order is answered as the first."""

from spot_contract import steadiness
from spot_contract.judge import Judge
from spot_contract.rules import rule

CONTRACT = "[R]; docs/contract.md, 3"


@rule("steadiness.pace", CONTRACT)
def test_orders_do_not_become_slower(judge: Judge) -> None:
    """The last of many orders are answered about as fast as the first: a generous limit, in proportion."""
    steadiness.in_a_row(judge)


@rule("steadiness.stalls", CONTRACT)
def test_no_order_stalls(judge: Judge) -> None:
    """No order stalls for a time out of all proportion, again and again."""
    steadiness.stalls(judge)
