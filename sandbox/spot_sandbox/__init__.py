"""A stateful reference server of the Spot API's create-order operation.

It compiles its request validation from the published OpenAPI document when it starts. docs/contract.md states what
it promises; section 4 lists the choices that the document leaves open.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spot_sandbox.scenarios.catalogue import ScenarioError
    from spot_sandbox.testing.account import Account, Failure
    from spot_sandbox.testing.records import PlacedOrder, SentRequest
    from spot_sandbox.testing.sandbox import SpotSandbox

__all__ = ["Account", "Failure", "PlacedOrder", "ScenarioError", "SentRequest", "SpotSandbox"]

_MODULES = {
    "Account": "spot_sandbox.testing.account",
    "Failure": "spot_sandbox.testing.account",
    "PlacedOrder": "spot_sandbox.testing.records",
    "ScenarioError": "spot_sandbox.scenarios.catalogue",
    "SentRequest": "spot_sandbox.testing.records",
    "SpotSandbox": "spot_sandbox.testing.sandbox",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is used: the command line needs none of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above.

    return getattr(import_module(_MODULES[name]), name)
