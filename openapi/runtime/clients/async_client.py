"""The client for async code, without the operations."""

from types import TracebackType
from typing import Self, TypeVar

from ..outcomes.responses import Response
from ..requests.operations import Call, Operation, prepare
from ..transport.engine import AsyncEngine
from ..values.sealed import Sealed
from .base import ClientBase

T = TypeVar("T")


class AsyncClientBase(ClientBase):
    """Sends requests from async code. The generated class has the constructor and a method for each operation."""

    _engine: AsyncEngine

    async def aexecute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
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
        return await self._engine.run(operation, request, self._settings.max_retries)

    async def aclose(self) -> None:
        """Close the connections, unless you passed an http_client. The client cannot be used afterwards.

        Raises nothing.
        """
        if not self._shares_connections:
            await self._engine.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
