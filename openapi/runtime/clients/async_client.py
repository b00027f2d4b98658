"""The client for tasks, without the operations: setting up, sending, closing."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self, TypeVar

import httpx2

from ..configuration.security import Scheme
from ..configuration.settings import DEFAULT_MAX_RETRIES, Settings
from ..configuration.setup import Changes, Given, changed, set_up, shown
from ..outcomes.responses import Response
from ..requests.operations import Call, Operation, prepare
from ..transport.engine import AsyncEngine
from ..values.sealed import Sealed
from .senders import AsyncSender

T = TypeVar("T")


class AsyncClientBase:
    """A client for tasks. Safe to share between those of one event loop; close it, or use it in an `async with` block.

    Args:
        token: The API token, without the prefix; by default the variable SPOT_API_TOKEN.
        base_url: The server's address; by default the variable SPOT_BASE_URL, then the document's server. It must be
            https unless the host is the machine itself.
        timeout: Seconds, for each of connecting, reading, writing and waiting for a free connection; or an
            httpx2.Timeout. By default 5 seconds to connect and 30 for the others.
        max_retries: How often a request may be repeated when it was never sent, or was answered by 429 (a Retry-After
            of up to 60 seconds is waited out). 0 turns repeats off. Nothing else is ever repeated.
        headers: Sent with every request.
        allow_http: Allow an http address of another machine. Token and orders then travel in the clear.
        transport: An httpx2 transport, for tests and special connections; closed with the client.
        http_client: An httpx2 client of yours, for proxies and certificates; you close it. Its headers and cookies are
            sent too; its time-out, redirects and auth are not used.

    Raises:
        ValueError: Token or address are missing or unusable; the text says what to do and never holds the token.
        TypeError: An argument has another type.

    """

    _default_base_url: ClassVar[str]
    _schemes: ClassVar[Sequence[Scheme]]
    _needs_credential: ClassVar[bool]
    """Whether there is no operation without authentication."""
    _sealed: Sealed[Settings]
    _shares = False
    """Whether the connections are another client's."""

    def __init__(  # noqa: PLR0913 - one for each thing that can be set
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
        self,
        given: Sealed[Given],
        transport: httpx2.AsyncBaseTransport | None,
        http_client: httpx2.AsyncClient | None,
    ) -> None:
        """Set up with the credentials given, which the generated class has arguments for where there are several."""
        self._sealed = set_up(given, self._schemes, self._default_base_url, needs_credential=self._needs_credential)
        self._engine = AsyncEngine(transport, http_client)

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
        """Return a client with other settings over the same connections; this one stays as it is.

        Args:
            timeout: Seconds, or an httpx2.Timeout; None leaves it as it is.
            max_retries: How often a request may be repeated; None leaves it as it is.
            headers: Sent beside this client's, and in place of those of the same name.

        Closing the new client closes nothing: the connections are this one's.

        Raises:
            TypeError, ValueError: As for the client itself.

        """
        changes = Sealed(Changes(headers, timeout, max_retries))
        del headers
        other = object.__new__(type(self))
        other._sealed = changed(self._sealed, changes)
        other._engine = self._engine
        other._shares = True
        return other

    async def aexecute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send an operation's request: what all methods and endpoint functions call. Raises as they do."""
        request = prepare(self._sealed, operation, call)
        return await self._engine.run(operation, request, self._settings.max_retries)

    async def aclose(self) -> None:
        """Close the connections, unless the http_client is yours. The client cannot be used afterwards."""
        if not self._shares:
            await self._engine.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return shown(self)


class AsyncWithResponse:
    """What `with_response` gives: the methods of a client, each with the whole answer beside the result."""

    def __init__(self, client: AsyncSender) -> None:
        """Take the client that sends."""
        self._client = client
