"""Sandboxes with a fault, or none, on one event loop in a thread: a process for each of them would take minutes."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import uvicorn
from sandbox_process import ROOT
from sandbox_talk import TOKEN, Talk
from spot_sandbox.document.operations import load, operations, vendored
from spot_sandbox.faults import FAULTS
from spot_sandbox.http.protocol import Protocol
from spot_sandbox.orders.service import Service
from spot_sandbox.orders.tokens import Authority
from spot_sandbox.serving.server import listen
from spot_sandbox.store.database import Store
from uvicorn.server import ServerState

assert ROOT.is_dir()  # Its module is what finds the sandbox in a checkout.
OPERATIONS = operations(load(vendored()))


class Loop:
    """An event loop that runs in a thread of its own."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, coroutine):
        """Run a coroutine there, and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def end(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextlib.contextmanager
def serving(loop, name=None):
    """Serve one fault, or none."""
    service = Service(OPERATIONS, Authority(TOKEN), Store(":memory:"))
    if name is not None:
        FAULTS[name].install(service)
    spoken = service.protocol or Protocol
    config = uvicorn.Config(service, ws="none", lifespan="off", proxy_headers=False, log_config=None, access_log=False)
    state = ServerState()
    listener = listen("127.0.0.1", 0)

    async def begin():
        factory = asyncio.get_running_loop().create_server
        return await factory(lambda: spoken(config=config, server_state=state, app_state={}), sock=listener)

    async def end():
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.sleep(0)
        service.store.close()

    server = loop.run(begin())
    try:
        yield Talk(listener.getsockname()[1], timeout=1.5)
    finally:
        loop.run(end())
