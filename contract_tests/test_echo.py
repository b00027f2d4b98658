"""Echo: what was sent comes back as sent."""

import pytest
from spot_contract.carriers import Carrier, listed
from spot_contract.explore import explore
from spot_contract.grounds import OPTIONAL, echoed
from spot_contract.judge import Judge
from spot_contract.rules import rule
from spot_contract.scenarios import covering, white_space
from spot_contract.strategies import realistic


@rule("echo.recipient", "[D]; docs/contract.md, 3", echoed("recipient"))
def test_recipient_comes_back_as_sent(judge: Judge) -> None:
    """The recipient comes back as sent: every character, leading zeros, letter case and accents included."""
    covering(judge, "echo.recipient")


@rule("echo.kit_types", "[D]; docs/contract.md, 3", echoed("kit_types"))
def test_kit_types_come_back_as_sent(judge: Judge) -> None:
    """kit_types come back as sent: order and duplicates kept."""
    covering(judge, "echo.kit_types")


@rule("echo.metadata", "[D] 'stored with the order'; docs/contract.md, 3", echoed("metadata"))
def test_metadata_comes_back_as_sent(judge: Judge) -> None:
    """Metadata comes back as sent: every number, boolean, null, text and nesting kept."""
    covering(judge, "echo.metadata")


@rule("echo.absent", "[R]; docs/contract.md, 3", OPTIONAL)
def test_what_was_absent_comes_back_absent_or_null(judge: Judge) -> None:
    """What was absent comes back absent, null or, for metadata, {}; nothing is made up."""
    covering(judge, "echo.absent")


@rule("echo.white_space", "[R]; docs/contract.md, 3", echoed("recipient"), advice=True)
def test_white_space_at_the_ends_comes_back(judge: Judge) -> None:
    """Advice: white space at the ends of a name comes back as sent."""
    white_space(judge)


@pytest.mark.parametrize("carrier", listed(), ids=str)
@rule("echo.any", "[D]; docs/contract.md, 2 and 3", random=True)
def test_any_realistic_order_comes_back_as_sent(judge: Judge, carrier: Carrier) -> None:
    """Any realistic order is accepted and comes back as sent, whichever way it travels."""
    explore(
        judge,
        realistic(judge.maker, carrier),
        lambda body: judge.try_realistic(body, judge.request(body, carrier), "echo.any"),
        str(carrier),
    )
