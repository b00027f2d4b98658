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


@rule("steadiness.every_order", CONTRACT)
def test_every_order_of_many_is_accepted(judge: Judge) -> None:
    """Every one of many orders in a row is accepted: no error comes with the n-th."""
    steadiness.many(judge)


@rule("steadiness.whole_run", CONTRACT)
def test_server_is_as_fast_at_the_end_as_at_the_start(judge: Judge) -> None:
    """At the end of the run orders are answered about as fast as at its start: a generous limit, in proportion."""
    steadiness.at_the_end(judge)
