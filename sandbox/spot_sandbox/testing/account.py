"""One caller of the sandbox: its token, orders, requests and failures."""

from typing import TYPE_CHECKING, Self

from spot_sandbox.orders.tokens import Authority
from spot_sandbox.scenarios.armed import Armed, When, make
from spot_sandbox.testing.records import PlacedOrder, SentRequest

if TYPE_CHECKING:
    from httpx2 import AsyncBaseTransport, BaseTransport
    from spot_api_client import AsyncSpotClient, SpotClient

    from spot_sandbox.testing.sandbox import SpotSandbox


class Failure:
    """An armed scenario. As a context manager, it ends with the block."""

    def __init__(self, sandbox: "SpotSandbox", armed: Armed) -> None:
        """Use `fail_next` to make one."""
        self._sandbox = sandbox
        self._armed = armed

    @property
    def met(self) -> int:
        """How many requests it has applied to."""
        return self._armed.met

    @property
    def places_order(self) -> bool:
        """Whether a valid create-order request places its order despite the scenario."""
        return self._armed.scenario.places_order

    def end(self) -> None:
        """End the scenario: it applies to no further request. Raises nothing if it has ended."""
        self._sandbox.call(lambda: self._sandbox.service.scenarios.disarm(self._armed))

    def __enter__(self) -> Self:
        """Return the failure, which is already armed."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End the scenario."""
        self.end()


class Account:
    """A caller of the sandbox. It sees only its own orders and requests, and its failures affect no other caller.

    Attributes:
        token: the caller's token.

    """

    def __init__(self, sandbox: "SpotSandbox", token: str, owner: str) -> None:
        """Use `SpotSandbox.account` to make one."""
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
    def client(self) -> "SpotClient":
        """A client with the caller's token, closed with the sandbox. Raises ImportError without spot-api-client."""
        if self._client is None:
            from spot_api_client import SpotClient  # noqa: PLC0415 - the sandbox works without the client.

            self._client = SpotClient(base_url=self.url, token=self.token)
        return self._client

    @property
    def async_client(self) -> "AsyncSpotClient":
        """An asynchronous client, closed with its event loop. Raises ImportError without spot-api-client."""
        if self._async_client is None:
            from spot_api_client import AsyncSpotClient  # noqa: PLC0415 - see above.

            self._async_client = AsyncSpotClient(base_url=self.url, token=self.token)
        return self._async_client

    @property
    def transport(self) -> "BaseTransport":
        """An httpx2 transport without a port: SpotClient(transport=…, base_url="http://localhost", token=…)."""
        from spot_sandbox.testing.transports import SandboxTransport  # noqa: PLC0415 - needs httpx2.

        return SandboxTransport(self._sandbox)

    @property
    def async_transport(self) -> "AsyncBaseTransport":
        """An httpx2 transport without a port, for AsyncSpotClient."""
        from spot_sandbox.testing.transports import AsyncSandboxTransport  # noqa: PLC0415 - needs httpx2.

        return AsyncSandboxTransport(self._sandbox)

    @property
    def orders(self) -> list[PlacedOrder]:
        """The caller's orders, oldest first: those that exist, whatever the response was."""
        self._settle()
        database = self._sandbox.service.store.database
        found = self._sandbox.call(lambda: database.orders(self._owner, limit=None))
        return [PlacedOrder.of(each) for each in found]

    @property
    def requests(self) -> list[SentRequest]:
        """The caller's requests, oldest first; the journal keeps the last 10,000 of all callers."""
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
        """Make the caller's next requests fail.

        Args:
            scenario: a name that `spot-sandbox scenarios` lists, such as "drop after commit".
            times: how many requests it applies to; None for all.
            when: which requests it applies to: a predicate of the JSON body, or values by dotted path, such as
                {"recipient.email": "alice@example.com"}.
            seconds: how long a stall, a delay or a slow response lasts; None for the default of the scenario.
            retry_after: the value of the Retry-After header, in seconds; None for 1.

        Returns:
            The failure, with `met`, `places_order` and `end()`.

        Raises:
            ScenarioError: there is no such scenario, or an argument is invalid.

        """
        armed = make(scenario, owner=self._owner, times=times, when=when, seconds=seconds, retry_after=retry_after)
        self._sandbox.call(lambda: self._sandbox.service.scenarios.arm(armed))
        return Failure(self._sandbox, armed)

    def reset(self) -> None:
        """Delete the caller's orders, requests and failures. The token stays valid."""
        self._sandbox.call(lambda: self._sandbox.service.reset(self._owner))

    def close(self) -> None:
        """Close `client`. Connections of `async_client` are closed with their event loop."""
        if self._client is not None:
            self._client.close()
        self._client = self._async_client = None

    def discard(self) -> None:
        """Close the clients, reset the account, and invalidate its token. The fixture does this after each test."""
        self.close()
        self.reset()
        authority = self._sandbox.service.authorize
        if isinstance(authority, Authority):
            authority.forget(self.token)

    def _settle(self) -> None:
        """Wait until the sandbox has noticed closed connections of requests that a scenario holds."""
        self._sandbox.run(self._sandbox.service.settle(self._owner))
