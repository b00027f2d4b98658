"""`Client` and `AuthenticatedClient` of openapi-python-client, for its endpoint functions in threads and in tasks."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self, TypeVar

import httpx2

from .engine import AsyncEngine, SyncEngine
from .operations import Call, Operation, prepare
from .responses import Response
from .sealed import Sealed
from .security import Scheme
from .settings import DEFAULT_MAX_RETRIES, Settings
from .setup import Changes, Given, changed, set_up, shown

T = TypeVar("T")


class EndpointClientBase:
    """Settings, and a pool of connections for threads and one for tasks, each made when first needed."""

    _default_base_url: ClassVar[str]
    _schemes: ClassVar[Sequence[Scheme]]
    _sealed: Sealed[Settings]

    def _set_up(self, settings: Sealed[Settings]) -> None:
        self._sealed = settings
        self._sync: dict[str, SyncEngine] = {}
        self._async: dict[str, AsyncEngine] = {}

    @property
    def _settings(self) -> Settings:
        return self._sealed.open()

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Return a client of its own with these headers as well; this one stays as it is."""
        changes = Sealed(Changes(headers=headers))
        del headers
        return self._with(changed(self._sealed, changes))

    def with_timeout(self, timeout: float | httpx2.Timeout) -> Self:
        """Return a client of its own with this time-out; this one stays as it is."""
        return self._with(changed(self._sealed, Sealed(Changes(timeout=timeout))))

    def _with(self, settings: Sealed[Settings]) -> Self:
        other = object.__new__(type(self))
        other._set_up(settings)
        return other

    def get_httpx_client(self) -> httpx2.Client:
        """Return the httpx2 client whose connections are used from threads. It does not hold the token."""
        return self._sync_engine().http

    def get_async_httpx_client(self) -> httpx2.AsyncClient:
        """Return the httpx2 client whose connections are used from tasks. It does not hold the token."""
        return self._async_engine().http

    def set_httpx_client(self, client: httpx2.Client) -> Self:
        """Use connections of yours from threads; you close them. Returns this client."""
        self._sync = {"": SyncEngine(None, client)}
        return self

    def set_async_httpx_client(self, async_client: httpx2.AsyncClient) -> Self:
        """Use connections of yours from tasks; you close them. Returns this client."""
        self._async = {"": AsyncEngine(None, async_client)}
        return self

    def _sync_engine(self) -> SyncEngine:
        # Whichever thread comes first; a lock could be held by another one for good in a forked child.
        return self._sync.get("") or self._sync.setdefault("", SyncEngine(None, None))

    def _async_engine(self) -> AsyncEngine:
        return self._async.get("") or self._async.setdefault("", AsyncEngine(None, None))

    def execute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send an operation's request: what `sync` and `sync_detailed` call. Raises as they do."""
        request = prepare(self._sealed, operation, call)
        return self._sync_engine().run(operation, request, self._settings.max_retries)

    async def aexecute(self, operation: Operation[T], call: Sealed[Call]) -> Response[T]:
        """Send an operation's request: what `asyncio` and `asyncio_detailed` call. Raises as they do."""
        request = prepare(self._sealed, operation, call)
        return await self._async_engine().run(operation, request, self._settings.max_retries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for engine in self._sync.values():
            engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for engine in self._async.values():
            await engine.aclose()

    def __repr__(self) -> str:
        return shown(self)


class ClientBase(EndpointClientBase):
    """A client without a token, for operations that need none.

    Args are those of AuthenticatedClient without token and prefix.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        timeout: float | httpx2.Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int = DEFAULT_MAX_RETRIES,
        allow_http: bool = False,
    ) -> None:
        given = Sealed(Given({}, base_url, timeout, max_retries, headers, allow_http))
        del base_url, headers
        self._set_up(set_up(given, self._schemes, self._default_base_url, from_environment=False))


class AuthenticatedClientBase(EndpointClientBase):
    """A client with a token, for the endpoint functions in `spot_api_client.api`, both in threads and in tasks.

    Args:
        base_url: The server's address; by default the variable SPOT_BASE_URL, then the document's server.
        token: The API token, without the prefix.
        prefix: What stands before the token in the Authorization header; by default what the document says.
        timeout: Seconds, or an httpx2.Timeout; by default 5 seconds to connect and 30 for the others.
        headers: Sent with every request; the mapping stays as it is.
        max_retries: How often a request may be repeated when it was never sent, or was answered by 429.
        allow_http: Allow an http address of another machine.

    """

    def __init__(  # noqa: PLR0913 - one for each thing that can be set
        self,
        base_url: str | None = None,
        *,
        token: str,
        prefix: str | None = None,
        timeout: float | httpx2.Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        max_retries: int = DEFAULT_MAX_RETRIES,
        allow_http: bool = False,
    ) -> None:
        given = Sealed(Given({"token": token}, base_url, timeout, max_retries, headers, allow_http))
        del token, base_url, headers
        self._start(given, prefix)

    def _start(self, given: Sealed[Given], prefix: str | None) -> None:
        """Set up with the credentials given, which the generated class has arguments for where there are several."""
        schemes = list(self._schemes)
        if prefix is not None:
            schemes[0] = schemes[0]._replace(prefix=prefix)
        self._set_up(set_up(given, schemes, self._default_base_url, from_environment=False))
