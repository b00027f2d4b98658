"""A sandbox inside the test process."""

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self, TypeVar

from spot_sandbox.orders.service import Service
from spot_sandbox.orders.tokens import Authority
from spot_sandbox.serving.building import Options, build
from spot_sandbox.serving.server import Server, address, listen
from spot_sandbox.testing.account import Account

T = TypeVar("T")
# The time limit for starting and for stopping the server, in seconds.
PATIENCE = 10


class SpotSandbox(Account):
    """A sandbox in a thread of this process.

        with SpotSandbox() as sandbox:
            order = sandbox.client.create_order(kit_types=["health_kit_1"], recipient=recipient)
            assert [each.order_id for each in sandbox.orders] == [order.order_id]

    It opens a port on the first use of `url`, `client` or `async_client`.

    Args:
        port: the port on loopback; 0 for a free one.
        token: the valid token; None for a random one.
        database: where orders are kept: :memory:, a file path or an SQLAlchemy URL.
        document: an OpenAPI document to serve instead of the published one.

    Raises:
        OptionError, DocumentError, StoreError: on entering, if an argument is invalid; the message says which.
        ListenError: on the first use of `url` or a client, if the port is taken.

    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str | None = None,
        database: str | Path = ":memory:",
        document: str | Path | None = None,
    ) -> None:
        """Nothing starts before the sandbox is entered."""
        super().__init__(self, token or secrets.token_urlsafe(24), "")
        self._port = port
        self._options = Options(
            token=self.token, database=str(database), document=Path(document) if document is not None else None
        )
        self._service: Service | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server: Server | None = None
        self._serving: Future[None] | None = None
        self._address = ""
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start the sandbox."""
        self._service = build(self._options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="spot-sandbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the clients and stop the server."""
        self.close()
        loop, thread, service = self._loop, self._thread, self._service
        if loop is None or thread is None or service is None:
            return
        if self._server is not None and self._serving is not None:
            self._server.should_exit = self._server.force_exit = True
            self._serving.result(PATIENCE)
        self.run(_end_tasks())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
        service.store.close()
        self._address = ""
        self._service = self._loop = self._thread = self._server = self._serving = None

    @property
    def service(self) -> Service:
        """The service. Raises RuntimeError if the sandbox is not running."""
        if self._service is None:
            raise RuntimeError("The sandbox is not running: use it within `with SpotSandbox() as sandbox:`.")
        return self._service

    def account(self) -> Account:
        """Make another caller.

        Returns:
            The caller, with its own token, orders, requests and failures.

        Raises:
            RuntimeError: the sandbox is not running.

        """
        authority = self.service.authorize
        if not isinstance(authority, Authority):
            raise TypeError("Accounts cannot be made while a fault replaces authentication.")
        token = authority.make()
        return Account(self, token, authority.owner(token.encode()) or "")

    def address(self) -> str:
        """The base URL, for example http://127.0.0.1:40123; the first call opens the port."""
        with self._lock:
            if not self._address:
                service = self.service
                listener = listen("127.0.0.1", self._port)
                place = address(listener)
                started = threading.Event()
                self._server = Server(service, listener, started.set)
                self._serving = self.start(self._server.run_until_stopped())
                if not started.wait(PATIENCE):
                    raise RuntimeError(f"The sandbox did not start within {PATIENCE} seconds.")
                self._address = place
            return self._address

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in the sandbox's event loop."""
        if self._loop is None:
            coroutine.close()
            raise RuntimeError("The sandbox is not running: use it within `with SpotSandbox() as sandbox:`.")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the sandbox's event loop, and wait for it."""
        return self.start(coroutine).result()

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in the sandbox's event loop, and wait for it."""

        async def called() -> T:
            return function()

        return self.run(called())


async def _end_tasks() -> None:
    tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
