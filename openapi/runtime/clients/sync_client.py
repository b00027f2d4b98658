"""The client for sync code, without the operations."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from ..configuration.settings import DEFAULT_MAX_RETRIES, Given
from ..outcomes.responses import Response
from ..requests.operations import Call, Operation, prepare
from ..transport.engine import SyncEngine
from ..values.sealed import Sealed
from .base import ClientBase

T = TypeVar("T")


class SyncClientBase(ClientBase):
    """Orders kits from sync code. Threads may share a client. Use it in a `with` block, or call `close()`.

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
        transport: httpx2.BaseTransport | None = None,
        http_client: httpx2.Client | None = None,
    ) -> None:
        given = Sealed(Given({"token": token}, base_url, timeout, max_retries, headers, allow_http))
        del token, base_url, headers
        self._start(given, transport, http_client)

    def _start(
        self, given: Sealed[Given], transport: httpx2.BaseTransport | None, http_client: httpx2.Client | None
    ) -> None:
        """Set up. A generated class calls it, too, if it has other credentials than a token."""
        self._set_up(given)
        self._engine = SyncEngine(transport, http_client)

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


class SyncWithResponse:
    """The methods of a client, each of which returns a Response: the complete response, with the result as `parsed`."""

    def __init__(self, client: SyncClientBase) -> None:
        """Take the client that sends."""
        self._client = client
