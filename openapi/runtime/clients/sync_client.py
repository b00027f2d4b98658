"""The client for threads, without the operations: setting up, sending, closing."""

from collections.abc import Mapping, Sequence
from copy import copy
from types import TracebackType
from typing import ClassVar, Self, TypeVar

import httpx2

from ..configuration.security import Scheme
from ..configuration.settings import DEFAULT_MAX_RETRIES, Settings
from ..configuration.setup import Changes, Given, changed, set_up, shown
from ..outcomes.responses import Response
from ..requests.operations import Call, Operation, prepare
from ..transport.engine import SyncEngine
from ..values.sealed import Sealed
from .senders import SyncSender

T = TypeVar("T")


class SyncClientBase:
    """Orders kits from threads, which may share it. Use it in a `with` block, or close it.

    Args:
        token: The API token without its prefix. Default: the environment variable SPOT_API_TOKEN.
        base_url: The server's address. Default: the environment variable SPOT_BASE_URL, then the server in the
            document. It must be https unless the host is this machine.
        timeout: Seconds for each of connecting, reading, writing and waiting for a free connection, or an
            httpx2.Timeout. Default: 5 seconds to connect, 30 for the others.
        max_retries: How often a request is retried at most. Only a request that was not sent, or that was answered by
            429, is retried; a Retry-After of up to 60 seconds is respected. 0 turns retries off.
        headers: Headers for every request.
        allow_http: Allow an http address of another machine. Token and orders then travel unencrypted.
        transport: An httpx2 transport, for tests and special connections; it is closed with the client.
        http_client: Your own httpx2 client, for proxies and certificates; you close it. Its headers and cookies are
            sent, too; its time-out, redirects and auth are not used.

    Raises:
        ValueError: Token or address are missing or unusable. The text says what to do and never holds the token.
        TypeError: An argument has the wrong type. The text says what to pass.

    """

    _default_base_url: ClassVar[str]
    _schemes: ClassVar[Sequence[Scheme]]
    _needs_credential: ClassVar[bool]
    """Whether there is no operation without authentication."""
    _sealed: Sealed[Settings]
    _shares = False
    """Whether the connections belong to another client."""

    def __init__(  # noqa: PLR0913 - one for each thing that can be set
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
        self,
        given: Sealed[Given],
        transport: httpx2.BaseTransport | None,
        http_client: httpx2.Client | None,
    ) -> None:
        """Set up with these credentials. The generated class has an argument for each."""
        self._sealed = set_up(given, self._schemes, self._default_base_url, needs_credential=self._needs_credential)
        self._engine = SyncEngine(transport, http_client)

    @property
    def _settings(self) -> Settings:
        return self._sealed.open()

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Make a client with other settings that shares the connections of this one, which does not change.

        Args:
            timeout: Seconds, or an httpx2.Timeout; None keeps the present one.
            max_retries: How often a request is retried at most; None keeps the present number.
            headers: Added to this client's headers; they replace those of the same name.

        Returns:
            The new client. Closing it closes nothing, since the connections belong to this client.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: A header or a number is not allowed.

        """
        changes = Sealed(Changes(headers, timeout, max_retries))
        del headers
        other = copy(self)  # With what a subclass has of its own.
        vars(other).update(_sealed=changed(self._sealed, changes), _shares=True)
        return other

    def execute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send an operation's request. All methods and endpoint functions call this.

        Args:
            operation: The operation, such as `api.orders.create_order.OPERATION`.
            call: The arguments, sealed.

        Returns:
            The whole answer.

        Raises:
            SpotError: The request failed.
            TypeError: An argument has the wrong type. Nothing was sent.
            ValueError: An argument cannot be sent as it is. Nothing was sent.
            RuntimeError: The client is closed. Nothing was sent.

        """
        request = prepare(self._sealed, operation, call)
        return self._engine.run(operation, request, self._settings.max_retries)

    def close(self) -> None:
        """Close the connections, unless you passed an http_client. The client cannot be used afterwards.

        Raises nothing.
        """
        if not self._shares:
            self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return shown(self)


class SyncWithResponse:
    """The methods of a client, each of which returns a Response: the whole answer, with the result as `parsed`."""

    def __init__(self, client: SyncSender) -> None:
        """Take the client that sends."""
        self._client = client
