"""`Client` and `AuthenticatedClient` of openapi-python-client, for its endpoint functions in threads and in tasks."""

import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self, TypeVar

import httpx2

from .clients import NO_ARGUMENTS, NO_OPTIONS, user_agent
from .engine import AsyncEngine, SyncEngine
from .operations import Operation, Options, prepare
from .responses import Response
from .security import CredentialValue, Scheme, given_credentials
from .settings import DEFAULT_MAX_RETRIES, Settings, check_headers, check_timeout, make_settings
from .unset import UNSET

T = TypeVar("T")


class EndpointClientBase:
    """Settings, and a pool of connections for threads and one for tasks, each made when first needed."""

    _default_base_url: ClassVar[str]
    _schemes: ClassVar[Sequence[Scheme]]
    _settings: Settings

    def _set_up(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._sync: SyncEngine | None = None
        self._async: AsyncEngine | None = None

    def _make_settings(  # noqa: PLR0913 - one for each thing that can be set
        self,
        *,
        base_url: str | None,
        schemes: Sequence[Scheme],
        given: Mapping[str, CredentialValue],
        timeout: float | httpx2.Timeout | None,
        max_retries: int,
        headers: Mapping[str, str] | None,
        allow_http: bool,
    ) -> Settings:
        return make_settings(
            base_url=base_url,
            default_base_url=self._default_base_url,
            schemes=schemes,
            credentials=given_credentials(schemes, given),
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            allow_http=allow_http,
            user_agent=user_agent(),
        )

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Return a client of its own with these headers as well; this one stays as it is."""
        added = check_headers(headers, self._settings.schemes)
        names = {name.lower() for name, _ in added}
        kept = [(name, value) for name, value in self._settings.headers if name.lower() not in names]
        return self._with(self._settings._replace(headers=(*kept, *added)))

    def with_timeout(self, timeout: float | httpx2.Timeout) -> Self:
        """Return a client of its own with this time-out; this one stays as it is."""
        return self._with(self._settings._replace(timeout=check_timeout(timeout)))

    def _with(self, settings: Settings) -> Self:
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
        with self._lock:
            self._sync = SyncEngine(None, client)
        return self

    def set_async_httpx_client(self, async_client: httpx2.AsyncClient) -> Self:
        """Use connections of yours from tasks; you close them. Returns this client."""
        with self._lock:
            self._async = AsyncEngine(None, async_client)
        return self

    def _sync_engine(self) -> SyncEngine:
        with self._lock:
            if self._sync is None:
                self._sync = SyncEngine(None, None)
            return self._sync

    def _async_engine(self) -> AsyncEngine:
        with self._lock:
            if self._async is None:
                self._async = AsyncEngine(None, None)
            return self._async

    def execute(
        self,
        operation: Operation[T],
        *,
        arguments: Mapping[str, object] = NO_ARGUMENTS,
        body: object = UNSET,
        options: Options = NO_OPTIONS,
    ) -> Response[T]:
        """Send an operation's request: what `sync` and `sync_detailed` call. Raises as they do."""
        request = prepare(self._settings, operation, arguments, body, options)
        return self._sync_engine().run(operation, request, self._settings.max_retries)

    async def aexecute(
        self,
        operation: Operation[T],
        *,
        arguments: Mapping[str, object] = NO_ARGUMENTS,
        body: object = UNSET,
        options: Options = NO_OPTIONS,
    ) -> Response[T]:
        """Send an operation's request: what `asyncio` and `asyncio_detailed` call. Raises as they do."""
        request = prepare(self._settings, operation, arguments, body, options)
        return await self._async_engine().run(operation, request, self._settings.max_retries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._sync is not None:
            self._sync.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._async is not None:
            await self._async.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._settings.base_url!r})"


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
        settings = self._make_settings(
            base_url=base_url,
            schemes=self._schemes,
            given={},
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            allow_http=allow_http,
        )
        self._set_up(settings)


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
        self._start(
            {"token": token},
            base_url=base_url,
            prefix=prefix,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            allow_http=allow_http,
        )

    def _start(  # noqa: PLR0913 - one for each thing that can be set
        self,
        given: Mapping[str, CredentialValue],
        *,
        base_url: str | None,
        prefix: str | None,
        timeout: float | httpx2.Timeout | None,
        headers: Mapping[str, str] | None,
        max_retries: int,
        allow_http: bool,
    ) -> None:
        """Set up with the credentials given, which the generated class has arguments for where there are several."""
        schemes = list(self._schemes)
        if prefix is not None:
            schemes[0] = schemes[0]._replace(prefix=prefix)
        settings = self._make_settings(
            base_url=base_url,
            schemes=schemes,
            given=given,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            allow_http=allow_http,
        )
        self._set_up(settings)
