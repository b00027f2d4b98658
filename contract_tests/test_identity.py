"""Identity: every order is one of its own."""

from spot_contract import scenarios
from spot_contract.grounds import ORDER_ID, WAYS
from spot_contract.judge import Judge
from spot_contract.rules import rule


@rule("identity.own_id", "[D] 'the unique identifier'; docs/contract.md, 3", ORDER_ID)
def test_every_order_has_an_id_of_its_own(judge: Judge) -> None:
    """Every order of the run has an order_id of its own."""
    scenarios.covering(judge, "identity.own_id")


@rule("identity.repeated", "[R]; docs/contract.md, 3", ORDER_ID)
def test_repeated_identical_bodies_are_orders_of_their_own(judge: Judge) -> None:
    """The same body sent again is another order with another order_id."""
    scenarios.repeated(judge)


@rule("identity.parallel", "[R]; docs/contract.md, 3", ORDER_ID)
def test_parallel_orders_are_orders_of_their_own(judge: Judge) -> None:
    """Orders sent at the same time are each accepted, each with an order_id of its own, each with its own content."""
    scenarios.parallel(judge)


@rule("identity.no_leak", "[R]; docs/contract.md, 3")
def test_nothing_of_one_order_shows_in_another(judge: Judge) -> None:
    """Nothing of one order shows in the answer to another, nor in an error."""
    scenarios.leaks(judge)


@rule("identity.same_in_every_carrier", "[R]; docs/contract.md, 3", WAYS)
def test_one_order_says_the_same_however_it_travels(judge: Judge) -> None:
    """One order says the same whichever of the media types and form styles carried it."""
    scenarios.equivalence(judge)
