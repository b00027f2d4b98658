"""The client for sync code, without the operations."""

from types import TracebackType
from typing import Self, TypeVar

from ..outcomes.responses import Response
from ..requests.operations import Call, Operation, prepare
from ..transport.engine import SyncEngine
from ..values.sealed import Sealed
from .base import ClientBase

T = TypeVar("T")


class SyncClientBase(ClientBase):
    """Sends requests from sync code. The generated class has the constructor and a method for each operation."""

    _engine: SyncEngine

    def execute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send the request of an operation. All methods and endpoint functions call this.

        Args:
            operation: The operation, such as `api.orders.create_order.OPERATION`.
            call: The sealed arguments.

        Returns:
            The complete response.

        Raises:
            SpotError: The request failed.
            TypeError: An argument has the wrong type. Nothing was sent.
            ValueError: An argument cannot be sent. Nothing was sent.
            RuntimeError: The client is closed. Nothing was sent.

        """
        request = prepare(self._sealed, operation, call)
        return self._engine.run(operation, request, self._settings.max_retries)

    def close(self) -> None:
        """Close the connections, unless you passed an http_client. The client cannot be used afterwards.

        Raises nothing.
        """
        if not self._shares_connections:
            self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
