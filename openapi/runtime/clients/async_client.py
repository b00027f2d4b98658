"""The client for async code, without the operations."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from ..configuration.settings import DEFAULT_MAX_RETRIES, Given
from ..outcomes.responses import Response
from ..requests.operations import Call, Operation, prepare
from ..transport.engine import AsyncEngine
from ..values.sealed import Sealed
from .base import ClientBase

T = TypeVar("T")


class AsyncClientBase(ClientBase):
    """Orders kits from async code. Tasks may share a client. Use it in an `async with` block, or call `aclose()`.

    Args:
        token: The API token without its prefix. Default: the environment variable SPOT_API_TOKEN.
        base_url: The address of the server. Default: the environment variable SPOT_BASE_URL, then the server in the
            document. It must start with https://, unless the host is this machine.
        timeout: Seconds for each of connecting, reading, writing and waiting for a free connection, or an
            httpx2.Timeout. Default: 5 seconds to connect, 30 seconds for each of the others.
        max_retries: The maximum number of retries of a request. The client only retries requests that were not sent
            and requests that got a 429 response; it waits for a Retry-After of up to 60 seconds. 0 disables retries.
        headers: Headers for every request.
        allow_http: Allow an http:// address of another machine. The token and the orders are then sent unencrypted.
        transport: An httpx2 transport, for tests and special connections. It is closed with the client.
        http_client: Your own httpx2 client, for proxies and certificates. You close it. Its headers and cookies are
            sent, too; its timeout, redirects and auth are not used.

    Raises:
        ValueError: The token or the address is missing or cannot be used. The message says what to do and never
            contains the token.
        TypeError: An argument has the wrong type. The message says what to pass.

    """

    def __init__(  # noqa: PLR0913 - one for each setting
        self,
        *,
        token: str | None = None,
        base_url: str | None = None,
        timeout: float | httpx2.Timeout | None = None,
        max_retries: int = DEFAULT_MAX_RETRIES,
        headers: Mapping[str, str] | None = None,
        allow_http: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        given = Sealed(Given({"token": token}, base_url, timeout, max_retries, headers, allow_http))
        del token, base_url, headers
        self._start(given, transport, http_client)

    def _start(
        self, given: Sealed[Given], transport: httpx2.AsyncBaseTransport | None, http_client: httpx2.AsyncClient | None
    ) -> None:
        """Set up. A generated class calls it, too, if it has other credentials than a token."""
        self._set_up(given)
        self._engine = AsyncEngine(transport, http_client)

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


class AsyncWithResponse:
    """The methods of a client, each of which returns a Response: the complete response, with the result as `parsed`."""

    def __init__(self, client: AsyncClientBase) -> None:
        """Take the client that sends."""
        self._client = client
