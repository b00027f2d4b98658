"""What the generated endpoint functions need of a client."""

from typing import Any, Protocol, TypeVar

from ..outcomes.responses import Response
from ..requests.operations import Call, Operation
from ..values.sealed import Sealed

T = TypeVar("T")


class SyncSender(Protocol):
    """What the endpoint functions `sync` and `sync_detailed` need."""

    def execute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send the operation's request and return the readable answer. Raises SpotError, TypeError, ValueError."""
        ...


class AsyncSender(Protocol):
    """What the endpoint functions `asyncio` and `asyncio_detailed` need."""

    async def aexecute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send the operation's request and return the readable answer. Raises SpotError, TypeError, ValueError."""
        ...


def sync_sender(client: SyncSender) -> SyncSender:
    """The client, unless it is of another kind. Raises TypeError that says what to pass."""
    return client if hasattr(client, "execute") else _refuse(client, "a SpotClient")


def async_sender(client: AsyncSender) -> AsyncSender:
    """The client, unless it is of another kind. Raises TypeError that says what to pass."""
    return client if hasattr(client, "aexecute") else _refuse(client, "an AsyncSpotClient")


def _refuse(client: object, expected: str) -> Any:
    raise TypeError(f"client must be {expected}, not {type(client).__name__}: nothing was sent.")
