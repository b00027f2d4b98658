"""What pytest loads of an installed spot-contract in every run of its environment: a fixture, and a look at the names.

The suite itself, its options and its imports come with `pytest --pyargs spot_contract` alone. No other run meets them.
"""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spot_contract.applications.judging import Judge

_PACKAGE = "spot_contract"
_NAME = "spot-contract suite"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: Sequence[str]) -> Generator[None]:
    """Load the suite where it is asked for, behind every other plugin and conftest: it takes no name of theirs."""
    yield
    if "--pyargs" in args and any(one == _PACKAGE or one.startswith(f"{_PACKAGE}.") for one in args):
        from spot_contract import plugin  # noqa: PLC0415  # Other runs have nothing to do with it.

        early_config.pluginmanager.register(plugin, _NAME)


@pytest.fixture(scope="session")
def spot_contract() -> "Judge":
    """Judges a server, or an ASGI or WSGI application: `spot_contract(app, token="…").check()`."""
    from spot_contract.applications.judging import judge  # noqa: PLC0415  # As above.

    return judge
