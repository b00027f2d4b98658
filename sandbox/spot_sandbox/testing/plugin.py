"""The pytest plugin with the fixture `spot_sandbox`, loaded by its entry point."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spot_sandbox.testing.account import Account
    from spot_sandbox.testing.sandbox import SpotSandbox


@pytest.fixture(scope="session")
def spot_sandbox_server() -> Iterator["SpotSandbox"]:
    """One server for all tests of this process."""
    # Imported here, so that test runs without the fixture start faster.
    from spot_sandbox.testing.sandbox import SpotSandbox  # noqa: PLC0415 - see above.

    with SpotSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def spot_sandbox(spot_sandbox_server: "SpotSandbox") -> Iterator["Account"]:
    """A sandbox of the Spot API for this test: `url`, `token`, `client`, `orders`, `requests`, `fail_next(…)`."""
    account = spot_sandbox_server.account()
    try:
        yield account
    finally:
        account.discard()
