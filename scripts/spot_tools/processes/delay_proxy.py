"""A slow connection for measurements: a TCP proxy on loopback that delays each direction by half a round trip."""

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from spot_tools.errors import ToolError


@contextmanager
def slow_line(url: str, milliseconds: float) -> Generator[str]:
    """Run a proxy to a server and yield its address. Raises ToolError where it cannot listen.

    Args:
        url: the address of the server.
        milliseconds: the delay of a round trip. Only bytes are delayed, not the opening of connections.

    """
    server = urlsplit(url)
    line = _Line((server.hostname or "127.0.0.1", server.port or 80), milliseconds / 2000)
    try:
        listener = line.loop.run_until_complete(line.loop.create_server(lambda: _Near(line), "127.0.0.1", 0))
    except OSError as error:
        line.loop.close()
        raise ToolError(f"the proxy for --delay cannot listen on loopback: {error.strerror}.") from error
    thread = threading.Thread(target=line.loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server._replace(netloc=f"127.0.0.1:{listener.sockets[0].getsockname()[1]}").geturl()
    finally:
        line.loop.call_soon_threadsafe(line.loop.stop)
        thread.join()
        listener.close()
        line.abort()


@dataclass
class _Line:
    server: tuple[str, int]
    delay: float
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    transports: set[asyncio.Transport] = field(default_factory=set[asyncio.Transport])

    def abort(self) -> None:
        """End all connections and close the loop."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        for transport in list(self.transports):
            transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


class _End(asyncio.Protocol):
    """One end of a connection: what it receives is passed to its peer after the delay."""

    def __init__(self, line: _Line, peer: "_End | None" = None) -> None:
        self.line = line
        self.peer = peer
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.line.transports.add(self.transport)

    def data_received(self, data: bytes) -> None:
        self.later(lambda peer: peer.write(data))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self.line.transports.discard(self.transport)
        self.later(lambda peer: peer.close())

    def later(self, act: Callable[[asyncio.Transport], None]) -> None:
        """Do something with the transport of the peer after the delay, unless it is closed by then."""

        def now() -> None:
            if self.peer is not None and not self.peer.transport.is_closing():
                act(self.peer.transport)

        self.line.loop.call_later(self.line.delay, now)


class _Near(_End):
    """The end of the client. It reads once the connection to the server is open."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.pause_reading()
        self.connecting = self.line.loop.create_task(self._connect())

    def eof_received(self) -> bool:
        self.later(lambda peer: peer.write_eof())
        return True  # The server may still respond.

    async def _connect(self) -> None:
        try:
            await self.line.loop.create_connection(self._far, *self.line.server)
        except OSError:
            self.transport.close()
        self.transport.resume_reading()

    def _far(self) -> _End:
        self.peer = _End(self.line, self)
        return self.peer
