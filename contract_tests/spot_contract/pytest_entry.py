"""The pytest entry point of an installed spot-contract: the `spot_contract` fixture, and a check of the arguments.

pytest loads this module in every run of the environment. The suite itself, with its options and imports, is loaded
only for `pytest --pyargs spot_contract`.
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
    """Load the suite if it is requested, after all other plugins, so that it takes none of their option names."""
    yield
    if "--pyargs" in args and any(one == _PACKAGE or one.startswith(f"{_PACKAGE}.") for one in args):
        from spot_contract import plugin  # noqa: PLC0415  # Other runs do not pay for the import.

        early_config.pluginmanager.register(plugin, _NAME)


@pytest.fixture(scope="session")
def spot_contract() -> "Judge":
    """A function that judges a server, or an ASGI or WSGI application.

    Example:
        def test_the_service_conforms(spot_contract, application):
            spot_contract(application, token="made-up", profile="quick").check()

    Returns:
        The function `judge(server, *, token=None, strict=False, **options)`: `help(spot_contract)` in a test, or
        docs/spot-contract.md, describes its arguments. It returns a Judgement, whose `check()` fails the test with
        the report as its message.

    """
    from spot_contract.applications.judging import judge  # noqa: PLC0415  # As above.

    return judge
