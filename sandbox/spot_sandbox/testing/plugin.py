"""The pytest plugin with the fixture `spot_sandbox`, loaded by its entry point."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spot_sandbox.testing.account import Account
    from spot_sandbox.testing.sandbox import SpotSandbox


@pytest.fixture(scope="session")
def spot_sandbox_server() -> Iterator["SpotSandbox"]:
    """One SpotSandbox for all tests of this process. Use `spot_sandbox`, which has a token for each test."""
    # Imported here, so that test runs without the fixture start faster.
    from spot_sandbox.testing.sandbox import SpotSandbox  # noqa: PLC0415 - see above.

    with SpotSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def spot_sandbox(spot_sandbox_server: "SpotSandbox") -> Iterator["Account"]:
    """A sandbox of the Spot API for this test, which ships nothing. It sees only the orders of this test.

    Example:
        def test_lost_answer_may_hide_an_order(spot_sandbox):
            spot_sandbox.fail_next("drop after commit")
            with pytest.raises(OutcomeUnknownError):
                spot_sandbox.client.create_order(kit_types=["health_kit_1"], recipient=ALICE)
            assert len(spot_sandbox.orders) == 1

    Yields:
        An Account: `url`, `token`, `client`, `async_client`, `orders`, `requests`, `fail_next(…)` and `reset()`.

    """
    account = spot_sandbox_server.account()
    try:
        yield account
    finally:
        account.discard()
