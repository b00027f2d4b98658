"""One caller of the sandbox: its token, its orders, its requests, its failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from spot_sandbox.orders.tokens import Authority
from spot_sandbox.scenarios.armed import make
from spot_sandbox.testing.records import PlacedOrder, SentRequest

if TYPE_CHECKING:
    from httpx2 import AsyncBaseTransport, BaseTransport
    from spot_api_client import AsyncSpotClient, SpotClient

    from spot_sandbox.scenarios.armed import Armed, When
    from spot_sandbox.testing.sandbox import SpotSandbox

PAGE = 1000
IN_PROCESS = "http://localhost"
"""The base URL for clients that use a transport, where no port is needed."""


class Failure:
    """A scenario that was armed; as a context manager it ends with its block."""

    def __init__(self, sandbox: SpotSandbox, armed: Armed) -> None:
        """Made by `fail_next`."""
        self._sandbox = sandbox
        self._armed = armed

    @property
    def met(self) -> int:
        """How many requests have met it."""
        return self._armed.met

    @property
    def places_order(self) -> bool:
        """Whether a valid create-order request that meets it has placed its order when all is over."""
        return self._armed.scenario.places_order

    def end(self) -> None:
        """No further request meets it."""
        self._sandbox.call(lambda: self._sandbox.service.scenarios.disarm(self._armed))

    def __enter__(self) -> Self:
        """Nothing: it is armed already."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End it."""
        self.end()


class Account:
    """One caller: it sees its own orders and requests, and its failures are its own.

    Attributes:
        token: the caller's token.

    """

    def __init__(self, sandbox: SpotSandbox, token: str, owner: str) -> None:
        """Made by SpotSandbox."""
        self.token = token
        self._sandbox = sandbox
        self._owner = owner
        self._client: SpotClient | None = None
        self._async_client: AsyncSpotClient | None = None

    @property
    def url(self) -> str:
        """The server's base URL, for example http://127.0.0.1:40123."""
        return self._sandbox.address()

    @property
    def client(self) -> SpotClient:
        """A client of the caller's, over HTTP; closed with the sandbox. Raises ImportError without spot-api-client."""
        if self._client is None:
            from spot_api_client import SpotClient  # noqa: PLC0415 - the sandbox works without the client.

            self._client = SpotClient(base_url=self.url, token=self.token)
        return self._client

    @property
    def async_client(self) -> AsyncSpotClient:
        """The same with await; its connections are closed with the event loop that they belong to."""
        if self._async_client is None:
            from spot_api_client import AsyncSpotClient  # noqa: PLC0415 - see above.

            self._async_client = AsyncSpotClient(base_url=self.url, token=self.token)
        return self._async_client

    @property
    def transport(self) -> BaseTransport:
        """An httpx2 transport without a port: SpotClient(transport=…, base_url="http://localhost", token=…)."""
        from spot_sandbox.testing.transports import SandboxTransport  # noqa: PLC0415 - needs httpx2.

        return SandboxTransport(self._sandbox)

    @property
    def async_transport(self) -> AsyncBaseTransport:
        """The same for AsyncSpotClient."""
        from spot_sandbox.testing.transports import AsyncSandboxTransport  # noqa: PLC0415 - needs httpx2.

        return AsyncSandboxTransport(self._sandbox)

    @property
    def orders(self) -> list[PlacedOrder]:
        """The caller's orders, the oldest first: those that exist, whatever was answered."""
        self._settle()
        return self._sandbox.call(self._read)

    @property
    def requests(self) -> list[SentRequest]:
        """The caller's requests, the oldest first; of many, the last ones."""
        self._settle()
        entries = self._sandbox.call(lambda: self._sandbox.service.journal.entries(self._owner))
        return [SentRequest.of(each) for each in entries]

    def fail_next(
        self,
        scenario: str,
        *,
        times: int | None = 1,
        when: When | None = None,
        seconds: float | None = None,
        retry_after: float | None = None,
    ) -> Failure:
        """Have the caller's next requests fail.

        Args:
            scenario: a name that `spot-sandbox scenarios` lists, such as "drop after commit".
            times: how many requests, None for all of them.
            when: which requests: a function of the body's JSON that tells, or values by dotted path, such as
                {"recipient.email": "alice@example.com"}.
            seconds: how long a stall, a delay or a slow answer lasts.
            retry_after: the value of the Retry-After header, in seconds.

        Returns:
            The failure: how many requests have met it, and how to end it.

        Raises:
            ScenarioError: there is no such scenario, or an argument cannot be used.

        """
        armed = make(scenario, owner=self._owner, times=times, when=when, seconds=seconds, retry_after=retry_after)
        self._sandbox.call(lambda: self._sandbox.service.scenarios.arm(armed))
        return Failure(self._sandbox, armed)

    def reset(self) -> None:
        """Forget the caller's orders, requests and failures."""

        def forget() -> None:
            self._sandbox.service.store.database.clear(self._owner)
            self._sandbox.service.journal.clear(self._owner)
            self._sandbox.service.scenarios.clear(self._owner)

        self._sandbox.call(forget)

    def close(self) -> None:
        """Close the clients that were made here."""
        if self._client is not None:
            self._client.close()
        self._client = self._async_client = None

    def discard(self) -> None:
        """Close it, forget what it did, and make its token invalid."""
        self.close()
        self.reset()
        authority = self._sandbox.service.authorize
        if isinstance(authority, Authority):
            authority.forget(self.token)

    def _read(self) -> list[PlacedOrder]:
        database = self._sandbox.service.store.database
        found: list[PlacedOrder] = []
        while page := database.orders(self._owner, after=found[-1].order_id if found else "", limit=PAGE):
            found += map(PlacedOrder.of, page)
        return found

    def _settle(self) -> None:
        """Wait for the sandbox to notice that connections were closed which its scenarios keep waiting or close."""
        self._sandbox.run(self._sandbox.service.settle(self._owner))
